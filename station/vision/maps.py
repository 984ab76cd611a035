"""What the learned locator sees: at each place how likely it lies in a label, and how far off that label's sides are;
and maps of labels, of what is printed on them, of hands, and of the outlines of labels.

The network is trained by `station.vision.train`. It wants a grey frame of mean 0 and deviation 1 whose sides 32
divides, and gives one answer for each cell of 8 x 8 px.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points
from station.vision.network import STANDARD, Engine, Network, Tensor

WEIGHTS = Path(__file__).parent / "weights" / "locator.onnx"
NAMES = ("label", "text", "bars", "matrix", "hand", "outline")  # the maps, in this order
CELL_PX = 8  # of the network's frame
STRIDE = 4  # px of the network's frame per px of a map
RAYS = 36  # from each cell's middle to the label's outline, at equal angles: no jump wherever the label is turned
_ANGLES = np.arange(RAYS) * (2 * np.pi / RAYS)
DIRECTIONS: NDArray[np.float64] = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], 1)  # RAYS x 2, (x, y)
AREA_PX = 320 * 192  # of the network's frame, in any aspect
_STEP_PX = 32
_GRAZING = 1e-9  # a ray that leaves along a side does not leave through it
_RAYS_PX = (0.5, 4000.0)  # the shortest and the longest
_LEAST_DEVIATION = 8.0  # grey levels, as in training: a flat frame's noise is not blown up


@dataclass(frozen=True)
class Seen:
    """What the network makes of a frame.

    Per cell: `score`, 0 to 1, the overlap with a label that the polygon of its `rays` is expected to have; `rays`,
    RAYS x rows x columns, px of the network's frame along `DIRECTIONS`. Maps of 0 to 1, twice as fine. `to_frame`
    (x, y) takes px of the network's frame (pixel edges) to px of the frame given.
    """

    score: Tensor
    rays: Tensor
    label: Tensor
    text: Tensor
    bars: Tensor
    matrix: Tensor
    hand: Tensor
    outline: Tensor
    to_frame: tuple[float, float]


class Maps:
    """The network."""

    def __init__(self, weights: Path = WEIGHTS, engine: Engine = STANDARD) -> None:
        self._network = Network(weights, engine)

    def of(self, grey: Grey, area_px: int = AREA_PX) -> Seen:
        """What is seen in a frame (rows x columns) of any size, brought to about an area."""
        rows, columns = grey.shape
        size = frame_size(columns, rows, area_px)
        found = self._network.run(normalised(resized(grey, size)))[0]
        to_frame = (columns / size[0], rows / size[1])
        label, text, bars, matrix, hand, outline = _finer(found[1 + RAYS :])
        return Seen(found[0], found[1 : 1 + RAYS], label, text, bars, matrix, hand, outline, to_frame)


def _finer(quarters: Tensor) -> Tensor:
    """Maps from their four quarters: 4 N x rows x columns -> N x 2 rows x 2 columns."""
    count, rows, columns = quarters.shape
    apart = quarters.reshape(count // 4, 2, 2, rows, columns)
    return np.asarray(apart.transpose(0, 3, 1, 4, 2).reshape(count // 4, 2 * rows, 2 * columns), np.float32)


def frame_size(columns: int, rows: int, area_px: int = AREA_PX) -> tuple[int, int]:
    """Width and height of the network's frame for a frame: about its aspect, about the area, both divided by 32."""
    scale = (area_px / (columns * rows)) ** 0.5
    wide, high = (max(2, round(side * scale / _STEP_PX)) * _STEP_PX for side in (columns, rows))
    return wide, high


def resized(grey: Grey, size: tuple[int, int]) -> Grey:
    """A frame of another size (width, height): halved as often as it goes first.

    To average 2 x 2 px takes OpenCV a fifth of the time that any other number takes.
    """
    while all(side >= 2 * wanted for side, wanted in zip(grey.shape[::-1], size, strict=True)):
        half = (grey.shape[1] // 2, grey.shape[0] // 2)
        grey = np.asarray(cv2.resize(grey, half, interpolation=cv2.INTER_AREA), np.uint8)
    method = cv2.INTER_AREA if grey.shape[1] > size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, size, interpolation=method), np.uint8)


def normalised(small: Grey) -> Tensor:
    """A frame as the network wants it: 1 x 1 x rows x columns of mean 0 and deviation 1."""
    mean, deviation = cv2.meanStdDev(small)
    spread = max(_LEAST_DEVIATION, float(deviation[0, 0]))
    return ((small.astype(np.float32) - np.float32(mean[0, 0])) / np.float32(spread))[None, None]


def rays_px(points: Points, quad: Points) -> Points:
    """How far it is from points (N x 2) in a convex quad, which goes clockwise, to its sides: N x RAYS."""
    sides = np.roll(quad, -1, 0) - quad
    outwards = np.stack([sides[:, 1], -sides[:, 0]], 1)
    towards = DIRECTIONS @ outwards.T  # rays x sides
    far = ((quad - points[:, None]) * outwards).sum(-1)  # points x sides
    reached = np.where(towards > _GRAZING, far[:, None] / np.maximum(towards, _GRAZING), np.inf)
    return np.asarray(np.clip(reached.min(-1), *_RAYS_PX), float)
