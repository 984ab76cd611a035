"""Chains pulled as short as covering allows, and their corners rounded so that the tool need not slow down.

What must be covered stands as *spots*: points inside it and, closer together, along its rim. A change is made where
it saves time and every spot that nothing else covers stays covered. What then is bare between the spots gets spots
of its own, and the pulling begins anew.
"""

import math
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hardware.camera.frames import Points
from hardware.motion.profile import JUNCTION_DEVIATION_MM
from station.erase.hatch import DAB_MM, TINY_MM
from station.erase.pace import Spot, way_mm
from station.erase.tool import OVERLAP_MM, Tool

SPOTS_MM, RIM_MM, BARE_MM = 1.0, 0.4, 0.2  # distance of spots: inside, along the rim, in what was bare
SLACK_MM = 0.08  # the tool counts as so much smaller, for what lies between two spots of the rim,
SEAM_MM = OVERLAP_MM / 2  # and inside, where the other half of an overlap belongs to the neighbouring line
PULLS = 2  # rounds over all points; a third saves little
TRIES = 6  # with more spots each; it mostly settles before
HAIR_MM2 = 0.004  # less bare paper than this is a hairline of the arithmetic
SAMPLED = 7  # one spot in seven is looked at first: most changes that leave something bare do so there
AROUND = 5  # points on either side that a change may slow down
GAIN_MM = 0.2  # a change that saves less is not worth looking at
STEPS_MM = (12.0, 6.0, 3.0, 1.5, 0.75)
RADII_MM = (4.0, 2.5, 1.5, 0.8)
BEYOND_MM = (0.0, 0.8, 1.6)  # how much further out a corner is rounded, so that its outside stays covered
STRAIGHT_RAD, BACK_RAD = 0.2, math.pi - 0.1  # turns that no arc betters

Line = list[Spot]
Indices = NDArray[np.int64]


class Paper:
    """The spots (M x 3: x, y, slack) and how many legs of the lines on it cover each."""

    def __init__(self, spots: Points, lines: list[Line], radius_mm: float) -> None:
        self._radius_mm = radius_mm
        spots = spots[np.argsort(spots[:, 0])]
        self._x, self._y = np.ascontiguousarray(spots[:, 0]), np.ascontiguousarray(spots[:, 1])
        self._radii2 = (radius_mm - spots[:, 2] + TINY_MM) ** 2
        self._count_all(lines)
        self._radii2[self._covered == 0] = (radius_mm + TINY_MM) ** 2  # where the lines themselves leave no slack
        self._count_all(lines)

    def only_under(self, line: Line) -> Indices:
        """The spots that nothing but this line covers."""
        spots, times = np.unique(np.concatenate([self._under(*leg) for leg in pairwise(line)]), return_counts=True)
        alone: Indices = spots[self._covered[spots] == times]
        return alone

    def covers(self, line: Line, spots: Indices) -> bool:
        """Whether a line covers all of these spots."""
        return not any(len(self._bare(line, some)) for some in (spots[::SAMPLED], spots))

    def redraw(self, old: Line, new: Line) -> None:
        """A line takes another's place."""
        self._count(old, -1)
        self._count(new, 1)

    def _bare(self, line: Line, spots: Indices) -> Indices:
        """Those of the spots that a line leaves bare."""
        for leg in pairwise(line):
            spots = spots[~self._are_near(spots, *leg)]
        return spots

    def _count_all(self, lines: list[Line]) -> None:
        self._covered = np.zeros(len(self._x), int)
        for line in lines:
            self._count(line, 1)

    def _count(self, line: Line, by: int) -> None:
        for leg in pairwise(line):
            self._covered[self._under(*leg)] += by

    def _under(self, a: Spot, b: Spot) -> Indices:
        """The spots under one leg."""
        around = min(a[0], b[0]) - self._radius_mm, max(a[0], b[0]) + self._radius_mm
        spots = np.arange(*np.searchsorted(self._x, around))
        return spots[self._are_near(spots, a, b)]

    def _are_near(self, spots: Indices, a: Spot, b: Spot) -> NDArray[np.bool_]:
        """Which of the spots are no further from a leg than the tool's radius."""
        x, y, u, v = self._x[spots] - a[0], self._y[spots] - a[1], b[0] - a[0], b[1] - a[1]
        share = np.minimum(np.maximum((x * u + y * v) / max(u * u + v * v, 1e-12), 0.0), 1.0)
        x -= share * u
        y -= share * v
        near: NDArray[np.bool_] = x * x + y * y <= self._radii2[spots]
        return near


