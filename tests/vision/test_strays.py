"""Everything dark on a label is found, but for rules, specks and what is explained."""

import cv2
import numpy as np

from station.vision import strays as module
from tests.vision.pictures import box, covered

PX_MM = 10.0


def strays(bgr, px_per_mm, explained, edge_mm):
    share = module.PAPER_PX_MM / px_per_mm
    paper = cv2.resize(bgr, None, fx=share, fy=share, interpolation=cv2.INTER_LINEAR)
    return module.strays(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), paper, px_per_mm, explained, edge_mm)


def label():
    return np.full((1300, 760, 3), 236, np.uint8)


def write(picture, text, x, y, scale=1.0):
    """Draws text; gives its box."""
    cv2.putText(picture, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, (30, 30, 30), 3, cv2.LINE_AA)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 3)
    return box(x, y - height, x + width, y)


def test_print_that_nobody_explained_is_found_and_what_is_explained_is_not():
    picture = label()
    known, stray = write(picture, "KNOWN LINE", 100, 300), write(picture, "7501", 500, 900)
    found = strays(picture, PX_MM, [known], 0.0)
    assert covered(stray, found) > 0.95
    assert covered(known, found) < 0.05


def test_faint_handwriting_is_found():
    picture = label()
    points = np.array([[200, 600], [230, 540], [260, 610], [300, 560], [350, 600]], np.int32)
    cv2.polylines(picture, [points], False, (170, 150, 150), 5, cv2.LINE_AA)
    assert covered(box(200, 545, 350, 605), strays(picture, PX_MM, [], 0.0)) > 0.9


def test_rules_thin_thick_and_aslant_are_no_print():
    picture = label()
    cv2.line(picture, (0, 400), (760, 400), (30, 30, 30), 4)
    cv2.line(picture, (0, 700), (760, 735), (30, 30, 30), 4)
    cv2.rectangle(picture, (20, 1000), (740, 1025), (20, 20, 20), -1)
    cv2.line(picture, (560, 20), (560, 1280), (30, 30, 30), 4)
    assert strays(picture, PX_MM, [], 0.5) == []


def test_specks_and_a_soft_shadow_are_no_print():
    picture = label()
    rng = np.random.default_rng(3)
    for x, y in rng.integers(50, 700, (30, 2)):
        cv2.circle(picture, (int(x), int(y)), 1, (60, 60, 60), -1)
    shade = np.linspace(0, 60, 760)[None, :, None]
    assert strays(np.clip(picture - shade, 0, 255).astype(np.uint8), PX_MM, [], 0.0) == []


def test_what_lies_in_the_margin_is_not_the_labels():
    picture = label()
    write(picture, "CARTON", 300, 24, 0.7)
    assert strays(picture, PX_MM, [], 3.0) == []


def test_a_seam_of_the_carton_in_the_margin_is_no_print_but_print_in_a_shadow_is():
    picture = label()
    picture[:, :30] = (100, 140, 175)
    cv2.line(picture, (0, 500), (26, 500), (40, 50, 60), 9)
    shaded = write(picture, "7501", 400, 900)
    picture[800:1000] = (picture[800:1000] * 0.55).astype(np.uint8)
    found = strays(picture, PX_MM, [], 1.0)
    assert covered(shaded, found) > 0.95
    assert len(found) == 1


def test_a_tiny_number_in_the_margin_of_the_paper_is_found():
    picture = label()
    picture[:, :12] = (100, 140, 175)
    number = write(picture, "SF1390", 34, 700, 0.5)
    assert covered(number, strays(picture, PX_MM, [], 1.0)) > 0.95
