"""Straight sides of quads: what a picture has along the lines near one, and quads made of moved sides."""

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points

Shade = NDArray[np.float32]
Side = tuple[Points, Points]  # two points of a line

_SAMPLES = 48  # along a side
_END = 0.06  # of a side at each of its ends, where corners are round or worn
_PARALLEL = 0.05  # sine of the angle between two lines that hardly cross
_EARLIER = [3, 0, 1, 2]  # of each side, the one before


def inwards(start: Points, end: Points) -> Points:
    """Of length 1, into a quad that goes clockwise, y down."""
    way = end - start
    return np.array([-way[1], way[0]]) / max(1e-3, float(np.linalg.norm(way)))


def across(field: Grey | Shade, start: Points, end: Points, offsets: Points) -> Shade:
    """What lies along a side (px, pixel edges) and beside it, samples x offsets inwards."""
    along = np.linspace(_END, 1 - _END, _SAMPLES)
    # A pixel's index is its left edge here, its middle to OpenCV.
    places = start + along[:, None, None] * (end - start) + offsets[None, :, None] * inwards(start, end) - 0.5
    x, y = (places[..., axis].astype(np.float32) for axis in (0, 1))
    return np.asarray(cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32)


def along_lines(profile: Shade, trust: float) -> Shade:
    """The mean of a profile along every line, by its offsets at both ends (offsets x offsets).

    `trust` is the deviation, as a share of the farthest offset, by which lines further from the middle count less.
    """
    places, weights = _lines(*profile.shape, trust)
    return np.asarray(np.maximum(profile.ravel()[places].mean(axis=2), 0) * weights, np.float32)


@lru_cache
def _lines(samples: int, offsets: int, trust: float) -> tuple[NDArray[np.intp], Shade]:
    """Where in a profile's memory each line goes (offsets x offsets x samples), and how much it counts."""
    share, ends = np.linspace(0, 1, samples), np.arange(offsets)
    at = np.round(ends[:, None, None] * (1 - share) + ends[None, :, None] * share).astype(np.intp)
    middle = (offsets - 1) / 2
    far = (ends[:, None] - middle) ** 2 + (ends[None] - middle) ** 2
    return at + offsets * np.arange(samples), np.exp(-far / (2 * (trust * middle) ** 2)).astype(np.float32)


def shifted(start: Points, end: Points, first: float, last: float) -> Side:
    """A side moved inwards by what its profile's first and last sample are to be moved by."""
    beyond = (last - first) * _END / (1 - 2 * _END)
    way = inwards(start, end)
    return start + way * (first - beyond), end + way * (last + beyond)


def joined(sides: Sequence[Side], quad: Points) -> Points:
    """The quad with these sides, the first from its first corner on; where two hardly cross, the corner of `quad`."""
    corners = crossings(np.array(sides))
    return np.where(np.isnan(corners), quad, corners)


def crossings(sides: Points) -> Points:
    """Where each of four lines (4 x 2 points x 2) crosses the one before; NaN where two are nearly parallel."""
    start, way = sides[:, 0], sides[:, 1] - sides[:, 0]
    earlier, along = start[_EARLIER], way[_EARLIER]
    length = np.sqrt((way * way).sum(1))
    turn = _turn(along, way)
    turn[np.abs(turn) <= _PARALLEL * length * length[_EARLIER]] = np.nan
    return np.asarray(earlier + along * (_turn(start - earlier, way) / turn)[:, None], np.float64)


def _turn(one: Points, other: Points) -> Points:
    return np.asarray(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0], np.float64)
