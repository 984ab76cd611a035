"""The learned locator: maps -> quads of labels with a confidence, refined to the paper's edges on a larger frame."""

import math
from dataclasses import dataclass, replace
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey, Points
from station.vision.maps import AREA_PX, Maps, Seen
from station.vision.seen import Candidate
from station.vision.text import ordered

Mask = NDArray[np.uint8]
Shade = NDArray[np.float32]

SURE = 0.4  # labels of less confidence are not given; chosen on tuning seeds
_AREAS = (1.0, 2.5)  # of the network's frame: large labels fit the first, small ones are seen on the second
_WORTH_A_LOOK = 0.05  # confidence of what is looked at again from near
_AROUND = 0.25  # of a label's extent, on every side, when it is looked at from near
_PARTING_VIEWS = ((0.1, 1.0), (0.25, 2.0))  # the same, and of AREA_PX, where outlines between labels are looked for
_LEAST_CROP_PX = 32
_SAME_LABEL = 0.4  # intersection over union of a label seen from afar and from near
_UNCONFIRMED = 0.5  # of its confidence, for a label that is not seen from near
_CUT = 0.11  # of the outline maps, lower quartile along a line that parts two labels: 1 in 40 single ones has more
_CUT_AT = np.linspace(0.15, 0.85, 29)  # of a side: where such a line may begin,
_CUT_ASLANT = np.linspace(-0.12, 0.12, 9)  # and how much further along the other side it ends
_PRINTED = 0.5  # of the maps of text and codes
_EXPLAINS = 1.1  # of a quad's sides: print so far out is its own
_FINE_PX = 1536  # long side of the frame on which edges are refined: 4608 / 3, a whole number of pixels each
_INSIDE = 0.5  # of the label map, reached somewhere in every label
_LEVELS = (0.25, 0.5, 0.75)  # of the label map
_BARE_MERIT = 0.3  # of a quad without any outline, beside 1.3 of one with all of it
_BARE_DENSITY = 0.05  # of a quad without print
_WITHIN = 0.85  # of a quad's sides: outlines further out may be its own
_CROSSED = 0.25  # weight of outlines within: of two labels, or of one on a white parcel; more cuts labels at rules
_SAME_PLACE = 0.35  # of the smaller of two quads that cannot both be labels
_CORES = (0.25, 0.4, 0.6)  # of the outline map: what has more parts areas
_FINER = 2  # maps are enlarged so much before shapes are taken from them
_LEAST_AREA = 24.0  # of a label, px of the maps: 1/200 of the frame
_CORNER = 0.2  # of the corner map, for a corner to be drawn to it
_PULL = 0.17  # of the shorter side: how far a corner is drawn
_FOLLOWING = [1, 2, 3, 0]  # of each corner or side, the next one clockwise
_ASKEW, _UNEQUAL = 0.35, 0.35  # cosine of a corner; log of the ratio of opposite sides: a sheet tilted by 30 degrees
_TEXT, _CODES = 0.1, 0.08  # shares of a label that they cover, to count in full
_LEAST_PRINT = 0.3  # of both together; below, confidence falls to nothing
_WEIGHTS, _BIAS = (3.1, 1.55, 1.3, 3.1, 3.4), -7.9  # of `signs`, by logistic regression on tuning seeds
_REACH = 1.1  # px of the maps: how far from the network's line the paper's edge is looked for
_SAMPLES = 48  # along a side
_END = 0.06  # of a side at each of its ends, where corners are round or worn
_USUAL = 0.75  # of the samples' own clearest steps
_STEP = 13  # offsets tried at each end of a side, odd
_TRUST = 0.7  # of the reach: deviation of the network's own lines
_AS_CLEAR = 0.6  # of the clearest line's step
_LEAST_EDGE = 2.0  # grey levels a step: weaker edges do not move a side
_AT_BORDER = 1.2  # px of the maps: sides so near to the frame's border are not the paper's


@dataclass(frozen=True)
class _Shape:
    """A quad in px of the maps (pixel edges), 0 to 1 each: how well an area fits it, how much outline its sides have,
    how much of it text and codes cover, how much outline lies within it.
    """

    quad: Points
    fit: float
    support: float = 0.0
    density: float = 0.0
    crossed: float = 0.0

    @property
    def merit(self) -> float:
        """How a quad stands among its rivals."""
        printed = (_BARE_DENSITY + self.density) ** 0.25
        return float(self.fit * (_BARE_MERIT + self.support) * printed * max(0.1, 1 - _CROSSED * self.crossed))


