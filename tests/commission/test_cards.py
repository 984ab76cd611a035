"""Test cards: exact on paper, the same from their number alone, and recognised in a photograph by their print."""

import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from hardware.camera.frames import Bgr, Points
from hardware.errors import InputError
from hardware.machine import twin_machine
from hardware.twin.box import Box, Mark
from station.cli import main
from station.commission import cards
from station.commission.cards import Card, Paper
from station.commission.hands import boxed
from station.commission.measure import recognised
from tests.small_box import small_box

POINT_MM = 25.4 / 72
SIZES_MM = {(76.0, 130.0), (100.0, 150.0), (100.0, 180.0), (102.0, 152.0)}


def numbers(pattern: bytes, pdf: bytes) -> Points:
    """What stands in the brackets of a pattern, N x groups, points in mm."""
    return np.array(re.findall(pattern, pdf), float) * POINT_MM


def printed(pdf: bytes) -> tuple[Points, Points, Points]:
    """Size of the page (2), place and size of the picture (4), cut marks (N x 4); mm from the upper left."""
    page = numbers(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)[0]
    width, height, x, y = numbers(rb"q ([\d.]+) 0 0 ([\d.]+) ([\d.]+) ([\d.]+) cm", pdf)[0]
    cuts = numbers(rb"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re f", pdf).reshape(-1, 4)
    cuts[:, 1] = page[1] - cuts[:, 1] - cuts[:, 3]
    return page, np.array([x, page[1] - y - height, width, height]), cuts


def test_all_four_sizes_come_in_every_four_cards() -> None:
    for first in (1, 5, 9):
        assert {cards.card(number).size_mm for number in range(first, first + 4)} == SIZES_MM


@pytest.mark.parametrize("paper", ["a4", "label"])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_the_printed_card_has_its_exact_size_and_ink(number: int, paper: Paper) -> None:
    card = cards.card(number)
    pdf = cards.pdf(card, paper)
    page, picture, _ = printed(pdf)
    assert np.allclose(page, (210, 297) if paper == "a4" else card.size_mm, atol=0.001)
    assert np.allclose(picture, [*(page - card.size_mm) / 2, *card.size_mm], atol=0.001)
    head, packed = re.search(rb"/Width (\d+ /Height \d+).*?stream\n(.*?)\nendstream", pdf, re.S).groups()  # type: ignore[union-attr]
    columns, rows = (int(each) for each in re.findall(rb"\d+", head))
    grey = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(rows, columns)
    assert np.array_equal(255 - grey, card.ink)


def test_the_cut_marks_point_at_the_corners_and_touch_nothing() -> None:
    _, (x, y, width, height), cuts = printed(cards.pdf(cards.card(4), "a4"))
    upright = cuts[:, 3] > cuts[:, 2]
    middles = cuts[:, :2] + cuts[:, 2:] / 2
    assert upright.sum() == (~upright).sum() == 4
    assert set(np.round(middles[upright, 0], 2)) == set(np.round([x, x + width], 2))
    assert set(np.round(middles[~upright, 1], 2)) == set(np.round([y, y + height], 2))
    for left, top, wide, high in cuts:
        assert left + wide < x - 1 or left > x + width + 1 or top + high < y - 1 or top > y + height + 1
    assert not len(printed(cards.pdf(cards.card(4), "label"))[2])


def marks(card: Card | Box) -> list[tuple[str, str, str]]:
    found: tuple[Mark, ...] = card.marks if isinstance(card, Card) else card.faces[0].marks
    return [(mark.kind, mark.symbology, mark.text) for mark in found]


def test_a_number_alone_gives_the_card_again() -> None:
    once, again, other = cards.card(3), cards.card(3), cards.card(11)
    assert np.array_equal(once.ink, again.ink) and marks(once) == marks(again) == marks(boxed(3, 5))
    assert other.size_mm == once.size_mm and not np.array_equal(other.ink, once.ink)
    texts = {text for _, symbology, text in marks(once) if symbology == "Code128"}
    assert texts and not texts & {text for _, _, text in marks(other)}


def test_there_is_no_card_0() -> None:
    with pytest.raises(InputError, match="counted from 1"):
        cards.card(0)


def test_the_command_writes_a_file_a_card(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["testcards", "--out", str(tmp_path / "cards"), "--cards", "2"])
    assert result.exit_code == 0 and "print at 100 %" in result.output
    assert sorted(file.name for file in (tmp_path / "cards").iterdir()) == ["card-1-76x130.pdf", "card-2-100x150.pdf"]


# -- found again in a photograph


def photographed(box: Box) -> tuple[Bgr, list[tuple[Mark, Points]], float]:
    """A box on the twin: the photograph, where its marks truly are in it, its scale in px/mm."""
    machine, world = twin_machine("none", 1)
    world.place(box)
    machine.clock.sleep(3.0)
    machine.panel.lamp.on()
    photo = machine.camera.photo(box.height_mm)
    found = (photo.bgr, world.marks_in_photo(), machine.lens.px_per_mm(box.height_mm))
    machine.close()
    return found


@pytest.mark.parametrize("number", [1, 4, 7])
def test_the_print_tells_which_card_lies_where(number: int) -> None:
    photo, truth, px_per_mm = photographed(boxed(number, 3))
    found = recognised([cards.card(each) for each in (3, number)], photo)
    assert found is not None and found.card.number == number
    for (mark, there), (true, seen) in zip(found.marks, truth, strict=True):
        assert mark.text == true.text
        assert np.linalg.norm(there - seen, axis=1).max() < 0.35 * px_per_mm


def test_a_card_of_the_same_form_is_not_taken_for_it() -> None:
    photo, _, _ = photographed(boxed(7, 3))
    assert recognised([cards.card(3), cards.card(15)], photo) is None


def test_a_box_without_a_card_shows_none() -> None:
    assert recognised([cards.card(1)], photographed(small_box())[0]) is None
