"""Boxes: same seed same box, labels on their faces, in view and in reach."""

from itertools import islice

import cv2
import numpy as np
import pytest
import zxingcpp

from hardware.camera.lens import Lens
from hardware.twin.box import Box
from station.scenes.boxes import REACH_MM, boxes, numbered, random_box
from station.scenes.place import moved, place_label, turned
from station.scenes.substrates import SURFACES, substrate
from station.scenes.waybill import render

SEED = 1


@pytest.fixture(scope="module")
def some() -> list[Box]:
    return list(islice(boxes(SEED), 26))


def test_box_k_does_not_depend_on_the_boxes_before(some: list[Box]) -> None:
    again = numbered(SEED, 3)
    assert again.name == some[3].name and again.pose == some[3].pose and again.height_mm == some[3].height_mm
    assert np.array_equal(again.faces[0].picture, some[3].faces[0].picture)


def test_sizes_and_light_are_what_the_platform_takes(some: list[Box]) -> None:
    for box in some:
        assert 0 <= box.height_mm <= 200
        assert 0.75 <= box.light <= 1.15
        assert box.faces[0].outlines_mm
    assert any(len(box.faces) > 1 for box in some)


def test_labels_and_marks_lie_on_their_face_and_marks_on_a_label(some: list[Box]) -> None:
    for box in some:
        for face in box.faces:
            for outline in face.outlines_mm:
                assert (outline >= 0).all() and (outline <= face.size_mm).all()
            for mark in face.marks:
                middle = tuple(mark.polygon_mm.mean(axis=0))
                inside = [cv2.pointPolygonTest(np.float32(line), middle, False) > 0 for line in face.outlines_mm]
                assert any(inside), mark.kind


def test_every_label_of_the_first_face_is_seen_and_reached(some: list[Box]) -> None:
    lens = Lens()
    for box in some:
        pose = box.pose
        to_platform = turned(box.faces[0].size_mm, (pose.x_mm, pose.y_mm), pose.angle_deg)
        for outline in box.faces[0].outlines_mm:
            there = moved(outline, to_platform)
            assert (there >= REACH_MM[0]).all() and (there <= REACH_MM[1]).all()
            seen = lens.to_pixels(there, box.height_mm)
            assert (seen > 0).all() and (seen < lens.size_px).all()


@pytest.mark.parametrize("angle_deg", [0.0, 33.0, 90.0, 187.0])
def test_a_placed_label_is_where_its_outline_says(angle_deg: float) -> None:
    """Rectified by its outline alone, the label shows what was printed, to a tenth of a millimetre."""
    waybill = render("UPS", np.random.default_rng(2))
    surface = substrate("kraft", (240.0, 220.0), np.random.default_rng(0))
    placed = place_label(surface, waybill, (120.0, 110.0), angle_deg)
    rows, columns = waybill.picture.shape[:2]
    upright = np.float32([[0, 0], [columns, 0], [columns, rows], [0, rows]]) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(np.float32(placed.outline_mm * 8.0 - 0.5), upright)
    back = cv2.warpPerspective(placed.surface, matrix, (columns, rows))
    printed = cv2.GaussianBlur(waybill.picture[..., 1], (0, 0), 2).astype(np.float32)
    (dx, dy), _ = cv2.phaseCorrelate(printed, cv2.GaussianBlur(back[..., 1], (0, 0), 2).astype(np.float32))
    assert max(abs(dx), abs(dy)) < 0.1
    assert np.abs(back.astype(int) - waybill.picture)[8:-8, 8:-8].mean() < 6


def test_codes_still_decode_on_a_turned_label() -> None:
    waybill = render("ZTO", np.random.default_rng(2))
    surface = substrate("white-bag", (220.0, 200.0), np.random.default_rng(0))
    placed = place_label(surface, waybill, (110.0, 100.0), 90.0)
    read = {code.text for code in zxingcpp.read_barcodes(placed.surface)}
    assert {mark.text for mark in waybill.marks if mark.symbology == "Code128"} <= read


@pytest.mark.parametrize("kind", list(SURFACES))
def test_surfaces_have_their_size_and_hold_no_code(kind: str) -> None:
    picture = substrate(kind, (160.0, 120.0), np.random.default_rng(4), 8.0)
    assert picture.shape == (960, 1280, 3) and picture.dtype == np.uint8
    assert not zxingcpp.read_barcodes(picture)


def test_surfaces_differ_as_bags_and_boxes_do() -> None:
    level = {kind: float(substrate(kind, (160.0, 120.0), np.random.default_rng(4)).mean()) for kind in SURFACES}
    assert level["black-bag"] < 70 < level["kraft"] < 190 < level["white-bag"]


def test_a_box_can_be_asked_for_with_its_courier() -> None:
    box = random_box(np.random.default_rng(0), "one", "FedEx")
    assert "PDF417" in {mark.symbology for mark in box.faces[0].marks}
