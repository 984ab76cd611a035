"""Things that lie about or reach into the picture, drawn straight into a frame: hands, phones, keys, pens, cables.

Every drawer returns what it covers (rows x columns, 0 to 255). Sizes are shares of the frame's longer side.
"""

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points

SUBPIXEL_BITS = 4
# A hand as thick lines in its own units (1 is the length of the palm): from x, y to x, y, width.
HAND = (
    (0.2, 1.6, 1.0, 7.0, 1.0), (0.0, 0.2, 0.2, 1.6, 0.7), (0.0, 0.0, 0.0, 0.5, 1.15), (-0.45, 0.0, -0.5, -0.65, 0.28),
    (-0.15, 0.0, -0.17, -0.85, 0.28), (0.15, 0.0, 0.17, -0.92, 0.28), (0.45, 0.0, 0.5, -0.75, 0.28),
    (-0.5, 0.4, -1.0, -0.13, 0.32),
)  # fmt: skip

Shade = NDArray[np.float32]


def hand(canvas: Grey, rng: np.random.Generator) -> Grey:
    """A hand and its arm, from any side; the sleeve may have another tone."""
    side = max(canvas.shape)
    size = side * rng.uniform(0.07, 0.22)
    centre = rng.random(2) * canvas.shape[::-1]
    angle = rng.uniform(0, 2 * np.pi)
    skin, sleeve = rng.uniform(50, 225), rng.uniform(10, 240)
    mask = np.zeros(canvas.shape, np.uint8)
    for part, (ax, ay, bx, by, width) in enumerate(HAND):
        ends = _turned(np.array([[ax, ay], [bx, by]]) * (1 + rng.uniform(-0.12, 0.12, (2, 2))), angle) * size + centre
        layer = np.zeros_like(mask)
        a, b = _fixed(ends).tolist()
        cv2.line(layer, a, b, 255, max(1, round(width * size)), cv2.LINE_AA, SUBPIXEL_BITS)
        _shaded(canvas, layer, sleeve if part == 0 else skin, rng)
        cv2.max(mask, layer, dst=mask)
    return mask


def phone(canvas: Grey, rng: np.random.Generator) -> Grey:
    """A dark or light slab with a screen that may mirror the lamp."""
    height = max(canvas.shape) * rng.uniform(0.1, 0.35)
    corners = _somewhere(canvas, rng, (height * rng.uniform(0.45, 0.55), height))
    mask = _filled(canvas, corners)
    _shaded(canvas, mask, rng.choice([rng.uniform(5, 50), rng.uniform(190, 240)]), rng)
    screen = _filled(canvas, corners.mean(axis=0) + (corners - corners.mean(axis=0)) * rng.uniform(0.85, 0.95))
    _shaded(canvas, screen, rng.uniform(5, 110), rng)
    return mask


def keys(canvas: Grey, rng: np.random.Generator) -> Grey:
    """A ring with one to three keys on it."""
    mask = np.zeros(canvas.shape, np.uint8)
    size = max(canvas.shape) * rng.uniform(0.015, 0.04)
    centre = rng.random(2) * canvas.shape[::-1]
    cv2.circle(mask, _whole(centre), round(size), 255, max(1, round(size / 5)), cv2.LINE_AA)
    for _ in range(int(rng.integers(1, 4))):
        way = _turned(np.array([[1.0, 0.0]]), rng.uniform(0, 2 * np.pi))[0]
        cv2.circle(mask, _whole(centre + 1.6 * size * way), round(0.7 * size), 255, -1, cv2.LINE_AA)
        start, end = _whole(centre + 2 * size * way), _whole(centre + 4.5 * size * way)
        cv2.line(mask, start, end, 255, max(1, round(size / 2)), cv2.LINE_AA)
    _shaded(canvas, mask, rng.uniform(60, 230), rng)
    return mask


def pen(canvas: Grey, rng: np.random.Generator) -> Grey:
    """A pen, a ruler, a knife: long and thin."""
    length = max(canvas.shape) * rng.uniform(0.1, 0.4)
    mask = _filled(canvas, _somewhere(canvas, rng, (length * rng.uniform(0.03, 0.12), length)))
    _shaded(canvas, mask, rng.uniform(5, 245), rng)
    return mask


def cable(canvas: Grey, rng: np.random.Generator) -> Grey:
    """A bent line."""
    steps = np.cumsum(rng.normal(0, 0.06, (int(rng.integers(6, 30)), 2)), axis=0) + rng.random(2)
    points = np.asarray(cv2.blur((steps * canvas.shape[::-1]).astype(np.float32), (1, 3)), np.float32)
    mask = np.zeros(canvas.shape, np.uint8)
    thick = max(1, round(max(canvas.shape) * rng.uniform(0.003, 0.012)))
    cv2.polylines(mask, [_fixed(points)], False, 255, thick, cv2.LINE_AA, SUBPIXEL_BITS)
    _shaded(canvas, mask, rng.uniform(5, 245), rng)
    return mask


def lump(canvas: Grey, rng: np.random.Generator) -> Grey:
    """A cup, a coin, a stone, a roll of tape: round, shaded, perhaps with a hole."""
    size = max(canvas.shape) * rng.uniform(0.02, 0.1)
    axes = _whole(size * rng.uniform(0.6, 1.4, 2))
    centre = _whole(rng.random(2) * canvas.shape[::-1])
    mask = np.zeros(canvas.shape, np.uint8)
    thick = -1 if rng.random() < 0.7 else max(1, round(0.4 * size))
    cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, 255, thick, cv2.LINE_AA)
    _shaded(canvas, mask, rng.uniform(5, 245), rng)
    return mask


THINGS: tuple[Callable[[Grey, np.random.Generator], Grey], ...] = (phone, keys, pen, cable, lump)


def _shaded(canvas: Grey, mask: Grey, level: float, rng: np.random.Generator) -> None:
    """Lay a tone over a canvas where the mask is, lighter on one side, with a soft shadow around."""
    rows, columns = canvas.shape
    across, down = rng.uniform(-30, 30, 2)
    ramp = np.linspace(-across, across, columns, dtype=np.float32)[None] + np.linspace(-down, down, rows)[:, None]
    soft = cv2.GaussianBlur(mask, (0, 0), max(1.0, 0.006 * columns))
    shaded = canvas * (1 - np.float32(rng.uniform(0, 0.5) / 255) * soft)
    opaque = mask / np.float32(255)
    canvas[:] = np.clip(shaded + (np.float32(level) + ramp - shaded) * opaque, 0, 255)


def _somewhere(canvas: Grey, rng: np.random.Generator, size_px: tuple[float, float]) -> Points:
    """A turned rectangle of a width and height with its middle in the frame."""
    half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * np.array(size_px) / 2
    return np.asarray(_turned(half, rng.uniform(0, 2 * np.pi)) + rng.random(2) * canvas.shape[::-1], float)


def _filled(canvas: Grey, corners: Points) -> Grey:
    mask = np.zeros(canvas.shape, np.uint8)
    cv2.fillConvexPoly(mask, _fixed(corners), 255, cv2.LINE_AA, SUBPIXEL_BITS)
    return mask


def _turned(points: Points, angle: float) -> Points:
    return np.asarray(points @ np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]]), float)


def _whole(point: NDArray[np.floating]) -> tuple[int, int]:
    return round(float(point[0])), round(float(point[1]))


def _fixed(points: NDArray[np.floating]) -> NDArray[np.int32]:
    """OpenCV's fixed-point pixels, kept inside its range."""
    return np.asarray(np.round(np.clip(points, -20000, 20000) * 2**SUBPIXEL_BITS), np.int32)
