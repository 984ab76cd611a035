"""Boxes with a small label whose print says nothing: for an eye that is told what is where."""

from collections.abc import Iterator

import cv2
import numpy as np

from hardware.camera.frames import Bgr, Points
from hardware.twin.box import Box, Face, Mark, Pose
from station.scenes.substrates import substrate

PX_MM = 4.0
FACE_MM = (170.0, 140.0)
LABEL_MM = (70.0, 50.0)
LINES_MM = {"name": 4.0, "phone": 12.0, "address": 20.0}  # from the label's upper edge
LINE_MM = (55.0, 6.0)
CODE_MM = (8.0, 32.0, 50.0, 13.0)  # on the label
BAR_MM = 1.0
PAPER_BGR, INK_BGR = (246, 248, 247), (25, 22, 22)


def plain_boxes(rng: np.random.Generator) -> Iterator[Box]:
    """Boxes of any height, anywhere on the platform, with three lines and a code on a label anywhere on them."""
    while True:
        picture = substrate("kraft", FACE_MM, rng, PX_MM)
        x, y = rng.uniform(10, FACE_MM[0] - LABEL_MM[0] - 10), rng.uniform(10, FACE_MM[1] - LABEL_MM[1] - 10)
        outline = rectangle(x, y, *LABEL_MM)
        _fill(picture, outline, PAPER_BGR)
        marks = tuple(_line(picture, kind, x + 5, y + down) for kind, down in LINES_MM.items())
        side = Face(picture, PX_MM, (*marks, _code(picture, x + CODE_MM[0], y + CODE_MM[1])), (outline,))
        pose = Pose(float(rng.uniform(150, 250)), float(rng.uniform(110, 190)), float(rng.uniform(-40, 40)))
        yield Box("plain", float(rng.uniform(5, 180)), (side,), pose)


def rectangle(x: float, y: float, width: float, height: float) -> Points:
    """Corners (4 x 2) from the upper left, clockwise."""
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])


def _line(picture: Bgr, kind: str, x: float, y: float) -> Mark:
    at = (round(x * PX_MM), round((y + LINE_MM[1] - 1) * PX_MM))
    cv2.putText(picture, "INVENTED PRINT", at, cv2.FONT_HERSHEY_SIMPLEX, 0.8, INK_BGR, 2, cv2.LINE_AA)
    return Mark(kind, rectangle(x, y, *LINE_MM), "")


def _code(picture: Bgr, x: float, y: float) -> Mark:
    _, _, width, height = CODE_MM
    for at in np.arange(0, width, 2 * BAR_MM):
        _fill(picture, rectangle(x + at, y, BAR_MM, height), INK_BGR)
    return Mark("code", rectangle(x, y, width, height), "", "Code128")


def _fill(picture: Bgr, polygon_mm: Points, colour: tuple[int, int, int]) -> None:
    cv2.fillConvexPoly(picture, np.round(polygon_mm * PX_MM).astype(np.int32), colour)
