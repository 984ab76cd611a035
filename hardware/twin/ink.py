"""Ink on one face: how much light each spot still lets through to the paper, and what is torn off."""

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Points
from hardware.twin.box import Face, Mark

INK_PX_PER_MM = 5.0  # a pixel of 0.2 mm with soft edges: finer than the narrowest bar that a courier prints
INK_BGR = (34.0, 30.0, 30.0)  # pigment ink is not quite black
KRAFT_BGR = (128.0, 158.0, 184.0)  # what shows where a label was torn off
FIBRE_PX, FIBRE_DEPTH = 9.0, 24.0  # size and depth (grey values) of its clouds
COVERED_TRANSMITTANCE = 0.08  # one layer of 0.90 leaves print readable, one of 0.99 does not
TEXTURE_DEPTH = 0.006  # share of the opacity by which the paper's fibres make it uneven
ROLLER_CONTACT_MM = 2.0  # how far along its way a roller touches at once
DENSEST = 0.9995  # no film is blacker than this share of the light that falls on it
TEXTURE_PX = 256
RAGGED_MM = 0.8  # how far the edge of a tear strays
STREAK_MM = 1.0  # a drying tool leaves out stripes about this wide

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Nib:
    """What touches the face: a round nib, or a roller whose bar lies along y and which inks only along x."""

    shape: Literal["round", "bar"]
    width_mm: float


class Ink:
    """The ink layer of one face, in the face's own frame (mm)."""

    def __init__(self, face: Face, seed: int) -> None:
        width_mm, height_mm = face.size_mm
        self.shape = (math.ceil(height_mm * INK_PX_PER_MM), math.ceil(width_mm * INK_PX_PER_MM))
        self.transmittance: Floats = np.ones(self.shape, np.float32)
        self.torn: NDArray[np.uint8] = np.zeros(self.shape, np.uint8)
        self.version = 0
        self._stroke: Floats = np.zeros(self.shape, np.float32)  # opacity put down since the tool last touched down
        random = np.random.default_rng(seed)
        self._texture: Floats = random.random((TEXTURE_PX, TEXTURE_PX), np.float32)
        self._streaks: Floats = random.random(4096).astype(np.float32)

    def begin(self) -> None:
        """The tool touches down: what follows is one layer, however often it passes the same spot."""
        self._stroke.fill(0.0)

    def stamp(self, start_mm: Points, end_mm: Points, turn_rad: float, nib: Nib, opacity: float, dry: float) -> None:
        """The tool, down, moved from `start_mm` to `end_mm` (face frame).

        `turn_rad` is the face's turn on the platform (a roller's bar is fixed to the machine); `dry` is the share of
        the nib's width that gives no ink any more.
        """
        rows, columns = self._window(start_mm, end_mm, nib)
        if rows.stop <= rows.start or columns.stop <= columns.start or opacity <= 0 or dry >= 1:
            return
        y, x = np.mgrid[rows, columns].astype(np.float32)
        spots = np.stack([(x + 0.5) / INK_PX_PER_MM, (y + 0.5) / INK_PX_PER_MM], axis=-1)
        inside_mm, across_mm = _footprint(spots, start_mm, end_mm, turn_rad, nib)
        cover = np.clip(inside_mm * INK_PX_PER_MM + 0.5, 0.0, 1.0) * self._wet(across_mm, dry)
        fibre = self._texture[y.astype(int) % TEXTURE_PX, x.astype(int) % TEXTURE_PX]
        uneven = opacity * (1 + TEXTURE_DEPTH * (0.5 - fibre))
        self._lay((rows, columns), cover * np.minimum(uneven, DENSEST))

    def tear(self, polygon_mm: Points) -> None:
        """What is inside the polygon (face frame) is torn off, ink and print alike."""
        inside = np.zeros(self.shape, np.uint8)
        cv2.fillPoly(inside, [np.round(polygon_mm * INK_PX_PER_MM).astype(np.int32)], 255)
        # Paper tears raggedly, and a little beyond the line rather than short of it.
        soft = cv2.GaussianBlur(inside, (0, 0), RAGGED_MM * INK_PX_PER_MM) / 255
        ragged = 0.1 + 0.35 * _cloud(self.shape, RAGGED_MM * INK_PX_PER_MM)
        self.torn[soft > ragged] = 255
        self.transmittance[self.torn > 0] = 1.0
        self.version += 1

    def coverage(self, mark: Mark) -> float:
        """Share (0 to 1) of the mark's area that is under ink or torn off."""
        inside = np.zeros(self.shape, np.uint8)
        cv2.fillPoly(inside, [np.round(mark.polygon_mm * INK_PX_PER_MM - 0.5).astype(np.int32)], 1)
        gone = (self.transmittance < COVERED_TRANSMITTANCE) | (self.torn > 0)
        area = int(inside.sum())
        return float(gone[inside > 0].sum()) / area if area else 0.0

    def over(self, picture: Bgr) -> Bgr:
        """The face's picture (any scale) with the ink on it; the picture itself is left alone."""
        if not self.version:
            return picture
        size = (picture.shape[1], picture.shape[0])
        # All of it, always: a part resized by itself would lie up to half a pixel beside where it lay before.
        way = cv2.INTER_AREA if size[0] < self.shape[1] else cv2.INTER_LINEAR
        through = np.asarray(cv2.resize(self.transmittance, size, interpolation=way))[..., None]
        inked = picture * through + np.array(INK_BGR, np.float32) * (1 - through)
        torn = cv2.resize(self.torn, size, interpolation=cv2.INTER_LINEAR) > 127
        if torn.any():
            inked[torn] = _fibre(size)[torn]
        # A bare spot keeps its own grey value: the dither is less than one.
        return (inked + _dither(size)).astype(np.uint8)

    # -- pieces

    def _window(self, start_mm: Points, end_mm: Points, nib: Nib) -> tuple[slice, slice]:
        around = nib.width_mm / 2 + ROLLER_CONTACT_MM
        low = np.floor((np.minimum(start_mm, end_mm) - around) * INK_PX_PER_MM).astype(int)
        high = np.ceil((np.maximum(start_mm, end_mm) + around) * INK_PX_PER_MM).astype(int)
        return (
            slice(max(0, low[1]), min(self.shape[0], high[1])),
            slice(max(0, low[0]), min(self.shape[1], high[0])),
        )

    def _wet(self, across_mm: Floats, dry: float) -> Floats:
        if dry <= 0:
            return np.ones_like(across_mm)
        stripe = self._streaks[(across_mm / STREAK_MM + 2048).astype(int) % len(self._streaks)]
        wet: Floats = (stripe >= dry).astype(np.float32)
        return wet

    def _lay(self, window: tuple[slice, slice], opacity: Floats) -> None:
        before = self._stroke[window]
        after = np.maximum(before, opacity)
        self.transmittance[window] *= (1 - after) / (1 - before)
        self.transmittance[window][self.torn[window] > 0] = 1.0  # torn fibre soaks the ink up; it is gone anyway
        self._stroke[window] = after
        self.version += 1


