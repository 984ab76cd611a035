"""Labels of no courier: sizes, cells, fonts, codes, rules, logos, handwriting and stamps at random.

They keep a locator from learning the few layouts of `waybill`. Everything on them is drawn, invented and recorded.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from hardware.camera.frames import Grey
from station.scenes.draw import INK_LEVEL, Sheet, Turn
from station.scenes.fonts import CHINESE, WESTERN
from station.scenes.people import COMPANIES, FIRST_NAMES, LAST_NAMES, SURNAMES, US_STREETS, digits, pick

SIDES_MM = (45.0, 215.0)  # shortest and longest side of a label: return stickers to 4 x 8 inch
ASPECTS = (0.4, 2.5)  # width over height
LEAST_CELL_MM = 11.0
TAIL = (0.2, 0.45)  # blank share of the length below the print
WORDS_WEST = (
    "SHIP TO", "FROM", "REF", "PARCEL", "EXPRESS", "PRIORITY", "STANDARD", "TRACKING", "WEIGHT", "ORDER", "DATE",
    "Absender", "Empfaenger", "Gewicht", "Sendung", "Paket", "Retour", "Inhalt", "van", "Aan", "Postcode", "Poids",
    "Expediteur", "Colis", "Destinataire", "Sig. required", "Service", "Depot", "Route", "Zone", "Invoice", "Pcs",
)  # fmt: skip
WORDS_EAST = (
    "收件", "寄件", "订单", "备注", "品名", "已验视", "数量", "代收", "签收", "到付", "月结", "保价", "标准快递",
    "服装鞋帽", "日用百货", "电子产品", "请当面验货", "易碎", "集包地", "派送",
)  # fmt: skip

SizeMm = tuple[float, float]
Filler = Callable[["Recorded", "Cell", np.random.Generator], None]


class Recorded(Sheet):
    """A sheet that marks everything printed on it: what has no kind of its own is of the kind "text"."""

    def part(self, x_mm: float, y_mm: float) -> "Recorded":
        """The same paper, measured from another origin."""
        x0, y0 = self.origin_mm
        return Recorded(self.ink, self.px_per_mm, self.pair, self.marks, (x0 + x_mm, y0 + y_mm))

    def _print(
        self, x_mm: float, y_mm: float, picture: Grey, kind: str, text: str, symbology: str = "", *,
        light: bool = False,
    ) -> None:  # fmt: skip
        """Leaves out what would fall beside the paper, which free layouts do not prevent."""
        x, y = (max(0, place) for place in self._px(x_mm, y_mm))
        rows, columns = self.ink.shape
        piece = picture[: max(0, rows - y), : max(0, columns - x)]
        if piece.size and piece.max() > INK_LEVEL:
            super()._print(x_mm, y_mm, picture, kind or "text", text, symbology, light=light)


@dataclass(frozen=True)
class Cell:
    """A rectangle of a label, mm."""

    x: float
    y: float
    width: float
    height: float


def size_at_random(rng: np.random.Generator) -> SizeMm:
    """Width and height of a label, mm, over all aspects in use."""
    aspect = float(np.exp(rng.uniform(*np.log(ASPECTS))))
    geometric = float(np.exp(rng.uniform(np.log(60.0), np.log(150.0))))
    width, height = geometric * aspect**0.5, geometric / aspect**0.5
    low, high = SIDES_MM
    return float(np.clip(width, low, high)), float(np.clip(height, low, high))


def freeform(size_mm: SizeMm, px_per_mm: float, rng: np.random.Generator) -> Recorded:
    """A printed label of a size in mm."""
    pair = WESTERN if rng.random() < 0.6 else CHINESE[int(rng.integers(len(CHINESE)))]
    width, height = size_mm
    sheet = Recorded(np.zeros((round(height * px_per_mm), round(width * px_per_mm)), np.uint8), px_per_mm, pair)
    margin = float(rng.uniform(0.5, 5.0))
    printed = height * (1 - rng.uniform(*TAIL)) if rng.random() < 0.35 else height
    whole = Cell(margin, margin, width - 2 * margin, printed - 2 * margin)
    for cell in _cells(whole, rng):
        _fill(sheet, cell, rng)
    _whole_label(sheet, whole, rng)
    return sheet


def _cells(cell: Cell, rng: np.random.Generator, depth: int = 0) -> list[Cell]:
    """A rectangle cut in rows and columns until its parts are as large as one thing on a label."""
    across = cell.width > cell.height * rng.uniform(0.9, 2.4)
    side = cell.width if across else cell.height
    if side < 2 * LEAST_CELL_MM or depth > 5 or (depth > 2 and rng.random() < 0.35):
        return [cell]
    first = float(side * rng.uniform(0.25, 0.75))
    if across:
        halves = (
            Cell(cell.x, cell.y, first, cell.height),
            Cell(cell.x + first, cell.y, cell.width - first, cell.height),
        )
    else:
        halves = (
            Cell(cell.x, cell.y, cell.width, first),
            Cell(cell.x, cell.y + first, cell.width, cell.height - first),
        )
    return [part for half in halves for part in _cells(half, rng, depth + 1)]


def _fill(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    names = list(FILLERS)
    shares = np.array([FILLERS[name][1] for name in names])
    FILLERS[names[int(rng.choice(len(names), p=shares / shares.sum()))]][0](sheet, cell, rng)
    if rng.random() < 0.4:
        thick = float(rng.choice([0.25, 0.4, 0.8, 1.5]))
        sheet.rule(cell.x, cell.y + cell.height, cell.x + cell.width, cell.y + cell.height, thick)
    if rng.random() < 0.15:
        sheet.rule(cell.x + cell.width, cell.y, cell.x + cell.width, cell.y + cell.height, 0.4)


def words(sheet: Sheet, rng: np.random.Generator, count: int) -> str:
    """A line of text in the script of the sheet's fonts."""
    if sheet.pair == WESTERN:
        names = FIRST_NAMES + LAST_NAMES + COMPANIES + US_STREETS
        parts = [pick(rng, WORDS_WEST if rng.random() < 0.5 else names) for _ in range(count)]
        line = " ".join(part if rng.random() < 0.8 else digits(rng, int(rng.integers(2, 9))) for part in parts)
        return line.upper() if rng.random() < 0.4 else line
    parts = [pick(rng, WORDS_EAST) if rng.random() < 0.6 else pick(rng, SURNAMES) * 2 for _ in range(2 * count)]
    return "".join(part if rng.random() < 0.85 else digits(rng, int(rng.integers(2, 12))) for part in parts)


