"""From the quad of a label on a photo to an upright picture of it at a fixed scale, and back."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Points

Matrix = NDArray[np.float64]  # 3 x 3
Picture = NDArray[np.uint8]  # H x W in grey, or H x W x 3

# Width x height in mm: GB/T 41833-2022 and the couriers' own formats; 102 x 152 and 102 x 203 are 4 x 6 and 4 x 8 in.
FORMATS_MM = (
    (76.0, 130.0),
    (100.0, 100.0),
    (100.0, 110.0),
    (102.0, 152.0),
    (100.0, 180.0),
    (102.0, 203.0),
    (105.0, 148.0),
    (59.0, 191.0),
)
_OTHER_FORMAT = 0.08  # of the aspect: further away, the label has none of these formats
_OTHER_SIDE_MM = 110.0  # geometric mean of the sides of a label of unknown format
_TURNS = (cv2.ROTATE_90_COUNTERCLOCKWISE, cv2.ROTATE_180, cv2.ROTATE_90_CLOCKWISE)  # by one quarter and more


@dataclass(frozen=True)
class Upright:
    """A label as if it lay straight before the eye. `to_photo` takes its pixels to the photo's (3 x 3)."""

    picture: Picture
    to_photo: Matrix
    px_per_mm: float

    def on_photo(self, points: Points) -> Points:
        """Points (N x 2) of this picture in pixels of the photo."""
        return mapped(points, self.to_photo)

    @property
    def quad(self) -> Points:
        """The corners of this picture in pixels of the photo."""
        return self.on_photo(_corners(*self.picture.shape[1::-1]))

    def rolled(self, quarters: int) -> "Upright":
        """The same label turned so that its upper left corner is the one `quarters` further on clockwise."""
        corners = _corners(*self.picture.shape[1::-1])
        picture = np.asarray(cv2.rotate(self.picture, _TURNS[quarters - 1]), np.uint8) if quarters else self.picture
        turned = _corners(*picture.shape[1::-1])
        back = cv2.getPerspectiveTransform(turned.astype(np.float32), np.asarray(rolled(corners, quarters), np.float32))
        return Upright(picture, np.asarray(self.to_photo @ back, np.float64), self.px_per_mm)


def upright(photo: Picture, quad: Points, px_per_mm: float, size_mm: tuple[float, float]) -> Upright:
    """The label inside `quad` (4 x 2 px of the photo, from its upper left, clockwise), `size_mm` wide and high."""
    columns, rows = (max(1, round(side * px_per_mm)) for side in size_mm)
    to_photo = cv2.getPerspectiveTransform(_corners(columns, rows).astype(np.float32), quad.astype(np.float32))
    picture = cv2.warpPerspective(
        photo, to_photo, (columns, rows), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
    )
    return Upright(np.asarray(picture, np.uint8), np.asarray(to_photo, np.float64), px_per_mm)


def with_margin(quad: Points, size_mm: tuple[float, float], margin_mm: float) -> tuple[Points, tuple[float, float]]:
    """The quad and size of the label and `margin_mm` around it, in the label's own plane."""
    width, height = size_mm
    corners = _corners(width, height)
    plane = np.asarray(cv2.getPerspectiveTransform(corners.astype(np.float32), quad.astype(np.float32)), np.float64)
    outwards = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64) * margin_mm
    return mapped(corners + outwards, plane), (width + 2 * margin_mm, height + 2 * margin_mm)


def size_mm(quad: Points, px_per_mm: float | None = None) -> tuple[float, float]:
    """Width and height of the label in `quad`: measured, or without a scale those of the format nearest in shape."""
    width, height = sides_px(quad)
    if px_per_mm is not None:
        return width / px_per_mm, height / px_per_mm
    aspect = width / height
    formats = [*FORMATS_MM, *((high, wide) for wide, high in FORMATS_MM)]
    nearest = min(formats, key=lambda size: abs(np.log(size[0] / size[1] / aspect)))
    if abs(np.log(nearest[0] / nearest[1] / aspect)) <= _OTHER_FORMAT:
        return nearest
    return _OTHER_SIDE_MM * float(np.sqrt(aspect)), _OTHER_SIDE_MM / float(np.sqrt(aspect))


def sides_px(quad: Points) -> tuple[float, float]:
    """Mean width and mean height of a quad, at least 1 px."""
    sides = np.linalg.norm(np.roll(quad, -1, axis=0) - quad, axis=1)
    return max(1.0, float(sides[0] + sides[2]) / 2), max(1.0, float(sides[1] + sides[3]) / 2)


def _corners(width: float, height: float) -> Points:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def rolled(quad: Points, quarters: int) -> Points:
    """The same quad with its first corner moved on clockwise by `quarters`."""
    return np.roll(quad, -quarters, axis=0)


def mapped(points: Points, matrix: Matrix) -> Points:
    """Points (N x 2) through a homography."""
    return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2), matrix), np.float64).reshape(-1, 2)
