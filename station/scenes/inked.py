"""Print, ink over it and a camera that looks at it: one place at a time, with the truth. What judges are tried on.

Everything is drawn at `FINE` px/mm on a sheet around the place, then seen by a camera at another scale. All names,
phones, addresses and numbers are invented.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from hardware.camera.frames import Bgr, Points
from station.scenes.fonts import font as font_of
from station.vision.seen import Kind, Place

Sheet = NDArray[np.float32]  # H x W, 0 to 255, or an opacity 0 to 1

FINE = 20.0  # px/mm of the sheet
_AROUND_MM = 12.0  # of the sheet beyond the place
_CODES = {
    "Code128": zxingcpp.BarcodeFormat.Code128,
    "QRCode": zxingcpp.BarcodeFormat.QRCode,
    "PDF417": zxingcpp.BarcodeFormat.PDF417,
    "MaxiCode": zxingcpp.BarcodeFormat.MaxiCode,
    "DataMatrix": zxingcpp.BarcodeFormat.DataMatrix,
}
_MODULE_MM = {"Code128": (0.25, 0.42), "QRCode": (0.35, 0.6), "PDF417": (0.3, 0.4), "DataMatrix": (0.4, 0.6)}


@dataclass(frozen=True)
class Print:
    """What is printed: text, or a code when `symbology` is set. `mask` is 1 where there is print, at `FINE`.
    `height_mm` is a line's, in all."""

    text: str
    symbology: str
    mask: Sheet
    height_mm: float = 0.0


@dataclass(frozen=True)
class Ink:
    """How the place was inked. `bare_mm` is (left, top, right, bottom) left without ink; `gap_mm` between strokes."""

    opacity: float = 0.99
    layers: int = 1
    gap_mm: float = 0.0
    pitch_mm: float = 4.0
    bare_mm: tuple[float, float, float, float] = (-1.0, -1.0, -1.0, -1.0)
    hole: float = 0.0  # share of the height left open along the middle
    dry: float = 0.0  # share of the stroke's hairs that give no ink
    across: bool = False  # strokes run along the place's short side
    texture: float = 1.5  # of 255, standard deviation of the ink's own colour
    sheen: float = 6.0  # of 255, a broad shine
    beads: float = 0.0  # share of the place that ink draws back from, as on tape
    gibberish: bool = False  # other characters are printed over the place instead of a film


@dataclass(frozen=True)
class Shot:
    """How the camera sees it."""

    px_per_mm: float = 7.4
    turn_deg: float = 0.0
    tilt: float = 0.0
    light: float = 1.0
    shade: float = 0.1
    blur_mm: float = 0.05
    noise: float = 2.0
    glare: bool = False


@dataclass(frozen=True)
class Scene:
    """A photo of one place, with what was printed there."""

    bgr: Bgr
    place: Place
    text: str
    px_per_mm: float


def text_print(text: str, height_mm: float) -> Print:
    """One line of text, `height_mm` high in all."""
    font = _font(text, height_mm)
    left, top, right, bottom = font.getbbox(text)
    image = Image.new("L", (int(right - left) + 8, int(bottom - top) + 8), 0)
    ImageDraw.Draw(image).text((4 - left, 4 - top), text, fill=255, font=font)
    return Print(text, "", np.asarray(image, np.float32) / np.float32(255), height_mm)


def glyph(line: Print, index: int, character: str) -> Sheet:
    """`character` alone where the line has its character `index`: H x W of the line's mask."""
    font = _font(line.text, line.height_mm)
    left, top, _, _ = font.getbbox(line.text)
    image = Image.new("L", line.mask.shape[::-1], 0)
    pen = (4 - left + font.getlength(line.text[:index]), 4 - top)
    ImageDraw.Draw(image).text(pen, character, fill=255, font=font)
    return np.asarray(image, np.float32) / np.float32(255)


def _font(text: str, height_mm: float) -> ImageFont.FreeTypeFont:
    latin = text.isascii()
    return font_of("latin-bold" if latin else "noto", int(height_mm * FINE * (1.2 if latin else 1.0)))


