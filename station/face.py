"""The face that lies on the platform, first look to verdict: what is personal, what is inked, what is left.

No motion and no time in here: the appliance hands in photographs and carries out the strokes. Recognised text never
gets this far; photographs are kept only until the next one of the same face, to find it again when it has moved.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from shapely import LineString, MultiPoint, unary_union
from shapely.geometry.base import BaseGeometry

from hardware.camera.frames import Photo, Points
from hardware.camera.lens import Lens
from hardware.machine import Tool
from station.erase import cover, strokes, tear
from station.erase import tool as erase_tool
from station.erase.cover import Policy
from station.erase.tool import outline, polygons, solid
from station.erase.work import Area, Stroke, Tear
from station.geometry import ErrorBudget, Plane
from station.vision.align import align
from station.vision.judge import Judge, cut_out
from station.vision.look import Eye
from station.vision.patch import Patch
from station.vision.seen import Kind, Look, Place, Verdict
from station.visit import Happening, Reason

# Ink over this share of a place's area settles where it is judged: by location. Less, and it is still to be covered.
INKED_SHARE = 0.7
INKED_CODE_SHARE = 0.95
# A roller's lane of 40 mm needs four moves for a label of 150 mm; a person who never moves it is not asked for ever.
MOST_MOVES = 8
DRAWN_SHARE = 0.98  # polygon arithmetic leaves hairlines
AROUND_MM = 40.0  # of the face around what is known: ink changes what lies under it, not what lies beside it
LEGIBLE = 0.6  # mean confidence of a line that is text: strokes of ink read as something at less
MOST_MISSES = 2


@dataclass(frozen=True)
class Answer:
    """What a photograph of the face means for the visit."""

    happening: Happening
    reason: Reason = ""


@dataclass(frozen=True)
class Spot:
    """A personal place, and what it looked like when it was first seen: a small picture that dies with the face."""

    place: Place
    before: Patch


class Face:
    """One side of one box. `passes` is how often ink may be tried before the person is asked to tear."""

    def __init__(
        self,
        eye: Eye,
        judge: Judge,
        lens: Lens,
        tool: Tool,
        policy: Policy,
        passes: int,
        budget: ErrorBudget,
    ) -> None:
        self._eye, self._judge, self._lens, self._tool, self._budget = eye, judge, lens, tool, budget
        self._policy, self._passes_allowed = policy, passes
        self._photo: Photo | None = None
        self._spots: list[Spot] = []
        self._areas: list[Area] = []
        self._inked: list[Points] = []
        self._drawn: list[Area] = []
        self._may_stay: list[Points] = []  # lines that ink may cut, with their margins: what is left of them is no news
        self.quads_mm: list[Points] = []
        self.plan = strokes.StrokePlan((), (), None)
        self._crosswise = False
        self.tear: Tear | None = None
        self.readable = 0
        self.passes = 0
        self._retries = self._misses = self._moves = 0
        self.height_mm = 0.0
        self.height_off_mm = 0.0  # by how much the tool found the face higher than the distance sensor
        self._felt = False

    # -- photographs in, answers out

    def look(self, photo: Photo, torn: bool = False) -> Answer:
        """What is on the face now. `torn` says that the person was asked to tear: from then on ink is not tried."""
        found_again = self._find_again(photo)
        self._areas = [] if self._tool.kind == "none" else self._areas
        known_px = self._quads_px(photo) if found_again and self._inked and not torn else ()
        fresh = self._take_in(photo, self._policy if found_again else "label", known_px)
        if torn:
            return self._after_tearing(found_again, fresh)
        if not found_again and not fresh:  # there was something, and where it is now nobody knows
            return self.give_up("unseen")
        if not self._spots and not self._areas:
            return Answer(Happening.NOTHING)
        if self._tool.kind == "none":
            return self._ask_to_tear(Answer(Happening.BY_HAND, "no_tool"))
        return self._set_out() if self._areas else self._settle()

    def check(self, photo: Photo) -> Answer:
        """Judge what was inked, by location, on a fresh photograph of the same face; then look for anything missed."""
        self._photo = photo
        self._ink_planned()
        verdict = self._judged()
        bad = sum(place.answer != "clean" for place in verdict.places)
        # Ink that lets print through in one place is hardly thicker in the others: all are gone over again.
        again = [self._area(place.place) for place in verdict.places] if bad else []
        self._areas = [*self.plan.uncovered, *again]
        missed = [] if bad else self._take_in(photo, self._policy, self._quads_px(photo))
        self.readable = bad + len(missed)
        if bad:
            return self._once_more("unseen" if verdict.answer == "unseen" else "still_readable")
        if missed:
            return self._cover_missed()
        return self._ask_to_move() if self._areas else Answer(Happening.CLEAN)

    def give_up(self, reason: Reason) -> Answer:
        """Ink did not do: say where to tear."""
        return self._ask_to_tear(Answer(Happening.GIVE_UP, reason))

    # -- for the page

    @property
    def places(self) -> int:
        """How many places are personal."""
        return len(self._spots)

    @property
    def areas(self) -> int:
        """How many areas the plan covers."""
        return len(self._areas)

    @property
    def areas_drawn(self) -> int:
        """How many of them are under ink."""
        return len(self._drawn)

    @property
    def todo_mm(self) -> list[Points]:
        """Areas still to be covered, platform mm."""
        return [area.polygon_mm for area in self._areas if not any(area is drawn for drawn in self._drawn)]

    def swaths_mm(self, around_mm: float) -> list[Points]:
        """What the strokes of the plan ink, and `around_mm` more, platform mm."""
        half_mm = self._tool.width_mm / 2 + around_mm
        lines = [LineString(stroke.points_mm).buffer(half_mm) for stroke in self.plan.strokes]
        return [outline(part) for line in lines for part in polygons(line)]

    @property
    def inked_mm(self) -> list[Points]:
        """Areas that ink has been put on, platform mm."""
        return self._inked + [area.polygon_mm for area in self._drawn]

    def note_drawn(self, strokes_done: int, further_mm: float) -> None:
        """So many strokes of the plan are on the face, and so much of the next: areas under them are done, as far as
        the page is told."""
        nib = erase_tool.Tool(self._tool.width_mm, self._tool.reach_mm, self._tool.kind == "roller")
        drawn = list(self.plan.strokes[:strokes_done])
        if further_mm:
            drawn.append(strokes.begun(self.plan.strokes[strokes_done], further_mm))
        ink = unary_union([nib.swath(stroke.points_mm) for stroke in drawn])
        self._drawn = [area for area in self._areas if _share(area.polygon_mm, ink) >= DRAWN_SHARE]

    def felt(self, height_mm: float) -> bool:
        """The tool has touched the face. Where that belies the distance sensor by more than the margins allow for, all
        places lie elsewhere and the strokes are planned anew: then True. Once a face, for no carton is quite flat."""
        off_mm, first, self._felt = height_mm - self.height_mm, not self._felt, True
        if not first or abs(off_mm) <= self._budget.height_error_mm:
            return False
        assert self._photo is not None
        old, self.height_off_mm = Plane(self._lens, self.height_mm), off_mm
        self._carry(old, np.eye(3), self._remember(replace(self._photo, face_height_mm=height_mm)))
        self._plan()
        return True

    @property
    def strokes(self) -> tuple[Stroke, ...]:
        """What the tool has to draw now."""
        return self.plan.strokes

    # -- taking a look in

    def _take_in(self, photo: Photo, policy: Policy, known_px: Sequence[Points] = ()) -> list[Area]:
        """Look, and add what is personal and not under ink yet; gives what was added.

        Where something was found before, little is enough to be a part of it: half a label may be left of one.
        """
        wary, plane = bool(self.quads_mm), self._remember(photo)
        look = self._eye.look(photo.bgr, plane.px_per_mm, known=known_px, hurry=not self._inked, wary=wary)
        if self._inked:
            look = _legible(look)
        if not known_px:
            self.quads_mm = [plane.to_mm(label.quad) for label in look.labels] or self.quads_mm
            stay = [r for each in look.labels for r in each.regions if r.kind == "other"]
            self._may_stay = [self._area(Place(cover.WHOLE, region.polygon)).polygon_mm for region in stay]
        areas = cover.areas(look, plane.to_mm, self._budget.on(plane), policy)
        known = _union([*self._inked, *self.todo_mm, *(self._may_stay if known_px else [])])
        fresh = [area for area in areas if _share(area.polygon_mm, known) < _enough(area.kind)]
        self._areas += fresh
        there = _union([plane.to_mm(spot.place.polygon) for spot in self._spots]).union(known)
        self._spots += [
            Spot(place, cut_out(photo.bgr, place, plane.px_per_mm))
            for place in cover.places(look)
            if _share(plane.to_mm(place.polygon), there) < _enough(place.kind)
        ]
        return fresh

    def _quads_px(self, photo: Photo) -> list[Points]:
        plane = Plane(self._lens, photo.face_height_mm)
        return [plane.to_px(quad) for quad in self.quads_mm]

    def _remember(self, photo: Photo) -> Plane:
        self._photo = photo
        self.height_mm = photo.face_height_mm
        return Plane(self._lens, photo.face_height_mm)

    def _find_again(self, photo: Photo) -> bool:
        """Carry all that is known over to a photograph on which the face may lie otherwise.

        True when nothing was known or everything was carried; False when the face is not to be recognised: then what
        was known is dropped, and only covering whole labels is safe.
        """
        if self._photo is None or not (self._spots or self._areas or self._inked):
            return True
        moved = align(self._photo.bgr, photo.bgr, self._known_px())
        if moved is None:
            self._spots, self._areas, self._inked, self._drawn = [], [], [], []
            return False
        self._carry(Plane(self._lens, self._photo.face_height_mm), moved, Plane(self._lens, photo.face_height_mm))
        return True

    def _known_px(self) -> Points:
        """What the station knows of the face in its last photograph: the box may move while the platform stays."""
        plane = Plane(self._lens, self.height_mm)
        known_mm = np.vstack([*self.quads_mm, *self.todo_mm, *self._inked])
        around = MultiPoint(known_mm).convex_hull.buffer(AROUND_MM)
        return plane.to_px(outline(around))

    def _carry(self, old: Plane, moved: Points, new: Plane) -> None:
        def follow_px(points: Points) -> Points:
            return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2), moved), float).reshape(-1, 2)

        def follow_mm(points: Points) -> Points:
            return new.to_mm(follow_px(old.to_px(points)))

        self._spots = [replace(s, place=replace(s.place, polygon=follow_px(s.place.polygon))) for s in self._spots]
        self._areas = [Area(area.kind, follow_mm(area.polygon_mm)) for area in self._areas]
        self._drawn = []
        self._inked = [follow_mm(points) for points in self._inked]
        self._may_stay = [follow_mm(points) for points in self._may_stay]
        self.quads_mm = [follow_mm(points) for points in self.quads_mm]

    # -- deciding

    def _once_more(self, reason: Reason) -> Answer:
        """Ink again, across the first strokes, where one pass did not do; while passes are left."""
        self._retries += 1
        return self.give_up(reason) if self._retries >= self._passes_allowed else self._inked_again(crosswise=True)

    def _cover_missed(self) -> Answer:
        """Ink what only the second look has found; a face on which there is always something new is torn."""
        self._misses += 1
        return self.give_up("still_readable") if self._misses > MOST_MISSES else self._inked_again(crosswise=False)

    def _inked_again(self, crosswise: bool) -> Answer:
        answer = self._set_out(crosswise)
        return Answer(Happening.READABLE) if answer.happening is Happening.PLACES else answer

    def _set_out(self, crosswise: bool = False) -> Answer:
        """Plan the strokes for what is open, or say how the box has to be moved first."""
        self._crosswise = crosswise
        self._plan()
        if self.plan.strokes:
            self.passes += 1
            return Answer(Happening.PLACES)
        return self._ask_to_move()

    def _plan(self) -> None:
        tool, roll_only_x = self._tool, self._tool.kind == "roller"
        self.plan = strokes.plan(
            tuple(self._areas), tool.width_mm, tool.reach_mm, roll_only_x=roll_only_x, crosswise=self._crosswise
        )
        self._drawn = []

    def _ask_to_move(self) -> Answer:
        """What is left lies beyond the tool's reach: the plan knows which way the box has to go."""
        self._moves += 1
        if self.plan.move_mm is None or self._moves > MOST_MOVES:
            return self.give_up("out_of_reach")
        return Answer(Happening.BEYOND)

    def _ink_planned(self) -> None:
        """What the strokes of the plan covered counts as inked from now on."""
        beyond = _union([area.polygon_mm for area in self.plan.uncovered])
        for area in self._areas:
            reached = solid(area.polygon_mm).difference(beyond)
            self._inked += [outline(part) for part in polygons(reached)]
        self._drawn = []

    def _settle(self) -> Answer:
        """Everything known is under ink already: the judge decides."""
        verdict = self._judged()
        self.readable = sum(place.answer != "clean" for place in verdict.places)
        return Answer(Happening.CLEAN) if not self.readable else self.give_up("still_readable")

    def _after_tearing(self, found_again: bool, fresh: list[Area]) -> Answer:
        verdict = self._judged(everything=True) if found_again else Verdict(())
        bad = [place for place in verdict.places if place.answer != "clean"]
        self.readable = max(len(bad), len(fresh))
        return self.give_up("still_readable") if self.readable else Answer(Happening.CLEAN)

    def _judged(self, everything: bool = False) -> Verdict:
        """The judge's verdict on the places that are wholly under ink, or on all of them.

        A place of which a part is beyond this stroke plan is judged when that part has had its ink, too.
        """
        assert self._photo is not None
        plane = Plane(self._lens, self.height_mm)
        ink, beyond = _union(self._inked), _union([area.polygon_mm for area in self.plan.uncovered])

        def is_due(spot: Spot) -> bool:
            at_mm = plane.to_mm(spot.place.polygon)
            return _share(at_mm, ink) >= INKED_SHARE and not solid(at_mm).intersects(beyond)

        spots = [spot for spot in self._spots if everything or is_due(spot)]
        places, before = [spot.place for spot in spots], [spot.before for spot in spots]
        return self._judge.judge(self._photo.bgr, places, plane.px_per_mm, before)

    def _ask_to_tear(self, answer: Answer) -> Answer:
        areas = self._areas or [self._area(spot.place) for spot in self._spots]
        self.tear = tear.guide(tuple(areas), tuple(self.quads_mm)) if areas else None
        return answer

    def _area(self, place: Place) -> Area:
        plane = Plane(self._lens, self.height_mm)
        margin_mm = self._budget.on(plane)
        return cover.area(place, plane.to_mm, margin_mm)


def _legible(look: Look) -> Look:
    """Of a look at what is inked already only the lines that were really read: strokes of ink look like lines, too."""
    labels = (
        replace(
            label,
            whole=False,
            regions=tuple(region for region in label.regions if region.confidence >= LEGIBLE),
        )
        for label in look.labels
    )
    return replace(look, labels=tuple(labels))


def _enough(kind: Kind) -> float:
    """Which share of a find makes it an old one: more of a code, since any sliver of it decodes."""
    return INKED_CODE_SHARE if kind == "code" else INKED_SHARE


def _union(polygons: Sequence[Points]) -> BaseGeometry:
    return unary_union([solid(points) for points in polygons])


def _share(points: Points, of: BaseGeometry) -> float:
    """Which share of a polygon's area lies inside a shape."""
    shape = solid(points)
    return float(shape.intersection(of).area / shape.area) if shape.area else 0.0
