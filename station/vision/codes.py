"""1D and 2D codes: decoded where a decoder can, and located where none can. An undecodable code is still a code.

The picture is an upright label, so bars run along x or along y. Polygons cover whole symbols: zxing-cpp tells only
the line along which it read, so bars are followed to their ends.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points
from station.vision.seen import Code

Rect = tuple[float, float, float, float]  # left, top, right, bottom
Floats = NDArray[np.float32]
Mask = NDArray[np.uint8]
Flags = NDArray[np.bool_]

_DECODE_PX_MM = 12.0  # with unsharp 42 of 64 Code 128 were decoded at this scale, 8 of 64 on the plain frame
_QUIET_ZONE_MM = 3.0
_SEARCH_PX_MM = 8.0  # a QR module of 0.33 mm still has two and a half pixels
_COARSE_PX_MM = 2.0  # of maps that say where bars and dots are; their exact extent is followed at search scale
_BAR_WINDOW_MM = 2.4  # several bars of the widest usual symbol (narrow bar 0.5 mm)
_BAR_COHERENCE = 0.62  # share of gradient energy across the bars, less along them; text lies below 0.5
_BAR_ENERGY = 14.0  # mean absolute gradient, of 255: print, not paper grain
_LEAST_BAR_MM = 2.5  # height of a symbol
_LEAST_CODE_MM = 9.0  # length of a symbol
_BAND_MM = 0.4  # bars are followed in steps of this size
_SAME_BARS = 0.55  # correlation of one band with the next while the bars go on
_SAME_CONTRAST = 0.35  # of the middle band's
_WIDEST_BAR_MM = 3.5  # four modules, and of a postal code's bars
_QUIET_MM = 1.6  # a gap without a bar of this width ends a symbol
_TEXTURE_WINDOW_MM = 2.0
_TEXTURE_PER_MM = 0.33  # light to dark changes along x and along y in a 2D code
_LEAST_MATRIX_MM = 7.0  # side of the smallest 2D code on a label
_BLOCK_MM = 4.5  # a patch of a 2D code; lines of text are lower
_BULLSEYE_MM = 5.0  # rings, finder patterns and quiet patches inside a code have less texture
_LARGEST_MATRIX_MM = 28.0  # a MaxiCode
_LEAST_BARS = 12  # in a symbol of a few characters; a line of large letters has fewer or does not run on
_RUN_ON = 0.7  # correlation of two rows 2 mm apart: bars run on, letters change
_RUN_ON_MM = 2.0
_AS_BUSY = 0.5  # of the light to dark changes of a symbol's middle rows: its outermost row has as many
_MODULE_MM = 1.0  # of a 2D code, at most; a wider gap ends it
_DOTTED = 0.08  # share of dark pixels in a row of modules
_EDGE_MM = 0.4  # around a located code: half a blur
_LINEAR = {one.name for one in zxingcpp.barcode_formats_list(zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.AllLinear))}

_ARTICLES = frozenset({"EAN13", "EAN8", "UPCA", "UPCE", "ISBN"})  # what names a product, never a parcel
_GTIN_DIGITS = (12, 13, 14)  # UPC-A, EAN-13, a carton's
_CARTON_DIGITS = 14  # of a carton of products: ITF-14, GS1 General Specifications


@dataclass(frozen=True)
class _Found:
    symbology: str
    rect: Rect
    text: str = ""
    upright_bars: bool | None = None  # None: a 2D code


def read(picture: Grey) -> list[tuple[str, str, Points]]:
    """What zxing-cpp decodes in the picture as it is: symbology, text, quad (4 x 2 px)."""
    return [(one.format.name, one.text, _quad(one.position)) for one in zxingcpp.read_barcodes(picture)]


def is_article(symbology: str, text: str) -> bool:
    """Whether a decoded code names a product or a carton of products: it says nothing about a parcel."""
    if symbology not in ("ITF", "ITF14"):
        return symbology in _ARTICLES
    return len(text) == _CARTON_DIGITS and is_gtin(text)


def is_gtin(text: str) -> bool:
    """Whether a text is an article's number: its last digit is GS1's check digit, of weights 3 and 1 from its left."""
    if len(text) not in _GTIN_DIGITS or not (text.isascii() and text.isdigit()):
        return False
    weighed = (int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(text)))
    return sum(weighed) % 10 == 0


def find(upright: Grey, px_per_mm: float, margin_mm: float = 0.0) -> list[Code]:
    """All codes of an upright label (H x W) with a margin around it, in which a code may end but not lie.

    Polygons are rectangles (4 x 2) in its pixels.
    """
    if min(upright.shape) < _LEAST_BAR_MM * px_per_mm:
        return []
    to_search = _SEARCH_PX_MM / px_per_mm
    grey = _stretched(_at_scale(upright, to_search))
    bars = [_Found("1D", rect, upright_bars=way) for rect, way in _bar_areas(grey, margin_mm)]
    dots = [_Found("2D", rect) for rect in _texture_areas(grey, margin_mm)]
    found = _merged([_scaled(one, to_search) for one in _decoded(upright)], [*bars, *dots])
    real = [one for one in found if one.text or one.upright_bars is None or _runs_on(grey, one)]
    tried = [one if one.text else _retried(one, upright, px_per_mm) for one in real]
    whole = _without_parts([_whole(one, grey) for one in tried])
    return [_code(_scaled(one, 1 / to_search), upright.shape) for one in whole]


def _decoded(grey: Grey) -> list[_Found]:
    """What zxing-cpp decodes on the label as it is. Lying bars cost two thirds of its time: they are located first."""
    found = zxingcpp.read_barcodes(grey, try_rotate=False, try_downscale=False, try_invert=False)
    return [_as_found(one.format.name, one.text, _quad(one.position)) for one in found]


def _retried(one: _Found, full: Grey, px_per_mm: float) -> _Found:
    """A located code enlarged and sharpened, with its quiet zone: so some decode that did not on the whole label."""
    left, top, right, bottom = (side * px_per_mm / _SEARCH_PX_MM for side in one.rect)
    around = _QUIET_ZONE_MM * px_per_mm
    area = _clipped((left - around, top - around, right + around, bottom + around), full.shape[1], full.shape[0])
    x0, y0, x1, y1 = (round(side) for side in area)
    larger = _at_scale(full[y0:y1, x0:x1], max(1.0, _DECODE_PX_MM / px_per_mm))
    kind = zxingcpp.BarcodeFormat.AllMatrix if one.upright_bars is None else zxingcpp.BarcodeFormat.AllLinear
    formats = zxingcpp.BarcodeFormats(kind)
    for view in (larger, _sharpened(larger, _DECODE_PX_MM)):
        for hit in zxingcpp.read_barcodes(view, formats=formats):
            return replace(one, symbology=hit.format.name, text=hit.text)
    return one


def _as_found(symbology: str, text: str, quad: Points) -> _Found:
    rect = _bounds(quad)
    if symbology not in _LINEAR:
        return _Found(symbology, rect, text)
    along = (quad[1] - quad[0]) + (quad[2] - quad[3])
    return _Found(symbology, rect, text, upright_bars=bool(abs(along[0]) >= abs(along[1])))


def _bar_areas(grey: Grey, margin_mm: float) -> list[tuple[Rect, bool]]:
    """Rectangles full of parallel bars, and whether these stand upright."""
    slopes = [cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, dx, 1 - dx), alpha=0.25) for dx in (1, 0)]
    x, y = (_coarse(slope) for slope in slopes)
    lying = [(_turned(rect), False) for rect in _parallel(y.T.copy(), x.T.copy(), margin_mm)]
    return [(rect, True) for rect in _parallel(x, y, margin_mm)] + lying


def _parallel(x: Floats, y: Floats, margin_mm: float) -> list[Rect]:
    """Rectangles (search px) where slopes along x are much steeper than along y; both are coarse maps."""
    window = round(_BAR_WINDOW_MM * _COARSE_PX_MM)
    across, along = (cv2.boxFilter(each, -1, (window, window // 2 + 1)) for each in (x, y))
    coherent = (across - along) / (across + along + 1e-3) > _BAR_COHERENCE
    mask = _without_margin(coherent & (across > _BAR_ENERGY), margin_mm)
    gap = np.ones((1, round(_QUIET_MM * _COARSE_PX_MM)), np.uint8)
    keep = np.ones((round(_LEAST_BAR_MM * _COARSE_PX_MM / 2), round(_LEAST_CODE_MM * _COARSE_PX_MM)), np.uint8)
    closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, gap)
    return _components(np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, keep), np.uint8))


def _without_margin(there: Flags, margin_mm: float) -> Mask:
    """A coarse map as a mask, without its rim: the grain of a carton looks like a code."""
    rim = round(margin_mm * _COARSE_PX_MM)
    inside = slice(rim, there.shape[0] - rim), slice(rim, there.shape[1] - rim)
    mask = np.zeros(there.shape, np.uint8)
    mask[inside] = there[inside]
    return mask


def _coarse(map_: NDArray[np.generic]) -> Floats:
    """A map at search scale averaged to the coarse one."""
    share = _COARSE_PX_MM / _SEARCH_PX_MM
    small = cv2.resize(np.asarray(map_, np.uint8), None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.float32)


def _texture_areas(grey: Grey, margin_mm: float) -> list[Rect]:
    """Rectangles where light and dark change often along both axes without the gaps between lines of text."""
    smooth = cv2.GaussianBlur(grey, (0, 0), 0.8)
    dark = cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 65, 25)
    changes = (cv2.absdiff(dark[1:, 1:], dark[1:, :-1]), cv2.absdiff(dark[1:, 1:], dark[:-1, 1:]))
    window = round(_TEXTURE_WINDOW_MM * _COARSE_PX_MM)
    along, down = (cv2.boxFilter(_coarse(change), -1, (window, window)) / 255 for change in changes)
    dense = _without_margin(np.minimum(along, down) * _SEARCH_PX_MM > _TEXTURE_PER_MM, margin_mm)
    block = cv2.morphologyEx(dense, cv2.MORPH_OPEN, _square(_BLOCK_MM))
    filled = cv2.morphologyEx(block, cv2.MORPH_CLOSE, _square(_BULLSEYE_MM))
    return _components(np.asarray(cv2.morphologyEx(filled, cv2.MORPH_OPEN, _square(_LEAST_MATRIX_MM)), np.uint8))


def _square(side_mm: float) -> Mask:
    side = round(side_mm * _COARSE_PX_MM)
    return np.ones((side, side), np.uint8)


def _components(mask: Mask) -> list[Rect]:
    """The boxes of a coarse mask's parts, in search px."""
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    scale = _SEARCH_PX_MM / _COARSE_PX_MM
    boxes = [stats[index] * scale for index in range(1, count)]
    return [(float(x), float(y), float(x + w), float(y + h)) for x, y, w, h, _ in boxes]


