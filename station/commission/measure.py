"""What became of a test card, by photographs of it and by the truth: pure, pixels in, figures out.

Three photographs are compared: before the ink, when the station has given its verdict, and a while later. Where ink
lies is told by how much of its light each spot of paper has lost; print was dark before and says nothing. Where the
marks are follows from the whole print of the card, found in the first photograph; where ink was planned, from the
strokes.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey, Points
from hardware.twin.box import Mark
from station.commission.cards import PX_PER_MM, Card
from station.geometry import Plane
from station.truth import is_covered
from station.vision.align import Homography, align

MATCH_PX_PER_MM = 3.0  # the card's picture when it is looked for: `align` sees a photograph at 2 to 4 px/mm
AGREES = 0.85  # correlation of the print's detail: cards of another number had 0.77 at most, the right one 0.92 or more
PRINT_MM, SHADE_MM = 0.5, 3.0  # the detail that is compared is finer than the second and coarser than the first
AROUND_MM = 15.0  # of the face that is looked at around card and strokes
FOLLOWED_MM = 40.0  # of the face around the card, by which it is followed to another photograph
PAPER = 0.45  # of the lightest near by: what is darker is print; board beside a white label has 0.5 or more
NEAR_MM = 3.0
PALEST = 0.8  # of the light left: what is lighter is no ink
INKED_LEAST = 25  # per cent of the planned paper, which tell how dark the ink is: it may lie beside its place
COVERS = 0.35  # of the light left: covered, if not yet unreadable
STROKE_MM, SPECK_MM = 1.2, 0.6  # print under ink is bridged up to the first, ink smaller than the second is none
SETTLED_MM = 0.5  # wet ink is patchy at this scale
MOST = 95  # per cent
FITS, SURE_FIT_MM = 10, 0.1  # rounds of reweighting; deviations below this count alike

Mask = NDArray[np.bool_]
Levels = NDArray[np.float32]


@dataclass(frozen=True)
class Found:
    """A card in a photograph: `to_px` takes mm of the card to pixels."""

    card: Card
    to_px: Homography

    @property
    def outline_px(self) -> Points:
        """Its corners (4 x 2), from its own upper left."""
        width, height = self.card.size_mm
        return carried(np.array([[0, 0], [width, 0], [width, height], [0, height]], float), self.to_px)

    @property
    def marks(self) -> list[tuple[Mark, Points]]:
        """Each mark with its polygon (N x 2 px)."""
        return [(mark, carried(mark.polygon_mm, self.to_px)) for mark in self.card.marks]

    def after(self, moved: Homography) -> "Found":
        """The card in another photograph, to which `moved` takes the pixels of this one."""
        return replace(self, to_px=moved @ self.to_px)

    def print_scale(self, plane: Plane) -> float:
        """How large it is printed, 1 as it should be; `plane` is that of the face."""
        sides = np.diff(plane.to_mm(self.outline_px), axis=0, append=plane.to_mm(self.outline_px[:1]))
        return float(np.hypot(*sides.T).sum() / 2 / sum(self.card.size_mm))


@dataclass(frozen=True)
class InkFigures:
    """How the ink lies and what it is like.

    off_mm: no more than 5 of 100 points of its edge lie further beyond the planned one, once it is as wide as planned:
    what lies beside its place goes beyond it on one side, what is missing does not. wider_mm: by how much it goes
    beyond the plan on every side, negative where it falls short. filled: share of the card's planned paper under ink.
    through: share of the light that still comes back from it. changing: by how many of 255 levels 95 of 100 spots of it
    at most changed between the verdict and the last photograph.
    """

    off_mm: float
    wider_mm: float
    filled: float
    through: float
    changing: float


def recognised(cards: Iterable[Card], photo: Bgr) -> Found | None:
    """Which of the cards a photograph shows, and where; None when it shows none of them well enough to tell."""
    for card in cards:
        picture = _picture(card)
        moved = align(picture, photo)
        if moved is not None and _agreement(picture, photo, moved) >= AGREES:
            # A homography counts from the middle of pixels, millimetres from the edge of the paper.
            scale = np.array([[MATCH_PX_PER_MM, 0, -0.5], [0, MATCH_PX_PER_MM, -0.5], [0, 0, 1]])
            return Found(card, moved @ scale)
    return None


def followed(before: Bgr, after: Bgr, found: Found, px_per_mm: float) -> Homography | None:
    """Where the box with the card went between two photographs, through the ink; None when that cannot be told."""
    middle = found.outline_px.mean(axis=0)
    away = found.outline_px - middle
    grown = middle + away * (1 + FOLLOWED_MM * px_per_mm / np.linalg.norm(away, axis=1, keepdims=True))
    return align(before, after, grown)


def carried(points: Points, by: Homography) -> Points:
    """Points (N x 2) through a homography."""
    return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2), by), float).reshape(-1, 2)


def moved_photo(photo: Bgr, by: Homography) -> Bgr:
    """A photograph as the camera would have seen it had the face lain where `by` takes it."""
    if np.array_equal(by, np.eye(3)):
        return photo
    return np.asarray(cv2.warpPerspective(photo, by, photo.shape[1::-1]), np.uint8)


@dataclass(frozen=True)
class Fate:
    """What became of the paper in a window of the photographs with its upper left at `corner_px`.

    `paper` says where there was paper without print, `through` how much of its light is left, 1 where nothing happened.
    """

    corner_px: Points
    paper: Mask
    through: Levels
    px_per_mm: float

    def inside(self, polygons_px: Sequence[Points]) -> Mask:
        """Where in the window the polygons (each N x 2, px of the photograph) are."""
        mask = np.zeros(self.paper.shape, np.uint8)
        for polygon in polygons_px:
            cv2.fillPoly(mask, [np.round(polygon - self.corner_px).astype(np.int32)], (1,))
        return mask > 0

    def covered(self, polygon_px: Points) -> float:
        """Share of the paper in a polygon that is under ink."""
        there = self.inside([polygon_px]) & self.paper
        return float((self.through[there] < COVERS).mean()) if there.any() else 0.0

    def fates(self, found: Found) -> list[tuple[Mark, bool]]:
        """Whether each mark of a card is covered."""
        return [(mark, is_covered(mark, self.covered(polygon))) for mark, polygon in found.marks]


def fate(before: Bgr, after: Bgr, found: Found, planned_px: Sequence[Points], px_per_mm: float) -> Fate:
    """Compare two photographs that show the face in the same place."""
    window, corner_px = _window(after.shape, [found.outline_px, *planned_px], AROUND_MM * px_per_mm)
    first, second = (_grey(photo[window]) for photo in (before, after))
    size_px = _odd(NEAR_MM * px_per_mm)
    lightest = cv2.blur(cv2.dilate(first, np.ones((size_px, size_px), np.uint8)), (size_px, size_px))
    paper = first > PAPER * lightest
    through = (second.astype(np.float32) + 1) / (first.astype(np.float32) + 1)
    untouched = Fate(corner_px, paper, through, px_per_mm)
    bare = paper & ~_grown(untouched.inside(planned_px), AROUND_MM / 3 * px_per_mm)
    light = float(np.median(through[bare])) if bare.any() else 1.0
    return replace(untouched, through=through / light)


def ink_figures(seen: Fate, found: Found, after: Bgr, later: Bgr, planned_px: Sequence[Points]) -> InkFigures | None:
    """How the ink lies against where it was planned; `later` shows the face in the same place. None without any ink.

    What it is like is told on the card alone: strokes may run over the edge of the box.
    """
    planned = seen.inside(planned_px)
    on_paper = planned & seen.paper & seen.inside([found.outline_px])
    level = float(np.percentile(seen.through[on_paper], INKED_LEAST)) if on_paper.any() else 1.0
    if level > PALEST:
        return None
    ink = seen.paper & (seen.through < (1 + level) / 2)
    edge_mm, away = _edge(seen, ink, planned)
    if not len(edge_mm):
        return None
    wider_mm = _wider_mm(edge_mm, away)
    return InkFigures(
        off_mm=max(0.0, float(np.percentile(edge_mm - wider_mm, MOST))),
        wider_mm=wider_mm,
        filled=float(ink[on_paper].mean()),
        through=float(np.median(seen.through[on_paper & ink])),
        changing=_changing(seen, after, later, on_paper & ink),
    )


# -- pieces


def _picture(card: Card) -> Bgr:
    scale = MATCH_PX_PER_MM / PX_PER_MM
    paper = cv2.resize(255 - card.ink, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(paper, cv2.COLOR_GRAY2BGR), np.uint8)


def _agreement(picture: Bgr, photo: Bgr, moved: Homography) -> float:
    """The correlation of the card's print with what a photograph shows in its place."""
    seen = cv2.warpPerspective(photo, np.linalg.inv(moved), picture.shape[1::-1])
    one, other = (_detail(_grey(each)).ravel() for each in (picture, np.asarray(seen, np.uint8)))
    return float(np.corrcoef(one, other)[0, 1])


