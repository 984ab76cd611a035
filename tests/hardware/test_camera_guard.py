"""Any camera behind the guard: a good picture or a fault with words, and no call that does not come back."""

from collections.abc import Callable, Iterator
from threading import Event

import numpy as np
import pytest

from hardware.camera.flaws import Picture
from hardware.camera.guard import LIMIT_S, Driver, GuardedCamera, Taken
from hardware.errors import CameraFault, CameraLost
from tests.hardware.drivers import (
    PHOTO_SHAPE,
    PREVIEW_SHAPE,
    SIZE_PX,
    Behaviour,
    Hang,
    Plan,
    dies,
    good,
    late,
    pictured,
    scene,
)

SHORT_S = 0.5  # where no good picture comes, to save time


@pytest.fixture
def hang() -> Iterator[Hang]:
    made = Hang()
    yield made
    made.over.set()


def guarded(plan: Callable[[], Driver], limit_s: float = LIMIT_S) -> GuardedCamera:
    return GuardedCamera(plan, SIZE_PX, limit_s)


def banded(picture: Picture, first: int, rows: int, level: int) -> Picture:
    """The picture with rows that never arrived."""
    torn = picture.copy()
    torn[first : first + rows] = level
    return torn


def test_good_pictures_are_handed_over_with_their_times_and_the_face_s_height() -> None:
    camera = guarded(Plan(good))
    first, second = camera.preview(), camera.preview()
    assert first.grey.shape == PREVIEW_SHAPE and second.time_s > first.time_s
    photo = camera.photo(120.0)
    assert photo.bgr.shape == PHOTO_SHAPE and photo.face_height_mm == 120.0


def test_a_call_that_hangs_once_is_answered_by_the_camera_opened_anew(hang: Hang) -> None:
    plan = Plan(hang, good)
    assert guarded(plan).preview().grey.shape == PREVIEW_SHAPE
    assert plan.history == ["open", "close", "open"]


def test_a_camera_that_hangs_is_told_and_then_left_to_the_watchdog(hang: Hang) -> None:
    camera = guarded(Plan(hang), SHORT_S)
    for _ in range(2):
        with pytest.raises(CameraFault, match=r"no picture in time: check its cable .* press reset"):
            camera.preview()
    with pytest.raises(CameraLost, match=r"restart the station"):
        camera.preview()


def test_a_camera_that_was_unplugged_serves_again_once_it_is_back() -> None:
    plugged = Event()
    plan = Plan(lambda shape: good(shape) if plugged.is_set() else dies(shape))
    camera = guarded(plan, SHORT_S)
    for _ in range(4):  # nothing hangs, so the process stays to be of use when the camera is back
        with pytest.raises(CameraFault, match="No such device"):
            camera.photo(0.0)
    plugged.set()
    assert camera.photo(0.0).bgr.shape == PHOTO_SHAPE


def test_a_photograph_from_before_the_call_is_never_handed_over() -> None:
    taken = guarded(Plan(late, good)).photo(0.0)
    assert np.array_equal(taken.bgr, scene(PHOTO_SHAPE))
    camera = guarded(Plan(late), SHORT_S)
    for take in (camera.preview, lambda: camera.photo(0.0)):
        with pytest.raises(CameraFault, match="late"):
            take()


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (pictured(np.zeros(PHOTO_SHAPE, np.uint8)), "black"),
        (pictured(scene(PHOTO_SHAPE, level=3)), "black"),
        (pictured(banded(scene(PHOTO_SHAPE), 700, 20, 0)), "torn"),
        (pictured(banded(scene(PHOTO_SHAPE), 300, 16, 128)), "torn"),
        (pictured(scene((480, 640, 3))), "640 x 480 x 3, not 1280 x 720 x 3"),
        (pictured(scene(PREVIEW_SHAPE)), "640 x 360, not"),
    ],
)
def test_a_broken_photograph_is_taken_again_and_told_when_it_stays_so(broken: Behaviour, told: str) -> None:
    assert guarded(Plan(broken, good)).photo(0.0).bgr.max() > 100
    with pytest.raises(CameraFault, match=told):
        guarded(Plan(broken), SHORT_S).photo(0.0)


def test_one_that_gives_bad_pictures_is_opened_anew_for_the_next_call() -> None:
    plan = Plan(late)
    camera = guarded(plan, SHORT_S)
    for _ in range(2):
        with pytest.raises(CameraFault, match="late"):
            camera.photo(0.0)
    assert plan.history[:3] == ["open", "close", "open"]


def test_a_dark_preview_passes_for_the_station_tells_a_dark_room_from_a_broken_camera() -> None:
    assert guarded(Plan(pictured(np.zeros(PREVIEW_SHAPE, np.uint8)))).preview().grey.max() == 0


def test_a_torn_preview_does_not_pass() -> None:
    torn = pictured(banded(scene(PREVIEW_SHAPE), 340, 20, 128))
    assert np.array_equal(guarded(Plan(torn, good)).preview().grey, scene(PREVIEW_SHAPE))
    with pytest.raises(CameraFault, match="torn"):
        guarded(Plan(torn), SHORT_S).preview()


def test_a_camera_that_cannot_be_opened_is_told_at_the_start() -> None:
    def nothing() -> Driver:
        raise IndexError("list index out of range")

    with pytest.raises(CameraFault, match=r"fails \(list index out of range\): check its cable"):
        guarded(nothing)


def test_an_opening_that_takes_long_goes_on_and_serves_a_later_call() -> None:
    plan, settled, openings = Plan(dies, good), Event(), iter((True, False))

    def slow_the_second_time() -> Driver:
        if not next(openings):
            settled.wait()
        return plan()

    camera = guarded(slow_the_second_time, SHORT_S)
    with pytest.raises(CameraFault):
        camera.preview()
    settled.set()
    assert camera.preview().grey.shape == PREVIEW_SHAPE
    assert plan.history == ["open", "close", "open"]


def test_closing_comes_back_even_when_the_driver_s_does_not(hang: Hang) -> None:
    class Stuck:
        def preview(self) -> Taken:
            return good(PREVIEW_SHAPE)

        def photo(self) -> Taken:
            return good(PHOTO_SHAPE)

        def close(self) -> None:
            hang(PREVIEW_SHAPE)

    guarded(Stuck).close()
    assert not hang.over.is_set()
