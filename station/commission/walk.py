"""The walk of commissioning: test cards on boxes, real visits with them, and what became of each by its truth.

The appliance is the one of every day and does not know that it is watched: between two of its turns photographs are
taken when it looks and when it has given its verdict. They are kept in memory until that visit is measured.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from shapely import Polygon, unary_union

from hardware.camera.frames import Bgr, Photo, Points
from hardware.machine import Machine
from station.appliance import APPROACH_S, Appliance, Record
from station.commission.cards import Card
from station.commission.measure import (
    Found,
    InkFigures,
    carried,
    fate,
    followed,
    ink_figures,
    moved_photo,
    recognised,
)
from station.erase import strokes
from station.erase import tool as erase_tool
from station.erase.strokes import StrokePlan
from station.geometry import Plane
from station.truth import Shot, judged, readable
from station.vision.align import Homography
from station.vision.judge import Judge
from station.visit import Outcome, Reason, State, Visit
from station.words import saying

S = State

LATER_S = 20.0  # from the verdict to the last photograph: does the ink still change?
LAMP_STEADY_S = 0.5
SEGMENT_MM = 10.0  # of an outline: the lens bends less than a pixel within it
VERDICTS = frozenset({S.PASSED, S.TEAR, S.NO_LABEL})
TOLD = frozenset({S.HANDS, S.PAUSED, S.LIFTED, S.TURNING, S.FAULT})  # what the station's own words are passed on of


@dataclass(frozen=True)
class Step:
    """What a person is asked to do: clear the platform, lay down a card, move it by `move_mm`, take it away."""

    name: Literal["clear", "card", "move", "away"]
    told: str
    move_mm: tuple[float, float] = (0.0, 0.0)


Ask = Callable[[Step], None]
Tell = Callable[[str], None]

CLEAR = Step("clear", "Take everything off the platform, close the guard.")
CARD = Step("card", "Stick a fresh test card flat on a closed box, and lay it on the platform, label up, hands off.")
MOVE = "Move the box {} mm to the {} and {} mm {}, without turning it."
AWAY = Step("away", "Take the box away.")
WAIT = f"Leave it: in {LATER_S:g} s the ink is looked at once more."


@dataclass(frozen=True)
class Truth:
    """What became of the marks of a card.

    print_scale: how large it was printed. readable: marks that a judge who knows them reads on both photographs with
    ink: by the grain of one alone a film at the limit is called readable. unseen: marks that are not sharp or glared.
    ink: None where none was seen.
    """

    card: int
    print_scale: float
    fields: int
    codes: int
    fields_covered: int
    codes_covered: int
    readable: int
    unseen: int
    ink: InkFigures | None


@dataclass(frozen=True)
class Trial:
    """One visit with a test card. `truth` is None where no card was recognised, or where it had gone in the end.

    marking_s: in which the tool was at work, planned_s: what it takes by length and feed.
    """

    outcome: Outcome
    reason: Reason
    passes: int
    ink_m: float
    marking_s: float
    planned_s: float
    truth: Truth | None


@dataclass
class _Seen:
    """What is kept of one visit until it is measured. A plan belongs to the photograph before it."""

    photos: list[Photo] = field(default_factory=list)
    plans: list[tuple[int, Plane, StrokePlan]] = field(default_factory=list)
    is_judged: bool = False
    truth: Truth | None = None


class Commission:
    """Takes an appliance that was not started yet through visits with `cards`, each at most once.

    `ask` has a step done; it may wait until it is, or not, for the station sees by itself. `tell` passes on words.
    """

    def __init__(
        self, machine: Machine, appliance: Appliance, judge: Judge, cards: list[Card], ask: Ask, tell: Tell
    ) -> None:
        self._machine, self._appliance, self._judge = machine, appliance, judge
        self._left, self._ask, self._tell = list(cards), ask, tell
        self._visits: list[Visit] = []
        self._seen = _Seen()
        self.trials: list[Trial] = []
        appliance.entered.append(self._visits.append)
        appliance.ended.append(self._end)

    def run(self, visits: int) -> None:
        """Carry out so many visits; a fault ends the walk. Leaves the machine safe."""
        self._ask(CLEAR)
        self._appliance.start()
        self._appliance.run(lambda: self._goes_on(visits))

    def _goes_on(self, visits: int) -> bool:
        """Between two turns of the appliance: deal with what it has entered."""
        while self._visits:
            visit = self._visits.pop(0)
            if visit.state is S.EMPTY and len(self.trials) == visits:
                return False
            self._deal_with(visit)
        return not (self.trials and self.trials[-1].outcome == "fault")

    def _deal_with(self, visit: Visit) -> None:
        state = visit.state
        if state is S.EMPTY:
            self._ask(CARD)
        elif state is S.LOOKING:
            self._seen.photos.append(self._photo())
        elif state is S.DRYING:
            self._keep_plan()
        elif state is S.MOVE:
            self._ask(self._move())
        elif state in VERDICTS and not self._seen.is_judged:
            self._measure()
        elif state in {S.DONE, S.REMOVED}:
            self._ask(AWAY)
        if state in TOLD:
            self._tell(" - ".join(saying(visit).en))

    def _end(self, record: Record) -> None:
        """A visit is over; one that was broken off before its verdict does not count."""
        seen, self._seen = self._seen, _Seen()
        outcome = record.visit.outcome
        if outcome is None or not (seen.is_judged or outcome == "fault"):
            return
        feed_mm_s = self._machine.tool.feed_mm_s
        drawn = [plan.strokes for _, _, plan in seen.plans]
        planned_s = sum(strokes.drawing_s(each, feed_mm_s) + APPROACH_S * len(each) for each in drawn)
        marking_s = record.seconds[S.MARKING.value]
        reason = record.visit.reason
        self.trials.append(Trial(outcome, reason, record.passes, record.ink_m, marking_s, planned_s, seen.truth))
        if seen.truth:
            self._left = [card for card in self._left if card.number != seen.truth.card]

    # -- what is seen

    def _photo(self) -> Photo:
        """A photograph in the light in which the station takes its own."""
        lamp = self._machine.panel.lamp
        if not lamp.value:
            lamp.value = 1.0
            self._machine.clock.sleep(LAMP_STEADY_S)
        return self._machine.camera.photo(self._machine.panel.height_mm())

    def _keep_plan(self) -> None:
        """Once for each plan, however often its drying is interrupted."""
        face, plans = self._appliance.face, self._seen.plans
        if self._seen.photos and not any(plan is face.plan for _, _, plan in plans):
            plans.append((len(self._seen.photos) - 1, Plane(self._machine.lens, face.height_mm), face.plan))

    def _measure(self) -> None:
        """The verdict is there: photographs, now and later, and what they say."""
        seen = self._seen
        seen.is_judged = True
        if seen.photos:
            after = self._photo().bgr
            self._tell(WAIT)
            self._machine.clock.sleep(LATER_S)
            later = self._photo().bgr
            seen.truth = self._truth(seen, after, later)
            seen.photos.clear()
        self._appliance.command("finish")

    def _truth(self, seen: _Seen, after: Bgr, later: Bgr) -> Truth | None:
        """What became of the marks, all brought to where the card lies in the end."""
        first = seen.photos[0].bgr
        found = recognised(self._left, first)
        if found is None:
            return None
        plane = Plane(self._machine.lens, self._appliance.face.height_mm)
        moves = [_moved_to(seen.photos[-1], photo, found, plane.px_per_mm) for photo in seen.photos]
        if moves[0] is None:
            return None
        there = found.after(moves[0])
        planned_px = self._planned_px(seen, moves)
        ink = fate(moved_photo(first, moves[0]), after, there, planned_px, plane.px_per_mm)
        fates = ink.fates(there)
        codes, fields = ([covered for mark, covered in fates if bool(mark.symbology) is code] for code in (True, False))
        before = Shot(first, plane.px_per_mm, found.marks)
        answers = judged(self._judge, before, Shot(after, plane.px_per_mm, there.marks))
        read = [answer == "readable" for answer in answers]
        still = readable(self._judge, before.only(read), Shot(later, plane.px_per_mm, there.marks).only(read))
        return Truth(
            card=found.card.number,
            print_scale=there.print_scale(plane),
            fields=len(fields),
            codes=len(codes),
            fields_covered=sum(fields),
            codes_covered=sum(codes),
            readable=sum(still),
            unseen=answers.count("unseen"),
            ink=ink_figures(ink, there, after, later, planned_px) if planned_px else None,
        )

    def _planned_px(self, seen: _Seen, moves: list[Homography | None]) -> list[Points]:
        """What the strokes were to ink (polygons), where it is seen in the last photograph."""
        tool = self._machine.tool
        nib = erase_tool.Tool(tool.width_mm, tool.reach_mm, tool.kind == "roller")
        found: list[Points] = []
        for photo, plane, plan in seen.plans:
            moved = moves[photo]
            swaths = erase_tool.polygons(unary_union([nib.swath(stroke.points_mm) for stroke in plan.strokes]))
            if moved is not None:
                found += [carried(plane.to_px(_ring(swath)), moved) for swath in swaths]
        return found

    def _move(self) -> Step:
        """Which way the box has to go, as the page shows by an arrow."""
        dx, dy = self._appliance.face.plan.move_mm or (0.0, 0.0)
        sideways, along = "right" if dx > 0 else "left", "towards you" if dy > 0 else "away from you"
        return Step("move", MOVE.format(f"{abs(dx):.0f}", sideways, f"{abs(dy):.0f}", along), (dx, dy))


def _moved_to(last: Photo, photo: Photo, found: Found, px_per_mm: float) -> Homography | None:
    """Where the box went between two looks. It is looked at anew when it moves, so it lies as in the last of them."""
    return np.eye(3) if photo is last else followed(photo.bgr, last.bgr, found, px_per_mm)


def _ring(swath: Polygon) -> Points:
    """The outline with points so near to each other that the lens can bend it."""
    return erase_tool.outline(swath.segmentize(SEGMENT_MM))
