"""The measurement of marking: what it reckons is what the twin takes, and the bound lies below it."""

import numpy as np
import pytest

from hardware.machine import twin_machine
from station.erase.strokes import StrokePlan
from station.erase.work import Area, Stroke
from station.evaluate import marking
from tests.small_box import small_box

HEIGHT_MM = 60.0
SQUARE = np.array([[180.0, 140.0], [220.0, 140.0], [220.0, 160.0], [180.0, 160.0]])
LINES = (
    Stroke(np.array([[180.0, 145.0], [220.0, 145.0]])),
    Stroke(np.array([[220.0, 155.0], [180.0, 155.0]])),
)


def test_the_twin_takes_as_long_as_is_reckoned() -> None:
    machine, world = twin_machine("gantry")
    world.place(small_box(HEIGHT_MM))
    machine.clock.sleep(3.0)
    assert machine.carriage is not None
    for _ in machine.carriage.home():
        pass
    began_s = machine.clock.now_s()
    for stroke in LINES:
        for _ in machine.carriage.draw(stroke.points_mm, HEIGHT_MM):
            pass
    taken_s = machine.clock.now_s() - began_s
    machine.close()
    assert marking.motion(LINES, HEIGHT_MM).total_s == pytest.approx(taken_s, rel=0.03)


def test_a_plan_of_nothing_but_a_dab_is_caught_leaving_all_bare(monkeypatch: pytest.MonkeyPatch) -> None:
    dab = StrokePlan((Stroke(np.array([[200.0, 150.0], [201.0, 150.0]])),), (), None)
    monkeypatch.setattr(marking.strokes, "plan", lambda *_: dab)
    report = marking.marking(iter([marking.Job((Area("name", SQUARE),), HEIGHT_MM, 1)]), 1).report()
    assert report["covered_least"] < 0.2


def test_a_square_is_covered_in_little_more_than_the_bound() -> None:
    found = iter([marking.Job((Area("name", SQUARE),), HEIGHT_MM, 1)] * 3)
    report = marking.marking(found, 2).report()
    assert report["labels"] == report["jobs"] == 2
    assert report["covered_least"] > 0.999
    assert 1.0 < report["time_to_bound"]["median"] < 1.35
    assert 1.0 < report["time_to_bound_beside_approach"]["median"] < 2.0
