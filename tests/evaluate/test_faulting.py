"""Visits with faults at random moments, a few of them; and the observer finds what it is there to find."""

import numpy as np
import pytest

from hardware.machine import Machine, twin_machine
from hardware.twin.world import World
from station.evaluate import faulting
from station.evaluate.observer import Observer
from station.scenes.plain import plain_boxes
from station.visit import State, Visit

SEED = 7_101
MARKING = Visit(State.MARKING)


@pytest.mark.parametrize("trial", [0, 1])
def test_no_fault_makes_the_machine_do_what_it_must_not(trial: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(faulting, "VISITS", 3)
    count = faulting.faulting(3, SEED, trial)
    assert count.violations == []
    assert sum(count.visits.values()) == 3
    assert sum(sum(each.values()) for each in count.outcomes.values()) == 3
    assert sum(count.struck.values()) >= 2


def drawing() -> tuple[Machine, World, Observer]:
    """A machine that draws, with nobody but the observer to look after it."""
    machine, world = twin_machine("gantry", seed=1)
    observer = Observer(world, machine.tool.reach_mm)
    world.watchers.append(lambda now_s: observer.look(now_s, MARKING))
    world.lay(next(plain_boxes(np.random.default_rng(1))), 0)
    return machine, world, observer


def draw(machine: Machine, to_mm: float) -> None:
    assert machine.carriage is not None
    for _ in machine.carriage.draw(np.array([[180.0, 150.0], [to_mm, 150.0]]), machine.panel.height_mm()):
        pass


def test_a_proper_stroke_is_no_violation() -> None:
    machine, _, observer = drawing()
    draw(machine, 220.0)
    assert observer.taken().violations == []
    machine.close()


def test_a_machine_that_does_not_heed_its_guard_is_found_out() -> None:
    machine, world, observer = drawing()
    machine.panel.on_danger(lambda: None)
    world.guard(False)
    draw(machine, 220.0)
    found = " ".join(observer.taken().violations)
    assert "moves in marking with the guard open" in found
    assert "ENABLE is on in marking with the guard open" in found
    machine.close()


def test_a_machine_that_draws_without_homing_is_found_out() -> None:
    machine, _, observer = drawing()
    assert machine.carriage is not None
    machine.carriage.homed = True
    machine.carriage.axes.enable()
    for _ in machine.carriage.lift.lower(machine.panel.height_mm()):
        pass
    assert "the tool goes down before it was homed" in observer.taken().violations
    machine.close()


def test_drivers_left_on_in_a_fault_are_found_out() -> None:
    machine, world, _ = drawing()
    observer = Observer(world, machine.tool.reach_mm)
    assert machine.carriage is not None
    machine.carriage.axes.enable()
    world.tool_z_mm = 100.0
    observer.look(0.5, Visit(State.FAULT))
    assert not any("in fault" in each for each in observer.taken().violations)
    observer.look(1.5, Visit(State.FAULT))
    told = observer.taken().violations
    assert any("ENABLE is on in fault" in each for each in told) and any("not up in fault" in each for each in told)
    machine.close()


def test_print_that_is_called_done_is_found_out() -> None:
    machine, _, observer = drawing()
    observer.judge_done()
    assert len(observer.taken().violations) == 4
    machine.close()
