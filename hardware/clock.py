"""The one source of time. The station never asks the operating system; it asks the clock it was handed."""

import time
from typing import Protocol


class Clock(Protocol):
    """Monotonic seconds and a way to let them pass. On the twin, sleeping is what moves the world."""

    def now_s(self) -> float: ...

    def sleep(self, duration_s: float) -> None: ...


class WallClock:
    """The clock of a real machine. It never jumps with the calendar: `time.monotonic`."""

    def now_s(self) -> float:
        return time.monotonic()

    def sleep(self, duration_s: float) -> None:
        time.sleep(max(0.0, duration_s))
