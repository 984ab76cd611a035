"""The still picture, start to end: locate, rectify, text, codes, personal: a `Look`.

Recognised text dies here unless a caller asks for it in so many words.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import cv2
import numpy as np

from hardware.camera.frames import Bgr, Grey, Points
from station.vision import codes, evidence, personal
from station.vision.locate import Locator
from station.vision.maps import Maps
from station.vision.overlooked import Net
from station.vision.rectify import Upright, mapped, rolled, size_mm, upright, with_margin
from station.vision.seen import Candidate, Code, Label, Look, Region
from station.vision.strays import PAPER_PX_MM, strays
from station.vision.text import READ_HEIGHT_PX, STRIDE_PX, Models, Reading, crop, ordered, tightened

_FIND_PX_MM = 3.0  # of lines of 2.2 mm and more as many are found as at 3.5; what is smaller is found as strays
_STRAY_EDGE_MM = 1.0  # of the margin: a quad may be so much too small, and beyond lies the carton
_READ_PX_MM = 8.0  # the camera's own on the platform
_SQUEEZE = 0.8  # of a line's width: it reads as well
_HURRIED_SQUEEZE = 0.55  # in a hurry: of 184 lines that may stay 183 were read as such, at 0.65 all, at 0.5 177
_MARGIN_MM = 3.0  # around the quad: more than its corners are off at an IoU of 0.9
_MOST_PX = 2400  # side of a rectified label: where the scale was misjudged, memory is not
_DIRECTION_LINES = 6  # the longest lines vote on which way is up,
_MAJORITY = 0.6  # of them; where fewer say the same, nothing that was read frees a line
_AGREED = 3  # or so many of them when all of these say the same
_IN_CODE = 0.5  # of a line's area: what the detector sees in a code costs reading and says nothing
_SAME_LINE = 0.9  # of a line's area inside a code: the code's polygon covers it
_READS = 0.8  # confidence of a line that is text, even between the bars of a code
_TEXT_NOT_CODE = 0.6  # of an undecoded 2D code covered by lines of text: dense text
_WEAK = 0.55  # mean confidence of a label's readings below which nothing on it may stay
_KNOWN = 1.0  # confidence of a label that was found before the ink; the locator is never so sure
_POOR = 0.75  # mean confidence of readings below which a sheet may be a label though nothing on it says so,
_UNREAD = ((0.8, 7), (0.88, 4))  # if the locator is so sure and so many lines of text are there: one pair is enough
_HURRY_PX = 640  # of the recogniser's input, all lines together, in a hurry
_PAYS_MM = 5.0  # where a code tells that it is a label: lower lines save 4 mm^2 of ink in 552, for a tenth of the time
_FEW = 3  # lines: what is read of them tells whether a label can be read at all
_LONGEST = 12.0  # times its height is a line that may stay; what is longer is an address, a name with a phone, a remark
_STAGES = ("locate", "rectify", "text", "read", "codes", "personal")


@dataclass(frozen=True)
class _Frame:
    """A photo, the same in grey, its scale where that is known, and whether a label was on it: see `Eye.look`."""

    bgr: Bgr
    grey: Grey
    px_per_mm: float | None
    wary: bool


@dataclass(frozen=True)
class _Seen:
    """A label turned upright: its quad on the photo, its picture, and its lines (quads in px of that picture).

    `agreed` says that its lines stand the same way up.
    """

    quad: Points
    flat: Upright
    lines: list[Points]
    agreed: bool


class Eye:
    """Looks at still pictures, one at a time."""

    def __init__(self, models: Models | None = None, locator: Locator | None = None) -> None:
        models = models or Models()
        self._finder, self._reader, self._direction = models.finder, models.reader, models.direction
        self._locator = locator or Locator(Maps(engine=models.engine))
        self._net = Net(self._finder, self._reader, self._direction)

    def look(
        self,
        bgr: Bgr,
        px_per_mm: float | None = None,
        reveal: bool = False,
        known: Sequence[Points] = (),
        hurry: bool = False,
        wary: bool = False,
    ) -> Look:
        """What is where on a photo (H x W x 3). `px_per_mm` is the photo's scale on the face, where it is known.

        `known` are labels (4 x 2 px each) found there before: a label under ink no longer looks like one.
        Text that was recognised is in the result only with `reveal`. In a `hurry` only the largest lines of a label
        are read, the others are personal: that saves two thirds of the time and costs a little ink. `wary` says that
        a label was here: a single line or code that may be left of it is taken for one.
        """
        ms = dict.fromkeys(_STAGES, 0.0)
        with _timed(ms, "rectify"):
            grey = np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)
            frame = _Frame(bgr, grey, px_per_mm, wary or bool(known))
        with _timed(ms, "locate"):
            candidates = [Candidate(quad, _KNOWN) for quad in known] or self._locator.locate(grey)
        labels = [self._label(frame, one, ms, hurry) for one in candidates]
        kept = [label for label in labels if label is not None]
        with _timed(ms, "locate"):
            around = [_around(label.quad, px_per_mm)[0] for label in kept]
            missed = self._net.overlooked(grey, around, frame.wary or bool(kept))
        kept += [self._further(frame, one, ms, hurry) for one in missed]
        return Look(tuple(label if reveal else _silent(label) for label in kept), ms)

    def _label(self, frame: _Frame, candidate: Candidate, ms: dict[str, float], hurry: bool) -> Label | None:
        seen = self._turned(frame.grey, candidate.quad, frame.px_per_mm, ms)
        flat = seen.flat
        with _timed(ms, "codes"):
            found = codes.find(flat.picture, flat.px_per_mm, _MARGIN_MM)
        quads = sorted((ordered(quad) for quad in seen.lines), key=_height, reverse=True)
        with _timed(ms, "read"):
            outside = [one for one in quads if not _is_in_code(one, found, _IN_CODE)]
            least_px = _PAYS_MM * flat.px_per_mm if _tells(candidate, [], found, frame.wary) else 0.0
            worth = _affordable(outside, least_px) if hurry else quads
            read = {id(quad) for quad in worth}
            lines = self._read(flat, worth, _HURRIED_SQUEEZE if hurry else _SQUEEZE)
            rest = [quad for quad in quads if id(quad) not in read]
            if _tells(candidate, lines, found, frame.wary):
                lines += [_unread(quad, flat.px_per_mm) for quad in rest]
            else:  # no hurry: whether this is a label may stand in small print
                lines += self._read(flat, rest, _SQUEEZE)
        found = [code for code in found if not _is_text(code, lines, flat.px_per_mm)]
        lines = [line for line in lines if not _is_bars(line, flat.px_per_mm, found)]
        with _timed(ms, "text"):
            lines += _strays(frame.bgr, flat, lines, found)
        with _timed(ms, "personal"):
            return _assembled(candidate, seen, lines, found, _tells(candidate, lines, found, frame.wary))

    def _further(self, frame: _Frame, candidate: Candidate, ms: dict[str, float], hurry: bool) -> Label:
        """Something personal outside every label: all of it is covered, whatever more is found there."""
        label = self._label(replace(frame, wary=True), candidate, ms, hurry)
        return replace(label or Label(candidate.quad, candidate.confidence, (), ()), whole=True)

    def _turned(self, grey: Grey, quad: Points, px_per_mm: float | None, ms: dict[str, float]) -> _Seen:
        """Find the label's text and with it which way is up."""
        with _timed(ms, "rectify"):
            around, around_mm = _around(quad, px_per_mm)
            flat = upright(grey, around, min(_READ_PX_MM, _MOST_PX / max(around_mm)), around_mm)
        with _timed(ms, "text"):
            small = _whole_strides(flat.picture, min(1.0, _FIND_PX_MM / flat.px_per_mm))
            scale = np.array(small.shape[::-1]) / flat.picture.shape[::-1]
            lines = [line / scale for line, _ in self._finder.find(small)]
        with _timed(ms, "rectify"):
            quarters, agreed = self._quarters(flat.picture, lines)
            up = flat.rolled(quarters)
        there = np.asarray(np.linalg.inv(up.to_photo) @ flat.to_photo, np.float64)
        return _Seen(rolled(quad, quarters), up, [mapped(line, there) for line in lines], agreed)

    def _quarters(self, picture: Grey, lines: list[Points]) -> tuple[int, bool]:
        """By how many corners the quad has to roll for the text to stand upright, and whether its lines agree."""
        across = sum(_spread(line)[0] * _height(line) for line in lines if _spread(line)[0] >= _spread(line)[1])
        down = sum(_spread(line)[1] * _height(line) for line in lines if _spread(line)[0] < _spread(line)[1])
        quarters = 1 if down > across else 0
        standing = [line for line in lines if (_spread(line)[0] < _spread(line)[1]) == bool(quarters)]
        longest = sorted(standing, key=lambda line: -max(_spread(line)))[:_DIRECTION_LINES]
        votes: list[bool] = []
        for line in longest:
            votes += [self._direction.upside_down([crop(picture, line)])[0] > 0.5]
            if len(votes) == _AGREED and len(set(votes)) == 1:
                break
        flipped = sum(votes) / max(1, len(votes))
        return (quarters + 2 * (flipped > 0.5)) % 4, max(flipped, 1 - flipped) > _MAJORITY

    def _read(self, flat: Upright, quads: list[Points], squeeze: float) -> list[personal.Line]:
        crops = [crop(flat.picture, quad) for quad in quads]
        tall = [index for index, quad in enumerate(quads) if _spread(quad)[1] > _spread(quad)[0]]
        for index, head_down in zip(tall, self._direction.upside_down([crops[one] for one in tall]), strict=True):
            if head_down > 0.5:
                crops[index] = np.asarray(cv2.rotate(crops[index], cv2.ROTATE_180), np.uint8)
        readings = self._reader.read([_narrowed(one, squeeze) for one in crops])
        return [_line(flat, quad, reading) for quad, reading in zip(quads, readings, strict=True)]


