"""Text lines: find them, turn them upright, read them. PP-OCRv6 (small) and Tesseract behind one small interface.

A `Reading` is recognised text: it never leaves memory.
"""

import math
import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

import cv2
import numpy as np
import pytesseract
from numpy.typing import NDArray

from hardware.camera.frames import Points
from hardware.errors import ConfigError
from station.vision.network import STANDARD, Engine, Network, Tensor, model_path
from station.vision.rectify import Picture, mapped

Levels = tuple[float, float, float]
RotatedRect = tuple[Sequence[float], Sequence[float], float]  # centre, size, degrees, as OpenCV has it

FINDER, READER = "PP-OCRv6_det_small.onnx", "PP-OCRv6_rec_small.onnx"
DIRECTION = "ch_ppocr_mobile_v2.0_cls_mobile.onnx"
_IMAGENET_MEAN = (0.485, 0.456, 0.406)  # found more lines than the package's own 0.5 (first experiment, 272 fields)
_IMAGENET_DEV = (0.229, 0.224, 0.225)
STRIDE_PX = 32  # the detector halves its input five times
_INK_LEVEL = 0.3  # probability above which a pixel belongs to a line; PP-OCR's own value
_LINE_LEVEL = 0.5  # mean probability a whole line needs; PP-OCR's own value
_UNCLIP = 1.6  # the map shows a shrunken line; PP-OCR's own value for growing it back: area * ratio / perimeter
_MIN_SIDE_PX = 3.0
_TALL = 1.5  # a crop this much taller than wide holds text running down; PP-OCR's own value
READ_HEIGHT_PX = 48  # the recogniser's fixed input height
_DIRECTION_SIZE = (192, 48)  # the direction classifier's fixed input, width x height
_MIN_READ_WIDTH_PX = 32
_MAX_READ_WIDTH_PX = 2400  # memory grows with width x 18,710 characters; a real line is 48 x 30 at most
_ONE_LINE = "7"  # Tesseract's page mode for a single line


@dataclass(frozen=True)
class Reading:
    """What a reader saw, and how sure it is (0 to 1)."""

    text: str = field(repr=False)
    confidence: float


class Reader(Protocol):
    """Reads crops of single upright lines; one `Reading` for each, empty when nothing was read."""

    def read(self, crops: Sequence[Picture]) -> list[Reading]: ...


def ordered(quad: Points) -> Points:
    """The four corners by angle around their centre (clockwise on screen), upper left first (least x + y)."""
    x, y = quad.T.tolist()  # of four points: NumPy takes longer to begin than lists take
    across, down = sum(x) / 4, sum(y) / 4
    around = sorted(zip(x, y, strict=True), key=lambda corner: math.atan2(corner[1] - down, corner[0] - across))
    first = around.index(min(around, key=sum))
    return np.array(around[first:] + around[:first], np.float64)


def crop(picture: Picture, quad: Points) -> Picture:
    """The line inside `quad` (4 x 2 px, clockwise from its upper left) as an upright picture; tall ones are turned."""
    width = max(_length(quad[0], quad[1]), _length(quad[3], quad[2]))
    height = max(_length(quad[0], quad[3]), _length(quad[1], quad[2]))
    columns, rows = max(1, round(width)), max(1, round(height))
    target = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    line = cv2.warpPerspective(picture, matrix, (columns, rows), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    if rows >= _TALL * columns:
        line = cv2.rotate(line, cv2.ROTATE_90_COUNTERCLOCKWISE)
    return np.asarray(line, np.uint8)


def tightened(picture: Picture, quad: Points) -> Points:
    """The part of a line's quad that its own characters fill; the detector's quad has a margin around them.

    What stands in that margin belongs to something else: what its edge cuts, and what a blank row parts from the line.
    """
    columns, rows = (max(1, round(_length(quad[0], quad[corner]))) for corner in (1, 3))
    target = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), target)
    inside = cv2.warpPerspective(picture, matrix, (columns, rows), borderMode=cv2.BORDER_REPLICATE)
    dark = _uncut(cv2.threshold(inside, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)[1])
    down = columns < rows
    lying = dark.T if down else dark
    upper, lower = _largest_run(lying.sum(axis=1))
    along = np.flatnonzero(lying[upper:lower].sum(axis=0))
    if not along.size:
        return quad
    left, right = int(along[0]), int(along[-1]) + 1
    core = np.array([[left, upper], [right, upper], [right, lower], [left, lower]], np.float64)
    return mapped(core[[0, 3, 2, 1], ::-1] if down else core, np.asarray(np.linalg.inv(matrix), np.float64))


