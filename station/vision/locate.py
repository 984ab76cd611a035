"""Where the labels are on a photograph. A label needs evidence, lines of text, not only a shape.

Text is looked for on a reduced frame. Bright quadrilaterals that hold text are labels; text that no sheet of paper
explains is framed by itself, grown, so that nothing is lost. A learned locator has this same one method.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey, Points
from station.vision.text import TextFinder, ordered

Mask = NDArray[np.uint8]

_FRAME_PX = 1280  # long side of the reduced frame: 2.5 mm print at arm's length is still found
_LEAST_LINES = 3  # fewer lines are a mark on a carton; a waybill has ten and more
_LEAST_SHARE = 0.012  # of the frame, for a label: 60 x 60 mm on the whole platform
_LEVELS = 14  # thresholds between the darkest and the lightest paper
_RECTANGULAR = 0.82  # area of a sheet over that of its quad; corners may be covered or folded
_HOLDS = 0.85  # of the lines an outer sheet has: then the inner sheet is the label
_DARKER = 10.0  # levels by which what surrounds an inner sheet differs from it when it is another material
_LOOSE = 2.2  # a sheet so many times larger than its print is a bag, not a label (blank tails end below 2)
_GROW = 0.012  # of a side, outwards: half a pixel of blur and the paper's own edge
_GROW_TEXT = 0.06  # of a side, outwards, where only the text is known
_NEAR = 2.5  # line heights between two lines of one label


@dataclass(frozen=True)
class Candidate:
    """A label: corners (4 x 2 px of the photo) by angle, clockwise, and 0 to 1."""

    quad: Points
    confidence: float


@dataclass(frozen=True)
class _Sheet:
    quad: Points
    lines: frozenset[int]
    level: float  # its paper, 0 to 255

    @property
    def area(self) -> float:
        return float(cv2.contourArea(self.quad.astype(np.float32)))


class Locator:
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
    candidates = [Candidate(_grown(sheet.quad, _GROW), 0.9) for sheet in sheets]
    candidates += [Candidate(_grown(quad, _GROW_TEXT), 0.5) for quad in _clusters(rest, grey.shape)]
    return sorted(candidates, key=lambda one: -one.confidence)


def _paper(frame: Bgr) -> Grey:
    """Brightness of the darkest channel: white and pale paper shine, cardboard (little blue) does not."""
    grey = cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.GaussianBlur(cv2.addWeighted(grey, 0.5, frame.min(axis=2), 0.5, 0), (3, 3), 0), np.uint8)


def _sheets(grey: Grey, lines: list[Points]) -> list[_Sheet]:
    """Light quadrilaterals with text on them, at many thresholds."""
    centres = np.array([line.mean(axis=0) for line in lines])
    low, high = np.percentile(grey, (10, 98))
    found = [_whole_frame(grey, centres)]
    for level in np.linspace(low, high, _LEVELS + 2)[1:-1]:
        for quad in _quads((grey > level).astype(np.uint8)):
            found.append(_sheet(grey, quad, centres))
    return [one for one in found if one is not None and len(one.lines) >= _LEAST_LINES]


def _sheet(grey: Grey, quad: Points, centres: Points) -> _Sheet:
    shape = quad.astype(np.float32).reshape(-1, 1, 2)
    held = frozenset(
        index for index, (x, y) in enumerate(centres) if cv2.pointPolygonTest(shape, (float(x), float(y)), False) >= 0
    )
    return _Sheet(quad, held, _level(grey, quad))


def _whole_frame(grey: Grey, centres: Points) -> _Sheet | None:
    """The whole picture, when its border is paper and its text reaches from side to side."""
    rows, columns = grey.shape
    border = np.concatenate([grey[:3].ravel(), grey[-3:].ravel(), grey[:, :3].ravel(), grey[:, -3:].ravel()])
    quad = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], float)
    paper = _level(grey, quad)
    spread = np.ptp(centres, axis=0) / (columns, rows)
    if paper < 150 or np.mean(np.abs(border - paper) < 25) < 0.7 or spread.min() < 0.4:
        return None
    return _sheet(grey, quad, centres)


def _quads(mask: Mask) -> list[Points]:
    least = _LEAST_SHARE * mask.size
    shapes, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    quads = []
    for shape in shapes:
        if cv2.contourArea(shape) < least:
            continue
        quad = _four_corners(shape)
        area = float(cv2.contourArea(quad.astype(np.float32)))
        if least <= area and cv2.contourArea(shape) >= _RECTANGULAR * area:
            quads.append(ordered(quad))
    return quads


def _four_corners(shape: NDArray[np.generic]) -> Points:
    """The least quadrilateral around a shape."""
    hull = cv2.convexHull(np.asarray(shape, np.int32))
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
    return [_fitted(sheet, lines) for sheet in chosen]


def _innermost(outer: _Sheet, sheets: list[_Sheet], grey: Grey) -> list[_Sheet]:
    inner = [one for one in sheets if one.area < 0.9 * outer.area and len(one.lines & outer.lines) >= _LEAST_LINES]
    parts: list[_Sheet] = []
    for one in sorted(inner, key=lambda sheet: -sheet.area):
        other_material = abs(_ring_level(grey, outer, one) - one.level) > _DARKER
        if other_material and not any(one.lines & other.lines for other in parts):
            parts.append(one)
    held = sum(len(one.lines & outer.lines) for one in parts)
    if not parts or held < _HOLDS * len(outer.lines):
        return [outer]
    return [deepest for part in parts for deepest in _innermost(part, sheets, grey)]


def _fitted(sheet: _Sheet, lines: list[Points]) -> _Sheet:
    """The sheet, or the frame of its text where the sheet is a bag that happens to carry the label."""
    corners = np.concatenate([lines[index] for index in sheet.lines]).astype(np.float32)
    text = np.asarray(cv2.boxPoints(cv2.minAreaRect(corners)), np.float64)
    if sheet.area <= _LOOSE * float(cv2.contourArea(text.astype(np.float32))):
        return sheet
    return _Sheet(_grown(ordered(text), _GROW_TEXT), sheet.lines, sheet.level)


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


def _level(grey: Grey, quad: Points) -> float:
    """Brightness of the paper inside: print is darker and covers less than half."""
    mask = cv2.fillPoly(np.zeros(grey.shape, np.uint8), [np.round(quad).astype(np.int32)], 1)
    return float(np.percentile(grey[mask > 0], 70)) if mask.any() else 0.0


def _ring_level(grey: Grey, outer: _Sheet, inner: _Sheet) -> float:
    """Brightness of what the outer sheet has and the inner one has not, near the inner one."""
    mask = np.zeros(grey.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(_grown(inner.quad, 0.12)).astype(np.int32)], 1)
    kept = cv2.fillPoly(np.zeros(grey.shape, np.uint8), [np.round(outer.quad).astype(np.int32)], 1)
    cv2.fillPoly(kept, [np.round(_grown(inner.quad, 0.02)).astype(np.int32)], 0)
    ring = grey[cv2.bitwise_and(mask, kept) > 0]
    return float(np.median(ring)) if ring.size else inner.level


def _grown(quad: Points, share: float) -> Points:
    """Every corner moved away from the centre by `share` of its distance, twice: of a side, once at each end."""
    centre = quad.mean(axis=0)
    return np.asarray(centre + (quad - centre) * (1 + 2 * share), np.float64)


def _resized(bgr: Bgr, scale: float) -> Bgr:
    columns, rows = (max(1, round(side * scale)) for side in (bgr.shape[1], bgr.shape[0]))
    return np.asarray(cv2.resize(bgr, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
