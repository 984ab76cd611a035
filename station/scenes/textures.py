"""Flat pictures of labels and of other paper, with what is printed where, ready to be warped into scenes.

A texture is grey: the locator sees the preview's grey plane only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey
from hardware.twin.box import Mark
from station.scenes.commerce import contact, price, said, sums
from station.scenes.fonts import CHINESE, WESTERN, chinese_pair
from station.scenes.freeform import Recorded, SizeMm, freeform, size_at_random
from station.scenes.people import digits, pick
from station.scenes.shipment import WESTERN as WESTERN_COURIERS
from station.scenes.shipment import shipment
from station.scenes.waybill import COURIERS, FORMS

KINDS = ("text", "bars", "matrix")  # what is told apart on a label: bit 0, 1, 2
LONG_SIDE_PX = 448  # of a texture for training: labels that fill a preview are hardly larger
LARGEST_PX_PER_MM = 6.0
FREEFORM = 0.45  # share of the labels that are of no courier's layout
TAIL_SHARE = 0.3  # of the couriers' labels, on paper longer than the print (the couriers' own scenes: 0.25 of some)
TAIL = (0.2, 0.45)  # blank share of the length then
LONGEST_MM = 215.0
PYRAMID = 5  # halvings of a texture: small labels are warped from small pictures, as a lens would average them


@dataclass(frozen=True)
class Texture:
    """`grey` rows x columns; `kinds` likewise, bits after `KINDS`, 0 on other paper; size in mm; blank tail's share."""

    grey: Grey
    kinds: Grey
    size_mm: SizeMm
    tail: float = 0.0
    is_label: bool = True

    @cached_property
    def levels(self) -> tuple[Grey, ...]:
        """The picture and its halves."""
        levels = [self.grey]
        while len(levels) < PYRAMID and min(levels[-1].shape) >= 16:
            rows, columns = levels[-1].shape
            half = cv2.resize(levels[-1], (columns // 2, rows // 2), interpolation=cv2.INTER_AREA)
            levels.append(np.asarray(half, np.uint8))
        return tuple(levels)


def label_texture(rng: np.random.Generator, long_side_px: int = LONG_SIDE_PX) -> Texture:
    """A label of a courier or of free form."""
    if rng.random() < FREEFORM:
        size_mm = size_at_random(rng)
        sheet = freeform(size_mm, _scale(size_mm, long_side_px), rng)
    else:
        sheet = _of_courier(pick(rng, COURIERS), rng, long_side_px)
    return _texture(sheet, rng)


def _scale(size_mm: SizeMm, long_side_px: int) -> float:
    scale = long_side_px / max(size_mm)
    return min(scale, LARGEST_PX_PER_MM) if long_side_px <= LONG_SIDE_PX else min(scale, 8.0)


def _of_courier(courier: str, rng: np.random.Generator, long_side_px: int) -> Recorded:
    form = FORMS[courier][int(rng.integers(len(FORMS[courier])))]
    width, height = form.size_mm
    paper = min(LONGEST_MM, height / (1 - rng.uniform(*TAIL))) if rng.random() < TAIL_SHARE else height
    scale = _scale((width, paper), long_side_px)
    pair = WESTERN if courier in WESTERN_COURIERS else chinese_pair(rng)
    sheet = Recorded(np.zeros((round(height * scale), round(width * scale)), np.uint8), scale, pair)
    form.layout(sheet, shipment(courier, rng), rng)
    tail = np.zeros((round((paper - height) * scale), sheet.ink.shape[1]), np.uint8)
    return Recorded(np.vstack([sheet.ink, tail]), scale, pair, sheet.marks)


def _texture(sheet: Recorded, rng: np.random.Generator) -> Texture:
    rows, columns = sheet.ink.shape
    size_mm = (columns / sheet.px_per_mm, rows / sheet.px_per_mm)
    inked = np.flatnonzero(sheet.ink.max(axis=1) > 100)
    tail = 1 - (inked[-1] + 1) / rows if inked.size else 1.0
    return Texture(
        printed_grey(sheet.ink, rng), kinds_map(sheet.ink.shape, sheet.marks, sheet.px_per_mm), size_mm, tail
    )


def printed_grey(ink: Grey, rng: np.random.Generator) -> Grey:
    """Ink (255 black) on paper of some whiteness, with coloured bands and dark preprints now and then."""
    paper = np.full(ink.shape, rng.uniform(205, 252), np.float32)
    rows = ink.shape[0]
    if rng.random() < 0.15:
        top, height = rng.integers(0, rows), int(rows * rng.uniform(0.05, 0.3))
        paper[top : top + height] *= np.float32(rng.uniform(0.55, 0.95))
    black = rng.uniform(10, 90) if rng.random() < 0.9 else rng.uniform(90, 150)
    share = ink.astype(np.float32) / 255
    if rng.random() < 0.25:
        share *= rng.uniform(0.6, 1.0, (1, ink.shape[1])).astype(np.float32)  # a worn print head
    return np.asarray(np.clip(paper + (np.float32(black) - paper) * share, 0, 255), np.uint8)


def kinds_map(shape: tuple[int, ...], marks: list[Mark], px_per_mm: float) -> Grey:
    """What is printed where: marks filled, rows x columns, bits after `KINDS`."""
    kinds = np.zeros(shape, np.uint8)
    for mark in marks:
        bit = 0 if not mark.symbology else 1 if mark.symbology == "Code128" else 2
        (x0, y0), (x1, y1) = mark.polygon_mm.min(axis=0) * px_per_mm, mark.polygon_mm.max(axis=0) * px_per_mm
        kinds[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))] |= 1 << bit
    return kinds


