"""Scenes for the locator: where their seeds lie, the stock they are made of, and the maps it has to learn.

Seeds are kept apart so that nothing is judged on what it was fitted to.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points
from station.scenes.compose import Scene, SizePx, Stock, Views, compose
from station.scenes.surfaces import photographed, surface
from station.scenes.textures import KINDS, LONG_SIDE_PX, label_texture, other_paper

TRAINING = range(1_000, 900_000)
TUNING = range(900_000, 950_000)  # thresholds are chosen on these
EVALUATION = range(950_000, 1_000_000)

MAPS = ("label", *KINDS, "hand", "outline")  # what the network draws, in this order
STRIDE = 4  # px of the frame per px of a map
OUTLINE_PX = 2.6  # width of an outline in the frame
SIZES_PX: tuple[SizePx, ...] = ((320, 192), (192, 320), (288, 224), (224, 288), (256, 256))  # about equal in area
SIZE_SHARES = (0.42, 0.14, 0.2, 0.14, 0.1)
VIEWS = Views(close=0.35)  # as often as the locator looks from near
FOLDS = 5  # of real photographs: each is left out of a training once, and measured with what that training gives
LAMPS = 3  # views of each real photograph: under lamps of other colours

Maps = NDArray[np.uint8]  # len(MAPS) x rows / 4 x columns / 4, 0 to 255


@dataclass(frozen=True)
class Amounts:
    """How many flat pictures a stock has."""

    labels: int = 1_500
    papers: int = 400
    surfaces: int = 500


@dataclass(frozen=True)
class Batch:
    """Frames N x rows x columns, their maps N x len(MAPS) x rows / 4 x columns / 4, and N times labels x 4 x 2 px."""

    frames: Grey
    maps: Maps
    quads: tuple[Points, ...]


def stock(
    seed: int, amounts: Amounts | None = None, real: Sequence[Path] = (), long_side_px: int = LONG_SIDE_PX
) -> Stock:
    """The stock of a seed, with photographs without labels. About 45 s for the usual amounts."""
    amounts = amounts or Amounts()
    return Stock(
        tuple(label_texture(np.random.default_rng([seed, 1, k]), long_side_px) for k in range(amounts.labels)),
        tuple(other_paper(np.random.default_rng([seed, 2, k]), long_side_px) for k in range(amounts.papers)),
        tuple(surface(np.random.default_rng([seed, 3, k])) for k in range(amounts.surfaces)),
        tuple(photographed(path, np.random.default_rng([seed, 4, k])) for path in real for k in range(LAMPS)),
    )


def learned_from(paths: list[Path], left_out: int | None) -> list[Path]:
    """All photographs but a fold."""
    return [path for place, path in enumerate(paths) if place % FOLDS != left_out]


def held_out(paths: list[Path], fold: int) -> list[Path]:
    """The photographs of a fold."""
    return [path for place, path in enumerate(paths) if place % FOLDS == fold]


def batches(pictures: Stock, seed: int, size: int) -> Iterator[Batch]:
    """Batches of `size` frames without end, each of one frame size. They depend on stock and seed alone."""
    rng = np.random.default_rng([seed, 5])
    while True:
        size_px = SIZES_PX[int(rng.choice(len(SIZES_PX), p=SIZE_SHARES))]
        scenes = [compose(pictures, rng, size_px, views=VIEWS) for _ in range(size)]
        quads = tuple(np.array([one.quad for one in scene.labels]).reshape(-1, 4, 2) for scene in scenes)
        yield Batch(np.stack([scene.grey for scene in scenes]), np.stack([maps(scene) for scene in scenes]), quads)


def maps(scene: Scene) -> Maps:
    """What the network has to draw for a scene."""
    shape = scene.grey.shape
    label = np.zeros(shape, np.uint8)
    kinds = np.zeros(shape, np.uint8)
    for one in scene.labels:
        cv2.max(label, _quad_mask(shape, one.quad), dst=label)
        warped = cv2.warpPerspective(one.texture.kinds, one.to_frame, shape[::-1], flags=cv2.INTER_NEAREST)
        cv2.bitwise_or(kinds, np.where(scene.over > 127, np.uint8(0), warped), dst=kinds)
    flat = [label, *(((kinds >> bit) & 1) * np.uint8(255) for bit in range(len(KINDS))), scene.hand]
    small = [cv2.resize(one, None, fx=1 / STRIDE, fy=1 / STRIDE, interpolation=cv2.INTER_AREA) for one in flat]
    return np.stack([*small, _outlines(shape, [one.quad for one in scene.labels])]).astype(np.uint8)


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
