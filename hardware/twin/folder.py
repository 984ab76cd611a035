"""A box from a folder: `box.toml` and one picture per face, so that any photograph can be put on the platform.

name = "parcel"              # optional: the folder's name otherwise
height_mm = 120.0            # of all faces above the platform, 0 to 240
light = 1.0                  # optional: share of the usual light, 0.05 to 1.5

[pose]                       # optional: the middle of the platform otherwise
x_mm = 200.0                 # where the centre of the upper face lies
y_mm = 150.0
angle_deg = 10.0             # clockwise

[[faces]]
picture = "front.jpg"        # beside box.toml, at most 64 megapixels; EXIF rotation is honoured
px_per_mm = 8.0              # above 12 the picture is scaled down
outlines_mm = [[[10, 10], [86, 10], [86, 140], [10, 140]]]    # optional: labels on the face

[[faces.marks]]              # optional: what must not be readable in the end
kind = "phone"               # any word
polygon_mm = [[20, 30], [60, 30], [60, 34], [20, 34]]    # from the face's top left, x right, y down
text = "13800001111"         # optional
symbology = ""               # optional: for a code, zxing-cpp's name
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any

import cv2
import numpy as np
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from hardware.camera import files
from hardware.camera.frames import Bgr, Points
from hardware.errors import InputError
from hardware.twin.box import Box, Face, Mark, Pose

MOST_PX = 64_000_000
LEAST_SIDE_PX = 16
MOST_PX_PER_MM = 12.0  # the camera shows a face 200 mm high at 12.7: more is never seen
HIGHEST_MM = 240.0  # the raised tool hangs at 250 mm
LARGEST_MM = 600.0  # of a face's side: larger is a wrong px_per_mm, not a parcel for this platform

Polygon = Annotated[list[tuple[FiniteFloat, FiniteFloat]], Field(min_length=3)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Mark(_Table):
    kind: str = Field(min_length=1)
    polygon_mm: Polygon
    text: str = ""
    symbology: str = ""


class _Face(_Table):
    picture: str = Field(min_length=1)
    px_per_mm: float = Field(gt=0, le=100)
    outlines_mm: list[Polygon] = []
    marks: list[_Mark] = []


class _Pose(_Table):
    x_mm: float = Field(200.0, ge=-200, le=600)
    y_mm: float = Field(150.0, ge=-200, le=500)
    angle_deg: float = Field(0.0, ge=-360, le=360)


class _Box(_Table):
    name: str = ""
    height_mm: float = Field(ge=0, le=HIGHEST_MM)
    light: float = Field(1.0, ge=0.05, le=1.5)
    pose: _Pose = _Pose(x_mm=200.0, y_mm=150.0, angle_deg=0.0)
    faces: list[_Face] = Field(min_length=1)


def load(folder: Path) -> Box:
    """The box in a folder. Raises `InputError` that names the file, the key, the value and what is allowed."""
    path = folder / "box.toml"
    table = _checked(path, _parsed(path))
    faces = tuple(_face(folder, face, f"{path}: faces.{i}") for i, face in enumerate(table.faces))
    pose = Pose(table.pose.x_mm, table.pose.y_mm, table.pose.angle_deg)
    return Box(table.name or folder.resolve().name, table.height_mm, faces, pose, table.light)


def _parsed(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (FileNotFoundError, NotADirectoryError) as error:
        raise InputError(f"{path}: no such file: a box is a folder with box.toml and pictures") from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not valid TOML: {error}") from error


def _checked(path: Path, values: dict[str, Any]) -> _Box:
    try:
        return _Box.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(map(str, first["loc"]))
        value = "" if first["type"] == "missing" else f" is {str(first['input'])[:60]!r}"
        raise InputError(f"{path}: {key}{value}: {first['msg'].lower()}") from error


def _face(folder: Path, table: _Face, where: str) -> Face:
    picture = files.read(folder / table.picture, MOST_PX, LEAST_SIDE_PX)
    largest_mm = max(picture.shape[:2]) / table.px_per_mm
    if largest_mm > LARGEST_MM:
        raise InputError(
            f"{where}.px_per_mm is {table.px_per_mm:g}: the face would be {largest_mm:.0f} mm long, at most "
            f"{LARGEST_MM:g} mm fit under the camera"
        )
    picture, px_per_mm = _scaled_down(picture, table.px_per_mm)
    marks = tuple(Mark(m.kind, _points(m.polygon_mm), m.text, m.symbology) for m in table.marks)
    return Face(picture, px_per_mm, marks, tuple(map(_points, table.outlines_mm)))


def _scaled_down(picture: Bgr, px_per_mm: float) -> tuple[Bgr, float]:
    if px_per_mm <= MOST_PX_PER_MM:
        return picture, px_per_mm
    k = MOST_PX_PER_MM / px_per_mm
    small = cv2.resize(picture, None, fx=k, fy=k, interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8), MOST_PX_PER_MM


def _points(polygon: list[tuple[float, float]]) -> Points:
    return np.array(polygon, float)
