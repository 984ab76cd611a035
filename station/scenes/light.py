"""Light on a scene and the camera that sees it, in grey. Lengths are px of a frame 384 px wide, times `scale`."""

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey

WIDTH_PX = 384.0  # of the frame that all lengths here are meant for
METERED = 98  # percentile of a frame by which the camera sets its exposure
MOST_GAIN = 4.0
FIELD_STEP = 8  # light is soft: it is made this much smaller and enlarged

Shade = NDArray[np.float32]


def lit(grey: Grey, rng: np.random.Generator) -> Shade:
    """The scene under a lamp, as a camera meters it: slope, vignette, shadow, brightness, glare."""
    rows, columns = grey.shape
    small = (max(2, rows // FIELD_STEP), max(2, columns // FIELD_STEP))
    y, x = np.meshgrid(np.linspace(-1, 1, small[0]), np.linspace(-1, 1, small[1]), indexing="ij")
    field = 1 + rng.normal(0, 0.1) * x + rng.normal(0, 0.1) * y - rng.uniform(0, 0.22) * (x**2 + y**2)
    field = field.astype(np.float32)
    if rng.random() < 0.2:
        field = np.asarray(field * _spot(x, y, rng), np.float32)
    light = cv2.resize(field, (columns, rows))
    if rng.random() < 0.28:
        light = np.asarray(light * _hard_shadow(grey.shape, rng), np.float32)
    seen = grey * light
    seen *= np.float32(_brightness(seen, rng))
    if rng.random() < 0.14:
        seen += _glare(grey.shape, rng)
    return np.asarray(seen, np.float32)


def _brightness(seen: Shade, rng: np.random.Generator) -> float:
    """A camera brings the brightest parts to a light grey; now and then it has not settled yet, or cannot."""
    kind = rng.random()
    if kind < 0.1:
        return float(rng.uniform(0.15, 0.6))
    wanted = rng.uniform(130, 235) if kind < 0.92 else rng.uniform(235, 330)
    return float(min(MOST_GAIN, wanted / max(1.0, float(np.percentile(seen[::4, ::4], METERED)))))


def _spot(x: NDArray[np.float64], y: NDArray[np.float64], rng: np.random.Generator) -> Shade:
    """A lamp near by: bright in one place, dark further off."""
    cx, cy = rng.uniform(-0.8, 0.8, 2)
    far = (x - cx) ** 2 + (y - cy) ** 2
    return np.asarray(rng.uniform(0.35, 0.7) + np.exp(-far / rng.uniform(0.3, 1.5)), np.float32)


def _hard_shadow(shape: tuple[int, ...], rng: np.random.Generator) -> Shade:
    """The shadow of something with straight edges, with a border from sharp to soft."""
    rows, columns = shape
    corners = (rng.uniform(-0.6, 1.6, (int(rng.integers(3, 6)), 2)) * (columns, rows)).astype(np.int32)
    mask = np.zeros((rows, columns), np.uint8)
    cv2.fillConvexPoly(mask, cv2.convexHull(corners), 255, cv2.LINE_AA)
    soft = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.4, 9) * columns / WIDTH_PX)
    return 1 - np.float32(rng.uniform(0.2, 0.7) / 255) * soft


def _glare(shape: tuple[int, ...], rng: np.random.Generator) -> Shade:
    """Mirrored lamps: soft bright ellipses."""
    rows, columns = shape
    mask = np.zeros((max(2, rows // 4), max(2, columns // 4)), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        centre = (int(rng.integers(mask.shape[1])), int(rng.integers(mask.shape[0])))
        axes = (int(rng.integers(1, 25)), int(rng.integers(1, 9)))
        cv2.ellipse(mask, centre, axes, float(rng.uniform(0, 180)), 0, 360, float(rng.uniform(40, 220)), -1)
    return np.asarray(cv2.resize(cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.7, 5)), (columns, rows)), np.float32)


def photographed(seen: Shade, rng: np.random.Generator) -> Grey:
    """Through the lens, the sensor, its processing and its compression."""
    scale = seen.shape[1] / WIDTH_PX
    picture = _developed(_blurred(seen, rng, scale), rng)
    if rng.random() < 0.08:
        picture = _flicker(picture, rng)
    grain = rng.uniform(0, 3) if rng.random() < 0.75 else rng.uniform(3, 12)
    picture = picture + np.float32(grain) * rng.standard_normal(picture.shape, np.float32)
    grey = np.asarray(np.clip(picture, 0, 255), np.uint8)
    if rng.random() < 0.3:
        quality = int(rng.integers(25, 92))
        grey = np.asarray(cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0), np.uint8)
    return grey


def _blurred(seen: Shade, rng: np.random.Generator, scale: float) -> Shade:
    kind = rng.random()
    if kind < 0.45:
        return seen
    if kind < 0.7:
        return np.asarray(cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.3, 0.9) * scale), np.float32)
    if kind < 0.8:
        return np.asarray(cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.9, 1.9) * scale), np.float32)
    if kind < 0.9:
        return _moved(seen, rng, scale)
    soft = cv2.GaussianBlur(seen, (0, 0), rng.uniform(0.8, 2.0) * scale)  # a camera's own sharpening
    return np.asarray(seen + np.float32(rng.uniform(0.3, 1.5)) * (seen - soft), np.float32)


def _moved(seen: Shade, rng: np.random.Generator, scale: float) -> Shade:
    """Blur along a straight line."""
    length = max(2, round(rng.uniform(1.5, 6) * scale))
    kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
    angle = rng.uniform(0, np.pi)
    end = (round(length * (1 + np.cos(angle) / 2)), round(length * (1 + np.sin(angle) / 2)))
    cv2.line(kernel, (length, length), end, 1.0, 1, cv2.LINE_AA)
    return np.asarray(cv2.filter2D(seen, -1, kernel / kernel.sum()), np.float32)


def _developed(seen: Shade, rng: np.random.Generator) -> Shade:
    """Gamma, contrast and clipping."""
    share = np.clip(seen / 255, 0, None)
    gamma = float(np.exp(rng.normal(0, 0.25)))
    contrast, lift = rng.uniform(0.7, 1.2), rng.uniform(0, 30)
    return np.asarray(np.clip(lift + contrast * 255 * share**gamma, 0, 255), np.float32)


def _flicker(picture: Shade, rng: np.random.Generator) -> Shade:
    """Bands of a lamp that flickers while rows are exposed one by one."""
    phase = np.linspace(0, rng.uniform(2, 14) * np.pi, picture.shape[0]) + rng.uniform(0, 6)
    return np.asarray(picture * (1 + rng.uniform(0.03, 0.2) * np.sin(phase))[:, None], np.float32)
