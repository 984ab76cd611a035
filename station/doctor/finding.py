"""What the doctor says of one thing: how it is, what was seen, and what to do about it."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from hardware.errors import ShredError

AGAIN = "do what it says, then run the doctor again"

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True)
class Finding:
    """One thing. With a `problem` the station will not do its work; with a `warning` it does, though not for long."""

    name: str
    level: Level
    seen: str
    remedy: str = ""

    def told(self) -> str:
        """One line, and what to do on a second one."""
        line = f"{self.level:8} {self.name}: {self.seen}"
        return f"{line}\n         -> {self.remedy}" if self.remedy else line

    def to_json(self) -> dict[str, Any]:
        """As `--json` prints it."""
        return asdict(self)


def ok(name: str, seen: str) -> Finding:
    """All is as it should be."""
    return Finding(name, "ok", seen)


def warning(name: str, seen: str, remedy: str) -> Finding:
    """Worth to be looked at."""
    return Finding(name, "warning", seen, remedy)


def problem(name: str, seen: str, remedy: str) -> Finding:
    """Has to be put right first."""
    return Finding(name, "problem", seen, remedy)


def attempted(name: str, act: Callable[[], str]) -> Finding:
    """What comes of trying something: `act` tells what it saw, or raises `ShredError`, which says what to do."""
    try:
        return ok(name, act())
    except ShredError as error:
        return problem(name, str(error), AGAIN)
