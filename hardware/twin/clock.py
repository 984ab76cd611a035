"""The twin's time: it passes only when somebody sleeps, and every tick of it moves the world."""

import time
from collections.abc import Callable

TICK_S = 0.02  # the world moves in steps no longer than this: at 100 mm/s the tool goes 2 mm
MAX_LAG_S = 0.5  # when pictures take longer than real time, the lost time is not run after

Tick = Callable[[float], None]


class TwinClock:
    """Simulated seconds. `speed` X runs X times as fast as the wall's clock; None as fast as the computer allows.

    `tick` is called with the length (s) of every tick; the world sets it.
    """

    def __init__(self, speed: float | None = None) -> None:
        self.tick: Tick = lambda _: None
        self._now_s = 0.0
        self._speed = speed
        self._due_s = time.monotonic()

    def now_s(self) -> float:
        """Seconds since the world began."""
        return self._now_s

    def sleep(self, duration_s: float) -> None:
        """Let the world move on."""
        left_s = duration_s
        while left_s > 1e-9:
            step_s = min(TICK_S, left_s)
            left_s -= step_s
            self._now_s += step_s
            self.tick(step_s)
            self._pace(step_s)

    def _pace(self, step_s: float) -> None:
        if self._speed is None:
            return
        now_s = time.monotonic()
        self._due_s = max(self._due_s + step_s / self._speed, now_s - MAX_LAG_S)
        if self._due_s > now_s:
            time.sleep(self._due_s - now_s)