def _merged(decoded: list[_Found], located: list[_Found]) -> list[_Found]:
    """Decoded codes take over the extent of what was located at the same place; the rest stays undecoded."""
    left = list(located)
    result: list[_Found] = []
    for one in decoded:
        same = [other for other in left if _same_kind(one, other) and _overlap(one.rect, other.rect) > 0.3]
        left = [other for other in left if other not in same]
        rect = _union([one.rect, *(other.rect for other in same)])
        result.append(_Found(one.symbology, rect, one.text, one.upright_bars))
    return result + left


def _same_kind(one: _Found, other: _Found) -> bool:
    return one.upright_bars == other.upright_bars


def _without_parts(found: list[_Found]) -> list[_Found]:
    """Without what lies inside another code; decoded ones come first."""
    kept: list[_Found] = []
    for one in sorted(found, key=lambda each: (not each.text, -_area(each.rect))):
        if all(_overlap(one.rect, other.rect) < 0.6 or (one.text and one.text != other.text) for other in kept):
            kept.append(one)
    return kept


def _whole(one: _Found, grey: Grey) -> _Found:
    """The code with its rectangle grown to the real extent of its bars or dots."""
    if one.upright_bars is None:
        rect = _grown_dots(grey, one.rect)
    elif one.upright_bars:
        rect = _grown_bars(grey, one.rect)
    else:
        rect = _turned(_grown_bars(np.ascontiguousarray(grey.T), _turned(one.rect)))
    edge = _EDGE_MM * _SEARCH_PX_MM
    rows, columns = grey.shape
    grown = (rect[0] - edge, rect[1] - edge, rect[2] + edge, rect[3] + edge)
    return _Found(one.symbology, _clipped(grown, columns, rows), one.text, one.upright_bars)