def _uncut(dark: NDArray[np.generic]) -> NDArray[np.uint8]:
    """Dark blobs that do not reach the picture's edge."""
    mask = np.asarray(dark, np.uint8)
    _, names, figures, _ = cv2.connectedComponentsWithStats(mask)
    left, top, width, height = figures[:, :4].T
    whole = (left > 0) & (top > 0) & (left + width < mask.shape[1]) & (top + height < mask.shape[0])
    return np.asarray(mask & whole[names], np.uint8)


def _largest_run(ink: NDArray[np.generic]) -> tuple[int, int]:
    """Start and end (exclusive) of the rows with ink that go together and have most of it; (0, 0) without any."""
    filled = np.concatenate(([0], np.asarray(ink) > 0, [0])).astype(np.int8)
    edges = np.flatnonzero(np.diff(filled)).tolist()
    runs = zip(edges[::2], edges[1::2], strict=True)
    return max(runs, key=lambda run: float(np.sum(ink[run[0] : run[1]])), default=(0, 0))


class TextFinder:
    """Finds text lines of any direction: PP-OCRv6's small detector with DB post-processing."""

    def __init__(self, engine: Engine = STANDARD) -> None:
        self._network = Network(model_path(FINDER), engine)

    def find(self, picture: Picture) -> list[tuple[Points, float]]:
        """Each line as a quad (4 x 2 px, clockwise from its upper left) and its confidence."""
        rows, columns = picture.shape[:2]
        if min(rows, columns) < _MIN_SIDE_PX:
            return []
        probability = self.map(picture)
        scale = np.array([columns / probability.shape[1], rows / probability.shape[0]])
        return [(quad * scale, confidence) for quad, confidence in _lines(probability)]

    def map(self, picture: Picture) -> Tensor:
        """The probability of text for every pixel of a picture, its sides rounded up to multiples of 32."""
        rows, columns = (STRIDE_PX * max(1, -(-side // STRIDE_PX)) for side in picture.shape[:2])
        fitted = np.asarray(cv2.resize(picture, (columns, rows)), np.uint8)
        probability: Tensor = self._network.run(_tensor(fitted, _IMAGENET_MEAN, _IMAGENET_DEV))[0, 0]
        return probability


class TextReader:
    """Reads lines with PP-OCRv6's small recogniser (Chinese, Latin, digits), greedy CTC."""

    def __init__(self, engine: Engine = STANDARD) -> None:
        self._network = Network(model_path(READER), engine)
        self._characters = ("", *self._network.metadata["character"].splitlines(), " ")

    def read(self, crops: Sequence[Picture]) -> list[Reading]:
        """One reading a crop. One at a time: padding a batch to its widest line costs more than it saves."""
        return [self._read(one) for one in crops]

    def _read(self, one: Picture) -> Reading:
        if min(one.shape[:2]) < 2:
            return Reading("", 0.0)
        width = round(one.shape[1] * READ_HEIGHT_PX / one.shape[0])
        width = min(max(width, _MIN_READ_WIDTH_PX), _MAX_READ_WIDTH_PX)
        method = cv2.INTER_AREA if one.shape[0] > 2 * READ_HEIGHT_PX else cv2.INTER_LINEAR
        fitted = np.asarray(cv2.resize(one, (width, READ_HEIGHT_PX), interpolation=method), np.uint8)
        return self._decode(self._network.run(_tensor(fitted))[0])

    def _decode(self, scores: Tensor) -> Reading:
        best = scores.argmax(axis=1)
        fresh = (best != 0) & np.concatenate(([True], best[1:] != best[:-1]))
        if not fresh.any():
            return Reading("", 0.0)
        text = "".join(self._characters[index] for index in best[fresh])
        return Reading(text, float(scores.max(axis=1)[fresh].mean()))


class Direction:
    """Tells upright lines from lines that stand on their head."""

    def __init__(self, engine: Engine = STANDARD) -> None:
        self._network = Network(model_path(DIRECTION), engine)

    def upside_down(self, crops: Sequence[Picture]) -> list[float]:
        """For each crop of one line the probability (0 to 1) that it is turned by 180 degrees."""
        return [float(self._network.run(_tensor(_letterboxed(one)))[0, 1]) for one in crops]


class Models:
    """The networks for text, loaded once for the eye and the judge: together they take some 100 MB."""

    def __init__(self, engine: Engine = STANDARD) -> None:
        self.engine = engine
        self.finder = TextFinder(engine)
        self.reader = TextReader(engine)
        self.direction = Direction(engine)


class TesseractReader:
    """Reads lines with Tesseract.

    pytesseract says where the program is; the picture goes through standard input and the text through standard
    output, since pytesseract's own calls write both to files, which stay behind when the process is killed.
    """

    def __init__(self, languages: str = "chi_sim+eng", timeout_s: float = 10.0) -> None:
        self._command = (
            pytesseract.pytesseract.tesseract_cmd,
            "stdin",
            "stdout",
            "-l",
            languages,
            "--psm",
            _ONE_LINE,
            "tsv",
        )
        self._timeout_s = timeout_s

    def read(self, crops: Sequence[Picture]) -> list[Reading]:
        """One reading a crop; empty where Tesseract saw nothing or took longer than the time limit.

        Raises `ConfigError` when Tesseract or one of its languages is not installed.
        """
        return [self._read(one) for one in crops]

    def _read(self, one: Picture) -> Reading:
        picture = cv2.imencode(".bmp", one)[1].tobytes()
        try:
            done = subprocess.run(
                self._command,
                input=picture,
                env={**os.environ, "OMP_THREAD_LIMIT": "1"},
                capture_output=True,
                timeout=self._timeout_s,
                check=True,
            )
        except subprocess.TimeoutExpired:
            return Reading("", 0.0)
        except (OSError, subprocess.CalledProcessError) as error:
            raise ConfigError("tesseract does not run: install tesseract-ocr and tesseract-ocr-chi-sim") from error
        return _from_table(done.stdout.decode("utf-8", "replace"))


def _from_table(table: str) -> Reading:
    """The words of Tesseract's TSV (word in column 12, its confidence in percent in column 11), joined."""
    rows = [row.split("\t") for row in table.splitlines()[1:]]
    words = [(row[11], float(row[10])) for row in rows if len(row) == 12 and row[11].strip()]
    if not words:
        return Reading("", 0.0)
    return Reading(" ".join(word for word, _ in words), sum(sure for _, sure in words) / len(words) / 100)


def _tensor(picture: Picture, mean: Levels = (0.5, 0.5, 0.5), deviation: Levels = (0.5, 0.5, 0.5)) -> Tensor:
    """A picture as a network's input (1 x 3 x H x W), normalised channel by channel; grey is all three of them."""
    bgr = picture if picture.ndim == 3 else cv2.cvtColor(picture, cv2.COLOR_GRAY2BGR)
    wanted = cv2.dnn.Image2BlobParams()
    wanted.mean = tuple(255 * level for level in mean)
    wanted.scalefactor = tuple(1 / (255 * level) for level in deviation)
    return np.asarray(cv2.dnn.blobFromImageWithParams(bgr, wanted), np.float32)


def _letterboxed(line: Picture) -> Picture:
    """The crop at the direction classifier's size, its right part grey when the line is short."""
    columns, rows = _DIRECTION_SIZE
    width = min(columns, max(1, round(line.shape[1] * rows / line.shape[0])))
    picture = np.full((rows, columns, *line.shape[2:]), 127, np.uint8)
    picture[:, :width] = cv2.resize(line, (width, rows), interpolation=cv2.INTER_AREA)
    return picture


def _lines(probability: Tensor) -> list[tuple[Points, float]]:
    """The quads of a text probability map (H x W): threshold, contours, least rectangles, grown back."""
    shapes, _ = cv2.findContours((probability > _INK_LEVEL).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    found = [(cv2.minAreaRect(shape), _mean_inside(probability, np.asarray(shape, np.int32))) for shape in shapes]
    return [
        (ordered(cv2.boxPoints(_grown(rectangle)).astype(np.float64)), confidence)
        for rectangle, confidence in found
        if confidence >= _LINE_LEVEL and min(rectangle[1]) >= _MIN_SIDE_PX - 1
    ]


def _mean_inside(probability: Tensor, shape: NDArray[np.int32]) -> float:
    left, top, width, height = cv2.boundingRect(shape)
    mask = cv2.fillPoly(np.zeros((height, width), np.uint8), [shape - (left, top)], 1)
    return float(cv2.mean(probability[top : top + height, left : left + width], mask)[0])


def _grown(rectangle: RotatedRect) -> RotatedRect:
    """The rectangle with every side moved out by DB's unclip distance, area * ratio / perimeter."""
    centre, (width, height), angle = rectangle
    distance = width * height * _UNCLIP / max(2 * (width + height), 1e-6)
    return centre, (width + 2 * distance, height + 2 * distance), angle


def _length(start: Points, end: Points) -> float:
    return float(np.linalg.norm(end - start))
