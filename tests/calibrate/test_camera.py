"""The camera's fit, by corners that are computed, and what it says of bad ones."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hardware.camera.frames import Points
from hardware.camera.lens import Lens
from hardware.twin.box import Box, Face, Pose
from hardware.twin.gantry import askew
from hardware.twin.platform import Platform
from station.calibrate import sheet
from station.calibrate.camera import CameraFit, View, fit
from station.calibrate.hands import BOX_MM, ON_BOX_MM, PROPPED_MM, SLOPES
from station.calibrate.walk import SHEET_STEPS
from station.calibrate.words import camera, camera_findings

Spoil = Callable[[str, Points], Points]
BOARD_MM = (np.stack(np.meshgrid(np.arange(1, 18), np.arange(1, 12)), axis=-1) * sheet.SQUARE_MM).reshape(-1, 2)
TRUE = askew(3).lens


def nothing(_: str, values: Points) -> Points:
    return values


def views(scale: float = 1.0, bulge: Spoil = nothing, shake: Spoil = nothing) -> list[View]:
    """The sheet printed at `scale` in all poses that a person is asked for, with 0.2 px of noise. `bulge` adds to the
    heights of corners (N x 2 in, N out), `shake` moves what is seen."""
    platform, random = Platform(0), np.random.default_rng(5)
    found = []
    for step in SHEET_STEPS:
        height_mm = PROPPED_MM if step.name in SLOPES else BOX_MM if "box" in step.name else 0.0
        face = Face(np.zeros((210, 297, 3), np.uint8), 1.0)
        platform.lay(Box("sheet", height_mm, (face,), slope=SLOPES.get(step.name, (0.0, 0.0))), 0)
        x, y = ON_BOX_MM.get(step.name, (0.0, 0.0))
        platform.pose = Pose(200 + x, 150 + y, 2.0)
        there = platform.to_platform((BOARD_MM + sheet.BOARD_AT_MM - (148.5, 105)) * scale + (148.5, 105))
        heights = platform.heights_mm(there) + (bulge(step.name, BOARD_MM) if bulge is not nothing else 0.0)
        px = shake(step.name, TRUE.to_pixels(there, heights) + random.normal(0, 0.2, there.shape))
        found.append(View(step.name, sheet.Seen(BOARD_MM, px), height_mm + 2.5))
    return found


def fitted(**spoilt: object) -> CameraFit:
    return fit(views(**spoilt), TRUE.size_px)  # type: ignore[arg-type]


def test_the_lens_is_found_and_called_good() -> None:
    found = fitted()
    lens = found.lens
    assert lens.focal_px == pytest.approx(TRUE.focal_px, rel=0.001)
    assert np.allclose(lens.centre_px, TRUE.centre_px, atol=1.5)
    assert lens.camera_height_mm == pytest.approx(TRUE.camera_height_mm, abs=0.3)
    assert np.allclose(lens.turned[:2], TRUE.turned[:2], atol=5e-4)
    assert found.sensor_off_mm == 2.5
    assert found.print_scale() == pytest.approx(1.0, abs=0.002)
    assert camera_findings(found) == []
    assert "good" in camera(found) and "1496 corners in 8 pictures" in camera(found)


@pytest.mark.parametrize("height_mm", [0.0, 100.0, 200.0])
def test_what_it_measures_on_a_face_is_as_long_as_it_is(height_mm: float) -> None:
    lens = fitted().lens
    points = np.array([[60.0, 80.0], [340.0, 80.0], [340.0, 220.0], [60.0, 220.0]])
    measured = lens.to_platform(TRUE.to_pixels(points, height_mm), height_mm)
    sides = np.linalg.norm(np.roll(measured, -1, axis=0) - measured, axis=1)
    assert np.allclose(sides, [280, 140, 280, 140], atol=0.1)


def test_a_print_at_96_per_cent_is_told_and_the_measured_ruler_mends_it() -> None:
    found = fitted(scale=0.96)
    (told,) = camera_findings(found)
    assert "printed at 96 %" in told.replace("96%", "96 %") and "--ruler-mm" in told
    mended = fit(views(scale=0.96), TRUE.size_px, scale=0.96)
    assert camera_findings(mended) == []
    assert mended.lens.camera_height_mm == pytest.approx(TRUE.camera_height_mm, abs=0.3)


def test_a_bent_sheet_is_told_from_a_shaken_picture() -> None:
    def bulge(_: str, board_mm: Points) -> Points:
        return 3.0 * np.sin(board_mm[:, 0] / 270 * 2 * np.pi)

    def shake(name: str, px: Points) -> Points:
        return px + np.random.default_rng(2).normal(0, 6, px.shape) if name == "far" else px

    (bent,) = camera_findings(fitted(bulge=bulge))
    assert "not flat" in bent and "stiff board" in bent
    (shaken,) = camera_findings(fitted(shake=shake))
    assert "'far'" in shaken and "focus" in shaken


def test_without_a_view_on_a_box_nothing_is_said_of_the_scale() -> None:
    found = fit([view for view in views() if "box" not in view.name], TRUE.size_px)
    assert found.print_scale() is None


def test_a_sheet_that_lies_the_other_way_around_gives_the_same_lens() -> None:
    turned = [replace(v, seen=sheet.Seen(np.array([270.0, 180.0]) - BOARD_MM, v.seen.px)) for v in views()]
    here, there = fitted().lens, fit(turned, TRUE.size_px).lens
    assert np.allclose(here.turned, there.turned, atol=1e-4)
    assert here.camera_height_mm == pytest.approx(there.camera_height_mm, abs=0.05)
    point = np.array([[250.0, 130.0]])
    assert np.abs(here.to_pixels(point, 0.0) - there.to_pixels(point, 0.0)).max() < 7.4 * 7  # the board's own 6 mm


def test_a_lens_turned_by_hand_is_no_lens_that_looks_down() -> None:
    straight = Lens(turned=(0.0, 0.0, 0.0))
    point = np.array([[200.0, 150.0]])
    assert np.allclose(straight.to_pixels(point, 100.0), straight.centre_px)
    assert not np.allclose(TRUE.to_pixels(np.array([TRUE.above_mm]), 0.0), TRUE.centre_px, atol=5)
