"""The person who lays sheets, papers and boxes on a real platform when somebody asks for them."""

import select
from typing import Protocol, TextIO

import click

from hardware.errors import InputError
from hardware.panel import PushButton

LOOK_S = 0.1


class Step(Protocol):
    """Of a calibration or a commissioning."""

    @property
    def told(self) -> str:
        """What the owner is asked to do."""


class Owner:
    """Is told a step, and says that it is done: by Enter in the terminal `typed`, or by the machine's start button."""

    def __init__(self, button: PushButton, typed: TextIO) -> None:
        self._button, self._typed = button, typed

    def __call__(self, step: Step) -> None:
        """Tell a step and wait. Raises `InputError` when nobody can press Enter any more."""
        click.echo(f"{step.told}\n  Hands off; then press Enter, or the start button.")
        self._button.take_press()  # one from before is no answer
        while not self._button.take_press():
            if select.select([self._typed], [], [], LOOK_S)[0]:
                if not self._typed.readline():
                    raise InputError("there is nobody to press Enter: run it from a terminal")
                return
