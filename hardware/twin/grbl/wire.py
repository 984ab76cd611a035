"""The twin's USB cable: a pseudo-terminal that carries no more characters a second than a real line does."""

import os
import tempfile
import termios
import tty
from pathlib import Path

CHARACTERS_S = 11_520  # 115,200 baud, ten bits a character
GARBAGE = b"\xa7"


class TwinWire:
    """The board's end. `port` is the name under which a program opens the other; it survives plugging in anew."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="shred-twin-")
        self.port = str(Path(self._folder.name) / "grbl")
        self._ends: tuple[int, int] | None = None
        self._out = bytearray()
        self._room_in = self._room_out = 0.0
        self.plug()

    @property
    def plugged(self) -> bool:
        """Whether the cable is in."""
        return self._ends is not None

    def plug(self) -> None:
        """Put the cable in."""
        board, program = os.openpty()  # kept open, so that the line outlives a program that closes it
        tty.setraw(program, termios.TCSANOW)
        os.set_blocking(board, False)
        self._ends = (board, program)
        self._out.clear()
        Path(self.port).unlink(missing_ok=True)
        Path(self.port).symlink_to(os.ttyname(program))

    def unplug(self) -> None:
        """Pull the cable out."""
        ends, self._ends = self._ends, None
        for end in ends or ():
            os.close(end)

    def close(self) -> None:
        """Pull the cable out for good."""
        self.unplug()
        self._folder.cleanup()

    def receive(self, dt_s: float) -> bytes:
        """What came in within `dt_s`."""
        if self._ends is None:
            return b""
        self._room_in = min(self._room_in + dt_s * CHARACTERS_S, dt_s * CHARACTERS_S + 1)
        try:
            came = os.read(self._ends[0], int(self._room_in))
        except (BlockingIOError, OSError):
            return b""
        self._room_in -= len(came)
        return came

    def say(self, characters: bytes) -> None:
        """Put something on the way out."""
        self._out += characters

    def send(self, dt_s: float) -> None:
        """Let out what goes through within `dt_s`."""
        if self._ends is None:
            self._out.clear()
            return
        self._room_out = min(self._room_out + dt_s * CHARACTERS_S, dt_s * CHARACTERS_S + 1)
        part = bytes(self._out[: int(self._room_out)])
        if part:
            sent = os.write(self._ends[0], part)
            self._room_out -= sent
            del self._out[:sent]
