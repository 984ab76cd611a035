"""Is there a box, and is it still? Runs on every preview frame: the cheapest code in the house.

It compares small blurred frames: with the one before (movement), with the empty platform (presence), and with one
remembered at the start of a job (has the box shifted?). A light that is switched or a sun that moves changes all
pixels by about one factor; that factor is divided out before anything is compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points, Preview

Small = NDArray[np.float32]  # 90 x 160

SIZE = (160, 90)
# Sensor noise of 3/255 on a 4 x 4 mean is below 1; printed grid lines and box edges are above 10.
MOVED_LEVEL = 8.0
# A hand's finger in the frame covers about 40 of 14,400 pixels.
MOVED_SHARE = 0.0025
# A box of 60 x 60 mm covers about 4 % of the view.
PRESENT_SHARE = 0.015
# Shifted by a millimetre, a box's edges and print already differ in more than this share.
SHIFTED_SHARE = 0.01
DARK_LEVEL = 12.0


@dataclass(frozen=True)
class Sight:
    """What one preview frame tells. `still_s` is how long nothing has moved."""

    present: bool
    moving: bool
    still_s: float
    dark: bool
    frozen_s: float


class Watch:
    """Follows the platform from frame to frame. `learn_empty` must have seen the empty platform first."""

    def __init__(self) -> None:
        self._empty: Small | None = None
        self._before: Small | None = None
        self._kept: Small | None = None
        self._raw: Grey | None = None
        self._moved_at_s = 0.0
        self._new_at_s = 0.0

    def learn_empty(self, preview: Preview) -> None:
        """Take this frame for the platform without a box."""
        self._empty = _small(preview.grey)

    def keep(self, preview: Preview) -> None:
        """Remember how a job found the box, for `shifted`."""
        self._kept = _small(preview.grey)

    def shifted(self, preview: Preview, hidden: Sequence[Points] = ()) -> bool:
        """Does the box lie otherwise than at `keep`? `hidden` (polygons, preview px) is left out: ink, tool."""
        if self._kept is None:
            return False
        return _differing(_small(preview.grey), self._kept, _seen(preview.grey, hidden)) > SHIFTED_SHARE

    def reached_into(self, preview: Preview, hidden: Sequence[Points] = ()) -> bool:
        """Does something reach in over the edge of the picture that was not there at `keep`: an arm that rests?"""
        if self._kept is None:
            return False
        differs, seen = _differs(_small(preview.grey), self._kept), _seen(preview.grey, hidden)
        shown = (differs if seen is None else differs & seen).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(shown)
        left, top, width, height, area = stats[1:].T
        at_edge = (left == 0) | (top == 0) | (left + width == SIZE[0]) | (top + height == SIZE[1])
        return bool((at_edge & (area >= MOVED_SHARE * shown.size)).any())

    def update(self, preview: Preview, hidden: Sequence[Points] = ()) -> Sight:
        """Compare a new frame with the one before; `hidden` (polygons, preview px) is where the tool is."""
        small, seen = _small(preview.grey), _seen(preview.grey, hidden)
        moving = self._before is not None and _differing(small, self._before, seen) > MOVED_SHARE
        present = self._empty is not None and _differing(small, self._empty, seen) > PRESENT_SHARE
        self._note_times(preview, moving)
        self._before = small
        still_s = preview.time_s - self._moved_at_s
        dark = float(small.mean()) < DARK_LEVEL
        return Sight(present, moving, still_s, dark, preview.time_s - self._new_at_s)

    def outline(self, preview: Preview) -> Points | None:
        """The box's silhouette, as a rectangle (4 x 2, preview px): what differs from the empty platform."""
        if self._empty is None:
            return None
        differs = _differs(_small(preview.grey), self._empty).astype(np.uint8)
        closed = cv2.morphologyEx(differs, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        shapes, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        largest = max(shapes, key=cv2.contourArea, default=None)
        if largest is None:
            return None
        scale = np.array(preview.grey.shape[::-1]) / SIZE
        return np.asarray(cv2.boxPoints(cv2.minAreaRect(largest)), float) * scale

    def _note_times(self, preview: Preview, moving: bool) -> None:
        if moving or self._before is None:
            self._moved_at_s = preview.time_s
        # A live sensor never gives the same noise twice: equal frames come from a camera that hangs.
        if self._raw is None or not np.array_equal(self._raw, preview.grey):
            self._new_at_s = preview.time_s
        self._raw = preview.grey


def _small(grey: Grey) -> Small:
    reduced = cv2.resize(grey, SIZE, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.blur(reduced.astype(np.float32), (3, 3)), np.float32)


def _seen(grey: Grey, hidden: Sequence[Points]) -> NDArray[np.bool_] | None:
    """True where a small frame counts; None when all of it does."""
    if not hidden:
        return None
    mask = np.zeros(SIZE[::-1], np.uint8)
    scale = np.array(SIZE) / (grey.shape[1], grey.shape[0])
    for polygon in hidden:
        cv2.fillPoly(mask, [np.round(polygon * scale).astype(np.int32)], 1)
    return np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 0)


def _differs(a: Small, b: Small) -> NDArray[np.bool_]:
    """Where two frames differ once their common brightness factor is divided out."""
    gain = float(np.clip(np.median((a + 1.0) / (b + 1.0)), 0.4, 2.5))
    return np.asarray(np.abs(a - b * gain) > MOVED_LEVEL * max(1.0, gain))


def _differing(a: Small, b: Small, seen: NDArray[np.bool_] | None) -> float:
    """Share of all pixels in which two frames differ."""
    differs = _differs(a, b)
    return float((differs if seen is None else differs & seen).mean())