# ---- other paper: what lies about and is no label


def other_paper(rng: np.random.Generator, long_side_px: int = LONG_SIDE_PX) -> Texture:
    """An advert, a page, a receipt, a packet, a keyboard, a blank sheet and the like: nobody's waybill."""
    maker = OTHERS[int(rng.choice(len(OTHERS), p=OTHER_SHARES))]
    size_mm = maker[1](rng)
    scale = _scale(size_mm, long_side_px)
    columns, rows = (round(side * scale) for side in size_mm)
    pair = WESTERN if rng.random() < 0.6 else CHINESE[int(rng.integers(len(CHINESE)))]
    sheet = Recorded(np.zeros((rows, columns), np.uint8), scale, pair)
    grey = maker[0](sheet, size_mm, rng)
    return Texture(grey, np.zeros_like(grey), size_mm, is_label=False)


def _pictures(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.float32]:
    """Clouds of grey and a few shapes: what a printed photograph is from far off."""
    small = rng.uniform(20, 250, (int(rng.integers(2, 9)), int(rng.integers(2, 9)))).astype(np.float32)
    picture = cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC)
    for _ in range(int(rng.integers(0, 7))):
        centre = (int(rng.integers(shape[1])), int(rng.integers(shape[0])))
        axes = (int(rng.integers(4, max(5, shape[1] // 3))), int(rng.integers(4, max(5, shape[0] // 3))))
        cv2.ellipse(picture, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(0, 255)), -1)
    return np.asarray(picture, np.float32)


def _advert(sheet: Recorded, size_mm: SizeMm, rng: np.random.Generator) -> Grey:
    """A large picture, a headline, a little text; perhaps where to call, and a QR code that leads to a page."""
    width, height = size_mm
    ground = np.full(sheet.ink.shape, rng.uniform(40, 252), np.float32)
    top, bottom = (round(share * len(ground)) for share in sorted(rng.uniform(0, 1, 2)))
    part = ground[top : bottom + 8]
    part[:] = _pictures(part.shape, rng)
    for _ in range(int(rng.integers(1, 4))):
        size = float(rng.uniform(0.05, 0.16) * height)
        sheet.text(
            width / 2, height * rng.random(), said(sheet.pair, rng, 2), size, anchor="centre", fit_mm=0.9 * width
        )
    for line in range(int(rng.integers(0, 4))):
        sheet.text(4, height * (0.8 + 0.05 * line), contact(sheet.pair, rng), 0.035 * height, fit_mm=0.6 * width)
    if rng.random() < 0.3:
        side = float(rng.uniform(18, 30))
        sheet.matrix(width - side - 4, height - side - 4, side, f"https://example.com/{digits(rng, 8)}")
    ink = np.float32(rng.choice([10.0, 60.0, 250.0]))
    return np.asarray(np.clip(ground + (ink - ground) * (sheet.ink / np.float32(255)), 0, 255), np.uint8)


def _page(sheet: Recorded, size_mm: SizeMm, rng: np.random.Generator) -> Grey:
    """Even lines of text over the whole sheet, as letters, leaflets and manuals have, perhaps in two columns."""
    width, height = size_mm
    columns = 1 if rng.random() < 0.7 else 2
    size, margin = float(rng.uniform(2.2, 3.6)), float(rng.uniform(6, 18))
    each = (width - margin) / columns - margin
    for column in range(columns):
        y = margin
        while y < height * rng.uniform(0.75, 1.0) - margin:
            share = 1.0 if rng.random() < 0.8 else rng.uniform(0.2, 0.9)
            text = said(sheet.pair, rng, 9) if rng.random() < 0.95 else contact(sheet.pair, rng)
            sheet.text(margin + column * (each + margin), y, text, size, fit_mm=each * share)
            y += size * (1.5 if rng.random() < 0.88 else 3.0)
    return printed_grey(sheet.ink, rng)


def _cover(sheet: Recorded, size_mm: SizeMm, rng: np.random.Generator) -> Grey:
    """A book, a notebook or a packet: one tone or a picture, a title."""
    plain = np.full(sheet.ink.shape, rng.uniform(15, 245), np.float32)
    ground = plain if rng.random() < 0.5 else _pictures(sheet.ink.shape, rng)
    if rng.random() < 0.8:
        width, height = size_mm
        y, size = height * rng.uniform(0.05, 0.7), float(rng.uniform(0.06, 0.14) * height)
        sheet.text(width / 2, y, said(sheet.pair, rng, 2), size, bold=True, anchor="centre", fit_mm=0.85 * width)
    ink = np.float32(rng.choice([15.0, 240.0]))
    return np.asarray(np.clip(ground + (ink - ground) * (sheet.ink / np.float32(255)), 0, 255), np.uint8)


def _sticker(sheet: Recorded, size_mm: SizeMm, rng: np.random.Generator) -> Grey:
    """The maker's own sticker: one article code, one or two words."""
    width, height = size_mm
    sheet.bars(width / 2, 2, (0.85 * width, 0.55 * height), digits(rng, 12), anchor="centre", symbology="EAN13")
    sheet.text(width / 2, 0.68 * height, said(sheet.pair, rng, 1), 0.16 * height, anchor="centre", fit_mm=0.85 * width)
    return printed_grey(sheet.ink, rng)


def _blank(sheet: Recorded, size_mm: SizeMm, rng: np.random.Generator) -> Grey:
    """Nothing on it, or a few lines drawn by hand."""
    if rng.random() < 0.3:
        rows, columns = sheet.ink.shape
        points = (rng.random((int(rng.integers(2, 14)), 2)) * (columns, rows)).astype(np.int32)
        cv2.polylines(sheet.ink, [points], False, 255, int(rng.integers(1, 5)), cv2.LINE_AA)
    return printed_grey(sheet.ink, rng)


def _receipt(sheet: Recorded, size_mm: SizeMm, rng: np.random.Generator) -> Grey:
    """The shop, its address and phone, goods at the left, prices at the right, sums; now and then a code at its end."""
    width, height = size_mm
    size, margin = float(rng.uniform(2.0, 3.4)), float(rng.uniform(2, 6))
    sheet.text(width / 2, margin, said(sheet.pair, rng, 2), 1.6 * size, bold=True, anchor="centre", fit_mm=0.8 * width)
    y, end = margin + 3 * size, height - margin - (16 if rng.random() < 0.6 else 0)
    for _ in range(int(rng.integers(1, 4))):
        sheet.text(width / 2, y, contact(sheet.pair, rng), size, anchor="centre", fit_mm=0.9 * width)
        y += 1.35 * size
    last = end - 2 * size - 1.35 * size * len(sums(sheet.pair))
    while y < end - 2 * size:
        text = said(sheet.pair, rng, int(rng.integers(1, 4))) if y < last else pick(rng, sums(sheet.pair))
        sheet.text(margin, y, text, size, fit_mm=0.6 * width)
        sheet.text(width - margin, y, price(sheet.pair, rng), size, anchor="right", fit_mm=0.25 * width)
        y += size * (1.35 if rng.random() < 0.85 else 2.6)
    if height - end > 12:
        _receipt_code(sheet, width, end, rng)
    return printed_grey(sheet.ink, rng)


def _receipt_code(sheet: Recorded, width_mm: float, top_mm: float, rng: np.random.Generator) -> None:
    """An article's bars, the number of the purchase in Code 128, or a QR code."""
    symbology = str(rng.choice(["EAN13", "Code128", "QRCode"], p=[0.4, 0.3, 0.3]))
    if symbology == "QRCode":
        sheet.matrix(width_mm / 2 - 7, top_mm, 14.0, digits(rng, 24))
    else:
        number = digits(rng, 12 if symbology == "EAN13" else 20)
        sheet.bars(width_mm / 2, top_mm, (0.75 * width_mm, 10.0), number, anchor="centre", symbology=symbology)


def _packet(sheet: Recorded, size_mm: SizeMm, rng: np.random.Generator) -> Grey:
    """The side of a product: a title, a picture, a table of figures, small print, an article code on white."""
    width, height = size_mm
    ground = np.full(sheet.ink.shape, rng.uniform(15, 245), np.float32)
    if rng.random() < 0.5:
        cut = round(len(ground) * rng.uniform(0.2, 0.8))
        ground[:cut] = _pictures(ground[:cut].shape, rng)
    sheet.text(
        width / 2, 0.04 * height, said(sheet.pair, rng, 2), 0.1 * height, bold=True, anchor="centre", fit_mm=0.8 * width
    )
    ink = np.float32(10.0 if ground.mean() > 110 else 245.0)
    _table(sheet, (0.06 * width, 0.45 * height, 0.5 * width, 0.4 * height), rng)
    for line in range(int(rng.integers(0, 7))):
        y = (0.2 + 0.035 * line) * height
        text = said(sheet.pair, rng, 8) if rng.random() < 0.7 else contact(sheet.pair, rng)
        sheet.text(0.06 * width, y, text, 0.022 * height, fit_mm=rng.uniform(0.3, 0.85) * width)
    printed = np.asarray(ground + (ink - ground) * (sheet.ink / np.float32(255)), np.float32)
    _article_code(printed, sheet, size_mm, rng)
    return np.asarray(np.clip(printed, 0, 255), np.uint8)


def _table(sheet: Recorded, place: tuple[float, float, float, float], rng: np.random.Generator) -> None:
    """Rows of a word and a figure between rules, mm: left, top, width, height."""
    left, top, width, height = place
    rows = int(rng.integers(0, 10))
    for row in range(rows):
        y, each = top + row * height / rows, height / rows
        sheet.rule(left, y, left + width, y, 0.3)
        sheet.text(left + 1, y + 0.2 * each, said(sheet.pair, rng, 1), 0.55 * each, fit_mm=0.6 * width)
        sheet.text(left + width - 1, y + 0.2 * each, digits(rng, 2), 0.55 * each, anchor="right", fit_mm=0.3 * width)


def _article_code(printed: NDArray[np.float32], sheet: Recorded, size_mm: SizeMm, rng: np.random.Generator) -> None:
    """A white field with an article's bars, drawn over what is printed."""
    wide, high = float(rng.uniform(22, 40)), float(rng.uniform(12, 26))
    if rng.random() < 0.25 or wide > 0.8 * size_mm[0]:
        return
    shape = (round(high * sheet.px_per_mm), round(wide * sheet.px_per_mm))
    field = Recorded(np.zeros(shape, np.uint8), sheet.px_per_mm, sheet.pair)
    field.bars(wide / 2, 1.5, (0.85 * wide, high - 5), digits(rng, 12), anchor="centre", symbology="EAN13")
    field.text(wide / 2, high - 3.2, digits(rng, 13), 2.6, anchor="centre", fit_mm=0.85 * wide)
    grey = 255 - np.rot90(field.ink, int(rng.integers(4))).astype(np.float32)
    room = np.array(printed.shape) - grey.shape
    if (room > 0).all():
        y, x = (rng.random(2) * room).astype(int)
        printed[y : y + grey.shape[0], x : x + grey.shape[1]] = grey


def _card(sheet: Recorded, size_mm: SizeMm, rng: np.random.Generator) -> Grey:
    """A ticket, a bank card, a banknote: a pattern, large figures, a picture at one side."""
    width, height = size_mm
    ground = np.asarray(200 + 0.3 * (_pictures(sheet.ink.shape, rng) - 128), np.float32)
    rows, columns = ground.shape
    picture = ground[rows // 5 : 4 * rows // 5, 4 : round(columns * rng.uniform(0.2, 0.4))]
    picture[:] = _pictures(picture.shape, rng)
    for line in range(int(rng.integers(1, 6))):
        y = (0.12 + 0.16 * line) * height
        text = digits(rng, 8) if rng.random() < 0.4 else said(sheet.pair, rng, 2)
        sheet.text(0.45 * width, y, text, float(rng.uniform(0.06, 0.13)) * height, fit_mm=0.5 * width)
    return np.asarray(np.clip(ground - sheet.ink * np.float32(0.7), 0, 255), np.uint8)


def _keys(sheet: Recorded, size_mm: SizeMm, rng: np.random.Generator) -> Grey:
    """A keyboard, a shelf of boxes, a notice board: like things in rows, each with a few letters."""
    rows, columns = int(rng.integers(2, 7)), int(rng.integers(3, 15))
    wide, high = size_mm[0] / columns, size_mm[1] / rows
    below, tone = rng.permutation(rng.uniform(15, 245, 2))
    ground = np.full(sheet.ink.shape, below, np.float32)
    for row, column in np.ndindex(rows, columns):
        x, y = column * wide, row * high
        left, right = (round((x + share * wide) * sheet.px_per_mm) for share in (0.08, 0.92))
        top, bottom = (round((y + share * high) * sheet.px_per_mm) for share in (0.08, 0.92))
        ground[top:bottom, left:right] = rng.normal(tone, 6)
        letters = said(sheet.pair, rng, 1)[: int(rng.integers(0, 5))]
        sheet.text(x + 0.2 * wide, y + 0.2 * high, letters or " ", 0.3 * high, fit_mm=0.6 * wide)
    ink = np.float32(245.0 if tone < 120 else 15.0)
    return np.asarray(np.clip(ground + (ink - ground) * (sheet.ink / np.float32(255)), 0, 255), np.uint8)


def _sheet_size(rng: np.random.Generator) -> SizeMm:
    width = float(rng.uniform(90, 210))
    return width, width * float(rng.uniform(0.7, 1.5))


def _strip_size(rng: np.random.Generator) -> SizeMm:
    width = float(rng.uniform(50, 85))
    return width, width * float(rng.uniform(1.6, 4.0))


def _card_size(rng: np.random.Generator) -> SizeMm:
    width = float(rng.uniform(80, 160))
    return width, width * float(rng.uniform(0.42, 0.68))


def _board_size(rng: np.random.Generator) -> SizeMm:
    width = float(rng.uniform(120, 320))
    return width, width * float(rng.uniform(0.3, 0.7))


def _sticker_size(rng: np.random.Generator) -> SizeMm:
    width = float(rng.uniform(28, 50))
    return width, width * float(rng.uniform(0.4, 0.8))


Maker = tuple[Callable[[Recorded, SizeMm, np.random.Generator], Grey], Callable[[np.random.Generator], SizeMm]]
OTHERS: tuple[Maker, ...] = (
    (_advert, _sheet_size), (_page, _sheet_size), (_cover, _sheet_size), (_sticker, _sticker_size),
    (_blank, size_at_random), (_receipt, _strip_size), (_packet, _sheet_size), (_card, _card_size),
    (_keys, _board_size),
)  # fmt: skip
OTHER_SHARES = (0.15, 0.14, 0.12, 0.06, 0.13, 0.12, 0.16, 0.06, 0.06)