Quad = TypeVar("Quad", _Shape, Candidate)


@dataclass(frozen=True)
class Framed:
    """Labels, the surest first, and the share of the frame where print is seen that none of them explains."""

    labels: list[Candidate]
    unexplained: float


class LearnedLocator:
    """Finds labels of any direction on photographs of any size."""

    def __init__(self, maps: Maps | None = None, sure: float = SURE) -> None:
        self._maps = maps or Maps()
        self._sure = sure

    def locate(self, bgr: Bgr) -> Framed:
        """Labels on a photo (H x W x 3): looked for at two scales, each then looked at once more from near."""
        fine, scale = fine_frame(bgr)
        soft = np.asarray(cv2.GaussianBlur(fine, (3, 3), 0), np.float32)
        maps = [self._maps.of(fine, round(share * AREA_PX)) for share in _AREAS]
        rough = _surest([one for seen in maps for one in _candidates(seen, soft)])
        near = [self._nearer(fine, soft, one) for one in rough if one.confidence >= _WORTH_A_LOOK]
        parted = [part for one in near for part in self._parted(fine, soft, one)]
        labels = [one for one in _surest(parted) if one.confidence >= self._sure]
        limits = np.array([bgr.shape[1], bgr.shape[0]], float)
        placed = [Candidate(np.clip(one.quad * scale, 0.0, limits), one.confidence) for one in labels]
        return Framed(placed, _unexplained(maps[0], [one.quad / maps[0].to_frame for one in labels]))

    def _nearer(self, grey: Grey, soft: Shade, rough: Candidate) -> Candidate:
        """The label as the network sees it when it nearly fills the frame; less sure where it then sees another."""
        part, low = _around(rough.quad, grey.shape, _AROUND)
        if min(grey[part].shape) < _LEAST_CROP_PX:
            return rough
        found = _candidates(self._maps.of(np.ascontiguousarray(grey[part])), np.ascontiguousarray(soft[part]))
        moved = [Candidate(one.quad + low, one.confidence) for one in found]
        best = max(moved, key=lambda one: _union_share(one.quad, rough.quad), default=None)
        if best is None or _union_share(best.quad, rough.quad) < _SAME_LABEL:
            return Candidate(rough.quad, _UNCONFIRMED * rough.confidence)
        return Candidate(best.quad, (rough.confidence + best.confidence) / 2)

    def _parted(self, grey: Grey, soft: Shade, one: Candidate) -> list[Candidate]:
        """The label, or the two that lie side by side in its quad with an outline between them."""
        views = []
        for around, area in _PARTING_VIEWS:
            part, low = _around(one.quad, grey.shape, around)
            if min(grey[part].shape) < _LEAST_CROP_PX:
                return [one]
            views.append((self._maps.of(np.ascontiguousarray(grey[part]), round(area * AREA_PX)), low))
        halves = _halves(one.quad, views)
        if halves is None:
            return [one]
        return [Candidate(refined(soft, half, views[0][0].to_frame), one.confidence) for half in halves]


def _around(quad: Points, shape: tuple[int, ...], share: float) -> tuple[tuple[slice, slice], Points]:
    """The part of a frame that holds a quad and some surroundings, and its upper left corner (x, y)."""
    size, limits = np.ptp(quad, axis=0), np.array(shape[::-1])
    low = np.clip(np.floor(quad.min(axis=0) - share * size), 0, limits).astype(int)
    high = np.clip(np.ceil(quad.max(axis=0) + share * size), 0, limits).astype(int)
    return (slice(low[1], high[1]), slice(low[0], high[0])), low.astype(float)