def _lines(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """Lines of text of one size, some of them bold, as addresses and references stand."""
    size = float(np.clip(rng.normal(3.0, 0.9), 1.6, min(6.0, 0.8 * cell.height)))
    step = size * float(rng.uniform(1.15, 1.6))
    count = min(int((cell.height - 1) / step), int(rng.integers(1, 9)))
    bold = rng.random() < 0.2
    for row in range(count):
        text = words(sheet, rng, int(rng.integers(1, 5)))
        sheet.text(cell.x + 1, cell.y + 1 + row * step, text, size, fit_mm=cell.width - 2, bold=bold or row == 0)


def _turned(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """Lines that run up or down."""
    size = float(rng.uniform(2.0, 4.0))
    turn: Turn = 90 if rng.random() < 0.5 else 270
    for column in range(min(int(cell.width / (1.3 * size)), 5)):
        text = words(sheet, rng, 2)
        sheet.text(cell.x + column * 1.3 * size, cell.y + 1, text, size, turn=turn, fit_mm=cell.height - 2)


def _bars(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """A 1D code along the longer side, mostly with its digits below."""
    number = digits(rng, 2 * int(rng.integers(4, 12)))
    if cell.height > 1.3 * cell.width:
        height = min(cell.width - 3, 24.0)
        sheet.bars(cell.x + 1.5, cell.y + 1, (cell.height - 2, max(4.0, height)), number, turn=90)
        return
    caption = 3.4 if rng.random() < 0.75 and cell.height > 12 else 0.0
    height = min(cell.height - 2 - caption, 30.0)
    sheet.bars(cell.x + cell.width / 2, cell.y + 1, (cell.width - 2, max(4.0, height)), number, anchor="centre")
    if caption:
        sheet.text(cell.x + cell.width / 2, cell.y + height + 1.4, number, 2.8, anchor="centre", fit_mm=cell.width)


def _matrix(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """A 2D code that fits the cell."""
    payload = words(sheet, rng, int(rng.integers(2, 12))).encode("ascii", "ignore").decode() + digits(rng, 12)
    side = min(cell.width, cell.height) - 1.5
    if cell.width > 2.2 * cell.height and cell.width > 30:
        sheet.matrix(cell.x + 1, cell.y + 1, min(cell.width - 2, 75.0), payload * 2, "PDF417")
    elif 20 < side < 34 and rng.random() < 0.25:
        sheet.maxicode(cell.x + 1, cell.y + 1, side, payload[:60])
    else:
        symbology = "QRCode" if rng.random() < 0.6 else "DataMatrix"
        sheet.matrix(cell.x + 1, cell.y + 0.7, max(7.0, min(side, 36.0)), payload, symbology)


def _large(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """A routing code or the name of a service, as large as the cell lets it be."""
    size = float(min(0.85 * cell.height, rng.uniform(6, 22)))
    text = f"{pick(rng, 'ABCDGHKX')}{digits(rng, int(rng.integers(1, 4)))}-{digits(rng, 2)}"
    text = text if rng.random() < 0.6 else words(sheet, rng, 1)[:8]
    sheet.text(cell.x + cell.width / 2, cell.y + 0.5, text, size, bold=True, anchor="centre", fit_mm=cell.width - 1)


def _banner(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """White on black."""
    height = min(cell.height - 1, float(rng.uniform(5, 16)))
    sheet.block(cell.x, cell.y + 0.5, cell.x + cell.width, cell.y + 0.5 + height)
    text = words(sheet, rng, 2)
    middle = cell.x + cell.width / 2
    sheet.text(middle, cell.y + 1, text, 0.75 * height, light=True, bold=True, anchor="centre", fit_mm=cell.width - 2)


def _logo(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """A few filled shapes, in black or in the grey of a colour."""
    count = int(rng.integers(1, 4))
    for _ in range(count):
        centre = (np.array([cell.x, cell.y]) + rng.random(2) * (cell.width, min(cell.height, 20.0))) * sheet.px_per_mm
        radius = rng.uniform(2, 0.45 * min(cell.width, cell.height, 30.0)) * sheet.px_per_mm
        angles = np.sort(rng.uniform(0, 2 * np.pi, int(rng.integers(3, 12))))
        points = centre + radius * np.stack([np.cos(angles) * 1.5, np.sin(angles)], axis=1)
        cv2.fillPoly(sheet.ink, [points.astype(np.int32)], int(rng.integers(70, 255)), cv2.LINE_AA)


def _handwriting(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """Lines of pen strokes."""
    size = float(rng.uniform(4, 8))
    for row in range(min(int(cell.height / size), 4)):
        steps = max(4, int(cell.width / 1.2))
        x = cell.x + 1 + np.cumsum(rng.uniform(0.1, 1.6, steps))
        y = cell.y + (row + 0.5) * size + rng.normal(0, size / 4, steps)
        inside = x < cell.x + cell.width - 1
        points = np.stack([x[inside], y[inside]], axis=1) * sheet.px_per_mm
        cv2.polylines(sheet.ink, [points.astype(np.int32)], False, int(rng.integers(140, 255)), 1, cv2.LINE_AA)


def _table(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """A frame with a heading, mostly empty: for a signature or a stamp."""
    sheet.frame(cell.x + 0.5, cell.y + 0.5, cell.x + cell.width - 0.5, cell.y + cell.height - 0.5, 0.3)
    sheet.text(cell.x + 1.5, cell.y + 1.5, words(sheet, rng, 1), 2.5, fit_mm=cell.width - 3)


def _nothing(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """Blank paper."""


FILLERS: dict[str, tuple[Filler, float]] = {
    "lines": (_lines, 0.36), "turned": (_turned, 0.03), "bars": (_bars, 0.2), "matrix": (_matrix, 0.09),
    "large": (_large, 0.1), "banner": (_banner, 0.05), "logo": (_logo, 0.05), "handwriting": (_handwriting, 0.03),
    "table": (_table, 0.04), "nothing": (_nothing, 0.05),
}  # fmt: skip


def _whole_label(sheet: Recorded, cell: Cell, rng: np.random.Generator) -> None:
    """What runs over the whole label: thick rules from edge to edge, a frame, numbers along the sides, a stamp."""
    rows, columns = sheet.ink.shape
    width = columns / sheet.px_per_mm
    if rng.random() < 0.3:
        for _ in range(int(rng.integers(1, 4))):
            y, thick = cell.y + cell.height * rng.random(), float(rng.choice([0.6, 1.2, 2.2, 4.0, 9.0]))
            sheet.block(0, y, width, y + thick)
    if rng.random() < 0.2:
        sheet.frame(cell.x, cell.y, cell.x + cell.width, cell.y + cell.height, float(rng.choice([0.3, 0.6, 1.2])))
    if rng.random() < 0.15:
        for y in np.arange(3.0, rows / sheet.px_per_mm - 25, 38.0):
            sheet.text(0.3, float(y), digits(rng, 13), 1.8, turn=270)
            sheet.text(width - 2.2, float(y), digits(rng, 13), 1.8, turn=90)
    if rng.random() < 0.08:
        centre = (int(columns * rng.random()), int(rows * rng.random()))
        radius = int(rng.uniform(10, 18) * sheet.px_per_mm)
        cv2.circle(sheet.ink, centre, radius, int(rng.integers(90, 220)), max(1, radius // 8), cv2.LINE_AA)
