"""Sticking a label on a surface: where its points go, and how its paper looks there."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from hardware.camera.frames import Bgr, Points
from hardware.twin.box import Mark
from station.scenes.waybill import Waybill

SHADOW = 0.28  # how much of the light paper's edge takes away beside it
SHADOW_MM = 0.35  # softness and offset of that shadow
PIXEL_MIDDLE = 0.5  # a pixel's index is its left edge; its middle lies half a pixel further


@dataclass(frozen=True)
class Placed:
    """A surface with a label on it; marks and outline (4 x 2, from the label's own top left, clockwise) in face mm."""

    surface: Bgr
    marks: tuple[Mark, ...]
    outline_mm: Points


def place_label(
    surface: Bgr, waybill: Waybill, centre_mm: tuple[float, float], angle_deg: float, px_per_mm: float = 8.0
) -> Placed:
    """Stick a label with its centre at `centre_mm` of the face, turned clockwise. Both pictures are at `px_per_mm`."""
    to_face = turned(waybill.size_mm, centre_mm, angle_deg)
    marks = tuple(replace(mark, polygon_mm=moved(mark.polygon_mm, to_face)) for mark in waybill.marks)
    picture = _pasted(surface, waybill.picture, to_face, px_per_mm)
    return Placed(picture, marks, moved(corners(waybill.size_mm), to_face))


def corners(size_mm: tuple[float, float]) -> Points:
    """The four corners of a rectangle at the origin, clockwise from the upper left."""
    width, height = size_mm
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], float)


def turned(size_mm: tuple[float, float], centre_mm: tuple[float, float], angle_deg: float) -> Points:
    """The 2 x 3 matrix that turns a rectangle clockwise about its middle and puts that on `centre_mm`."""
    angle = np.deg2rad(angle_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shift = np.asarray(centre_mm) - turn @ (np.asarray(size_mm) / 2)
    return np.hstack([turn, shift[:, None]])


def moved(points_mm: Points, matrix: Points) -> Points:
    """Points (N x 2) through a 2 x 3 matrix."""
    return np.asarray(points_mm @ matrix[:, :2].T + matrix[:, 2], float)


def _pasted(surface: Bgr, label: Bgr, to_face: Points, px_per_mm: float) -> Bgr:
    """The surface with the label warped onto it; only the pixels around the label are touched."""
    x0, y0, x1, y1 = _reach(surface, label, to_face, px_per_mm)
    matrix = to_face.copy()
    matrix[:, 2] = to_face[:, 2] * px_per_mm - (x0, y0) + PIXEL_MIDDLE * (to_face[:, :2].sum(axis=1) - 1)
    size = (x1 - x0, y1 - y0)
    border = cv2.BORDER_REPLICATE
    paper = cv2.warpAffine(label, matrix, size, flags=cv2.INTER_LINEAR, borderMode=border)
    cover = cv2.warpAffine(np.full(label.shape[:2], 255, np.uint8), matrix, size, flags=cv2.INTER_LINEAR)
    out = surface.copy()
    under = surface[y0:y1, x0:x1]
    out[y0:y1, x0:x1] = _over(under, np.asarray(paper, np.uint8), np.asarray(cover, np.uint8), px_per_mm)
    return out


def _reach(surface: Bgr, label: Bgr, to_face: Points, px_per_mm: float) -> tuple[int, int, int, int]:
    """The label's bounding box on the surface in px, with room for its shadow, cut to the surface."""
    size_mm = (label.shape[1] / px_per_mm, label.shape[0] / px_per_mm)
    outline = moved(corners(size_mm), to_face) * px_per_mm
    room = 3 * SHADOW_MM * px_per_mm
    low = np.maximum(np.floor(outline.min(axis=0) - room), 0).astype(int)
    high = np.minimum(np.ceil(outline.max(axis=0) + room), surface.shape[1::-1]).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def _over(under: Bgr, paper: Bgr, cover: Bgr, px_per_mm: float) -> Bgr:
    """Paper over a surface that its edge shades a little, down and to the right."""
    offset = round(SHADOW_MM * px_per_mm)
    shadow = cv2.GaussianBlur(np.roll(cover, (offset, offset), (0, 1)), (0, 0), SHADOW_MM * px_per_mm)
    shaded = under * (1 - np.float32(SHADOW / 255) * shadow[..., None])
    opaque = cover[..., None] / np.float32(255)
    return np.asarray(cv2.convertScaleAbs(shaded + (paper - shaded) * opaque), np.uint8)
