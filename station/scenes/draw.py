"""Drawing on a label in millimetres, while keeping the truth about every personal thing that is drawn.

A sheet is white paper at a scale; a mark is written down for each text and code drawn with a `kind`.
"""

from dataclasses import dataclass, field
from typing import Literal

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from hardware.camera.frames import Grey, Points
from hardware.twin.box import Mark
from station.scenes.fonts import Face, Pair, font

Anchor = Literal["left", "centre", "right"]
Turn = Literal[0, 90, 180, 270]

INK_LEVEL = 128  # darker than half counts as ink when the extents of a text are taken
SHIFT: dict[Anchor, float] = {"left": 0.0, "centre": 0.5, "right": 1.0}
DOT_MM = 0.125  # a thermal head of 203 dpi
FINE = 8  # modules are cut this fine before they are averaged into pixels
SMALLEST_PX = 5  # a font below this is not a font any more


@dataclass(frozen=True)
class Sheet:
    """A label being drawn. All lengths are mm from `origin_mm`; `ink` is 0 (paper) to 255 (black)."""

    ink: Grey
    px_per_mm: float
    pair: Pair
    marks: list[Mark] = field(default_factory=list)
    origin_mm: tuple[float, float] = (0.0, 0.0)

    @classmethod
    def blank(cls, size_mm: tuple[float, float], px_per_mm: float, pair: Pair) -> "Sheet":
        """An empty sheet of a width and height in mm."""
        width, height = (round(side * px_per_mm) for side in size_mm)
        return cls(np.zeros((height, width), np.uint8), px_per_mm, pair)

    def part(self, x_mm: float, y_mm: float) -> "Sheet":
        """The same paper, measured from another origin."""
        x0, y0 = self.origin_mm
        return Sheet(self.ink, self.px_per_mm, self.pair, self.marks, (x0 + x_mm, y0 + y_mm))

    # ---- text

    def text(
        self,
        x_mm: float,
        y_mm: float,
        text: str,
        size_mm: float,
        kind: str = "",
        *,
        bold: bool = False,
        face: Face | None = None,
        anchor: Anchor = "left",
        turn: Turn = 0,
        fit_mm: float = np.inf,
        light: bool = False,
    ) -> float:
        """Print one line with its upper edge at `y_mm`, its `anchor` at `x_mm`; returns its length in mm.

        `size_mm` is the em height, made smaller where the line would be longer than `fit_mm`. `light` prints
        white on black. A turned line keeps `x_mm`, `y_mm` as the upper left (or `anchor`) of what is seen.
        """
        chosen = face or (self.pair.bold if bold else self.pair.plain)
        glyphs = _glyphs(text, chosen, size_mm * self.px_per_mm, fit_mm * self.px_per_mm)
        length_mm: float = glyphs.shape[1] / self.px_per_mm
        turned = np.rot90(glyphs, -turn // 90)
        left = x_mm - SHIFT[anchor] * turned.shape[1] / self.px_per_mm
        self._print(left, y_mm, turned, kind, text, light=light)
        return float(length_mm)

    def run(
        self, x_mm: float, y_mm: float, parts: list[tuple[str, str]], size_mm: float, *, bold: bool = False
    ) -> None:  # fmt: skip
        """Print (text, kind) parts one behind the other, as names and phones stand in one line."""
        for text, kind in parts:
            x_mm += self.text(x_mm, y_mm, text, size_mm, kind, bold=bold) + 0.5 * size_mm

    def paragraph(
        self, x_mm: float, y_mm: float, text: str, size_mm: float, kind: str = "", *, width_mm: float, lines: int = 9,
        bold: bool = False,
    ) -> float:  # fmt: skip
        """Print text broken into at most `lines` lines of `width_mm`; returns the y below the last one."""
        face = self.pair.bold if bold else self.pair.plain
        for line in _broken(text, face, size_mm * self.px_per_mm, width_mm * self.px_per_mm)[:lines]:
            self.text(x_mm, y_mm, line, size_mm, kind, bold=bold)
            y_mm += 1.25 * size_mm
        return y_mm

    def length_mm(self, text: str, size_mm: float, *, bold: bool = False) -> float:
        """How long a text would be, mm."""
        face = self.pair.bold if bold else self.pair.plain
        return float(font(face, _size_px(size_mm * self.px_per_mm)).getlength(text)) / self.px_per_mm

    # ---- codes

    def bars(
        self, x_mm: float, y_mm: float, size_mm: tuple[float, float], payload: str, *, turn: Turn = 0,
        anchor: Anchor = "left", symbology: str = "Code128",
    ) -> None:  # fmt: skip
        """A 1D code at most `size_mm` (along the bars' row, bar height) large, before it is turned."""
        row = _modules(payload, getattr(zxingcpp.BarcodeFormat, symbology))[:1]
        width_mm, height_mm = size_mm
        line = _enlarged(row, width_mm, self.px_per_mm)[:1]
        picture = np.repeat(line, round(height_mm * self.px_per_mm), axis=0)
        turned = np.rot90(picture, -turn // 90)
        left = x_mm - SHIFT[anchor] * turned.shape[1] / self.px_per_mm
        self._print(left, y_mm, turned, "code", payload, symbology)

    def matrix(self, x_mm: float, y_mm: float, side_mm: float, payload: str, symbology: str = "QRCode") -> None:
        """A 2D code at most `side_mm` wide with its upper left there."""
        modules = _modules(payload, getattr(zxingcpp.BarcodeFormat, symbology))
        self._print(x_mm, y_mm, _enlarged(modules, side_mm, self.px_per_mm), "code", payload, symbology)

    def maxicode(self, x_mm: float, y_mm: float, width_mm: float, payload: str) -> None:
        """A MaxiCode of exactly `width_mm`; its hexagons do not sit on whole pixels, on real labels neither."""
        fine = _modules(payload, zxingcpp.BarcodeFormat.MaxiCode, scale=4)
        width = round(width_mm * self.px_per_mm)
        height = round(fine.shape[0] * width / fine.shape[1])
        picture = cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA)
        self._print(x_mm, y_mm, np.asarray(picture, np.uint8), "code", payload, "MaxiCode")

    # ---- lines and surfaces

    def rule(self, x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float, thick_mm: float = 0.3) -> None:
        """A straight horizontal or vertical line, centred on the two points."""
        half = thick_mm / 2
        self.block(x0_mm - half, y0_mm - half, x1_mm + half, y1_mm + half)

    def rows(self, x0_mm: float, x1_mm: float, ys_mm: tuple[float, ...], thick_mm: float = 0.3) -> None:
        """Horizontal rules from `x0_mm` to `x1_mm`."""
        for y_mm in ys_mm:
            self.rule(x0_mm, y_mm, x1_mm, y_mm, thick_mm)

    def frame(self, x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float, thick_mm: float = 0.3) -> None:
        """The outline of a rectangle."""
        self.rows(x0_mm, x1_mm, (y0_mm, y1_mm), thick_mm)
        self.rule(x0_mm, y0_mm, x0_mm, y1_mm, thick_mm)
        self.rule(x1_mm, y0_mm, x1_mm, y1_mm, thick_mm)

    def block(self, x0_mm: float, y0_mm: float, x1_mm: float, y1_mm: float) -> None:
        """A black rectangle, at least one pixel thick."""
        x0, y0 = (max(0, v) for v in self._px(x0_mm, y0_mm))
        x1, y1 = self._px(x1_mm, y1_mm)
        self.ink[y0 : max(y1, y0 + 1), x0 : max(x1, x0 + 1)] = 255

    def disc(self, x_mm: float, y_mm: float, radius_mm: float, glyph: str, *, filled: bool = True) -> None:
        """The round sign with one character (收, 寄) at a centre."""
        centre = self._px(x_mm, y_mm)
        thick = cv2.FILLED if filled else max(1, round(0.35 * self.px_per_mm))
        cv2.circle(self.ink, centre, round(radius_mm * self.px_per_mm), 255, thick, cv2.LINE_AA)
        size = 1.25 * radius_mm
        glyphs = _glyphs(glyph, self.pair.bold, size * self.px_per_mm, np.inf)
        rows, columns = (side / self.px_per_mm for side in glyphs.shape)
        self._print(x_mm - columns / 2, y_mm - rows / 2, glyphs, "", glyph, light=filled)

    # ---- inside

    def _px(self, x_mm: float, y_mm: float) -> tuple[int, int]:
        x0, y0 = self.origin_mm
        return round((x0 + x_mm) * self.px_per_mm), round((y0 + y_mm) * self.px_per_mm)

    def _print(
        self, x_mm: float, y_mm: float, picture: Grey, kind: str, text: str, symbology: str = "", *,
        light: bool = False,
    ) -> None:  # fmt: skip
        """Put ink on the paper, clipped to it; what has a kind becomes a mark of its ink's extents."""
        x, y = self._px(x_mm, y_mm)
        x, y = max(0, x), max(0, y)
        spot = self.ink[y : y + picture.shape[0], x : x + picture.shape[1]]
        piece = picture[: spot.shape[0], : spot.shape[1]]
        if light:
            np.minimum(spot, 255 - piece, out=spot)
        else:
            np.maximum(spot, piece, out=spot)
        if kind:
            self.marks.append(Mark(kind, _extents(piece, x, y) / self.px_per_mm, text, symbology))


def _extents(piece: Grey, x: int, y: int) -> Points:
    """The four corners (px, clockwise from the upper left) of the ink in a piece placed at x, y."""
    rows, columns = np.flatnonzero((piece > INK_LEVEL).any(1)), np.flatnonzero((piece > INK_LEVEL).any(0))
    x0, x1, y0, y1 = x + columns[0], x + columns[-1] + 1, y + rows[0], y + rows[-1] + 1
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], float)