def pulled(chains: list[Points], wanted: BaseGeometry, tool: Tool) -> list[Points]:
    """The chains (each N x 2) with their points moved, or left out, as far as `wanted` stays covered."""
    spots, inside, before = _spots(wanted), wanted.buffer(-2 * SEAM_MM), 0
    for _ in range(TRIES):
        tight = _pulled(chains, spots, tool)
        gaps = [
            *_gaps(wanted, tight, tool.half_mm, SLACK_MM),
            *_gaps(inside, tight, tool.half_mm - SEAM_MM, SEAM_MM),
        ]
        if sum(map(len, gaps)) == before:  # none, or those that the chains had from the start
            break
        spots, before = np.vstack([spots, *gaps]), sum(map(len, gaps))
    return tight


def _gaps(wanted: BaseGeometry, chains: list[Points], radius_mm: float, slack_mm: float) -> list[Points]:
    """Spots in whatever a tool of that radius leaves bare: its rim alone would just be covered by the same lines."""
    bare = wanted.difference(shapely.union_all([shapely.LineString(chain).buffer(radius_mm) for chain in chains]))
    parts = [part for part in shapely.get_parts(bare) if part.area > HAIR_MM2]
    inside = [
        np.vstack([_inside(part, BARE_MM), shapely.get_coordinates(part.representative_point())]) for part in parts
    ]
    return [_with_slack(spots, slack_mm) for spots in inside]


def _pulled(chains: list[Points], spots: Points, tool: Tool) -> list[Points]:
    lines: list[Line] = [[(x, y) for x, y in chain.tolist()] for chain in chains]
    paper = Paper(spots, lines, tool.half_mm)
    for _ in range(PULLS):
        for line in lines:
            _pull(line, paper)
    for line in lines:
        _round(line, paper, tool)
    return [np.array(line) for line in lines]


def _pull(line: Line, paper: Paper) -> None:
    """Each point once, from the end to the start, so that a point left out moves none that is still to come."""
    for i in reversed(range(len(line))):
        if i < len(line):
            _better(line, i, _moves(line, i), paper)


def _round(line: Line, paper: Paper, tool: Tool) -> None:
    for i in reversed(range(1, len(line) - 1)):
        _better(line, i, [arc for arc in _arcs(*line[i - 1 : i + 2]) if tool.reaches(np.array(arc))], paper)


def _better(line: Line, i: int, ways: list[Line], paper: Paper) -> None:
    """Put that of `ways` into the place of point i which saves the most and leaves nothing bare, if any does."""
    first, last = max(0, i - 1), i + 2
    before, after = line[max(0, i - AROUND) : first], line[last : i + AROUND + 1]
    old, news = line[first:last], [line[first:i] + way + line[i + 1 : last] for way in ways]
    enough_mm = way_mm(before + old + after) - GAIN_MM
    costs = [(way_mm(before + new + after), k) for k, new in enumerate(news) if len(new) > 1]
    shorter = sorted(cost for cost in costs if cost[0] < enough_mm)
    alone = paper.only_under(old) if shorter else np.zeros(0, int)
    for _, k in shorter:
        if paper.covers(news[k], alone) and _leaves_ink(line[:first] + news[k] + line[last:]):
            paper.redraw(old, news[k])
            line[first:last] = news[k]
            return


def _leaves_ink(line: Line) -> bool:
    return len(line) > 3 or sum(map(math.dist, line, line[1:])) >= DAB_MM


