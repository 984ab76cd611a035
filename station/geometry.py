"""The plane of a face, and how far off a point on it can be.

A photo shows a face that lies at some height above the platform; `Plane` maps its pixels to platform millimetres and
back (the lens does the projection). `ErrorBudget` says how far the tool may land from where the photo showed a thing,
so that what is covered can be grown by that much.

    H  height of the camera above the platform, mm        r  distance of a point from the camera's axis, mm
    h  height of the face above the platform, mm          dz error of h, mm

A point at r is seen under the slope r / (H - h). With the wrong height its place is wrong by dr = r * dz / (H - h).
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from hardware.camera.frames import Points
from hardware.camera.lens import Lens

FAR_OUT = 2.0  # at the platform's edge a fit is less sure than amidst its fiducials
HEIGHT_REPEATS_MM = 0.5  # of the contact switch
STEP_MM = 0.05  # of an axis: rounding to whole steps, and what a belt gives


@dataclass(frozen=True)
class Plane:
    """The upper face of a box: parallel to the platform, `height_mm` above it, seen through `lens`."""

    lens: Lens
    height_mm: float

    @property
    def px_per_mm(self) -> float:
        """Scale in the middle of the picture."""
        return self.lens.px_per_mm(self.height_mm)

    def to_mm(self, points_px: Points) -> Points:
        """Photo points (N x 2, px) -> platform frame (N x 2, mm)."""
        return self.lens.to_platform(points_px, self.height_mm)

    def to_px(self, points_mm: Points) -> Points:
        """Platform frame (N x 2, mm) -> photo points (N x 2, px)."""
        return self.lens.to_pixels(points_mm, self.height_mm)

    def radius_mm(self, points_mm: Points) -> float:
        """Distance from the camera's axis to the farthest of the points (N x 2, mm)."""
        away = np.asarray(points_mm, float).reshape(-1, 2) - self.lens.above_mm
        return float(np.hypot(away[:, 0], away[:, 1]).max())


@dataclass(frozen=True)
class ErrorBudget:
    """What each source can displace a point by, in mm on the face, as bounds that hold 95 times of 100.

    calibration_mm: what lens and platform frame still miss after commissioning; 3 px of a 4608 px picture is 0.4 mm.
    outline_mm: the polygon of a line or code is found at 4 px/mm or finer, to about one pixel.
    height_error_mm: error of the face's height. The contact switch of the tool repeats to 0.5 mm and a carton's face
        bulges by about as much again.
    mechanics_mm: step size, belt stretch and backlash of an axis, between homing and the place.
    tool_wander_mm: play of the tool in its holder and flex of a felt tip under load.
    """

    calibration_mm: float = 0.4
    outline_mm: float = 0.25
    height_error_mm: float = 1.0
    mechanics_mm: float = 0.2
    tool_wander_mm: float = 0.3

    @classmethod
    def measured(cls, camera_mm: float, drawn_mm: float, certainty: float, play_mm: Points, sensor_mm: float) -> Self:
        """The budget of a machine by its calibration.

        camera_mm: by how much the camera's model misses 95 of 100 corners of the sheet. drawn_mm: the same of the
        fiducials that the tool drew; the lines fitted to them are surer than one of them by `certainty` (unknowns to
        equations, its root). play_mm (2): of the axes; a point lies in its middle. sensor_mm: what distance sensor and
        contact switch disagree by.
        """
        return cls(
            calibration_mm=math.hypot(camera_mm, FAR_OUT * certainty * drawn_mm),
            height_error_mm=max(cls.height_error_mm, HEIGHT_REPEATS_MM + abs(sensor_mm)),
            mechanics_mm=math.hypot(STEP_MM, *(np.asarray(play_mm) / 2)),
            tool_wander_mm=drawn_mm,
        )

    def height_shift_mm(self, plane: Plane, radius_mm: float) -> float:
        """r * dz / (H - h): what the height's error moves a point at `radius_mm` from the camera's axis by."""
        return radius_mm * self.height_error_mm / (plane.lens.camera_height_mm - plane.height_mm)

    def margin_mm(self, plane: Plane, radius_mm: float) -> float:
        """How much further to cover at `radius_mm` from the axis: independent errors, so their squares add up."""
        fixed = (self.calibration_mm, self.outline_mm, self.mechanics_mm, self.tool_wander_mm)
        return math.hypot(*fixed, self.height_shift_mm(plane, radius_mm))

    def on(self, plane: Plane) -> Callable[[Points], float]:
        """The margin of a polygon (N x 2, mm) on `plane`, taken at its farthest point: what `cover.areas` asks for."""
        return lambda points_mm: self.margin_mm(plane, plane.radius_mm(points_mm))