def _runs_on(grey: Grey, one: _Found) -> bool:
    """Whether a located area holds many bars that stay the same along their length, as letters do not."""
    rect = one.rect if one.upright_bars else _turned(one.rect)
    picture = grey if one.upright_bars else np.ascontiguousarray(grey.T)
    left, top, right, bottom = (round(side) for side in _clipped(rect, picture.shape[1], picture.shape[0]))
    middle, half = (top + bottom) // 2, round(_RUN_ON_MM * _SEARCH_PX_MM / 2)
    if right <= left or middle < half or middle + half >= picture.shape[0]:
        return False
    rows = [_band(picture[:, left:right], middle + offset, 3) for offset in (-half, 0, half)]
    dark = rows[1] < (rows[1].min() + rows[1].max()) / 2
    bars = int(np.count_nonzero(np.diff(dark.astype(np.int8)) == 1))
    return bars >= _LEAST_BARS and _correlation(rows[0], rows[2]) > _RUN_ON


def _grown_bars(grey: Grey, rect: Rect) -> Rect:
    """The extent of upright bars: to the outermost ones within a quiet zone of each other, and as far as they run."""
    rows, columns = grey.shape
    left, top, right, bottom = (round(side) for side in _clipped(rect, columns, rows))
    middle, quarter = (top + bottom) // 2, max(2, (bottom - top) // 4)
    profile = _mean_row(grey[max(0, middle - quarter) : middle + quarter + 1])
    left, right = _ends(_dark(profile, left, right), left, right, round(_QUIET_MM * _SEARCH_PX_MM))
    top, bottom = _busy_rows(grey[:, left:right], top, bottom)
    up, down = _bar_rows(grey[:, left:right], middle)
    return float(left), float(min(top, up)), float(right), float(max(bottom, down))


