import cv2
import numpy as np
import pytest

from station.scenes.waybill import render
from station.vision.look import Eye, _affordable
from station.vision.seen import Candidate
from station.vision.text import Models
from tests.vision.pictures import YUNDA_PX_MM, box, covered, on_background, picture


@pytest.fixture(scope="module")
def eye():
    return Eye()


@pytest.fixture(scope="module")
def yunda(eye):
    return eye.look(picture("yunda-76x130.png"), reveal=True)


@pytest.fixture(scope="module")
def deppon(eye):
    return eye.look(picture("deppon-76x130.jpg"))


@pytest.fixture(scope="module")
def ups(eye):
    return eye.look(picture("ups-cardboard/ups-cardboard.jpg"), reveal=True)


@pytest.fixture(scope="module")
def models():
    return Models()


class Locates:
    """Sees one sheet, with a confidence."""

    def __init__(self, quad, confidence):
        self._candidate = Candidate(quad, confidence)

    def locate(self, bgr):
        return [self._candidate]


def personal(look):
    regions = [region.polygon for label in look.labels for region in label.regions if region.kind != "other"]
    return regions + codes(look)


def codes(look):
    return [code.polygon for label in look.labels for code in label.codes]


def test_the_photograph_has_both_bar_codes_the_maxicode_and_the_number_line(ups):
    (label,) = ups.labels
    assert sorted(code.symbology for code in label.codes if code.decoded) == ["Code128", "Code128"]
    maxicode = np.array([[185, 569], [424, 573], [424, 806], [185, 808]], float)
    long_bars = np.array([[193, 991], [980, 991], [978, 1185], [193, 1191]], float)
    assert covered(maxicode, codes(ups)) >= 0.99
    assert covered(long_bars, codes(ups)) >= 0.99
    assert any(region.kind == "number" and "2425" in region.text for region in label.regions)


def test_the_photograph_is_upright(ups):
    assert np.linalg.norm(ups.labels[0].quad[0] - (139, 470)) < 60


def test_yunda_codes_margins_and_people_are_personal(yunda):
    places = {
        "code": box(29, 166, 307, 225),
        "lying code": box(375, 184, 434, 461),
        "number": box(93, 231, 243, 247),
        "left margins": box(9, 234, 21, 348),
        "right margin": box(468, 245, 482, 362),
        "bottom": box(32, 819, 150, 831),
        "recipient": box(110, 390, 230, 404),
        "recipient's address": box(110, 423, 338, 437),
        "sender": box(110, 494, 230, 508),
        "sender's address": box(110, 519, 336, 532),
    }
    polygons = personal(yunda)
    missed = [name for name, place in places.items() if covered(place, polygons) < 0.9]
    assert missed == []


def test_yunda_routing_code_and_product_may_stay(yunda):
    may_stay = {region.text for region in yunda.labels[0].regions if region.kind == "other"}
    assert {"300A G262-00 F3", "普快"} <= may_stay


def test_deppon_codes_margins_and_people_are_personal(deppon):
    places = {
        "code": box(26, 191, 418, 265),
        "lying code": box(24, 401, 74, 726),
        "left margin": box(6, 166, 16, 280),
        "right margin": box(428, 306, 438, 420),
        "recipient": box(22, 318, 214, 334),
        "recipient's address": box(22, 345, 302, 359),
        "sender": box(98, 404, 246, 417),
        "sender's address": box(98, 427, 338, 437),
    }
    polygons = personal(deppon)
    missed = [name for name, place in places.items() if covered(place, polygons) < 0.9]
    assert missed == []


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_the_quad_starts_at_the_labels_own_upper_left(eye, quarters):
    corners = np.roll(np.array([[60, 70], [760, 90], [740, 790], [40, 770]], float), -quarters, axis=0)
    photo = on_background(picture("yunda-76x130.png"), np.full((860, 820, 3), 70, np.uint8), corners)
    (label,) = eye.look(photo, px_per_mm=YUNDA_PX_MM).labels
    assert int(np.argmin(np.linalg.norm(corners - label.quad[0], axis=1))) == 0


def test_text_dies_in_the_eye_unless_it_is_asked_for(deppon, yunda):
    (label,) = deppon.labels
    assert label.regions
    assert all(region.text == "" for region in label.regions)
    assert all(code.text == "" for code in label.codes)
    assert any(region.text for region in yunda.labels[0].regions)


def test_every_stage_is_timed(deppon):
    assert set(deppon.ms) == {"locate", "rectify", "text", "read", "codes", "personal"}
    assert all(deppon.ms[stage] > 0 for stage in deppon.ms)


@pytest.mark.parametrize("name", ["cardboard2.jpg", "cardboard55.jpg"])
def test_cardboard_has_no_label(eye, name):
    assert eye.look(picture(name)).labels == ()


def test_white_paper_and_arrows_are_no_label(eye):
    photo = cv2.resize(picture("cardboard2.jpg"), (1400, 1050))
    cv2.rectangle(photo, (300, 200), (800, 900), (250, 250, 250), -1)
    cv2.arrowedLine(photo, (1000, 800), (1000, 300), (30, 30, 30), 20)
    assert eye.look(photo).labels == ()


def test_a_number_on_the_carton_itself_is_caught(eye):
    photo = cv2.resize(picture("cardboard2.jpg"), (1400, 1050))
    cv2.putText(photo, "SF1234567890123", (500, 500), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (20, 20, 20), 2, cv2.LINE_AA)
    (label,) = eye.look(photo).labels
    assert label.whole
    assert covered(box(505, 476, 780, 500), [label.quad]) > 0.95


