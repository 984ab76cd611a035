"""Where to tear: all that is personal comes off, from a corner that can be gripped."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from hardware.camera.frames import Points
from station.erase.tear import guide
from station.erase.work import Area

WIDTH_MM, HEIGHT_MM = 76.0, 130.0


def placed(points: Points, angle_deg: float, at: tuple[float, float] = (200.0, 150.0)) -> Points:
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    turned: Points = (points - [WIDTH_MM / 2, HEIGHT_MM / 2]) @ np.array([[c, s], [-s, c]]) + at
    return turned


def rect(x0: float, y0: float, x1: float, y1: float) -> Points:
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


QUAD = rect(0, 0, WIDTH_MM, HEIGHT_MM)
cells = st.tuples(st.floats(-1, 60), st.floats(-1, 115), st.floats(3, 17), st.floats(3, 16))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.lists(cells, min_size=1, max_size=5), st.floats(0, 360))
def test_the_outline_holds_all_areas_and_the_arrow_stays_inside(
    found: list[tuple[float, float, float, float]], angle: float
) -> None:
    areas = tuple(Area("name", placed(rect(x, y, x + w, y + h), angle)) for x, y, w, h in found)
    tear = guide(areas, (placed(QUAD, angle),))
    torn = Polygon(tear.outline_mm).buffer(0.01)
    assert all(torn.contains(Polygon(area.polygon_mm)) for area in areas)
    assert torn.contains(Point(tear.start_mm)) and torn.contains(Point(np.add(tear.start_mm, tear.pull_mm)))
    assert min(np.linalg.norm(placed(QUAD, angle) - tear.start_mm, axis=1)) < 3


@pytest.mark.parametrize("angle", [0.0, 15.0, 200.0])
def test_the_upper_part_is_torn_off_from_the_upper_corner_near_the_name(angle: float) -> None:
    tear = guide((Area("name", placed(rect(50, 20, 74, 50), angle)),), (placed(QUAD, angle),))
    assert Polygon(tear.outline_mm).area == pytest.approx(WIDTH_MM * 50, rel=1e-3)
    assert tear.start_mm == pytest.approx(placed(rect(WIDTH_MM, 0, 0, 0), angle)[0])
    far = placed(np.array([[0.0, 50.0]]), angle)[0] - tear.start_mm
    assert tear.pull_mm == pytest.approx(0.6 * far, abs=1e-3)


def test_the_lower_part_is_torn_off_from_below() -> None:
    tear = guide((Area("code", placed(rect(5, 100, 30, 120), 0)),), (placed(QUAD, 0),))
    assert Polygon(tear.outline_mm).area == pytest.approx(WIDTH_MM * 30, rel=1e-3)
    assert tear.start_mm == pytest.approx(placed(np.array([[0.0, HEIGHT_MM]]), 0)[0])


def test_a_label_that_is_mostly_personal_comes_off_whole() -> None:
    areas = (Area("name", placed(rect(5, 20, 30, 30), 10)), Area("code", placed(rect(5, 90, 60, 110), 10)))
    tear = guide(areas, (placed(QUAD, 10),))
    assert Polygon(tear.outline_mm).area == pytest.approx(WIDTH_MM * HEIGHT_MM, rel=1e-3)


def test_of_two_labels_the_one_with_more_on_it_comes_first() -> None:
    left, right = placed(QUAD, 0, (100, 150)), placed(QUAD, 0, (300, 150))
    small = Area("name", placed(rect(5, 20, 30, 30), 0, (100, 150)))
    large = Area("name", placed(rect(5, 20, 70, 40), 0, (300, 150)))
    tear = guide((small, large), (left, right))
    assert Polygon(tear.outline_mm).contains(Polygon(large.polygon_mm))
    assert not Polygon(tear.outline_mm).intersects(Polygon(small.polygon_mm))


def test_without_a_label_it_is_the_part_around_the_areas() -> None:
    area = Area("name", placed(rect(5, 20, 30, 30), 25))
    tear = guide((area,), ())
    assert Polygon(tear.outline_mm).area == pytest.approx(250, rel=1e-3)
