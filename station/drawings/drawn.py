"""The drawings of a configured machine, by name."""

from collections.abc import Callable
from typing import Literal

from hardware.errors import InputError
from station.config import Config
from station.drawings.frame import frame
from station.drawings.stop import emergency_stop
from station.drawings.wiring import wiring

What = Literal["wiring", "stop", "frame"]

DRAWINGS: dict[What, Callable[[Config], str]] = {
    "wiring": lambda built: wiring(built.pins.pins(), built.marker.kind, built.motion.kind),
    "stop": lambda built: emergency_stop(built.pins.pins(), built.motion.kind),
    "frame": frame,
}


def drawn(what: What, built: Config, where: str) -> str:
    """One of the drawings as SVG. Raises `InputError` that names the file (`where`) when it describes no such thing."""
    moves = built.marker.kind != "none"
    if what == "stop" and not moves:
        raise InputError(f"{where}: marker.kind is none: nothing moves, so there is no emergency stop to draw")
    if what != "frame" and moves and built.motion.kind == "twin":
        raise InputError(f"{where}: motion.kind is twin, which has no wires: make it gpio or grbl to see those")
    return DRAWINGS[what](built)
