"""From fiducials that the tool drew to what its axes make of a millimetre, and how exactly they repeat it. Pure.

A fiducial is a short dash along x. Each has a place where the axes were told to draw it, a height at which the tool
touched, and a place where a photo shows it. With the camera's model all that is left is linear:

    told = A (slope of the ray) (H - k h) + above + lean h + half the play (from which side the axes had come)

k is what a millimetre of height measures in the sheet's millimetres: a sheet printed at 99.7 % makes the camera hang
too high by 1.4 mm, which only drawing at two heights tells.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points
from hardware.camera.lens import Lens
from hardware.machine import Tool
from station.geometry import ErrorBudget

DASH_MM = 4.0  # so long that the tool moves at all; its middle is looked for
NIB_PITCH_MM, NIB_ROWS, NIB_COLUMNS = 40.0, 4, 6  # 200 x 120 mm of a sheet of A4
ROLLER_PITCH_MM, ROLLER_PLACES = 24.0, 10  # dash, contact and a gap
DARKER = 40  # grey values by which ink is darker than paper
LEAST_AREA_MM2 = 20.0
NEAR_MM = 5.0  # of where it is expected, once the common shift is known
LEAST_SHARE = 0.7  # of the fiducials
BLOT_MM, BLOT_TIMES = 0.5, 4.0  # a fiducial so far off, and so many times farther than half of them, is none
MOST_BLOTS = 4
ROUNDS = 6  # the scale of heights is found by turns with the rest


@dataclass(frozen=True)
class Fiducials:
    """What was drawn at one height: `told_mm` (N x 2) middles as the axes count, `come` (N x 2) from which side each
    axis had come (-1 to 1), `px` (N x 2) where they are seen; the heights of contact and of the distance sensor."""

    told_mm: Points
    come: Points
    px: Points
    contact_mm: float
    sensor_mm: float


@dataclass(frozen=True)
class ToolFit:
    """The lens in the frame of the axes. `play_mm` of x and y, `residual_mm` for 95 of 100 fiducials.

    `scale` is what a millimetre of the sheet measures on the axes; `sensor_off_mm` by how much more the distance
    sensor says of the box than the contact switch; `certainty` the root of unknowns to equations.
    """

    lens: Lens
    play_mm: tuple[float, float]
    residual_mm: float
    fiducials: int
    scale: float
    sensor_off_mm: float
    certainty: float

    def budget(self, camera_mm: float) -> ErrorBudget:
        """What the machine misses by, when its camera does by `camera_mm`."""
        return ErrorBudget.measured(
            camera_mm, self.residual_mm, self.certainty, np.array(self.play_mm), self.sensor_off_mm
        )


def dashes(tool: Tool, middle_mm: tuple[float, float]) -> list[Points]:
    """The fiducials (2 x 2 each, mm) around a place, in an order in which each axis comes from both sides."""
    x0, y0 = middle_mm
    rows, columns, pitch_mm = NIB_ROWS, NIB_COLUMNS, NIB_PITCH_MM
    if tool.kind == "roller":
        y0, rows, columns, pitch_mm = tool.reach_mm[1], 1, ROLLER_PLACES, ROLLER_PITCH_MM
    xs, ys = x0 + _around_middle(columns, pitch_mm), y0 + _around_middle(rows, pitch_mm)
    if rows == 1:
        return [dash(x, y0, 1) for x in xs[::2]] + [dash(x, y0, -1) for x in xs[1::2][::-1]]
    order = np.column_stack([ys[rows // 2 :], ys[: rows // 2]]).ravel()  # to and fro between the halves
    return [dash(x, y, way) for y, way in zip(order, itertools.cycle((1, -1)), strict=False) for x in xs[::way]]


def come(drawn_mm: Sequence[Points], park_mm: tuple[float, float]) -> Points:
    """From which side (N x 2) each axis has come to the middle of each dash: 1 going up, -1 going down, 0 in its play
    or when it never moved."""
    signs = np.sign(np.diff(np.vstack([park_mm, *drawn_mm]), axis=0))
    for at in range(1, len(signs)):  # an axis that stands keeps to its side
        signs[at] = np.where(signs[at] == 0, signs[at - 1], signs[at])
    sides: Points = (signs[0::2] + signs[1::2]) / 2
    return sides


def find(before: Grey, after: Grey, expected_px: Points, px_per_mm: float) -> tuple[NDArray[np.intp], Points]:
    """Which of the fiducials are seen (M) and where (M x 2, px): patches that have become darker, in the pattern
    that was expected (N x 2, px), wherever that lies as a whole."""
    darker = cv2.GaussianBlur(cv2.subtract(before, after), (0, 0), 1.5)
    _, mask = cv2.threshold(darker, DARKER, 255, cv2.THRESH_BINARY)
    count, patches, stats, _ = cv2.connectedComponentsWithStats(mask)
    big = [k for k in range(1, count) if stats[k, cv2.CC_STAT_AREA] > LEAST_AREA_MM2 * px_per_mm**2]
    if not big:
        return np.zeros(0, np.intp), np.zeros((0, 2))
    middles = np.array([middle(np.asarray(darker), np.asarray(patches) == k, stats[k]) for k in big])
    away = np.linalg.norm(_shifted(expected_px, middles, NEAR_MM * px_per_mm)[:, None] - middles, axis=2)
    near = np.flatnonzero(away.min(axis=1) < NEAR_MM * px_per_mm)
    return near, middles[away[near].argmin(axis=1)]


def fit(camera: Lens, drawn: Sequence[Fiducials], square: bool = False) -> ToolFit:
    """The axes, by fiducials at two heights, the first of them the platform's. `square` takes the axes for square and
    of one scale: a roller never leaves its line, so that its fiducials cannot tell. Blots far off are left out."""
    found = _without_blots(_rows(camera, drawn), camera.camera_height_mm, square)
    lens = replace(
        camera,
        camera_height_mm=camera.camera_height_mm / found.unit,
        above_mm=_pair(found.above),
        axes=(_pair(found.axes[0] * found.unit), _pair(found.axes[1] * found.unit)),
        lean=_pair(found.lean),
    )
    return ToolFit(
        lens,
        play_mm=_pair(2 * np.abs(found.play)),
        residual_mm=float(np.percentile(np.hypot(*found.rest.T), 95)),
        fiducials=len(found.rest),
        scale=math.sqrt(abs(float(np.linalg.det(found.axes)))),
        sensor_off_mm=(drawn[-1].sensor_mm - drawn[0].sensor_mm) - (drawn[-1].contact_mm - drawn[0].contact_mm),
        certainty=found.certainty,
    )


# -- drawing and finding


def _around_middle(count: int, pitch_mm: float) -> NDArray[np.float64]:
    around: NDArray[np.float64] = (np.arange(count, dtype=np.float64) - (count - 1) / 2) * pitch_mm
    return around


def dash(x: float, y: float, way: int) -> Points:
    """A line (2 x 2, mm) with its middle at a place, drawn along x: to the right for a `way` of 1, else -1."""
    half = way * DASH_MM / 2
    return np.array([[x - half, y], [x + half, y]])


def middle(darker: Grey, patch: NDArray[np.bool_], box: Any) -> Points:
    """The centre of gravity (2, px) of a patch in its box (x, y, width, height, ...)."""
    x, y, width, height = box[:4]
    window = slice(y, y + height), slice(x, x + width)
    weight = darker[window] * patch[window]
    rows, columns = np.mgrid[window]
    total = float(weight.sum())
    return np.array([(columns * weight).sum() / total, (rows * weight).sum() / total])


def _shifted(expected_px: Points, middles_px: Points, near_px: float) -> Points:
    """The expected pattern, moved as a whole so that as many of its points as can be meet a patch."""
    shifts = (middles_px[None] - expected_px[:, None]).reshape(-1, 2)
    met = [_met(expected_px + shift, middles_px, near_px) for shift in shifts]
    moved: Points = expected_px + shifts[int(np.argmax(met))]
    return moved


def _met(points_px: Points, middles_px: Points, near_px: float) -> float:
    """How many points have a patch near them; of equals the nearer ones win."""
    away = np.linalg.norm(points_px[:, None] - middles_px[None], axis=2).min(axis=1)
    return float(np.clip(1.5 - away / near_px, 0, 1).sum())


# -- the linear fit: each unknown has a field (N x 2), the places are their sum


@dataclass(frozen=True)
class _Rows:
    """Fiducials of all heights: `heights` is N x 1, the rest N x 2."""

    slopes: Points
    heights: Points
    told: Points
    come: Points

    def only(self, chosen: NDArray[np.bool_]) -> "_Rows":
        return _Rows(self.slopes[chosen], self.heights[chosen], self.told[chosen], self.come[chosen])


@dataclass(frozen=True)
class _Solved:
    """The unknowns of the module's formula (`axes` is A, `unit` is k) and what they leave over (N x 2)."""

    axes: Points
    unit: float
    above: Points
    lean: Points
    play: Points
    rest: Points
    certainty: float


