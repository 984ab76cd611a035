"""What is measured of ink, on photographs that are drawn here: the truth is known to the pixel."""

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import pytest

from hardware.camera.frames import Bgr, Points
from hardware.camera.lens import Lens
from station.commission import cards
from station.commission.measure import (
    Fate,
    Found,
    InkFigures,
    carried,
    fate,
    followed,
    ink_figures,
    moved_photo,
)
from station.geometry import Plane

PX_PER_MM = 8.0
CARD = cards.card(4)
BOARD_MM = (160.0, 190.0)
AT_MM = (30.0, 20.0)  # the card's upper left
PLANNED_MM = np.array([[28.0, 50.0], [120.0, 50.0], [120.0, 105.0], [28.0, 105.0]])
TO_PX = PX_PER_MM * np.array([[1.0, 0.0, AT_MM[0]], [0.0, 1.0, AT_MM[1]], [0.0, 0.0, 1 / PX_PER_MM]])
FOUND = Found(CARD, TO_PX)


@cache
def board() -> Bgr:
    """Brown board with the card on it, as a camera would see it: grainy and a little soft."""
    picture = np.full([round(side * PX_PER_MM) for side in BOARD_MM[::-1]], 150, np.uint8)
    rows, columns = (round(side * PX_PER_MM) for side in CARD.size_mm[::-1])
    paper = cv2.resize(255 - CARD.ink, (columns, rows), interpolation=cv2.INTER_AREA)
    left, top = (round(at * PX_PER_MM) for at in AT_MM)
    picture[top : top + rows, left : left + columns] = 40 + paper * 0.8
    return seen(picture)


def seen(grey: np.ndarray, seed: int = 1) -> Bgr:
    noisy = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), 1.0) + np.random.default_rng(seed).normal(
        0, 2, grey.shape
    )
    return np.asarray(cv2.merge([np.clip(noisy, 0, 255).astype(np.uint8)] * 3))


def inked(photo: Bgr, polygon_mm: Points, through: float = 0.1) -> Bgr:
    """The photograph with ink on a polygon that lets so much light back."""
    mask = np.zeros(photo.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(polygon_mm * PX_PER_MM).astype(np.int32)], 255)
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 1.0)[..., None]
    return np.asarray(photo * (1 - soft * (1 - through)), np.uint8)


@dataclass(frozen=True)
class Case:
    before: Bgr
    after: Bgr
    later: Bgr | None = None

    def fate(self) -> Fate:
        return fate(self.before, self.after, FOUND, [PLANNED_MM * PX_PER_MM], PX_PER_MM)

    def figures(self) -> InkFigures:
        later = self.after if self.later is None else self.later
        found = ink_figures(self.fate(), FOUND, self.after, later, [PLANNED_MM * PX_PER_MM])
        assert found is not None
        return found


def grown(by_mm: float) -> Points:
    return PLANNED_MM + by_mm * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])


def test_ink_where_it_was_planned_is_off_by_nothing() -> None:
    found = Case(board(), inked(board(), PLANNED_MM)).figures()
    assert found.off_mm < 0.12 and abs(found.wider_mm) < 0.1
    assert found.filled > 0.99 and found.through == pytest.approx(0.1, abs=0.03)
    assert found.changing < 0.5


@pytest.mark.parametrize("off_mm", [(1.0, 0.0), (0.0, -1.5), (3.0, 4.0)])
def test_ink_beside_its_place_is_told_by_how_far(off_mm: tuple[float, float]) -> None:
    found = Case(board(), inked(board(), PLANNED_MM + off_mm)).figures()
    assert found.off_mm == pytest.approx(max(np.abs(off_mm)), abs=0.25)
    assert abs(found.wider_mm) < 0.25


@pytest.mark.parametrize("by_mm", [0.8, -0.8])
def test_a_wider_or_narrower_tool_is_not_taken_for_one_beside_its_place(by_mm: float) -> None:
    found = Case(board(), inked(board(), grown(by_mm))).figures()
    assert found.wider_mm == pytest.approx(by_mm, abs=0.1) and found.off_mm < 0.15


