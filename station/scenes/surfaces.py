"""What parcels are made of and what they lie on, in grey, without any label: board, bags, floors, desks, cloth.

Patterns are made small and enlarged where they are soft. A surface stands for about 1.6 px/mm.
"""

from collections.abc import Callable
from pathlib import Path
from typing import get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey
from station.scenes.fonts import CHINESE, WESTERN
from station.scenes.freeform import Recorded, words
from station.scenes.people import digits, pick
from station.scenes.substrates import Substrate, substrate

SHAPE_PX = (384, 512)  # rows x columns of every surface
PX_PER_MM = 1.6
PICTURES = (".jpg", ".jpeg", ".png")
LUMA = (0.114, 0.587, 0.299)  # blue, green, red in a camera's grey

Shade = NDArray[np.float32]


def surface(rng: np.random.Generator) -> Grey:
    """One surface of any kind."""
    return SURFACES[int(rng.choice(len(SURFACES), p=SHARES))](rng)


def photographs(folder: Path) -> list[Path]:
    """The pictures of a folder in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in PICTURES)


def photographed(path: Path, rng: np.random.Generator) -> Grey:
    """A real picture at the size of a surface, in the grey of a lamp of some colour."""
    bgr = cv2.imread(str(path))
    if bgr is None:
        raise ValueError(f"{path} is no picture")
    rows, columns = SHAPE_PX
    small = cv2.resize(bgr, (columns, rows), interpolation=cv2.INTER_AREA)
    return grey_under_a_lamp(np.asarray(small, np.uint8), rng)


def grey_under_a_lamp(bgr: Bgr, rng: np.random.Generator) -> Grey:
    """The camera's grey when the lamp has a cast: its channels weigh more or less."""
    weights = np.array(LUMA) * rng.uniform(0.6, 1.5, 3)
    return np.asarray(np.clip(bgr @ (weights / weights.sum()).astype(np.float32), 0, 255), np.uint8)


# ---- parcels


def _parcel(rng: np.random.Generator) -> Grey:
    """Board or bag as the twin's boxes have it."""
    rows, columns = SHAPE_PX
    kind: Substrate = pick(rng, get_args(Substrate))
    picture = substrate(kind, (columns / PX_PER_MM, rows / PX_PER_MM), rng, PX_PER_MM)
    grey = grey_under_a_lamp(picture, rng)
    return _printed(grey, rng) if rng.random() < 0.4 else grey


def _white(rng: np.random.Generator) -> Grey:
    """White mailers and white board: the hardest ground for a white label."""
    level, depth = rng.uniform(175, 248), rng.uniform(0.5, 9)
    return _held(level + depth * _clouds(rng, int(rng.integers(3, 60))) + rng.uniform(0, 2) * _noise(rng))


def _coloured_box(rng: np.random.Generator) -> Grey:
    """Printed boxes: fields of tone, pictures, large words, article codes and signs straight on the board."""
    rows, columns = SHAPE_PX
    field = np.full(SHAPE_PX, rng.uniform(15, 240), np.float32)
    for _ in range(int(rng.integers(1, 7))):
        x0, x1 = sorted(rng.integers(0, columns, 2))
        y0, y1 = sorted(rng.integers(0, rows, 2))
        field[y0 : y1 + 9, x0 : x1 + 9] = rng.uniform(10, 250)
    return _printed(_held(field + rng.uniform(1, 4) * _clouds(rng, 12) + _noise(rng)), rng)


def _printed(grey: Grey, rng: np.random.Generator) -> Grey:
    """Signs, large words, article codes and tables printed straight on a surface: a carton's own, nobody's data."""
    pair = WESTERN if rng.random() < 0.7 else CHINESE[int(rng.integers(len(CHINESE)))]
    sheet = Recorded(np.zeros(SHAPE_PX, np.uint8), PX_PER_MM, pair)
    for _ in range(int(rng.integers(1, 6))):
        x, y = rng.uniform(0, 260), rng.uniform(0, 200)
        what = rng.random()
        if what < 0.5:
            sheet.text(x, y, words(sheet, rng, int(rng.integers(1, 4))), float(rng.uniform(4, 28)), bold=True)
        elif what < 0.72:
            sheet.bars(x, y, (float(rng.uniform(30, 110)), float(rng.uniform(8, 40))), digits(rng, 14))
        elif what < 0.86:
            sheet.frame(x, y, x + rng.uniform(20, 90), y + rng.uniform(20, 70), float(rng.uniform(0.8, 3)))
        else:
            centre = (int(x * PX_PER_MM), int(y * PX_PER_MM))
            cv2.circle(sheet.ink, centre, int(rng.integers(8, 60)), 255, int(rng.integers(1, 5)), cv2.LINE_AA)
    ink = np.rot90(sheet.ink, 2) if rng.random() < 0.5 else sheet.ink
    tone = np.float32(rng.uniform(5, 90) if grey.mean() > 110 or rng.random() < 0.3 else rng.uniform(170, 250))
    return _held(grey + (tone - grey) * (ink * np.float32(rng.uniform(0.4, 1.0) / 255)))


# ---- floors and desks


def _plain(rng: np.random.Generator) -> Grey:
    """A painted, coated or dull even surface."""
    return _held(rng.uniform(8, 250) + rng.uniform(0, 12) * _clouds(rng, 4) + rng.uniform(0, 4) * _noise(rng))


def _carpet(rng: np.random.Generator) -> Grey:
    """Coarse noise in one or several sizes."""
    depth, grain = rng.uniform(5, 40), int(rng.integers(60, 240))
    return _held(rng.uniform(30, 200) + depth * _clouds(rng, grain) + depth * _noise(rng) + 8 * _clouds(rng, 5))


