"""Waybills: the truth agrees with the picture."""

import re

import cv2
import numpy as np
import pytest
import zxingcpp

from hardware.errors import InputError
from hardware.twin.box import Mark
from station.scenes.numbers import NUMBERS, ups_number
from station.scenes.waybill import COURIERS, FORMS, TAIL_SHARE, Waybill, render

PX_PER_MM = 8.0
FORMS_OF_NUMBERS = {
    "SF": r"SF[a-zA-Z0-9]\d{12}", "ZTO": r"7[3-68]\d{12}", "YTO": r"YT\d{13}", "STO": r"(77|43)\d{12,15}",
    "Yunda": r"[34]\d{14}|5\d{12}", "J&T": r"JT\d{12,13}", "JD": r"JD[A-Z0-9]{2}\d{11}", "Deppon": r"DPK\d{11,12}",
    "EMS": r"[981]\d{12}|[A-Z]{2}\d{9}[A-Z]{2}", "UPS": r"1Z[A-Z0-9]{15}\d", "FedEx": r"\d{12}", "USPS": r"\d{22}",
    "DHL": r"\d{10}",
}  # fmt: skip


def drawn(courier: str, seed: int) -> Waybill:
    return render(courier, np.random.default_rng(seed), PX_PER_MM)


def patch(waybill: Waybill, mark: Mark, room_mm: float = 0.0) -> np.ndarray:
    (x0, y0), (x1, y1) = mark.polygon_mm.min(axis=0) - room_mm, mark.polygon_mm.max(axis=0) + room_mm
    rows = slice(max(0, round(y0 * PX_PER_MM)), round(y1 * PX_PER_MM))
    return waybill.picture[rows, max(0, round(x0 * PX_PER_MM)) : round(x1 * PX_PER_MM)]


@pytest.mark.parametrize("courier", COURIERS)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_mark_is_tight_on_ink_and_on_the_paper(courier: str, seed: int) -> None:
    waybill = drawn(courier, seed)
    for mark in waybill.marks:
        assert (mark.polygon_mm >= 0).all() and (mark.polygon_mm <= waybill.size_mm).all(), mark.text
        dark = cv2.cvtColor(patch(waybill, mark), cv2.COLOR_BGR2GRAY) < 180
        for edge in (dark[:3], dark[-3:], dark[:, :3], dark[:, -3:]):
            assert edge.any(), mark.text


@pytest.mark.parametrize("courier", COURIERS)
@pytest.mark.parametrize("seed", [0, 1])
def test_every_code_decodes_to_its_payload(courier: str, seed: int) -> None:
    waybill = drawn(courier, seed)
    codes = [mark for mark in waybill.marks if mark.kind == "code"]
    assert codes
    for mark in codes:
        found = zxingcpp.read_barcodes(np.ascontiguousarray(patch(waybill, mark, room_mm=1.0)))
        assert (mark.text, getattr(zxingcpp.BarcodeFormat, mark.symbology)) in [(r.text, r.format) for r in found]


@pytest.mark.parametrize("courier", COURIERS)
def test_with_all_marks_covered_no_code_is_left_to_decode(courier: str) -> None:
    waybill = drawn(courier, 3)
    covered = waybill.picture.copy()
    for mark in waybill.marks:
        cv2.fillPoly(covered, [np.rint(mark.polygon_mm * PX_PER_MM).astype(int)], (240, 240, 240))
    assert not zxingcpp.read_barcodes(covered)
    assert zxingcpp.read_barcodes(waybill.picture)


@pytest.mark.parametrize("courier", COURIERS)
def test_marks_of_a_label_have_the_kinds_that_a_label_has(courier: str) -> None:
    kinds = {mark.kind for mark in drawn(courier, 4).marks}
    assert {"name", "phone", "address", "number", "code"} <= kinds
    assert kinds <= {"name", "phone", "address", "number", "order", "remark", "code"}


@pytest.mark.parametrize("courier", COURIERS)
def test_numbers_have_the_form_of_the_courier(courier: str) -> None:
    rng = np.random.default_rng(5)
    for _ in range(20):
        assert re.fullmatch(FORMS_OF_NUMBERS[courier], NUMBERS[courier](rng))


def test_ups_check_digit_of_a_published_test_number() -> None:
    """1Z5R89390357567127 is UPS's own sample: the same weights give its last digit."""
    body = "5R8939035756712"
    values = [int(c) if c.isdigit() else (ord(c) - 3) % 10 for c in body]
    assert -sum(v * (1 + i % 2) for i, v in enumerate(values)) % 10 == 7
    number = ups_number(np.random.default_rng(0))
    values = [int(c) if c.isdigit() else (ord(c) - 3) % 10 for c in number[2:-1]]
    assert int(number[-1]) == -sum(v * (1 + i % 2) for i, v in enumerate(values)) % 10


@pytest.mark.parametrize("courier", COURIERS)
def test_sizes_are_those_of_the_couriers_forms(courier: str) -> None:
    widths = {form.size_mm[0] for form in FORMS[courier]}
    sizes = {form.size_mm for form in FORMS[courier]}
    for seed in range(3):
        size = drawn(courier, seed).size_mm
        assert size[0] in widths
        assert size in sizes or (size[0] == 76 and 130 < size[1] <= 180)


def test_some_labels_have_a_blank_tail() -> None:
    heights = [render("Yunda", np.random.default_rng(seed), 2.0).size_mm[1] for seed in range(40)]
    assert 0 < sum(height > 130 for height in heights) < 2 * 40 * TAIL_SHARE


def test_same_seed_same_label_and_another_seed_another() -> None:
    first, again, other = drawn("ZTO", 6), drawn("ZTO", 6), drawn("ZTO", 7)
    assert np.array_equal(first.picture, again.picture)
    assert [m.text for m in first.marks] == [m.text for m in again.marks] != [m.text for m in other.marks]


def test_an_unknown_courier_is_named_with_what_there_is() -> None:
    with pytest.raises(InputError, match=r"'Snail'.*ZTO, YTO"):
        drawn("Snail", 0)


def test_a_smaller_scale_keeps_places() -> None:
    fine = render("UPS", np.random.default_rng(1), 8.0)
    coarse = render("UPS", np.random.default_rng(1), 4.0)
    for a, b in zip(fine.marks, coarse.marks, strict=True):
        assert np.abs(a.polygon_mm.min(axis=0) - b.polygon_mm.min(axis=0)).max() < 0.8
