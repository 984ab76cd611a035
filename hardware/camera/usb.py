"""A USB camera, by V4L2 through OpenCV: MJPEG at full size, from which the preview is made smaller."""

import time
from threading import Lock
from typing import cast

import cv2

from hardware.camera.exposure import Light, without_flicker
from hardware.camera.flaws import Picture
from hardware.camera.guard import LATE_S, Driver, GuardedCamera, Taken, preview_size
from hardware.errors import CameraFault

SETTLING_S = 2.5  # what automatic exposure and white balance of a web camera take
WAIT_S = 0.8  # for a frame of now, which takes 0.1 s
BUFFERS = 2  # as few as stream: what waits in them is old
UNIT_US = 100  # in which V4L2 counts exposure
AUTOMATIC, MANUAL = 3, 1  # V4L2_EXPOSURE_APERTURE_PRIORITY, V4L2_EXPOSURE_MANUAL
MJPEG = cv2.VideoWriter.fourcc(*"MJPG")


def usb_camera(device: str, size_px: tuple[int, int], mains_hz: int) -> GuardedCamera:
    """The camera at a device (`/dev/video0`), guarded. Open it with the lamp on. Raises `CameraFault`."""
    kept: int | None = None

    def opened() -> Driver:
        nonlocal kept
        driver = UsbDriver(device, size_px)
        try:
            kept = kept or driver.settled_us(mains_hz)
            driver.hold(kept)
        except BaseException:
            driver.close()
            raise
        return driver

    return GuardedCamera(opened, size_px)


class UsbDriver:
    """The open camera. A read that gets nothing ends after ten seconds, V4L2's own limit in OpenCV."""

    def __init__(self, device: str, size_px: tuple[int, int]) -> None:
        self._preview_px = preview_size(size_px)
        self._exposure_us = 0
        self._in_use = Lock()  # a capture that is released in mid-read takes the process with it
        self._capture = cv2.VideoCapture(device, cv2.CAP_V4L2)
        if not self._capture.isOpened():
            raise CameraFault(f"there is none at {device}")
        self._capture.set(cv2.CAP_PROP_FOURCC, MJPEG)
        self._capture.set(cv2.CAP_PROP_FRAME_WIDTH, size_px[0])
        self._capture.set(cv2.CAP_PROP_FRAME_HEIGHT, size_px[1])
        self._capture.set(cv2.CAP_PROP_BUFFERSIZE, BUFFERS)

    def preview(self) -> Taken:
        """A frame of now, grey and small."""
        taken = self._taken(time.monotonic() - LATE_S)
        grey = cv2.cvtColor(taken.picture, cv2.COLOR_BGR2GRAY)
        return Taken(cast(Picture, cv2.resize(grey, self._preview_px, interpolation=cv2.INTER_AREA)), taken.time_s)

    def photo(self) -> Taken:
        """The first full frame that began after now."""
        return self._taken(time.monotonic())

    def close(self) -> None:
        """Let go, once a read that hangs has come back."""
        with self._in_use:
            self._capture.release()

    # -- light

    def settled_us(self, mains_hz: int) -> int:
        """The exposure for whole flickers of the mains that automatic exposure comes to. Gains stay as they are."""
        self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, AUTOMATIC)
        self._taken(time.monotonic() + SETTLING_S)
        found_us = round(self._capture.get(cv2.CAP_PROP_EXPOSURE) * UNIT_US)
        return without_flicker(Light(found_us, 1.0, (1.0, 1.0)), mains_hz).exposure_us

    def hold(self, exposure_us: int) -> None:
        """Fix exposure, white balance and focus; a camera without the last two keeps them anyway."""
        units = round(exposure_us / UNIT_US)
        self._capture.set(cv2.CAP_PROP_AUTO_WB, 0)
        self._capture.set(cv2.CAP_PROP_AUTOFOCUS, 0)
        self._capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, MANUAL)
        self._capture.set(cv2.CAP_PROP_EXPOSURE, units)
        if self._capture.get(cv2.CAP_PROP_EXPOSURE) != units:
            raise CameraFault("it does not hold its exposure: use another camera")
        self._exposure_us = exposure_us

    # -- frames

    def _taken(self, after_s: float) -> Taken:
        """The first frame whose exposure began later than that, by `time.monotonic`, as V4L2 counts too."""
        until_s = max(after_s, time.monotonic()) + WAIT_S
        with self._in_use:
            while time.monotonic() < until_s:
                if not self._capture.grab():
                    raise CameraFault("it gave no picture")
                began_s = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1e3 - self._exposure_us / 1e6
                if began_s >= after_s:
                    return Taken(self._decoded(), began_s)
        raise CameraFault("it gives old pictures only")

    def _decoded(self) -> Picture:
        whole, bgr = self._capture.retrieve()
        if not whole:
            raise CameraFault("it gave a picture that cannot be decoded")
        return cast(Picture, bgr)