def code_print(text: str, symbology: str, module_mm: float, height_mm: float = 10.0) -> Print:
    """A code as zxing-cpp draws it; a MaxiCode is 26 mm wide, as its standard says."""
    image = zxingcpp.create_barcode(text, _CODES[symbology]).to_image(scale=2, add_quiet_zones=False)
    mask = 1 - np.array(image, np.float32) / 255
    if symbology == "MaxiCode":
        size = (int(26 * FINE), int(26 * FINE * mask.shape[0] / mask.shape[1]))
    elif symbology == "Code128":
        size = (int(mask.shape[1] / 2 * module_mm * FINE), int(height_mm * FINE))
    else:
        size = (int(mask.shape[1] / 2 * module_mm * FINE), int(mask.shape[0] / 2 * module_mm * FINE))
    return Print(text, symbology, np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.float32))


def any_print(rng: np.random.Generator, kind: str) -> Print:
    """A print of `kind`: "text" or one of the symbologies."""
    digits = "".join(rng.choice(list("0123456789"), 14))
    if kind == "text":
        lines = (
            "1" + digits[:10],
            f"张{rng.choice(list('小晓建国明丽'))}{rng.choice(list('华芳军伟平'))} 1{digits[:10]}",
            f"示范省样例市虚构区假想路{digits[:2]}号{digits[2:4]}栋{digits[4:7]}室",
            "YT" + digits[:13],
            f"收件人:李{rng.choice(list('小晓建国明丽'))}{rng.choice(list('华芳军伟平'))}",
            f"{digits[:3]} Example Street Apt {digits[3:5]}",
        )
        return text_print(str(rng.choice(lines)), float(rng.uniform(2.2, 5.0)))
    low, high = _MODULE_MM.get(kind, (0.3, 0.4))
    content = "7" + digits if kind in ("Code128", "DataMatrix") else f"YT{digits} sample person, 12 Example Street"
    return code_print(content, kind, float(rng.uniform(low, high)), float(rng.uniform(8, 18)))


