"""A box with a small label of three lines and one bar code: a whole visit with it takes a few seconds."""

import cv2
import numpy as np
import zxingcpp

from hardware.camera.frames import Bgr, Points
from hardware.twin.box import Box, Face, Mark, Pose
from station.scenes.substrates import substrate

PX_MM = 8.0
FACE_MM = (180.0, 150.0)
LABEL_MM = (50.0, 40.0, 76.0, 62.0)  # x, y, width, height on the face
NUMBER = "1Z99AA10123456784"
LINES = (("name", "TO: MARVIN ELMTREE"), ("phone", "TEL 555-0142-7788"), ("address", "12 OLD MILL ROAD APT 7"))


def small_box(height_mm: float = 60.0, pose: Pose | None = None, blank: bool = False) -> Box:
    """The box; `blank` leaves the label away."""
    face = substrate("kraft", FACE_MM, np.random.default_rng(4), PX_MM)
    marks = () if blank else _label(face)
    outlines = () if blank else (_rectangle(*LABEL_MM),)
    return Box("small", height_mm, (Face(face, PX_MM, marks, outlines),), pose or Pose(200.0, 150.0, 8.0))


def _label(face: Bgr) -> tuple[Mark, ...]:
    x, y, width, height = LABEL_MM
    cv2.rectangle(face, _px(x, y), _px(x + width, y + height), (246, 248, 247), -1)
    marks = [_line(face, kind, text, x + 5, y + 9 + 8 * k) for k, (kind, text) in enumerate(LINES)]
    return (*marks, _bars(face, x + 6, y + 34), _line(face, "number", NUMBER, x + 14, y + 56))


def _line(face: Bgr, kind: str, text: str, x: float, y: float) -> Mark:
    """Text whose base line begins at x, y (mm)."""
    cv2.putText(face, text, _px(x, y), cv2.FONT_HERSHEY_SIMPLEX, 0.95, (28, 26, 26), 2, cv2.LINE_AA)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.95, 2)
    return Mark(kind, _rectangle(x, y - height / PX_MM, width / PX_MM, height / PX_MM), text)


def _bars(face: Bgr, x: float, y: float) -> Mark:
    code = zxingcpp.create_barcode(NUMBER, zxingcpp.BarcodeFormat.Code128)
    modules = np.array(zxingcpp.write_barcode_to_image(code, scale=1))[:1]
    drawn = cv2.resize(modules, (modules.shape[1] * 2, 120), interpolation=cv2.INTER_NEAREST)
    rows, columns = drawn.shape
    left, top = _px(x, y)
    face[top : top + rows, left : left + columns] = np.minimum(drawn, 246)[:, :, None]
    dark = np.flatnonzero(drawn[0] < 128)
    first, last = int(dark[0]), int(dark[-1]) + 1
    polygon = _rectangle(x + first / PX_MM, y, (last - first) / PX_MM, rows / PX_MM)
    return Mark("code", polygon, NUMBER, "Code128")


def _rectangle(x: float, y: float, width: float, height: float) -> Points:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]])


def _px(x_mm: float, y_mm: float) -> tuple[int, int]:
    return round(x_mm * PX_MM), round(y_mm * PX_MM)
