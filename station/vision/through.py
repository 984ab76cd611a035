"""How much of the print that stood in a place comes through the ink: a matched filter.

What is seen now is correlated with what was seen before, where the print stood and, for comparison, where it did not.
A reader has to tell characters that it does not know from each other, the filter only has to tell the print that it
does know from chance, over a whole line at once. Short lines of small soft print under one film of 0.995 are its limit.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Points
from station.vision.contrast import WHITE, Levels, blurred, paper_of, shrunk
from station.vision.patch import Mask, Patch

Parts = NDArray[np.float32]  # K x H x W: a place in parts of equal size
Lags = NDArray[np.float64]  # the correlation at every shift of one part, H x W
Counts = tuple[float, float, float]  # what counts: deviations, share, level

_REPEAT = cv2.BORDER_REPLICATE
_FINE_MM = 0.1  # half the stroke of small print
_COARSE_MM = 1.0  # broader than any bar or stroke
_PART_MM = (6.0, 24.0)  # at most, height x width: a line, half an address; one line of a label may show by itself
_EDGE_MM = 0.3  # where the place ends print does as well, and so does what is known of the ink
_HOME_MM = 0.4  # as far as the face may have been followed wrongly: print is sought as far from where it stood
_AWAY_MM = 1.5  # from here on a line is no longer like itself: what agrees there agrees by chance
_LEAST_AWAY_MM = 2.5  # of such shifts in all: fewer tell little of what chance does
_LEAST_UNDER_INK = 0.5  # of the place
_LEAST_PRINT = 6.0  # standard deviation of the template (levels): with less nothing was printed there, or not seen
_LEAST_KEPT = 0.3  # of the print's energy once rows are level: bars that run along the rows keep only their ends
# What counts: so many standard deviations beyond chance; a share that may be as large as this, two deviations allowed;
# and so much of it, as root mean square of 255. One film of 0.995 lets 0.5 % through, of small soft print 0.13 of 255;
# one of 0.998, with less than half a level of 255 left, 0.2 %, and where it is uneven 0.4 % or 0.12 of some parts.
_WHOLE = (4.0, 0.0048, 0.08)
_PART = (5.0, 0.0065, 0.14)


def share_through(patch: Patch, stood: Patch, dark: Mask, paper: float) -> float | None:
    """The share (0 to 1) of the print's contrast that is seen through the ink, 0.0 where chance explains it or where it
    is too little for anyone.

    `dark` (H x W of `patch`) is what is under ink, `paper` the level of the lightest paper around (0 to 255).
    None where it can't be told: nothing was printed, or the two do not match.
    """
    moved = _moved(stood.polygon, patch.polygon)
    if moved is None or dark.sum() < _LEAST_UNDER_INK * patch.inside.sum():
        return None
    inner = dark & shrunk(patch.inside, _EDGE_MM * patch.px_per_mm)
    before = cv2.warpPerspective(_lit(stood, paper_of(stood.grey)), moved, dark.shape[::-1], borderMode=_REPEAT)
    print_ = _detail(np.asarray(before, np.float32), np.ones_like(dark), patch.px_per_mm) * inner
    seen = _detail(_lit(patch, paper), dark, patch.px_per_mm) * inner
    parts = (_parts(np.asarray(one, np.float32), patch) for one in (print_, seen, inner))
    return max(_shares(patch.px_per_mm, *parts), default=None)


def _moved(source: Points, target: Points) -> NDArray[np.float64] | None:
    """The homography between two outlines whose corners are in the same order."""
    if len(source) != len(target) or len(source) < 4:
        return None
    matrix, _ = cv2.findHomography(source, target)
    return None if matrix is None else np.asarray(matrix, np.float64)


def _lit(patch: Patch, paper: float) -> Levels:
    """The mean of the channels, as under good light, and not rounded: under ink there is less than one level to see."""
    return np.asarray(patch.bgr.mean(axis=2, dtype=np.float32) * (WHITE / max(paper, 1.0)), np.float32)


def _detail(levels: Levels, where: Mask, px_per_mm: float) -> Levels:
    """What is of the size of print."""
    fine_px = max(_FINE_MM * px_per_mm, 0.6)
    return np.asarray(blurred(levels, where, fine_px) - blurred(levels, where, _COARSE_MM * px_per_mm))


def _parts(picture: Levels, patch: Patch) -> Parts:
    """The place's rectangle in parts of equal size, none larger than `_PART_MM`."""
    rows, columns = (np.flatnonzero(patch.inside.any(axis=axis)) for axis in (1, 0))
    inner = picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    counts = [int(np.ceil(n / (mm * patch.px_per_mm))) for n, mm in zip(inner.shape, _PART_MM, strict=True)]
    height, width = (n // count for n, count in zip(inner.shape, counts, strict=True))
    grid = inner[: counts[0] * height, : counts[1] * width].reshape(counts[0], height, counts[1], width)
    return grid.swapaxes(1, 2).reshape(-1, height, width)


def _shares(px_per_mm: float, print_: Parts, seen: Parts, dark: Parts) -> Iterator[float]:
    """The share that comes through of the whole and of each part: lines run along x or along y."""
    for turned in ((0, 1, 2), (0, 2, 1)):
        template, picture = (_level(one.transpose(turned), dark.transpose(turned)) for one in (print_, seen))
        of_print = np.fft.rfft2(template)
        across = np.fft.irfft2(np.conj(of_print) * np.fft.rfft2(picture), s=template.shape[1:])
        itself = np.fft.irfft2(np.abs(of_print) ** 2, s=template.shape[1:])
        count = dark.sum(axis=(1, 2))
        least = np.maximum(_LEAST_PRINT**2 * count, _LEAST_KEPT * (print_**2).sum(axis=(1, 2)))
        home, away = _home_and_away(template.shape[1:], px_per_mm)
        if away.any(axis=0).sum() < _LEAST_AWAY_MM * px_per_mm:
            continue
        if itself[:, 0, 0].sum() > least.sum():
            yield _share(across.sum(axis=0), itself.sum(axis=0), home, away, float(count.sum()), _WHOLE)
        for part in np.flatnonzero(itself[:, 0, 0] > least):
            yield _share(across[part], itself[part], home, away, float(count[part]), _PART)


def _level(parts: Parts, dark: Parts) -> Parts:
    """Every row's mean taken off: streaks of ink along a line agree with it at every shift."""
    mean = parts.sum(axis=2, keepdims=True) / np.maximum(dark.sum(axis=2, keepdims=True), 1.0)
    return np.asarray((parts - mean) * dark, np.float32)


def _home_and_away(shape: tuple[int, ...], px_per_mm: float) -> tuple[Mask, Mask]:
    """The shifts at which print would be, and those at which it would not (H x W)."""
    down, along = (np.minimum(np.arange(n), n - np.arange(n)) / px_per_mm for n in shape)
    near = (down <= _HOME_MM)[:, None]
    return near & (along <= _HOME_MM), near & (along > _AWAY_MM)


def _share(across: Lags, itself: Lags, home: Mask, away: Mask, count: float, counts: Counts) -> float:
    """The print's strength in what is seen of `count` pixels, 0 where it does not count. Its echo is no chance."""
    certain, enough, faintest = counts
    row, column = np.unravel_index(np.where(home, across, -np.inf).argmax(), across.shape)
    share = float(across[row, column] / itself[0, 0])
    deviation = float((across - share * np.roll(itself, (int(row), int(column)), (0, 1)))[away].std() / itself[0, 0])
    faint = share * np.sqrt(itself[0, 0] / count) < faintest
    return 0.0 if faint or share < certain * deviation or share + 2 * deviation < enough else share
