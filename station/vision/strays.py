"""Print that no line and no code explains: on a label everything dark is print, whatever a detector makes of it.

The number in the margins, handwriting, a stamp, the first character that a detector cut off: all of it is found here by
being dark, and is covered unread.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey, Points
from station.vision.text import ordered

Mask = NDArray[np.uint8]

PX_MM = 4.0  # a stroke of 0.2 mm darkens most of a pixel
PAPER_PX_MM = 2.5  # of the picture on which paper is told from carton
_STROKE_MM = 2.2  # print is made of strokes thinner than this
_DARKER = 0.14  # of the paper's level by which print is darker; wrinkles and fibres stay below
_PAPER_MM = 9.0  # as far as paper is looked for around a pixel
_PAPER_SHRINK = 4  # times that the picture is smaller on which it is looked for
_RIM_MM = 5.0  # the margin of 3 mm, and what a quad may be off
_RIM_PAPER, _SHADED_PAPER = 0.75, 0.4  # of the label's own paper; kraft has 0.55 in its darkest channel, a platform 0.3
_RULE_MM = 9.0  # straight lines longer than this are rules
_LONGEST_MM = 45.0  # no bar of a code and no stroke of a letter is longer: a rule, however thick
_ASLANT_PX = 4  # a rule of 9 mm that is 4 degrees aslant stays within this
_RULE_DENSITY = 0.3  # of print around a rule; bars of a code have 0.5
_RULE_WINDOW_MM = 3.0
_EXPLAINED_MM = 0.4  # around lines and codes that are known
_SPECK_MM2 = 0.12  # a dot of an i, dirt
_SPECK_WINDOW_MM = 1.2  # within which a stroke has more than a speck's area
_TOGETHER_MM = 1.4  # gap between strokes of one stray
_EDGE_MM = 0.6  # around a stray: strokes lose their blurred rim to the threshold
_LEAST_MM = 1.0  # longer side of the smallest stray
_LEAST_HIGH_MM = 0.5  # shorter side; the edge of the paper and remains of rules are thinner


def strays(upright: Grey, paper: Bgr, px_per_mm: float, explained: list[Points], edge_mm: float) -> list[Points]:
    """Rectangles (4 x 2 px, any direction) of print outside the `explained` polygons of an upright label.

    `paper` is the same label in colour at `PAPER_PX_MM`. `edge_mm` of the picture is not the label and left out.
    """
    scale = PX_MM / px_per_mm
    small = np.asarray(cv2.resize(upright, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    there = cv2.resize(_on_paper(paper), small.shape[::-1], interpolation=cv2.INTER_NEAREST)
    printed = np.asarray(cv2.bitwise_and(_strokes(small), there), np.uint8)
    left = _without(printed, explained, scale, round(edge_mm * PX_MM))
    together = cv2.morphologyEx(_without_specks(left), cv2.MORPH_CLOSE, _ellipse(_TOGETHER_MM * PX_MM))
    return [quad / scale for quad in _rectangles(np.asarray(together, np.uint8))]


def _on_paper(bgr: Bgr) -> Mask:
    """Where (1) there is paper but for strokes: a carton's seam or a platform's line is no print.

    Near the rim the carton may begin; further in only what is far too dark for paper in a shadow is left out.
    """
    blue, green, red = cv2.split(bgr)
    darkest = cv2.min(blue, cv2.min(green, red))  # NumPy takes thirty times as long for three values in a row
    level = cv2.morphologyEx(darkest, cv2.MORPH_CLOSE, _ellipse(_STROKE_MM * PAPER_PX_MM))
    ring = round(_RIM_MM * PAPER_PX_MM)
    least = np.full(level.shape, _RIM_PAPER * float(np.median(level)), np.float32)
    least[ring:-ring, ring:-ring] *= _SHADED_PAPER / _RIM_PAPER
    return np.asarray((level > least).astype(np.uint8), np.uint8)


def _strokes(grey: Grey) -> Mask:
    """Print (1) of any kind but long rules."""
    share = 1 / _PAPER_SHRINK
    light = cv2.resize(grey, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
    paper = cv2.dilate(light, _ellipse(_PAPER_MM * PX_MM * share))
    level = cv2.resize(paper, grey.shape[::-1], interpolation=cv2.INTER_LINEAR)
    side = round(_STROKE_MM * PX_MM) | 1
    hat = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((side, side), np.uint8))
    strokes = np.asarray((hat > _DARKER * level).astype(np.uint8), np.uint8)
    return np.asarray(strokes & ~_rules(strokes), np.uint8)


def _rules(strokes: Mask) -> Mask:
    """Long straight lines that stand alone, level or upright within some 4 degrees (1)."""
    window = round(_RULE_WINDOW_MM * PX_MM)
    density = cv2.boxFilter(strokes, cv2.CV_16U, (window, window), normalize=False)
    alone = (density < _RULE_DENSITY * window**2).astype(np.uint8)
    length, longest = round(_RULE_MM * PX_MM) | 1, round(_LONGEST_MM * PX_MM) | 1
    lines = [_runs(strokes, size) & alone for size in ((length, 1), (1, length))]
    bars = [_runs(strokes, size) for size in ((longest, 1), (1, longest))]
    rules = lines[0] | lines[1] | bars[0] | bars[1]
    return np.asarray(cv2.dilate(rules, np.ones((3, 3), np.uint8)), np.uint8)


def _runs(strokes: Mask, size: tuple[int, int]) -> Mask:
    """What is as long as a rectangle of `size` (columns, rows; odd, one of them 1), once it is made a little thicker.

    It is an opening by sums over the rectangle: they take the same time for any length.
    """
    across = np.ones((_ASLANT_PX, 1) if size[1] == 1 else (1, _ASLANT_PX), np.uint8)
    thicker = cv2.dilate(strokes, across)
    sums = cv2.boxFilter(thicker, cv2.CV_16U, size, normalize=False, borderType=cv2.BORDER_REPLICATE)
    full = (sums == max(size)).astype(np.uint8)
    near = cv2.boxFilter(full, cv2.CV_16U, size, normalize=False, borderType=cv2.BORDER_CONSTANT)
    return np.asarray(near > 0, np.uint8)


def _without(strokes: Mask, explained: list[Points], scale: float, edge_px: int) -> Mask:
    left = strokes.copy()
    around = 2 * round(_EXPLAINED_MM * PX_MM) + 1
    for polygon in explained:
        shape = np.round(polygon * scale).astype(np.int32)
        cv2.fillPoly(left, [shape], 0)
        cv2.polylines(left, [shape], True, 0, around)
    inside = np.zeros_like(left)
    inside[edge_px : left.shape[0] - edge_px, edge_px : left.shape[1] - edge_px] = 1
    return np.asarray(left & inside, np.uint8)


def _without_specks(strokes: Mask) -> Mask:
    """Strokes that have more than a speck's area around them."""
    side = round(_SPECK_WINDOW_MM * PX_MM) | 1
    area = cv2.boxFilter(strokes, cv2.CV_16U, (side, side), normalize=False)
    return np.asarray(strokes & (area >= _SPECK_MM2 * PX_MM**2), np.uint8)


def _rectangles(mask: Mask) -> list[Points]:
    """The least rectangles around the blobs of print, without those as thin as a line."""
    shapes, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    # Contours run through the middles of pixels: half a pixel is missing on every side.
    blobs = [(at, (width + 1, height + 1), angle) for at, (width, height), angle in map(cv2.minAreaRect, shapes)]
    edge = 2 * _EDGE_MM * PX_MM
    return [
        ordered(np.asarray(cv2.boxPoints((at, (width + edge, height + edge), angle)), np.float64) + 0.5)
        for at, (width, height), angle in blobs
        if max(width, height) >= _LEAST_MM * PX_MM and min(width, height) >= _LEAST_HIGH_MM * PX_MM
    ]


def _ellipse(size_px: float) -> Mask:
    side = max(3, round(size_px) | 1)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)), np.uint8)
