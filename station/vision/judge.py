"""The adversary: told where personal data was, can anything of it still be read on a fresh photo?

Silence of a reader proves nothing, so a place is clean only if it is covered (or its print has gone), if no structure
at the scale of print is left in it, and if no reader reads it, whatever is done to the picture before.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, zip_longest

import cv2
import numpy as np

from hardware.camera.frames import Bgr, Grey, Points
from station.vision.align import Homography, align
from station.vision.attacks import decodes, lifted_codes, turned, views_of_text, zbar
from station.vision.belief import SURE, Stood, believed, counted
from station.vision.contrast import Remains, paper_of, remains
from station.vision.patch import Patch, cut, outside_share
from station.vision.redraw import known_symbol, redrawn
from station.vision.seen import Answer, Place, PlaceVerdict, Verdict
from station.vision.sight import GLARE_SHARE, blurred, glare_share, too_dark
from station.vision.text import Models, Reading, TesseractReader, crop
from station.vision.through import share_through

Finding = tuple[Answer, str]  # an answer and why

_AROUND_MM = 3.0  # cut out with the place: quiet zones of codes, and something to compare with
_NEAR_MM = 15.0  # as far as the light and the sharpness of a place are taken from its surroundings
_READ_MARGIN_MM = 0.4  # a line reads better with some room around
_OUT_SHARE = 0.02
_BARE_SHARE = 0.004  # a gap of 0.1 mm along a line of 3 mm is 3 %; this is one lost dot of ink in 250
_GONE_SHARE = 0.97  # less ink than this is no ink: the label has been torn off, or nobody was here
_CONTRAST = 7.0  # of 255; ink's own texture makes 5, print under 97 % opacity 8
_STREAKS = 5.0  # of 255 after averaging; residual bars of 10 were decoded that way, of 5 not
_MARKS_SHARE = 0.01
_LINE_MM = 12.0  # no line of text is higher; a larger place without a symbology is an area with lines of its own
_FIND_PX_PER_MM = 5.0  # the text finder's best scale
_QUIET = 1.0  # of 255: the faintest of 120 lines that an attack read had 1.3; here one attack is enough
_DOUBTFUL = 3.0  # of 255: something is left, so the slow reader has to look as well
_ANY_WAY = slice(None)  # up, of the ways in which a line can be turned
_TWO_WAYS = 2  # of a line that is clearly longer than high
_SAME_WAY = 0.9  # cosine: both patches have their long side across, but either may stand on its head
_SURE_OF_WAY = 0.4  # beyond a half: the classifier was right in all of 96 lines
_FACE_MM = 40.0  # of the face around a place: by it the face is followed to another photo, and its sharpness judged


class Judge:
    """Looks at places with every reader."""

    def __init__(self, models: Models | None = None) -> None:
        zbar()  # whose library may be missing, which is better told now than in mid-visit
        models = models or Models()
        self._reader, self._finder, self._direction = models.reader, models.finder, models.direction
        self._slow_reader = TesseractReader()

    def judge(self, bgr: Bgr, places: Sequence[Place], px_per_mm: float, before: Sequence[Patch] = ()) -> Verdict:
        """The answer on every place of a photo (H x W x 3). Polygons are pixels of that photo.

        A reader sees letters in any noise. `before` (see `cut_out`, in the order of `places`) tells what stood there,
        and so whether it sees what is left of that; without it everything counts that a reader is half sure of.
        """
        if too_dark(bgr):
            return _nothing_seen(places, "the photo is too dark")
        pairs = zip_longest(places, before)
        return Verdict(tuple(self._judge(bgr, place, px_per_mm, known) for place, known in pairs))

    def judge_pair(self, before: Bgr, after: Bgr, places: Sequence[Place], px_per_mm: float) -> Verdict:
        """The answer on places seen on `before` (polygons and `px_per_mm` are its own), as `after` shows them."""
        if not places:
            return Verdict(())
        moved = align(before, after, _face(places, px_per_mm))
        if moved is None:
            return _nothing_seen(places, "the photos do not show the same face")
        there = [Place(place.kind, _carried(place.polygon, moved), place.symbology) for place in places]
        stood = [cut_out(before, place, px_per_mm) for place in places]
        verdict = self.judge(after, there, px_per_mm * _magnified(places, there), stood)
        pairs = zip(places, verdict.places, strict=True)
        return Verdict(tuple(PlaceVerdict(place, found.answer, found.why) for place, found in pairs))

    def _judge(self, bgr: Bgr, place: Place, px_per_mm: float, known: Patch | None) -> PlaceVerdict:
        if outside_share(place.polygon, bgr.shape[1], bgr.shape[0]) > _OUT_SHARE:
            return PlaceVerdict(place, "unseen", "the place is out of the picture")
        near = _near(bgr, place.polygon, px_per_mm, _NEAR_MM)
        patch = cut(bgr, place.polygon, px_per_mm, _AROUND_MM)
        paper = paper_of(near)
        left = remains(patch, paper)
        glare = _glare(patch)
        finding = None if glare else _measured(left)  # glare is light, but it is not bare paper
        shows = share_through(patch, known, left.dark, paper) if known and not finding else None
        filtered = shows is not None and left.bare <= _BARE_SHARE and not (known and _glare(known))
        finding = finding or _shown(shows) or self._read(patch, place, left, known, filtered) or glare
        finding = finding or _soft(bgr, place, px_per_mm, paper) or _clean(left)
        return PlaceVerdict(place, *finding)

    def _stood(self, patch: Patch) -> Stood:
        """Reads what stood in a place, once and only when it is asked for."""

        @cache
        def read() -> str:
            view = patch.tight(_READ_MARGIN_MM)
            lines = self._lines(view, patch.px_per_mm) if patch.height_mm > _LINE_MM else [view]
            readings = [reading for line in lines for reading in self._reader.read(list(turned(line)))]
            return "\n".join(reading.text for reading in readings if reading.confidence >= SURE)

        return read

    def _read(self, patch: Patch, place: Place, left: Remains, known: Patch | None, filtered: bool) -> Finding | None:
        """What a reader gets out of the place, in words that do not say it. Where the place is `filtered`, what stood
        there does not show: one look more is for print that was not seen before."""
        area = not place.symbology and patch.height_mm > _LINE_MM
        if (place.symbology or area) and (decodes(patch, filtered) or (not filtered and comes_back(patch, known))):
            return "readable", "a code there still decodes"
        if place.symbology:
            return None
        sure: list[str] = []
        quiet = filtered or (left.bare <= _BARE_SHARE and left.contrast <= _QUIET)
        ways = self._way_up(patch, known) if known and filtered and not area else _ANY_WAY
        readings = self._readings(_worth_a_look(patch, quiet, sure), patch.px_per_mm, area, ways)
        if left.contrast > _DOUBTFUL and not area and not quiet:
            readings = chain(readings, self._read_slowly(patch))
        stood = self._stood(known) if known else None
        count = next((counted(each) for each in readings if counted(each) and believed(each, stood, sure)), 0)
        return ("readable", f"a reader still reads {count} characters") if count else None

    def _readings(self, views: Iterable[Bgr], px_per_mm: float, area: bool, ways: slice) -> Iterator[Reading]:
        """What the reader makes of a place, attack by attack, line by line."""
        for view in views:
            for line in self._lines(view, px_per_mm) if area else [view]:
                yield from self._reader.read(list(turned(line))[ways])

    def _way_up(self, patch: Patch, known: Patch) -> slice:
        """Which of the ways that a line can be turned is the one in which what stood there was upright."""
        line = known.tight(_READ_MARGIN_MM)
        (upside_down,) = self._direction.upside_down([line])
        now, before = (one.polygon[1] - one.polygon[0] for one in (patch, known))
        alike = float(now @ before / (np.linalg.norm(now) * np.linalg.norm(before)))
        if len(list(turned(line))) > _TWO_WAYS or abs(alike) < _SAME_WAY or abs(upside_down - 0.5) < _SURE_OF_WAY:
            return _ANY_WAY
        way = int((upside_down > 0.5) != (alike < 0))
        return slice(way, way + 1)

    def _read_slowly(self, patch: Patch) -> Iterator[Reading]:
        """What Tesseract makes of the most telling view."""
        view = next(views_of_text(patch.tight(_READ_MARGIN_MM), patch.px_per_mm))
        yield from self._slow_reader.read(list(turned(view)))

    def _lines(self, view: Bgr, px_per_mm: float) -> list[Bgr]:
        """The lines of text in an area, such as a label that was personal as a whole."""
        scale = min(1.0, _FIND_PX_PER_MM / px_per_mm)
        small = np.asarray(cv2.resize(view, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        return [crop(view, quad / scale) for quad, _ in self._finder.find(small)]


def _worth_a_look(patch: Patch, quiet: bool, sure: list[str]) -> Iterator[Bgr]:
    """All views, or the most telling one where hardly anything can be left and no reading of that one was `sure`."""
    views = views_of_text(patch.tight(_READ_MARGIN_MM), patch.px_per_mm)
    yield next(views)
    if sure or not quiet:
        yield from views


def cut_out(bgr: Bgr, place: Place, px_per_mm: float) -> Patch:
    """A place as it is before the ink, for `Judge.judge`; a small picture that must stay in memory."""
    return cut(bgr, place.polygon, px_per_mm, _AROUND_MM)


def _measured(left: Remains) -> Finding | None:
    """What the measures alone say is left."""
    if left.bare > _GONE_SHARE:
        return ("readable", "print is left there") if left.marks > _MARKS_SHARE else None
    if left.bare > _BARE_SHARE:
        return "readable", f"{max(1, round(100 * left.bare))} % of the place is bare"
    if left.contrast > _CONTRAST or left.streaks > _STREAKS:
        return "readable", f"print shows through: contrast is {max(left.contrast, left.streaks):.0f}/255"
    return None


def _shown(share: float | None) -> Finding | None:
    return ("readable", f"{100 * share:.1f} % of the print shows through") if share else None


def comes_back(patch: Patch, known: Patch | None) -> bool:
    """Whether the code that stood there is read once its finders are painted anew. Painted, noise decodes as well:
    only what decoded before the ink tells one from the other."""
    symbol = known_symbol(known.bgr) if known else None
    if symbol is None:
        return False
    return any(redrawn(view, patch.inside, patch.px_per_mm, symbol) for view in lifted_codes(patch))


def _glare(patch: Patch) -> Finding | None:
    """What cannot be seen has failed."""
    return ("unseen", "glare over the place") if glare_share(patch) > GLARE_SHARE else None


def _soft(bgr: Bgr, place: Place, px_per_mm: float, paper: float) -> Finding | None:
    """Whether it may only be for want of sharpness that nothing was found.

    By the edges near by; where they are few and say no, by more of the same face; where there are none, by any.
    """
    for near_mm in (_NEAR_MM, _FACE_MM):
        soft = blurred(_near(bgr, place.polygon, px_per_mm, near_mm), px_per_mm, paper)
        if soft is False:
            return None
    if soft is None:
        soft = blurred(np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8), px_per_mm, paper)
    return None if soft is False else ("unseen", "the photo is not sharp there")


def _clean(left: Remains) -> Finding:
    if left.bare > _GONE_SHARE:
        return "clean", "no print is left and no reader reads any"
    return "clean", f"no reader reads it and contrast is {max(left.contrast, left.streaks):.0f}/255"


def _near(bgr: Bgr, polygon: Points, px_per_mm: float, near_mm: float) -> Grey:
    """The grey photo around a place."""
    grow = round(near_mm * px_per_mm)
    (left, top), (right, bottom) = np.floor(polygon.min(axis=0)).astype(int), np.ceil(polygon.max(axis=0)).astype(int)
    part = bgr[max(0, top - grow) : bottom + grow, max(0, left - grow) : right + grow]
    return np.asarray(cv2.cvtColor(part, cv2.COLOR_BGR2GRAY), np.uint8)


def _nothing_seen(places: Sequence[Place], why: str) -> Verdict:
    return Verdict(tuple(PlaceVerdict(place, "unseen", why) for place in places))


def _face(places: Sequence[Place], px_per_mm: float) -> Points:
    """The corners of a square-cornered region that holds all places and some of the face around them."""
    points = np.concatenate([place.polygon for place in places])
    (left, top), (right, bottom) = points.min(axis=0) - _FACE_MM * px_per_mm, points.max(axis=0) + _FACE_MM * px_per_mm
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]])


def _carried(polygon: Points, moved: Homography) -> Points:
    return np.asarray(cv2.perspectiveTransform(polygon.reshape(-1, 1, 2), moved), np.float64).reshape(-1, 2)


def _magnified(before: Sequence[Place], after: Sequence[Place]) -> float:
    """How much larger the places are on the second photo."""
    areas = [sum(cv2.contourArea(place.polygon.astype(np.float32)) for place in places) for places in (before, after)]
    return float(np.sqrt(areas[1] / max(areas[0], 1.0)))
