import cv2
import numpy as np
import pytest

from station.evaluate.labels import (
    Locates,
    empty_scenes,
    evaluation_stock,
    in_colour,
    labelled_scenes,
    labels,
    overlap,
)
from station.scenes.training import EVALUATION
from station.vision.framed import (
    LearnedLocator,
    _halves,
    _is_sheet,
    _Part,
    _shape,
    _unexplained,
    confidence,
    fine_frame,
    refined,
    shapes,
)
from station.vision.maps import NAMES, Maps, Seen, frame_size, normalised
from tests.vision.pictures import box, on_background, picture

TURNED = np.array([[520, 120], [980, 250], [760, 960], [300, 840]], float)
SHAPE = (56, 96)
LEAST_FOUND, MOST_INVENTED = 0.6, 0.1  # of 30 and 20 scenes: a floor under what was measured, far below the bar


def seen(quads, *, printed=True, outlined=True):
    """Maps as a perfect network would give them for quads in px of the maps."""
    maps = {name: np.zeros(SHAPE, np.float32) for name in NAMES}
    for quad in quads:
        points = [np.round(quad * 16 - 8).astype(np.int32)]
        cv2.fillPoly(maps["label"], points, 1.0, cv2.LINE_8, 4)
        if printed:
            cv2.fillPoly(maps["text"], points, 0.4, cv2.LINE_8, 4)
        if outlined:
            cv2.polylines(maps["outline"], points, True, 1.0, 1, cv2.LINE_8, 4)
    return Seen(**maps, to_frame=(4.0, 4.0))


@pytest.fixture(scope="module")
def locator():
    return LearnedLocator()


@pytest.fixture(scope="module")
def pictures():
    return evaluation_stock(30, EVALUATION.start)


# ---- maps


@pytest.mark.parametrize("size", [(640, 360), (4608, 2592), (3024, 4032), (400, 400), (300, 900)])
def test_the_networks_frame_has_about_the_aspect_and_always_the_area(size):
    columns, rows = frame_size(*size)
    assert columns % 32 == rows % 32 == 0
    assert columns * rows == pytest.approx(384 * 224, rel=0.25)
    assert columns / rows == pytest.approx(size[0] / size[1], rel=0.2)


def test_a_frame_is_normalised_and_a_flat_one_is_not_blown_up():
    ramp = np.tile(np.arange(256, dtype=np.uint8), (32, 1))
    assert normalised(ramp).mean() == pytest.approx(0, abs=1e-3)
    assert normalised(ramp).std() == pytest.approx(1, abs=1e-3)
    assert np.abs(normalised(np.full((32, 32), 77, np.uint8))).max() == 0


def test_maps_are_a_quarter_of_the_networks_frame():
    found = Maps().of(np.zeros((360, 640), np.uint8))
    assert found.label.shape == SHAPE
    assert found.to_frame == pytest.approx((640 / 96, 360 / 56))


# ---- quads from maps


def test_a_quad_is_found_where_the_maps_have_it():
    quad = np.array([[20, 10], [50, 16], [44, 44], [14, 38]], float)
    (found,) = shapes(seen([quad]))
    assert np.abs(found.quad - quad).max() < 1.5


def test_labels_that_touch_are_parted_along_their_outlines():
    left, right = box(10, 10, 40, 46), box(41, 10, 70, 46)
    found = shapes(seen([left, right]))
    assert len(found) == 2
    assert all(max(overlap(one.quad, truth, SHAPE) for one in found) > 0.85 for truth in (left, right))


def test_a_rule_across_a_label_does_not_cut_it():
    maps = seen([box(20, 8, 50, 48)])
    maps.outline[28, 21:40] = 1.0
    (found,) = shapes(maps)
    assert overlap(found.quad, box(20, 8, 50, 48), SHAPE) > 0.9


def test_a_sheet_without_print_is_no_label():
    blank, printed = (seen([box(20, 8, 50, 48)], printed=has) for has in (False, True))
    assert confidence(blank, shapes(blank)[0]) == 0
    assert confidence(printed, shapes(printed)[0]) > 0.9


def test_a_quad_with_an_outline_across_it_is_two_labels():
    left, right = box(10, 10, 40, 46), box(42, 10, 72, 46)
    maps = seen([left, right])
    maps.outline[:] = cv2.GaussianBlur(maps.outline, (0, 0), 1.0)
    view = (maps, np.zeros(2))
    halves = _halves(4 * box(10, 10, 72, 46), [view])
    assert halves is not None
    assert all(max(overlap(half / 4, truth, SHAPE) for half in halves) > 0.85 for truth in (left, right))
    assert _halves(4 * left, [view]) is None


