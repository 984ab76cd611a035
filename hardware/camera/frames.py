"""What a camera hands over, and the interface behind which every camera stands."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]  # H x W
Bgr = NDArray[np.uint8]  # H x W x 3, blue first
Points = NDArray[np.float64]  # N x 2, x then y


@dataclass(frozen=True)
class Preview:
    """A small grey frame of the live stream (640 x 360)."""

    grey: Grey
    time_s: float


@dataclass(frozen=True)
class Photo:
    """A full picture of a still face. `face_height_mm` is the height of that face above the platform."""

    bgr: Bgr
    time_s: float
    face_height_mm: float


class Camera(Protocol):
    """Two streams of one sensor. Every call ends within a fixed time or raises `CameraFault`."""

    def preview(self) -> Preview: ...

    def photo(self, face_height_mm: float) -> Photo: ...

    def close(self) -> None: ...
