import cv2
import numpy as np
import pytest

from station.evaluate.labels import overlap
from station.vision.locate import Locator
from station.vision.text import TextFinder
from tests.vision.pictures import box, on_background, picture


class Counted(TextFinder):
    """A text finder that knows how often it was asked."""

    asked = 0

    def find(self, bgr):
        self.asked += 1
        return super().find(bgr)


@pytest.fixture
def finder():
    return Counted()


def on_cardboard(*labels):
    photo = np.asarray(cv2.resize(picture("cardboard2.jpg"), (1400, 1050)), np.uint8)
    for name, quad in labels:
        photo = on_background(picture(name), photo, quad)
    return photo


LEFT = np.array([[100, 150], [560, 130], [580, 900], [120, 920]], float)
RIGHT = np.array([[760, 130], [1210, 140], [1200, 910], [750, 900]], float)


def test_what_the_network_explains_is_not_searched_for_text(finder):
    found = Locator(finder).locate(on_cardboard(("yunda-76x130.png", LEFT), ("deppon-76x130.jpg", RIGHT)))
    assert len(found) == 2
    assert all(max(overlap(one.quad, truth, (1050, 1400)) for one in found) > 0.85 for truth in (LEFT, RIGHT))
    assert finder.asked == 0


def test_where_the_network_sees_no_label_the_paper_is_searched(finder):
    assert Locator(finder).locate(on_cardboard()) == []
    assert finder.asked == 1


def test_labels_lie_in_the_photo(finder):
    beyond = np.array([[-120, 150], [340, 130], [360, 900], [-100, 920]], float)
    (found,) = Locator(finder).locate(on_cardboard(("yunda-76x130.png", beyond)))
    assert found.quad[:, 0].min() >= 0
    assert overlap(found.quad, beyond, (1050, 1400)) > 0.8


def test_a_picture_that_is_a_label_from_edge_to_edge(finder):
    (found,) = Locator(finder).locate(picture("deppon-76x130.jpg"))
    assert found.quad.tolist() == box(0, 0, 444, 760).tolist()
