"""The tricks by which covered print is brought back: calming, stretching, turning, averaging along the bars."""

import importlib
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey
from hardware.errors import ConfigError
from station.vision.patch import Mask, Patch

Picture = NDArray[np.uint8]  # grey or BGR

_CLIP = 4.0  # CLAHE's limit
_TILES = (2, 8)  # CLAHE's tiles over a line
_BROAD = 20  # times as wide: shading, and the shine of ink
_CALM_MM = 0.1  # half the stroke of small print
_CALMS_MM = (0.1, 0.07, 0.13, 0.05, 0.2)
_TELLING = 1.3  # a colour channel is worth a look of its own if it spreads this much more than grey: coloured ink
_STRIPS = 4  # a clean sliver of bars is enough: averages of strips are tried as well as of the whole
_CODE_HEIGHT_PX = 40  # rows given to a line averaged along its bars
_ALL = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.AllReadable])
# those with a check that noise does not pass: ink makes Interleaved 2 of 5 and Codabar at will
_ZBAR = ("CODE128", "CODE93", "EAN13", "UPCA", "QRCODE")
_LINEAR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.AllLinear])


def stretched(grey: Grey, low: float = 1.0, high: float = 99.0) -> Grey:
    """Grey levels between two percentiles spread over 0 to 255."""
    bottom, top = np.percentile(grey, (low, high))
    spread = (grey.astype(np.float32) - bottom) * (255.0 / max(top - bottom, 1.0))
    return np.asarray(np.clip(spread, 0, 255), np.uint8)


def calmed(grey: Grey, sigma_px: float) -> Grey:
    """Stretched after smoothing in floating point: below 8 bits print survives in the mean of noisy pixels."""
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), sigma_px)
    flat = smooth - cv2.GaussianBlur(smooth, (0, 0), 12 * sigma_px)
    bottom, top = np.percentile(flat, (2, 98))
    return np.asarray(np.clip((flat - bottom) * (255.0 / max(float(top - bottom), 0.5)), 0, 255), np.uint8)


def lifted(grey: Grey, inside: Mask, sigma_px: float) -> Grey:
    """`calmed` for what lies `inside` alone: beside ink the paper around would take the whole range. It is white."""
    weight = inside.astype(np.float32)
    fine, broad = (_mean_of(grey, weight, sigma) for sigma in (sigma_px, _BROAD * sigma_px))
    flat = fine - broad
    bottom, top = np.percentile(flat[inside], (2, 98)) if inside.any() else (0.0, 0.0)
    levels = np.clip((flat - bottom) * (255.0 / max(float(top - bottom), 0.5)), 0, 255)
    return np.asarray(np.where(inside, levels, 255), np.uint8)


def _mean_of(grey: Grey, weight: NDArray[np.float32], sigma_px: float) -> NDArray[np.float32]:
    """The Gaussian mean of the pixels that have weight."""
    total = cv2.GaussianBlur(grey * weight, (0, 0), sigma_px)
    return np.asarray(total / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma_px), 1e-3), np.float32)


def equalised(grey: Grey) -> Grey:
    """CLAHE: every part of the line gets its own contrast."""
    return np.asarray(cv2.createCLAHE(_CLIP, _TILES[::-1]).apply(grey), np.uint8)


def views_of_text(bgr: Bgr, px_per_mm: float) -> Iterator[Bgr]:
    """A line of text in every guise a reader may like, the most telling first (counted on an ink sweep)."""
    grey = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)
    yield _colour(calmed(grey, _CALM_MM * px_per_mm))
    yield _colour(stretched(grey))
    yield _colour(equalised(grey))
    yield bgr
    for channel in range(3):
        single = np.ascontiguousarray(bgr[:, :, channel])
        if _spread_of(single) > _TELLING * _spread_of(grey):
            yield _colour(stretched(single))


