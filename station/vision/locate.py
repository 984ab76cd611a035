"""Where the labels are on a photograph: the network looks from afar, then at each label from near."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey, Points
from station.vision.edges import refined
from station.vision.framed import SAME_PLACE, candidates, shared, surest, union_share
from station.vision.maps import AREA_PX, Maps
from station.vision.outline import outlined
from station.vision.seen import Candidate

Matrix = NDArray[np.float64]  # 2 x 3

SURE = 0.5  # labels of less confidence are not given; chosen on tuning seeds
_CLOSER = 2.5  # of the network's area: how much larger the frame is on which small labels are looked for
_SMALL = 0.25  # of the frame: larger ones are not seen as wholes there
_WORTH_A_LOOK = 0.12  # confidence of what is looked at again from near
_NEAR_SIZES_PX = ((320, 192), (288, 224), (256, 256), (224, 288), (192, 320))  # width, height: as in training
_NEAR_FILLS = 0.68  # of such a frame, along its tighter side
_MOST_LOOKS = 2  # from near: the second where the first moved the quad much
_MOVED = 0.8  # intersection over union of two looks that agree
_UNCONFIRMED = 0.5  # of its confidence, for a label that is not seen from near
_FINE_PX = 1536  # long side of the frame on which edges are refined: 4608 / 3, a whole number of pixels each


class Locator:
    """Finds labels of any direction on photographs of any size."""

    def __init__(self, maps: Maps | None = None) -> None:
        self._maps = maps or Maps()

    def locate(self, bgr: Bgr) -> list[Candidate]:
        """Labels on a photo (H x W x 3), the surest first: looked for at two scales, then at each from near."""
        fine, scale = fine_frame(bgr)
        size_px = (max(1, fine.shape[1] // 2), max(1, fine.shape[0] // 2))
        half = np.asarray(cv2.resize(fine, size_px, interpolation=cv2.INTER_AREA), np.uint8)
        small = [one for one in self.glance(half, _CLOSER) if _area(one.quad) < _SMALL * half.size]
        rough = [Candidate(2 * one.quad, one.confidence) for one in surest(self.glance(half) + small)]
        near = [seen for one in rough if one.confidence >= _WORTH_A_LOOK for seen in self._nearer(half, fine, one)]
        labels = [one for one in surest(near) if one.confidence >= SURE]
        limits = np.array([bgr.shape[1], bgr.shape[0]], float)
        return [Candidate(np.clip(one.quad * scale, 0.0, limits), one.confidence) for one in labels]

    def glance(self, grey: Grey, share: float = 1.0) -> list[Candidate]:
        """Labels on a frame (rows x columns) at one look, as on every preview; `share` is of the network's own area."""
        return candidates(self._maps.of(grey, round(share * AREA_PX)))

    def _nearer(self, half: Grey, fine: Grey, rough: Candidate) -> list[Candidate]:
        """What the network sees of a label, or of two, when it nearly fills the frame; `half` is half of `fine`."""
        quad = rough.quad
        for _ in range(_MOST_LOOKS):
            near = _near_frame(half, quad / 2)
            seen = self._maps.of(near.grey, near.grey.size)
            found = [Candidate(2 * near.back(outlined(seen, one.quad)), one.confidence) for one in candidates(seen)]
            there = [one for one in found if shared(one.quad, quad) > SAME_PLACE]
            if not there:
                return [Candidate(rough.quad, _UNCONFIRMED * rough.confidence)]
            best = max(there, key=lambda one: one.confidence * union_share(one.quad, quad))
            moved = union_share(best.quad, quad) < _MOVED
            quad = best.quad
            if not moved:
                break
        return [Candidate(refined(fine, one.quad, 2 * near.px), one.confidence) for one in there]


def _area(quad: Points) -> float:
    return float(cv2.contourArea(quad.astype(np.float32)))


def fine_frame(bgr: Bgr) -> tuple[Grey, float]:
    """A photo in grey at most about `_FINE_PX` wide, and how much smaller it is: whole pixels are averaged, fast."""
    factor = max(1, round(max(bgr.shape[:2]) / _FINE_PX))
    rows, columns = (side // factor for side in bgr.shape[:2])
    # Grey first: averaging one channel of all pixels takes half as long as averaging three.
    grey = cv2.cvtColor(bgr[: rows * factor, : columns * factor], cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA) if factor > 1 else grey
    return np.asarray(small, np.uint8), float(factor)


@dataclass(frozen=True, eq=False)
class _Near:
    """A label nearly filling a frame: the frame, and what takes px of the larger one it was cut from to its own."""

    grey: Grey
    to_near: Matrix

    @property
    def px(self) -> float:
        """The size of its px in the larger frame."""
        return 1 / float(np.linalg.norm(self.to_near[:, 0]))

    def back(self, points: Points) -> Points:
        """Its points (N x 2) in the larger frame."""
        matrix = cv2.invertAffineTransform(self.to_near)
        return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float64)


def _near_frame(grey: Grey, quad: Points) -> _Near:
    """What lies around a quad, turned by less than 45 degrees so that its sides are the frame's."""
    centre, (wide, high), angle_deg = cv2.minAreaRect(quad.astype(np.float32))
    if angle_deg > 45:
        wide, high, angle_deg = high, wide, angle_deg - 90
    wide, high = max(wide, 1.0), max(high, 1.0)
    size_px = min(_NEAR_SIZES_PX, key=lambda size: abs(np.log(size[0] / size[1] * high / wide)))
    scale = _NEAR_FILLS * min(size_px[0] / wide, size_px[1] / high)
    to_near = np.asarray(cv2.getRotationMatrix2D(centre, angle_deg, scale), np.float64)
    to_near[:, 2] += np.array(size_px) / 2 - centre
    middles = to_near.copy()  # a pixel's index is its left edge here, its middle to OpenCV
    middles[:, 2] += to_near[:, :2].sum(1) / 2 - 0.5
    near = cv2.warpAffine(grey, middles, size_px, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    return _Near(np.asarray(near, np.uint8), to_near)
