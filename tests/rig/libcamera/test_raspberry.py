"""The Raspberry Pi's camera class on picamera2 and a real libcamera, whose sensor sees the pictures of a folder."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from hardware.camera.exposure import Light
from hardware.camera.frames import Bgr, Photo
from hardware.camera.guard import GuardedCamera
from hardware.camera.raspberry import RaspberryDriver, raspberry_camera
from hardware.errors import CameraFault

pytestmark = pytest.mark.libcamera

SIZE_PX = (4608, 2592)
FOCUS_DIOPTRES = 2.8
FOUND = Light(23_400, 2.0, (1.7, 1.4))  # what the rig's automatic exposure says it settled on
BLUE, RED = (200, 80, 40), (40, 80, 200)


def show(left: tuple[int, int, int], right: tuple[int, int, int]) -> None:
    """Put a scene of two colours before the sensor; whole at once, for a file half written ends libcamera."""
    folder = Path(os.environ["RIG_FRAMES"])
    scene = np.zeros((432, 768, 3), np.uint8)
    scene[:, :384], scene[:, 384:] = left, right
    scene += np.random.default_rng(1).integers(0, 24, scene.shape, np.uint8)
    cv2.imwrite(str(folder / "next.tmp.jpg"), scene)
    (folder / "next.tmp.jpg").replace(folder / "scene.jpg")


def leans_to_blue(bgr: Bgr) -> bool:
    """Is this part of a picture more blue than red?"""
    blue, _, red = bgr.mean((0, 1))
    return bool(blue > red + 50)


def soon(take: Callable[[], Photo]) -> Photo:
    """What the camera gives once it is open again, or once a busy machine has time for it: at a later call perhaps."""
    for _ in range(4):
        with contextlib.suppress(CameraFault):
            return take()
    return take()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every `Picamera2` that is opened, to be asked what it does."""
    import picamera2

    seen: list[Any] = []

    class Seen(picamera2.Picamera2):
        def __init__(self) -> None:
            super().__init__()
            seen.append(self)

    monkeypatch.setattr(picamera2, "Picamera2", Seen)
    show(BLUE, RED)
    return seen


@pytest.fixture
def camera(opened: list[Any]) -> Iterator[GuardedCamera]:
    made = raspberry_camera(SIZE_PX, FOCUS_DIOPTRES, 50)
    yield made
    made.close()


def test_frames_have_their_sizes_and_come_in_order(camera: GuardedCamera) -> None:
    previews = [camera.preview() for _ in range(5)]
    assert {frame.grey.shape for frame in previews} == {(360, 640)}
    times_s = [frame.time_s for frame in previews]
    assert times_s == sorted(set(times_s))
    photo = camera.photo(100.0)
    assert photo.bgr.shape == (2592, 4608, 3) and photo.bgr.flags.c_contiguous
    assert photo.time_s > times_s[-1]


def test_blue_comes_first_and_preview_and_photo_show_the_same(camera: GuardedCamera) -> None:
    bgr, grey = soon(lambda: camera.photo(0.0)).bgr, camera.preview().grey
    assert leans_to_blue(bgr[:, :2000]) and not leans_to_blue(bgr[:, 2600:])
    small = cv2.resize(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), (640, 360), interpolation=cv2.INTER_AREA)
    blurred = [cv2.GaussianBlur(picture, (9, 9), 0) for picture in (small, grey)]
    assert cv2.absdiff(*blurred).mean() < 4


def test_exposure_balance_and_focus_are_fixed_in_every_frame(camera: GuardedCamera, opened: list[Any]) -> None:
    (picamera2,) = opened
    frame = picamera2.capture_metadata(wait=2.0)
    assert frame["ExposureTime"] == 20_000
    assert frame["AnalogueGain"] == pytest.approx(FOUND.gain * FOUND.exposure_us / 20_000, rel=1e-3)
    assert frame["ColourGains"] == pytest.approx(FOUND.colour_gains)
    assert (frame["AeEnable"], frame["AwbEnable"]) == (False, False)
    assert (frame["ExposureTimeMode"], frame["AnalogueGainMode"]) == (1, 1)
    assert (frame["AfMode"], frame["LensPosition"]) == (0, pytest.approx(FOCUS_DIOPTRES))
    assert frame["FrameDuration"] == 100_000
    assert picamera2.camera_configuration()["buffer_count"] == 3


def test_what_automatic_exposure_found_is_read_from_the_frames(opened: list[Any]) -> None:
    driver = RaspberryDriver(SIZE_PX, FOCUS_DIOPTRES, 50)
    try:
        found = driver.settled()
    finally:
        driver.close()
    assert (found.exposure_us, found.gain) == (FOUND.exposure_us, FOUND.gain)
    assert found.colour_gains == pytest.approx(FOUND.colour_gains)


def test_a_photo_never_shows_what_was_there_before_the_call(camera: GuardedCamera) -> None:
    for left, right in [(RED, BLUE), (BLUE, RED)] * 4:
        camera.preview()  # so that frames of the old scene wait
        show(left, right)
        assert leans_to_blue(camera.photo(0.0).bgr[:, :2000]) == (left == BLUE)


def test_one_that_stops_is_opened_anew_with_the_same_light(camera: GuardedCamera, opened: list[Any]) -> None:
    opened[0].stop()
    assert soon(lambda: camera.photo(0.0)).bgr.shape == (2592, 4608, 3)
    assert opened[1].capture_metadata(wait=2.0)["ExposureTime"] == 20_000


def test_one_that_comes_late_is_told(camera: GuardedCamera, opened: list[Any]) -> None:
    opened[0].set_controls({"FrameDurationLimits": (4_000_000, 4_000_000)})
    with pytest.raises(CameraFault, match="no picture in time"):
        for _ in range(10):  # frames that are under way still come
            camera.preview()
