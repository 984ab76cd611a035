"""How the motors of a machine of real parts are driven, as its configuration says."""

from dataclasses import dataclass

from hardware.motion.gpio import axes as gpio
from hardware.motion.gpio.lift import Servo
from hardware.motion.grbl import settings as grbl
from hardware.pwm import Channel


@dataclass(frozen=True)
class OnLines:
    """Motors on step and direction lines, and a servo on a PWM channel that lifts."""

    setup: gpio.Setup
    servo: Servo
    channel: Channel


@dataclass(frozen=True)
class OnBoard:
    """Motors on a GRBL board at a serial port."""

    setup: grbl.Setup
    port: str


Hand = OnLines | OnBoard
