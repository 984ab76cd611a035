"""What is left to see in a place: the bare share, and the contrast at the scale of print.

Levels are 0 to 255 in the photo and 0 to 255 of a well lit white in what is returned as "of 255".
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey
from station.vision.patch import Mask, Patch

Levels = NDArray[np.float32]  # H x W

_PAPER_PERCENT = 95.0
WHITE = 220.0  # level of well lit paper, to which contrasts are scaled
_DARK = 0.4  # of the paper's level: ink lies at 0.05 to 0.2 of it, kraft at 0.5 and more, half a gap at 0.5
_LEAST_PAPER = 110.0  # kraft under good light: a face without any paper must not lower the level of "dark" to ink's
_FINE_MM = 0.1  # half the stroke of small print: what is smaller is noise
_COARSE_MM = 1.0  # broader than any bar or stroke but the fattest: what is larger is shading
_EDGE_MM = 0.3  # an edge of ink is soft: what lies nearer to light is not measured, and the light counts as bare
_RIM_MM = 0.15  # of the place, one pixel: ink that ends just where the place does has covered it
_BLOCK_MM = 3.0  # one or two characters: print may be left in one spot only
_MARK_MM = 1.5  # sigma of what counts as the surroundings of a stroke
_MARK_DEPTH = 0.22  # of the paper's level: a stroke of half faded print is 0.3 below the mean around, fibre 0.2
_GAUSS_RANGE = 4.1  # 2nd to 98th percentile of normal noise, in standard deviations


@dataclass(frozen=True)
class Remains:
    """`dark`: what of the place is under ink. `bare`: share of the place as light as paper or board. `contrast`:
    residual structure in the dark, of 255. `streaks`: the same after averaging along rows and columns. `marks`: share
    that is dark print on light."""

    dark: Mask
    bare: float
    contrast: float
    streaks: float
    marks: float


def remains(patch: Patch, paper: float) -> Remains:
    """Measures a patch. `paper` is the level of the lightest paper or board around (0 to 255)."""
    grey = patch.grey
    paper = max(paper, _LEAST_PAPER)
    light = grey > _DARK * paper
    inner = shrunk(patch.inside, _RIM_MM * patch.px_per_mm)
    bare = float(light[inner].mean()) if inner.any() else 1.0
    scale = WHITE / paper
    dark = patch.inside & shrunk(~light, _EDGE_MM * patch.px_per_mm)
    return Remains(
        dark,
        bare,
        contrast(grey, dark, patch.px_per_mm) * scale,
        streaks(grey, dark, patch.px_per_mm) * scale,
        _marks(grey, patch, paper),
    )


def paper_of(grey: Grey) -> float:
    """The level of the lightest things in a picture, but for shine: paper or board (0 to 255)."""
    return float(np.percentile(grey, _PAPER_PERCENT))


def contrast(grey: Grey, where: Mask, px_per_mm: float) -> float:
    """The largest structure at print scale in any block of `where`, beyond what camera noise explains (levels)."""
    fine_px = max(_FINE_MM * px_per_mm, 0.8)
    band = blurred(grey, where, fine_px) - blurred(grey, where, _COARSE_MM * px_per_mm)
    noise = _noise(grey, where) / (2 * np.sqrt(np.pi) * fine_px)
    widest = max((_range(values) for values in _blocks(band, where, round(_BLOCK_MM * px_per_mm))), default=0.0)
    return float(max(0.0, widest - _GAUSS_RANGE * noise))


def streaks(grey: Grey, where: Mask, px_per_mm: float) -> float:
    """The largest structure at print scale left after averaging along rows, or along columns (levels)."""
    return max(_profile_range(grey, where, px_per_mm), _profile_range(grey.T, where.T, px_per_mm))


def _profile_range(grey: Grey, where: Mask, px_per_mm: float) -> float:
    count = where.sum(axis=0)
    enough = count >= max(4, 0.5 * count.max(initial=0))
    if enough.sum() < 4:
        return 0.0
    profile = ((grey * where).sum(axis=0)[enough] / count[enough]).astype(np.float32)[None]
    band = cv2.GaussianBlur(profile, (0, 0), 0.6) - cv2.GaussianBlur(profile, (0, 0), _COARSE_MM * px_per_mm)
    return _range(band)


def blurred(grey: Grey | Levels, where: Mask, sigma_px: float) -> Levels:
    """Gaussian mean of the pixels in `where` only, so that an edge of the mask makes no edge in the result."""
    weight = where.astype(np.float32)
    above = cv2.GaussianBlur(grey * weight, (0, 0), sigma_px)
    return np.asarray(above / np.maximum(cv2.GaussianBlur(weight, (0, 0), sigma_px), 1e-3), np.float32)


def shrunk(mask: Mask, by_px: float) -> Mask:
    """`mask` less what lies within `by_px` of its complement."""
    side = 2 * round(by_px) + 1
    eroded = cv2.erode(mask.astype(np.uint8), np.ones((side, side), np.uint8))
    return np.asarray(eroded > 0, np.bool_)


def _noise(grey: Grey, where: Mask) -> float:
    """Standard deviation of pixel noise in `where` (levels), from a mask that is blind to planes and edges."""
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    sight = np.abs(cv2.filter2D(grey.astype(np.float32), -1, kernel))[where]
    return float(np.median(sight) / 0.6745 / 6) if sight.size else 0.0


def _blocks(band: Levels, where: Mask, side: int) -> list[Levels]:
    """The values of `where` in every block of `side` px that is at least a quarter filled."""
    rows, columns = band.shape
    parts = [
        (band[y : y + side, x : x + side], where[y : y + side, x : x + side])
        for y in range(0, rows, side)
        for x in range(0, columns, side)
    ]
    return [values[mask] for values, mask in parts if mask.mean() > 0.25]


def _range(values: Levels) -> float:
    low, high = np.percentile(values, (2, 98))
    return float(high - low)


def _marks(grey: Grey, patch: Patch, paper: float) -> float:
    """The share of the place that is darker than what surrounds it on average, as print on paper is."""
    fine = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), max(_FINE_MM * patch.px_per_mm, 0.8))
    around = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), _MARK_MM * patch.px_per_mm)
    return float((around - fine > _MARK_DEPTH * paper)[patch.inside].mean())