def _planks(rng: np.random.Generator) -> Grey:
    """Boards with grain along them and dark joints."""
    rows, columns = SHAPE_PX
    base, wide = rng.uniform(50, 205), int(rng.integers(18, 90))
    grain = cv2.resize(rng.standard_normal((rows, 12)).astype(np.float32), (columns, rows))
    tones = rng.normal(0, rng.uniform(2, 18), rows // wide + 1).astype(np.float32)
    field = base + rng.uniform(3, 14) * grain + np.repeat(tones, wide)[:rows, None] + 2 * _noise(rng)
    field[::wide] -= rng.uniform(10, 60)
    return _held(field if rng.random() < 0.5 else np.ascontiguousarray(np.rot90(field, 2)))


def _tiles(rng: np.random.Generator) -> Grey:
    """Tiles, bricks or a grid of lines, with joints lighter or darker."""
    rows, columns = SHAPE_PX
    wide, high = int(rng.integers(14, 160)), int(rng.integers(14, 160))
    tones = rng.normal(0, rng.uniform(0, 15), (rows // high + 1, columns // wide + 1)).astype(np.float32)
    field = np.kron(tones, np.ones((high, wide), np.float32))[:rows, :columns] + np.float32(rng.uniform(40, 215))
    joint, thick = rng.uniform(-70, 70), int(rng.integers(1, 5))
    for shift in range(thick):
        field[shift::high] += joint
        field[:, shift::wide] += joint
    return _held(field + rng.uniform(0, 8) * _clouds(rng, 30) + rng.uniform(0, 5) * _noise(rng))


def platform(rng: np.random.Generator) -> Grey:
    """A platform, a cutting mat or a tray: a framed field with a faint grid, itself as rectangular as a label."""
    rows, columns = SHAPE_PX
    field = np.full(SHAPE_PX, rng.uniform(12, 235), np.float32)
    x0, y0 = (int(side * rng.uniform(0.02, 0.3)) for side in (columns, rows))
    x1, y1 = (int(side * rng.uniform(0.7, 0.98)) for side in (columns, rows))
    inner = field[y0:y1, x0:x1]
    inner += rng.uniform(-45, 45)
    pitch, line = int(rng.integers(7, 48)), rng.uniform(3, 40) * rng.choice([-1, 1])
    inner[pitch::pitch] += line
    inner[:, pitch::pitch] += line
    frame = (float(np.clip(field[0, 0] + rng.uniform(-140, 140), 0, 255)),)
    cv2.rectangle(field, (x0, y0), (x1, y1), frame, int(rng.integers(1, 5)), cv2.LINE_AA)
    return _held(field + rng.uniform(0, 3) * _clouds(rng, 8) + rng.uniform(0, 3) * _noise(rng))


def _cloth(rng: np.random.Generator) -> Grey:
    """Stripes or checks, as woven or printed."""
    y, x = np.mgrid[: SHAPE_PX[0], : SHAPE_PX[1]].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), rng.uniform(4, 80)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * 2 * np.pi / period)
    if rng.random() < 0.5:
        wave = wave + np.sin((x * np.sin(angle) - y * np.cos(angle)) * 2 * np.pi / period)
    field = np.sign(wave) if rng.random() < 0.4 else wave
    return _held(rng.uniform(40, 210) + rng.uniform(4, 50) * field + rng.uniform(0, 10) * _clouds(rng, 10))


def _stone(rng: np.random.Generator) -> Grey:
    """Specks, veins and spots of several sizes."""
    field = np.full(SHAPE_PX, rng.uniform(40, 210), np.float32)
    for grain in (4, 15, 50, 150):
        field += rng.uniform(0, 14) * _clouds(rng, grain)
    if rng.random() < 0.5:
        field += rng.uniform(-90, 90) * (_clouds(rng, int(rng.integers(30, 200))) > rng.uniform(0.8, 2))
    return _held(field + rng.uniform(0, 5) * _noise(rng))


def _creased(rng: np.random.Generator) -> Grey:
    """Foil, bubble wrap, crumpled cloth: sharp light and dark facets."""
    field = np.abs(_clouds(rng, int(rng.integers(6, 50)))) - np.abs(_clouds(rng, int(rng.integers(6, 50))))
    return _held(rng.uniform(30, 225) + rng.uniform(6, 50) * field + rng.uniform(0, 4) * _noise(rng))


def _clouds(rng: np.random.Generator, grain: int) -> Shade:
    """Noise of deviation 1 with about `grain` grains over the surface's width."""
    rows, columns = SHAPE_PX
    small = rng.standard_normal((max(2, grain * rows // columns), max(2, grain))).astype(np.float32)
    return np.asarray(cv2.resize(small, (columns, rows), interpolation=cv2.INTER_CUBIC), np.float32)


def _noise(rng: np.random.Generator) -> Shade:
    return rng.standard_normal(SHAPE_PX, np.float32)


def _held(field: NDArray[np.floating] | Grey) -> Grey:
    return np.asarray(np.clip(field, 0, 255), np.uint8)


SURFACES: tuple[Callable[[np.random.Generator], Grey], ...] = (
    _parcel, _white, _coloured_box, _plain, _carpet, _planks, _tiles, platform, _cloth, _stone, _creased,
)  # fmt: skip
SHARES = (0.22, 0.13, 0.12, 0.06, 0.06, 0.07, 0.06, 0.15, 0.04, 0.05, 0.04)
