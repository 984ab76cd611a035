"""Drawing the world through a lens at one picture size: backdrop, shadow, walls, upper face, hand, tool."""

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Points
from hardware.camera.lens import Lens
from hardware.frame import PLATFORM_MM
from hardware.twin.box import Face
from hardware.twin.world import TOOL_UP_MM, World

MAP_STEP_PX = 32  # the lens is evaluated on this grid and interpolated: its error is far below a tenth of a pixel
GRID_MM = 20.0
FLOOR_BGR, PLATFORM_BGR, GRID_BGR, FRAME_BGR = (38, 38, 40), (62, 60, 60), (74, 72, 72), (150, 150, 150)
SKIN_BGR, SLEEVE_BGR, HEAD_BGR, BEAM_BGR = (120, 150, 205), (95, 70, 60), (70, 62, 58), (165, 168, 170)
WALL_SHADES = (0.5, 0.56, 0.62, 0.56)  # light on the four walls as a share of the light on the top
WALL_SAMPLE_PX = 4  # a wall has the colour of this many rows at the upper edge of the face
SHADOW_DEPTH = 0.45
SHADOW_MM = 14.0  # softness
SHADOW_AWAY_MM = (6.0, 8.0)  # the lamp stands a little to the upper left
SHADOW_GROWS_MM = 900.0  # a box of this height would throw a shadow twice its size
HEAD_RADIUS_MM, BEAM_WIDTH_MM, HEAD_ABOVE_NIB_MM = 20.0, 16.0, 25.0
ARM_WIDTH_MM = 62.0
# A hand as thick lines: from x, y to x, y around the middle of the palm, width; sleeve, wrist, palm, fingers, thumb.
HAND_MM = (
    (12, 95, 60, 420, ARM_WIDTH_MM),
    (0, 12, 12, 95, 42),
    (0, 0, 0, 30, 71),
    (-27, 0, -31, -38, 17),
    (-9, 0, -10, -52, 17),
    (9, 0, 10, -56, 17),
    (27, 0, 31, -46, 17),
    (-30, 25, -62, -8, 20),
)
HAND_ABOVE_BOX_MM = 20.0
SUBPIXEL_BITS = 4

Floats = NDArray[np.float32]


