"""The wiring drawing shows what a build uses, where the pin table has it, and no wire crosses another."""

import re
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.machine import Marker
from hardware.pins import Pins
from station.config import MotionKind
from station.drawings.wiring import CIRCUITS, header_pin, lanes_of, used, wiring

README = Path(__file__).parents[2] / "hardware" / "README.md"
Wires = list[tuple[float, float]]
Segment = tuple[tuple[float, float], tuple[float, float]]

PERSON = {"guard", "emergency_stop", "button", "lamp", "status", "buzzer", "trigger", "echo"}
ONE_AXIS = {"step_x", "direction_x", "end_stop_x", "lift", "contact", "top"}


def test_every_line_of_the_pin_table_has_a_circuit() -> None:
    assert set(CIRCUITS) == {line.name for line in Pins().lines()}


@pytest.mark.parametrize(
    ("marker", "motion", "more"),
    [
        ("none", "gpio", set()),
        ("roller", "grbl", {"enable"}),
        ("roller", "gpio", {"enable"} | ONE_AXIS),
        ("gantry", "grbl", {"enable"}),
        ("gantry", "gpio", {"enable", "step_y", "direction_y", "end_stop_y"} | ONE_AXIS),
    ],
)
def test_a_build_has_the_lines_that_it_uses(marker: Marker, motion: MotionKind, more: set[str]) -> None:
    assert {line.name for line in used(Pins(), marker, motion)} == PERSON | more
    drawn = set(re.findall(r">(\w+): GPIO \d+, pin \d+<", wiring(Pins(), marker, motion)))
    assert drawn == PERSON | more


def test_a_line_is_drawn_where_the_configuration_has_it() -> None:
    assert "guard: GPIO 5, pin 29<" in wiring(Pins(), "gantry", "grbl")
    assert "guard: GPIO 2, pin 3<" in wiring(Pins(guard=2), "gantry", "grbl")


def test_a_guide_has_bridges_for_lid_and_stop() -> None:
    assert wiring(Pins(), "none", "twin").count("a bridge for") == 2
    assert "a bridge for" not in wiring(Pins(), "roller", "gpio")


def test_the_board_of_a_roller_has_no_y() -> None:
    assert "motor of y" in wiring(Pins(), "gantry", "grbl")
    roller = wiring(Pins(), "roller", "grbl")
    assert "motor of y" not in roller and "bridge to D9" in roller


def test_the_header_is_that_of_a_pi() -> None:
    assert [header_pin(bcm) for bcm in (2, 5, 18, 21)] == [3, 29, 12, 40]
    assert len({header_pin(bcm) for bcm in range(2, 28)}) == 26


def test_the_readme_has_the_pin_table() -> None:
    rows = [
        f"| `{line.name}` | {line.bcm} | {header_pin(line.bcm)} | {line.way} | {line.told} |" for line in Pins().lines()
    ]
    assert "\n".join(rows) in README.read_text(encoding="utf-8")


# -- wires


def segments(wires: Wires) -> list[list[Segment]]:
    """Of each wire: out from its pad, along its lane, on to its row."""
    return [
        [((0, pad), (lane, pad)), ((lane, pad), (lane, row)), ((lane, row), (1000, row))]
        for (pad, row), lane in zip(wires, (lane + 1 for lane in lanes_of(wires)), strict=True)
    ]


def meet(one: Segment, other: Segment) -> bool:
    """Whether two upright or level segments share a point."""
    return all(
        max(min(a[k] for a in one), min(b[k] for b in other)) <= min(max(a[k] for a in one), max(b[k] for b in other))
        for k in (0, 1)
    )


@settings(deadline=None)
@given(st.integers(1, 20).flatmap(lambda n: st.tuples(heights(n), heights(n))))
def test_no_wire_crosses_another(ends: tuple[list[int], list[int]]) -> None:
    pads, rows = ends
    # A pad and the row of another wire at one height would touch: in a drawing they are fractions of a px apart.
    wires = [(pad + 0.25, float(row)) for pad, row in zip(pads, rows, strict=True)]
    for one, other in combinations(segments(wires), 2):
        assert not any(meet(a, b) for a in one for b in other)


def heights(count: int) -> st.SearchStrategy[list[int]]:
    """So many different heights, from top to bottom."""
    return st.lists(st.integers(0, 200), min_size=count, max_size=count, unique=True).map(sorted)