def _rows(camera: Lens, drawn: Sequence[Fiducials]) -> _Rows:
    heights = [np.full((len(each.px), 1), each.contact_mm - drawn[0].contact_mm) for each in drawn]
    return _Rows(
        np.vstack([camera.slopes(each.px) for each in drawn]),
        np.vstack(heights),
        np.vstack([each.told_mm for each in drawn]),
        np.vstack([each.come for each in drawn]),
    )


def _without_blots(rows: _Rows, camera_height_mm: float, square: bool) -> _Solved:
    """The fit without the worst fiducials, as long as they are far off and few."""
    for _ in range(MOST_BLOTS):
        found = _solved(rows, camera_height_mm, square)
        away = np.hypot(*found.rest.T)
        if away.max() <= max(BLOT_MM, BLOT_TIMES * float(np.median(away))):
            break
        rows = rows.only(np.arange(len(away)) != away.argmax())
    return _solved(rows, camera_height_mm, square)


def _solved(rows: _Rows, camera_height_mm: float, square: bool) -> _Solved:
    """Least squares; k stands in a product with A, so both are found by turns."""
    axes, unit = np.eye(2), 1.0
    others = [*_each_axis(np.ones_like(rows.told)), *_each_axis(rows.heights * [1, 1]), *_each_axis(rows.come)]
    for _ in range(ROUNDS):
        flat = rows.slopes * (camera_height_mm - unit * rows.heights)
        fields = [*_linear(flat, square), *others, -rows.heights * (rows.slopes @ axes.T)]
        columns = np.column_stack([field.ravel() for field in fields])
        values = np.asarray(np.linalg.lstsq(columns, rows.told.ravel(), rcond=None)[0], np.float64)
        axes, unit = _matrix(values, square), unit + float(values[-1])
    rest = (columns @ values - rows.told.ravel()).reshape(-1, 2)
    above, lean, play = values[-7:-5], values[-5:-3], values[-3:-1]
    return _Solved(axes, unit, above, lean, play, rest, math.sqrt(columns.shape[1] / rows.told.size))


def _linear(flat: Points, square: bool) -> list[Points]:
    x, y = flat.T
    none = np.zeros_like(x)
    if square:
        return [np.column_stack([x, y]), np.column_stack([-y, x])]
    return [np.column_stack(pair) for pair in ((x, none), (y, none), (none, x), (none, y))]


def _each_axis(values: Points) -> list[Points]:
    return [values * [1, 0], values * [0, 1]]


def _matrix(solved: NDArray[np.float64], square: bool) -> Points:
    if square:
        return np.array([[solved[0], -solved[1]], [solved[1], solved[0]]])
    return solved[:4].reshape(2, 2)


def _pair(values: NDArray[np.float64]) -> tuple[float, float]:
    return float(values[0]), float(values[1])
