"""What a person's hands do, one thing after the other, as time passes."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass


@dataclass
class _Gesture:
    duration_s: float
    at: Callable[[float], None]
    done_s: float = 0.0


class Gestures:
    """A queue of movements."""

    def __init__(self) -> None:
        self._queue: deque[_Gesture] = deque()

    def __bool__(self) -> bool:
        """Whether there is anything left to do."""
        return bool(self._queue)

    def add(self, duration_s: float, at: Callable[[float], None]) -> None:
        """A movement over `duration_s`; `at` is called with the share done (up to 1) on every tick."""
        self._queue.append(_Gesture(duration_s, at))

    def then(self, act: Callable[[], None]) -> None:
        """Something that takes no time."""
        self.add(0.0, lambda _: act())

    def drop(self) -> None:
        """Forget all that was planned."""
        self._queue.clear()

    def go_on(self, dt_s: float) -> None:
        """Let `dt_s` pass; what one movement leaves of it goes to the next."""
        while self._queue:
            gesture = self._queue[0]
            gesture.done_s += dt_s
            if gesture.done_s < gesture.duration_s - 1e-9:
                gesture.at(gesture.done_s / gesture.duration_s)
                return
            dt_s = gesture.done_s - gesture.duration_s
            self._queue.popleft()
            gesture.at(1.0)