def _halves(quad: Points, views: list[tuple[Seen, Points]]) -> tuple[Points, Points] | None:
    """A quad (px of the frame) cut where the outline maps have a line right across it; None where they have none.

    Each view comes with the upper left corner (x, y) of its part of the frame.
    """
    best, halves = _CUT, None
    for turned in (quad, np.roll(quad, -1, axis=0)):
        starts, ends = _cuts(turned)
        seen = [
            _least_along(view.outline, (starts - low) / view.to_frame, (ends - low) / view.to_frame)
            for view, low in views
        ]
        clear = np.mean(seen, axis=0)
        if clear.max() > best:
            best, start, end = clear.max(), starts[clear.argmax()], ends[clear.argmax()]
            halves = np.array([turned[0], start, end, turned[3]]), np.array([start, turned[1], turned[2], end])
    return halves


def _cuts(quad: Points) -> tuple[Points, Points]:
    """Where lines across a quad begin on its first side and end on its third, N x 2 each."""
    above, aslant = (each.ravel()[:, None] for each in np.meshgrid(_CUT_AT, _CUT_ASLANT))
    return quad[0] + above * (quad[1] - quad[0]), quad[3] + (above + aslant) * (quad[2] - quad[3])


def _least_along(field: Shade, starts: Points, ends: Points) -> Shade:
    """The lower quartile of a map along each line, but for its ends."""
    share = np.linspace(_END, 1 - _END, _SAMPLES)[:, None]
    points = starts[:, None] + share * (ends - starts)[:, None] - 0.5
    met = cv2.remap(field, points[..., 0].astype(np.float32), points[..., 1].astype(np.float32), cv2.INTER_LINEAR)
    return np.asarray(np.percentile(met, 25, axis=1), np.float32)


def _candidates(seen: Seen, soft: Shade) -> list[Candidate]:
    """Every quad of the maps, on a blurred frame's edges, in px of that frame."""
    return [
        Candidate(refined(soft, shape.quad * seen.to_frame, seen.to_frame), confidence(seen, shape))
        for shape in shapes(seen)
    ]


def _surest(found: list[Candidate]) -> list[Candidate]:
    """The surest first, and none that lies on a surer one, or around it."""
    return _apart(sorted(found, key=lambda one: -one.confidence))


def _unexplained(seen: Seen, quads: list[Points]) -> float:
    """The share of the frame that is print outside the quads (px of the maps)."""
    printed = np.maximum(seen.text, np.maximum(seen.bars, seen.matrix)) > _PRINTED
    for quad in quads:
        centre = quad.mean(axis=0)
        printed &= ~_filled(centre + (quad - centre) * _EXPLAINS, printed.shape)
    return float(printed.mean())


def _union_share(one: Points, other: Points) -> float:
    """Intersection over union of two convex quads."""
    quads = one.astype(np.float32), other.astype(np.float32)
    shared = float(cv2.intersectConvexConvex(*quads)[0])
    return shared / max(1.0, sum(float(cv2.contourArea(quad)) for quad in quads) - shared)


