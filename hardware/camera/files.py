"""Picture files: read with all doubts settled before a pixel is decoded."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from hardware.camera.frames import Bgr
from hardware.errors import InputError

Image.MAX_IMAGE_PIXELS = None  # `most_px` says the same in words that help


def read(path: Path, most_px: int, least_side_px: int) -> Bgr:
    """The picture (H x W x 3), the way up that its EXIF rotation says.

    Raises `InputError` for a missing file, a folder, something that is no picture, one that is cut off, one of more
    than `most_px` pixels and one with a side shorter than `least_side_px`.
    """
    try:
        with Image.open(path) as picture:
            _check_size(path, picture.size, most_px, least_side_px)
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except FileNotFoundError as error:
        raise InputError(f"{path}: no such file: check the name") from error
    except IsADirectoryError as error:
        raise InputError(f"{path}: is a folder: name the picture in it") from error
    except UnidentifiedImageError as error:
        raise InputError(f"{path}: not a picture that can be read: give a JPEG or PNG") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{path}: the picture is damaged or cut off ({error}): copy it again") from error
    return np.ascontiguousarray(np.asarray(upright, np.uint8)[:, :, ::-1])


def _check_size(path: Path, size_px: tuple[int, int], most_px: int, least_side_px: int) -> None:
    width, height = size_px
    if width * height > most_px:
        raise InputError(
            f"{path}: {width} x {height} pixels are too many: at most {most_px // 1_000_000} MP, make it smaller"
        )
    if min(size_px) < least_side_px:
        raise InputError(f"{path}: {width} x {height} pixels are too few: each side needs {least_side_px} or more")
