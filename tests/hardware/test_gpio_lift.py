"""The servo's lift on a folder as the kernel's PWM has it, and a tool that goes where the pulses tell it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from gpiozero import DigitalInputDevice
from gpiozero.pins.mock import MockFactory

from hardware.errors import ConfigError, MotionFault
from hardware.motion.axes import NoContact
from hardware.motion.gpio.lift import PERIOD_US, Servo, ServoLift
from hardware.pwm import Channel, KernelPwm
from tests.hardware.pwms import channel

SERVO = Servo(up_us=2000.0, down_us=1000.0, up_mm=230.0, down_mm=-10.0)
CONTACT, TOP = 21, 16


class Tool:
    """A clock, and a tool that follows the servo's pulse at once unless something holds it."""

    def __init__(self, channel: Path, box_mm: float) -> None:
        self.channel, self.box_mm, self.now = channel, box_mm, 0.0
        self.stuck = False
        self.height_mm = 230.0
        pins = MockFactory()
        self.contact = DigitalInputDevice(CONTACT, pull_up=True, pin_factory=pins)
        self.top = DigitalInputDevice(TOP, pull_up=True, pin_factory=pins)
        self.sleep(0)

    def now_s(self) -> float:
        return self.now

    def sleep(self, duration_s: float) -> None:
        self.now += duration_s
        if (self.channel / "enable").read_text() == "1" and not self.stuck:
            width_us = int((self.channel / "duty_cycle").read_text()) / 1000
            self.height_mm = max(self.box_mm, -10 + 240 * (width_us - 1000) / 1000)
        for switch, closed in ((self.contact, self.height_mm <= self.box_mm), (self.top, self.height_mm > 229.9)):
            (switch.pin.drive_low if closed else switch.pin.drive_high)()


@pytest.fixture
def pwm(tmp_path: Path) -> KernelPwm:
    channel(tmp_path)
    return KernelPwm(Channel(0, 0), PERIOD_US, tmp_path)


@pytest.fixture
def tool(tmp_path: Path, pwm: KernelPwm) -> Iterator[Tool]:
    made = Tool(tmp_path / "pwmchip0/pwm0", box_mm=120.0)
    yield made
    made.contact.close()
    made.top.close()


@pytest.fixture
def lift(tool: Tool, pwm: KernelPwm) -> ServoLift:
    return ServoLift(SERVO, pwm, tool.contact, tool.top, tool)


def lowered(lift: ServoLift, expected_mm: float) -> float:
    job = lift.lower(expected_mm)
    while True:
        try:
            next(job)
        except StopIteration as end:
            return float(end.value)


def test_the_tool_goes_down_to_the_box_and_tells_its_height(tool: Tool, lift: ServoLift) -> None:
    assert lift.is_up
    assert lowered(lift, 118.0) == pytest.approx(120.0, abs=0.5)
    assert lift.in_contact
    assert not lift.is_up


def test_a_hop_leaves_the_face_by_some_millimetres(tool: Tool, lift: ServoLift) -> None:
    contact_mm = lowered(lift, 120.0)
    lift.hop()
    assert not lift.in_contact
    assert tool.height_mm == pytest.approx(contact_mm + 3, abs=0.1)


def test_nothing_under_the_tool_is_told_and_the_tool_goes_no_lower(tool: Tool, lift: ServoLift) -> None:
    tool.box_mm = 0.0
    with pytest.raises(NoContact, match="108 mm"):
        lowered(lift, 120.0)
    assert tool.height_mm == pytest.approx(108.0)


def test_up_is_what_the_switch_at_the_top_says(tool: Tool, lift: ServoLift) -> None:
    lowered(lift, 120.0)
    lift.raise_()
    assert lift.is_up
    assert tool.height_mm == pytest.approx(230.0)


def test_a_tool_that_does_not_go_up_is_a_fault(tool: Tool, lift: ServoLift) -> None:
    lowered(lift, 120.0)
    tool.stuck = True
    with pytest.raises(MotionFault, match="does not go up"):
        lift.raise_()


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"up_us": 3000.0}, "up_us is 3000: a servo's pulse has 400 to 2600 us"),
        ({"up_us": 1000.0}, "both 1000"),
        ({"up_mm": -20.0}, "up_mm is -20: it has to be above down_mm, -10"),
        ({"slow_mm_s": 90.0}, "slow_mm_s is 90"),
    ],
)
def test_what_is_no_servo_is_refused_by_name(values: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Servo(**(vars(SERVO) | values))
