from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hardware.errors import InputError
from station import pictures


def photo(path: Path, size: tuple[int, int] = (120, 80)) -> Path:
    left = Image.new("RGB", size, (255, 255, 255))
    left.paste((200, 30, 30), (0, 0, size[0] // 4, size[1] // 4))
    left.save(path)
    return path


def test_channels_are_blue_first(tmp_path: Path) -> None:
    loaded = pictures.load(photo(tmp_path / "a.png"))
    assert loaded.shape == (80, 120, 3)
    assert loaded[2, 2].tolist() == [30, 30, 200]


def test_exif_rotation_is_honoured(tmp_path: Path) -> None:
    path = tmp_path / "turned.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held turned by 90 degrees
    Image.open(photo(tmp_path / "a.png")).save(path, exif=exif, quality=95)
    loaded = pictures.load(path)
    assert loaded.shape == (120, 80, 3)
    assert np.abs(loaded[4, -4].astype(int) - [30, 30, 200]).max() < 12


def broken(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / f"{kind}.jpg"
    if kind == "text":
        path.write_text("this is no picture")
    elif kind == "truncated":
        noise = np.random.default_rng(0).integers(0, 255, (200, 300, 3), np.uint8)
        Image.fromarray(noise).save(path)
        path.write_bytes(path.read_bytes()[:9000])
    elif kind == "pixel":
        Image.new("RGB", (1, 1)).save(path)
    elif kind == "huge":
        Image.new("1", (20000, 10000)).save(path.with_suffix(".png"))
        path = path.with_suffix(".png")
    elif kind == "folder":
        path.mkdir()
    return path


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("missing", "no such file"),
        ("text", "not a picture"),
        ("truncated", "damaged or cut off"),
        ("pixel", "1 x 1 pixels are too few"),
        ("huge", "20000 x 10000 pixels are too many"),
        ("folder", "is a folder"),
    ],
)
def test_bad_pictures_are_refused_in_one_line(tmp_path: Path, kind: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as refused:
        pictures.load(broken(tmp_path, kind))
    assert "\n" not in str(refused.value)


def test_a_picture_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    picture = np.zeros((80, 80, 3), np.uint8)
    with pytest.raises(InputError, match=r"end the name in \.png"):
        pictures.save(tmp_path / "a.doc", picture)
    with pytest.raises(InputError, match="choose another place"):
        pictures.save(tmp_path / "nowhere" / "a.png", picture)
    assert list(tmp_path.iterdir()) == []
