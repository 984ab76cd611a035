"""GRBL's status report, such as `<Run|MPos:-12.000,3.100,0.000|FS:6000,0|Pn:P>`, taken apart."""

from dataclasses import dataclass

from hardware.errors import MotionFault
from hardware.motion.grbl.words import FAULTY_LINE

Position = tuple[float, float, float]


@dataclass(frozen=True)
class Report:
    """What the board is doing (`Idle`, `Run`, `Hold:0`, ...), where (machine mm), and which inputs are closed."""

    state: str
    position_mm: Position
    pins: str = ""

    @property
    def contact(self) -> bool:
        """Whether the contact switch, wired to the probe input, is closed."""
        return "P" in self.pins

    @property
    def at_ends(self) -> tuple[bool, bool]:
        """Whether an end stop of x and one of y is closed."""
        return "X" in self.pins, "Y" in self.pins

    @property
    def at_top(self) -> bool:
        """Whether the lift's end stop is closed."""
        return "Z" in self.pins


def parse(line: str) -> Report:
    """A report from its line. Raises `MotionFault` for one that is incomplete or garbled."""
    state, *fields = line[1:-1].split("|")
    named = dict(field.split(":", 1) for field in fields if ":" in field)
    try:
        x, y, z = (float(value) for value in named["MPos"].split(","))
    except (KeyError, ValueError) as broken:
        raise MotionFault(f"the board's status report was garbled on the line: {FAULTY_LINE}") from broken
    return Report(state, (x, y, z), named.get("Pn", ""))


def triplet(values: str) -> Position:
    """Three coordinates (mm) out of a message such as `[PRB:1.000,2.000,3.000:1]`. Raises `MotionFault`."""
    return parse(f"<|MPos:{values}>").position_mm