class Canvas:
    """One picture size of the true lens. Colours are those at full, even light."""

    def __init__(self, lens: Lens, *, with_backdrop: bool = True) -> None:
        self.lens = lens
        self.backdrop = self._platform() if with_backdrop else np.zeros((0, 0, 3), np.uint8)

    def below_face(self, world: World) -> Bgr:
        """Platform, and the shadow and the walls of the box."""
        picture = self.backdrop.copy()
        if world.box and self._in_view(world):
            self._shadow(picture, world)
            self._walls(picture, world, world.box.faces[world.face_index])
        return picture

    def face(self, picture: Bgr, world: World, drawn: Bgr) -> None:
        """The upper face, given as `drawn` at any scale, into the picture."""
        if world.face is None or not self._in_view(world):
            return
        edges = _edges(world.outline_mm())
        x0, y0, x1, y1 = self._bounds(self.lens.to_pixels(edges, world.heights_mm(edges)))
        if x1 <= x0 or y1 <= y0:
            return
        width, height = world.face.size_mm
        scale = np.array([drawn.shape[1] / width, drawn.shape[0] / height])
        column, row = self._maps((x0, y0, x1, y1), world, scale)
        part = picture[y0:y1, x0:x1]
        cv2.remap(drawn, column, row, cv2.INTER_LINEAR, dst=part, borderMode=cv2.BORDER_TRANSPARENT)

    def above_face(self, picture: Bgr, world: World) -> None:
        """The tool with its beam, and the hand."""
        self._tool(picture, world)
        if world.hand_mm:
            self.hand(picture, world.hand_mm, min(world.height_mm + HAND_ABOVE_BOX_MM, TOOL_UP_MM))

    # -- pieces

    def _platform(self) -> Bgr:
        picture = np.full((self.lens.size_px[1], self.lens.size_px[0], 3), FLOOR_BGR, np.uint8)
        w, h = PLATFORM_MM
        frame = np.array([[0, 0], [w, 0], [w, h], [0, h]], float)
        self._fill(picture, _edges(frame), 0.0, PLATFORM_BGR)
        for x in np.arange(GRID_MM, w, GRID_MM):
            self._line(picture, np.array([[x, 0], [x, h / 2], [x, h]]), GRID_BGR)
        for y in np.arange(GRID_MM, h, GRID_MM):
            self._line(picture, np.array([[0, y], [w / 2, y], [w, y]]), GRID_BGR)
        self._line(picture, _edges(np.vstack([frame, frame[:1]])), FRAME_BGR)
        return picture

    def _in_view(self, world: World) -> bool:
        x0, y0, x1, y1 = self._bounds(self.lens.to_pixels(world.outline_mm(), world.height_mm))
        return x1 > x0 and y1 > y0

    def _shadow(self, picture: Bgr, world: World) -> None:
        outline = world.outline_mm()
        middle = outline.mean(axis=0)
        corners = (outline - middle) * (1 + world.height_mm / SHADOW_GROWS_MM) + middle + np.array(SHADOW_AWAY_MM)
        shade: Bgr = np.zeros(picture.shape[:2], np.uint8)
        cv2.fillConvexPoly(shade, self._pixels(corners, 0.0), 255, cv2.LINE_AA, SUBPIXEL_BITS)
        size = int(SHADOW_MM * self.lens.px_per_mm(0)) | 1
        cv2.blur(shade, (size, size), dst=shade)
        cv2.blur(shade, (size, size), dst=shade)
        dark = 255 - cv2.convertScaleAbs(shade, alpha=SHADOW_DEPTH)
        cv2.multiply(picture, cv2.merge([dark] * 3), dst=picture, scale=1 / 255)

    def _walls(self, picture: Bgr, world: World, face: Face) -> None:
        colour = cv2.mean(face.picture[:WALL_SAMPLE_PX])
        base = self.lens.to_pixels(world.outline_mm(), 0.0)
        top = self.lens.to_pixels(world.outline_mm(), world.heights_mm(world.outline_mm()))
        for i, shade in enumerate(WALL_SHADES):
            wall = np.array([base[i], base[(i + 1) % 4], top[(i + 1) % 4], top[i]])
            cv2.fillConvexPoly(picture, _fixed(wall), [c * shade for c in colour], cv2.LINE_AA, SUBPIXEL_BITS)

    def _maps(self, bounds: tuple[int, int, int, int], world: World, scale: Points) -> tuple[Floats, Floats]:
        """For each pixel of the bounds its column and its row in the drawn face."""
        x0, y0, x1, y1 = bounds
        columns = max(2, -(-(x1 - x0) // MAP_STEP_PX) + 1)
        rows = max(2, -(-(y1 - y0) // MAP_STEP_PX) + 1)
        x, y = np.meshgrid(x0 + np.arange(columns) * MAP_STEP_PX, y0 + np.arange(rows) * MAP_STEP_PX)
        spots = world.to_face(world.seen_mm(self.lens, np.column_stack([x.ravel(), y.ravel()])))
        coarse = (spots * scale - 0.5).reshape(rows, columns, 2).astype(np.float32)
        size = (x1 - x0, y1 - y0)
        return _stretched(coarse[..., 0], size), _stretched(coarse[..., 1], size)

    def _tool(self, picture: Bgr, world: World) -> None:
        x, y = world.nib_mm
        height = world.tool_z_mm + HEAD_ABOVE_NIB_MM
        beam_height = TOOL_UP_MM + HEAD_ABOVE_NIB_MM
        half = BEAM_WIDTH_MM / 2
        beam = np.array([[x - half, -200], [x + half, -200], [x + half, 500], [x - half, 500]])
        self._fill(picture, beam, beam_height, BEAM_BGR)
        reach = max(HEAD_RADIUS_MM, world.nib.width_mm / 2 + 4)
        angles = np.linspace(0, 2 * np.pi, 25)[:-1]
        head = np.array([x, y]) + np.column_stack([np.cos(angles) * HEAD_RADIUS_MM, np.sin(angles) * reach])
        self._fill(picture, head, height, HEAD_BGR)

    def hand(self, picture: Bgr, at_mm: tuple[float, float], height_mm: float) -> None:
        """Draw a hand with its arm at a height."""
        x, y = at_mm
        for ax, ay, bx, by, width_mm in HAND_MM:
            colour = SLEEVE_BGR if width_mm == ARM_WIDTH_MM else SKIN_BGR
            self._limb(picture, np.array([[x + ax, y + ay], [x + bx, y + by]]), width_mm, height_mm, colour)

    def _limb(self, picture: Bgr, ends_mm: Points, width_mm: float, height_mm: float, colour: tuple[int, ...]) -> None:
        ends = self._pixels(ends_mm, height_mm)
        thick = max(1, round(width_mm * self.lens.px_per_mm(height_mm)))
        cv2.line(picture, ends[0].tolist(), ends[1].tolist(), colour, thick, cv2.LINE_AA, SUBPIXEL_BITS)

    def _fill(self, picture: Bgr, points_mm: Points, height_mm: float, colour: tuple[int, ...]) -> None:
        cv2.fillConvexPoly(picture, self._pixels(points_mm, height_mm), colour, cv2.LINE_AA, SUBPIXEL_BITS)

    def _line(self, picture: Bgr, points_mm: Points, colour: tuple[int, ...]) -> None:
        thick = max(1, round(0.6 * self.lens.px_per_mm(0)))
        cv2.polylines(picture, [self._pixels(points_mm, 0.0)], False, colour, thick, cv2.LINE_AA, SUBPIXEL_BITS)

    def _pixels(self, points_mm: Points, height_mm: float) -> NDArray[np.int32]:
        return _fixed(self.lens.to_pixels(points_mm, height_mm))

    def _bounds(self, points_px: Points) -> tuple[int, int, int, int]:
        (x0, y0), (x1, y1) = np.floor(points_px.min(axis=0)), np.ceil(points_px.max(axis=0)) + 1
        width, height = self.lens.size_px
        return int(max(0, x0)), int(max(0, y0)), int(min(width, x1)), int(min(height, y1))


def _fixed(points_px: Points) -> NDArray[np.int32]:
    """OpenCV's fixed-point pixels, kept inside its range."""
    held = np.clip(points_px, -20000, 20000)
    fixed: NDArray[np.int32] = np.round(held * 2**SUBPIXEL_BITS).astype(np.int32)
    return fixed


def _edges(corners: Points) -> Points:
    """A polygon with points along its edges, so that the lens can bend them."""
    following = np.roll(corners, -1, axis=0)
    shares = np.linspace(0, 1, 8, endpoint=False)[:, None]
    return np.vstack([a + (b - a) * shares for a, b in zip(corners, following, strict=True)])


def _stretched(coarse: Floats, size: tuple[int, int]) -> Floats:
    """A grid with one value every MAP_STEP_PX, interpolated to every pixel."""
    k = MAP_STEP_PX
    # warpAffine rather than resize: grid value i belongs exactly to pixel i * k.
    into = np.array([[1 / k, 0, 0], [0, 1 / k, 0]], float)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    grid = np.ascontiguousarray(coarse)
    return np.asarray(cv2.warpAffine(grid, into, size, flags=flags, borderMode=cv2.BORDER_REPLICATE))
