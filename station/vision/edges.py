"""A quad moved to the edges of the paper near its sides."""

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points

Shade = NDArray[np.float32]

_REACH_PX = 4.5  # of the near frame: how far from the network's line the paper's edge is looked for
_AT_BORDER_PX = 5.0  # of the near frame: sides so near to the photo's border are not the paper's
_SAMPLES = 48  # along a side
_END = 0.06  # of a side at each of its ends, likewise
_USUAL = 0.75  # of the samples' own clearest steps
_STEP = 13  # offsets tried at each end of a side, odd
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
    crossed = [crossing(sides[place - 1], sides[place]) for place in range(4)]
    moved = [new if new is not None else old for new, old in zip(crossed, quad, strict=True)]
    far = np.linalg.norm(np.array(moved) - quad, axis=1)
    return np.where((far < 3 * reach)[:, None], np.array(moved), quad)


def _along_border(start: Points, end: Points, limits: Points, near: float) -> bool:
    """Whether both ends of a side lie at, or beyond, the same border of the frame."""
    low = (start < near) & (end < near)
    high = (start > limits - near) & (end > limits - near)
    return bool(low.any() or high.any())


def _side(grey: Grey, start: Points, end: Points, reach: float) -> tuple[Points, Points]:
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
        grey, places[..., 0].astype(np.float32), places[..., 1].astype(np.float32), cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    soft = cv2.GaussianBlur(profile.astype(np.float32), (3, 3), 0)
    step = soft[:, 2:] - soft[:, :-2]
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


def crossing(one: tuple[Points, Points], other: tuple[Points, Points]) -> Points | None:
    """Where two lines cross, or None for lines nearly parallel."""
    a, b = one[1] - one[0], other[1] - other[0]
    turn = a[0] * b[1] - a[1] * b[0]
    if abs(turn) < 0.05 * np.linalg.norm(a) * np.linalg.norm(b):
        return None
    gap = other[0] - one[0]
    return np.asarray(one[0] + a * ((gap[0] * b[1] - gap[1] * b[0]) / turn), float)
