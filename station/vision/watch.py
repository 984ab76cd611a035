"""Is there a box, and is it still? Runs on every preview frame: the cheapest code in the house.

It compares small frames of logarithms: with a remembered one (movement), with the empty platform (presence), and with
one kept at the start of a job (has the box shifted?). In logarithms a lamp that is switched, a sun that moves, a soft
shadow or a band of mains flicker adds something that changes slowly from place to place. The difference less its own
mean around each pixel is free of that; edges of a thing that came, went or moved stay. What moves too slowly (a bag
that settles, a hand that trembles) is found by how far the picture's edges have gone, to a tenth of a pixel.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points, Preview

Small = NDArray[np.float32]  # rows x 160, natural logarithm of the grey level
Mask = NDArray[np.bool_]  # the same shape; True where a pixel counts

WIDTH_PX = 160  # of a small frame: four preview pixels to one
# The constant keeps the sensor's noise at level 0 from becoming infinite.
LIFT_LEVEL = 2.0
LOG = np.log(np.arange(256, dtype=np.float32) + LIFT_LEVEL)
PER_LEVEL = np.exp(-LOG)  # what one grey level is in logarithms
CLIPPED_LEVEL = 245  # a clipped pixel does not follow the light
AROUND_PX = (9, 9)  # light is even over this; fingers and edges are narrower
SHARP_PX = (5, 5)  # a box's edge is sharp, a shadow's is not
TILES = (16, 10)  # across, down: creeping is judged in each

MOVED_LOG, SHARP_LOG = 0.06, 0.07  # 6 % of the light: a hand on board differs by 8 % or more along its outline
NOISE_TIMES = 4.5  # deviations of the sensor's noise; of 19,200 pixels none exceeds that by chance
LEAST_NOISE, MOST_NOISE = 0.8, 5.0  # levels in a small frame: rounding alone; a dim room's amplified picture
MEDIAN_TO_DEVIATION = 1.48
NOISE_SINKS, NOISE_RISES = 0.3, 0.05  # of the way in one frame
# Where the light changes, dark and bright things do not change by quite the same factor (black level, gamma, clipping).
OF_LIGHT, MOST_OF_LIGHT = 0.5, 0.25
LIGHT_LOG = 0.03  # a change of the whole picture by more is the lamp or the camera's exposure
# A hand's finger in the frame covers about 40 of 14,400 pixels.
MOVED_SHARE = 0.002
# The rim of a tool that has lost some steps is seen beside where it is hidden (33 pixels for 16 mm); an arm is larger.
MOVED_BY_TOOL_SHARE = 0.006
# A box of 60 x 60 mm has an outline of 64 small pixels, and two or three pixels differ across it.
PRESENT_SHARE = 0.004
# Shifted by a millimetre, a box's edges and print already differ in more than this share.
SHIFTED_SHARE = 0.01
CREPT_PX, CREPT_TILES = 0.07, 2  # 0.3 preview pixels: 1.5 mm/s in a fifth of a second
SURE_TIMES = 5.0  # deviations of a tile's estimate
RINGS_S = 0.1  # what a movement leaves below its threshold is not to be found once the noise has sunk
ANCHOR_S = 1.5  # what goes slower than CREPT_PX in this time is the sun
LEARN_S, LEARN_AFTER_S = 4.0, 1.5  # dust and sun are learnt at this pace once nothing has moved for so long
DARK_LEVEL = 12.0
FROZEN_STEP_PX = 16  # every 16th row tells two noises apart


@dataclass(frozen=True)
class Sight:
    """What one preview frame tells. `still_s` is how long nothing has moved."""

    present: bool
    moving: bool
    still_s: float
    dark: bool
    frozen_s: float


@dataclass
class _Frame:
    """A small frame: its levels (uint8) and their logarithms."""

    levels: Grey
    log: Small


class Watch:
    """Follows the platform from frame to frame. `learn_empty` must have seen the empty platform first."""

    def __init__(self) -> None:
        self._empty: Small | None = None
        self._anchor: Small | None = None
        self._kept: Small | None = None
        self._rows: Grey | None = None
        self._noise, self._measured = MOST_NOISE, False  # levels, of the difference of two frames
        self._light = 0.0  # log, of the anchor as compared with this frame
        self._before_s = 0.0
        self._moved_at_s = 0.0
        self._new_at_s = 0.0

    def learn_empty(self, preview: Preview) -> None:
        """Take this frame for the platform without a box."""
        self._empty = _small(preview.grey).log

    def keep(self, preview: Preview) -> None:
        """Remember how a job found the box, for `shifted`."""
        self._kept = _small(preview.grey).log

    def shifted(self, preview: Preview, hidden: Sequence[Points] = ()) -> bool:
        """Does the box lie otherwise than at `keep`? `hidden` (polygons, preview px) is left out: ink, tool."""
        if self._kept is None:
            return False
        frame, seen = _small(preview.grey), _seen(preview.grey, hidden)
        return float(self._changed(frame, self._kept, seen, AROUND_PX, MOVED_LOG).mean()) > SHIFTED_SHARE

    def reached_into(self, preview: Preview, hidden: Sequence[Points] = ()) -> bool:
        """Does something reach in over the edge of the picture that was not there at `keep`: an arm that rests?"""
        if self._kept is None:
            return False
        frame, seen = _small(preview.grey), _seen(preview.grey, hidden)
        edges = self._changed(frame, self._kept, seen, AROUND_PX, MOVED_LOG)
        whole = _otherwise(frame, self._kept, self._noise) | edges
        shown = (whole if seen is None else whole & seen).astype(np.uint8)
        _, parts, stats, _ = cv2.connectedComponentsWithStats(shown)
        left, top, width, height, area = stats[1:].T
        at_edge = (left == 0) | (top == 0) | (left + width == shown.shape[1]) | (top + height == shown.shape[0])
        sharp = np.bincount(parts[edges], minlength=len(stats))[1:]  # light has no edges of its own
        least = MOVED_SHARE * shown.size
        return bool((at_edge & (area >= least) & (sharp >= least)).any())

    def update(self, preview: Preview, hidden: Sequence[Points] = (), felt: bool = False) -> Sight:
        """Compare a new frame with what is remembered.

        `hidden` (polygons, preview px) is where the tool is; `felt` says that the distance sensor feels a box, so that
        one which is hardly seen is not learnt as a part of the platform.
        """
        frame, seen = _small(preview.grey), _seen(preview.grey, hidden)
        moving = self._moved(frame, seen)
        present = self._empty is not None and self._stands(frame, self._empty, seen)
        self._note_times(preview, moving)
        still_s = preview.time_s - self._moved_at_s
        passed_s = preview.time_s - self._before_s
        self._follow(frame.log, passed_s, afresh=still_s < RINGS_S or seen is not None)
        if not (present or felt or hidden) and still_s >= LEARN_AFTER_S:
            self._learn(frame.log, passed_s)
        self._before_s = preview.time_s
        dark = cv2.mean(frame.levels)[0] < DARK_LEVEL
        return Sight(present, moving, still_s, dark, preview.time_s - self._new_at_s)

    def outline(self, preview: Preview) -> Points | None:
        """The box's silhouette, as a rectangle (4 x 2, preview px): what differs from the empty platform."""
        if self._empty is None:
            return None
        differs = _otherwise(_small(preview.grey), self._empty, self._noise).astype(np.uint8)
        closed = cv2.morphologyEx(differs, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        shapes, _ = cv2.findContours(closed, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        largest = max(shapes, key=cv2.contourArea, default=None)
        if largest is None:
            return None
        corners: Points = np.asarray(cv2.boxPoints(cv2.minAreaRect(largest)), float)
        return np.asarray(corners * (preview.grey.shape[1] / WIDTH_PX), float)

    # -- pieces

    def _moved(self, frame: _Frame, seen: Mask | None) -> bool:
        """Has anything but the light moved since the anchor?"""
        if self._anchor is None:
            return False
        differs, self._light = _apart(frame.log, self._anchor, seen, AROUND_PX)
        self._measure_noise(differs, frame.levels)
        changed = _over(differs, frame.levels, self._noise, MOVED_LOG + _allowed(self._light))
        share = MOVED_SHARE if seen is None else MOVED_BY_TOOL_SHARE
        if np.count_nonzero(changed if seen is None else changed & seen) > share * changed.size:
            return True
        return seen is None and abs(self._light) < LIGHT_LOG and self._crept(frame, differs)

    def _crept(self, frame: _Frame, differs: Small) -> bool:
        """Have the edges of some tiles gone a way, each too little to be seen at any one pixel?"""
        noise_log = self._noise / (_in_tiles(frame.levels.astype(np.float32)) + LIFT_LEVEL)
        went = np.zeros(TILES[::-1], bool)
        for across, down in ((1, 0), (0, 1)):
            slope = cv2.Sobel(frame.log, cv2.CV_32F, across, down, ksize=3, scale=1 / 8)
            steep = _in_tiles(slope * slope) + 1e-9
            way_px = np.abs(_in_tiles(slope * differs)) / steep
            pixels = frame.log.size / went.size
            went |= (way_px > CREPT_PX) & (way_px * np.sqrt(steep * pixels) > SURE_TIMES * noise_log)
        return int(went.sum()) >= CREPT_TILES

    def _stands(self, frame: _Frame, empty: Small, seen: Mask | None) -> bool:
        """Are there sharp edges that the empty platform does not have?"""
        return float(self._changed(frame, empty, seen, SHARP_PX, SHARP_LOG).mean()) > PRESENT_SHARE

    def _changed(
        self, frame: _Frame, before: Small, seen: Mask | None, around_px: tuple[int, int], least_log: float
    ) -> Mask:
        """Where a frame differs from an earlier one by more than noise and light explain."""
        differs, light = _apart(frame.log, before, seen, around_px)
        changed = _over(differs, frame.levels, self._noise, least_log + _allowed(light))
        return changed if seen is None else changed & seen

    def _measure_noise(self, differs: Small, levels: Grey) -> None:
        """Follow the sensor's noise: half of the picture is still at nearly any time."""
        noise = (np.abs(differs[1::5, 1::5]) * (levels[1::5, 1::5] + LIFT_LEVEL)).ravel()
        now = min(max(float(np.median(noise)) * MEDIAN_TO_DEVIATION, LEAST_NOISE), MOST_NOISE)
        pace = 1.0 if not self._measured else NOISE_SINKS if now < self._noise else NOISE_RISES
        self._noise += pace * (now - self._noise)
        self._measured = True

    def _follow(self, log: Small, passed_s: float, *, afresh: bool) -> None:
        """Let the anchor follow what is slower than any creeping; after movement or other light take a new one."""
        if self._anchor is None or afresh or abs(self._light) > LIGHT_LOG:
            self._anchor = log
        else:
            cv2.accumulateWeighted(log, self._anchor, min(1.0, passed_s / ANCHOR_S))

    def _learn(self, log: Small, passed_s: float) -> None:
        """The empty platform gets dirty, and the sun moves."""
        if self._empty is not None:
            cv2.accumulateWeighted(log, self._empty, min(1.0, passed_s / LEARN_S))

    def _note_times(self, preview: Preview, moving: bool) -> None:
        if moving or self._anchor is None:
            self._moved_at_s = preview.time_s
        # A live sensor never gives the same noise twice: equal frames come from a camera that hangs.
        rows = preview.grey[::FROZEN_STEP_PX]
        if self._rows is None or not np.array_equal(self._rows, rows):
            self._new_at_s = preview.time_s
            self._rows = rows.copy()


def _small(grey: Grey) -> _Frame:
    """Halved twice: OpenCV does that seven times faster than one step of four."""
    rows = grey.shape[0] * WIDTH_PX // grey.shape[1]
    half = cv2.resize(grey, (2 * WIDTH_PX, 2 * rows), interpolation=cv2.INTER_AREA)
    levels = np.asarray(cv2.resize(half, (WIDTH_PX, rows), interpolation=cv2.INTER_AREA), np.uint8)
    return _Frame(levels, np.asarray(cv2.LUT(levels, LOG), np.float32))


def _seen(grey: Grey, hidden: Sequence[Points]) -> Mask | None:
    """True where a small frame counts; None when all of it does."""
    if not hidden:
        return None
    scale = WIDTH_PX / grey.shape[1]
    mask = np.zeros((grey.shape[0] * WIDTH_PX // grey.shape[1], WIDTH_PX), np.uint8)
    for polygon in hidden:
        cv2.fillPoly(mask, [np.round(polygon * scale).astype(np.int32)], 1)
    return np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8)) == 0)


def _apart(a: Small, b: Small, seen: Mask | None, around_px: tuple[int, int]) -> tuple[Small, float]:
    """How two frames differ beyond their light: the difference less its mean around, and the median of it."""
    differs = cv2.subtract(a, b)
    some = differs[2::5, 2::5]
    shown = some if seen is None else some[seen[2::5, 2::5]]
    light = float(np.median(shown)) if shown.size else 0.0
    if seen is None:
        around = cv2.blur(differs, around_px)
    else:  # what is hidden has no say in what is beside it
        counts = seen.astype(np.float32)
        around = cv2.blur(differs * counts, around_px) / np.maximum(cv2.blur(counts, around_px), 0.01)
    apart: Small = np.asarray(cv2.subtract(differs, around), np.float32)
    if seen is None:
        apart -= cv2.reduce(apart, 1, cv2.REDUCE_AVG)  # a rolling shutter makes mains light flicker row by row
    return apart, light


def _over(differs: Small, levels: Grey, noise: float, least_log: float) -> Mask:
    """Where a difference is larger than noise and `least_log`; nowhere in what is clipped."""
    limits = np.maximum(np.float32(NOISE_TIMES * noise) * PER_LEVEL, np.float32(least_log))
    limits[CLIPPED_LEVEL:] = np.inf
    return np.asarray(np.abs(differs) > cv2.LUT(levels, limits))


def _allowed(light: float) -> float:
    """What a change of light may change from place to place."""
    return min(OF_LIGHT * abs(light), MOST_OF_LIGHT)


def _otherwise(frame: _Frame, before: Small, noise: float) -> Mask:
    """Where a frame differs from an earlier one by more than their common factor: whole areas, not edges."""
    differs = frame.log - before
    differs -= np.float32(np.median(differs))
    return _over(differs, frame.levels, noise, 0.12)


def _in_tiles(values: Small) -> Small:
    """The mean of each tile."""
    return np.asarray(cv2.resize(values, TILES, interpolation=cv2.INTER_AREA), np.float32)