def _moves(line: Line, i: int) -> list[Line]:
    """Left out, or nearer to its neighbours, or to the middle between them."""
    x, y = line[i]
    aims = [line[k] for k in (i - 1, i + 1) if 0 <= k < len(line)]
    if len(aims) == 2:
        aims.append(((aims[0][0] + aims[1][0]) / 2, (aims[0][1] + aims[1][1]) / 2))
    ways = [(step * u, step * v) for aim in aims for u, v in [_unit(line[i], aim)] for step in _steps(line[i], aim)]
    return [[], *([(x + dx, y + dy)] for dx, dy in ways)]


def _steps(start: Spot, finish: Spot) -> list[float]:
    """Those that do not lead past the finish."""
    return [step for step in STEPS_MM if step < math.dist(start, finish)]


def _arcs(start: Spot, corner: Spot, finish: Spot) -> list[Line]:
    """Ways round a corner, tighter and wider, on the spot or further out."""
    a, b = _unit(corner, start), _unit(corner, finish)
    turn = math.acos(max(-1.0, min(1.0, -a[0] * b[0] - a[1] * b[1])))
    if not STRAIGHT_RAD < turn < BACK_RAD:
        return []
    tips = [(corner[0] - (a[0] + b[0]) * out, corner[1] - (a[1] + b[1]) * out) for out in BEYOND_MM]
    arcs = [_arc(start, tip, finish, radius_mm) for tip in tips for radius_mm in RADII_MM]
    return [arc for arc in arcs if arc]


def _arc(start: Spot, tip: Spot, finish: Spot, radius_mm: float) -> Line:
    """Points on the circle that touches both legs, its chords no further from it than a junction may deviate."""
    a, b = _unit(tip, start), _unit(tip, finish)
    turn = math.acos(max(-1.0, min(1.0, -a[0] * b[0] - a[1] * b[1])))
    touches_mm = radius_mm * math.tan(turn / 2)
    if not STRAIGHT_RAD < turn < BACK_RAD or touches_mm > min(math.dist(tip, start), math.dist(tip, finish)) / 2:
        return []
    inwards = radius_mm / math.cos(turn / 2) / math.hypot(a[0] + b[0], a[1] + b[1])
    centre = tip[0] + (a[0] + b[0]) * inwards, tip[1] + (a[1] + b[1]) * inwards
    x, y = tip[0] + a[0] * touches_mm - centre[0], tip[1] + a[1] * touches_mm - centre[1]
    pieces = max(2, math.ceil(turn / math.sqrt(8 * JUNCTION_DEVIATION_MM / radius_mm)))
    step = math.copysign(turn, a[1] * b[0] - a[0] * b[1]) / pieces
    turns = [(math.cos(step * k), math.sin(step * k)) for k in range(pieces + 1)]
    return [(centre[0] + c * x - s * y, centre[1] + s * x + c * y) for c, s in turns]


def _unit(start: Spot, finish: Spot) -> Spot:
    """The direction from one point to another; none if they are one."""
    length = math.dist(start, finish) or 1.0
    return (finish[0] - start[0]) / length, (finish[1] - start[1]) / length


def _spots(wanted: BaseGeometry) -> Points:
    rim = shapely.get_coordinates(shapely.segmentize(wanted.boundary, RIM_MM))
    return np.vstack([_with_slack(_inside(wanted, SPOTS_MM), SEAM_MM), _with_slack(rim, SLACK_MM)])


def _inside(shape: BaseGeometry, apart_mm: float) -> Points:
    """A grid of points (N x 2) in a shape."""
    x0, y0, x1, y1 = shape.bounds
    grid = np.stack(np.meshgrid(np.arange(x0, x1, apart_mm), np.arange(y0, y1, apart_mm)), axis=-1).reshape(-1, 2)
    inside: Points = grid[shapely.contains_xy(shape, grid)]
    return inside


def _with_slack(points: Points, slack_mm: float) -> Points:
    return np.column_stack([points, np.full(len(points), slack_mm)])