def fine_frame(bgr: Bgr) -> tuple[Grey, float]:
    """A photo in grey at most about `_FINE_PX` wide, and how much smaller it is: whole pixels are averaged, fast."""
    factor = max(1, round(max(bgr.shape[:2]) / _FINE_PX))
    rows, columns = (side // factor for side in bgr.shape[:2])
    # Grey first: averaging one channel of all pixels takes half as long as averaging three.
    grey = cv2.cvtColor(bgr[: rows * factor, : columns * factor], cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA) if factor > 1 else grey
    return np.asarray(small, np.uint8), float(factor)


# ---- from maps to quads


def shapes(seen: Seen) -> list[_Shape]:
    """A quad for every label of the maps.

    Areas are taken at several levels of the label map, whole and cut along the outline map at several levels: where a
    blank part is doubted a low level still holds it, where labels touch or the parcel is white too the outlines part
    them. Of quads that exclude each other, the one with the clearest outline and the densest print stays.
    """
    inside, outline = _enlarged(seen.label), _enlarged(seen.outline)
    ridge = np.asarray(cv2.dilate(seen.outline, np.ones((3, 3))), np.float32)
    printed = np.maximum(seen.text, np.maximum(seen.bars, seen.matrix))
    found = []
    for level in _LEVELS:
        for part in _parts(inside > level):
            if float(inside[part.window][part.mask > 0].max()) > _INSIDE:
                bare = outline[part.window]
                pieces = [one for core in _CORES for one in _parts((bare < core) & (part.mask > 0))]
                areas = (part, *(_grown(piece, part) for piece in pieces))
                found += [_judged(_shape(area, seen), seen.outline, ridge, printed) for area in areas]
    return _apart(sorted(found, key=lambda shape: -shape.merit))


def _judged(shape: _Shape, outline: Shade, ridge: Shade, printed: Shade) -> _Shape:
    """The same quad with what its merit is made of."""
    mask = _filled(shape.quad, printed.shape)
    density = float(printed[mask].mean()) if mask.any() else 0.0
    centre = shape.quad.mean(axis=0)
    within = _filled(centre + (shape.quad - centre) * _WITHIN, printed.shape)
    crossed = float(outline[within].mean()) if within.any() else 0.0
    return replace(shape, support=_support(shape.quad, ridge), density=density, crossed=crossed)


def _filled(quad: Points, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The pixels of the maps inside a quad."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillConvexPoly(mask, np.round(quad - 0.5).astype(np.int32), 1)
    return mask > 0


def _support(quad: Points, ridge: Shade) -> float:
    """The mean of the outline map along a quad's sides, as far as they lie in the frame; 0.5 where none does."""
    share = np.linspace(0, 1, _SAMPLES, endpoint=False)[:, None]
    sides = zip(quad, np.roll(quad, -1, axis=0), strict=True)
    points = np.concatenate([start + share * (end - start) for start, end in sides])
    limits = np.array(ridge.shape[::-1], float)
    points = points[((points > 1) & (points < limits - 1)).all(axis=1)].astype(int)
    return float(ridge[points[:, 1], points[:, 0]].mean()) if len(points) else 0.5


def _apart(found: list[Quad]) -> list[Quad]:
    """Without those that lie on an earlier one, or around it."""
    kept: list[Quad] = []
    for one in found:
        if all(shared(one.quad, other.quad) < _SAME_PLACE for other in kept):
            kept.append(one)
    return kept


def shared(one: Points, other: Points) -> float:
    """The area two quads share, of the smaller one's."""
    quads = one.astype(np.float32), other.astype(np.float32)
    least = min(float(cv2.contourArea(quad)) for quad in quads)
    return float(cv2.intersectConvexConvex(*quads)[0]) / max(1.0, least)


def _enlarged(field: Shade) -> Shade:
    return np.asarray(cv2.resize(field, None, fx=_FINER, fy=_FINER, interpolation=cv2.INTER_LINEAR), np.float32)


@dataclass(frozen=True, eq=False)
class _Part:
    """A connected area of the enlarged maps, cut out: its mask, and the cut's left and upper edge."""

    mask: Mask
    left: int
    top: int

    @property
    def window(self) -> tuple[slice, slice]:
        rows, columns = self.mask.shape
        return slice(self.top, self.top + rows), slice(self.left, self.left + columns)


def _parts(mask: NDArray[np.bool_]) -> list[_Part]:
    """The connected areas of a mask that are large enough for a label."""
    _, names, figures, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    large = [
        (name, figures[name].tolist())
        for name in range(1, len(figures))
        if figures[name, cv2.CC_STAT_AREA] >= _LEAST_AREA * _FINER**2
    ]
    return [
        _Part((names[y : y + rows, x : x + columns] == name).astype(np.uint8), x, y)
        for name, (x, y, columns, rows, _) in large
    ]


def _grown(core: _Part, limit: _Part) -> _Part:
    """A label without its outline, with it again. `core` was cut from `limit`."""
    size = 2 * _FINER + 1
    whole = np.zeros_like(limit.mask)
    whole[core.window] = core.mask
    grown = cv2.bitwise_and(cv2.dilate(whole, np.ones((size, size), np.uint8)), limit.mask)
    return _Part(np.asarray(grown, np.uint8), limit.left, limit.top)


def _shape(part: _Part, seen: Seen) -> _Shape:
    """The quad that fits an area best: around its hull, or upright on it, with or without the corner map's help."""
    offset = (part.left, part.top)
    contours = cv2.findContours(part.mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE, offset=offset)[0]
    hull = np.asarray(cv2.convexHull(max(contours, key=cv2.contourArea)), np.int32)
    quads = [np.asarray(cv2.boxPoints(cv2.minAreaRect(hull)), np.float64)]
    if len(hull) >= 4:  # OpenCV refuses a triangle
        around = np.asarray(cv2.approxPolyN(hull, 4, ensure_convex=True), np.float64).reshape(-1, 2)
        quads += [around] if len(around) == 4 else []
    quads = [(ordered(quad) + 0.5) / _FINER for quad in quads]
    quads += [_drawn_to_corners(quad, seen.corner) for quad in quads]
    quads = [quad for place, quad in enumerate(quads) if place == 0 or _is_sheet(quad)]
    rows, columns = seen.label.shape
    size = (columns * _FINER, rows * _FINER)
    return max((_Shape(quad, _fit(quad, part, size)) for quad in quads), key=lambda shape: shape.fit)


def _is_sheet(quad: Points) -> bool:
    """Whether a quad may be a rectangle, seen from above or nearly so."""
    sides = quad[_FOLLOWING] - quad
    length = np.maximum(np.sqrt((sides * sides).sum(axis=1)), 1e-3)
    corners = np.abs((sides * sides[_FOLLOWING]).sum(axis=1) / (length * length[_FOLLOWING]))
    unequal = np.abs(np.log(length[:2] / length[2:]))
    return bool(corners.max() < _ASKEW and unequal.max() < _UNEQUAL)


def _fit(quad: Points, part: _Part, size: tuple[int, int]) -> float:
    """Intersection over union of a quad, as far as it lies in the frame (width, height), with an area."""
    drawn = np.round(quad * _FINER - 0.5).astype(np.int32)
    (left, top), (right, bottom) = np.maximum(drawn.min(axis=0), 0), np.minimum(drawn.max(axis=0) + 1, size)
    filled = np.zeros((max(1, bottom - top), max(1, right - left)), np.uint8)
    cv2.fillConvexPoly(filled, drawn - (left, top), 1)
    x, y = max(left, part.left), max(top, part.top)
    inside = filled[y - top :, x - left :], part.mask[y - part.top :, x - part.left :]
    rows, columns = (min(one.shape[axis] for one in inside) for axis in (0, 1))
    shared = int(np.count_nonzero(inside[0][:rows, :columns] & inside[1][:rows, :columns]))
    return shared / max(1, int(np.count_nonzero(filled)) + int(np.count_nonzero(part.mask)) - shared)


def _drawn_to_corners(quad: Points, corner: Shade) -> Points:
    """Every corner moved to the middle of the corner map's bell near it, if there is one."""
    reach = max(2.0, _PULL * float(np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1).min()))
    return np.stack([_drawn(point, corner, reach) for point in quad])


def _drawn(point: Points, corner: Shade, reach: float) -> Points:
    left, top = (max(0, math.floor(at - reach)) for at in point)
    part = corner[top : math.ceil(point[1] + reach) + 1, left : math.ceil(point[0] + reach) + 1]
    if part.size == 0:
        return point
    _, highest, _, (x, y) = cv2.minMaxLoc(part)
    if highest < _CORNER:
        return point
    x0, y0 = max(0, x - 1), max(0, y - 1)
    bell = part[y0 : y + 2, x0 : x + 2]
    middle = np.array([bell.sum(axis=0) @ np.arange(bell.shape[1]), bell.sum(axis=1) @ np.arange(bell.shape[0])])
    return np.asarray(middle / bell.sum() + (left + x0 + 0.5, top + y0 + 0.5), float)


def confidence(seen: Seen, shape: _Shape) -> float:
    """How likely a quad is a label: 0 without print, however much it looks like a sheet of paper."""
    found = signs(seen, shape)
    printed = min(1.0, (found[1] + found[2]) / _LEAST_PRINT)
    return printed / float(1 + np.exp(-(_BIAS + np.dot(_WEIGHTS, found))))


def signs(seen: Seen, shape: _Shape) -> tuple[float, ...]:
    """What speaks for a label in a quad, 0 to 1 each: label map, text, codes, outline, fit.

    Text and codes count until they cover as much as they do on a sparsely printed label.
    """
    inside = _filled(shape.quad, seen.label.shape)
    if not inside.any():
        return (0.0,) * 5
    codes = np.maximum(seen.bars, seen.matrix)[inside].mean() / _CODES
    text = seen.text[inside].mean() / _TEXT
    return float(seen.label[inside].mean()), min(1.0, float(text)), min(1.0, float(codes)), shape.support, shape.fit


# ---- to the paper's edges


def refined(soft: Shade, quad: Points, map_px: tuple[float, float]) -> Points:
    """A quad with every side moved onto the paper's edge near it. `map_px` is the size of a map's pixel in the frame.

    A side where no clear step from dark to light is found, or that runs along the frame's border, stays.
    """
    reach = _REACH * max(map_px)
    limits = np.array(soft.shape[::-1], float)
    sides = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        border = _along_border(start, end, limits, _AT_BORDER * max(map_px))
        sides.append((start, end) if border else _side(soft, start, end, reach))
    crossed = [_crossing(sides[place - 1], sides[place]) for place in range(4)]
    moved = [new if new is not None else old for new, old in zip(crossed, quad, strict=True)]
    far = np.linalg.norm(np.array(moved) - quad, axis=1)
    return np.where((far < 3 * reach)[:, None], np.array(moved), quad)


def _along_border(start: Points, end: Points, limits: Points, near: float) -> bool:
    """Whether both ends of a side lie at, or beyond, the same border of the frame."""
    low = (start < near) & (end < near)
    high = (start > limits - near) & (end > limits - near)
    return bool(low.any() or high.any())


def _side(soft: Shade, start: Points, end: Points, reach: float) -> tuple[Points, Points]:
    """The straight line near a side along which the picture grows lighter inwards most clearly."""
    way = end - start
    length = float(np.linalg.norm(way))
    if length < 4 * reach:
        return start, end
    inwards = np.array([-way[1], way[0]]) / length  # quads go clockwise, y down
    offsets = np.linspace(-reach, reach, 2 * _STEP + 1)
    along = np.linspace(_END, 1 - _END, _SAMPLES)
    # A pixel's index is its left edge here, its middle to OpenCV.
    places = start + along[:, None, None] * way + offsets[None, :, None] * inwards - 0.5
    profile = cv2.remap(
        soft, places[..., 0].astype(np.float32), places[..., 1].astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    step = profile[:, 2:] - profile[:, :-2]
    step = np.minimum(step, np.quantile(step.max(axis=1), _USUAL))  # one glaring spot does not outvote a side
    first, last, score = _line(step)
    if score < _LEAST_EDGE:
        return start, end
    at = np.interp([first, last], np.arange(step.shape[1]), offsets[1:-1])
    beyond = (at[1] - at[0]) * _END / (1 - 2 * _END)
    return start + inwards * (at[0] - beyond), end + inwards * (at[1] + beyond)


def _line(step: Shade) -> tuple[float, float, float]:
    """The outermost line through samples x offsets with a clear mean step: its offsets at both ends, and that mean.

    Print near the paper's edge makes steps too, further in: of several lines nearly as clear, the outermost counts.
    """
    samples, offsets = step.shape
    share = np.linspace(0, 1, samples)
    ends = np.arange(offsets)
    at = np.round(ends[:, None, None] * (1 - share) + ends[None, :, None] * share).astype(int)
    middle = (offsets - 1) / 2
    far = (ends[:, None] - middle) ** 2 + (ends[None] - middle) ** 2
    mean = np.maximum(step[np.arange(samples), at].mean(axis=2), 0.0) * np.exp(-far / (2 * (_TRUST * middle) ** 2))
    peak = (mean >= cv2.dilate(mean, np.ones((3, 3)))) & (mean >= _AS_CLEAR * mean.max())
    first, last = min(np.argwhere(peak), key=lambda place: int(place.sum()))
    return float(first), float(last), float(mean[first, last])


def _crossing(one: tuple[Points, Points], other: tuple[Points, Points]) -> Points | None:
    """Where two lines cross, or None for lines nearly parallel."""
    a, b = one[1] - one[0], other[1] - other[0]
    turn = a[0] * b[1] - a[1] * b[0]
    if abs(turn) < 0.05 * np.linalg.norm(a) * np.linalg.norm(b):
        return None
    gap = other[0] - one[0]
    return np.asarray(one[0] + a * ((gap[0] * b[1] - gap[1] * b[0]) / turn), float)
