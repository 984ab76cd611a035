"""Scenes for the locator: where their seeds lie, the stock they are made of, and the maps it has to learn.

Seeds are kept apart so that nothing is judged on what it was fitted to.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points
from station.scenes.compose import Scene, SizePx, Stock, compose
from station.scenes.surfaces import photographed, photographs, surface
from station.scenes.textures import KINDS, LONG_SIDE_PX, label_texture, other_paper

TRAINING = range(1_000, 900_000)
TUNING = range(900_000, 950_000)  # thresholds are chosen on these
EVALUATION = range(950_000, 1_000_000)

MAPS = ("label", *KINDS, "hand", "outline", "corner")  # the network's channels, in this order
STRIDE = 4  # px of the frame per px of a map
SIZES_PX: tuple[SizePx, ...] = ((384, 224), (224, 384), (320, 256), (256, 320), (288, 288))  # about equal in area
SIZE_SHARES = (0.5, 0.14, 0.14, 0.14, 0.08)
OUTLINE_PX = 2.6  # width of an outline in the frame
CORNER_SIGMA_PX = 4.4  # of a corner's bell in the frame
FOLDS = 5  # real photographs are kept in so many folds; the last is never learned from
HELD_OUT = 4
VIEWS = 3  # of each real photograph: under lamps of other colours

Maps = NDArray[np.uint8]  # len(MAPS) x rows / 4 x columns / 4, 0 to 255


@dataclass(frozen=True)
class Amounts:
    """How many flat pictures a stock has."""

    labels: int = 1_500
    papers: int = 400
    surfaces: int = 500


@dataclass(frozen=True)
class Batch:
    """Frames N x rows x columns and their maps N x len(MAPS) x rows / 4 x columns / 4."""

    frames: Grey
    maps: Maps


def stock(
    seed: int, amounts: Amounts | None = None, backgrounds: Path | None = None, long_side_px: int = LONG_SIDE_PX
) -> Stock:
    """The stock of a seed. About 45 s for the usual amounts."""
    amounts = amounts or Amounts()
    chosen = learned_from(photographs(backgrounds)) if backgrounds else []
    return Stock(
        tuple(label_texture(np.random.default_rng([seed, 1, k]), long_side_px) for k in range(amounts.labels)),
        tuple(other_paper(np.random.default_rng([seed, 2, k]), long_side_px) for k in range(amounts.papers)),
        tuple(surface(np.random.default_rng([seed, 3, k])) for k in range(amounts.surfaces)),
        tuple(photographed(path, np.random.default_rng([seed, 4, k])) for path in chosen for k in range(VIEWS)),
    )


def learned_from(paths: list[Path]) -> list[Path]:
    """All photographs but the fold held out for measuring."""
    return [path for place, path in enumerate(paths) if place % FOLDS != HELD_OUT]


def held_out(paths: list[Path]) -> list[Path]:
    """The fold that is never learned from."""
    return [path for place, path in enumerate(paths) if place % FOLDS == HELD_OUT]


def batches(pictures: Stock, seed: int, size: int) -> Iterator[Batch]:
    """Batches of `size` frames without end, each of one frame size. They depend on stock and seed alone."""
    rng = np.random.default_rng([seed, 5])
    while True:
        size_px = SIZES_PX[int(rng.choice(len(SIZES_PX), p=SIZE_SHARES))]
        scenes = [compose(pictures, rng, size_px) for _ in range(size)]
        yield Batch(np.stack([scene.grey for scene in scenes]), np.stack([maps(scene) for scene in scenes]))


def maps(scene: Scene) -> Maps:
    """What the network has to give for a scene."""
    shape = scene.grey.shape
    label = np.zeros(shape, np.uint8)
    kinds = np.zeros(shape, np.uint8)
    for one in scene.labels:
        cv2.max(label, _quad_mask(shape, one.quad), dst=label)
        warped = cv2.warpPerspective(one.texture.kinds, one.to_frame, shape[::-1], flags=cv2.INTER_NEAREST)
        cv2.bitwise_or(kinds, np.where(scene.over > 127, np.uint8(0), warped), dst=kinds)
    flat = [label, *(((kinds >> bit) & 1) * np.uint8(255) for bit in range(len(KINDS))), scene.hand]
    small = [cv2.resize(one, None, fx=1 / STRIDE, fy=1 / STRIDE, interpolation=cv2.INTER_AREA) for one in flat]
    quads = [one.quad for one in scene.labels]
    return np.stack([*small, _outlines(shape, quads), _corners(shape, quads)]).astype(np.uint8)


def _quad_mask(shape: tuple[int, ...], quad: Points) -> Grey:
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(np.clip(quad, -20000, 20000) * 16 - 8).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return mask


def _outlines(shape: tuple[int, ...], quads: list[Points]) -> Grey:
    """Soft lines along the sides of labels; none along the frame's edge where a label goes on beyond it."""
    rows, columns = shape[0] // STRIDE, shape[1] // STRIDE
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    nearest = np.full((rows, columns), 1e6, np.float32)
    for quad in quads:
        for start, end in zip(quad, np.roll(quad, -1, axis=0), strict=True):
            far = _distance((x + 0.5) * STRIDE, (y + 0.5) * STRIDE, start, end)
            np.minimum(nearest, far, out=nearest)
    return np.asarray(255 * np.exp(-((nearest / OUTLINE_PX) ** 2) / 2), np.uint8)


def _distance(x: NDArray[np.float32], y: NDArray[np.float32], start: Points, end: Points) -> NDArray[np.float32]:
    """From every point to a stretch of a line."""
    way = (end - start).astype(np.float32)
    dx, dy = x - np.float32(start[0]), y - np.float32(start[1])
    along = np.clip((dx * way[0] + dy * way[1]) / max(1e-3, float(way @ way)), 0, 1)
    return np.asarray(np.hypot(dx - along * way[0], dy - along * way[1]), np.float32)


def _corners(shape: tuple[int, ...], quads: list[Points]) -> Grey:
    """A bell at every corner of a label that lies in the frame."""
    rows, columns = shape[0] // STRIDE, shape[1] // STRIDE
    y, x = np.mgrid[:rows, :columns].astype(np.float32)
    bells = np.zeros((rows, columns), np.float32)
    for cx, cy in (corner for quad in quads for corner in quad):
        far = ((x + 0.5) * STRIDE - np.float32(cx)) ** 2 + ((y + 0.5) * STRIDE - np.float32(cy)) ** 2
        np.maximum(bells, np.exp(-far / (2 * CORNER_SIGMA_PX**2)), out=bells)
    return np.asarray(255 * bells, np.uint8)
