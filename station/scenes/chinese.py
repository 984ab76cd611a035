"""Layouts of Chinese labels: the common layout, its form with a turned code, Yunda, Deppon, and two-part labels.

Positions are mm from the upper left of the label. Layouts are drawn for a width of 76 mm or 100 mm.
"""

from collections.abc import Mapping

import numpy as np

from station.scenes.draw import Sheet
from station.scenes.shipment import Shipment

NAMES: Mapping[str, str] = {
    "ZTO": "中通快递", "YTO": "圆通速递", "STO": "申通快递", "Yunda": "韵达快递", "SF": "顺丰速运", "J&T": "极兔速递",
    "JD": "京东快递", "Deppon": "德邦快递", "EMS": "中国邮政 EMS",
}  # fmt: skip
TINY_MM = 2.0  # height of the numbers hidden in the margins
BOTTOM_MM = 3.5  # copies along the bottom stand this far above the edge


def layout_a(sheet: Sheet, ship: Shipment, rng: np.random.Generator) -> None:
    """Layout A, 76 x 130: rules all over, QR in the right column, a second code in the middle."""
    _head(sheet, ship, 76)
    sheet.bars(38, 14, (68, 9), ship.number, anchor="centre")
    sheet.text(38, 24, ship.number, 3.6, "number", anchor="centre")
    sheet.text(38, 29, ship.sort_code, 6.2, bold=True, anchor="centre", fit_mm=70)
    sheet.text(38, 36.6, ship.hub, 4.0, bold=True, anchor="centre", fit_mm=70)
    _recipient(sheet.part(0, 41.4), ship, 54, 3.0)
    _sender(sheet.part(0, 58.6), ship, 55, 2.1)
    sheet.matrix(58, 44, 16, f"{ship.courier},{ship.number}")
    sheet.text(66, 63, "已验视", 3.4, bold=True, anchor="centre")
    sheet.matrix(4, 69.5, 9.5, f"https://example.com/t?n={ship.number}")
    sheet.bars(28, 69.5, (46, 6.5), ship.number)
    sheet.text(50, 76.6, ship.number, 2.8, "number", anchor="centre")
    sheet.rows(0, 76, (13, 28, 35.5, 41.6, 59, 68, 80))
    sheet.rule(56, 42, 56, 68)
    sheet.rule(25, 68, 25, 80)
    _remarks(sheet.part(3, 82), ship, 70)
    _margins(sheet, ship.number, (76, 130), rng)


def layout_turned(sheet: Sheet, ship: Shipment, rng: np.random.Generator) -> None:
    """The 76 x 130 form with a second Code 128 turned by 90 degrees from y 53, and the number in every margin."""
    _head(sheet, ship, 76)
    sheet.text(38, 12, ship.sort_code, 6.5, bold=True, anchor="centre", fit_mm=68)
    sheet.bars(38, 20.5, (64, 11), ship.number, anchor="centre")
    sheet.text(38, 32.3, ship.number, 3.4, "number", anchor="centre")
    sheet.text(6, 38.5, ship.hub, 5, bold=True, fit_mm=64)
    _recipient(sheet.part(3, 47), ship, 47, 3.4)
    _sender(sheet.part(3, 69), ship, 47)
    sheet.bars(61, 48, (50, 9), ship.number, turn=90)
    sheet.text(71, 56, ship.number, 2.4, "number", turn=90)
    sheet.rows(4, 72, (11.2, 19, 37, 46))
    sheet.rule(4, 68, 59, 68)
    sheet.rule(4, 84, 59, 84)
    sheet.rule(59, 46, 59, 100)
    sheet.matrix(6, 86, 13, f"{ship.number}|{ship.sort_code}")
    _remarks(sheet.part(22, 86), ship, 35)
    _all_margins(sheet, ship.number, (76, 130))


def layout_yunda(sheet: Sheet, ship: Shipment, rng: np.random.Generator) -> None:
    """Layout B, 76 x 130: sort code across the top, boxes around, a vertical code on the right."""
    sheet.text(5, 10.6, ship.date, 2.8)
    sheet.block(57.5, 6, 72, 14.6)
    sheet.text(64.8, 8.6, "普快" if rng.random() < 0.5 else "标快", 4.2, bold=True, anchor="centre", light=True)
    sheet.text(38, 17, ship.sort_code, 8, bold=True, anchor="centre", fit_mm=67)
    sheet.bars(5, 26, (46, 9), ship.number)
    sheet.text(28, 36.2, ship.number, 3, "number", anchor="centre")
    sheet.text(6, 47.5, ship.hub, 4.4, bold=True, fit_mm=46)
    _party(sheet.part(0, 57), ship, 12.8, 39)
    sheet.bars(58, 28, (48, 9), ship.number, turn=90)
    sheet.text(68.4, 38, ship.number, 2.8, "number", turn=270)
    sheet.frame(3.8, 25, 72, 85)
    sheet.rows(3.8, 54, (40, 46, 55, 73))
    sheet.rule(54, 25, 54, 85)
    _remarks(sheet.part(6, 89), ship, 55)
    sheet.text(60, 112, "已验视", 3.4, bold=True)
    _all_margins(sheet, ship.number, (76, 130))


