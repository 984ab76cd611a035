"""A quad moved to where the network draws the outline of its label.

Rays say which label and how far it goes, on blank tails and under hands too; the outline map says it more exactly.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Points
from station.vision.maps import STRIDE, Seen
from station.vision.sides import Side, across, along_lines, joined, shifted
from station.vision.text import ordered

Shade = NDArray[np.float32]

_TURNS_DEG = range(-42, 43, 6)  # a quad of rounded rays may lie askew,
_SCALES = (0.85, 0.95, 1.05, 1.15)  # and be too small or too large
_SAMPLES = 24  # along a side, where many quads are tried
_LIKELY = 2  # of the quads tried, those with most of the outline along their sides are moved to it
_MOVES = 2  # of all four sides
_REACH = 0.16  # of the shorter side: how far a line of the outline is looked for
_OFFSETS = 21  # tried at each end of a side, odd
_TRUST = 0.6  # of the reach: deviation of the sides that are known
_CLEAR = 0.12  # of the outline map, on average along a side, for the side to be moved there
_INSIDE = 0.5  # of the label map
_BEYOND = 1.12  # of the quad's sides: as far as its label's area may go
_LEAST_AREA = 0.5  # of the quad, for the label map to tell where it lies


def outlined(seen: Seen, quad: Points) -> Points:
    """A quad (px of the network's frame) moved to the outline near it, or near the label's area if that is clearer."""
    starts = [quad / STRIDE, *_of_area(seen.label, quad / STRIDE)]
    starts += [_turned(seen.outline, start) for start in starts]
    likely = np.argsort(-_support(seen.outline, np.array(starts)), kind="stable")[:_LIKELY]
    moved = np.array([_moved(seen.outline, starts[place]) for place in likely])
    return np.asarray(STRIDE * moved[_support(seen.outline, moved).argmax()], np.float64)


def _turned(outline: Shade, quad: Points) -> Points:
    """The quad, turned and scaled about its middle so that most of the outline lies along its sides."""
    turns = np.deg2rad(_TURNS_DEG)[:, None]
    scaled = (np.array(_SCALES) * np.stack([np.cos(turns), np.sin(turns)])).reshape(2, -1)
    cos, sin = scaled[:, :, None]
    x, y = (quad - quad.mean(0)).T
    family = np.stack([cos * x - sin * y, sin * x + cos * y], -1) + quad.mean(0)
    return np.asarray(family[_support(outline, family).argmax()], np.float64)


def _of_area(label: Shade, quad: Points) -> list[Points]:
    """The rectangle around what of the label map lies in a quad, or a little beyond; none where hardly any does."""
    mask = np.zeros(label.shape, np.uint8)
    around = quad.mean(0) + (quad - quad.mean(0)) * _BEYOND
    cv2.fillConvexPoly(mask, np.round(around - 0.5).astype(np.int32), 1)
    points = cv2.findNonZero(np.asarray((label > _INSIDE) & (mask > 0), np.uint8))
    if points is None or len(points) < _LEAST_AREA * int(mask.sum()):
        return []
    centre, (wide, high), angle_deg = cv2.minAreaRect(points.astype(np.float32))
    box = cv2.boxPoints((centre, (wide + 1, high + 1), angle_deg))
    return [ordered(np.asarray(box, np.float64) + 0.5)]


def _moved(outline: Shade, quad: Points) -> Points:
    """The quad, every side moved to where the outline is near it."""
    for _ in range(_MOVES):
        following = np.roll(quad, -1, axis=0)
        reach = _REACH * float(np.linalg.norm(following - quad, axis=1).min())
        quad = joined([_side(outline, *side, reach) for side in zip(quad, following, strict=True)], quad)
    return quad


def _side(outline: Shade, start: Points, end: Points, reach: float) -> Side:
    """The straight line near a side along which the map has most."""
    offsets = np.linspace(-reach, reach, _OFFSETS)
    mean = along_lines(across(outline, start, end, offsets), _TRUST)
    first, last = np.unravel_index(int(mean.argmax()), mean.shape)
    return shifted(start, end, offsets[first], offsets[last]) if mean[first, last] > _CLEAR else (start, end)


def _support(outline: Shade, quads: Points) -> Shade:
    """The mean of the outline map along the sides of each quad (N x 4 x 2); there is none beyond the map."""
    share = np.linspace(0, 1, _SAMPLES, endpoint=False)[:, None]
    points = quads[:, :, None] + share * (np.roll(quads, -1, axis=1) - quads)[:, :, None]
    x, y = np.moveaxis(points.reshape(len(quads), -1, 2).astype(np.float32) - np.float32(0.5), -1, 0)
    met = cv2.remap(outline, x, y, cv2.INTER_LINEAR)
    return np.asarray(met.mean(1), np.float32)
