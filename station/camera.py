"""The configured camera, and a trial of it: its pictures are measured and let go."""

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from hardware.camera.frames import Camera
from hardware.camera.raspberry import raspberry_camera
from hardware.camera.usb import usb_camera
from station.config import CameraSection

FRAMES = 10  # of the preview: their median is told
PHOTOS = 3


@dataclass(frozen=True)
class Trial:
    """Sizes (width, height) and milliseconds: of opening, until exposure is fixed, and of one frame and one photo."""

    opened_ms: float
    preview_px: tuple[int, int]
    preview_ms: float
    photo_px: tuple[int, int]
    photo_ms: float

    def to_json(self) -> dict[str, Any]:
        """As the verb prints it."""
        return asdict(self)

    def told(self) -> str:
        """The same in words."""
        return (
            f"open after {self.opened_ms:.0f} ms\n"
            f"preview {self.preview_px[0]} x {self.preview_px[1]}, {self.preview_ms:.0f} ms a frame\n"
            f"photo {self.photo_px[0]} x {self.photo_px[1]}, {self.photo_ms:.0f} ms"
        )


def configured(section: CameraSection) -> Camera:
    """The camera that the file describes, open. Raises `CameraFault`."""
    size_px = (section.width_px, section.height_px)
    if section.kind == "v4l2":
        return usb_camera(section.device, size_px, section.mains_hz)
    return raspberry_camera(size_px, section.focus_dioptres, section.mains_hz)


def tried(section: CameraSection) -> Trial:
    """Open the configured camera and take a few pictures. Raises `CameraFault` when it gives none that are good."""
    began_s = time.perf_counter()
    with closing(configured(section)) as camera:
        opened_ms = _ms_since(began_s)
        preview_px, preview_ms = _taken(lambda: camera.preview().grey.shape, FRAMES)
        photo_px, photo_ms = _taken(lambda: camera.photo(0.0).bgr.shape, PHOTOS)
    return Trial(opened_ms, preview_px, preview_ms, photo_px, photo_ms)


def _taken(take: Callable[[], tuple[int, ...]], times: int) -> tuple[tuple[int, int], float]:
    """Width and height of what is taken, and the median of the milliseconds that it takes."""
    spent_ms: list[float] = []
    for _ in range(times):
        began_s = time.perf_counter()
        height, width = take()[:2]
        spent_ms.append(_ms_since(began_s))
    return (width, height), median(spent_ms)


def _ms_since(began_s: float) -> float:
    return (time.perf_counter() - began_s) * 1e3
