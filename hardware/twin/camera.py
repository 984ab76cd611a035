"""The twin's camera: what the world looks like through the true lens, with the sensor's light, blur and noise."""

import itertools
from collections.abc import Callable
from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey, Photo, Preview
from hardware.errors import CameraFault
from hardware.twin.scene import Canvas
from hardware.twin.world import World

PREVIEW_PX = 640  # wide
BACKDROP_SCALE = 4  # all but face, tool and hand is drawn this much smaller: platform and walls are out of focus
PHOTO_S = 0.3  # exposure and transfer of a full picture
TIME_LIMIT_S = 2.0  # a camera that says nothing for so long is lost
BLUR_SIGMA_PX = 0.7  # defocus of a fixed lens
NOISE_PHOTO, NOISE_PREVIEW = 2.2, 1.5  # grey values (standard deviation) at full light
NOISE_TILE_PX = 512
NOISE_STRIDE_PX = 61
VIGNETTE = 0.16  # light lost in the corners
BASE_LIGHT = 0.93  # at full light a white label does not clip

Frame = NDArray[np.uint8]


class TwinCamera:
    """Two streams of the world's sensor."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._frames = 0
        self._small = Canvas(world.lens.scaled(PREVIEW_PX))
        self._middle = Canvas(world.lens.scaled(world.lens.size_px[0] // BACKDROP_SCALE))
        self._full = Canvas(world.lens, with_backdrop=False)
        self._noise = np.random.default_rng(world.seed).normal(0, 1, (NOISE_TILE_PX, NOISE_TILE_PX, 3))
        self._tiles: dict[tuple[float, int], tuple[Frame, Frame]] = {}
        self._gains: dict[int, Frame] = {}
        self._stuck: dict[str, Frame] = {}
        self._drawn: dict[str, tuple[object, Frame]] = {}

    def preview(self) -> Preview:
        """A grey frame of 640 x 360. Raises `CameraFault` when none comes within the time limit."""
        return Preview(self._taken("preview", self._preview), self._world.clock.now_s())

    def photo(self, face_height_mm: float) -> Photo:
        """The full picture. Raises `CameraFault` when none comes within the time limit."""
        self._world.clock.sleep(PHOTO_S)
        return Photo(self._taken("photo", self._photo), self._world.clock.now_s(), face_height_mm)

    def close(self) -> None:
        """Nothing to let go."""

    # -- streams

    def _taken(self, stream: str, take: Callable[[], Frame]) -> Frame:
        faults = self._world.faults
        if "dead_camera" in faults:
            self._world.clock.sleep(TIME_LIMIT_S)
            raise CameraFault(
                f"the camera gave no picture within {TIME_LIMIT_S:g} s: check its ribbon cable, "
                "then restart the machine"
            )
        if "stuck_camera" not in faults:
            self._stuck.pop(stream, None)
            return take()
        if stream not in self._stuck:
            self._stuck[stream] = take()
        return self._stuck[stream].copy()

    def _preview(self) -> Grey:
        width, height = self._small.lens.size_px
        if "black_frames" in self._world.faults:
            return np.zeros((height, width), np.uint8)
        return self._noisy(self._once("preview", (*self._face_key(), *self._motion_key()), self._scene), NOISE_PREVIEW)

    def _photo(self) -> Bgr:
        width, height = self._world.lens.size_px
        if "black_frames" in self._world.faults:
            return np.zeros((height, width, 3), np.uint8)
        picture: Bgr = np.asarray(cv2.resize(self._middle.below_face(self._world), (width, height)), np.uint8)
        self._full.face(picture, self._world, self._face_drawn(self._full))
        self._full.above_face(picture, self._world)
        cv2.GaussianBlur(picture, (3, 3), BLUR_SIGMA_PX, dst=picture)
        return self._noisy(self._lit(picture), NOISE_PHOTO)

    # -- pieces

    def _face_key(self) -> tuple[object, ...]:
        """Equal keys mean an equal picture of platform, box and ink. Each face of each box has an `Ink` of its own."""
        world = self._world
        return world.pose, world.ink, world.ink and world.ink.version

    def _motion_key(self) -> tuple[object, ...]:
        world = self._world
        return world.hand_mm, world.tool_mm, world.tool_z_mm, world.illumination()

    def _scene(self) -> Grey:
        """The small picture, lit, without noise."""
        picture = self._once("still", self._face_key(), self._still).copy()
        self._small.above_face(picture, self._world)
        return self._lit(np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8))

    def _still(self) -> Bgr:
        """The small picture without hand and tool."""
        picture = self._small.below_face(self._world)
        self._small.face(picture, self._world, self._face_drawn(self._small))
        return picture

    def _face_drawn(self, canvas: Canvas) -> Bgr:
        """The upper face with its ink, at about the scale at which this canvas shows it."""
        face, ink = self._world.face, self._world.ink
        if face is None or ink is None:
            return np.zeros((1, 1, 3), np.uint8)
        width = canvas.lens.size_px[0]
        k = min(1.0, canvas.lens.px_per_mm(self._world.height_mm) / face.px_per_mm)
        plain = self._once(f"plain {width}", (ink, k), lambda: _shrunk(face.picture, k))
        return self._once(f"inked {width}", (ink, k, ink.version), lambda: ink.over(plain))

    def _once(self, name: str, key: object, draw: Callable[[], Frame]) -> Frame:
        """The last picture of this name as long as its key is the same, else a new one."""
        if name not in self._drawn or self._drawn[name][0] != key:
            self._drawn[name] = key, draw()
        return self._drawn[name][1]

    def _lit(self, picture: Frame) -> Frame:
        width = picture.shape[1]
        if width not in self._gains:
            self._gains[width] = _gain(picture.shape)
        cv2.multiply(picture, self._gains[width], dst=picture, scale=self._world.illumination() / 255)
        return picture

    def _noisy(self, picture: Frame, sigma: float) -> Frame:
        """Shot noise: its deviation goes with the square root of the light."""
        self._frames += 1
        more, less = self._tile(sigma * self._world.illumination() ** 0.5, picture.ndim)
        out, step = picture.copy(), NOISE_TILE_PX // 2
        shift = np.random.default_rng((self._world.seed, self._frames)).integers(0, step, 2)
        corners = itertools.product(range(0, out.shape[0], step), range(0, out.shape[1], step))
        for n, (y, x) in enumerate(corners):
            part = out[y : y + step, x : x + step]
            dy, dx = (shift + n * NOISE_STRIDE_PX) % step  # no two neighbours show the same piece of the tile
            window = (slice(dy, dy + part.shape[0]), slice(dx, dx + part.shape[1]))
            cv2.subtract(cv2.add(part, more[window]), less[window], dst=part)
        return out

    def _tile(self, sigma: float, dimensions: int) -> tuple[Frame, Frame]:
        key = (round(sigma, 2), dimensions)
        if key not in self._tiles:
            noise = self._noise if dimensions == 3 else np.ascontiguousarray(self._noise[..., 0])
            tile = np.round(noise * sigma)
            self._tiles[key] = np.clip(tile, 0, 255).astype(np.uint8), np.clip(-tile, 0, 255).astype(np.uint8)
        return self._tiles[key]


def _shrunk(picture: Bgr, k: float) -> Bgr:
    if k >= 1:
        return picture
    # By size, not by factor: what the last pixel shows must not depend on how the size was rounded.
    size = (round(picture.shape[1] * k), round(picture.shape[0] * k))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _gain(shape: tuple[int, ...]) -> Frame:
    """Vignetting and a lamp that stands a little to the left, as a share of 255."""
    y, x = np.mgrid[0:90, 0:160].astype(np.float32)
    across, down = x / 159 * 2 - 1, y / 89 * 2 - 1
    gain = BASE_LIGHT * (1 - VIGNETTE * (across**2 + (down * 9 / 16) ** 2) / 1.32) * (1 - 0.05 * across)
    flat = cv2.resize(np.clip(gain * 255, 0, 255), (shape[1], shape[0])).astype(np.uint8)
    return cast(Frame, cv2.merge([flat] * 3)) if len(shape) == 3 else flat