def _affordable(quads: list[Points], least_px: float) -> list[Points]:
    """Of lines, the highest first, those that are read in a hurry: so the most ink is saved for the time.

    Lines lower than `least_px` are read only while few others are.
    """
    worth: list[Points] = []
    left = float(_HURRY_PX)
    for quad in quads:
        length = max(_spread(quad)) / max(1.0, _height(quad))
        cost = length * _HURRIED_SQUEEZE * READ_HEIGHT_PX
        pays = len(worth) < _FEW or _height(quad) >= least_px
        if length <= _LONGEST and cost <= left and pays:
            worth.append(quad)
            left -= cost
    return worth


def _whole_strides(picture: Grey, scale: float) -> Grey:
    """The picture about so much smaller, of sides as the detector wants them: it need not enlarge them once more."""
    size = [STRIDE_PX * max(1, round(side * scale / STRIDE_PX)) for side in picture.shape[::-1]]
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _narrowed(line: Grey, squeeze: float) -> Grey:
    columns = max(1, round(line.shape[1] * squeeze))
    return np.asarray(cv2.resize(line, (columns, line.shape[0]), interpolation=cv2.INTER_AREA), np.uint8)


def _line(flat: Upright, quad: Points, reading: Reading) -> personal.Line:
    """A line as it was read. One that may stay is framed closely: a tiny number beside it must not stay with it."""
    stays = personal.may_stay(reading.text, reading.confidence)
    own = tightened(flat.picture, quad) if stays else quad
    return personal.Line(own / flat.px_per_mm, reading.text, reading.confidence)