def layout_deppon(sheet: Sheet, ship: Shipment, rng: np.random.Generator) -> None:
    """The open form of 76 x 130 with few rules, a wide code and a vertical one at the lower left."""
    sheet.text(62, 3.5, "精准", 3.6)
    sheet.text(62, 8.2, "卡行", 3.6)
    sheet.text(38, 9.5, ship.sort_code, 5, bold=True, anchor="centre", fit_mm=50)
    sheet.text(4, 17, f"[送] {ship.hub}", 2.8)
    sheet.text(4, 27, f"{rng.integers(1, 6)}纸1木1托{rng.integers(1, 12)}膜", 2.4)
    sheet.bars(38, 33, (66, 12), ship.number, anchor="centre")
    sheet.text(38, 46, ship.number, 3.4, "number", anchor="centre")
    sheet.text(4, 54.3, "收:", 3.2)
    _lines(sheet.part(9, 54.3), ship.recipient.name, ship.recipient.phone, ship.recipient.address, 3.2, 62)
    sheet.bars(4, 68.5, (54, 8.5), ship.number, turn=90)
    sheet.text(16.5, 69.2, "寄:", 2.5)
    _lines(sheet.part(21, 69.2), ship.sender.name, ship.sender.phone, ship.sender.address, 2.5, 50)
    _remarks(sheet.part(16.5, 81), ship, 54)
    sheet.rows(3.5, 72, (31, 52.5, 66.5))
    sheet.rows(16.5, 72, (79.5,))
    sheet.frame(50, 114, 72, 126)
    sheet.text(61, 115.6, "自送三方安装", 2.4, anchor="centre")
    sheet.text(51, 121, "到付: 20.00", 2.4)
    for y_mm in (28, 60, 84):
        sheet.text(1, y_mm, ship.number, TINY_MM, "number", turn=90)
        sheet.text(73, y_mm, ship.number, TINY_MM, "number", turn=270)


def layout_two_parts(sheet: Sheet, ship: Shipment, rng: np.random.Generator) -> None:
    """100 mm wide in two parts (90+60, 110+70, 107+70): the second repeats code, recipient and sender."""
    height_mm = sheet.ink.shape[0] / sheet.px_per_mm
    cut = {150: 90, 180: 110, 177: 107}[round(height_mm)]
    _upper_part(sheet, ship, cut)
    _lower_part(sheet.part(0, cut), ship, height_mm - cut)
    sheet.rule(0, cut, 100, cut, 0.2)
    if rng.random() < 0.4:
        for y_mm in (20, 52):
            sheet.text(0.2, y_mm, ship.number, TINY_MM, "number", turn=90)
            sheet.text(99.9, y_mm, ship.number, TINY_MM, "number", turn=270, anchor="right")


def layout_short(sheet: Sheet, ship: Shipment, rng: np.random.Generator) -> None:
    """100 x 110 in two parts (60 + 50)."""
    sheet.text(4, 3, NAMES[ship.courier], 5, bold=True)
    sheet.text(96, 3, ship.sort_code, 6, bold=True, anchor="right", fit_mm=55)
    sheet.bars(46, 11, (84, 12), ship.number, anchor="centre")
    sheet.text(46, 24, ship.number, 3.6, "number", anchor="centre")
    _recipient(sheet.part(2, 30), ship, 68, 3.6)
    _sender(sheet.part(2, 48), ship, 68)
    sheet.matrix(78, 32, 18, f"{ship.number}-1-1-")
    sheet.rows(2, 98, (10, 29, 60))
    sheet.rows(2, 76, (47,))
    sheet.rule(76, 29, 76, 60)
    _lower_part(sheet.part(0, 60), ship, 50)


def _upper_part(sheet: Sheet, ship: Shipment, cut: float) -> None:
    _head(sheet, ship, 100)
    sheet.text(50, 15, ship.sort_code, 9, bold=True, anchor="centre", fit_mm=92)
    sheet.bars(50, 27, (88, 12), ship.number, anchor="centre")
    sheet.text(50, 40, ship.number, 4, "number", anchor="centre")
    sheet.text(5, 46.5, ship.hub, 4.5, bold=True)
    _recipient(sheet.part(2, 53), ship, 66, 4.0)
    _sender(sheet.part(2, cut - 16), ship, 66)
    sheet.matrix(78, 55, 18, f"MMM={{'k1':'{ship.sort_code}','k5':'{ship.number}'}}")
    sheet.text(87, cut - 11, "已验视", 4.2, bold=True, anchor="centre")
    sheet.frame(2.5, 13, 97.5, cut - 1.5)
    sheet.rows(2.5, 97.5, (25, 45, 52.5))
    sheet.rows(2.5, 76, (cut - 17,))
    sheet.rule(76, 52.5, 76, cut - 1.5)