def _size_px(size: float) -> int:
    return max(SMALLEST_PX, round(size))


def _glyphs(text: str, face: Face, size: float, fit: float) -> Grey:
    """A line of text, 255 where ink is, cut to its ink."""
    type_ = font(face, _size_px(size))
    length = type_.getlength(text)
    if length > fit:
        type_ = font(face, _size_px(size * fit / length))
    left, top, right, bottom = (round(edge) for edge in type_.getbbox(text))
    image = Image.new("L", (max(1, right - left), max(1, bottom - top)), 0)
    ImageDraw.Draw(image).text((-left, -top), text, 255, type_)
    return np.asarray(image)


def _broken(text: str, face: Face, size: float, width: float) -> list[str]:
    """Lines no longer than `width` px; breaks anywhere, as Chinese text does."""
    type_, lines = font(face, _size_px(size)), [""]
    for character in text:
        if type_.getlength(lines[-1] + character) > width:
            lines.append("")
        lines[-1] += character
    return lines


def _modules(payload: str, symbology: zxingcpp.BarcodeFormat, scale: int = 1) -> Grey:
    """A symbol without its quiet zone, 255 where it is black, `scale` px a module."""
    code = zxingcpp.create_barcode(payload, symbology)
    return 255 - np.array(zxingcpp.write_barcode_to_image(code, scale=scale, add_quiet_zones=False))


def _enlarged(modules: NDArray[np.uint8], width_mm: float, px_per_mm: float) -> Grey:
    """Modules at most `width_mm` wide: as many whole dots of the print head each as fit, but never just one.

    Where the picture's scale does not divide the dots, or two dots do not fit, modules have grey edges.
    """
    dots = int(width_mm / modules.shape[1] / DOT_MM)
    module_mm = dots * DOT_MM if dots >= 2 else width_mm / modules.shape[1]
    module_px = module_mm * px_per_mm
    if module_px.is_integer():
        return np.repeat(np.repeat(modules, int(module_px), axis=1), int(module_px), axis=0)
    rows, columns = (max(1, round(side * module_px)) for side in modules.shape)
    fine = np.repeat(np.repeat(modules, FINE, axis=1), FINE, axis=0)
    return np.asarray(cv2.resize(fine, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
