"""From pictures of the calibration sheet to the camera's model: lens, height, turn, and how good all of it is. Pure.

Zhang's way: a flat board of known size, seen at several tilts, gives lens and poses together (OpenCV's
calibrateCamera). The first view is the sheet flat on the platform: it says where the platform is. Until the tool has
drawn, the middle of that sheet counts as the middle of the platform, and the picture's x direction as the platform's.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from hardware.camera.frames import Points
from hardware.camera.lens import Lens
from station.calibrate.sheet import MIDDLE_MM, Seen

PLATFORM_MIDDLE_MM = (200.0, 150.0)
FOCAL_SHARE = 0.77  # of the picture's width, to begin with: Camera Module 3
LEAST_CORNERS = 60  # a third of the sheet
LEAST_BOX_MM = 60.0  # lower says nothing about the scale


@dataclass(frozen=True)
class View:
    """The sheet as one picture shows it, and what the distance sensor said of the sheet's height."""

    name: str
    seen: Seen
    sensor_mm: float


@dataclass(frozen=True)
class Pose:
    """From the sheet's frame to the camera's: rotation (3 x 3), then shift (3, mm)."""

    turn: Points
    shift: Points


@dataclass(frozen=True)
class ViewFit:
    """What the model leaves over in one view. `height_mm` is that of the sheet's middle, `level` how far from lying
    flat it is (mm per mm), `smooth` the share of the rest that is no noise but a bend."""

    name: str
    residual_px: float
    smooth: float
    height_mm: float
    level: float
    sensor_mm: float


@dataclass(frozen=True)
class CameraFit:
    """The lens, and how well it explains the views: `residual_px` for 95 of 100 corners."""

    lens: Lens
    residual_px: float
    corners: int
    views: tuple[ViewFit, ...]

    @property
    def residual_mm(self) -> float:
        """The residual on the platform."""
        return self.residual_px / self.lens.px_per_mm(0.0)

    @property
    def sensor_off_mm(self) -> float:
        """What the distance sensor said of a sheet on the platform: 0 when its height is known."""
        return self.views[0].sensor_mm

    def print_scale(self) -> float | None:
        """The sheet's scale by the distance sensor, 1 when right; None when it never lay flat on a box."""
        boxes = [v for v in self.views[1:] if v.level < 0.03 and v.height_mm > LEAST_BOX_MM]
        if not boxes:
            return None
        return float(np.median([(v.sensor_mm - self.sensor_off_mm) / v.height_mm for v in boxes]))


def fit(views: Sequence[View], size_px: tuple[int, int], scale: float = 1.0) -> CameraFit:
    """The camera of at least three views, the first of a sheet on the platform, printed at `scale` of its size."""
    boards = [np.column_stack([view.seen.board_mm * scale, np.zeros(len(view.seen.px))]) for view in views]
    guess = Lens(size_px, FOCAL_SHARE * size_px[0], (size_px[0] / 2, size_px[1] / 2))
    _, matrix, distortion, turns, shifts = cv2.calibrateCamera(
        [board.astype(np.float32) for board in boards],
        [view.seen.px.astype(np.float32) for view in views],
        size_px,
        guess.matrix(),
        np.zeros(5),
        flags=cv2.CALIB_USE_INTRINSIC_GUESS | cv2.CALIB_FIX_ASPECT_RATIO,
    )
    poses = [
        Pose(_floats(cv2.Rodrigues(turn)[0]), _floats(shift).ravel()) for turn, shift in zip(turns, shifts, strict=True)
    ]
    middle = np.array([*MIDDLE_MM, 0.0]) * scale
    seen = replace(guess, focal_px=float(matrix[0, 0]), centre_px=_pair(matrix[:2, 2]), distortion=_tuple(distortion))
    rests = [_rest(seen, pose, board, view.seen.px) for pose, board, view in zip(poses, boards, views, strict=True)]
    fits = [_view(*each, poses[0], middle) for each in zip(views, rests, poses, strict=True)]
    return CameraFit(
        _standing(seen, poses[0], middle), _percentile95(np.vstack(rests)), sum(map(len, rests)), tuple(fits)
    )


def _rest(seen: Lens, pose: Pose, board: Points, px: Points) -> Points:
    """What the model leaves over (N x 2, px)."""
    turn = cv2.Rodrigues(pose.turn)[0]
    expected, _ = cv2.projectPoints(board, turn, pose.shift, seen.matrix(), np.array(seen.distortion))
    return _floats(expected).reshape(-1, 2) - px


def _standing(seen: Lens, flat: Pose, middle: Points) -> Lens:
    """The lens above the platform on which the sheet lies flat."""
    turn = flat.turn
    at = -turn.T @ flat.shift  # the camera in the sheet's frame, z down
    angle = np.arctan2(turn[1, 0], turn[0, 0])
    around = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    return replace(
        seen,
        camera_height_mm=float(-at[2]),
        above_mm=_pair(np.asarray(PLATFORM_MIDDLE_MM) + (around @ (at - middle))[:2]),
        turned=_tuple(cv2.Rodrigues(turn @ around.T)[0]),
    )


def _view(view: View, rest: Points, pose: Pose, flat: Pose, middle: Points) -> ViewFit:
    at = flat.turn.T @ (pose.turn @ middle + pose.shift - flat.shift)
    up = flat.turn.T @ pose.turn[:, 2]
    level = float(np.hypot(up[0], up[1]) / abs(up[2]))
    smooth = _smooth(view.seen.board_mm, rest)
    return ViewFit(view.name, _percentile95(rest), smooth, float(-at[2]), level, view.sensor_mm)


def _smooth(board_mm: Points, rest: Points) -> float:
    """The share of the residuals' energy that a cubic surface over the sheet explains."""
    x, y = ((board_mm - MIDDLE_MM) / MIDDLE_MM).T
    terms = np.column_stack([x**i * y**j for i in range(4) for j in range(4 - i)])
    left = rest - terms @ np.linalg.lstsq(terms, rest, rcond=None)[0]
    return 1 - float((left**2).sum() / max(float((rest**2).sum()), 1e-12))


def _percentile95(offsets: Points) -> float:
    return float(np.percentile(np.hypot(offsets[:, 0], offsets[:, 1]), 95))


def _floats(values: Any) -> Points:
    return np.asarray(values, np.float64)


def _tuple(values: Any) -> Any:
    """Numbers of any array, flat."""
    return tuple(float(value) for value in np.ravel(values))


def _pair(values: Any) -> tuple[float, float]:
    x, y = _tuple(values)
    return x, y
