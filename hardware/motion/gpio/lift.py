"""A lift whose servo is timed by the kernel's PWM."""

from collections.abc import Generator
from dataclasses import dataclass

from gpiozero import DigitalInputDevice

from hardware.clock import Clock
from hardware.errors import ConfigError, MotionFault
from hardware.motion.axes import NoContact
from hardware.pwm import KernelPwm

PERIOD_US = 20_000.0  # of a servo's pulses
TICK_S = PERIOD_US / 1e6
SLOW_ABOVE_MM = 8.0  # the last way down to the expected face is slow, so that the switch is not overrun
GIVES_UP_BELOW_MM = 12.0  # so far below the expected face there is nothing to touch
HOP_MM = 3.0
RAISE_TIMEOUT_S = 5.0


@dataclass(frozen=True)
class Servo:
    """What the servo's pulses mean: `up_us` holds the tool at `up_mm` above the platform, `down_us` at `down_mm`.

    Speeds are what the servo follows under load. Raises `ConfigError` for values that are no servo's.
    """

    up_us: float
    down_us: float
    up_mm: float
    down_mm: float
    fast_mm_s: float = 60.0
    slow_mm_s: float = 15.0

    def __post_init__(self) -> None:
        for key in ("up_us", "down_us"):
            if not 400 <= getattr(self, key) <= 2600:
                raise ConfigError(f"{key} is {getattr(self, key):g}: a servo's pulse has 400 to 2600 us")
        if self.up_us == self.down_us:
            raise ConfigError(f"up_us and down_us are both {self.up_us:g}: the tool would not move")
        if not self.up_mm > self.down_mm:
            raise ConfigError(f"up_mm is {self.up_mm:g}: it has to be above down_mm, {self.down_mm:g}")
        if not 0 < self.slow_mm_s <= self.fast_mm_s:
            raise ConfigError(f"slow_mm_s is {self.slow_mm_s:g}: it has to be above 0 and at most fast_mm_s")

    def width_us(self, height_mm: float) -> float:
        """The pulse that holds the tool at a height above the platform."""
        share = (height_mm - self.down_mm) / (self.up_mm - self.down_mm)
        return self.down_us + share * (self.up_us - self.down_us)


class ServoLift:
    """A servo that pushes the tool down against a spring; `contact` closes on a face, `top` where the tool is up.

    Its supply is not switched by ENABLE and not cut by the emergency stop: it has to lift when all else is off.
    """

    def __init__(
        self, servo: Servo, pwm: KernelPwm, contact: DigitalInputDevice, top: DigitalInputDevice, clock: Clock
    ) -> None:
        self._servo, self._pwm, self._clock = servo, pwm, clock
        self._contact, self._top = contact, top
        self._height_mm = servo.up_mm

    @property
    def is_up(self) -> bool:
        """Whether the switch at the top says so."""
        return bool(self._top.is_active)

    @property
    def in_contact(self) -> bool:
        """Whether the contact switch is closed."""
        return bool(self._contact.is_active)

    def lower(self, expected_height_mm: float) -> Generator[None, None, float]:
        """Down, the last millimetres slowly, until the switch closes; returns the height of the contact."""
        lowest_mm = max(self._servo.down_mm, expected_height_mm - GIVES_UP_BELOW_MM)
        while not self.in_contact:
            if self._height_mm <= lowest_mm:
                raise NoContact(
                    f"the tool went down to {lowest_mm:.0f} mm and touched nothing: check that the box is under the "
                    "tool, then the contact switch, its plug and the servo's supply"
                )
            slow = self._height_mm <= expected_height_mm + SLOW_ABOVE_MM
            step_mm = (self._servo.slow_mm_s if slow else self._servo.fast_mm_s) * TICK_S
            self._go(max(lowest_mm, self._height_mm - step_mm))
            yield
        return self._height_mm

    def hop(self) -> None:
        """Up by 3 mm."""
        self._go(min(self._servo.up_mm, self._height_mm + HOP_MM))
        self._clock.sleep(HOP_MM / self._servo.fast_mm_s)

    def raise_(self) -> None:
        """All the way up, as fast as the servo goes."""
        left_s = RAISE_TIMEOUT_S
        self._go(self._servo.up_mm)
        while not self.is_up:
            if left_s <= 0:
                raise MotionFault("the tool does not go up: free it by hand, check its spring, its servo and its top")
            self._clock.sleep(TICK_S)
            left_s -= TICK_S

    def close(self) -> None:
        """The servo goes limp and the spring lifts the tool."""
        for part in (self._pwm, self._contact, self._top):
            part.close()

    def _go(self, height_mm: float) -> None:
        self._height_mm = height_mm
        self._pwm.pulse(self._servo.width_us(height_mm))
        self._clock.sleep(TICK_S)
