"""From the cells of a frame to quads: the surest cell and all that agree with it draw each label."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Points
from station.vision.maps import CELL_PX, DIRECTIONS, Seen
from station.vision.seen import Candidate
from station.vision.sides import Side, crossings
from station.vision.text import ordered

Shade = NDArray[np.float32]
Polygon = Points | Shade

_LEAST_SCORE = 0.1  # of a cell that speaks for a label
_MOST_CELLS = 150  # the surest, of a frame
_MOST_LABELS = 6  # a station's frame holds no more
_EVERY = 3  # ray of a polygon is enough to tell which overlap
SAME_PLACE = 0.45  # of the smaller of two quads that cannot both be labels
_AGREE = 0.7  # intersection over union of polygons that speak for one label,
_NEARLY_AS_SURE = 0.6  # of the surest cell's score,
_MOST_VOTES = 4  # and so many of them at the most
_FITS = 2  # of lines to the sides
_WORN = 0.12  # of a side at each of its ends, where corners are round or worn
_LEAST_ON_SIDE = 3  # ray ends, for a line to be fitted
_ASKEW, _UNEQUAL = 0.35, 0.35  # cosine of a corner; log of the ratio of opposite sides: a sheet tilted by 30 degrees
_FOLLOWING = [1, 2, 3, 0]  # of each corner or side, the next one clockwise


@dataclass(frozen=True, eq=False)
class _Cells:
    """Cells that speak for labels, the surest first: scores, and polygons N x RAYS x 2 in px of the network's frame.

    Only one that is at least as sure as all around it is a `peak` and draws a label; the others bear it out.
    """

    scores: Shade
    polygons: Shade
    peak: NDArray[np.bool_]


def candidates(seen: Seen) -> list[Candidate]:
    """Quads of labels in px of the frame, the surest first: a peak of the score and what agrees with it draw each."""
    cells = _speaking(seen)
    coarse = np.ascontiguousarray(cells.polygons[:, ::_EVERY])
    found: list[Candidate] = []
    drawn: list[Shade] = []  # the polygons of peaks, each of another label
    for peak in np.flatnonzero(cells.peak).tolist():
        if len(found) == _MOST_LABELS:
            break
        if not alone(coarse[peak], drawn):
            continue
        if alone(coarse[peak], [one.quad for one in found]):  # else `surest` would drop what it draws
            votes = islice(_votes(cells.scores, coarse, peak, drawn), _MOST_VOTES)
            found.append(Candidate(quad_of(cells.polygons[[peak, *votes]]), float(cells.scores[peak])))
        drawn.append(coarse[peak])
    return surest([Candidate(one.quad * seen.to_frame, one.confidence) for one in found])


def _votes(scores: Shade, polygons: Shade, peak: int, drawn: list[Shade]) -> Iterator[int]:
    """The less sure cells that agree with a peak and lie on nothing that was drawn before it, the surest first."""
    nearly_as_sure = int(np.count_nonzero(scores >= _NEARLY_AS_SURE * scores[peak]))
    for cell in range(peak + 1, nearly_as_sure):
        if union_share(polygons[peak], polygons[cell]) > _AGREE and alone(polygons[cell], drawn):
            yield cell


def _speaking(seen: Seen) -> _Cells:
    rows, columns = np.nonzero(seen.score > _LEAST_SCORE)
    chosen = np.argsort(-seen.score[rows, columns])[:_MOST_CELLS]
    rows, columns = rows[chosen], columns[chosen]
    scores, around = seen.score[rows, columns], cv2.dilate(seen.score, np.ones((3, 3), np.uint8))[rows, columns]
    middles = (np.stack([columns, rows], 1) + 0.5) * CELL_PX
    polygons = middles[:, None] + seen.rays[:, rows, columns].T[..., None] * DIRECTIONS
    return _Cells(scores, np.asarray(polygons, np.float32), scores >= around)


def quad_of(polygons: Shade) -> Points:
    """The quad whose sides lie closest to the corners of polygons (N x RAYS x 2), the first of which counts most."""
    quad = ordered(np.asarray(cv2.boxPoints(cv2.minAreaRect(polygons[0])), np.float64))
    points = polygons.reshape(-1, 2).astype(np.float64)
    for _ in range(_FITS):
        fitted = _fitted(quad, points)
        if fitted is None or not _is_sheet(fitted):
            break
        quad = fitted
    return ordered(quad)


def _fitted(quad: Points, points: Points) -> Points | None:
    """A quad with every side moved to the points that lie nearest to it; None where two sides do not cross."""
    way = quad[_FOLLOWING] - quad
    length = np.maximum(np.sqrt((way * way).sum(1)), 1e-3)
    x, y = np.moveaxis(points[:, None] - quad, -1, 0)  # points x sides
    along = (x * way[:, 0] + y * way[:, 1]) / length**2
    away = np.abs(y * way[:, 0] - x * way[:, 1]) / length
    away += length * np.maximum(0, np.abs(along - 0.5) - 0.5)
    own = away.argmin(1)[:, None] == np.arange(4)
    own &= np.abs(along - 0.5) < 0.5 - _WORN
    sides = [_line_through(quad[side], way[side], points[own[:, side]]) for side in range(4)]
    crossed = crossings(np.array(sides))
    return None if np.isnan(crossed).any() else crossed


def _line_through(start: Points, way: Points, points: Points) -> Side:
    """Two points of the line through points, robustly; the side itself where they are few."""
    if len(points) < _LEAST_ON_SIDE:
        return start, start + way
    dx, dy, x, y = cv2.fitLine(points.astype(np.float32), cv2.DIST_HUBER, 0, 0.01, 0.01).ravel().tolist()
    return np.array([x, y]), np.array([x + dx, y + dy])


def _is_sheet(quad: Points) -> bool:
    """Whether a quad may be a rectangle, seen from above or nearly so."""
    sides = quad[_FOLLOWING] - quad
    length = np.maximum(np.sqrt((sides * sides).sum(axis=1)), 1e-3)
    corners = np.abs((sides * sides[_FOLLOWING]).sum(axis=1) / (length * length[_FOLLOWING]))
    unequal = np.abs(np.log(length[:2] / length[2:]))
    return bool(corners.max() < _ASKEW and unequal.max() < _UNEQUAL)


def surest(found: list[Candidate]) -> list[Candidate]:
    """The surest first, and none that lies on a surer one, or around it."""
    kept: list[Candidate] = []
    for one in sorted(found, key=lambda each: -each.confidence):
        if alone(one.quad, [other.quad for other in kept]):
            kept.append(one)
    return kept


def alone(one: Polygon, others: Iterable[Polygon]) -> bool:
    """Whether a convex polygon lies on none of the others, and none on it."""
    return all(shared(one, other) < SAME_PLACE for other in others)


def shared(one: Polygon, other: Polygon) -> float:
    """The area two convex polygons share, of the smaller one's."""
    quads = one.astype(np.float32), other.astype(np.float32)
    least = min(float(cv2.contourArea(quad)) for quad in quads)
    return float(cv2.intersectConvexConvex(*quads)[0]) / max(1.0, least)


def union_share(one: Polygon, other: Polygon) -> float:
    """Intersection over union of two convex polygons."""
    quads = one.astype(np.float32), other.astype(np.float32)
    common = float(cv2.intersectConvexConvex(*quads)[0])
    return common / max(1.0, sum(float(cv2.contourArea(quad)) for quad in quads) - common)
