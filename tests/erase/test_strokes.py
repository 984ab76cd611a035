"""What is planned covers what it must: checked point by point on a grid, without the planner's own arithmetic."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import unary_union

from hardware.camera.frames import Points
from station.erase import strokes
from station.erase.strokes import StrokePlan, plan
from station.erase.tool import solid
from station.erase.work import Area, Stroke
from station.evaluate.marking import least_approach_s, motion

PLATFORM = (0.0, 0.0, 400.0, 300.0)
EDGE_MM = 0.12  # planned narrower than the tool is, and arcs are polygons: at the rim of the zone nothing is claimed
RIM_MM = 0.5  # a tip that reaches less into the lane is a sliver, and comes with the next move
Reach = tuple[float, float, float, float]

SLIVER_MM = 0.05  # a corner of the reach is a polygon of many sides: what it leaves is a twentieth of the margin


def rectangle(x: float, y: float, width: float, height: float, angle_deg: float = 0.0) -> Area:
    """Centred on x, y."""
    c, s = math.cos(math.radians(angle_deg)), math.sin(math.radians(angle_deg))
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * [width / 2, height / 2]
    return Area("address", corners @ np.array([[c, s], [-s, c]]) + [x, y])


def moved(area: Area, by: tuple[float, float]) -> Area:
    return Area(area.kind, area.polygon_mm + np.array(by))


def grid(polygon: Points, step: float = 0.5) -> Points:
    """Points inside a convex polygon, its corners among them."""
    (x0, y0), (x1, y1) = polygon.min(axis=0), polygon.max(axis=0)
    points = np.stack(np.meshgrid(np.arange(x0, x1, step), np.arange(y0, y1, step)), axis=-1).reshape(-1, 2)
    edges = np.roll(polygon, -1, axis=0) - polygon
    away = points[:, None] - polygon
    cross = edges[:, 0] * away[..., 1] - edges[:, 1] * away[..., 0]
    return np.vstack([points[(cross >= 0).all(axis=1) | (cross <= 0).all(axis=1)], polygon])


def from_lines(points: Points, planned: StrokePlan) -> Points:
    """Distance of every point to the nearest line of the plan."""
    best = np.full(len(points), np.inf)
    for a, b in segments(planned):
        along = b - a
        t = np.clip(((points - a) @ along) / max(float(along @ along), 1e-12), 0, 1)
        best = np.minimum(best, np.linalg.norm(points - a - t[:, None] * along, axis=1))
    return best


def segments(planned: StrokePlan) -> list[tuple[Points, Points]]:
    return [pair for stroke in planned.strokes for pair in itertools.pairwise(stroke.points_mm)]


def rolled(points: Points, planned: StrokePlan, width_mm: float) -> Points:
    """Which points a roller has gone over."""
    under = np.zeros(len(points), bool)
    for a, b in segments(planned):
        inside = (points[:, 0] >= min(a[0], b[0]) - 1e-6) & (points[:, 0] <= max(a[0], b[0]) + 1e-6)
        under |= inside & (np.abs(points[:, 1] - a[1]) <= width_mm / 2)
    return under


def reachable(points: Points, reach: Reach, width_mm: float) -> Points:
    """Points that a nib can cover with its centre inside the reach."""
    inside = np.clip(points, reach[:2], reach[2:])
    return points[np.linalg.norm(points - inside, axis=1) <= width_mm / 2 - EDGE_MM]


def held(planned: StrokePlan, reach: Reach) -> bool:
    points = np.vstack([stroke.points_mm for stroke in planned.strokes] or [np.array([reach[:2]])])
    return bool(((points >= np.array(reach[:2]) - 1e-6) & (points <= np.array(reach[2:]) + 1e-6)).all())


areas_anywhere = st.lists(
    st.builds(
        rectangle,
        st.floats(20, 380), st.floats(20, 280), st.floats(2, 90), st.floats(2, 40), st.floats(0, 180),
    ),
    min_size=1, max_size=5,
).map(tuple)  # fmt: skip
widths = st.sampled_from((4.0, 10.0, 15.0))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(areas_anywhere, widths, st.sampled_from((PLATFORM, (60.0, 50.0, 250.0, 200.0))), st.booleans())
def test_a_nib_covers_every_point_it_can_reach(
    areas: tuple[Area, ...], width_mm: float, reach: Reach, crosswise: bool
) -> None:
    planned = plan(areas, width_mm, reach, crosswise=crosswise)
    assert held(planned, reach)
    for area in areas:
        points = reachable(grid(area.polygon_mm), reach, width_mm)
        assert (from_lines(points, planned) <= width_mm / 2 + SLIVER_MM).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(areas_anywhere, st.sampled_from(((20.0, 150.0, 380.0, 150.0), (20.0, 120.0, 380.0, 190.0))))
def test_a_roller_covers_all_of_its_lane_along_x(areas: tuple[Area, ...], reach: Reach) -> None:
    planned = plan(areas, 40.0, reach, roll_only_x=True)
    assert held(planned, reach)
    assert all(a[1] == b[1] for a, b in segments(planned))
    for area in areas:
        points = grid(area.polygon_mm)
        low = np.array([reach[0] + RIM_MM, reach[1] - 20 + RIM_MM])
        high = np.array([reach[2] - RIM_MM, reach[3] + 20 - RIM_MM])
        assert rolled(points[((points >= low) & (points <= high)).all(axis=1)], planned, 40.0).all()


@settings(max_examples=40, deadline=None, derandomize=True)
@given(areas_anywhere, st.sampled_from((False, True)))
def test_moving_the_box_as_told_covers_all_in_the_end(areas: tuple[Area, ...], roller: bool) -> None:
    reach = (20.0, 150.0, 380.0, 150.0) if roller else (100.0, 100.0, 200.0, 180.0)
    width_mm = 40.0 if roller else 10.0
    near_mm = width_mm / 2 + 2 * SLIVER_MM  # a cut at the rim of the reach leaves a sliver on both of its sides
    points = [grid(area.polygon_mm, 1.0) for area in areas]
    for _ in range(40):
        planned = plan(areas, width_mm, reach, roll_only_x=roller)
        points = [p[~rolled(p, planned, width_mm)] if roller else p[from_lines(p, planned) > near_mm] for p in points]
        if planned.move_mm is None:
            break
        by = planned.move_mm
        areas, points = tuple(moved(area, by) for area in planned.uncovered), [p + np.array(by) for p in points]
    assert planned.move_mm is None and not planned.uncovered
    assert sum(len(p) for p in points) == 0


def test_a_small_area_is_one_short_stroke() -> None:
    planned = plan((rectangle(100, 100, 8, 3),), 10.0, PLATFORM)
    assert len(planned.strokes) == 1
    assert strokes.drawing_mm(planned.strokes) <= 3.0


def test_lines_follow_the_long_side_of_a_tilted_line_of_text() -> None:
    planned = plan((rectangle(200, 150, 60, 7, 30),), 10.0, PLATFORM)
    (stroke,) = planned.strokes
    along = stroke.points_mm[-1] - stroke.points_mm[0]
    assert math.degrees(math.atan2(along[1], along[0])) % 180 == pytest.approx(30, abs=0.01)


def test_a_second_pass_goes_across_the_first_and_further() -> None:
    area = (rectangle(200, 150, 60, 16, 30),)
    first, second = plan(area, 10.0, PLATFORM), plan(area, 10.0, PLATFORM, crosswise=True)
    wider = grid(rectangle(200, 150, 61.9, 17.9, 30).polygon_mm)
    assert (from_lines(wider, second) <= 5).all()
    assert not (from_lines(wider, first) <= 5).all()
    turns = {round(math.degrees(math.atan2(*(b - a)[::-1])) % 180) for a, b in segments(second)}
    assert 120 in turns


def test_lines_of_one_address_are_drawn_without_lifting() -> None:
    lines = tuple(rectangle(200, 100 + 4.5 * i, 56, 6.5) for i in range(4))
    planned = plan(lines, 10.0, PLATFORM)
    assert len(planned.strokes) == 1
    assert strokes.drawing_mm(planned.strokes) < 3 * 56


def test_what_is_out_of_reach_is_named_with_its_kind_and_the_way_to_move() -> None:
    inside, outside = rectangle(150, 150, 40, 10), Area("phone", rectangle(280, 150, 40, 10).polygon_mm)
    planned = plan((inside, outside), 10.0, (50, 50, 250, 250))
    assert [area.kind for area in planned.uncovered] == ["phone"]
    assert planned.move_mm is not None
    dx, dy = planned.move_mm
    assert dx < -40 and dy == 0
    assert not plan((moved(outside, (dx, dy)),), 10.0, (50, 50, 250, 250)).uncovered


def test_a_label_higher_than_the_lane_takes_one_lane_after_the_other() -> None:
    planned = plan((rectangle(200, 190, 76, 120),), 40.0, (0, 150, 400, 150), roll_only_x=True)
    (stroke,) = planned.strokes
    assert stroke.points_mm[:, 1].tolist() == [150, 150]
    assert planned.move_mm is not None
    assert planned.move_mm[0] == 0 and -40 < planned.move_mm[1] < -38


def test_nothing_to_cover_is_no_plan() -> None:
    assert plan((), 10.0, PLATFORM) == StrokePlan((), (), None)


def test_times_are_length_over_speed_and_the_bound_is_below_them() -> None:
    area = (rectangle(100, 100, 60, 19),)
    planned = plan(area, 10.0, PLATFORM)
    length = strokes.drawing_mm(planned.strokes)
    assert strokes.drawing_s(planned.strokes, 40.0) == pytest.approx(length / 40)
    assert strokes.bound_s(solid(area[0].polygon_mm), 10.0, 40.0, 2.0) == pytest.approx(60 * 19 / 10 / 40 + 2)
    assert strokes.bound_s(solid(area[0].polygon_mm), 10.0, 40.0, 0.0) <= length / 40


WAYBILL = tuple(  # recipient, sender, two codes and a QR of a 76 x 130 label
    rectangle(200 + x, 150 + y, width, height)
    for x, y, width, height in ((0, -45, 60, 10), (-15, -22, 38, 6), (-12, -18, 48, 6), (-12, -13, 48, 6),
                                (-15, -4, 32, 6), (-12, 0, 46, 6), (28, -12, 20, 20), (10, 9, 46, 9))
)  # fmt: skip


def test_a_waybill_takes_little_more_than_the_bound() -> None:
    wanted = unary_union([solid(area.polygon_mm) for area in WAYBILL])
    moved = motion(plan(WAYBILL, 10.0, PLATFORM).strokes, 100.0)
    least_s = strokes.bound_s(wanted, 10.0, 100.0, least_approach_s(wanted, 10.0, 100.0))
    assert moved.total_s <= 1.5 * least_s


@settings(max_examples=8, deadline=None, derandomize=True)
@given(areas_anywhere, widths)
def test_the_same_areas_give_the_same_plan(areas: tuple[Area, ...], width_mm: float) -> None:
    one, other = plan(areas, width_mm, PLATFORM), plan(areas, width_mm, PLATFORM)
    assert [s.points_mm.tolist() for s in one.strokes] == [s.points_mm.tolist() for s in other.strokes]


def test_a_gap_shorter_than_a_lift_is_drawn_over_and_a_longer_one_is_not() -> None:
    def pair(gap_mm: float) -> StrokePlan:
        return plan((rectangle(150, 150, 30, 8), rectangle(180 + gap_mm, 150, 30, 8)), 10.0, PLATFORM)

    assert [len(pair(gap_mm).strokes) for gap_mm in (8, 60)] == [1, 2]


def test_turns_are_rounded_where_that_leaves_nothing_bare() -> None:
    (stroke,) = plan((rectangle(200, 150, 80, 16),), 10.0, PLATFORM).strokes
    legs = np.diff(stroke.points_mm, axis=0)
    angles = np.unwrap(np.arctan2(legs[:, 1], legs[:, 0]))
    assert np.median(np.abs(np.diff(angles))) < math.radians(30)


def test_the_rest_of_a_stroke_begins_where_it_was_broken_off() -> None:
    stroke = Stroke(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 10.0]]))
    assert strokes.rest(stroke, 4.0).points_mm.tolist() == [[4, 0], [10, 0], [10, 10]]
    assert strokes.rest(stroke, 20.0).points_mm.tolist() == [[10, 9], [10, 10]]
    assert strokes.rest(stroke, 0.0).points_mm.tolist() == stroke.points_mm.tolist()


def test_what_is_skipped_of_a_stroke_ends_at_its_next_turn() -> None:
    stroke = Stroke(np.array([[0.0, 0.0], [10.0, 0.0], [12.0, 0.0], [12.0, 30.0]]))
    assert [strokes.beyond_mm(stroke, drawn_mm, 5.0) for drawn_mm in (0, 6, 20)] == [10, 12, 42]
