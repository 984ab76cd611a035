"""What is wrong with a picture that a camera handed over: its size, no light at all, rows that never arrived.

A sensor's rows always differ, by its noise at least. Rows that repeat the one above were not filled: a broken transfer
leaves zeros, or the grey with which a JPEG decoder goes on. Bands clipped to black or white look the same and hide as
much.
"""

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]  # H x W, or H x W x 3

BLACK_LEVEL = 12  # in a picture whose brightest pixel is darker there is nothing to be judged
BAND_ROWS = 16  # a row of JPEG blocks, the least that is lost at once
SAMPLED = 16  # every 16th column tells two rows apart


def flaw(picture: Picture, shape: tuple[int, ...]) -> str:
    """What is wrong with a photograph that should have this shape, in words; empty when nothing is."""
    if picture.shape != shape or picture.dtype != np.uint8:
        return f"are {_size(picture.shape)}, not {_size(shape)}"
    if _is_black(picture):
        return "are black"
    return "are torn" if _longest_band(picture) >= BAND_ROWS else ""


def preview_flaw(picture: Picture, shape: tuple[int, ...]) -> str:
    """The same for a preview frame; a black one passes, since the station tells a dark room from a broken camera."""
    found = flaw(picture, shape)
    return "" if found == "are black" else found


def _is_black(picture: Picture) -> bool:
    return int(picture[:, ::SAMPLED].max()) <= BLACK_LEVEL


def _longest_band(picture: Picture) -> int:
    """Rows of the longest run in which each repeats the one above."""
    thin = np.ascontiguousarray(picture[:, ::SAMPLED]).reshape(len(picture), -1)
    changes = np.flatnonzero((thin[1:] != thin[:-1]).any(axis=1))
    return int(np.diff(changes, prepend=-1, append=len(thin) - 1).max())


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(side) for side in (*shape[1::-1], *shape[2:]))
