"""Switches off what a process has left on: kernels keep outputs at their last level when a process dies.

To be run after every end of the station, whatever it was: systemd's `ExecStopPost=`.
"""

from collections.abc import Sequence
from pathlib import Path

from gpiozero import OutputDevice

from hardware.motion.gpio.lift import PERIOD_US
from hardware.pins import Pins
from hardware.pwm import PWM_FOLDER, Channel, KernelPwm


def outputs_off(
    pins: Pins, pin_factory: object, channels: Sequence[Channel] = (), pwm_folder: Path = PWM_FOLDER
) -> None:
    """Drivers first, then servo and lamp, status light and buzzer. `pin_factory` is the gpiozero factory of the pins.

    `channels` of the PWM are those of a built machine's lamp and servo, which then goes limp: its spring lifts the
    tool. Without any, the lamp is on its pin. Raises `MachineFault` for a channel that cannot be had; the drivers are
    off by then.
    """
    OutputDevice(pins.enable, active_high=False, initial_value=False, pin_factory=pin_factory).close()
    for channel in channels:
        KernelPwm(channel, PERIOD_US, pwm_folder).close()
    for pin in (pins.status, pins.buzzer) if channels else (pins.lamp, pins.status, pins.buzzer):
        OutputDevice(pin, initial_value=False, pin_factory=pin_factory).close()