def test_tiny_and_empty_pictures_have_no_label(eye):
    assert eye.look(np.zeros((1, 1, 3), np.uint8)).labels == ()
    assert eye.look(np.full((500, 500, 3), 255, np.uint8)).labels == ()


def test_a_label_whose_lines_stand_both_ways_up_is_personal_as_a_whole(eye):
    upper = picture("yunda-76x130.png")[:400]
    both = np.vstack([upper, cv2.rotate(upper, cv2.ROTATE_180)])
    corners = box(100, 100, 100 + both.shape[1], 100 + both.shape[0])
    photo = on_background(both, np.full((1000, 700, 3), 70, np.uint8), corners)
    (label,) = eye.look(photo, px_per_mm=YUNDA_PX_MM, known=[corners]).labels
    assert label.whole


def test_a_label_too_blurred_to_read_is_personal_as_a_whole(eye, yunda):
    assert not yunda.labels[0].whole
    blurred = cv2.GaussianBlur(picture("yunda-76x130.png"), (0, 0), 6)
    whole = box(0, 0, blurred.shape[1], blurred.shape[0])
    (label,) = eye.look(blurred, px_per_mm=YUNDA_PX_MM, known=[whole]).labels
    assert label.whole


@pytest.mark.parametrize("blur_px", [0, 4])
def test_a_2d_code_is_personal_read_or_not(eye, blur_px):
    label = render("UPS", np.random.default_rng(4), 8.0)
    code = next(mark for mark in label.marks if mark.symbology == "MaxiCode")
    seen = cv2.GaussianBlur(label.picture, (0, 0), blur_px) if blur_px else label.picture
    whole = box(0, 0, seen.shape[1], seen.shape[0])
    look = eye.look(seen, px_per_mm=8.0, known=[whole])
    assert covered(np.asarray(code.polygon_mm) * 8.0, [whole] if look.labels[0].whole else personal(look)) >= 0.99


def test_in_a_hurry_what_was_not_read_is_personal(eye, yunda):
    hurried = eye.look(picture("yunda-76x130.png"), hurry=True)
    missed = [place for place in personal(yunda) if covered(place, personal(hurried)) < 0.9]
    assert missed == []


def test_in_a_hurry_low_lines_are_read_only_while_few_are():
    high, low = (
        [box(0, 60 * k, 150, 60 * k + 50) for k in range(2)],
        [box(0, 500 + 30 * k, 60, 520 + 30 * k) for k in range(4)],
    )
    assert len(_affordable(high + low, 0.0)) == 6
    assert len(_affordable(high + low, 40.0)) == 3
    assert len(_affordable(3 * high + low, 40.0)) == 6


def test_in_a_hurry_what_was_found_outside_a_label_is_not_read_to_the_end(eye, monkeypatch):
    table = np.full((1600, 1600, 3), (90, 120, 150), np.uint8)
    label = render("Yunda", np.random.default_rng(3), 8.0).picture[:1300, :800]
    table[150 : 150 + label.shape[0], 400 : 400 + label.shape[1]] = label
    monkeypatch.setattr(eye._locator, "locate", lambda bgr: [])
    slow, hurried = (eye.look(table, px_per_mm=8.0, reveal=True, hurry=hurry) for hurry in (False, True))
    assert all(label.whole for label in slow.labels + hurried.labels)
    read = [sum(bool(region.text) for label in look.labels for region in label.regions) for look in (slow, hurried)]
    assert 0 < read[1] < read[0]


@pytest.mark.parametrize("wary", [False, True])
def test_a_shops_phone_on_the_carton_is_no_label_but_where_one_was(eye, wary):
    photo = cv2.resize(picture("cardboard2.jpg"), (1400, 1050))
    cv2.putText(photo, "TEL (203) 227-6858", (400, 500), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (20, 20, 20), 2, cv2.LINE_AA)
    assert len(eye.look(photo, wary=wary).labels) == wary


def test_in_a_hurry_a_label_is_known_by_its_small_print(models):
    paper = np.full((1000, 800, 3), 245, np.uint8)
    for row, word in enumerate(["GARDEN LAMP", "HEAVY METAL", "TWO PIECES", "BLUE FOREST", "THIS SIDE UP"]):
        cv2.putText(paper, word, (40, 150 + 140 * row), cv2.FONT_HERSHEY_SIMPLEX, 3.2, (20, 20, 20), 8, cv2.LINE_AA)
    without = paper.copy()
    cv2.putText(paper, "139 1234 5678", (40, 900), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (20, 20, 20), 2, cv2.LINE_AA)
    eye = Eye(models, Locates(box(5, 5, 795, 995), 0.7))
    assert [len(eye.look(each, 8.0, hurry=True).labels) for each in (paper, without)] == [1, 0]


@pytest.mark.parametrize(("confidence", "labels"), [(0.9, 1), (0.6, 0)])
def test_a_sheet_too_blurred_to_read_is_a_label_if_it_surely_looks_like_one(models, confidence, labels):
    blurred = cv2.GaussianBlur(picture("yunda-76x130.png"), (0, 0), 6)
    eye = Eye(models, Locates(box(0, 0, blurred.shape[1], blurred.shape[0]), confidence))
    found = eye.look(blurred, px_per_mm=YUNDA_PX_MM).labels
    assert [label.whole for label in found] == [True] * labels
