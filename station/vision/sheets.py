"""Labels by their paper: light sheets with lines of text on them. Slow and literal, for what the network leaves open.

Text is looked for on a reduced frame. Bright quadrilaterals that hold text are labels; text that no sheet of paper
explains is framed by itself, grown, so that nothing is lost.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey, Points
from station.vision.seen import Candidate
from station.vision.text import TextFinder, ordered

Mask = NDArray[np.uint8]

SHEET = 0.9  # confidence of a light sheet with text on it
BARE = 0.5  # confidence of text that stands on no sheet, or on one that may be the carton itself
_BROWN = 0.24  # spread of the channels over the largest: cardboard has 0.3 and more, paper under a lamp below 0.2
_FRAME_PX = 1280  # long side of the reduced frame: 2.5 mm print at arm's length is still found
_LEAST_LINES = 3  # fewer lines are a mark on a carton; a waybill has ten and more
_LEAST_SHARE = 0.012  # of the frame, for a label: 60 x 60 mm on the whole platform
_LEVELS = (0.35, 0.45, 0.55, 0.65, 0.72, 0.78, 0.83, 0.87, 0.9, 0.925, 0.95, 0.97)  # thresholds, of the paper's level
_BRIDGE_PX = 11  # rules and boxes printed in black from edge to edge cut a sheet in parts; they are thinner than this
_RECTANGULAR = 0.82  # area of a sheet over that of its quad; corners may be covered or folded
_HOLDS = 0.7  # of the lines an outer sheet has: then the inner sheet is the label
_SAME_SHEET = (
    0.75  # of the area of the largest quad around the same lines: thresholds differ, tables inside are smaller
)
_AS_EXACT = 0.05  # of the filled share: outlines this close are equally good, and the larger one loses nothing
_DARKER = 0.035  # of the paper's level by which what surrounds a sheet differs when it is another material
_LOOSE = 2.2  # a sheet so many times larger than its print is a bag, not a label (blank tails end below 2)
_HAT_PX = 15  # print has dark parts thinner than this
_PRINT = 0.16  # of the paper's level by which print is darker; folds of a bag stay below
_GROW = 0.012  # of a side, outwards: half a pixel of blur and the paper's own edge
_GROW_TEXT = 0.06  # of a side, outwards, where only the text is known
_SAME_PLACE = 0.5  # of an earlier label's area
_NEAR = 2.5  # line heights between two lines of one label


@dataclass(frozen=True)
class _Sheet:
    quad: Points
    lines: frozenset[int]
    level: float  # its paper, 0 to 255
    filled: float  # share of the quad that is light: 1 for a sheet whose outline was found exactly

    @property
    def area(self) -> float:
        return _area(self.quad)


class SheetLocator:
    """Finds labels of any direction on photographs of any size."""

    def __init__(self, finder: TextFinder) -> None:
        self._finder = finder

    def locate(self, bgr: Bgr) -> list[Candidate]:
        """Labels on a photo (H x W x 3), the one with most text first."""
        scale = min(1.0, _FRAME_PX / max(bgr.shape[:2]))
        frame = _resized(bgr, scale)
        lines = [quad for quad, _ in self._finder.find(frame)]
        found = _labels(frame, lines) if len(lines) >= _LEAST_LINES else []
        limits = np.array([bgr.shape[1], bgr.shape[0]], float)
        return [Candidate(np.clip(one.quad / scale, 0.0, limits), one.confidence) for one in found]


def _labels(frame: Bgr, lines: list[Points]) -> list[Candidate]:
    grey = _paper(frame)
    sheets = _chosen(_sheets(grey, lines), grey, lines)
    explained = frozenset[int]().union(*(sheet.lines for sheet in sheets))
    rest = [line for index, line in enumerate(lines) if index not in explained]
    candidates = [Candidate(_grown(sheet.quad, _GROW), _trust(frame, sheet)) for sheet in sheets]
    candidates += [Candidate(_grown(quad, _GROW_TEXT), BARE) for quad in _clusters(rest, grey.shape)]
    return _apart(sorted(candidates, key=lambda one: (-one.confidence, -_area(one.quad))))


def _apart(candidates: list[Candidate]) -> list[Candidate]:
    """Without those that lie on an earlier one, or around it."""
    kept: list[Candidate] = []
    for one in candidates:
        if all(_shared(one.quad, other.quad) < _SAME_PLACE * _area(other.quad) for other in kept):
            kept.append(one)
    return kept


def _trust(frame: Bgr, sheet: _Sheet) -> float:
    """Less in a sheet as brown as cardboard: it may be the carton, which is printed too."""
    inside = frame[_inside(frame.shape, [sheet.quad]) > 0].astype(np.float32)
    light = inside[inside.sum(axis=1) >= np.percentile(inside.sum(axis=1), 40)]
    colour = np.median(light, axis=0)
    return BARE if float(np.ptp(colour)) > _BROWN * float(colour.max()) else SHEET


def _paper(frame: Bgr) -> Grey:
    """Brightness of the darkest channel: white and pale paper shine, cardboard (little blue) does not."""
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.GaussianBlur(cv2.addWeighted(grey, 0.5, frame.min(axis=2), 0.5, 0), (3, 3), 0), np.uint8)


def _sheets(grey: Grey, lines: list[Points]) -> list[_Sheet]:
    """Light quadrilaterals with text on them, at many thresholds."""
    centres = np.array([line.mean(axis=0) for line in lines])
    paper = float(np.percentile(grey[_inside(grey.shape, lines) > 0], 80))
    bridge = np.ones((_BRIDGE_PX, _BRIDGE_PX), np.uint8)
    found = [_whole_frame(grey, centres)]
    for level in _LEVELS:
        light = (grey > level * paper).astype(np.uint8)
        for mask in (light, np.asarray(cv2.morphologyEx(light, cv2.MORPH_CLOSE, bridge), np.uint8)):
            found += [_sheet(grey, quad, filled, centres) for quad, filled in _quads(mask)]
    return [one for one in found if one is not None and len(one.lines) >= _LEAST_LINES]


def _sheet(grey: Grey, quad: Points, filled: float, centres: Points) -> _Sheet:
    shape = quad.astype(np.float32).reshape(-1, 1, 2)
    held = frozenset(
        index for index, (x, y) in enumerate(centres) if cv2.pointPolygonTest(shape, (float(x), float(y)), False) >= 0
    )
    return _Sheet(quad, held, _level(grey, quad), filled)


def _whole_frame(grey: Grey, centres: Points) -> _Sheet | None:
    """The whole picture, when its border is paper and its text reaches from side to side."""
    rows, columns = grey.shape
    spread = np.ptp(centres, axis=0) / (columns, rows)
    if spread.min() < 0.4 or not is_bordered_by_paper(grey):
        return None
    return _sheet(grey, whole(grey.shape), 1.0, centres)


def is_bordered_by_paper(grey: Grey) -> bool:
    """Whether a picture shows paper all along its border, as a scanned or rendered label does."""
    border = np.concatenate([grey[:3].ravel(), grey[-3:].ravel(), grey[:, :3].ravel(), grey[:, -3:].ravel()])
    paper = _level(grey, whole(grey.shape))
    return paper >= 150 and float(np.mean(np.abs(border - paper) < 25)) >= 0.7


def whole(shape: tuple[int, ...]) -> Points:
    """The corners of a picture of rows x columns."""
    return np.array([[0, 0], [shape[1], 0], [shape[1], shape[0]], [0, shape[0]]], float)


def _quads(mask: Mask) -> list[tuple[Points, float]]:
    least = _LEAST_SHARE * mask.size
    shapes, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    quads = []
    for shape in shapes:
        if cv2.contourArea(shape) < least:
            continue
        quad = _four_corners(shape)
        area = float(cv2.contourArea(quad.astype(np.float32)))
        filled = cv2.contourArea(shape) / max(area, 1.0)
        if least <= area and filled >= _RECTANGULAR:
            quads.append((ordered(quad), filled))
    return quads


def _four_corners(shape: NDArray[np.generic]) -> Points:
    """The least quadrilateral around a shape."""
    hull = cv2.convexHull(np.asarray(shape, np.int32))
    if len(hull) >= 4:  # OpenCV refuses a triangle
        around = np.asarray(cv2.approxPolyN(hull, 4, ensure_convex=True), np.float64).reshape(-1, 2)
        if len(around) == 4:
            return around
    return np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float64)


def _chosen(sheets: list[_Sheet], grey: Grey, lines: list[Points]) -> list[_Sheet]:
    """From large to small: an outer sheet stays unless sheets of another material on it explain its text."""
    chosen: list[_Sheet] = []
    for outer in sorted(sheets, key=lambda sheet: -sheet.area):
        if any(outer.lines & other.lines for other in chosen):
            continue
        chosen += _innermost(outer, sheets, grey)
    return [_fitted(_sharpest(sheet, sheets), grey, lines) for sheet in chosen]


def _sharpest(sheet: _Sheet, sheets: list[_Sheet]) -> _Sheet:
    """The same sheet at the threshold where its outline was found most exactly: elsewhere the light leaks out."""
    areas = (_SAME_SHEET * sheet.area, sheet.area)
    same = [one for one in sheets if one.lines == sheet.lines and areas[0] <= one.area <= areas[1]]
    best = max(one.filled for one in same)
    return max((one for one in same if one.filled >= best - _AS_EXACT), key=lambda one: one.area)


def _innermost(outer: _Sheet, sheets: list[_Sheet], grey: Grey) -> list[_Sheet]:
    inner = [one for one in sheets if one.area < 0.9 * outer.area and len(one.lines & outer.lines) >= _LEAST_LINES]
    parts: list[_Sheet] = []
    for one in sorted(inner, key=lambda sheet: -sheet.area):
        other_material = abs(_ring_level(grey, outer, one) - one.level) > _DARKER * one.level
        if other_material and not any(one.lines & other.lines for other in parts):
            parts.append(one)
    held = sum(len(one.lines & outer.lines) for one in parts)
    if not parts or held < _HOLDS * len(outer.lines):
        return [outer]
    return [deepest for part in parts for deepest in _innermost(part, sheets, grey)]


def _fitted(sheet: _Sheet, grey: Grey, lines: list[Points]) -> _Sheet:
    """The sheet, or the frame of its print where the sheet is a bag that happens to carry the label."""
    text = np.concatenate([lines[index] for index in sheet.lines])
    points = np.concatenate([text, _print(grey, sheet)]).astype(np.float32)
    frame = np.asarray(cv2.boxPoints(cv2.minAreaRect(points)), np.float64)
    if sheet.area <= _LOOSE * float(cv2.contourArea(frame.astype(np.float32))):
        return sheet
    return replace(sheet, quad=_grown(ordered(frame), _GROW_TEXT))


def _print(grey: Grey, sheet: _Sheet) -> Points:
    """Points (N x 2) on what is printed on a sheet: text too small to be found, bars, rules."""
    hat = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((_HAT_PX, _HAT_PX), np.uint8))
    mask = (hat > _PRINT * sheet.level).astype(np.uint8) & _inside(grey.shape, [_grown(sheet.quad, -0.03)])
    firm = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5))), cv2.MORPH_OPEN, np.ones((4, 4)))
    return np.argwhere(firm > 0)[:, ::-1].astype(np.float64)


def _clusters(lines: list[Points], shape: tuple[int, ...]) -> list[Points]:
    """Frames of text that belongs together: lines grown by their height, and what then touches."""
    mask = np.zeros(shape[:2], np.uint8)
    for line in lines:
        (centre, (width, height), angle) = cv2.minAreaRect(line.astype(np.float32))
        near = _NEAR * min(width, height)
        grown = cv2.boxPoints((centre, (width + near, height + near), angle))
        cv2.fillPoly(mask, [np.round(grown).astype(np.int32)], 1)
    _, names = cv2.connectedComponents(mask)
    groups: dict[int, list[Points]] = {}
    for line in lines:
        x, y = np.clip(np.round(line.mean(axis=0)).astype(int), 0, (mask.shape[1] - 1, mask.shape[0] - 1))
        groups.setdefault(int(names[y, x]), []).append(line)
    return [_around(group) for group in groups.values() if len(group) >= _LEAST_LINES]


def _around(lines: list[Points]) -> Points:
    corners = np.concatenate(lines).astype(np.float32)
    return ordered(np.asarray(cv2.boxPoints(cv2.minAreaRect(corners)), np.float64))


def _inside(shape: tuple[int, ...], quads: list[Points]) -> Mask:
    mask = np.zeros(shape[:2], np.uint8)
    return np.asarray(cv2.fillPoly(mask, [np.round(quad).astype(np.int32) for quad in quads], 1), np.uint8)


def _level(grey: Grey, quad: Points) -> float:
    """Brightness of the paper inside: print is darker and covers less than half."""
    mask = _inside(grey.shape, [quad])
    return float(np.percentile(grey[mask > 0], 70)) if mask.any() else 0.0


def _ring_level(grey: Grey, outer: _Sheet, inner: _Sheet) -> float:
    """Brightness of what the outer sheet has and the inner one has not, near the inner one."""
    near = _inside(grey.shape, [_grown(inner.quad, 0.12)]) & ~_inside(grey.shape, [_grown(inner.quad, 0.02)])
    ring = grey[(near & _inside(grey.shape, [outer.quad])) > 0]
    return float(np.percentile(ring, 70)) if ring.size else inner.level


def _grown(quad: Points, share: float) -> Points:
    """Every corner moved away from the centre by `share` of its distance, twice: of a side, once at each end."""
    centre = quad.mean(axis=0)
    return np.asarray(centre + (quad - centre) * (1 + 2 * share), np.float64)


def _area(quad: Points) -> float:
    return float(cv2.contourArea(quad.astype(np.float32)))


def _shared(one: Points, other: Points) -> float:
    return float(cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))[0])


def _resized(bgr: Bgr, scale: float) -> Bgr:
    columns, rows = (max(1, round(side * scale)) for side in (bgr.shape[1], bgr.shape[0]))
    return np.asarray(cv2.resize(bgr, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
