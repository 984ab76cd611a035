"""Picture files at the edge of the station: read with all doubts settled first, written whole or not at all."""

from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from hardware.camera.frames import Bgr
from hardware.errors import InputError

# A phone's largest is 108 MP; beyond, decoding alone takes more memory than a small Pi has.
MOST_PX = 120_000_000
# A label this small has no legible line on it.
LEAST_SIDE_PX = 64
Image.MAX_IMAGE_PIXELS = None  # the limit above says the same in words that help


def load(path: Path) -> Bgr:
    """The picture (H x W x 3) the way up that its EXIF rotation says.

    Raises `InputError` for a missing file, a folder, something that is no picture, one that is cut off, and one that
    is too large or too small.
    """
    try:
        with Image.open(path) as picture:
            _check_size(path, picture.size)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except InputError:
        raise
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file; check the name") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: is a folder; name the picture in it") from error
    except UnidentifiedImageError as error:
        raise InputError(f"{path}: not a picture that can be read; give a JPEG or PNG") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{path}: the picture is damaged or cut off ({error}); copy it again") from error
    return np.ascontiguousarray(np.asarray(upright, np.uint8)[:, :, ::-1])


def save(path: Path, picture: Bgr) -> None:
    """Write a picture in the format of the name's ending. Raises `InputError`; then nothing is left behind."""
    try:
        encoded, data = cv2.imencode(path.suffix.lower() or ".none", picture)
    except cv2.error:
        encoded = False
    if not encoded:
        raise InputError(f"{path}: cannot write this kind of picture; end the name in .png or .jpg")
    part = path.with_name(path.name + ".part")
    try:
        part.write_bytes(data.tobytes())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise InputError(f"{path}: cannot be written ({error.strerror}); choose another place") from error


def _check_size(path: Path, size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MOST_PX:
        most = f"{MOST_PX // 1_000_000} megapixels"
        raise InputError(f"{path}: {width} x {height} pixels are too many, at most {most} can be read; make it smaller")
    if min(size) < LEAST_SIDE_PX:
        raise InputError(f"{path}: {width} x {height} pixels are too few; each side needs {LEAST_SIDE_PX} or more")