def _lower_part(sheet: Sheet, ship: Shipment, height_mm: float) -> None:
    sheet.text(4, 2.5, NAMES[ship.courier], 4.2, bold=True)
    sheet.bars(96, 2, (60, 7.5), ship.number, anchor="right")
    sheet.text(96, 10, ship.number, 2.8, "number", anchor="right")
    _recipient(sheet.part(2, 14), ship, 90, 3.0)
    _sender(sheet.part(2, 28), ship, 90)
    sheet.rows(2, 98, (13.3, 27, 38.2))
    if height_mm > 55:
        _remarks(sheet.part(4, 40), ship, 92)


def _head(sheet: Sheet, ship: Shipment, width_mm: float) -> None:
    sheet.text(4, 3.5, NAMES[ship.courier], 5.5, bold=True)
    if width_mm > 80:
        sheet.text(width_mm - 4, 8.5, ship.date, 2.4, anchor="right")
    sheet.text(width_mm - 4, 3.5, "标准快递", 3.6, bold=True, anchor="right")


def _recipient(sheet: Sheet, ship: Shipment, width_mm: float, size_mm: float) -> None:
    sheet.disc(3.2, 4.2, 2.3, "收")
    person = ship.recipient
    _lines(sheet.part(7, 1.2), person.name, person.phone, person.address, size_mm, width_mm - 8, bold=True)


def _sender(sheet: Sheet, ship: Shipment, width_mm: float, size_mm: float = 2.5) -> None:
    sheet.disc(3.2, 3.6, 1.9, "寄", filled=False)
    person = ship.sender
    _lines(sheet.part(7, 1.2), person.name, person.phone, person.address, size_mm, width_mm - 8)


def _party(sheet: Sheet, ship: Shipment, x_mm: float, width_mm: float) -> None:
    """Recipient above sender, as Yunda prints them."""
    sheet.disc(8, 4.5, 3, "收", filled=False)
    _lines(sheet.part(x_mm, 1), *_words(ship, "recipient"), 3.0, width_mm, bold=True)
    sheet.disc(8, 22, 2.6, "寄", filled=False)
    _lines(sheet.part(x_mm, 17.8), *_words(ship, "sender"), 2.3, width_mm)


def _words(ship: Shipment, side: str) -> tuple[str, str, str]:
    person = ship.recipient if side == "recipient" else ship.sender
    return person.name, person.phone, person.address


def _lines(
    sheet: Sheet, name: str, phone: str, address: str, size_mm: float, width_mm: float, bold: bool = False
) -> None:
    """Name and phone in one line, the address below in at most three."""
    gap = 0.5 * size_mm
    long = sheet.length_mm(name, size_mm, bold=bold) + gap + sheet.length_mm(phone, size_mm, bold=bold)
    head_mm = size_mm * min(1.0, width_mm / long)
    sheet.run(0, 0, [(name, "name"), (phone, "phone")], head_mm, bold=bold)
    lines_mm = 0.92 * size_mm
    sheet.paragraph(0, 1.4 * size_mm, address, lines_mm, "address", width_mm=width_mm, lines=3, bold=bold)


def _remarks(sheet: Sheet, ship: Shipment, width_mm: float) -> None:
    """Goods (may stay), order number and the buyer's words (must go)."""
    y_mm = sheet.paragraph(0, 0, f"品名：{ship.goods}  {ship.weight}kg", 2.6, width_mm=width_mm, lines=2)
    if ship.order:
        y_mm = sheet.paragraph(0, y_mm + 0.6, f"订单号：{ship.order}", 2.6, "order", width_mm=width_mm, lines=2)
    if ship.remark:
        sheet.paragraph(0, y_mm + 0.6, f"买家留言：{ship.remark}", 2.6, "remark", width_mm=width_mm, lines=3)


def _margins(sheet: Sheet, number: str, size_mm: tuple[float, float], rng: np.random.Generator) -> None:
    """Some labels of layout A hide the number in the margins, others do not; the choice is the rng's."""
    if rng.random() < 0.4:
        for y_mm in (84, 106):
            sheet.text(size_mm[0] - 3, y_mm, number, TINY_MM, "number", turn=90)
    if rng.random() < 0.3:
        sheet.text(6, size_mm[1] - BOTTOM_MM, number, TINY_MM, "number")


def _all_margins(sheet: Sheet, number: str, size_mm: tuple[float, float]) -> None:
    """Four tiny copies down each side, two along the top and three along the bottom."""
    width, height = size_mm
    step = (height - 12) / 4
    for k in range(4):
        sheet.text(0.8, 7 + k * step, number, TINY_MM, "number", turn=270)
        sheet.text(width - 2.6, 7 + k * step, number, TINY_MM, "number", turn=90)
    for k in range(2):
        sheet.text(5 + 26 * k, 1.0, number, TINY_MM, "number")
    for k in range(3):
        sheet.text(4 + 24 * k, height - BOTTOM_MM, number, TINY_MM, "number", fit_mm=21)
