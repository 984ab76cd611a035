import cv2
import numpy as np
import pytest

from station.vision.rectify import mapped, rolled, size_mm, upright
from tests.vision.pictures import box, on_background, picture


def test_a_pasted_label_comes_back_as_it_was():
    label = picture("yunda-76x130.png")
    corners = np.array([[300, 80], [900, 160], [820, 1100], [220, 1000]], float)
    photo = on_background(label, np.full((1200, 1100, 3), 90, np.uint8), corners)
    flat = upright(photo, corners, 6.5, (76.0, 130.0))
    assert flat.picture.shape == (845, 494, 3)
    inner = slice(10, 820), slice(10, 480)
    assert np.mean(np.abs(flat.picture[inner].astype(int) - label[:845, :][inner].astype(int)[:810])) < 40


def test_points_go_to_the_photo_and_back():
    corners = np.array([[300, 80], [900, 160], [820, 1100], [220, 1000]], float)
    flat = upright(np.zeros((1200, 1100, 3), np.uint8), corners, 5.0, (76.0, 130.0))
    assert flat.on_photo(box(0, 0, 380, 650)) == pytest.approx(corners, abs=1e-3)
    there = flat.on_photo(np.array([[10.0, 20.0]]))
    assert mapped(there, np.linalg.inv(flat.to_photo)) == pytest.approx(np.array([[10.0, 20.0]]), abs=1e-6)


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_turned_afterwards_it_is_as_if_the_quad_had_been_turned(quarters):
    corners = np.array([[300, 80], [900, 160], [820, 1100], [220, 1000]], float)
    photo = on_background(picture("yunda-76x130.png"), np.full((1200, 1100, 3), 90, np.uint8), corners)
    size = (76.0, 130.0) if quarters % 2 == 0 else (130.0, 76.0)
    wanted = upright(photo, rolled(corners, quarters), 5.0, size)
    turned = upright(photo, corners, 5.0, (76.0, 130.0)).rolled(quarters)
    assert turned.picture.shape == wanted.picture.shape
    point = np.array([[30.0, 40.0]])
    assert turned.on_photo(point) == pytest.approx(wanted.on_photo(point), abs=1e-3)
    # The two pictures may lie one pixel apart: smoothed, they are alike, and another quarter is not.
    soft = [cv2.GaussianBlur(one.picture, (0, 0), 4).astype(int) for one in (turned, wanted)]
    assert np.mean(np.abs(soft[0] - soft[1])) < 5
    assert np.mean(np.abs(np.rot90(soft[0], 2) - soft[1])) > 20


@pytest.mark.parametrize("known", [(76.0, 130.0), (102.0, 152.0), (102.0, 203.0), (100.0, 100.0)])
def test_without_a_scale_the_nearest_format_is_taken(known):
    width, height = known
    assert size_mm(box(5, 5, 5 + 7 * width, 5 + 7 * height)) == known
    assert size_mm(rolled(box(5, 5, 5 + 7 * width, 5 + 7 * height), 1)) == (height, width)


def test_with_a_scale_the_label_is_measured():
    assert size_mm(box(0, 0, 300, 500), px_per_mm=5.0) == (60.0, 100.0)


def test_an_odd_shape_has_a_plausible_size():
    width, height = size_mm(box(0, 0, 1000, 200))
    assert width / height == pytest.approx(5.0)
    assert 30 < height < width < 300
