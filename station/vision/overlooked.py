"""The safety net: print outside every label that was found, which reads as personal or decodes as a code.

Nothing here looks for sheets of paper: a label on its like, a folded corner, a number on the carton itself. It runs
the text detector only where there is print at all, so that plain cardboard costs next to nothing.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Grey, Points
from station.vision import codes, evidence, personal
from station.vision.seen import Candidate
from station.vision.text import Direction, TextFinder, TextReader, crop, ordered

Mask = NDArray[np.uint8]
Box = tuple[int, int, int, int]  # left, top, right, bottom

_FRAME_PX = 2304  # long side: 3.7 px/mm on the platform
_HAT_PX = 13  # print has dark parts thinner than this
_DARKER = 22  # levels by which print is darker than what it stands on
_SPECK_PX = 14  # area of a letter's thinnest stroke,
_SPECK_WINDOW_PX = 11  # which has more around it
_FILLED = (0.06, 0.8)  # share of strokes in the box of a line
_THIN_PX = 6.0  # of a straight line: a seam, the edge of a box; print of 1.6 mm cannot be read from here
_STROKES_PX = 17  # gap between strokes of one line
_COARSE = 4  # px of the frame to one where places are looked for
_TOGETHER_PX = 60  # gap between lines of one place
_LEAST_PX = (40, 9)  # width and height of the shortest line worth reading
_MOST_PLACES = 8
_MOST_SHARE = 0.25  # of the frame, for all places together: time has an end
_MARGIN_PX = 24
_MOST_OF_LINE = 0.3  # of a line's box is strokes, closed: less belongs to a label
_GROW_PX = 10  # around what was found: 3 mm on the platform
_CONFIDENCE = 0.4
_PX_MM = 3.7  # of the frame, on the platform; the scale of bars is not known better and need not be
_LEAST_CODE_PX = (33, 9)  # 9 x 2.5 mm: what the search for bars calls a symbol


class Net:
    """Looks for what is left outside the labels."""

    def __init__(self, finder: TextFinder, reader: TextReader, direction: Direction) -> None:
        self._finder = finder
        self._reader = reader
        self._direction = direction

    def overlooked(self, photo: Grey, known: list[Points], wary: bool) -> list[Candidate]:
        """Places outside the `known` quads that hold something personal, as quads (4 x 2 px of the photo).

        Where a label is (`wary`, or one of the places has as much as makes one), a single line or code is taken for a
        part of it.
        """
        scale = min(1.0, _FRAME_PX / max(photo.shape))
        columns, rows = (max(1, round(side * scale)) for side in (photo.shape[1], photo.shape[0]))
        frame = np.asarray(cv2.resize(photo, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8)
        strokes = _strokes(frame)
        for quad in known:
            cv2.fillPoly(strokes, [np.round(quad * scale).astype(np.int32)], 0)
        found = [place for box in _places(strokes) if (place := self._place(frame, strokes, box))]
        if not (wary or any(is_label for _, is_label in found)):
            return []
        return [Candidate(quad / scale, _CONFIDENCE) for quad, _ in found]

    def _place(self, frame: Grey, strokes: Mask, box: Box) -> tuple[Points, bool] | None:
        """The rectangle around all personal print inside `box` and outside the labels, and whether it makes a label."""
        left, top, right, bottom = box
        tile, outside = (np.ascontiguousarray(each[top:bottom, left:right]) for each in (frame, strokes))
        lines = [quad for quad, _ in self._finder.find(tile) if _stands_on(quad, outside)]
        read = [(name, text, quad) for name, text, quad in codes.read(tile) if _stands_on(quad, outside)]
        articles = [(text, quad) for name, text, quad in read if codes.is_article(name, text)]
        numbers = [text for text, _ in articles]
        texts = self._texts(tile, lines)
        telling = [quad for quad, text in zip(lines, texts, strict=True) if personal.telling(text, numbers)]
        telling += [quad for name, text, quad in read if not codes.is_article(name, text)]
        blocks = [quad for quad in _blocks(outside) if not any(_lies_on(quad, article) for _, article in articles)]
        bars = [quad for quad in blocks if _is_code(tile, quad)]
        telling += bars
        named = [(name, text) for name, text, _ in read] + [("1D", "") for _ in bars]
        if not telling:
            return None
        centre, (width, height), angle = cv2.minAreaRect(np.concatenate(telling).astype(np.float32))
        around = cv2.boxPoints((centre, (width + 2 * _GROW_PX, height + 2 * _GROW_PX), angle))
        quad = ordered(np.asarray(around, np.float64)) + np.array([left, top], np.float64)
        return quad, evidence.is_label(texts, named)

    def _texts(self, tile: Grey, lines: list[Points]) -> list[str]:
        crops = [crop(tile, ordered(line)) for line in lines]
        turned = self._direction.upside_down(crops)
        upright = [
            np.asarray(cv2.rotate(one, cv2.ROTATE_180), np.uint8) if down > 0.5 else one
            for one, down in zip(crops, turned, strict=True)
        ]
        return [reading.text for reading in self._reader.read(upright)]


def _lies_on(block: Points, code: Points) -> bool:
    middle = block.mean(axis=0).tolist()
    return cv2.pointPolygonTest(code.astype(np.float32), (middle[0], middle[1]), False) >= 0


def _places(strokes: Mask) -> list[Box]:
    """Where print stands, the largest place first, within what may be spent.

    Gaps are closed on a quarter of the frame: on all of it that took more time than finding the strokes.
    """
    rows, columns = strokes.shape
    size = (max(1, columns // _COARSE), max(1, rows // _COARSE))
    small = cv2.resize(strokes * 255, size, interpolation=cv2.INTER_AREA) > 0
    coarse = np.asarray(small, np.uint8)
    blobs = [box for box in map(_enlarged, _boxes(_closed(coarse, _COARSE))) if _is_line(box, strokes)]
    mask = np.zeros_like(coarse)
    for left, top, right, bottom in blobs:
        mask[top // _COARSE : bottom // _COARSE, left // _COARSE : right // _COARSE] = 1
    window = np.ones((_TOGETHER_PX // _COARSE, _TOGETHER_PX // _COARSE), np.uint8)
    joined = _boxes(np.asarray(cv2.dilate(mask, window), np.uint8))
    return _affordable([_enlarged(box) for box in joined], strokes.shape)


def _enlarged(box: Box) -> Box:
    left, top, right, bottom = (_COARSE * side for side in box)
    return left, top, right, bottom


def _closed(strokes: Mask, coarse: int = 1) -> Mask:
    """Strokes of one line, or bars of one code, as one blob; `coarse` is how much smaller they are than the frame."""
    window = np.ones((_STROKES_PX // coarse, _STROKES_PX // coarse), np.uint8)
    return np.asarray(cv2.morphologyEx(strokes, cv2.MORPH_CLOSE, window), np.uint8)


def _stands_on(quad: Points, strokes: Mask) -> bool:
    """Whether most of a line is made of these strokes: the rest of it lies on a label that is known."""
    shape = np.round(quad).astype(np.int32)
    inside = cv2.fillPoly(np.zeros_like(strokes), [shape], 1)
    covered = cv2.bitwise_and(inside, _closed(strokes))
    return cv2.countNonZero(covered) > _MOST_OF_LINE * cv2.countNonZero(inside)


def _blocks(strokes: Mask) -> list[Points]:
    """The blobs large enough for a code, as quads (4 x 2 px) of any direction."""
    shapes, _ = cv2.findContours(_closed(strokes), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    rectangles = [cv2.minAreaRect(shape) for shape in shapes]
    return [
        ordered(np.asarray(cv2.boxPoints(each), np.float64))
        for each in rectangles
        if max(each[1]) >= _LEAST_CODE_PX[0] and min(each[1]) >= _LEAST_CODE_PX[1]
    ]


def _is_code(tile: Grey, quad: Points) -> bool:
    """Whether bars stand in a block, decoded or not."""
    found = codes.find(crop(tile, quad), _PX_MM)
    return any(code.decoded or code.symbology == "1D" for code in found)


def _strokes(grey: Grey) -> Mask:
    """Dark strokes, without the specks of paper grain: these have little around them."""
    hat = cv2.morphologyEx(grey, cv2.MORPH_BLACKHAT, np.ones((_HAT_PX, _HAT_PX), np.uint8))
    _, strokes = cv2.threshold(hat, _DARKER, 1, cv2.THRESH_BINARY)
    around = cv2.boxFilter(strokes, -1, (_SPECK_WINDOW_PX, _SPECK_WINDOW_PX), normalize=False)
    return np.asarray(cv2.bitwise_and(strokes, cv2.threshold(around, _SPECK_PX - 1, 1, cv2.THRESH_BINARY)[1]), np.uint8)


def _boxes(mask: Mask) -> list[Box]:
    count, _, stats, _ = cv2.connectedComponentsWithStats(mask)
    return [(int(x), int(y), int(x + w), int(y + h)) for x, y, w, h, _ in stats[1:count]]


def _is_line(box: Box, strokes: Mask) -> bool:
    """Whether a blob has the size of a line and is made of strokes: neither a crease nor one solid or straight edge."""
    left, top, right, bottom = box
    width, height = right - left, bottom - top
    if max(width, height) < _LEAST_PX[0] or min(width, height) < _LEAST_PX[1]:
        return False
    blob = strokes[top:bottom, left:right]
    if not _FILLED[0] < float(blob.mean()) < _FILLED[1]:
        return False
    return min(cv2.minAreaRect(cv2.findNonZero(blob))[1]) > _THIN_PX


def _affordable(boxes: list[Box], shape: tuple[int, ...]) -> list[Box]:
    rows, columns = shape[:2]
    budget = _MOST_SHARE * rows * columns
    kept: list[Box] = []
    for left, top, right, bottom in sorted(boxes, key=lambda box: -(box[2] - box[0]) * (box[3] - box[1])):
        grown = (
            max(0, left - _MARGIN_PX),
            max(0, top - _MARGIN_PX),
            min(columns, right + _MARGIN_PX),
            min(rows, bottom + _MARGIN_PX),
        )
        area = (grown[2] - grown[0]) * (grown[3] - grown[1])
        if area <= budget and len(kept) < _MOST_PLACES:
            budget -= area
            kept.append(grown)
    return kept