def opacity_map(rng: np.random.Generator, shape: tuple[int, int], ink: Ink) -> Sheet:
    """The ink's opacity over a place of `shape` with `_AROUND_MM` around it."""
    around = int(_AROUND_MM * FINE)
    rows, columns = shape[0] + 2 * around, shape[1] + 2 * around
    opaque = np.zeros((rows, columns), np.float32)
    if ink.gibberish:
        opaque[around:-around, around:-around] = ink.opacity * _gibberish(rng, shape)
        return opaque
    left, top, right, bottom = (int(mm * FINE) for mm in ink.bare_mm)
    y0, y1, x0, x1 = around + top, around + shape[0] - bottom, around + left, around + shape[1] - right
    band = np.ones((max(0, y1 - y0), max(0, x1 - x0)), np.float32)
    lines = band.T if ink.across else band
    _gaps(rng, lines, ink)
    opaque[y0:y1, x0:x1] = 1 - (1 - ink.opacity * band) ** ink.layers
    if ink.hole:
        half = int(shape[0] * ink.hole / 2)
        opaque[rows // 2 - half : rows // 2 + half] = 0
    if ink.beads:
        pools = cv2.GaussianBlur(rng.normal(size=opaque.shape).astype(np.float32), (0, 0), 0.5 * FINE)
        opaque *= pools > np.quantile(pools, ink.beads)
    return np.asarray(cv2.GaussianBlur(opaque, (0, 0), 0.04 * FINE), np.float32)


def _gibberish(rng: np.random.Generator, shape: tuple[int, int]) -> Sheet:
    """Random characters in two layers, as on a stamp roller that hides addresses under a pattern."""
    image = Image.new("L", (shape[1], shape[0]), 0)
    pen, step_px = ImageDraw.Draw(image), int(rng.uniform(1.5, 3.0) * FINE)
    font = font_of("latin-bold", int(1.3 * step_px))
    for top in range(-step_px, shape[0], step_px // 2):
        text = "".join(rng.choice(list("ABCDEFGHKMNRSXZ0123456789#%&"), 2 * shape[1] // step_px + 2))
        pen.text((-float(rng.uniform(0, step_px)), top), text, fill=255, font=font)
    return np.asarray(image, np.float32) / np.float32(255)


def _gaps(rng: np.random.Generator, lines: Sheet, ink: Ink) -> None:
    """Cuts the gaps between strokes and the dry hairs out of `lines`; strokes run along its rows."""
    start = rng.uniform(0, ink.pitch_mm)
    if ink.gap_mm:
        for k in range(-1, int(lines.shape[0] / FINE / ink.pitch_mm) + 2):
            y = int((start + k * ink.pitch_mm) * FINE)
            lines[max(0, y) : max(0, y + int(ink.gap_mm * FINE))] = 0
    if ink.dry:
        hairs = cv2.GaussianBlur(rng.normal(size=(lines.shape[0], 1)).astype(np.float32), (0, 0), 0.1 * FINE)
        lines[hairs[:, 0] < np.quantile(hairs, ink.dry)] = 0


def sheet(
    rng: np.random.Generator, printed: Print, ink: Ink | None, paper: float = 232.0, black: float = 25.0
) -> Sheet:
    """Paper with print and ink (none where `ink` is None), grey 0 to 255, at `FINE`."""
    around = int(_AROUND_MM * FINE)
    mask = np.pad(printed.mask, around)
    grain = cv2.GaussianBlur(rng.normal(size=mask.shape).astype(np.float32), (0, 0), 2) * 7
    page = paper + grain - mask * (paper - black)
    _edge_marks(page)
    if ink is None:
        return page
    opaque = opacity_map(rng, printed.mask.shape, ink)
    cells = cv2.GaussianBlur(rng.normal(size=mask.shape).astype(np.float32), (0, 0), 0.12 * FINE)
    x, y = np.meshgrid(np.linspace(-1, 1, mask.shape[1]), np.linspace(-1, 1, mask.shape[0]))
    shine = np.exp(-((x - rng.uniform(-1, 1)) ** 2 + (y - rng.uniform(-1, 1)) ** 2) / 0.3)
    film = 20 + ink.texture * cells / cells.std() + ink.sheen * shine
    return np.asarray(page * (1 - opaque) + film * opaque, np.float32)


def _edge_marks(page: Sheet) -> None:
    """The label's frame and some boilerplate: what lets anyone see that the photo is sharp."""
    inset = int(3 * FINE)
    cv2.rectangle(page, (inset, inset), (page.shape[1] - inset, page.shape[0] - inset), (40.0,), int(0.4 * FINE))


def see(rng: np.random.Generator, page: Sheet, shot: Shot) -> tuple[Bgr, Points]:
    """A photo of the sheet, and the place's four corners in it, clockwise."""
    rows, columns = page.shape
    around = _AROUND_MM * FINE
    corners = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float64)
    scale = shot.px_per_mm / FINE
    turn = np.deg2rad(shot.turn_deg)
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    seen = (corners - corners.mean(axis=0)) @ spin.T * scale
    seen += rng.uniform(-shot.tilt, shot.tilt, seen.shape) * scale * min(rows, columns)
    seen += 10 - seen.min(axis=0)
    width, height = np.ceil(seen.max(axis=0) + 10).astype(int)
    matrix = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    soft = cv2.GaussianBlur(page, (0, 0), max(0.4 / scale, shot.blur_mm * FINE))
    grey = cv2.warpPerspective(soft, matrix, (int(width), int(height)), borderMode=cv2.BORDER_CONSTANT, borderValue=125)
    place = np.array(
        [[around, around], [columns - around, around], [columns - around, rows - around], [around, rows - around]]
    )
    polygon = cv2.perspectiveTransform(place[None].astype(np.float32), matrix)[0].astype(np.float64)
    return _exposed(rng, np.asarray(grey, np.float32), shot, polygon.mean(axis=0)), polygon


def _exposed(rng: np.random.Generator, grey: Sheet, shot: Shot, middle: Points) -> Bgr:
    rows, columns = grey.shape
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    slope = ((x / columns - 0.5) * np.cos(angle) + (y / rows - 0.5) * np.sin(angle)) * 2
    lit = grey * shot.light * (1 + shot.shade * slope)
    if shot.glare:
        lit = lit + 400 * np.exp(-((x - middle[0]) ** 2 + (y - middle[1]) ** 2) / (2 * (3 * shot.px_per_mm) ** 2))
    colour = lit[..., None] * np.array([0.96, 1.0, 0.99], np.float32)
    noisy = colour + rng.normal(size=(*grey.shape, 3)) * shot.noise
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def scene(rng: np.random.Generator, printed: Print, ink: Ink | None, shot: Shot) -> Scene:
    """Print, ink and look."""
    bgr, polygon = see(rng, sheet(rng, printed, ink), shot)
    kind: Kind = "code" if printed.symbology else "number"
    return Scene(bgr, Place(kind, polygon, printed.symbology), printed.text, shot.px_per_mm)
