"""From a station to a twin's world in another process: the wires, and the time."""

from multiprocessing.connection import Client
from pathlib import Path
from typing import Any

from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.errors import InputError, MachineFault
from hardware.pins import Pins
from hardware.twin.clock import TICK_S

SOCKET = "world.sock"  # in the world's folder
PINS = Pins()
UNDRIVEN = {PINS.enable: 1.0, PINS.lamp: 0.0, PINS.status: 0.0, PINS.buzzer: 0.0}  # by what resistors pull them to

Levels = dict[int, float]  # by BCM number


class Link:
    """The station's end, and its clock. Raises `InputError` where there is no world."""

    def __init__(self, folder: Path) -> None:
        self.pins = MockFactory(pin_class=MockPWMPin)
        try:
            self._world = Client(str(folder / SOCKET), "AF_UNIX")
        except OSError as error:
            raise InputError(f"machine.world = {str(folder)!r}: no world is there ({error.strerror})") from error

    def now_s(self) -> float:
        """Seconds since the world began."""
        return float(self.call("now_s"))

    def sleep(self, duration_s: float) -> None:
        """Let the world move on; inputs are heard, and outputs set, once a tick at least."""
        while duration_s > 1e-9:
            step_s = min(TICK_S, duration_s)
            self.call("sleep", step_s)
            duration_s -= step_s

    def call(self, name: str, *arguments: Any) -> Any:
        """The world's answer; a fault that it answers with is raised."""
        driven = {number: self.pins.pin(number) for number in UNDRIVEN}
        levels = {number: pin.state for number, pin in driven.items() if pin.function == "output"}
        self._world.send((name, arguments, levels))
        answer, inputs = self._world.recv()
        for number, level in inputs.items():
            pin = self.pins.pin(number)
            pin.drive_high() if level else pin.drive_low()
        if isinstance(answer, MachineFault):
            raise answer
        return answer

    def close(self) -> None:
        """Let the world go."""
        self._world.close()
