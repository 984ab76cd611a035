import cv2
import numpy as np
import pytest
from shapely.geometry import Polygon

from station.vision.sheets import SheetLocator, _four_corners
from station.vision.text import TextFinder
from tests.vision.pictures import box, covered, on_background, picture


@pytest.fixture(scope="module")
def locator():
    return SheetLocator(TextFinder())


def overlap(one, other) -> float:
    a, b = Polygon(one), Polygon(other)
    return a.intersection(b).area / a.union(b).area


def cardboard():
    return cv2.resize(picture("cardboard2.jpg"), (1400, 1050))


TURNED = np.array([[520, 120], [980, 250], [760, 960], [300, 840]], float)


def test_the_label_of_the_photograph(locator):
    (found,) = locator.locate(picture("ups-cardboard/ups-cardboard.jpg"))
    assert overlap(found.quad, np.array([[139, 470], [1055, 504], [1045, 1378], [148, 1398]])) > 0.85


@pytest.mark.parametrize("name", ["yunda-76x130.png", "deppon-76x130.jpg"])
def test_a_label_on_cardboard_in_perspective(locator, name):
    (found,) = locator.locate(on_background(picture(name), cardboard(), TURNED))
    assert overlap(found.quad, TURNED) > 0.8


@pytest.mark.parametrize("level", [15, 120, 215])
def test_a_label_on_plain_bags(locator, level):
    bag = np.full((1050, 1400, 3), level, np.uint8)
    (found,) = locator.locate(on_background(picture("deppon-76x130.jpg"), bag, TURNED))
    assert overlap(found.quad, TURNED) > 0.8


def test_a_white_label_on_white_loses_no_print(locator):
    bag = np.full((1050, 1400, 3), 253, np.uint8)
    found = locator.locate(on_background(picture("deppon-76x130.jpg"), bag, TURNED))
    inner = TURNED.mean(axis=0) + (TURNED - TURNED.mean(axis=0)) * 0.92
    assert covered(inner, [one.quad for one in found]) > 0.95


def test_two_labels(locator):
    left = np.array([[100, 150], [560, 130], [580, 900], [120, 920]], float)
    right = np.array([[760, 130], [1210, 140], [1200, 910], [750, 900]], float)
    photo = on_background(picture("yunda-76x130.png"), cardboard(), left)
    photo = on_background(picture("deppon-76x130.jpg"), photo, right)
    found = locator.locate(photo)
    assert len(found) == 2
    assert all(max(overlap(one.quad, truth) for one in found) > 0.8 for truth in (left, right))


def test_a_picture_that_is_a_label_from_edge_to_edge(locator):
    (found,) = locator.locate(picture("deppon-76x130.jpg"))
    assert covered(box(0, 0, 444, 760), [found.quad]) > 0.97


def test_corners_go_clockwise(locator):
    (found,) = locator.locate(on_background(picture("yunda-76x130.png"), cardboard(), TURNED))
    sides = np.roll(found.quad, -1, axis=0) - found.quad
    after = np.roll(sides, -1, axis=0)
    assert (sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0] > 0).all()


@pytest.mark.parametrize("name", ["cardboard2.jpg", "cardboard55.jpg"])
def test_cardboard_is_no_label(locator, name):
    assert locator.locate(picture(name)) == []


def test_a_triangle_gets_four_corners_as_well():
    triangle = np.array([[[100, 100]], [[500, 500]], [[100, 500]]], np.int32)
    assert _four_corners(triangle).shape == (4, 2)
