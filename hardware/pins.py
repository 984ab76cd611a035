"""The pin table: which line of the Pi's header goes where. The wiring in `hardware/README.md` is drawn from it."""

from dataclasses import dataclass, field, fields
from typing import Any, Literal

Reads = Literal["in", "out", "pwm"]


def _line(bcm: int, way: Reads, told: str) -> Any:
    return field(default=bcm, metadata={"way": way, "told": told})


@dataclass(frozen=True)
class Line:
    """One line: its name in the configuration, its BCM number, which way it goes, what hangs on it and how."""

    name: str
    bcm: int
    way: Reads
    told: str


@dataclass(frozen=True)
class Pins:
    """BCM numbers of all lines that a station may use; a build uses those of the parts that it has."""

    guard: int = _line(5, "in", "switch of the lid, to ground: low while shut, a cut wire reads as open")
    emergency_stop: int = _line(6, "in", "second contact of the emergency stop, normally closed to ground")
    button: int = _line(13, "in", "start and pause button, to ground")
    # PWM0: the only kind of pin whose dimming does not flicker in the picture
    lamp: int = _line(18, "pwm", "lamp, by a transistor")
    status: int = _line(24, "out", "status light, by a transistor")
    buzzer: int = _line(25, "out", "buzzer, by a transistor")
    enable: int = _line(22, "out", "ENABLE of all drivers, active low, or the relay of a board's supply; pulled up")
    trigger: int = _line(12, "out", "trigger of the distance sensor")
    echo: int = _line(7, "in", "echo of the distance sensor, 3.3 V: a 5 V sensor wants a divider")
    step_x: int = _line(17, "out", "STEP of the driver of x")
    direction_x: int = _line(27, "out", "DIR of the driver of x")
    step_y: int = _line(23, "out", "STEP of the driver of y")
    direction_y: int = _line(4, "out", "DIR of the driver of y")
    end_stop_x: int = _line(26, "in", "end stops of x, normally closed to ground, in a row")
    end_stop_y: int = _line(16, "in", "end stops of y, normally closed to ground, in a row")
    lift: int = _line(19, "pwm", "signal of the lift's servo")
    contact: int = _line(20, "in", "contact switch of the tool, to ground: low while it touches")
    top: int = _line(21, "in", "switch where the tool is up, to ground: low while it is")

    def lines(self) -> list[Line]:
        """All of them, in the order of the table."""
        return [Line(f.name, getattr(self, f.name), f.metadata["way"], f.metadata["told"]) for f in fields(self)]
