"""Pictures of the twin: geometry, light, faults."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from hardware.errors import CameraFault
from hardware.twin.box import Face
from hardware.twin.ink import Ink, Nib
from tests.hardware.twins import LINE_MM, MARK_MM, Twin, box, finish, on_platform, wait


def grey_inside(picture: np.ndarray, polygon_px: np.ndarray) -> float:
    """Mean grey value inside a polygon."""
    mask = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(polygon_px).astype(np.int32)], 255)
    grey = picture if picture.ndim == 2 else cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return float(cv2.mean(grey, mask)[0])


@pytest.mark.parametrize(("height_mm", "angle_deg"), [(0.0, 0.0), (100.0, 25.0), (200.0, -70.0)])
def test_print_is_seen_where_the_true_lens_says(twin: Callable[..., Twin], height_mm: float, angle_deg: float) -> None:
    machine, world = twin(present=box(height_mm, angle_deg))
    label_mm = np.array([[50, 30], [130, 30], [130, 110], [50, 110]], float)
    expected = world.lens.to_pixels(world.to_platform(label_mm), height_mm)
    photo = machine.camera.photo(height_mm)
    assert photo.bgr.shape == (2592, 4608, 3)
    white = (cv2.cvtColor(photo.bgr, cv2.COLOR_BGR2GRAY) > 185).astype(np.uint8)
    white = cv2.morphologyEx(white, cv2.MORPH_CLOSE, np.ones((61, 61), np.uint8))
    contours, _ = cv2.findContours(white, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    seen = max(contours, key=cv2.contourArea).reshape(-1, 2)
    for corner in expected:
        assert np.hypot(*(seen - corner).T).min() < 2.5  # 0.3 mm


def test_the_calibrated_lens_is_nearly_but_not_quite_the_true_one(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    corners = world.outline_mm()
    off_px = np.hypot(*(machine.lens.to_pixels(corners, 100) - world.lens.to_pixels(corners, 100)).T)
    assert 0.5 < off_px.max() < 4.0


def test_ink_shows_in_photo_and_preview(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    assert machine.carriage is not None
    polygon = world.marks_in_photo()[0][1]
    before = grey_inside(machine.camera.photo(100).bgr, polygon)
    small_before = grey_inside(machine.camera.preview().grey, polygon / 7.2)
    finish(machine.carriage.draw(on_platform(world), 100))
    finish(machine.carriage.park())
    assert before > 120
    assert grey_inside(machine.camera.photo(100).bgr, polygon) < 40
    assert grey_inside(machine.camera.preview().grey, polygon / 7.2) < small_before - 80


def test_torn_paper_is_brown_where_the_label_was_white(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    polygon = world.marks_in_photo()[0][1]
    world.tear(on_platform(world, MARK_MM))
    wait(world)
    patch = np.round(polygon.mean(axis=0)).astype(int)
    blue, _, red = machine.camera.photo(100).bgr[patch[1] - 5 : patch[1] + 5, patch[0] - 5 : patch[0] + 5].mean((0, 1))
    assert red > blue + 30


def test_hand_and_tool_are_seen_and_the_parked_tool_is_not(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    assert machine.carriage is not None

    def changed(reference: np.ndarray) -> int:
        return int((cv2.absdiff(reference, machine.camera.preview().grey) > 25).sum())

    free = machine.camera.preview().grey
    assert changed(free) == 0
    world.hand(True)
    assert changed(free) > 3000
    world.hand(False)
    job = machine.carriage.draw(on_platform(world, LINE_MM), 100)
    while not machine.carriage.lift.in_contact:
        next(job)
    assert changed(free) > 3000
    job.close()  # type: ignore[attr-defined]
    finish(machine.carriage.park())
    assert changed(free) == 0


def test_lamp_and_light_make_the_picture_brighter_and_darker(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    full = machine.camera.preview().grey.mean()
    machine.panel.lamp.value = 0.0
    room = machine.camera.preview().grey.mean()
    world.light(0.5)
    dim = machine.camera.preview().grey.mean()
    world.fault("light_off")
    assert full > 1.8 * room > 3.2 * dim > 3.2 * machine.camera.preview().grey.mean()


def test_no_two_frames_are_alike_until_the_camera_is_stuck(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    assert not np.array_equal(machine.camera.preview().grey, machine.camera.preview().grey)
    world.fault("stuck_camera")
    first = machine.camera.preview()
    world.hand(True)
    world.clock.sleep(1.0)
    assert np.array_equal(first.grey, machine.camera.preview().grey)
    world.mend("stuck_camera")
    assert not np.array_equal(first.grey, machine.camera.preview().grey)


def test_a_dead_camera_says_so_within_its_time_limit(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    world.fault("dead_camera")
    start_s = machine.clock.now_s()
    for take in (machine.camera.preview, lambda: machine.camera.photo(100)):
        with pytest.raises(CameraFault, match="no picture within 2 s"):
            take()
    assert machine.clock.now_s() - start_s == pytest.approx(4.3, abs=0.01)


def test_black_frames_are_black(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    world.fault("black_frames")
    assert machine.camera.preview().grey.max() == 0
    assert machine.camera.photo(100).bgr.max() == 0


def test_noise_is_that_of_a_sensor_not_of_a_fog(twin: Callable[..., Twin]) -> None:
    machine, _ = twin()
    first, second = (machine.camera.photo(100).bgr.astype(np.int16) for _ in range(2))
    deviation = float((first - second)[1000:1300, 2000:2300].std() / 2**0.5)
    assert 0.8 < deviation < 4.0


def test_ink_stays_where_it_lies_in_the_picture_when_more_is_laid_elsewhere() -> None:
    white = np.full((303, 437, 3), 255, np.uint8)
    ink, nib = Ink(Face(white, 1.46), seed=1), Nib("round", 10.0)
    ink.stamp(np.array([120.3, 80.2]), np.array([170.0, 80.2]), 0.0, nib, 0.998, 0.0)
    before = ink.over(white)
    ink.stamp(np.array([41.7, 121.9]), np.array([60.0, 121.9]), 0.0, nib, 0.998, 0.0)
    right = np.s_[:, int(100 * 1.46) :]
    assert before[right].min() < 60
    np.testing.assert_array_equal(ink.over(white)[right], before[right])
