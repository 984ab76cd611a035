"""The camera model: where a point at a known height above the platform is seen, and back.

The platform frame: the millimetres that the axes count. Origin at the corner of the platform that the picture shows
upper left, x to the right and y down as in the picture, z up from the platform's surface. The camera looks straight
down but for a small turn. Without axes, or before they have drawn, they are the millimetres of the calibration sheet.
"""

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Points

Heights = float | NDArray[np.float64]  # one for all points, or one for each (N)


@dataclass(frozen=True)
class Lens:
    """A pinhole with OpenCV's five distortion coefficients, `camera_height_mm` above the platform.

    `focal_px` and `centre_px` belong to a picture of `size_px` (width, height); `scaled` gives the model of the
    same view at another size. `above_mm` is the platform point under the camera, `turned` the rotation vector (rad)
    from a camera that looks straight down to this one. Axes are never quite square, to scale and upright: `axes` is
    what a step of one sheet millimetre in x and in y (columns) measures on them, `lean` how far they have to go
    sideways for each millimetre up.
    """

    size_px: tuple[int, int] = (4608, 2592)
    focal_px: float = 3552.0
    centre_px: tuple[float, float] = (2304.0, 1296.0)
    camera_height_mm: float = 480.0
    above_mm: tuple[float, float] = (200.0, 150.0)
    distortion: tuple[float, ...] = field(default=(0.0, 0.0, 0.0, 0.0, 0.0))
    turned: tuple[float, float, float] = (0.0, 0.0, 0.0)
    axes: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.0), (0.0, 1.0))
    lean: tuple[float, float] = (0.0, 0.0)

    def scaled(self, width_px: int) -> "Lens":
        """The same view in a picture `width_px` wide."""
        k = width_px / self.size_px[0]
        size = (width_px, round(self.size_px[1] * k))
        centre = (self.centre_px[0] * k, self.centre_px[1] * k)
        return replace(self, size_px=size, focal_px=self.focal_px * k, centre_px=centre)

    def px_per_mm(self, height_mm: float) -> float:
        """Scale in the middle of the picture, at a height above the platform."""
        return self.focal_px / (self.camera_height_mm - height_mm)

    def to_pixels(self, points_mm: Points, height_mm: Heights) -> Points:
        """Platform points (N x 2, mm) at `height_mm` -> picture points (N x 2, px)."""
        away = np.asarray(points_mm, float).reshape(-1, 2) - self._under_mm(height_mm)
        depth = np.broadcast_to(self.camera_height_mm - np.asarray(height_mm), len(away))
        seen, _ = cv2.projectPoints(
            np.column_stack([away @ np.linalg.inv(self.axes).T, depth]),
            np.array(self.turned),
            np.zeros(3),
            self.matrix(),
            np.array(self.distortion),
        )
        return np.asarray(seen, float).reshape(-1, 2)

    def to_platform(self, points_px: Points, height_mm: Heights) -> Points:
        """Picture points (N x 2, px) -> platform points (N x 2, mm) at `height_mm`."""
        depth_mm = self.camera_height_mm - np.asarray(height_mm).reshape(-1, 1)
        flat: Points = self.slopes(points_px) * depth_mm @ np.array(self.axes).T + self._under_mm(height_mm)
        return flat

    def slopes(self, points_px: Points) -> Points:
        """How far (N x 2) the rays of picture points go sideways for each millimetre down, in the sheet's frame."""
        pixels = np.asarray(points_px, float).reshape(-1, 1, 2)
        rays = cv2.undistortPoints(pixels, self.matrix(), np.array(self.distortion)).reshape(-1, 2)
        turn = cv2.Rodrigues(np.array(self.turned))[0]
        down = np.column_stack([rays, np.ones(len(rays))]) @ turn
        slopes: Points = down[:, :2] / down[:, 2:]
        return slopes

    def matrix(self) -> Points:
        """The 3 x 3 camera matrix."""
        (cx, cy), f = self.centre_px, self.focal_px
        return np.array([[f, 0.0, cx], [0.0, f, cy], [0.0, 0.0, 1.0]])

    def _under_mm(self, height_mm: Heights) -> Points:
        """The place under the camera (1 x 2 or N x 2), where the axes count it at a height."""
        under: Points = np.asarray(self.above_mm) + np.asarray(height_mm).reshape(-1, 1) * np.asarray(self.lean)
        return under
