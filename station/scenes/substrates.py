"""What labels are stuck on: cardboard, white board and mailer bags, as pictures at a scale."""

from collections.abc import Callable, Mapping
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr
from station.scenes.draw import Sheet
from station.scenes.fonts import WESTERN
from station.scenes.people import pick

Substrate = Literal["kraft", "white-box", "grey-bag", "black-bag", "white-bag"]
SizeMm = tuple[float, float]
Shade = NDArray[np.float32]  # rows x columns, added to all three channels

FLUTE_MM = 6.5  # period of the corrugation that shows through the liner
CREASES = 40  # on one bag
WRINKLE_PX_PER_MM = 1.0  # wrinkles are soft: they are made at this scale and enlarged
FIBRE_PX_PER_MM = 4.0
PRINTS = ("FRAGILE", "THIS SIDE UP", "HANDLE WITH CARE", "RECYCLE", "小心轻放", "怕湿", "易碎物品", "向上")


def substrate(kind: Substrate, size_mm: SizeMm, rng: np.random.Generator, px_per_mm: float = 8.0) -> Bgr:
    """A surface of a width and height in mm, without any personal data on it."""
    return SURFACES[kind](size_mm, rng, px_per_mm)


def kraft(size_mm: SizeMm, rng: np.random.Generator, px_per_mm: float) -> Bgr:
    """Brown corrugated board: fibres, flutes, a seam under clear tape, perhaps printed marks."""
    tone = rng.uniform(0.82, 1.12)
    colour = tone * np.array([104, 146, 181]) + rng.uniform(-6, 6, 3)
    shade = _fibres(size_mm, rng, 7.0) + _clouds(size_mm, rng, 5.0, 30) + _flutes(size_mm, rng)
    return _dressed(_coloured(shade, colour, size_mm, px_per_mm), rng, px_per_mm)


def white_box(size_mm: SizeMm, rng: np.random.Generator, px_per_mm: float) -> Bgr:
    """White coated board, faintly fluted."""
    colour = np.full(3, rng.uniform(214, 240)) + rng.uniform(-4, 4, 3)
    shade = _fibres(size_mm, rng, 1.8) + _clouds(size_mm, rng, 4.0, 40) + 0.7 * _flutes(size_mm, rng)
    return _dressed(_coloured(shade, colour, size_mm, px_per_mm), rng, px_per_mm)


def bag(level: tuple[float, float], depth: float) -> Callable[[SizeMm, np.random.Generator, float], Bgr]:
    """A maker of mailer bags of a grey `level` (from, to) whose wrinkles shade by about `depth` grey levels."""

    def make(size_mm: SizeMm, rng: np.random.Generator, px_per_mm: float) -> Bgr:
        colour = np.full(3, rng.uniform(*level)) + rng.uniform(-3, 3, 3)
        shade = _wrinkles(size_mm, rng, depth) + _fibres(size_mm, rng, 1.5)
        return _coloured(shade, colour, size_mm, px_per_mm)

    return make


SURFACES: Mapping[Substrate, Callable[[SizeMm, np.random.Generator, float], Bgr]] = {
    "kraft": kraft,
    "white-box": white_box,
    "grey-bag": bag((120, 175), 16),
    "black-bag": bag((28, 52), 14),
    "white-bag": bag((208, 236), 12),
}


def tape(picture: Bgr, rng: np.random.Generator, px_per_mm: float, middle_px: float, *, upright: bool) -> None:
    """Lay clear tape (45 to 60 mm wide) across a picture, in place: slightly darker, bright edges, a soft glare."""
    view = picture if upright else picture.transpose(1, 0, 2)
    half = rng.uniform(22, 30) * px_per_mm
    left, right = max(0, int(middle_px - half)), min(view.shape[1], int(middle_px + half))
    if right - left < px_per_mm:
        return
    strip = view[:, left:right].astype(np.float32) * np.float32(rng.uniform(0.88, 0.96))
    strip += _glare(strip.shape[:2], rng, px_per_mm)[..., None]
    edge = max(1, round(0.3 * px_per_mm))
    strip[:, :edge] += 18
    strip[:, -edge:] += 12
    view[:, left:right] = cv2.convertScaleAbs(strip)


def _glare(shape: tuple[int, int], rng: np.random.Generator, px_per_mm: float) -> Shade:
    """Mild highlights along the tape, strongest where it is creased, at most 45 grey levels."""
    small = rng.normal(0, 1, (max(2, int(shape[0] / px_per_mm / 12)), max(2, int(shape[1] / px_per_mm / 4))))
    wide = _enlarge(small.astype(np.float32), (shape[1], shape[0]))
    return np.asarray(np.clip(24 * (wide - 1.1), 0, 45), np.float32)


def _dressed(picture: Bgr, rng: np.random.Generator, px_per_mm: float) -> Bgr:
    """Board with what boxes have: a flap seam under tape on most, printed marks on some."""
    rows, columns = picture.shape[:2]
    upright = rows > columns
    if rng.random() < 0.3:
        _stamp(picture, rng, px_per_mm)
    if rng.random() < 0.6:
        middle = (columns if upright else rows) / 2
        _seam(picture, middle, px_per_mm, upright=upright)
        tape(picture, rng, px_per_mm, middle, upright=upright)
    return picture


