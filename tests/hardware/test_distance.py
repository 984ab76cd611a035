"""The ultrasonic sensor on mock pins whose echoes have the length of their way."""

import time
from itertools import chain, cycle, repeat

import pytest
from gpiozero import GPIOPinInUse
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.distance import UltrasonicDistance
from hardware.errors import MachineFault
from hardware.pins import Pins
from tests.hardware.echoes import sensor_on

PINS = Pins()


@pytest.fixture
def factory() -> MockFactory:
    return MockFactory(pin_class=MockPWMPin)


def sensor(factory: MockFactory) -> UltrasonicDistance:
    return UltrasonicDistance(PINS.trigger, PINS.echo, pin_factory=factory)


def test_the_way_of_the_sound_is_told_in_millimetres(factory: MockFactory) -> None:
    sensor_on(factory, lambda: 481.5)
    ours = sensor(factory)
    assert ours.distance_mm() == pytest.approx(481.5)
    ours.close()


@pytest.mark.parametrize(
    "ways_mm", [chain([480.0, 130.0], repeat(480.0)), cycle([480.0, None]), cycle([480.0, 2900.0])]
)
def test_a_stray_echo_does_not_count_and_every_second_ping_may_be_lost(
    factory: MockFactory, ways_mm: "chain[float] | cycle[float | None]"
) -> None:
    sensor_on(factory, ways_mm.__next__)
    ours = sensor(factory)
    assert ours.distance_mm() == pytest.approx(480.0)
    ours.close()


@pytest.mark.parametrize("way_mm", [None, 2900.0, 4.0])
def test_no_echo_from_where_something_can_lie_is_a_fault_with_what_to_check(
    factory: MockFactory, way_mm: float | None
) -> None:
    sensor_on(factory, lambda: way_mm)
    with pytest.raises(MachineFault, match="on pins 12 and 7 hears no echo from within a metre: check its plug"):
        sensor(factory)
    sensor_on(factory, lambda: 480.0)
    sensor(factory).close()


def test_a_sensor_whose_plug_falls_out_is_no_box_that_stays(
    factory: MockFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    trigger = sensor_on(factory, lambda: 300.0)
    ours = sensor(factory)
    trigger.way_mm = lambda: None
    monkeypatch.setattr("hardware.distance.FRESH_S", 0.2)
    with pytest.raises(MachineFault, match="hears no echo"):
        for _ in range(100):
            ours.distance_mm()
            time.sleep(0.05)
    ours.close()


def test_a_pin_that_is_in_use_leaves_the_other_free(factory: MockFactory) -> None:
    sensor_on(factory, lambda: 480.0)
    with pytest.raises(GPIOPinInUse):
        UltrasonicDistance(PINS.trigger, PINS.trigger, pin_factory=factory)
    sensor(factory).close()
