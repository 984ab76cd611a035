"""The USB camera on a V4L2 capture that behaves as OpenCV's does: old frames first, exposure in 100 us."""

import time
from typing import Any

import cv2
import numpy as np
import pytest

from hardware.camera.flaws import Picture
from hardware.camera.usb import usb_camera
from hardware.errors import CameraFault
from tests.hardware.drivers import PHOTO_SHAPE, PREVIEW_SHAPE, SIZE_PX, scene

AUTOMATIC_UNITS = 234  # what automatic exposure comes to: 23.4 ms
OLD_S = 5.0


class Capture:
    """In place of `cv2.VideoCapture`. What it does when things go wrong is set on the class."""

    plugged = True
    old_frames = 0  # to be handed over before one of now
    holds = True
    made: list["Capture"]

    def __init__(self, device: str, backend: int) -> None:
        self.device, self.backend = device, backend
        self.values: dict[int, float] = {cv2.CAP_PROP_EXPOSURE: 5.0}
        self.time_s, self.released = 0.0, False
        type(self).made.append(self)

    def isOpened(self) -> bool:  # noqa: N802
        return self.plugged

    def set(self, key: int, value: float) -> bool:
        if key == cv2.CAP_PROP_EXPOSURE and not self.holds:
            return False
        if key == cv2.CAP_PROP_AUTO_EXPOSURE and value == 3:
            self.values[cv2.CAP_PROP_EXPOSURE] = AUTOMATIC_UNITS
        self.values[key] = value
        return True

    def get(self, key: int) -> float:
        return self.time_s * 1e3 if key == cv2.CAP_PROP_POS_MSEC else self.values[key]

    def grab(self) -> bool:
        cls = type(self)
        time.sleep(0.02)
        self.time_s = time.monotonic() - (OLD_S if cls.old_frames else 0.0)
        cls.old_frames = max(0, cls.old_frames - 1)
        return cls.plugged

    def retrieve(self) -> tuple[bool, Picture]:
        age_s = time.monotonic() - self.time_s
        return True, scene(PHOTO_SHAPE, 90 if age_s > OLD_S / 2 else 120)

    def release(self) -> None:
        self.released = True


@pytest.fixture
def capture(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The kind of capture that the camera opens, so that a test can break it."""
    kind = type("Broken", (Capture,), {"made": []})
    monkeypatch.setattr(cv2, "VideoCapture", kind)
    monkeypatch.setattr("hardware.camera.usb.SETTLING_S", 0.1)
    return kind


def test_it_opens_at_full_size_and_holds_an_exposure_of_whole_flickers(capture: Any) -> None:
    camera = usb_camera("/dev/video3", SIZE_PX, 50)
    (made,) = capture.made
    assert (made.device, made.backend) == ("/dev/video3", cv2.CAP_V4L2)
    assert (made.values[cv2.CAP_PROP_FRAME_WIDTH], made.values[cv2.CAP_PROP_FRAME_HEIGHT]) == SIZE_PX
    assert made.values[cv2.CAP_PROP_FOURCC] == cv2.VideoWriter.fourcc(*"MJPG")
    assert (made.values[cv2.CAP_PROP_AUTO_EXPOSURE], made.values[cv2.CAP_PROP_EXPOSURE]) == (1, 200)
    assert made.values[cv2.CAP_PROP_AUTO_WB] == made.values[cv2.CAP_PROP_AUTOFOCUS] == 0
    camera.close()
    assert made.released


def test_preview_is_the_photograph_made_smaller(capture: Any) -> None:
    camera = usb_camera("/dev/video0", SIZE_PX, 50)
    grey = cv2.cvtColor(camera.photo(0.0).bgr, cv2.COLOR_BGR2GRAY)
    assert np.array_equal(camera.preview().grey, cv2.resize(grey, PREVIEW_SHAPE[::-1], interpolation=cv2.INTER_AREA))


def test_frames_that_waited_in_the_buffers_are_passed_over(capture: Any) -> None:
    camera = usb_camera("/dev/video0", SIZE_PX, 50)
    capture.old_frames = 4
    assert np.array_equal(camera.photo(0.0).bgr, scene(PHOTO_SHAPE))


def test_one_that_was_unplugged_is_told_and_comes_back_with_the_same_exposure(capture: Any) -> None:
    camera = usb_camera("/dev/video0", SIZE_PX, 60)
    capture.plugged = False
    with pytest.raises(CameraFault, match="it gave no picture"):
        camera.preview()
    capture.plugged = True
    assert camera.preview().grey.shape == PREVIEW_SHAPE
    before, after = capture.made[0], capture.made[-1]
    assert before.released and before.values[cv2.CAP_PROP_EXPOSURE] == after.values[cv2.CAP_PROP_EXPOSURE] == 167


def test_one_that_does_not_hold_its_exposure_is_refused(capture: Any) -> None:
    capture.holds = False
    with pytest.raises(CameraFault, match="does not hold its exposure"):
        usb_camera("/dev/video0", SIZE_PX, 50)
    assert capture.made[0].released


def test_one_that_repeats_an_old_frame_for_ever_is_found(capture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    camera = usb_camera("/dev/video0", SIZE_PX, 50)
    monkeypatch.setattr("hardware.camera.usb.WAIT_S", 0.2)
    capture.old_frames = 10_000
    with pytest.raises(CameraFault, match="old pictures only"):
        camera.photo(0.0)
