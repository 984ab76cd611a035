"""Picture files at the edge of the station: read with all doubts settled first, written whole or not at all."""

from pathlib import Path

import cv2

from hardware.camera import files
from hardware.camera.frames import Bgr
from hardware.errors import InputError

# A phone's largest is 108 MP; beyond, decoding alone takes more memory than a small Pi has.
MOST_PX = 120_000_000
# A label this small has no legible line on it.
LEAST_SIDE_PX = 64


def load(path: Path) -> Bgr:
    """The picture (H x W x 3) the way up that its EXIF rotation says. Raises `InputError` for anything unusable."""
    return files.read(path, MOST_PX, LEAST_SIDE_PX)


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
