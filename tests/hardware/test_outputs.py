"""What a process that was killed has left on, and what is left of it after that."""

from pathlib import Path

from gpiozero import OutputDevice
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.outputs import outputs_off
from hardware.pins import Pins
from hardware.pwm import Channel
from tests.hardware.pwms import channel, shown

PINS = Pins()


def left_on() -> MockFactory:
    """Pins as a dead process has left them."""
    factory = MockFactory()
    for pin in (PINS.lamp, PINS.status, PINS.buzzer):
        OutputDevice(pin, initial_value=True, pin_factory=factory).close()
    OutputDevice(PINS.enable, active_high=False, initial_value=True, pin_factory=factory).close()
    return factory


def levels(factory: MockFactory, *pins: int) -> list[int]:
    return [int(factory.pin(pin).state) for pin in pins]


def test_every_output_goes_to_where_it_does_no_harm_and_is_let_go() -> None:
    factory = MockFactory(pin_class=MockPWMPin)
    outputs = [factory.pin(number) for number in (PINS.enable, PINS.lamp, PINS.status, PINS.buzzer)]
    for pin, left_at in zip(outputs, (0.0, 1.0, 1.0, 1.0), strict=True):
        pin.function = "output"
        pin.state = left_at
        pin.clear_states()
    outputs_off(PINS, factory)
    assert [pin.states[1].state for pin in outputs] == [1.0, 0.0, 0.0, 0.0]
    assert {pin.function for pin in outputs} == {"input"}


def test_a_servo_that_held_the_tool_down_goes_limp_and_the_pwm_keeps_its_pin(tmp_path: Path) -> None:
    servo, lamp = channel(tmp_path, 1), channel(tmp_path, 0)
    factory = left_on()
    lamp_before = levels(factory, PINS.lamp)
    outputs_off(PINS, factory, [Channel(0, 1), Channel(0, 0)], tmp_path)
    assert [shown(files)[1:] for files in (servo, lamp)] == [[0, 0], [0, 0]]
    assert levels(factory, PINS.enable, PINS.status, PINS.buzzer) == [1, 0, 0]
    assert levels(factory, PINS.lamp) == lamp_before
