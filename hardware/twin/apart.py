"""A twin's world in a process of its own: it outlives the station, as a room and a Pi's header would.

The station's end sends a call with the levels of its outputs, and gets the answer with the levels of its inputs; what
a killed station has sent last stays, as on a real header. Axes and lift hang on a GRBL board on a pseudo-terminal.
"""

import socket
from collections.abc import Callable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, cast

from gpiozero import PWMLED, OutputDevice

from hardware.camera.frames import Photo, Preview
from hardware.errors import MachineFault
from hardware.frame import NIB_MM
from hardware.machine import Calibrated, Machine, as_it_is, tool_as_drawn
from hardware.motion.carriage import Carriage
from hardware.motion.grbl.axes import GrblAxes, GrblLift
from hardware.motion.grbl.board import Board
from hardware.motion.profile import Limits
from hardware.panel import Panel
from hardware.twin.camera import TwinCamera
from hardware.twin.distance import TwinDistance
from hardware.twin.grbl.hand import board_of, setup
from hardware.twin.ink import Nib
from hardware.twin.link import PINS, SOCKET, UNDRIVEN, Levels, Link
from hardware.twin.world import PARK_MM, World

PORT = "grbl"  # in the world's folder
INPUTS = (PINS.guard, PINS.emergency_stop, PINS.button)

Wire = Connection  # to the other process


class WorldApart:
    """The world's end, in `folder`, which nobody else may read. `world.clock` stands still between two calls."""

    def __init__(self, folder: Path, seed: int) -> None:
        limits = Limits()
        self.world = World(seed, as_it_is(Calibrated().lens), Nib("round", NIB_MM))
        self._board = board_of(self.world, setup(limits, None), None)
        (folder / PORT).symlink_to(self._board.wire.port)
        self._door = socket.socket(socket.AF_UNIX)
        self._door.bind(str(folder / SOCKET))
        self._door.listen()
        self._stations: list[Wire] = []
        camera, distance = TwinCamera(self.world), TwinDistance(self.world, Calibrated().sensor_height_mm)
        self._calls: dict[str, Callable[..., Any]] = {
            "now_s": self.world.clock.now_s,
            "sleep": self.world.clock.sleep,
            "preview": camera.preview,
            "photo": camera.photo,
            "distance_mm": distance.distance_mm,
        }
        self.world.drive_pins()

    def serve(self, wait_s: float) -> bool:
        """Take in a station or answer one call, if any comes within `wait_s` of the wall's clock; whether one did."""
        ready = wait([self._door, *self._stations], wait_s)
        for each in ready:
            if isinstance(each, Connection):
                self._answer(each)
            else:
                self._stations.append(Connection(self._door.accept()[0].detach()))
        return bool(ready)

    def close(self) -> None:
        """Let board and sockets go."""
        for station in self._stations:
            station.close()
        self._door.close()
        self._board.close()

    def _answer(self, station: Wire) -> None:
        try:
            name, arguments, outputs = station.recv()
            self._set(outputs)
            station.send((self._called(name, arguments), {pin: self.world.pins.pin(pin).state for pin in INPUTS}))
        except (EOFError, OSError):  # it has ended; its outputs stay as they are
            self._stations.remove(station)
            station.close()

    def _called(self, name: str, arguments: tuple[Any, ...]) -> Any:
        try:
            return self._calls[name](*arguments)
        except MachineFault as fault:
            return fault

    def _set(self, outputs: Levels) -> None:
        for number, undriven in UNDRIVEN.items():
            pin = self.world.pins.pin(number)
            pin.function = "output"
            pin.state = outputs.get(number, undriven)


class LinkedCamera:
    """The camera of a world apart."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def preview(self) -> Preview:
        """As the world's camera."""
        return cast(Preview, self._link.call("preview"))

    def photo(self, face_height_mm: float) -> Photo:
        """As the world's camera."""
        return cast(Photo, self._link.call("photo", face_height_mm))

    def close(self) -> None:
        """Nothing to let go."""


class LinkedDistance:
    """The distance sensor of a world apart."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def distance_mm(self) -> float:
        """As the world's sensor."""
        return float(self._link.call("distance_mm"))


def machine_apart(folder: Path) -> Machine:
    """A gantry on the world that has its place in `folder`."""
    link, limits, known = Link(folder), Limits(), Calibrated()
    link.call("now_s")  # hears the inputs: a panel that is made before them would take the guard for open
    lamp = PWMLED(PINS.lamp, pin_factory=link.pins)
    panel = Panel(link.pins, LinkedDistance(link), lamp, known.sensor_height_mm)
    enable = OutputDevice(PINS.enable, active_high=False, initial_value=False, pin_factory=link.pins)
    built = setup(limits, None)
    board = Board(str(folder / PORT), built, link)
    axes = GrblAxes(board, enable)
    tool = tool_as_drawn("gantry", limits.feed_mm_s)
    carriage = Carriage(axes, GrblLift(board, built, link), limits, tool.reach_mm, PARK_MM)
    return Machine(link, LinkedCamera(link), known.lens, panel, carriage, tool, (axes.close, lamp.close, link.close))
