import cv2
import numpy as np
import pytest

from station.evaluate.labels import overlap
from station.vision.framed import _is_sheet, candidates, quad_of
from station.vision.maps import AREA_PX, CELL_PX, DIRECTIONS, RAYS, Maps, Seen, frame_size, normalised, rays_px, resized
from tests.vision.pictures import box

CELLS = (24, 40)
FRAME = (CELLS[0] * CELL_PX, CELLS[1] * CELL_PX)
SMALL = np.array([[80, 40], [200, 64], [176, 176], [56, 152]], float)


def seen(quads, noise_px=0.0):
    """What a network would give for quads in px of its frame, each ray off by some noise."""
    y, x = np.mgrid[: CELLS[0], : CELLS[1]]
    middles = (np.stack([x.ravel(), y.ravel()], 1) + 0.5) * CELL_PX
    score, rays = np.zeros(CELLS, np.float32), np.ones((RAYS, *CELLS), np.float32)
    noise = np.random.default_rng(4).normal(0, noise_px, rays.shape).astype(np.float32) if noise_px else 0.0
    for quad in quads:
        core = np.zeros(FRAME, np.uint8)
        cv2.fillConvexPoly(core, np.round(quad.mean(0) + 0.6 * (quad - quad.mean(0))).astype(np.int32), 1)
        inside = core[CELL_PX // 2 :: CELL_PX, CELL_PX // 2 :: CELL_PX] > 0
        score[inside] = 0.9
        rays[:, inside] = rays_px(middles, quad).T.reshape(rays.shape)[:, inside]
    empty = np.zeros((2 * CELLS[0], 2 * CELLS[1]), np.float32)
    return Seen(score, np.maximum(rays + noise, 1), empty, empty, empty, empty, empty, empty, to_frame=(2.0, 2.0))


# ---- maps


@pytest.mark.parametrize("size", [(640, 360), (4608, 2592), (3024, 4032), (400, 400), (300, 900)])
def test_the_networks_frame_has_about_the_aspect_and_always_the_area(size):
    columns, rows = frame_size(*size)
    assert columns % 32 == rows % 32 == 0
    assert columns * rows == pytest.approx(AREA_PX, rel=0.25)
    assert columns / rows == pytest.approx(size[0] / size[1], rel=0.2)


@pytest.mark.parametrize("size", [(320, 240), (288, 224), (150, 117), (640, 480), (900, 700)])
def test_a_resized_frame_shows_the_same(size):
    ramp = np.tile(np.linspace(0, 255, 640).astype(np.uint8), (480, 1))
    wanted = np.tile((np.arange(size[0]) + 0.5) / size[0] * 255, (size[1], 1))
    assert np.abs(resized(ramp, size) - wanted).max() < 3


def test_fine_stripes_are_averaged_in_a_smaller_frame():
    stripes = np.tile(np.array([0, 200], np.uint8), (480, 320))
    assert np.abs(resized(stripes, (288, 224)).astype(float) - 100).max() <= 1


def test_a_frame_is_normalised_and_a_flat_one_is_not_blown_up():
    ramp = np.tile(np.arange(256, dtype=np.uint8), (32, 1))
    assert normalised(ramp).mean() == pytest.approx(0, abs=1e-3)
    assert normalised(ramp).std() == pytest.approx(1, abs=1e-3)
    assert np.abs(normalised(np.full((32, 32), 77, np.uint8))).max() == 0


def test_cells_are_an_eighth_of_the_networks_frame_and_maps_a_quarter():
    found = Maps().of(np.zeros((360, 640), np.uint8))
    assert found.score.shape == CELLS
    assert found.rays.shape == (RAYS, *CELLS)
    assert found.label.shape == (2 * CELLS[0], 2 * CELLS[1])
    assert found.to_frame == pytest.approx((640 / 320, 360 / 192))


def test_rays_end_on_the_sides():
    inside = np.array([[120.0, 100.0], [90.0, 70.0]])
    ends = inside[:, None] + DIRECTIONS * rays_px(inside, SMALL)[..., None]
    off = [abs(cv2.pointPolygonTest(SMALL.astype(np.float32), end.tolist(), True)) for end in ends.reshape(-1, 2)]
    assert max(off) < 0.01


# ---- quads from cells


@pytest.mark.parametrize("angle_deg", range(0, 180, 15))
def test_a_quad_is_found_whatever_its_direction(angle_deg):
    turn = cv2.getRotationMatrix2D((160, 96), angle_deg, 0.8)
    quad = box(100, 60, 230, 140) @ turn[:, :2].T + turn[:, 2]
    (found,) = candidates(seen([quad], noise_px=1.5))
    assert overlap(found.quad / 2, quad, FRAME) > 0.96
    assert found.confidence == pytest.approx(0.9)


def test_a_tilted_label_is_no_rectangle():
    quad = np.array([[60, 30], [250, 44], [232, 160], [84, 150]], float)
    (found,) = candidates(seen([quad]))
    assert np.abs(found.quad / 2 - quad).max() < 1.5


def test_labels_that_touch_are_two():
    left, right = box(40, 40, 150, 160), box(150, 40, 270, 160)
    found = candidates(seen([left, right]))
    assert len(found) == 2
    assert all(max(overlap(one.quad / 2, truth, FRAME) for one in found) > 0.95 for truth in (left, right))


def test_where_no_cell_speaks_there_is_no_label():
    assert candidates(seen([])) == []


def test_one_cell_alone_draws_a_quad():
    middle = SMALL.mean(0, keepdims=True)
    polygon = middle[:, None] + DIRECTIONS * rays_px(middle, SMALL)[..., None]
    assert overlap(quad_of(polygon.astype(np.float32)), SMALL, FRAME) > 0.97


def test_a_quad_that_no_rectangle_gives_is_no_sheet():
    assert _is_sheet(np.array([[20, 10], [50, 16], [44, 44], [14, 38]], float))
    assert not _is_sheet(np.array([[20, 10], [50, 16], [44, 44], [40, 30]], float))