def _detail(grey: Grey) -> Levels:
    fine, coarse = (
        cv2.GaussianBlur(grey.astype(np.float32), (0, 0), mm * MATCH_PX_PER_MM) for mm in (PRINT_MM, SHADE_MM)
    )
    return np.asarray(fine - coarse, np.float32)


def _grey(bgr: Bgr) -> Grey:
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY), np.uint8)


def _window(
    shape: tuple[int, ...], polygons_px: Sequence[Points], around_px: float
) -> tuple[tuple[slice, slice], Points]:
    """The part of a photograph around polygons, and its upper left corner (2)."""
    points = np.vstack(polygons_px)
    low = np.maximum(np.floor(points.min(axis=0) - around_px), 0).astype(int)
    high = np.minimum(np.ceil(points.max(axis=0) + around_px), shape[1::-1]).astype(int)
    return (slice(low[1], high[1]), slice(low[0], high[0])), low.astype(float)


def _odd(size_px: float) -> int:
    return 2 * round(size_px / 2) + 1


def _disc(width_px: float) -> NDArray[np.uint8]:
    size_px = _odd(width_px)
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size_px, size_px)), np.uint8)


def _grown(mask: Mask, by_px: float) -> Mask:
    return _distance_px(~mask) <= by_px


def _edge(seen: Fate, ink: Mask, planned: Mask) -> tuple[Points, Points]:
    """How far beyond the planned edge (negative: short of it) each point of the ink's outer edge lies, mm, and which
    way is away from the plan there (N x 2).

    Points beside print are left out: what was dark before does not show where the ink ends.
    """
    bridged = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, _disc(STROKE_MM * seen.px_per_mm))
    whole = np.asarray(cv2.morphologyEx(bridged, cv2.MORPH_OPEN, _disc(SPECK_MM * seen.px_per_mm)), np.uint8)
    rings, _ = cv2.findContours(whole, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    if not rings:
        return np.zeros(0), np.zeros((0, 2))
    beyond_px = _distance_px(~planned) - _distance_px(planned)
    away = [cv2.Sobel(beyond_px, cv2.CV_32F, *way, scale=1 / 8) for way in ((1, 0), (0, 1))]
    clear = ~_grown(~seen.paper, SPECK_MM * seen.px_per_mm)
    columns, rows = np.vstack([ring[:, 0] for ring in rings]).T
    columns, rows = (each[clear[rows, columns]] for each in (columns, rows))
    # A ring runs through the middle of the ink's last pixels, half a pixel short of its edge.
    edge_mm = (beyond_px[rows, columns] + 0.5) / seen.px_per_mm
    return np.asarray(edge_mm, float), np.stack([each[rows, columns] for each in away], axis=1).astype(float)


def _wider_mm(edge_mm: Points, away: Points) -> float:
    """By how much ink goes beyond the plan on all sides, where it may lie beside it: edge = away . shift + wider.

    Least absolute deviations by reweighting: where ink is missing its edge lies anywhere, which must not count.
    """
    unknowns = np.column_stack([away, np.ones(len(away))])
    weight = np.ones(len(away))
    for _ in range(FITS):
        fitted, *_ = np.linalg.lstsq(unknowns * weight[:, None], edge_mm * weight, rcond=None)
        weight = 1 / np.sqrt(np.maximum(np.abs(edge_mm - unknowns @ fitted), SURE_FIT_MM))
    return float(fitted[2])


def _distance_px(mask: Mask) -> Levels:
    """How far inside a mask each of its pixels is."""
    return np.asarray(cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE), np.float32)


def _changing(seen: Fate, after: Bgr, later: Bgr, ink: Mask) -> float:
    """By how many levels the ink changed, beyond what bare paper did."""
    x, y = seen.corner_px.astype(int)
    rows, columns = seen.paper.shape
    window = (slice(y, y + rows), slice(x, x + columns))
    first, second = (_smooth(_grey(photo[window]), seen.px_per_mm) for photo in (after, later))
    deep = ~_grown(~ink, SETTLED_MM * seen.px_per_mm)
    if not deep.any():
        return 0.0
    share = second / (first + 1)
    bare = seen.paper & ~_grown(ink, AROUND_MM / 3 * seen.px_per_mm)
    light = float(np.median(share[bare])) if bare.any() else 1.0
    return float(np.percentile(np.abs(second - light * first)[deep], MOST))


def _smooth(grey: Grey, px_per_mm: float) -> Levels:
    return np.asarray(cv2.GaussianBlur(grey.astype(np.float32), (0, 0), SETTLED_MM * px_per_mm), np.float32)