def turned(bgr: Bgr) -> Iterator[Bgr]:
    """Both ways up; a place that is nearly square also on its sides."""
    yield bgr
    yield np.asarray(cv2.rotate(bgr, cv2.ROTATE_180), np.uint8)
    if bgr.shape[1] < 1.5 * bgr.shape[0]:
        yield np.asarray(cv2.rotate(bgr, cv2.ROTATE_90_CLOCKWISE), np.uint8)
        yield np.asarray(cv2.rotate(bgr, cv2.ROTATE_90_COUNTERCLOCKWISE), np.uint8)


def decodes(patch: Patch, quiet: bool = False) -> bool:
    """Whether any attack makes a decoder find a code in a place; what the code says does not matter.

    One attack is enough where the place is so `quiet` that only another code than is known can be there.
    """
    if quiet:
        return any(texts(view) for view in islice(_views_of_code(patch), 1))
    return any(texts(view) for view in _views_of_code(patch)) or any(texts(view, _LINEAR) for view in averaged(patch))


def lifted_codes(patch: Patch) -> Iterator[Grey]:
    """A code by itself, calmed more and more: when little is left, it is luck which of them is read."""
    for calm_mm in _CALMS_MM:
        yield lifted(patch.grey, patch.inside, calm_mm * patch.px_per_mm)


def _views_of_code(patch: Patch) -> Iterator[Grey]:
    yield from lifted_codes(patch)
    calm = lifted(patch.grey, patch.inside, 2 * _CALM_MM * patch.px_per_mm)
    yield np.asarray(cv2.resize(calm, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC), np.uint8)
    yield patch.grey


def averaged(patch: Patch) -> Iterator[Grey]:
    """The place averaged along the bars, both ways and in strips, then stretched."""
    rows, columns = np.where(patch.inside.any(axis=1))[0], np.where(patch.inside.any(axis=0))[0]
    if not len(rows):
        return
    grey = patch.grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    for across in (grey, np.ascontiguousarray(grey.T)):
        yield _spread(across.mean(axis=0))
        for strip in np.array_split(across, _STRIPS):
            yield _spread(strip.mean(axis=0))


def _spread(profile: NDArray[np.float64]) -> Grey:
    """A profile as a picture of bars: shading taken off, stretched, twice as wide, with quiet zones."""
    line = profile.astype(np.float32)[None]
    flat = line - cv2.GaussianBlur(line, (0, 0), max(4.0, line.shape[1] / 12))
    bottom, top = np.percentile(flat, (2, 98))
    levels = np.clip((flat - bottom) * (255.0 / max(float(top - bottom), 0.25)), 0, 255).astype(np.uint8)
    wide = cv2.resize(levels, (levels.shape[1] * 2, 1), interpolation=cv2.INTER_CUBIC)
    bars = np.repeat(wide, _CODE_HEIGHT_PX, axis=0)
    return np.asarray(cv2.copyMakeBorder(bars, 10, 10, 30, 30, cv2.BORDER_CONSTANT, value=255), np.uint8)


@cache
def zbar() -> Any:
    """The second decoder's module. Raises `ConfigError` where its library is not installed."""
    try:
        return importlib.import_module("pyzbar.pyzbar")
    except ImportError as error:
        raise ConfigError("zbar does not run: install libzbar0") from error


def texts(view: Grey, formats: zxingcpp.BarcodeFormats = _ALL) -> list[str]:
    """What the codes in a picture say, by both decoders: each reads some that the other does not."""
    zxing = zxingcpp.read_barcodes(np.ascontiguousarray(view), formats=formats)
    symbols = [zbar().ZBarSymbol[name] for name in _ZBAR]
    return [one.text for one in zxing] + [one.data.decode(errors="replace") for one in zbar().decode(view, symbols)]


def _spread_of(grey: Grey) -> float:
    low, high = np.percentile(cv2.GaussianBlur(grey, (0, 0), 1.0), (2, 98))
    return float(high - low)


def _colour(grey: Grey) -> Bgr:
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)
