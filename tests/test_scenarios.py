"""Whole visits, written as data in `tests/scenarios/*.toml`, run on the twin down to the pins.

A scenario names the boxes that come, the marker and what moves it, what somebody or something does when (`[[then]]`:
`on` a state, `after_s`, `do` a deed of the world or a `command` of the page), and what shall be seen: outcomes, states
on the way, what the person is told. In every scenario the drivers are off and the tool is up at the end, and a visit
that ends done has nothing readable left.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hardware.machine import twin_machine
from hardware.twin.box import Box, Pose
from hardware.twin.folder import load as load_box
from hardware.twin.world import TOOL_UP_MM, World
from station.appliance import Appliance, Settings
from station.rehearsal import Rehearsal
from station.scenes.boxes import numbered
from station.status import Status, Today
from station.vision.judge import Judge
from station.vision.look import Eye
from station.visit import Visit
from tests.small_box import small_box

HERE = Path(__file__).parent
SCENARIOS = sorted((HERE / "scenarios").glob("*.toml"))
LONGEST_S = 900.0


@cache
def eye() -> Eye:
    return Eye()


@cache
def judge() -> Judge:
    return Judge()


def box(described: dict[str, Any]) -> Box:
    """A small box, unless a folder or the seed (and number) of a rendered one is given; `pose` moves it."""
    pose = Pose(*described["pose"]) if "pose" in described else None
    if "folder" in described:
        found = load_box(HERE / "data" / described["folder"])
    elif "seed" in described:
        found = numbered(described["seed"], described.get("number", 0))
    else:
        return small_box(described.get("height_mm", 60.0), pose, described.get("blank", False))
    return replace(found, pose=pose or found.pose)


@dataclass
class Script:
    """Does what a scenario says on entering a state; each line once, in the order of the file."""

    world: World
    appliance: Appliance
    lines: list[dict[str, Any]]
    due: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    told: set[str] = field(default_factory=set)

    def note(self, visit: Visit) -> None:
        self.states.append(visit.state.value)
        while self.lines and self.lines[0]["on"] == visit.state.value:
            line = self.lines.pop(0)
            self.due.append((self.world.clock.now_s() + line.get("after_s", 0.0), line))

    def hear(self, status: Status) -> None:
        for words in status.words.values():
            self.told |= {words.title, words.detail}

    def act(self, now_s: float) -> None:
        for at_s, line in [each for each in self.due if each[0] <= now_s]:
            self.due.remove((at_s, line))
            self._do(line)

    def _do(self, line: dict[str, Any]) -> None:
        if "command" in line:
            self.appliance.command(line["command"])
        else:
            getattr(self.world, line["do"])(*line.get("with", []), **line.get("values", {}))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_scenario(path: Path) -> None:
    scenario = tomllib.loads(path.read_text(encoding="utf-8"))
    marker, motion = scenario.get("marker", "gantry"), scenario.get("motion", "twin")
    machine, world = twin_machine(marker, seed=scenario.get("seed", 5), motion=motion)
    script = Script(world, None, scenario.get("then", []))  # type: ignore[arg-type]
    appliance = Appliance(machine, eye(), judge(), Settings(drying_s=2.0), Today)
    appliance.told.append(script.hear)
    script.appliance = appliance
    appliance.entered.append(script.note)
    world.watchers.append(script.act)
    rehearsal = Rehearsal(machine, world, appliance, judge())

    def in_time() -> bool:
        assert world.clock.now_s() < LONGEST_S, f"no end: {script.states[-12:]}"
        return True

    boxes: Iterator[Box] = iter([box(each) for each in scenario["box"]])
    rehearsal.run(boxes, seed=1, goes_on=in_time)
    _check(scenario["expect"], rehearsal, script)
    assert not world.powered and world.tool_z_mm == TOOL_UP_MM
    machine.close()


def _check(expected: dict[str, Any], rehearsal: Rehearsal, script: Script) -> None:
    assert [visit["outcome"] for visit in rehearsal.visits] == expected["outcomes"], script.states
    if "reasons" in expected:
        assert [visit["reason"] for visit in rehearsal.visits] == expected["reasons"]
    for words in expected["told"]:
        assert words in script.told, f"{words!r} was never said; said was {sorted(script.told)}"
    for state in expected.get("never", []):
        assert state not in script.states
    passed = iter(script.states)
    assert all(state in passed for state in expected.get("states", [])), script.states
    assert not script.lines, f"never came to {script.lines}"
    for visit in rehearsal.visits:
        if visit["outcome"] == "done":
            assert visit["readable"] == 0 and visit["covered"] == visit["truth"], visit
