"""The person who lays sheets, papers and boxes on a real platform when a calibration asks for them."""

import select
import sys

import click

from hardware.errors import InputError
from hardware.panel import PushButton
from station.calibrate.walk import Step

LOOK_S = 0.1


class Owner:
    """Is told a step, and says that it is done: by Enter, or by the start button beside the machine."""

    def __init__(self, button: PushButton) -> None:
        self._button = button

    def __call__(self, step: Step) -> None:
        """Tell a step and wait. Raises `InputError` when nobody can press Enter any more."""
        click.echo(f"{step.told}\n  Hands off; then press Enter, or the start button.")
        self._button.take_press()  # one from before is no answer
        while not self._button.take_press():
            if select.select([sys.stdin], [], [], LOOK_S)[0]:
                if not sys.stdin.readline():
                    raise InputError("there is nobody to press Enter: calibrate from a terminal")
                return
