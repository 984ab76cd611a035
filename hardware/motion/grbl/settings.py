"""The board's `$$` settings beside what this machine is configured for: what differs is refused by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hardware.errors import ConfigError, MotionFault
from hardware.motion.profile import Limits

MAX_STEPS_S = 30_000.0  # per axis, of an 8-bit board at 16 MHz (GRBL's settings document)
CLOSE = 1e-3  # the board prints three decimals


class BoardUnfit(ConfigError, MotionFault):
    """Not a board for this machine: refused at the start like any wrong value, and a fault when it was exchanged."""


@dataclass(frozen=True)
class Setup:
    """A machine as its board has to know it, in mm of the platform frame: x to the right, y down, z up.

    `home_mm` is where the tool stands after homing: x and y at their lower ends, z at its upper, each `pull_off_mm`
    off its end stop. `travel_mm` is how far each axis goes from its end stop.

    Raises `ConfigError` for a lift that is faster than a board's pulses.
    """

    limits: Limits
    home_mm: tuple[float, float, float]
    travel_mm: tuple[float, float, float]
    pull_off_mm: float
    lift_mm_s: float
    lift_steps_per_mm: float

    def __post_init__(self) -> None:
        steps_s = self.lift_mm_s * self.lift_steps_per_mm
        if steps_s > MAX_STEPS_S:
            raise ConfigError(
                f"lift_mm_s {self.lift_mm_s:g} x lift_steps_per_mm {self.lift_steps_per_mm:g} = {steps_s:g} steps/s: "
                f"a board holds {MAX_STEPS_S:g} at most"
            )


@dataclass(frozen=True)
class Wanted:
    """One setting: its key and name, and the range (both ends included) that is allowed."""

    key: int
    name: str
    low: float
    high: float

    @property
    def allowed(self) -> str:
        """The range in words."""
        if self.low == self.high:
            return f"{self.low:g}"
        return f"{self.low:g} or more" if self.high == float("inf") else f"{self.low:g} to {self.high:g}"


def wanted(setup: Setup) -> Iterator[Wanted]:
    """Everything on the board that the station relies on."""
    yield from _exactly(
        (1, "step idle delay; the motors hold the tool down between two strokes", 255),
        (13, "report in inches", 0),
        (20, "soft limits", 1),
        (21, "hard limits: an end stop closed in mid-move stops it", 1),
        (22, "homing", 1),
        (23, "homing direction: x and y to their lower ends, z to its upper", 3),
        (27, "homing pull-off, mm", setup.pull_off_mm),
        (32, "laser mode", 0),
    )
    limits = setup.limits
    steps = (limits.steps_per_mm, limits.steps_per_mm, setup.lift_steps_per_mm)
    fastest = max(limits.feed_mm_s, limits.travel_mm_s)
    speeds = (fastest, fastest, setup.lift_mm_s)
    for k, axis in enumerate("xyz"):
        yield from _exactly((100 + k, f"steps per mm of {axis}", steps[k]))
        # A board with a lower rate would slow the strokes down in silence, and no seconds told would be right.
        yield Wanted(110 + k, f"highest rate of {axis}, mm/min", speeds[k] * 60, MAX_STEPS_S / steps[k] * 60)
        yield Wanted(120 + k, f"acceleration of {axis}, mm/s2", 1.0, limits.acceleration_mm_s2)
        yield from _exactly((130 + k, f"travel of {axis}, mm", setup.travel_mm[k]))


def check(settings: Mapping[int, float], setup: Setup) -> None:
    """Raises `BoardUnfit` that names the first setting that differs, its value and what is allowed."""
    for want in wanted(setup):
        value = settings.get(want.key)
        told = "missing" if value is None else f"{value:g}"
        if value is None or not want.low - CLOSE <= value <= want.high + CLOSE:
            raise BoardUnfit(f"the GRBL board's ${want.key} ({want.name}) is {told}: it must be {want.allowed}")
    if not int(settings.get(10, 0)) & 1:
        raise BoardUnfit("the GRBL board's $10 (status report) gives no machine position: it must be 1 or 3")


def _exactly(*settings: tuple[int, str, float]) -> Iterator[Wanted]:
    for key, name, value in settings:
        yield Wanted(key, name, value, value)
