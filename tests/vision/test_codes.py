import cv2
import numpy as np
import pytest
import zxingcpp

from station.vision import codes
from tests.vision.pictures import DEPPON_PX_MM, YUNDA_PX_MM, box, covered, picture


def drawn(symbology, text: str, at: tuple[int, int], size: tuple[int, int], canvas):
    """The symbol drawn into `canvas` (10 px/mm) without its quiet zone; its place."""
    symbol = np.asarray(zxingcpp.create_barcode(text, symbology).to_image(scale=4, add_quiet_zones=False))
    (left, top), (width, height) = at, size
    canvas[top : top + height, left : left + width] = cv2.resize(
        symbol if symbol.ndim == 3 else cv2.cvtColor(symbol, cv2.COLOR_GRAY2BGR), size, interpolation=cv2.INTER_NEAREST
    )
    return box(left, top, left + width, top + height)


def paper():
    return np.full((1300, 760, 3), 245, np.uint8)


def find(bgr, px_per_mm):
    return codes.find(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), px_per_mm)


def polygons(found):
    return [code.polygon for code in found]


def test_yunda_has_two_code_128_one_of_them_lying():
    found = find(picture("yunda-76x130.png"), YUNDA_PX_MM)
    upright, lying = box(29, 166, 307, 225), box(375, 184, 434, 461)
    assert covered(upright, polygons(found)) >= 0.99
    assert covered(lying, polygons(found)) >= 0.99


def test_deppon_has_two_code_128_one_of_them_lying():
    found = find(picture("deppon-76x130.jpg"), DEPPON_PX_MM)
    upright, lying = box(26, 191, 418, 265), box(24, 401, 74, 726)
    assert covered(upright, polygons(found)) >= 0.99
    assert covered(lying, polygons(found)) >= 0.99


@pytest.mark.parametrize("symbology", ["QRCode", "DataMatrix", "PDF417", "Aztec"])
def test_2d_codes_are_read_and_covered(symbology):
    canvas = paper()
    wide = symbology == "PDF417"
    place = drawn(
        zxingcpp.barcode_format_from_str(symbology),
        "NOBODY, ELM STREET 12, 4711",
        (150, 400),
        (480, 160) if wide else (220, 220),
        canvas,
    )
    found = find(canvas, 10.0)
    assert [(code.symbology, code.decoded) for code in found] == [(symbology, True)]
    assert covered(place, polygons(found)) >= 0.99


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
def test_a_code_that_cannot_be_decoded_is_still_a_code(quarters):
    canvas = paper()
    place = drawn(zxingcpp.BarcodeFormat.Code128, "SF1234567890123", (130, 400), (500, 130), canvas)
    canvas[:, 300:340] = 245  # a torn strip: some bars are gone
    turned = np.ascontiguousarray(np.rot90(canvas, quarters))
    corners = place.copy()
    for _ in range(quarters):
        width = canvas.shape[1] if _ % 2 == 0 else canvas.shape[0]
        corners = np.column_stack([corners[:, 1], width - corners[:, 0]])
    found = find(turned, 10.0)
    assert not any(code.decoded for code in found)
    assert covered(corners, polygons(found)) >= 0.9


def test_bars_are_followed_to_their_ends_where_digits_interrupt_them():
    canvas = paper()
    place = drawn(zxingcpp.BarcodeFormat.Code128, "1Z0000000000000000", (100, 300), (560, 200), canvas)
    cv2.rectangle(canvas, (260, 440), (500, 510), (245, 245, 245), -1)
    assert covered(place, polygons(find(canvas, 10.0))) >= 0.99


def test_a_dim_picture_has_the_same_codes():
    canvas = paper()
    place = drawn(zxingcpp.BarcodeFormat.Code128, "SF1234567890123", (130, 400), (500, 130), canvas)
    dim = (canvas * 0.3 + 10).astype(np.uint8)
    assert covered(place, polygons(find(dim, 10.0))) >= 0.99


def test_blank_paper_rules_and_one_large_word_are_no_codes():
    canvas = paper()
    for row in range(100, 1200, 90):
        cv2.line(canvas, (20, row), (740, row), (0, 0, 0), 3)
    cv2.line(canvas, (300, 20), (300, 1250), (0, 0, 0), 3)
    cv2.putText(canvas, "EXPRESS", (40, 170), cv2.FONT_HERSHEY_SIMPLEX, 2.5, (0, 0, 0), 6)
    assert find(canvas, 10.0) == []


def test_tiny_pictures_do_no_harm():
    assert find(np.zeros((1, 1, 3), np.uint8), 10.0) == []


@pytest.mark.parametrize("lying", [False, True])
def test_a_code_is_framed_by_its_own_bars_beside_a_dark_bag_and_long_rules(lying):
    canvas = paper()
    drawn(zxingcpp.BarcodeFormat.Code128, "SF1234567890123", (60, 400), (500, 130), canvas)
    canvas[:, :30] = 30
    cv2.line(canvas, (620, 0), (620, 1299), (20, 20, 20), 4)
    around = box(50, 390, 570, 540)
    if lying:
        canvas, around = np.ascontiguousarray(canvas.transpose(1, 0, 2)), around[:, ::-1]
    (code,) = find(canvas, 10.0)
    assert covered(code.polygon, [around]) > 0.99


def test_the_grain_of_the_carton_around_a_label_is_no_code():
    grain = np.random.default_rng(2).choice([90, 200], (325, 190)).astype(np.uint8)
    canvas = cv2.resize(grain, (760, 1300), interpolation=cv2.INTER_NEAREST)
    canvas[30:-30, 30:-30] = 245
    assert codes.find(canvas, 10.0, margin_mm=3.0) == []
    assert codes.find(canvas, 10.0) != []


@pytest.mark.parametrize(
    ("symbology", "text", "article"),
    [
        ("EAN13", "6901234567892", True),
        ("ITF", "10012345678902", True),
        ("ITF", "10012345678903", False),  # its check digit is another
        ("ITF", "100123456789", False),
        ("Code128", "6901234567892", False),
        ("1D", "", False),
    ],
)
def test_codes_of_products_are_told_from_those_of_parcels(symbology, text, article):
    assert codes.is_article(symbology, text) == article
