"""Could a place have been seen at all? What is too dark, blurred or covered by glare has not been seen."""

import cv2
import numpy as np

from hardware.camera.frames import Bgr, Grey
from station.vision.patch import Patch

_DARK_LEVEL = 60.0  # of 255: a photo whose lightest things are below this was taken without light
_LIGHTEST_PERCENT = 99.0
_GLARE_LEVEL = 250  # in every channel: nothing under it is left in the picture
GLARE_SHARE = 0.02  # of a place; a tenth of a character and more could hide under it
_EDGE_SHARE = 0.5  # of the paper's level: an edge of print or ink is higher, torn fibre and folds are not
_EDGE_WINDOW_MM = 1.5
_BLUR_MM = 0.75  # width of the sharpest edges; a Gaussian of 0.3 mm, which hides 2.5 mm print from our readers
_SMOOTH_MM = 0.1  # against noise, which looks sharp


def too_dark(bgr: Bgr) -> bool:
    """Whether the light was off."""
    return float(np.percentile(bgr[::4, ::4], _LIGHTEST_PERCENT)) < _DARK_LEVEL


def glare_share(patch: Patch) -> float:
    """The share (0 to 1) of the place that is saturated in every channel."""
    return float((patch.bgr.min(axis=2) >= _GLARE_LEVEL)[patch.inside].mean())


def blurred(grey: Grey, px_per_mm: float, paper: float) -> bool | None:
    """Whether the sharpest strong edges are too wide, along x or along y. None where no edge could tell.

    `paper` is the level of the lightest paper or board (0 to 255).
    """
    widths = [_edge_width_mm(turned, px_per_mm, _EDGE_SHARE * paper) for turned in (grey, np.ascontiguousarray(grey.T))]
    known = [width for width in widths if width is not None]
    return max(known) > _BLUR_MM if known else None


def _edge_width_mm(grey: Grey, px_per_mm: float, least: float) -> float | None:
    """Height over slope of the sharpest tenth of the edges met along x that rise by `least` levels.

    An edge that lies more along x than across it is left out: met at a graze, the sharpest edge is wide.
    """
    smooth = cv2.GaussianBlur(grey, (0, 0), max(_SMOOTH_MM * px_per_mm, 0.8)).astype(np.float32)
    window = np.ones((1, round(_EDGE_WINDOW_MM * px_per_mm) | 1), np.uint8)
    rise = cv2.dilate(smooth, window) - cv2.erode(smooth, window)
    across, along = (np.abs(cv2.Sobel(smooth, cv2.CV_32F, dx, 1 - dx, ksize=3)) / 8 for dx in (1, 0))
    slope = cv2.dilate(np.where(across >= along, across, 0.0), window)
    strong = (rise > least) & (slope > 0)
    if strong.sum() < 20:
        return None
    return float(np.percentile(rise[strong] / np.maximum(slope[strong], 0.1), 10)) / px_per_mm