def _unread(quad: Points, px_per_mm: float) -> personal.Line:
    return personal.Line(quad / px_per_mm, "", 0.0)


@contextmanager
def _timed(ms: dict[str, float], stage: str) -> Iterator[None]:
    start = time.perf_counter()
    yield
    ms[stage] += (time.perf_counter() - start) * 1000


def _around(quad: Points, px_per_mm: float | None) -> tuple[Points, tuple[float, float]]:
    """Quad (px of the photo) and size (mm) of the label and a margin: print at its edge is whole, and a quad a little
    too small loses nothing.
    """
    return with_margin(quad, size_mm(quad, px_per_mm), _MARGIN_MM)


def _assembled(
    candidate: Candidate, seen: _Seen, lines: list[personal.Line], found: list[Code], tells: bool
) -> Label | None:
    """The label in pixels of the photo, or None where nothing says that it is one."""
    flat = seen.flat
    kinds = personal.kinds(lines, [code.text for code in found if code.text])
    sure = float(np.mean([line.confidence for line in lines if line.text] or [0.0]))
    if not tells and not (sure < _POOR and _looks_like_one(candidate, len(seen.lines))):
        return None
    regions = tuple(
        Region(kind, flat.on_photo(line.quad_mm * flat.px_per_mm), line.confidence, line.text)
        for kind, line in zip(kinds, lines, strict=True)
    )
    on_photo = tuple(replace(code, polygon=flat.on_photo(code.polygon)) for code in found)
    whole = not tells or sure < _WEAK or not seen.agreed
    return Label(seen.quad, candidate.confidence * max(sure, 0.1), regions, on_photo, whole)


