"""The real pictures that the eye is tested on, and what is asked of polygons."""

from pathlib import Path

import cv2
import numpy as np
from shapely.geometry import Polygon
from shapely.ops import unary_union

from hardware.camera.frames import Bgr, Points

DATA = Path(__file__).parent.parent / "data"
YUNDA_PX_MM = 494 / 76
DEPPON_PX_MM = 444 / 76


def picture(name: str) -> Bgr:
    """A picture of tests/data, H x W x 3."""
    bgr = cv2.imread(str(DATA / name))
    assert bgr is not None, f"{name} is missing from {DATA}"
    return np.asarray(bgr, np.uint8)


def box(left: float, top: float, right: float, bottom: float) -> Points:
    """A rectangle as a polygon."""
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], float)


def covered(place: Points, polygons: list[Points]) -> float:
    """The share (0 to 1) of a place that lies inside the union of polygons."""
    wanted = Polygon(place)
    return float(wanted.intersection(unary_union([Polygon(one) for one in polygons])).area / wanted.area)


def on_background(label: Bgr, background: Bgr, corners: Points) -> Bgr:
    """The label pasted with perspective: its own corners, upper left first, come to lie on `corners` (4 x 2 px)."""
    rows, columns = label.shape[:2]
    matrix = cv2.getPerspectiveTransform(box(0, 0, columns, rows).astype(np.float32), corners.astype(np.float32))
    size = (background.shape[1], background.shape[0])
    warped = cv2.warpPerspective(label, matrix, size, flags=cv2.INTER_AREA)
    mask = cv2.warpPerspective(np.full(label.shape, 255, np.uint8), matrix, size)
    return np.asarray(np.where(mask > 127, warped, background), np.uint8)
