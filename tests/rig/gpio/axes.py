"""Axes on the simulated chip."""

from pathlib import Path

from gpiozero import OutputDevice

from hardware.clock import WallClock
from hardware.motion.gpio.axes import EndStop, GpioAxes, Setup
from hardware.motion.gpio.chip import Chip
from hardware.motion.profile import Limits
from tests.rig.gpio.world import wire

STEP_X, DIRECTION_X, STEP_Y, DIRECTION_Y = LINES = (17, 27, 23, 4)
ENABLE, END_STOPS = 22, (26, 20)
RUNTIME = Path("/run")
SETUP = Setup(Limits(), home_mm=(0.0, 0.0), travel_mm=430.0)


def axes(chip: Chip) -> GpioAxes:
    """X and Y at 0, 0, with their drivers on and clear of their end stops."""
    enable = OutputDevice(ENABLE, active_high=False, initial_value=False, pin_factory=chip.pins)
    end_stops = tuple(EndStop(pin, pin_factory=chip.pins) for pin in END_STOPS)
    for pin in END_STOPS:
        wire(pin, to_ground=True)
    made = GpioAxes(SETUP, chip.waves(LINES), enable, end_stops, WallClock())
    made.enable()
    return made
