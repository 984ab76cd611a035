"""Fiducials: the order in which they are drawn, finding them in a picture, and the fit of the axes."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from hardware.camera.frames import Points
from hardware.machine import Tool
from hardware.twin.gantry import Build, Gantry, askew
from station.calibrate.tool import Fiducials, come, dashes, find, fit
from station.calibrate.words import tool, tool_findings

GANTRY = Tool("gantry", 10.0, 100.0, (0.0, 0.0, 400.0, 300.0))
ROLLER = Tool("roller", 40.0, 100.0, (0.0, 150.0, 400.0, 150.0))
PARK_MM = (-40.0, -10.0)
BUILD = askew(6)


def drawn(build: Build, marker: Tool = GANTRY, height_mm: float = 0.0, noise_mm: float = 0.0) -> Fiducials:
    """The fiducials of a machine, as its camera sees them; the switch closes 0.3 mm too high, everywhere."""
    lines = dashes(marker, (200.0, 150.0))
    told, sides = np.array([line.mean(axis=0) for line in lines]), come(lines, (PARK_MM[0], lines[0][0, 1] - 1))
    sides = sides * [1, 0] if marker is ROLLER else sides
    behind = told - sides * build.gantry.backlash_mm / 2
    there = np.array([build.gantry.nib_mm((x, y), height_mm) for x, y in behind])
    there += np.random.default_rng(int(height_mm)).normal(0, noise_mm, there.shape)
    return Fiducials(told, sides, build.lens.to_pixels(there, height_mm), height_mm + 0.3, height_mm + 1.0)


def told_for(gantry: Gantry, points_mm: Points, height_mm: float) -> Points:
    """What the axes have to be told so that the nib is at places of the platform."""
    moved = points_mm - gantry.offset_mm - np.array(gantry.lean) * height_mm
    return moved @ np.linalg.inv(gantry.matrix).T


def grid() -> Points:
    return np.stack(np.meshgrid(np.linspace(50, 350, 7), np.linspace(60, 240, 5)), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize("print_scale", [1.0, 0.992])
@pytest.mark.parametrize("height_mm", [0.0, 100.0, 200.0])
def test_the_axes_are_found_whatever_the_scale_of_the_print(print_scale: float, height_mm: float) -> None:
    true = BUILD.lens
    # All that the sheet's scale changes: lengths that the camera measured by it.
    above = tuple(np.array(true.above_mm) / print_scale)
    camera = replace(true, camera_height_mm=true.camera_height_mm / print_scale, above_mm=(above[0], above[1]))
    found = fit(camera, [drawn(BUILD), drawn(BUILD, height_mm=160.0)])
    measured = found.lens.to_platform(true.to_pixels(grid(), height_mm), height_mm)
    assert np.abs(measured - told_for(BUILD.gantry, grid(), height_mm)).max() < 0.01
    assert found.play_mm == pytest.approx((0.15, 0.15), abs=0.005)
    assert found.residual_mm < 0.01
    assert found.sensor_off_mm == pytest.approx(0.0)
    assert tool_findings(found) == []


def test_one_blot_on_the_paper_changes_nothing() -> None:
    low, high = drawn(BUILD, noise_mm=0.05), drawn(BUILD, height_mm=160.0, noise_mm=0.05)
    px = low.px.copy()
    px[3] += [25.0, -18.0]  # 4 mm
    clean, spoilt = fit(BUILD.lens, [low, high]), fit(BUILD.lens, [replace(low, px=px), high])
    assert spoilt.fiducials == clean.fiducials - 1
    there = BUILD.lens.to_pixels(grid(), 0.0)
    assert np.abs(clean.lens.to_platform(there, 0.0) - spoilt.lens.to_platform(there, 0.0)).max() < 0.05


def test_a_roller_is_found_along_its_line() -> None:
    found = fit(BUILD.lens, [drawn(BUILD, ROLLER), drawn(BUILD, ROLLER, 160.0)], square=True)
    lane = grid()[np.abs(grid()[:, 1] - 150) < 21]
    for height_mm in (0.0, 200.0):
        measured = found.lens.to_platform(BUILD.lens.to_pixels(lane, height_mm), height_mm)
        assert np.abs(measured - told_for(BUILD.gantry, lane, height_mm))[:, 0].max() < 0.1
    assert found.play_mm[1] == 0.0


def test_each_axis_comes_from_both_sides() -> None:
    lines = dashes(GANTRY, (200.0, 150.0))
    sides = come(lines, PARK_MM)
    for axis in (0, 1):
        assert (sides[:, axis] == 1).sum() >= 8 and (sides[:, axis] == -1).sum() >= 8
    assert set(come(dashes(ROLLER, (200.0, 150.0)), (-40.0, 150.0))[:, 1]) == {0.0}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"residual_mm": 1.1}, ["1.1 mm beside", "tighten the belts"]),
        ({"play_mm": (0.1, 1.3)}, ["y axis has 1.3 mm of play"]),
        ({"scale": 0.96}, ["96.0 mm to the axes", "--ruler-mm", "steps per millimetre"]),
        ({"sensor_off_mm": -3.2}, ["distance sensor is -3.2 mm off", "window"]),
    ],
)
def test_what_is_wrong_is_told_with_what_to_do(changed: dict[str, object], told: list[str]) -> None:
    good = fit(BUILD.lens, [drawn(BUILD), drawn(BUILD, height_mm=160.0)])
    assert "good" in tool(good, good.budget(0.02))
    (finding,) = tool_findings(replace(good, **changed))  # type: ignore[arg-type]
    assert all(part in finding for part in told), finding


# -- in a picture


def paper(middles_px: Points) -> tuple[np.ndarray, np.ndarray]:
    """Blank paper, and the same with discs of 10 mm at 7 px/mm."""
    before = np.full((1300, 1900), 220, np.uint8)
    after = before.copy()
    for x, y in middles_px:
        cv2.circle(after, (round(x * 16), round(y * 16)), 35 * 16, 40, -1, cv2.LINE_AA, 4)
    return before, after


def expected_px() -> Points:
    return (np.array([line.mean(axis=0) for line in dashes(GANTRY, (135.0, 92.0))])) * 7


def test_fiducials_are_found_though_all_lie_12_mm_off_and_one_is_missing() -> None:
    shift = np.array([-60.0, 60.0])
    there, px = find(*paper(np.delete(expected_px() + shift, 4, axis=0)), expected_px(), 7.0)
    assert list(there) == [k for k in range(24) if k != 4]
    assert np.abs(px - (expected_px() + shift)[there]).max() < 0.1


def test_a_dry_tool_leaves_nothing_to_find() -> None:
    there, px = find(*paper(np.zeros((0, 2))), expected_px(), 7.0)
    assert len(there) == len(px) == 0


def test_a_drop_of_ink_is_no_fiducial() -> None:
    before, after = paper(expected_px())
    cv2.circle(after, (900, 1200), 10, 30, -1)
    there, _ = find(before, after, expected_px(), 7.0)
    assert len(there) == len(expected_px())
