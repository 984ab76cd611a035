"""Switches off what a process has left on: kernels keep outputs at their last level when a process dies.

To be run after every end of the station, whatever it was: systemd's `ExecStopPost=`.
"""

from gpiozero import OutputDevice

from hardware.pins import Pins


def outputs_off(pins: Pins, pin_factory: object) -> None:
    """Drivers first, then lamp, status light and buzzer. `pin_factory` is the gpiozero factory that owns them."""
    OutputDevice(pins.enable, active_high=False, initial_value=False, pin_factory=pin_factory).close()
    for pin in (pins.lamp, pins.status, pins.buzzer):
        OutputDevice(pin, initial_value=False, pin_factory=pin_factory).close()