def _footprint(spots: Floats, start_mm: Points, end_mm: Points, turn_rad: float, nib: Nib) -> tuple[Floats, Floats]:
    """How far inside the swept shape (mm, negative outside) and how far across the way each spot (... x 2) lies."""
    if nib.shape == "round":
        away_mm, across_mm = _from_leg(spots, start_mm, end_mm)
        return nib.width_mm / 2 - away_mm, across_mm
    across_way = np.array([math.sin(turn_rad), math.cos(turn_rad)], np.float32)
    along_way = np.array([math.cos(turn_rad), -math.sin(turn_rad)], np.float32)
    middle = (np.asarray(start_mm) + end_mm) / 2
    half_mm = abs(float((np.asarray(end_mm) - start_mm) @ along_way)) / 2
    if half_mm < 1e-6:
        return np.full(spots.shape[:2], -1.0, np.float32), np.zeros(spots.shape[:2], np.float32)
    along_mm = np.abs((spots - middle.astype(np.float32)) @ along_way) - half_mm - ROLLER_CONTACT_MM / 2
    across_mm = (spots - middle.astype(np.float32)) @ across_way
    inside_mm: Floats = np.minimum(-along_mm, nib.width_mm / 2 - np.abs(across_mm))
    return inside_mm, across_mm


def _from_leg(spots: Floats, start_mm: Points, end_mm: Points) -> tuple[Floats, Floats]:
    """Distance to the leg and signed distance to the line through it, mm."""
    leg = (np.asarray(end_mm) - start_mm).astype(np.float32)
    rel = spots - np.asarray(start_mm, np.float32)
    length2 = float(leg @ leg)
    share = np.clip(rel @ leg / length2, 0, 1) if length2 > 1e-9 else np.zeros(rel.shape[:2], np.float32)
    away = rel - share[..., None] * leg
    side = np.array([-leg[1], leg[0]], np.float32) / max(math.sqrt(length2), 1e-6)
    return np.hypot(away[..., 0], away[..., 1]), rel @ side


def _dither(size: tuple[int, int]) -> Floats:
    """0 to 1 by chance: light is not counted in 255 steps, so rounding must not draw outlines nor wipe them out."""
    tile = np.random.default_rng(8).random((TEXTURE_PX, TEXTURE_PX, 1), np.float32)
    times = (size[1] // TEXTURE_PX + 1, size[0] // TEXTURE_PX + 1, 1)
    return np.tile(tile, times)[: size[1], : size[0]]


def _fibre(size: tuple[int, int]) -> Floats:
    """Torn kraft paper: light brown, cloudy, the same every time."""
    cloud = _cloud((size[1], size[0]), FIBRE_PX)[..., None] - 0.5
    fibre: Floats = np.clip(np.array(KRAFT_BGR, np.float32) + cloud * FIBRE_DEPTH, 0, 255)
    return fibre


def _cloud(shape: tuple[int, ...], grain_px: float) -> Floats:
    """Smooth noise from 0 to 1 with spots of about `grain_px`, the same every time."""
    rows, columns = (max(2, round(n / grain_px)) for n in shape[:2])
    noise = np.random.default_rng(7).random((rows, columns), np.float32)
    cloud: Floats = np.clip(cv2.resize(noise, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), 0, 1)
    return cloud
