"""The adversary: told where personal data was, can anything of it still be read on a fresh photo?

Silence of a reader proves nothing, so a place is clean only if it is covered (or its print has gone), if no structure
at the scale of print is left in it, and if no reader reads it, whatever is done to the picture before.
"""

from collections.abc import Sequence

import cv2
import numpy as np

from hardware.camera.frames import Bgr, Points
from station.vision.attacks import decodes, turned, views_of_text
from station.vision.contrast import Remains, remains
from station.vision.patch import Patch, cut, outside_share
from station.vision.seen import Answer, Place, PlaceVerdict, Verdict
from station.vision.sight import GLARE_SHARE, blurred, glare_share, too_dark
from station.vision.text import Reading, TextReader

_AROUND_MM = 3.0  # cut out with the place: quiet zones of codes, and something to compare with
_NEAR_MM = 15.0  # as far as the light and the sharpness of a place are taken from its surroundings
_READ_MARGIN_MM = 0.4  # a line reads better with some room around
_OUT_SHARE = 0.02
_BARE_SHARE = 0.004  # a gap of 0.1 mm along a line of 3 mm is 3 %; this is one lost dot of ink in 250
_GONE_SHARE = 0.97  # less ink than this is no ink: the label has been torn off, or nobody was here
_CONTRAST = 7.0  # of 255; ink's own texture makes 5, print under 97 % opacity 8
_STREAKS = 5.0  # of 255 after averaging; residual bars of 10 were decoded that way, of 5 not
_MARKS_SHARE = 0.01
_CHARACTERS = 3
_SURE = 0.6


class Judge:
    """Looks at places with every reader; `threads` is for the networks."""

    def __init__(self, threads: int = 1) -> None:
        self._reader = TextReader(threads)

    def judge(self, bgr: Bgr, places: Sequence[Place], px_per_mm: float) -> Verdict:
        """The answer on every place of a photo (H x W x 3). Polygons are pixels of that photo."""
        if too_dark(bgr):
            return Verdict(tuple(_verdict(place, "unseen", "the photo is too dark") for place in places))
        return Verdict(tuple(self._judge(bgr, place, px_per_mm) for place in places))

    def _judge(self, bgr: Bgr, place: Place, px_per_mm: float) -> PlaceVerdict:
        if outside_share(place.polygon, bgr.shape[1], bgr.shape[0]) > _OUT_SHARE:
            return _verdict(place, "unseen", "the place is out of the picture")
        near = _near(bgr, place.polygon, px_per_mm)
        if blurred(near, px_per_mm):
            return _verdict(place, "unseen", "the photo is blurred there")
        patch = cut(bgr, place.polygon, px_per_mm, _AROUND_MM)
        left = remains(patch, float(np.percentile(near, 95)))
        reason = _still_there(left) or self._read(patch, place)
        if reason:
            return _verdict(place, "readable", reason)
        if glare_share(patch) > GLARE_SHARE:
            return _verdict(place, "unseen", "glare over the place")
        return _verdict(place, "clean", f"no reader reads it and contrast is {left.contrast:.0f}/255")

    def _read(self, patch: Patch, place: Place) -> str:
        """What a reader gets out of the place, in words that do not say it; empty for nothing."""
        if place.symbology and decodes(patch.bgr, patch.px_per_mm):
            return "a code there still decodes"
        if place.symbology:
            return ""
        count = max((_characters(reading) for reading in self._readings(patch)), default=0)
        return f"a reader still reads {count} characters" if count >= _CHARACTERS else ""

    def _readings(self, patch: Patch) -> list[Reading]:
        line = patch.tight(_READ_MARGIN_MM)
        return self._reader.read([one for view in views_of_text(line, patch.px_per_mm) for one in turned(view)])


def _still_there(left: Remains) -> str:
    """What the measures alone say is left, in words; empty for nothing."""
    if left.bare > _GONE_SHARE:
        return "print is left there" if left.marks > _MARKS_SHARE else ""
    if left.bare > _BARE_SHARE:
        return f"{max(1, round(100 * left.bare))} % of the place is bare"
    if left.contrast > _CONTRAST or left.streaks > _STREAKS:
        return f"print shows through: contrast is {max(left.contrast, left.streaks):.0f}/255"
    return ""


def _characters(reading: Reading) -> int:
    """How many letters, digits and signs a reader is sure of."""
    return sum(one.isalnum() for one in reading.text) if reading.confidence >= _SURE else 0


def _near(bgr: Bgr, polygon: Points, px_per_mm: float) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """The grey photo around a place."""
    grow = round(_NEAR_MM * px_per_mm)
    (left, top), (right, bottom) = np.floor(polygon.min(axis=0)).astype(int), np.ceil(polygon.max(axis=0)).astype(int)
    part = bgr[max(0, top - grow) : bottom + grow, max(0, left - grow) : right + grow]
    return np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), np.uint8)


def _verdict(place: Place, answer: Answer, why: str) -> PlaceVerdict:
    return PlaceVerdict(place, answer, why)
