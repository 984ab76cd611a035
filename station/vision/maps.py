"""What the learned locator sees: maps of labels, of what is printed on them, of hands, of outlines and of corners.

The network is trained by `station.vision.train`. It wants a grey frame of mean 0 and deviation 1 whose sides 32
divides, and gives maps at a quarter of that.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from hardware.camera.frames import Grey
from station.vision.network import STANDARD, Engine, Network, Tensor

WEIGHTS = Path(__file__).parent / "weights" / "locator.onnx"
NAMES = ("label", "text", "bars", "matrix", "hand", "outline", "corner")  # the network's channels, in this order
STRIDE = 4  # px of the network's frame per px of a map
AREA_PX = 384 * 224  # of the network's frame, in any aspect
_STEP_PX = 32
_LEAST_DEVIATION = 8.0  # grey levels, as in training: a flat frame's noise is not blown up


@dataclass(frozen=True)
class Seen:
    """Maps of 0 to 1, rows x columns each; `to_frame` (x, y) takes their pixels' edges to px of the frame given."""

    label: Tensor
    text: Tensor
    bars: Tensor
    matrix: Tensor
    hand: Tensor
    outline: Tensor
    corner: Tensor
    to_frame: tuple[float, float]


class Maps:
    """The network. A frame of 384 x 224 px costs 194 million multiply-adds."""

    def __init__(self, weights: Path = WEIGHTS, engine: Engine = STANDARD) -> None:
        self._network = Network(weights, engine)

    def of(self, grey: Grey, area_px: int = AREA_PX) -> Seen:
        """The maps of a frame (rows x columns) of any size, brought to about an area."""
        rows, columns = grey.shape
        size = frame_size(columns, rows, area_px)
        small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA if columns > size[0] else cv2.INTER_LINEAR)
        found = self._network.run(normalised(np.asarray(small, np.uint8)))[0]
        label, text, bars, matrix, hand, outline, corner = found
        to_frame = (STRIDE * columns / size[0], STRIDE * rows / size[1])
        return Seen(label, text, bars, matrix, hand, outline, corner, to_frame)


def frame_size(columns: int, rows: int, area_px: int = AREA_PX) -> tuple[int, int]:
    """Width and height of the network's frame for a frame: about its aspect, about the area, both divided by 32."""
    scale = (area_px / (columns * rows)) ** 0.5
    wide, high = (max(2, round(side * scale / _STEP_PX)) * _STEP_PX for side in (columns, rows))
    return wide, high


def normalised(small: Grey) -> Tensor:
    """A frame as the network wants it: 1 x 1 x rows x columns of mean 0 and deviation 1."""
    mean, deviation = cv2.meanStdDev(small)
    spread = max(_LEAST_DEVIATION, float(deviation[0, 0]))
    return ((small.astype(np.float32) - np.float32(mean[0, 0])) / np.float32(spread))[None, None]
