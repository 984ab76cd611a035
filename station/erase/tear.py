"""Where to tear, when there is no tool or the ink did not do: in the label's own frame, from one of its corners."""

from dataclasses import dataclass

import cv2
import numpy as np
from shapely import unary_union
from shapely.geometry import Point, Polygon

from hardware.camera.frames import Points
from station.erase.tool import solid
from station.erase.work import Area, Tear

MOST = 0.6  # a strip longer than this part of the label: peeling all of it is easier than tearing it across
ARROW = 0.6  # of the way to the far corner, so that the arrow ends on what is torn off
UNIT = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])  # a label's corners in its own frame


@dataclass(frozen=True)
class _Span:
    """What must go, in the label's own frame: 0..1 from its left to its right and from its top to its bottom."""

    left: float
    top: float
    right: float
    bottom: float


def guide(areas: tuple[Area, ...], quads_mm: tuple[Points, ...]) -> Tear:
    """What to tear off, where to begin and which way to pull, for the label with the most personal area.

    `quads_mm`: the labels (each 4 x 2, platform mm, from their own top left clockwise). Without a label it is the
    smallest rectangle around the areas. Other labels come up when the face is looked at again. `areas` must not be
    empty.
    """
    if not quads_mm:
        return _from(_around(areas), areas)
    quad = max(quads_mm, key=lambda q: sum(solid(a.polygon_mm).intersection(solid(q)).area for a in areas))
    mine = tuple(area for area in areas if _nearest(area, quads_mm) is quad) or areas
    return _from(quad, mine)


def _nearest(area: Area, quads_mm: tuple[Points, ...]) -> Points:
    return min(quads_mm, key=lambda quad: solid(quad).distance(solid(area.polygon_mm).centroid))


def _around(areas: tuple[Area, ...]) -> Points:
    box: Polygon = unary_union([solid(area.polygon_mm) for area in areas]).minimum_rotated_rectangle
    return np.asarray(box.exterior.coords, float)[:4]


def _from(quad: Points, areas: tuple[Area, ...]) -> Tear:
    frame = _between(quad, UNIT)
    span = _span(_mapped(np.vstack([area.polygon_mm for area in areas]), frame))
    torn = _torn(span)
    outline = _mapped(_corners(torn), _between(UNIT, quad))
    start = _start(outline, torn, areas)
    pull = (outline[(start + 2) % 4] - outline[start]) * ARROW
    (x, y), (dx, dy) = outline[start].tolist(), pull.tolist()
    return Tear(outline, (x, y), (dx, dy))


def _corners(span: _Span) -> Points:
    (x0, y0), (x1, y1) = (span.left, span.top), (span.right, span.bottom)
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


def _between(from_quad: Points, to_quad: Points) -> Points:
    """The 3 x 3 homography that takes one quad to the other."""
    frame = cv2.getPerspectiveTransform(from_quad.astype(np.float32), to_quad.astype(np.float32))
    return np.asarray(frame, float)


def _span(points: Points) -> _Span:
    (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return _Span(left, top, right, bottom)


def _torn(span: _Span) -> _Span:
    """The full width, from the nearer short edge of the label over all that must go; all of it if that is most."""
    left, right = min(0.0, span.left), max(1.0, span.right)
    top, bottom = min(0.0, span.top), max(1.0, span.bottom)
    if min(span.bottom, 1 - span.top) > MOST:
        return _Span(left, top, right, bottom)
    return _Span(left, top, right, span.bottom) if span.bottom <= 1 - span.top else _Span(left, span.top, right, bottom)


def _start(outline: Points, torn: _Span, areas: tuple[Area, ...]) -> int:
    """Which corner: one of the label's own (a torn edge has none to grip), the nearest to what must go."""
    gripped = [i for i in range(4) if (torn.top <= 0 if i < 2 else torn.bottom >= 1)]
    gone = unary_union([solid(area.polygon_mm) for area in areas])
    return min(gripped, key=lambda i: gone.distance(Point(outline[i])))


def _mapped(points: Points, frame: Points) -> Points:
    seen = cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(float), frame)
    return np.asarray(seen, float).reshape(-1, 2)
