"""The camera model: where a point at a known height above the platform is seen, and back.

The platform frame: millimetres, origin at the corner of the platform that the picture shows upper left, x to the
right and y down as in the picture, z up from the platform's surface. The camera looks straight down.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np

from hardware.camera.frames import Points


@dataclass(frozen=True)
class Lens:
    """A pinhole with OpenCV's five distortion coefficients, `camera_height_mm` above the platform.

    `focal_px` and `centre_px` belong to a picture of `size_px` (width, height); `scaled` gives the model of the
    same view at another size. `above_mm` is the platform point under the camera.
    """

    size_px: tuple[int, int] = (4608, 2592)
    focal_px: float = 3552.0
    centre_px: tuple[float, float] = (2304.0, 1296.0)
    camera_height_mm: float = 480.0
    above_mm: tuple[float, float] = (200.0, 150.0)
    distortion: tuple[float, ...] = field(default=(0.0, 0.0, 0.0, 0.0, 0.0))

    def scaled(self, width_px: int) -> "Lens":
        """The same view in a picture `width_px` wide."""
        k = width_px / self.size_px[0]
        size = (width_px, round(self.size_px[1] * k))
        centre = (self.centre_px[0] * k, self.centre_px[1] * k)
        return Lens(size, self.focal_px * k, centre, self.camera_height_mm, self.above_mm, self.distortion)

    def px_per_mm(self, height_mm: float) -> float:
        """Scale in the middle of the picture, at a height above the platform."""
        return self.focal_px / (self.camera_height_mm - height_mm)

    def to_pixels(self, points_mm: Points, height_mm: float) -> Points:
        """Platform points (N x 2, mm) on the plane at `height_mm` -> picture points (N x 2, px)."""
        flat = np.asarray(points_mm, float).reshape(-1, 2) - self.above_mm
        depth = np.full((len(flat), 1), self.camera_height_mm - height_mm)
        seen, _ = cv2.projectPoints(
            np.hstack([flat, depth]), np.zeros(3), np.zeros(3), self.matrix(), np.array(self.distortion)
        )
        return np.asarray(seen, float).reshape(-1, 2)

    def to_platform(self, points_px: Points, height_mm: float) -> Points:
        """Picture points (N x 2, px) -> platform points (N x 2, mm) on the plane at `height_mm`."""
        pixels = np.asarray(points_px, float).reshape(-1, 1, 2)
        rays = cv2.undistortPoints(pixels, self.matrix(), np.array(self.distortion))
        depth_mm = self.camera_height_mm - height_mm
        flat: Points = np.asarray(rays, float).reshape(-1, 2) * depth_mm + np.asarray(self.above_mm)
        return flat

    def matrix(self) -> Points:
        """The 3 x 3 camera matrix."""
        (cx, cy), f = self.centre_px, self.focal_px
        return np.array([[f, 0.0, cx], [0.0, f, cy], [0.0, 0.0, 1.0]])
