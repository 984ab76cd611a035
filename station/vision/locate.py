"""Where the labels are on a photograph: the network looks from afar, then at each label from near."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points
from station.vision.edges import refined
from station.vision.framed import SAME_PLACE, alone, candidates, shared, surest, union_share
from station.vision.maps import AREA_PX, Maps, resized
from station.vision.outline import outlined
from station.vision.rectify import Picture
from station.vision.seen import Candidate

Matrix = NDArray[np.float64]  # 2 x 3

SURE = 0.5  # labels of less confidence are not given; chosen on tuning seeds
_CLOSER = 2.5  # of the network's area: how much larger the frame is on which small labels are looked for
_SMALL = 0.25  # of the frame: larger ones are not seen as wholes there
_WORTH_A_LOOK = 0.12  # confidence of what is looked at again from near
_NEAR_SIZES_PX = ((320, 192), (288, 224), (256, 256), (224, 288), (192, 320))  # width, height: as in training
_NEAR_FILLS = 0.56  # of such a frame, along its tighter side: a blank tail that was not seen yet has room beside it
_MOST_LOOKS = 8  # from near, on a photo
_STAYS = 0.8  # intersection over union of two looks that agree
_SAME_LOOK = 0.9  # likewise, of two quads that look the same from near
_FINE_PX = 1536  # long side of the frame on which edges are refined: 4608 / 3, a whole number of pixels each


class Locator:
    """Finds labels of any direction on photographs of any size."""

    def __init__(self, maps: Maps | None = None) -> None:
        self._maps = maps or Maps()

    def locate(self, photo: Picture) -> list[Candidate]:
        """Labels on a photo, the surest first: looked for at two scales, then at each from near."""
        fine, scale = fine_frame(photo)
        half = resized(fine, (max(1, fine.shape[1] // 2), max(1, fine.shape[0] // 2)))
        small = [one for one in self.glance(half, _CLOSER) if _area(one.quad) < _SMALL * half.size]
        near = [one for one in self.nearer(half, self.glance(half) + small) if one.confidence >= SURE]
        labels = [Candidate(refined(fine, 2 * one.quad, 2 / _view(one.quad).scale), one.confidence) for one in near]
        limits = np.array([photo.shape[1], photo.shape[0]], float)
        return [Candidate(np.clip(one.quad * scale, 0.0, limits), one.confidence) for one in labels]

    def glance(self, grey: Grey, share: float = 1.0) -> list[Candidate]:
        """Labels on a frame (rows x columns) at one look, as on every preview; `share` is of the network's own area."""
        return candidates(self._maps.of(grey, round(share * AREA_PX)))

    def nearer(self, grey: Grey, rough: list[Candidate]) -> list[Candidate]:
        """Labels of a frame as they are seen from near, given rough ones (px of that frame).

        What a look shows is looked at in its turn, the surest first, until it is where it was before: so two labels
        drawn as one come apart, a short one gets its blank tail, and one drawn askew comes straight.
        """
        waiting, looked, settled, seen = list(rough), list[Points](), list[Candidate](), list[Candidate]()
        while waiting and len(looked) < _MOST_LOOKS:
            one = waiting.pop(int(np.argmax([each.confidence for each in waiting])))
            if one.confidence < _WORTH_A_LOOK:
                break
            again = any(union_share(one.quad, other) > _SAME_LOOK for other in looked)
            if again or not alone(one.quad, (each.quad for each in settled)):
                continue
            looked.append(one.quad)
            found = self._near(grey, one.quad)
            seen += [each for each in found if shared(each.quad, one.quad) > SAME_PLACE]
            settled += [each for each in found if each.confidence >= SURE and union_share(each.quad, one.quad) > _STAYS]
            waiting += found
        settled = surest(settled)
        return settled + [one for one in surest(seen) if alone(one.quad, (each.quad for each in settled))]

    def _near(self, grey: Grey, quad: Points) -> list[Candidate]:
        """What the network sees when a quad takes the middle of the frame, in px of `grey`."""
        view = _view(quad)
        seen = self._maps.of(view.of(grey), view.size_px[0] * view.size_px[1])
        return [Candidate(view.back(outlined(seen, one.quad)), one.confidence) for one in candidates(seen)]


def _area(quad: Points) -> float:
    return float(cv2.contourArea(quad.astype(np.float32)))


def fine_frame(photo: Picture) -> tuple[Grey, float]:
    """A photo in grey at most about `_FINE_PX` wide, and how much smaller it is: whole pixels are averaged.

    Anything faster than the mean of all of them loses small print that stands outside of labels.
    """
    factor = max(1, round(max(photo.shape[:2]) / _FINE_PX))
    rows, columns = (side // factor for side in photo.shape[:2])
    whole = photo[: rows * factor, : columns * factor]
    # Grey first: averaging one channel of all pixels takes half as long as averaging three.
    grey = whole if whole.ndim == 2 else cv2.cvtColor(whole, cv2.COLOR_BGR2GRAY)
    small = cv2.resize(grey, (columns, rows), interpolation=cv2.INTER_AREA) if factor > 1 else grey
    return np.asarray(small, np.uint8), float(factor)


@dataclass(frozen=True, eq=False)
class _View:
    """A view from near: its size, what takes px of the larger frame to its own, and how much larger it shows things."""

    size_px: tuple[int, int]
    to_view: Matrix
    scale: float

    def of(self, grey: Grey) -> Grey:
        """The view, cut out of the larger frame."""
        middles = self.to_view.copy()  # a pixel's index is its left edge here, its middle to OpenCV
        middles[:, 2] += self.to_view[:, :2].sum(1) / 2 - 0.5
        near = cv2.warpAffine(grey, middles, self.size_px, flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(near, np.uint8)

    def back(self, points: Points) -> Points:
        """Its points (N x 2) in the larger frame."""
        matrix = cv2.invertAffineTransform(self.to_view)
        return np.asarray(points @ matrix[:, :2].T + matrix[:, 2], np.float64)


def _view(quad: Points) -> _View:
    """What lies around a quad, turned by less than 45 degrees so that its sides are the frame's."""
    centre, (wide, high), angle_deg = cv2.minAreaRect(quad.astype(np.float32))
    if angle_deg > 45:
        wide, high, angle_deg = high, wide, angle_deg - 90
    wide, high = max(wide, 1.0), max(high, 1.0)
    size_px = min(_NEAR_SIZES_PX, key=lambda size: abs(np.log(size[0] / size[1] * high / wide)))
    scale = _NEAR_FILLS * min(size_px[0] / wide, size_px[1] / high)
    to_view = np.asarray(cv2.getRotationMatrix2D(centre, angle_deg, scale), np.float64)
    to_view[:, 2] += np.array(size_px) / 2 - centre
    return _View(size_px, to_view, scale)
