"""Test cards: waybills of invented people, each drawn anew from its number alone, with the truth about its marks.

A card is a label and nothing else: it is cut out and stuck on a box, so that the station meets what it meets in
service. No fiducials stand on it or beside it. Which card lies there, and exactly where, is told by its whole print,
which is known (`measure.recognised`): neither the station's locator nor its readers have a part in that.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hardware.camera.frames import Grey
from hardware.errors import InputError
from hardware.twin.box import Mark
from station.pdf import Page
from station.scenes.waybill import FORM_A, FORM_TURNED, FORMS, TWO_150, TWO_180, Form, draw

Paper = Literal["a4", "label"]

CARD_SEED = 4_107
PX_PER_MM = 8.0  # a thermal head of 203 dpi
# All sizes in every four in a row, all of these in eight.
KINDS: tuple[tuple[str, Form], ...] = (
    ("ZTO", FORM_A),
    ("SF", TWO_150),
    ("YTO", TWO_180),
    ("UPS", FORMS["UPS"][0]),
    ("STO", FORM_TURNED),
    ("EMS", TWO_150),
    ("J&T", TWO_180),
    ("FedEx", FORMS["FedEx"][0]),
)
A4_MM = (210.0, 297.0)
CUT_MM, CUT_AWAY_MM, CUT_LINE_MM = 6.0, 1.5, 0.2  # length of a cut mark, how far it keeps from the label, its width


@dataclass(frozen=True)
class Card:
    """A label of `size_mm`: `ink` (H x W, 255 black) at `PX_PER_MM`, marks in mm from its upper left."""

    number: int
    courier: str
    size_mm: tuple[float, float]
    ink: Grey
    marks: tuple[Mark, ...]


def card(number: int) -> Card:
    """The card of a number, the same at any time and place. Raises `InputError` for a number below 1."""
    if number < 1:
        raise InputError(f"there is no test card {number}: they are counted from 1")
    courier, form = KINDS[(number - 1) % len(KINDS)]
    sheet = draw(courier, form, np.random.default_rng([CARD_SEED, number]), PX_PER_MM)
    return Card(number, courier, form.size_mm, sheet.ink, tuple(sheet.marks))


def pdf(card: Card, paper: Paper) -> bytes:
    """The card to print: on A4 with marks to cut along, or alone on a page of its own size for a label printer."""
    page_mm = A4_MM if paper == "a4" else card.size_mm
    page = Page(page_mm)
    x, y = ((whole - part) / 2 for whole, part in zip(page_mm, card.size_mm, strict=True))
    page.picture(x, y, card.size_mm, card.ink)
    if paper == "a4":
        _surround(page, card, x, y)
    return page.pdf()


def _surround(page: Page, card: Card, x: float, y: float) -> None:
    """Cut marks at the corners, and what to do."""
    width, height = card.size_mm
    half = CUT_LINE_MM / 2
    for at in (x, x + width):
        for start in (y - CUT_AWAY_MM - CUT_MM, y + height + CUT_AWAY_MM):
            page.rectangle(at - half, start, CUT_LINE_MM, CUT_MM)
    for at in (y, y + height):
        for start in (x - CUT_AWAY_MM - CUT_MM, x + width + CUT_AWAY_MM):
            page.rectangle(start, at - half, CUT_MM, CUT_LINE_MM)
    told = f"Test card {card.number}, {width:g} x {height:g} mm; nobody on it exists. Print at 100 % (actual size),"
    page.words(x, y + height + 14, told)
    page.words(x, y + height + 18, "cut it out along the marks, and stick it flat on a closed box.")