def test_print_outside_all_quads_is_unexplained():
    maps = seen([box(10, 10, 40, 46), box(50, 10, 80, 46)])
    maps.text[:] *= 2
    assert _unexplained(maps, [box(10, 10, 40, 46), box(50, 10, 80, 46)]) == 0
    assert _unexplained(maps, [box(10, 10, 40, 46)]) > 0.1


def test_a_quad_that_no_rectangle_gives_is_no_sheet():
    assert _is_sheet(np.array([[20, 10], [50, 16], [44, 44], [14, 38]], float))
    assert not _is_sheet(np.array([[20, 10], [50, 16], [44, 44], [40, 30]], float))


def test_a_triangle_gets_a_quad_as_well():
    part = np.tril(np.ones((2 * SHAPE[0], 2 * SHAPE[1]), np.uint8))
    part[90:] = 0
    assert _shape(_Part(part, 0, 0), seen([])).quad.shape == (4, 2)


# ---- edges


def test_a_side_is_moved_onto_the_papers_edge():
    frame = np.full((224, 384), 60, np.uint8)
    truth = np.array([[80.3, 41.2], [190.6, 50.4], [180.1, 180.7], [70.8, 170.2]])
    cv2.fillPoly(frame, [np.round(truth * 16 - 8).astype(np.int32)], 220, cv2.LINE_AA, 4)
    off = truth + np.array([[2, -2], [-1, 2], [2, 2], [-2, -1]])
    found = refined(frame.astype(np.float32), off, (4.0, 4.0))
    assert np.abs(found - truth).max() < 1.2  # OpenCV fills half a pixel more


def test_without_an_edge_a_quad_stays():
    quad = box(80, 40, 190, 170)
    assert np.array_equal(refined(np.full((224, 384), 200, np.float32), quad, (4.0, 4.0)), quad)


def test_print_near_the_edge_is_not_taken_for_it():
    frame = np.full((224, 384), 90, np.uint8)
    frame[40:180, 80:200] = 225
    frame[40:180, 83:85] = 20
    quad = box(80, 40, 200, 180)
    assert np.abs(refined(frame.astype(np.float32), quad + 0.7, (4.0, 4.0)) - quad).max() < 1.0


def test_a_photo_is_reduced_by_a_whole_number():
    grey, factor = fine_frame(np.zeros((2592, 4608, 3), np.uint8))
    assert grey.shape == (864, 1536)
    assert factor == 3


# ---- the whole


def test_labels_of_unseen_scenes_are_found(locator, pictures):
    best = [
        max(
            (overlap(label.quad, one.quad, scene.grey.shape) for one in locator.locate(in_colour(scene.grey)).labels),
            default=0,
        )
        for scene in labelled_scenes(pictures, 30, EVALUATION.start)
        for label in scene.labels
    ]
    assert np.mean(np.array(best) >= 0.8) >= LEAST_FOUND


def test_scenes_without_a_label_stay_empty(locator, pictures):
    false = [
        bool(locator.locate(in_colour(scene.grey)).labels) for scene in empty_scenes(pictures, 20, EVALUATION.start)
    ]
    assert np.mean(false) <= MOST_INVENTED


@pytest.mark.parametrize("name", ["cardboard2.jpg", "cardboard55.jpg"])
def test_cardboard_is_no_label(locator, name):
    assert locator.locate(picture(name)).labels == []


def test_the_label_of_the_photograph(locator):
    (found,) = locator.locate(picture("ups-cardboard/ups-cardboard.jpg")).labels
    truth = np.array([[139, 470], [1055, 504], [1045, 1378], [148, 1398]], float)
    assert overlap(found.quad, truth, picture("ups-cardboard/ups-cardboard.jpg").shape) > 0.85


@pytest.mark.parametrize("name", ["yunda-76x130.png", "deppon-76x130.jpg"])
def test_a_label_on_cardboard_in_perspective(locator, name):
    cardboard = np.asarray(cv2.resize(picture("cardboard2.jpg"), (1400, 1050)), np.uint8)
    (found,) = locator.locate(on_background(picture(name), cardboard, TURNED)).labels
    assert overlap(found.quad, TURNED, (1050, 1400)) > 0.85


def test_a_picture_that_is_a_label_from_edge_to_edge(locator):
    whole = picture("deppon-76x130.jpg")
    (found,) = locator.locate(whole).labels
    assert overlap(found.quad, box(0, 0, 444, 760), whole.shape) > 0.9


def test_the_figures_of_an_evaluation_count_every_label():
    class Blind:
        def locate(self, bgr):
            return []

    blind: Locates = Blind()
    figures = labels(blind, 6, EVALUATION.start + 1)
    assert figures["labels"]["n"] >= 5
    assert figures["labels"]["found"] == 0
    assert figures["without_label_called_labelled"] == {"count": 0, "n": 3, "share": 0.0}
