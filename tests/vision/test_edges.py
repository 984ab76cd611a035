import cv2
import numpy as np

from station.vision.edges import refined
from tests.vision.pictures import box


def test_a_side_is_moved_onto_the_papers_edge():
    frame = np.full((224, 384), 60, np.uint8)
    truth = np.array([[80.3, 41.2], [190.6, 50.4], [180.1, 180.7], [70.8, 170.2]])
    cv2.fillPoly(frame, [np.round(truth * 16 - 8).astype(np.int32)], 220, cv2.LINE_AA, 4)
    off = truth + np.array([[2, -2], [-1, 2], [2, 2], [-2, -1]])
    found = refined(frame, off, 1.0)
    assert np.abs(found - truth).max() < 1.3  # OpenCV fills half a pixel more


def test_without_an_edge_a_quad_stays():
    quad = box(80, 40, 190, 170)
    assert np.array_equal(refined(np.full((224, 384), 200, np.uint8), quad, 1.0), quad)


def test_print_near_the_edge_is_not_taken_for_it():
    frame = np.full((224, 384), 90, np.uint8)
    frame[40:180, 80:200] = 225
    frame[40:180, 83:85] = 20
    quad = box(80, 40, 200, 180)
    assert np.abs(refined(frame, quad + 0.7, 1.0) - quad).max() < 1.0
