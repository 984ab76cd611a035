"""The other side of the simulated chip: what its lines do, and what is done to them."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TRACE = Path("/sys/kernel/tracing")
WRITTEN = re.compile(r" (\d+\.\d+): gpio_value: (\d+) set ([01])")


def line(pin: int) -> Path:
    """The folder of a line of the simulated chip."""
    return next(Path("/sys/devices/platform").glob(f"gpio-sim.*/gpiochip*/sim_gpio{pin}"))


def level(pin: int) -> int:
    """What stands on a line."""
    return int((line(pin) / "value").read_text())


def wire(pin: int, to_ground: bool) -> None:
    """Connect an input to ground, or leave it to its pull-up."""
    (line(pin) / "pull").write_text("pull-down" if to_ground else "pull-up")


def within(seconds: float, happens: Callable[[], bool]) -> bool:
    """Whether something comes to be before the time is over."""
    end_s = time.monotonic() + seconds
    while not happens():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.005)
    return True


@dataclass(frozen=True)
class Edge:
    """A line that was written another level than it had."""

    time_us: int
    pin: int
    level: int


class Recorder:
    """What the kernel wrote to the lines, each write with its time. ::

    with Recorder() as recorder:
        ...
    print(len(recorder.edges))
    """

    def __enter__(self) -> "Recorder":
        self.edges: list[Edge] = []
        (TRACE / "buffer_size_kb").write_text("65536")
        (TRACE / "trace_clock").write_text("mono")
        (TRACE / "trace").write_text("")
        (TRACE / "events/gpio/gpio_value/enable").write_text("1")
        return self

    def __exit__(self, *_error: object) -> None:
        (TRACE / "events/gpio/gpio_value/enable").write_text("0")
        base = _base()
        levels: dict[int, int] = {}
        for time_s, number, value in WRITTEN.findall((TRACE / "trace").read_text()):
            pin = int(number) - base
            if levels.get(pin, 0) != int(value):
                self.edges.append(Edge(round(float(time_s) * 1e6), pin, int(value)))
            levels[pin] = int(value)

    def rises_us(self, pin: int) -> list[int]:
        """When a line went high."""
        return [edge.time_us for edge in self.edges if edge.pin == pin and edge.level]


def _base() -> int:
    """The kernel's number of the chip's first line."""
    chips = Path("/sys/kernel/debug/gpio").read_text()
    found = re.search(r"gpiochip0: (?:GPIOs )?(\d+)-", chips)
    assert found, chips
    return int(found[1])