def _tells(candidate: Candidate, lines: list[personal.Line], found: list[Code], wary: bool) -> bool:
    """Whether lines and codes make a sheet a label. Where one was, a single of them may be all that is left of it."""
    texts, named = [line.text for line in lines], [(code.symbology, code.text) for code in found]
    return evidence.hints(texts, named) if wary else evidence.is_label(texts, named, candidate.confidence)


def _looks_like_one(candidate: Candidate, lines: int) -> bool:
    """Whether a sheet whose print is too small or too blurred to be read is a label all the same.

    One that was found before the ink is not asked: what ink leaves of it is not read either.
    """
    sure = candidate.confidence
    return sure < _KNOWN and any(sure >= least and lines >= many for least, many in _UNREAD)


def _silent(label: Label) -> Label:
    return replace(
        label,
        regions=tuple(replace(region, text="") for region in label.regions),
        codes=tuple(replace(code, text="") for code in label.codes),
    )


def _strays(bgr: Bgr, flat: Upright, lines: list[personal.Line], found: list[Code]) -> list[personal.Line]:
    """Print that no line and no code explains, as lines that nobody read."""
    explained = [line.quad_mm * flat.px_per_mm for line in lines] + [code.polygon for code in found]
    rows, columns = flat.picture.shape
    paper = upright(bgr, flat.quad, PAPER_PX_MM, (columns / flat.px_per_mm, rows / flat.px_per_mm)).picture
    left = strays(flat.picture, paper, flat.px_per_mm, explained, _STRAY_EDGE_MM)
    return [_unread(quad, flat.px_per_mm) for quad in left]


def _is_text(code: Code, lines: list[personal.Line], px_per_mm: float) -> bool:
    """Whether an undecoded 2D code is really a block of dense text, which then reads well."""
    if code.decoded or code.symbology != "2D":
        return False
    area = cv2.contourArea(code.polygon.astype(np.float32))
    read = [line.quad_mm * px_per_mm for line in lines if line.confidence >= _READS and len(line.text) > 1]
    return sum(_shared(code.polygon, quad) for quad in read) > _TEXT_NOT_CODE * area


def _is_bars(line: personal.Line, px_per_mm: float, found: list[Code]) -> bool:
    """Whether what the detector took for text is a part of a code: it lies inside and reads as nothing."""
    if line.confidence >= _READS:
        return False
    quad = line.quad_mm * px_per_mm
    return _is_in_code(quad, found, _SAME_LINE)


def _is_in_code(quad: Points, found: list[Code], share: float) -> bool:
    """Whether more than a share of a line (px) lies inside a code."""
    area = max(1.0, cv2.contourArea(quad.astype(np.float32)))
    return any(_shared(code.polygon, quad) > share * area for code in found)


def _shared(one: Points, other: Points) -> float:
    return float(cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))[0])


def _spread(line: Points) -> tuple[float, float]:
    """Extent of a line along x and along y."""
    x, y = line.T.tolist()  # of four points: NumPy takes longer to begin than lists take
    return max(x) - min(x), max(y) - min(y)


def _height(line: Points) -> float:
    return min(_spread(line))
