"""A twin that is not as drawn: axes askew, play, a nib that sits differently each time; a sheet that is propped up."""

import math

import numpy as np
import pytest

from hardware.machine import AS_DRAWN, twin_machine
from hardware.twin.box import Box, Face, Pose
from hardware.twin.gantry import Build, Gantry, askew
from hardware.twin.platform import Platform
from tests.hardware.twins import box, finish

SQUARE = Gantry(matrix=((1.01, 0.0), (0.02, 0.99)), offset_mm=(2.0, -1.0), lean=(0.01, 0.0))


def test_a_carriage_stays_behind_its_belt_by_half_of_the_play_on_either_way() -> None:
    gantry = Gantry(backlash_mm=0.4)
    there = gantry.dragged((10.0, 10.0), (20.0, 10.0))
    back = gantry.dragged(there, (19.9, 10.0))
    further = gantry.dragged(back, (15.0, 10.0))
    assert there == (19.8, 10.0)
    assert back == there, "within its play nothing moves"
    assert further == (15.2, 10.0)


def test_ink_lands_where_the_axes_really_go() -> None:
    machine, world = twin_machine("gantry", 1, calibrated=AS_DRAWN, build=Build(AS_DRAWN.lens, SQUARE))
    world.lay(box(100.0), 0)
    assert machine.carriage is not None and world.ink is not None
    finish(machine.carriage.draw(np.array([[190.0, 150.0], [210.0, 150.0]]), 100.0))
    rows, columns = np.nonzero(world.ink.transmittance < 0.5)
    middle = world.to_platform(np.array([[columns.mean() + 0.5, rows.mean() + 0.5]]) / 5.0)[0]
    expected = (200 * 1.01 + 2.0 + 1.0, 200 * 0.02 + 150 * 0.99 - 1.0)
    assert middle == pytest.approx(expected, abs=0.1)
    machine.close()


def test_the_axes_count_as_before_and_still_find_their_end_stops() -> None:
    machine, world = twin_machine("gantry", 1, calibrated=AS_DRAWN, build=askew(1))
    assert machine.carriage is not None
    finish(machine.carriage.park())
    assert world.tool_mm == pytest.approx(machine.carriage.park_mm, abs=0.1)
    assert math.dist(world.nib_mm, world.tool_mm) > 0.5
    machine.close()


def test_a_nib_sits_elsewhere_whenever_it_touches_anew() -> None:
    machine, world = twin_machine("gantry", 1, calibrated=AS_DRAWN, build=Build(AS_DRAWN.lens, Gantry(wander_mm=0.1)))
    world.lay(box(100.0), 0)
    assert machine.carriage is not None
    off = []
    for _ in range(3):
        finish(machine.carriage.draw(np.array([[190.0, 150.0], [210.0, 150.0]]), 100.0))
        off.append(math.dist(world.nib_mm, world.tool_mm))
    assert len(set(off)) == 3 and all(0 < each < 0.6 for each in off)
    machine.close()


def test_each_seed_builds_another_machine_and_always_the_same() -> None:
    assert askew(1) == askew(1)
    assert askew(1).lens != askew(2).lens


def test_a_sheet_that_is_propped_up_is_as_long_as_before() -> None:
    platform = Platform(0)
    platform.lay(Box("sheet", 40.0, (Face(np.zeros((210, 297, 3), np.uint8), 1.0),), slope=(0.3, -0.1)), 0)
    platform.pose = Pose(200.0, 150.0, 30.0)
    corners = platform.outline_mm()
    raised = np.column_stack([corners, platform.heights_mm(corners)])
    sides = np.linalg.norm(np.roll(raised, -1, axis=0) - raised, axis=1)
    assert sides == pytest.approx([297, 210, 297, 210])
    assert np.allclose(platform.to_face(corners), [[0, 0], [297, 0], [297, 210], [0, 210]])


def test_a_ray_meets_a_slope_where_the_slope_is_seen() -> None:
    platform, lens = Platform(0), askew(2).lens
    platform.lay(Box("sheet", 40.0, (Face(np.zeros((210, 297, 3), np.uint8), 1.0),), slope=(-0.2, 0.3)), 0)
    spots = np.array([[120.0, 90.0], [280.0, 200.0]])
    px = lens.to_pixels(spots, platform.heights_mm(spots))
    assert np.allclose(platform.seen_mm(lens, px), spots, atol=0.01)