def _mean_row(grey: Grey) -> Floats:
    return np.asarray(cv2.reduce(grey, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[0], np.float32)


def _dark(profile: Floats, left: int, right: int) -> Flags:
    """Bars: where an averaged row is nearer to the darkest than to the lightest level between two columns.

    What is dark for longer than a bar is wide lies beyond the label.
    """
    inner = profile[left:right]
    if not inner.size:
        return np.zeros(profile.shape, np.bool_)
    dark = (profile < (float(inner.min()) + float(inner.max())) / 2).astype(np.uint8)[None]
    wide = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, round(_WIDEST_BAR_MM * _SEARCH_PX_MM)), np.uint8))
    return np.asarray((dark > wide)[0], np.bool_)


def _ends(marks: Flags, start: int, end: int, reach: int) -> tuple[int, int]:
    """The first and last (exclusive) of the marks between two places, and of all others within `reach` of the next."""
    places = np.flatnonzero(marks)
    groups = np.concatenate(([0], np.cumsum(np.diff(places) > reach)))[: len(places)]
    inside = groups[(places >= start) & (places < end)]
    if not inside.size:
        return start, end
    joined = places[(groups >= inside[0]) & (groups <= inside[-1])]
    return int(joined[0]), int(joined[-1]) + 1


def _busy_rows(grey: Grey, top: int, bottom: int) -> tuple[int, int]:
    """The first and last row (exclusive) between two that change along x half as much as the middle ones do."""
    changes = cv2.absdiff(grey[top:bottom, 1:], grey[top:bottom, :-1])
    if not changes.size:
        return top, bottom
    energy = cv2.reduce(changes, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F)[:, 0]
    busy = np.flatnonzero(energy >= _AS_BUSY * np.median(energy[len(energy) // 4 : len(energy) * 3 // 4 + 1]))
    return top + int(busy[0]), top + int(busy[-1]) + 1


def _bar_rows(grey: Grey, middle: int) -> tuple[int, int]:
    """First and last row (exclusive) of the bars that cross row `middle`; the longest third decides."""
    third = grey.shape[1] // 3
    parts = [grey[:, start : start + third] for start in (0, third, 2 * third)] if third > 8 else []
    ends = [_followed(part, middle) for part in parts]
    return min((up for up, _ in ends), default=middle), max((down for _, down in ends), default=middle)


def _followed(grey: Grey, middle: int) -> tuple[int, int]:
    """The rows where the bars that cross `middle` begin and end: band by band while each looks like the last one and
    has its contrast; rules along the bars look alike, too.
    """
    band = max(2, round(_BAND_MM * _SEARCH_PX_MM))
    count = grey.shape[0] // band
    bands = cv2.resize(grey[: count * band], (grey.shape[1], count), interpolation=cv2.INTER_AREA).astype(np.float32)
    bands -= bands.mean(axis=1, keepdims=True)
    power = np.sqrt((bands * bands).sum(axis=1))
    at = min(middle // band, count - 1)
    alike = (bands[1:] * bands[:-1]).sum(axis=1) / (power[1:] * power[:-1] + 1e-3) >= _SAME_BARS
    alike &= np.minimum(power[1:], power[:-1]) >= _SAME_CONTRAST * power[at]
    breaks = np.flatnonzero(~alike) + 1  # bands that begin something else
    first = int(max(breaks[breaks <= at], default=0))
    last = int(min(breaks[breaks > at], default=count))
    return first * band, last * band


def _band(grey: Grey, row: int, height: int) -> Floats:
    return _mean_row(grey[max(0, row - height // 2) : row + height // 2 + 1])


def _correlation(one: Floats, other: Floats) -> float:
    a, b = one - one.mean(), other - other.mean()
    return float((a * b).sum() / (np.sqrt((a * a).sum() * (b * b).sum()) + 1e-3))


def _grown_dots(grey: Grey, rect: Rect) -> Rect:
    """The extent of a 2D code: side by side as far as dark modules go on with less than one module of gap."""
    rows, columns = grey.shape
    left, top, right, bottom = (round(side) for side in _clipped(rect, columns, rows))
    inside = grey[top:bottom, left:right]
    if inside.size == 0:
        return rect
    darkest, lightest = np.percentile(inside, (5, 95))
    limit = round(_LARGEST_MATRIX_MM * _SEARCH_PX_MM)
    x0, y0 = max(0, left - limit), max(0, top - limit)
    dark = grey[y0 : bottom + limit, x0 : right + limit] < (float(darkest) + float(lightest)) / 2
    reach = round(_MODULE_MM * _SEARCH_PX_MM)
    above, below = _ends(dark[:, left - x0 : right - x0].mean(axis=1) > _DOTTED, top - y0, bottom - y0, reach)
    before, after = _ends(dark[above:below].mean(axis=0) > _DOTTED, left - x0, right - x0, reach)
    return float(x0 + before), float(y0 + above), float(x0 + after), float(y0 + below)


def _code(one: _Found, shape: tuple[int, ...]) -> Code:
    left, top, right, bottom = _clipped(one.rect, shape[1], shape[0])
    polygon = np.array([[left, top], [right, top], [right, bottom], [left, bottom]])
    return Code(one.symbology, polygon, bool(one.text), one.text)


def _scaled(one: _Found, factor: float) -> _Found:
    left, top, right, bottom = (side * factor for side in one.rect)
    return _Found(one.symbology, (left, top, right, bottom), one.text, one.upright_bars)


def _at_scale(picture: NDArray[np.uint8], factor: float) -> NDArray[np.uint8]:
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    columns, rows = (max(1, round(side * factor)) for side in (picture.shape[1], picture.shape[0]))
    return np.asarray(cv2.resize(picture, (columns, rows), interpolation=method), np.uint8)


def _sharpened(grey: Grey, px_per_mm: float) -> Grey:
    soft = cv2.GaussianBlur(grey, (0, 0), 0.12 * px_per_mm)
    return np.asarray(cv2.addWeighted(grey, 2.5, soft, -1.5, 0), np.uint8)


def _stretched(grey: Grey) -> Grey:
    """Paper white and print black, whatever the light."""
    black, white = (float(level) for level in np.percentile(grey[::4, ::4], (1, 90)))
    levels = np.clip((np.arange(256) - black) * (255 / max(white - black, 1.0)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.LUT(grey, levels), np.uint8)


def _quad(position: zxingcpp.Position) -> Points:
    corners = (position.top_left, position.top_right, position.bottom_right, position.bottom_left)
    return np.array([(corner.x, corner.y) for corner in corners], np.float64)


def _bounds(points: Points) -> Rect:
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _turned(rect: Rect) -> Rect:
    left, top, right, bottom = rect
    return top, left, bottom, right


def _clipped(rect: Rect, width: float, height: float) -> Rect:
    left, top, right, bottom = rect
    return max(0.0, left), max(0.0, top), min(float(width), right), min(float(height), bottom)


def _union(rects: list[Rect]) -> Rect:
    lefts, tops, rights, bottoms = zip(*rects, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)


def _area(rect: Rect) -> float:
    return max(0.0, rect[2] - rect[0]) * max(0.0, rect[3] - rect[1])


def _overlap(one: Rect, other: Rect) -> float:
    """Shared area over the smaller one's (0 to 1); a mere line counts as one pixel wide."""
    width = min(one[2], other[2]) - max(one[0], other[0]) + 1
    height = min(one[3], other[3]) - max(one[1], other[1]) + 1
    smaller = min((rect[2] - rect[0] + 1) * (rect[3] - rect[1] + 1) for rect in (one, other))
    return max(0.0, width) * max(0.0, height) / max(smaller, 1.0)
