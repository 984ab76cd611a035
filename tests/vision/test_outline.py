import cv2
import numpy as np
import pytest

from station.evaluate.labels import overlap
from station.vision.maps import RAYS, Seen
from station.vision.outline import outlined
from tests.vision.pictures import box

FRAME = (192, 320)
SHAPE = (48, 80)
TRUTH = np.array([[90, 40], [230, 62], [208, 160], [70, 136]], float)


def seen(quads, *, labelled=True):
    """Maps as a perfect network would draw them for quads in px of its frame."""
    label, outline = np.zeros(SHAPE, np.float32), np.zeros(SHAPE, np.float32)
    for quad in quads:
        points = [np.round(quad / 4 * 16 - 8).astype(np.int32)]
        if labelled:
            cv2.fillPoly(label, points, 1.0, cv2.LINE_8, 4)
        cv2.polylines(outline, points, True, 1.0, 1, cv2.LINE_8, 4)
    empty = np.zeros(SHAPE, np.float32)
    cells = np.zeros((24, 40), np.float32)
    soft = np.asarray(cv2.GaussianBlur(outline, (0, 0), 0.8), np.float32)
    return Seen(cells, np.ones((RAYS, 24, 40), np.float32), label, empty, empty, empty, empty, soft, (1.0, 1.0))


@pytest.mark.parametrize("angle_deg", [-10, -5, 0, 5, 10])
@pytest.mark.parametrize("size", [0.85, 1.0, 1.15])
def test_a_rough_quad_is_moved_to_the_outline(angle_deg, size):
    turn = cv2.getRotationMatrix2D(tuple(TRUTH.mean(0)), angle_deg, size)
    rough = TRUTH @ turn[:, :2].T + turn[:, 2] + (4, -3)
    assert overlap(rough, TRUTH, FRAME) < 0.93
    assert overlap(outlined(seen([TRUTH]), rough), TRUTH, FRAME) > 0.95


def test_without_an_outline_a_quad_stays():
    assert np.allclose(outlined(seen([]), TRUTH), TRUTH)


def test_of_a_label_cut_by_the_frame_its_seen_part_is_found():
    beyond = box(120, -30, 240, 140)
    found = outlined(seen([beyond]), beyond + np.array([3, 2]))
    assert overlap(found, beyond, FRAME) > 0.9


def test_labels_that_touch_keep_their_own_sides():
    left, right = box(60, 40, 150, 160), box(152, 40, 250, 160)
    for truth in (left, right):
        assert overlap(outlined(seen([left, right]), truth + np.array([5, -4])), truth, FRAME) > 0.9
