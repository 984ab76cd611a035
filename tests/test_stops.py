"""Four ways to stop a stroke: the red button, the page, the button of the panel, the guard. They have one result."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest

from hardware.machine import Motion, twin_machine
from hardware.twin.box import Pose
from hardware.twin.world import TOOL_UP_MM, World
from station.appliance import Appliance, Settings
from station.evaluate.observer import Observer, Seen
from station.evaluate.oracle import OracleEye, OracleJudge
from station.scenes.plain import plain_boxes
from station.status import Today
from station.visit import State, Visit

S = State
IN_STROKE_S = 5.0  # after marking began: homed, on the box, and drawing
LOOKS_ON_S = 6.0

STOPS: dict[str, Callable[[World, Appliance], None]] = {
    "red button": lambda world, appliance: world.emergency_stop(True),
    "page": lambda world, appliance: appliance.command("stop"),
    "button": lambda world, appliance: world.press_button(),
    "guard": lambda world, appliance: world.guard(False),
}


@dataclass
class Stopped:
    """What the world showed after a stop."""

    states: list[State] = field(default_factory=list)
    off_s: float = np.inf
    further_mm: float = 0.0
    inked_m: float = 0.0
    seen: Seen = field(default_factory=Seen)
    done: bool = False


def stopped_by(stop: Callable[[World, Appliance], None], motion: Motion) -> Stopped:
    """A visit that is stopped in mid-stroke, and what follows within some seconds."""
    machine, world = twin_machine("gantry", seed=2, motion=motion)
    appliance = Appliance(machine, OracleEye(world), OracleJudge(world), Settings(), Today)
    observer = Observer(world, machine.tool.reach_mm)
    result, at = Stopped(), {"marking": np.inf, "stop": np.inf, "x": 0.0, "y": 0.0}

    def note(visit: Visit) -> None:
        at["marking"] = min(at["marking"], visit.since_s) if visit.state is S.MARKING else at["marking"]
        if at["stop"] < np.inf:
            result.states.append(visit.state)

    def look(now_s: float) -> None:
        observer.look(now_s, appliance.visit)
        if now_s >= at["marking"] + IN_STROKE_S and at["stop"] == np.inf and world.touching:
            at["stop"], result.inked_m = now_s, world.inked_m
            at["x"], at["y"] = world.tool_mm
            stop(world, appliance)
        if at["stop"] < np.inf and not world.enabled:
            result.off_s = min(result.off_s, now_s - at["stop"])

    appliance.entered.append(note)
    world.watchers.append(look)
    appliance.start()
    appliance.run(lambda: appliance.visit.state is not S.EMPTY)
    box = next(plain_boxes(np.random.default_rng(2)))
    world.place(box, pose=Pose(200.0, 150.0, 0.0))
    appliance.run(lambda: machine.clock.now_s() < min(at["stop"] + LOOKS_ON_S, 60.0))
    result.further_mm = float(np.hypot(world.tool_mm[0] - at["x"], world.tool_mm[1] - at["y"]))
    result.seen, result.inked_m = observer.taken(), world.inked_m - result.inked_m
    result.done = appliance.visit.outcome == "done"
    assert not world.enabled and world.tool_z_mm == TOOL_UP_MM
    machine.close()
    return result


@pytest.mark.parametrize("motion", ["twin", "grbl"])
@pytest.mark.parametrize("name", STOPS)
def test_a_stop_in_mid_stroke_has_one_result_whoever_asks_for_it(name: str, motion: Motion) -> None:
    result = stopped_by(STOPS[name], motion)
    at_once = name in {"red button", "guard"}
    assert result.seen.violations == []
    assert result.off_s <= (0.0 if at_once else 0.11), "the page and the button wait for the loop's next turn"
    assert result.further_mm <= (0.0 if at_once else 11.0), "at 100 mm/s"
    assert result.inked_m * 1000 == pytest.approx(result.further_mm, abs=1.0)
    assert result.states == [S.FAULT if name == "red button" else S.PAUSED], "it waits for a person"
    assert not result.done
