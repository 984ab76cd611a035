"""The plane of a face and the error budget."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.camera.lens import Lens
from station.geometry import ErrorBudget, Plane

FACES = (0.0, 80.0, 200.0)


@pytest.mark.parametrize("height_mm", FACES)
def test_there_and_back_is_the_same_place(height_mm: float) -> None:
    plane = Plane(Lens(distortion=(-0.05, 0.02, 0.0, 0.0, 0.0)), height_mm)
    points = np.array([[200.0, 150.0], [120.0, 90.0], [290.0, 220.0]])
    assert np.abs(plane.to_mm(plane.to_px(points)) - points).max() < 0.02


def test_a_box_of_200_mm_is_seen_1_7_times_larger() -> None:
    assert Plane(Lens(), 200).px_per_mm / Plane(Lens(), 0).px_per_mm == pytest.approx(1.714, abs=0.001)


@pytest.mark.parametrize("height_mm", FACES)
def test_the_height_term_is_what_the_lens_does_with_a_wrong_height(height_mm: float) -> None:
    budget, true = ErrorBudget(), Plane(Lens(), height_mm)
    wrong = Plane(Lens(), height_mm + budget.height_error_mm)
    point = np.array([[290.0, 230.0]])
    displaced = float(np.linalg.norm(wrong.to_mm(true.to_px(point)) - point))
    assert budget.height_shift_mm(true, true.radius_mm(point)) == pytest.approx(displaced, rel=1e-6)


@settings(deadline=None)
@given(st.floats(0, 250), st.floats(1, 50), st.floats(0, 220), st.floats(0.1, 5), st.floats(0.5, 5))
def test_margins_grow_with_radius_height_and_height_error(
    radius: float, more: float, height: float, error: float, extra: float
) -> None:
    plane, budget = Plane(Lens(), height), ErrorBudget(height_error_mm=error)
    here = budget.margin_mm(plane, radius + 1)
    assert budget.margin_mm(plane, radius + 1 + more) > here
    assert budget.margin_mm(Plane(Lens(), height + more), radius + 1) > here
    assert ErrorBudget(height_error_mm=error + extra).margin_mm(plane, radius + 1) > here


def test_on_the_axis_only_the_fixed_errors_are_left() -> None:
    assert ErrorBudget(0.3, 0.0, 1.0, 0.4, 0.0).margin_mm(Plane(Lens(), 100), 0) == pytest.approx(0.5)


def test_with_the_rules_1_mm_the_machine_covers_1_to_2_mm_beyond_what_it_saw() -> None:
    budget = ErrorBudget()
    for height_mm in FACES:
        plane = Plane(Lens(), height_mm)
        assert 1 < 1 + budget.margin_mm(plane, 0) < 1 + budget.margin_mm(plane, 180) < 2


def test_a_polygon_takes_the_margin_of_its_farthest_point() -> None:
    plane, budget = Plane(Lens(), 100), ErrorBudget()
    polygon = np.array([[200.0, 150.0], [230.0, 190.0]])
    assert budget.on(plane)(polygon) == budget.margin_mm(plane, math.hypot(30, 40))
