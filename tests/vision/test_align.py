"""Following a face from one photo to the next."""

import cv2
import numpy as np
import pytest

from hardware.camera.frames import Bgr, Points
from station.vision.align import Homography, align

SIZE = (900, 700)  # width, height
FACE: Points = np.array([[150.0, 120], [750, 120], [750, 580], [150, 580]])


def _texture(seed: int, grain_px: float = 2.0) -> Bgr:
    rng = np.random.default_rng(seed)
    cloud = cv2.GaussianBlur(rng.normal(size=SIZE[::-1]).astype(np.float32), (0, 0), grain_px)
    grey = np.clip(150 + cloud / cloud.std() * 18, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


def _inked(bgr: Bgr) -> Bgr:
    """A fifth of the face under ink."""
    out = bgr.copy()
    cv2.rectangle(out, (250, 200), (600, 380), (25, 25, 25), -1)
    return out


def _moved(turn_deg: float, scale: float) -> Homography:
    turn = np.vstack([cv2.getRotationMatrix2D((SIZE[0] / 2, SIZE[1] / 2), turn_deg, scale), [0, 0, 1]])
    tilt = np.array([[1, 0.01, 5], [-0.01, 1, 8], [1e-5, -2e-5, 1]])
    return np.asarray(tilt @ turn, np.float64)


def _error_px(found: Homography, true: Homography) -> float:
    corners = FACE.reshape(-1, 1, 2)
    return float(np.abs(cv2.perspectiveTransform(corners, found) - cv2.perspectiveTransform(corners, true)).max())


def test_the_same_view_is_the_identity() -> None:
    bgr = _texture(1)
    assert np.array_equal(align(bgr, _inked(bgr)), np.eye(3))


@pytest.mark.parametrize(("turn_deg", "scale"), [(0, 1.0), (7, 0.95), (90, 0.9), (180, 0.7), (-35, 1.2)])
def test_follows_a_turned_face_through_new_ink(turn_deg: float, scale: float) -> None:
    bgr, true = _texture(2), _moved(turn_deg, scale)
    after = cv2.warpPerspective(_inked(bgr), true, SIZE, borderMode=cv2.BORDER_REFLECT)
    found = align(bgr, np.asarray(after, np.uint8))
    assert found is not None
    assert _error_px(found, true) < 1.0


def test_a_small_shift_is_not_taken_for_the_identity() -> None:
    bgr, true = _texture(3), np.array([[1.0, 0, 2], [0, 1, -1], [0, 0, 1]])
    found = align(bgr, np.asarray(cv2.warpPerspective(bgr, true, SIZE, borderMode=cv2.BORDER_REFLECT), np.uint8))
    assert found is not None
    assert _error_px(found, true) < 0.5


def test_sizes_may_differ() -> None:
    bgr = _texture(4, grain_px=4.0)
    found = align(
        bgr, np.asarray(cv2.resize(_inked(bgr), None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    )
    assert found is not None
    assert _error_px(found, np.diag([0.5, 0.5, 1.0])) < 1.0


def test_the_face_is_followed_not_the_platform() -> None:
    """The platform fills more of the picture than the box that moved on it."""
    platform, face = _texture(5), _texture(6)
    true = np.array([[1.0, 0, 60], [0, 1, 30], [0, 0, 1]])
    small: Points = np.array([[300.0, 250], [560, 250], [560, 450], [300, 450]])
    shots = []
    for matrix in (np.eye(3), true):
        mask = cv2.fillConvexPoly(np.zeros(SIZE[::-1], np.uint8), small.astype(np.int32), 255)
        put, where = cv2.warpPerspective(face, matrix, SIZE), cv2.warpPerspective(mask, matrix, SIZE)
        shots.append(np.where(where[..., None] > 0, put, platform))
    found = align(shots[0], shots[1], small)
    assert found is not None
    assert _error_px(found, true) < 2.0


def test_what_does_not_match_is_none() -> None:
    bgr = _texture(7)
    assert align(bgr, _texture(8)) is None
    assert align(bgr, np.ascontiguousarray(bgr[:, ::-1])) is None
    assert align(bgr, np.full_like(bgr, 120)) is None
