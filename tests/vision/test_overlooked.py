"""What lies outside the quads that the locator gave is still found: a label cut short loses nothing."""

import cv2
import numpy as np
import pytest
import zxingcpp

from station.scenes.waybill import render
from station.vision.look import Eye
from tests.vision.pictures import covered, on_background

PX_MM = 7.4
CORNERS = np.array([[700, 150], [1350, 530], [790, 1500], [140, 1120]], float)  # 102 x 152 mm, turned by 30 degrees


@pytest.fixture(scope="module")
def eye():
    return Eye()


@pytest.fixture(scope="module")
def fedex():
    return render("FedEx", np.random.default_rng(5), PX_MM)


def on_table(label, blur_px):
    table = np.full((1700, 1700, 3), (96, 140, 170), np.uint8)
    return on_background(cv2.GaussianBlur(label.picture, (0, 0), blur_px) if blur_px else label.picture, table, CORNERS)


def on_photo(label, polygon_mm):
    columns, rows = label.size_mm
    flat = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    matrix = cv2.getPerspectiveTransform(flat, CORNERS.astype(np.float32))
    return cv2.perspectiveTransform(np.asarray(polygon_mm, np.float64).reshape(-1, 1, 2), matrix).reshape(-1, 2)


def upper(share):
    """The label's quad with its lower corners moved up to `share` of its height."""
    low = CORNERS[:2] + share * (CORNERS[[3, 2]] - CORNERS[:2])
    return np.vstack([CORNERS[:2], low[::-1]])


@pytest.mark.parametrize("blur_px", [0, 2])
def test_bars_beyond_a_quad_that_ends_too_early_are_found_decoded_or_not(eye, fedex, blur_px):
    bars = max((mark for mark in fedex.marks if mark.symbology == "Code128"), key=lambda each: np.ptp(each.polygon_mm))
    look = eye.look(on_table(fedex, blur_px), PX_MM, known=[upper(0.6)])
    whole = [label.quad for label in look.labels if label.whole]
    assert covered(on_photo(fedex, bars.polygon_mm), whole) >= 0.99


def test_print_on_a_known_label_is_not_found_again(eye, fedex):
    look = eye.look(on_table(fedex, 0), PX_MM, known=[CORNERS])
    assert len(look.labels) == 1


@pytest.mark.parametrize(
    ("symbology", "text", "labels"), [("EAN13", "690123456789", 0), ("Code128", "YT690123456789", 1)]
)
def test_the_code_of_a_product_on_a_carton_is_no_label(eye, symbology, text, labels):
    carton = np.full((1200, 1600, 3), (96, 140, 170), np.uint8)
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, symbology))
    bars = np.asarray(code.to_image(scale=3, add_quiet_zones=False))[:1].repeat(160, axis=0)
    carton[500:660, 400 : 400 + bars.shape[1]] = cv2.cvtColor(np.minimum(bars, 150), cv2.COLOR_GRAY2BGR)
    cv2.putText(carton, text, (400, 710), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (20, 20, 20), 3, cv2.LINE_AA)
    assert len(eye.look(carton, PX_MM).labels) == (symbology == "Code128")


@pytest.mark.parametrize(("number", "places"), [("139 1234 5678", 2), ("TWO PIECES 15", 0)])
def test_beside_what_makes_a_label_a_weak_sign_is_a_part_of_it(eye, number, places):
    table = np.full((1000, 1600, 3), (190, 200, 210), np.uint8)
    for x, text in ((80, number), (900, "TEL (203) 227-6858")):
        cv2.putText(table, text, (x, 500), cv2.FONT_HERSHEY_SIMPLEX, 1.6, (20, 20, 20), 3, cv2.LINE_AA)
    assert len(eye.look(table, PX_MM).labels) == places
