"""The Raspberry Pi's camera, by picamera2: one mode, opened once, two streams of the same sensor frame.

`main` is the photograph, `lores` (YUV420) the preview: its first plane is the grey picture. The mode is never switched:
that takes half a second on a Pi and can end without memory.
"""

import importlib
import time
from typing import Any

from hardware.camera.exposure import Light, flicker_us, without_flicker
from hardware.camera.guard import LATE_S, Driver, GuardedCamera, Taken, preview_size
from hardware.errors import CameraFault

BUFFERS = 3  # of 36 MB: one being read, one being filled, one waiting
RAW_BUFFERS = 4  # that libcamera has for the sensor's own frames, ten bits a pixel
FRAME_US = 100_000  # ten frames a second of the full sensor is what a Pi 4 keeps up with
WAIT_S = 0.8  # for one frame, which takes 0.1 s
SETTLING_FRAMES, MOST_FRAMES = 8, 50  # automatic exposure needs the first, and is given the second
SETTLED = 0.02  # from frame to frame
HELD = 0.01  # a sensor exposes for whole lines


def memory_mb(size_px: tuple[int, int]) -> float:
    """What the buffers for photographs of that size (width, height) take of the kernel's memory, in its MB of 2^20."""
    pixels, (width, height) = size_px[0] * size_px[1], preview_size(size_px)
    return (BUFFERS * (3 * pixels + 1.5 * width * height) + RAW_BUFFERS * 1.25 * pixels) / 2**20


def raspberry_camera(size_px: tuple[int, int], focus_dioptres: float, mains_hz: int) -> GuardedCamera:
    """The camera, guarded. Open it with the lamp on: exposure and white balance stay as they settle then.

    `focus_dioptres` is 1 / distance (m) from the lens to what is sharp. Raises `CameraFault`.
    """
    kept: Light | None = None

    def opened() -> Driver:
        nonlocal kept
        driver = RaspberryDriver(size_px, focus_dioptres, mains_hz)
        try:
            kept = kept or without_flicker(driver.settled(), mains_hz)
            driver.hold(kept)
        except BaseException:
            driver.close()
            raise
        return driver

    return GuardedCamera(opened, size_px)


class RaspberryDriver:
    """The open camera, with fixed focus. Every wait for a frame ends by itself, unless the library hangs."""

    def __init__(self, size_px: tuple[int, int], focus_dioptres: float, mains_hz: int) -> None:
        picamera2, libcamera = _packages()
        self._enums = libcamera.controls
        self._preview_px = preview_size(size_px)
        self._camera = picamera2.Picamera2()
        try:
            self._start(size_px, focus_dioptres, mains_hz)
        except BaseException:
            self.close()
            raise

    def preview(self) -> Taken:
        """The grey plane of the newest frame that was not yet handed over."""
        return self._taken("lores", time.monotonic() - LATE_S)

    def photo(self) -> Taken:
        """The first full frame whose exposure begins after now. Blue comes first: that is what RGB888 means here."""
        return self._taken("main", time.monotonic())

    def close(self) -> None:
        """Stop and let go."""
        self._camera.close()

    # -- light

    def settled(self) -> Light:
        """What automatic exposure and white balance have found, once they change no more."""
        before = self._light()
        for frame in range(MOST_FRAMES):
            found = self._light()
            if frame >= SETTLING_FRAMES and _near(found, before, SETTLED):
                return found
            before = found
        raise CameraFault("its exposure does not settle: light the platform evenly")

    def hold(self, light: Light) -> None:
        """Fix exposure, gain and white balance, and see them fixed."""
        manual = {
            "AeEnable": False,
            "AwbEnable": False,
            "ExposureTimeMode": self._enums.ExposureTimeModeEnum.Manual,
            "AnalogueGainMode": self._enums.AnalogueGainModeEnum.Manual,
            "ExposureTime": light.exposure_us,
            "AnalogueGain": light.gain,
            "ColourGains": light.colour_gains,
        }
        self._camera.set_controls(self._known(manual))
        if not any(_near(self._light(), light, HELD) for _ in range(MOST_FRAMES)):
            raise CameraFault("it does not hold its exposure: update libcamera")

    def _light(self) -> Light:
        found = self._camera.capture_metadata(wait=WAIT_S)
        red, blue = found["ColourGains"]
        return Light(found["ExposureTime"], found["AnalogueGain"], (red, blue))

    # -- frames

    def _start(self, size_px: tuple[int, int], focus_dioptres: float, mains_hz: int) -> None:
        controls = {
            "FrameDurationLimits": (FRAME_US, FRAME_US),
            "AfMode": self._enums.AfModeEnum.Manual,
            "LensPosition": focus_dioptres,
            "AeFlickerMode": self._enums.AeFlickerModeEnum.Manual,
            "AeFlickerPeriod": flicker_us(mains_hz),
        }
        self._camera.configure(
            self._camera.create_video_configuration(
                main={"size": size_px, "format": "RGB888"},
                lores={"size": self._preview_px, "format": "YUV420"},
                raw=None,
                buffer_count=BUFFERS,
                controls=self._known(controls),
            )
        )
        self._camera.start()

    def _known(self, controls: dict[str, Any]) -> dict[str, Any]:
        """Those that this camera has: one of fixed focus knows no lens position, an older libcamera no modes."""
        return {name: value for name, value in controls.items() if name in self._camera.camera_controls}

    def _taken(self, stream: str, after_s: float) -> Taken:
        """The stream's picture of the first frame whose exposure begins later than that, by `time.monotonic`."""
        slept_s = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()  # the sensor's clock also counts sleep
        request = self._camera.capture_request(wait=WAIT_S, flush=int((after_s + slept_s) * 1e9))
        try:
            found = request.get_metadata()
            began_s = found["SensorTimestamp"] / 1e9 - found["ExposureTime"] / 1e6 - slept_s
            return Taken(self._picture(request, stream), began_s)
        finally:
            request.release()

    def _picture(self, request: Any, stream: str) -> Any:
        """A copy. Under the grey plane follow those of the colours; its rows may be longer than the picture is wide."""
        frame = request.make_array(stream)
        if stream == "lores":
            width, height = self._preview_px
            frame = frame[:height, :width].copy()
        return frame


def _packages() -> tuple[Any, Any]:
    """Picamera2 and libcamera's own bindings, which only a Raspberry Pi has."""
    try:
        return importlib.import_module("picamera2"), importlib.import_module("libcamera")
    except ImportError as error:
        raise CameraFault(f"{error.name} is not installed: apt install python3-picamera2") from error


def _near(found: Light, other: Light, share: float) -> bool:
    """Do two differ by no more than a share of the second?"""
    pairs = zip(_numbers(found), _numbers(other), strict=True)
    return all(abs(one - two) <= share * two for one, two in pairs)


def _numbers(light: Light) -> tuple[float, ...]:
    return (light.exposure_us, light.gain, *light.colour_gains)