def test_pale_ink_is_told_by_the_light_it_lets_back() -> None:
    assert Case(board(), inked(board(), PLANNED_MM, 0.45)).figures().through == pytest.approx(0.45, abs=0.03)


def test_a_gap_between_two_strokes_is_not_filled() -> None:
    upper, lower = PLANNED_MM.copy(), PLANNED_MM.copy()
    upper[2:, 1], lower[:2, 1] = 73.0, 80.0
    found = Case(board(), inked(inked(board(), upper), lower)).figures()
    assert found.filled == pytest.approx(1 - 7 / 55, abs=0.03)


def test_where_a_stroke_runs_beside_the_card_its_ink_is_not_missed() -> None:
    on_the_card = np.array([[30.0, 50.0], [120.0, 50.0], [120.0, 105.0], [30.0, 105.0]])
    wide_px = (on_the_card + np.array([[-20, 0], [0, 0], [0, 0], [-20, 0]])) * PX_PER_MM
    after = inked(board(), on_the_card)
    seen_fate = fate(board(), after, FOUND, [wide_px], PX_PER_MM)
    found = ink_figures(seen_fate, FOUND, after, after, [wide_px])
    assert found is not None and found.filled > 0.98


def test_without_ink_there_are_no_figures() -> None:
    case = Case(board(), board())
    assert ink_figures(case.fate(), FOUND, case.after, case.after, [PLANNED_MM * PX_PER_MM]) is None
    assert not any(covered for _, covered in case.fate().fates(FOUND))


def test_ink_that_fades_is_not_dry_but_a_lamp_that_fades_is_only_a_lamp() -> None:
    after = inked(board(), PLANNED_MM)
    fading, dimmer = inked(board(), PLANNED_MM, 0.16), np.asarray(after * 0.9, np.uint8)
    assert Case(board(), after, fading).figures().changing > 8
    assert Case(board(), after, dimmer).figures().changing < 1.5


def test_a_mark_is_covered_when_its_paper_is_though_print_was_black_before() -> None:
    fates = Case(board(), inked(board(), PLANNED_MM)).fate().fates(FOUND)
    inside = {mark.text for mark, polygon in FOUND.marks if _within(polygon)}
    assert inside and {mark.text for mark, covered in fates if covered} == inside


def test_a_sliver_left_of_a_code_is_not_covered() -> None:
    code, polygon = next((mark, there) for mark, there in FOUND.marks if mark.symbology == "MaxiCode")
    rest = polygon / PX_PER_MM + np.array([[0, 0], [0, 0], [0, -1.0], [0, -1.0]])
    fates = Case(board(), inked(board(), rest)).fate().fates(FOUND)
    assert not next(covered for mark, covered in fates if mark is code)


def test_ink_is_measured_alike_in_a_room_that_got_darker() -> None:
    after = np.asarray(inked(board(), PLANNED_MM) * 0.8, np.uint8)
    assert Case(board(), after).figures().through == pytest.approx(0.1, abs=0.03)


def test_the_scale_of_the_print_is_told() -> None:
    lens = Lens(focal_px=PX_PER_MM * Lens().camera_height_mm)
    small = Found(CARD, FOUND.to_px @ np.diag([0.96, 0.96, 1.0]))
    assert FOUND.print_scale(Plane(lens, 0.0)) == pytest.approx(1.0, abs=0.001)
    assert small.print_scale(Plane(lens, 0.0)) == pytest.approx(0.96, abs=0.001)


def test_a_box_that_was_pushed_is_followed_and_its_photograph_brought_there() -> None:
    moved = np.array([[1.0, 0.0, 57.0], [0.0, 1.0, -23.0], [0.0, 0.0, 1.0]])
    after = moved_photo(board(), moved)
    found = followed(board(), after, FOUND, PX_PER_MM)
    assert found is not None
    assert np.abs(carried(FOUND.outline_px, found) - carried(FOUND.outline_px, moved)).max() < 0.1 * PX_PER_MM


def _within(polygon_px: Points) -> bool:
    low, high = PLANNED_MM.min(axis=0) * PX_PER_MM, PLANNED_MM.max(axis=0) * PX_PER_MM
    return bool((polygon_px >= low).all() and (polygon_px <= high).all())
