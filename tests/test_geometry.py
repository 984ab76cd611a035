"""The plane of a face and the error budget."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.camera.lens import Lens
from hardware.twin.gantry import askew
from station.geometry import ErrorBudget, Plane

FACES = (0.0, 80.0, 200.0)


@pytest.mark.parametrize("height_mm", FACES)
def test_there_and_back_is_the_same_place(height_mm: float) -> None:
    plane = Plane(Lens(distortion=(-0.05, 0.02, 0.0, 0.0, 0.0)), height_mm)
    points = np.array([[200.0, 150.0], [120.0, 90.0], [290.0, 220.0]])
    assert np.abs(plane.to_mm(plane.to_px(points)) - points).max() < 0.02


@pytest.mark.parametrize("height_mm", FACES)
def test_there_and_back_through_a_lens_askew_and_axes_out_of_square(height_mm: float) -> None:
    lens = replace(askew(4).lens, axes=((1.004, 0.006), (-0.003, 0.997)), lean=(0.004, -0.003))
    points = np.array([[200.0, 150.0], [60.0, 50.0], [345.0, 245.0]])
    assert np.abs(lens.to_platform(lens.to_pixels(points, height_mm), height_mm) - points).max() < 0.01
    small = lens.scaled(640)
    assert np.allclose(small.to_pixels(points, height_mm) * 7.2, lens.to_pixels(points, height_mm), atol=0.01)


def test_a_lens_that_is_turned_sees_the_place_under_it_beside_the_middle() -> None:
    lens = Lens(turned=(0.0, 0.02, 0.0))
    assert np.allclose(
        lens.to_pixels(np.array([[200.0, 150.0]]), 100.0)[0] - lens.centre_px, (3552 * 0.02, 0), atol=0.1
    )


def test_what_leans_is_told_further_off_the_higher_the_face() -> None:
    lens = Lens(lean=(0.005, 0.0))
    middle = np.array([lens.centre_px])
    moved = lens.to_platform(middle, 200.0) - lens.to_platform(middle, 0.0)
    assert np.allclose(moved, [[1.0, 0.0]])


def test_each_point_may_have_a_height_of_its_own() -> None:
    lens, points, heights = askew(4).lens, np.array([[100.0, 90.0], [300.0, 200.0]]), np.array([20.0, 130.0])
    px = lens.to_pixels(points, heights)
    assert np.allclose(px[1], lens.to_pixels(points[1:], 130.0)[0])
    assert np.allclose(lens.to_platform(px, heights), points, atol=0.01)


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


def test_the_measured_budget_is_that_of_the_machine() -> None:
    budget = ErrorBudget.measured(0.3, 0.5, 0.4, np.array([0.4, 0.2]), -1.5)
    assert budget.calibration_mm == pytest.approx(math.hypot(0.3, 0.4))
    assert budget.tool_wander_mm == 0.5
    assert budget.mechanics_mm == pytest.approx(math.hypot(0.05, 0.2, 0.1))
    assert budget.height_error_mm == 2.0
    assert ErrorBudget.measured(0.0, 0.0, 0.4, np.zeros(2), 0.0).height_error_mm == 1.0, "a carton bulges anyway"


@pytest.mark.parametrize("height_mm", FACES)
@pytest.mark.parametrize("noise_mm", [0.1, 0.5])
def test_the_margin_holds_19_times_of_20_when_every_source_errs_by_its_bound(height_mm: float, noise_mm: float) -> None:
    random, n = np.random.default_rng(3), 20_000
    budget, plane = ErrorBudget(calibration_mm=noise_mm), Plane(Lens(), height_mm)
    points = random.uniform((30, 60), (370, 240), (n, 2))
    radii = np.hypot(*(points - plane.lens.above_mm).T)
    fixed = (budget.calibration_mm, budget.outline_mm, budget.mechanics_mm, budget.tool_wander_mm)
    # A bound that holds 95 times of 100 is 2.45 deviations of x and of y, or 1.96 of a single number.
    away = sum(random.normal(0, bound / 2.45, (n, 2)) for bound in fixed)
    outwards = (points - plane.lens.above_mm) / (plane.lens.camera_height_mm - height_mm)
    away = away + outwards * random.normal(0, budget.height_error_mm / 1.96, (n, 1))
    margins = np.array([budget.margin_mm(plane, radius) for radius in radii])
    assert (np.hypot(*away.T) <= margins).mean() >= 0.95
