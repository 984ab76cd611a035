"""Sound on gpiozero's mock pins: a ping on the trigger is answered on the echo's pin by a pulse of just its length."""

from collections.abc import Callable

from gpiozero.pins.mock import MockFactory, MockPWMPin
from gpiozero.pins.pi import PiPin

from hardware.distance import SOUND_MM_S
from hardware.pins import Pins


class Echo(MockPWMPin):
    """Its time stands still, but for the way of the sound."""

    _now_s = 0.0

    def sound(self, way_mm: float) -> None:
        self.drive_high()
        self._now_s += 2 * way_mm / SOUND_MM_S
        self.drive_low()

    def _call_when_changed(self) -> None:
        PiPin._call_when_changed(self, self._now_s, self.state)


class Trigger(MockPWMPin):
    """Tells the echo's pin how far the sound goes; None is no answer."""

    way_mm: Callable[[], float | None] = lambda: None

    def _set_state(self, value: float) -> None:
        fell = self.state and not value
        super()._set_state(value)
        way_mm = self.way_mm() if fell else None
        if way_mm is not None:
            self.factory.pin(Pins().echo, pin_class=Echo).sound(way_mm)


def sensor_on(factory: MockFactory, way_mm: Callable[[], float | None]) -> Trigger:
    """Put a sensor onto the pins; `way_mm` says how far what it looks at is away."""
    factory.pin(Pins().echo, pin_class=Echo)
    trigger: Trigger = factory.pin(Pins().trigger, pin_class=Trigger)
    trigger.way_mm = way_mm
    return trigger
