"""A box from a folder, and every way in which the folder can be wrong."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from hardware.errors import InputError
from hardware.twin.folder import load

GOOD = """
height_mm = 120.0
light = 0.9

[pose]
x_mm = 210
angle_deg = 30

[[faces]]
picture = "front.png"
px_per_mm = 8
outlines_mm = [[[5, 5], [30, 5], [30, 20], [5, 20]]]

[[faces.marks]]
kind = "phone"
polygon_mm = [[10, 10], [20, 10], [20, 14], [10, 14]]
text = "13800001111"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    cv2.imwrite(str(tmp_path / "front.png"), np.full((240, 320, 3), 200, np.uint8))
    (tmp_path / "box.toml").write_text(GOOD)
    return tmp_path


def test_a_good_folder_is_a_box(folder: Path) -> None:
    box = load(folder)
    assert (box.name, box.height_mm, box.light) == (folder.name, 120.0, 0.9)
    assert (box.pose.x_mm, box.pose.y_mm, box.pose.angle_deg) == (210, 150, 30)
    assert box.faces[0].size_mm == (40.0, 30.0)
    assert box.faces[0].marks[0].text == "13800001111"
    assert box.faces[0].outlines_mm[0].shape == (4, 2)


def test_a_picture_of_high_resolution_is_scaled_down(folder: Path) -> None:
    (folder / "box.toml").write_text(GOOD.replace("px_per_mm = 8", "px_per_mm = 24"))
    face = load(folder).faces[0]
    assert face.px_per_mm == 12
    assert face.picture.shape == (120, 160, 3)


def test_exif_rotation_is_honoured(folder: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (320, 240), (200, 0, 0)).save(folder / "front.jpg", exif=exif)
    (folder / "box.toml").write_text(GOOD.replace("front.png", "front.jpg"))
    face = load(folder).faces[0]
    assert face.picture.shape == (320, 240, 3)
    assert face.picture[0, 0, 2] > 150 > face.picture[0, 0, 0]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("height_mm = 120.0", "", "box.toml: height_mm: field required"),
        ("height_mm = 120.0", "height_mm = 900", "height_mm is '900'.*240"),
        ("height_mm = 120.0", "height_mm = nan", "height_mm is 'nan'"),
        ("height_mm = 120.0", "heigth_mm = 1\nheight_mm = 1", "heigth_mm is '1'.*not permitted"),
        ("height_mm = 120.0", "height_mm = ", "not valid TOML"),
        ("light = 0.9", "light = 0", "light is '0'"),
        ("px_per_mm = 8", "px_per_mm = 0", r"faces.0.px_per_mm is '0'.*greater than 0"),
        ("px_per_mm = 8", "px_per_mm = 0.1", "px_per_mm is 0.1: the face would be 3200 mm"),
        ("front.png", "back.png", "back.png: no such file"),
        ("[[10, 10], [20, 10], [20, 14], [10, 14]]", "[[10, 10]]", "faces.0.marks.0.polygon_mm"),
        ("[[10, 10], [20, 10]", '[[10, "x"], [20, 10]', "polygon_mm.0.1 is 'x'"),
    ],
)
def test_a_bad_value_is_named_with_its_file_and_key(folder: Path, old: str, new: str, words: str) -> None:
    (folder / "box.toml").write_text(GOOD.replace(old, new, 1))
    with pytest.raises(InputError, match=words):
        load(folder)


def test_a_picture_that_is_none_or_cut_off_is_named(folder: Path) -> None:
    whole = (folder / "front.png").read_bytes()
    (folder / "front.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match=r"front\.png.*damaged or cut off"):
        load(folder)
    (folder / "front.png").write_text("a shopping list")
    with pytest.raises(InputError, match=r"front\.png: not a picture"):
        load(folder)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(folder: Path) -> None:
    Image.new("1", (9000, 8000)).save(folder / "front.png")
    with pytest.raises(InputError, match="9000 x 8000 pixels are too many: at most 64"):
        load(folder)


def test_a_folder_without_a_box_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"box\.toml: no such file"):
        load(tmp_path)