def _seam(picture: Bgr, middle_px: float, px_per_mm: float, *, upright: bool) -> None:
    """The dark gap between two flaps, about a millimetre."""
    view = picture if upright else picture.transpose(1, 0, 2)
    half = max(1, round(0.5 * px_per_mm))
    gap = view[:, int(middle_px) - half : int(middle_px) + half]
    gap[:] = cv2.convertScaleAbs(gap.astype(np.float32) * 0.45)


def _stamp(picture: Bgr, rng: np.random.Generator, px_per_mm: float) -> None:
    """Print a frame, arrows and words that may stay, somewhere on the board, in place."""
    size_mm = (46.0, 24.0)
    sheet = Sheet.blank(size_mm, px_per_mm, WESTERN)
    word = pick(rng, PRINTS)
    sheet.frame(0.5, 0.5, 45.5, 23.5, 0.8)
    sheet.text(23, 4, word, 6, face="noto-bold", anchor="centre", fit_mm=40)
    for x_mm in (15.0, 31.0):
        sheet.block(x_mm - 0.7, 15, x_mm + 0.7, 21)
        head = np.array([[x_mm - 2.5, 16], [x_mm, 12.5], [x_mm + 2.5, 16]]) * px_per_mm
        cv2.fillConvexPoly(sheet.ink, head.astype(np.int32), 255, cv2.LINE_AA)
    ink = np.rot90(sheet.ink, int(rng.integers(4)))
    rows, columns = (whole - part for whole, part in zip(picture.shape[:2], ink.shape, strict=True))
    if min(rows, columns) <= 0:
        return
    y, x = int(rng.integers(rows)), int(rng.integers(columns))
    spot = picture[y : y + ink.shape[0], x : x + ink.shape[1]]
    spot[:] = cv2.convertScaleAbs(spot * (1 - ink[..., None] / np.float32(255) * np.float32(0.72)))


def _fibres(size_mm: SizeMm, rng: np.random.Generator, depth: float) -> Shade:
    """Fine noise, drawn out along one axis as fibres are."""
    shape = _shape(size_mm, FIBRE_PX_PER_MM)
    noise = rng.standard_normal(shape, np.float32)
    drawn = cv2.GaussianBlur(noise, (0, 0), sigmaX=1.6, sigmaY=0.6)
    return np.asarray(drawn * (depth / float(drawn.std())), np.float32)


def _clouds(size_mm: SizeMm, rng: np.random.Generator, depth: float, grain_mm: float) -> Shade:
    """Slow changes of tone over `grain_mm`."""
    small = rng.standard_normal(tuple(max(2, int(side / grain_mm) + 2) for side in size_mm[::-1]), np.float32)
    return _at_fibre_scale(depth * small, size_mm)


def _flutes(size_mm: SizeMm, rng: np.random.Generator) -> Shade:
    """The corrugation that shows through, along one of the sides."""
    rows, columns = _shape(size_mm, FIBRE_PX_PER_MM)
    depth, period = rng.uniform(0.5, 3.0), FLUTE_MM * FIBRE_PX_PER_MM
    if rng.random() < 0.5:
        wave = np.sin(np.arange(rows) * 2 * np.pi / period)[:, None]
    else:
        wave = np.sin(np.arange(columns) * 2 * np.pi / period)[None, :]
    return np.asarray(depth * np.broadcast_to(wave, (rows, columns)), np.float32)


def _wrinkles(size_mm: SizeMm, rng: np.random.Generator, depth: float) -> Shade:
    """Creases in all directions, long and short, each with a bright and a dark flank, on slow changes of tone."""
    rows, columns = _shape(size_mm, WRINKLE_PX_PER_MM)
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    shade = np.zeros((rows, columns), np.float32)
    for _ in range(CREASES):
        angle = rng.uniform(0, np.pi)
        dx, dy = x - rng.uniform(0, columns), y - rng.uniform(0, rows)
        width_mm, length_mm = rng.uniform(1.2, 7), rng.uniform(12, 70)
        along = (dx * np.cos(angle) + dy * np.sin(angle)) / length_mm
        bend = rng.uniform(-0.6, 0.6) * length_mm * along**2
        across = (dy * np.cos(angle) - dx * np.sin(angle) + bend) / width_mm
        shade += rng.normal(0, 0.8) * across * np.exp(-(across**2) / 2 - along**2)
    return np.asarray(depth * _at_fibre_scale(np.tanh(shade), size_mm) + _clouds(size_mm, rng, depth / 4, 40))


def _at_fibre_scale(small: Shade, size_mm: SizeMm) -> Shade:
    rows, columns = _shape(size_mm, FIBRE_PX_PER_MM)
    return _enlarge(small, (columns, rows))


def _enlarge(small: Shade, size_px: tuple[int, int]) -> Shade:
    return np.asarray(cv2.resize(small, size_px, interpolation=cv2.INTER_CUBIC), np.float32)


def _shape(size_mm: SizeMm, px_per_mm: float) -> tuple[int, int]:
    return round(size_mm[1] * px_per_mm), round(size_mm[0] * px_per_mm)


def _coloured(shade: Shade, colour: NDArray[np.float64], size_mm: SizeMm, px_per_mm: float) -> Bgr:
    """A shade at fibre scale on a base colour, enlarged to the picture's scale."""
    small = cv2.convertScaleAbs(np.maximum(shade[..., None] + colour.astype(np.float32), 0))
    rows, columns = _shape(size_mm, px_per_mm)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_LINEAR), np.uint8)
