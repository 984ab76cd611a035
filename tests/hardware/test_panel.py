"""The panel on mock pins: what a wire does is what the station hears, and the other way round."""

from collections.abc import Iterator

import pytest
from gpiozero import PWMLED, GPIOPinInUse
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.panel import Panel
from hardware.pins import Pins


class Ruler:
    """A distance sensor that sees a box 120 mm high."""

    said_mm = 360.0

    def distance_mm(self) -> float:
        return self.said_mm


@pytest.fixture
def factory() -> MockFactory:
    return MockFactory(pin_class=MockPWMPin)


@pytest.fixture
def ruler() -> Ruler:
    return Ruler()


@pytest.fixture
def panel(factory: MockFactory, ruler: Ruler) -> Iterator[Panel]:
    lamp = PWMLED(Pins().lamp, pin_factory=factory)
    made = Panel(factory, ruler, lamp)
    yield made
    made.close()
    lamp.close()


def test_cut_wires_read_as_open_guard_and_pressed_stop(panel: Panel) -> None:
    assert not panel.guard.closed
    assert panel.emergency_stop.pressed


def test_shut_lid_and_released_stop_pull_their_pins_low(panel: Panel, factory: MockFactory) -> None:
    factory.pin(Pins().guard).drive_low()
    factory.pin(Pins().emergency_stop).drive_low()
    assert panel.guard.closed
    assert not panel.emergency_stop.pressed


def test_a_short_press_is_told_once(panel: Panel, factory: MockFactory) -> None:
    pin = factory.pin(Pins().button)
    assert not panel.button.take_press()
    pin.drive_low()
    pin.drive_high()
    assert panel.button.take_press()
    assert not panel.button.take_press()


def test_an_opening_is_remembered_and_told_at_once(panel: Panel, factory: MockFactory) -> None:
    told: list[str] = []
    panel.on_danger(lambda: told.append("let go"))
    for contact, pin in ((panel.guard, Pins().guard), (panel.emergency_stop, Pins().emergency_stop)):
        factory.pin(pin).drive_low()
        contact.take_opening()
        told.clear()
        assert not contact.take_opening()
        factory.pin(pin).drive_high()
        factory.pin(pin).drive_low()
        assert told == ["let go"]
        assert contact.take_opening(), "though it is closed again"
        assert not contact.take_opening()
        factory.pin(pin).drive_high()
        assert contact.take_opening() and contact.take_opening(), "as long as it is open"


def test_lamp_dims_and_dark_switches_everything_off(panel: Panel, factory: MockFactory) -> None:
    panel.lamp.value = 0.4
    panel.status.on()
    panel.buzzer.on()
    assert factory.pin(Pins().lamp).state == pytest.approx(0.4)
    panel.dark()
    assert [factory.pin(pin).state for pin in (Pins().lamp, Pins().status, Pins().buzzer)] == [0, 0, 0]


def test_height_is_what_is_missing_to_the_platform(panel: Panel) -> None:
    assert panel.height_mm() == pytest.approx(120.0)


@pytest.mark.parametrize("weather", [0.97, 1.0, 1.03])
def test_heights_are_right_in_any_weather_once_the_empty_platform_was_measured(
    panel: Panel, ruler: Ruler, weather: float
) -> None:
    ruler.said_mm = 480.0 * weather
    panel.learn_empty()
    assert panel.height_mm() == pytest.approx(0.0)
    ruler.said_mm = 280.0 * weather
    assert panel.height_mm() == pytest.approx(200.0)


def test_what_no_weather_explains_is_not_taken_for_an_empty_platform(panel: Panel, ruler: Ruler) -> None:
    panel.learn_empty()
    assert panel.height_mm() == pytest.approx(120.0)


def test_a_panel_that_cannot_be_made_lets_its_pins_go(factory: MockFactory, panel: Panel, ruler: Ruler) -> None:
    panel.close()
    with pytest.raises(GPIOPinInUse):
        Panel(factory, ruler, panel.lamp, pins=Pins(buzzer=Pins().guard))
    Panel(factory, ruler, panel.lamp).close()
