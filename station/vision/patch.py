"""One place cut out of a photo: turned upright, with what surrounds it, and the masks that go with it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey, Points

Mask = NDArray[np.bool_]  # H x W


@dataclass(frozen=True)
class Patch:
    """A place with its long side across. `inside` (H x W) is the place itself; the rest is what surrounds it.
    `polygon` (N x 2 px of the patch) is its outline, in the order in which it was given."""

    bgr: Bgr
    inside: Mask
    px_per_mm: float
    polygon: Points

    @property
    def grey(self) -> Grey:
        """H x W, 0 to 255."""
        return np.asarray(cv2.cvtColor(self.bgr, cv2.COLOR_BGR2GRAY), np.uint8)

    @property
    def height_mm(self) -> float:
        """The place's shorter side."""
        return float(self.inside.any(axis=1).sum()) / self.px_per_mm

    def tight(self, margin_mm: float) -> Bgr:
        """The place's own rectangle grown by `margin_mm`."""
        rows, columns = np.where(self.inside.any(axis=1))[0], np.where(self.inside.any(axis=0))[0]
        grow = round(margin_mm * self.px_per_mm)
        top, left = max(0, int(rows[0]) - grow), max(0, int(columns[0]) - grow)
        return self.bgr[top : int(rows[-1]) + 1 + grow, left : int(columns[-1]) + 1 + grow]


def outside_share(polygon: Points, width_px: int, height_px: int) -> float:
    """The share (0 to 1) of `polygon`'s area that lies outside a picture of that size."""
    frame = np.array([[0, 0], [width_px, 0], [width_px, height_px], [0, height_px]], np.float32)
    hull = cv2.convexHull(polygon.astype(np.float32))
    area = cv2.contourArea(hull)
    if area < 1.0:
        return 1.0
    shared, _ = cv2.intersectConvexConvex(hull, frame)
    return 1.0 - float(shared) / area


def cut(bgr: Bgr, polygon: Points, px_per_mm: float, around_mm: float) -> Patch:
    """The patch of `polygon` (N x 2 px) with `around_mm` on every side; beyond the picture's edge it repeats."""
    corners, width, height = _upright(polygon)
    grow = around_mm * px_per_mm
    columns, rows = max(4, round(width + 2 * grow)), max(4, round(height + 2 * grow))
    target = np.array([[grow, grow], [grow + width, grow], [grow + width, grow + height]], np.float32)
    matrix = cv2.getAffineTransform(corners[:3].astype(np.float32), target)
    picture = cv2.warpAffine(bgr, matrix, (columns, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    moved = cv2.transform(polygon.reshape(1, -1, 2).astype(np.float32), matrix)
    inside = cv2.fillPoly(np.zeros((rows, columns), np.uint8), [np.round(moved[0]).astype(np.int32)], 1)
    return Patch(np.asarray(picture, np.uint8), inside > 0, px_per_mm, np.asarray(moved[0], np.float64))


def _upright(polygon: Points) -> tuple[Points, float, float]:
    """The least rectangle around `polygon`, its long side first: corners clockwise, width and height in px."""
    box = cv2.boxPoints(cv2.minAreaRect(polygon.astype(np.float32))).astype(np.float64)
    sides = np.linalg.norm(np.roll(box, -1, axis=0) - box, axis=1)
    if sides[0] < sides[1]:
        box, sides = np.roll(box, -1, axis=0), np.roll(sides, -1)
    first = box[1] - box[0]
    if first[0] < 0 or (abs(first[0]) < 1e-9 and first[1] < 0):
        box = np.roll(box, -2, axis=0)
    return box, float(sides[0]), float(sides[1])
