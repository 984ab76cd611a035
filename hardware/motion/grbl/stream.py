"""Lines on their way to a GRBL board, counted by characters. Pure: no port, no clock.

The board keeps what it has not parsed yet in a buffer and answers every line with `ok` or `error:N` once it has left
that buffer. Who counts the characters of unanswered lines always knows how many more fit, so that the buffer is
never empty and never spills (GRBL's interface document, "Character-Counting").
"""

from collections import deque
from collections.abc import Iterable

# The buffer holds 128 characters; the first releases of GRBL 1.1 could only fill 127 of them.
BUFFER_CHARACTERS = 127


class Stream:
    """`lines` without their ends; they are taken only when there is room, so they may be made on the way."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._waiting: bytes | None = None
        self._flying: deque[int] = deque()
        self._take()

    @property
    def characters(self) -> int:
        """How many characters the board may still hold."""
        return sum(self._flying)

    @property
    def done(self) -> bool:
        """Whether every line has been answered."""
        return self._waiting is None and not self._flying

    def due(self) -> bytes:
        """What may be sent now; from here on it counts as sent."""
        out = b""
        while self._waiting is not None and self.characters + len(self._waiting) <= BUFFER_CHARACTERS:
            self._flying.append(len(self._waiting))
            out += self._waiting
            self._take()
        return out

    def answered(self) -> bool:
        """Count an answer to the oldest line; False when no line was waiting for one."""
        if not self._flying:
            return False
        self._flying.popleft()
        return True

    def _take(self) -> None:
        line = next(self._lines, None)
        self._waiting = None if line is None else line.encode("ascii") + b"\n"
