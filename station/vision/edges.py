"""A quad moved to the edges of the paper near its sides."""

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points
from station.vision.sides import Side, across, along_lines, joined, shifted

Shade = NDArray[np.float32]

_REACH_PX = 4.5  # of the near frame: how far from the network's line the paper's edge is looked for
_AT_BORDER_PX = 5.0  # of the near frame: sides so near to the photo's border are not the paper's
_USUAL = 0.75  # of the samples' own clearest steps
_OFFSETS = 27  # tried at each end of a side, odd
_TRUST = 0.7  # of the reach: deviation of the network's own lines
_AS_CLEAR = 0.6  # of the clearest line's step
_LEAST_EDGE = 2.0  # grey levels a step: weaker edges do not move a side


def refined(grey: Grey, quad: Points, near_px: float) -> Points:
    """A quad with every side moved onto the paper's edge near it. `near_px` is the size of a near frame's px in `grey`.

    A side where no clear step from dark to light is found, or that runs along the frame's border, stays.
    """
    reach = _REACH_PX * near_px
    limits = np.array(grey.shape[::-1], float)
    sides = []
    for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
        border = _along_border(start, end, limits, _AT_BORDER_PX * near_px)
        sides.append((start, end) if border else _side(grey, start, end, reach))
    moved = joined(sides, quad)
    far = np.linalg.norm(moved - quad, axis=1)
    return np.where((far < 3 * reach)[:, None], moved, quad)


def _along_border(start: Points, end: Points, limits: Points, near: float) -> bool:
    """Whether both ends of a side lie at, or beyond, the same border of the frame."""
    low = (start < near) & (end < near)
    high = (start > limits - near) & (end > limits - near)
    return bool(low.any() or high.any())


def _side(grey: Grey, start: Points, end: Points, reach: float) -> Side:
    """The straight line near a side along which the picture grows lighter inwards most clearly."""
    if float(np.linalg.norm(end - start)) < 4 * reach:
        return start, end
    offsets = np.linspace(-reach, reach, _OFFSETS)
    soft = cv2.GaussianBlur(across(grey, start, end, offsets), (3, 3), 0)
    step = soft[:, 2:] - soft[:, :-2]
    step = np.minimum(step, np.quantile(step.max(axis=1), _USUAL))  # one glaring spot does not outvote a side
    mean = along_lines(np.asarray(step, np.float32), _TRUST)
    first, last = _outermost(mean)
    if mean[first, last] < _LEAST_EDGE:
        return start, end
    return shifted(start, end, offsets[1 + first], offsets[1 + last])


def _outermost(mean: Shade) -> tuple[int, int]:
    """Of the lines with a clear step, by their offsets at both ends, the outermost.

    Print near the paper's edge makes steps too, further in: of several lines nearly as clear, the outermost counts.
    """
    peak = (mean >= cv2.dilate(mean, np.ones((3, 3)))) & (mean >= _AS_CLEAR * mean.max())
    first, last = min(np.argwhere(peak), key=lambda place: int(place.sum()))
    return int(first), int(last)
