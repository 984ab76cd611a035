"""Visits on the twin, measured against its truth: what is covered, and whether a judge told the places reads it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import cv2
from shapely import unary_union

from hardware.camera.frames import Points
from hardware.machine import Machine
from hardware.twin.box import Box, Mark
from hardware.twin.world import World
from station.appliance import Appliance, Record
from station.erase.tool import solid
from station.face import Face
from station.person import Person
from station.truth import Shot, is_covered, readable
from station.vision.judge import Judge
from station.visit import State, Visit

S = State

APPROACH_S = 1.5  # once from the parking place to the label and down onto it
VERDICTS = frozenset({S.PASSED, S.NO_LABEL, S.TEAR})


@dataclass(frozen=True)
class Tally:
    """What became of the marks on one side, by the twin's truth."""

    fields: int = 0
    codes: int = 0
    fields_covered: int = 0
    codes_covered: int = 0
    readable: int = 0
    inked_mm2: float = 0.0

    def __add__(self, other: "Tally") -> "Tally":
        mine, theirs = asdict(self), asdict(other)
        return Tally(**{name: mine[name] + theirs[name] for name in mine})


class Rehearsal:
    """Boxes brought to a station on the twin. `save` is a folder for pictures of each visit, or None."""

    def __init__(
        self, machine: Machine, world: World, appliance: Appliance, judge: Judge, save: Path | None = None
    ) -> None:
        self._machine, self._world, self._appliance, self._judge = machine, world, appliance, judge
        self._save = save
        self._sides: dict[int, Tally] = {}
        self._before: dict[int, Shot] = {}
        self._after: Shot | None = None
        self._due: Visit | None = None
        self.visits: list[dict[str, Any]] = []
        self.ended: list[Callable[[dict[str, Any]], None]] = []
        appliance.entered.append(self._note)
        appliance.ended.append(self._close)

    def run(self, boxes: Iterator[Box], seed: int, goes_on: Callable[[], bool]) -> None:
        """Let a person bring all boxes; returns when the last has gone, or when `goes_on` says no."""
        person = Person(self._world, self._appliance, boxes, seed)

        def once_more() -> bool:
            self._measure()
            person.act()
            return goes_on() and not person.at_the_end

        self._appliance.start()
        self._appliance.run(once_more)

    # -- measuring, between two ticks

    def _note(self, visit: Visit) -> None:
        self._due = visit if visit.state in VERDICTS | {S.LOOKING} else self._due

    def _measure(self) -> None:
        visit, self._due = self._due, None
        face = self._world.face_index
        if visit is None or self._world.face is None:
            return
        if visit.state is S.LOOKING:
            self._sides.setdefault(face, self._count())
            if face not in self._before and self._world.face.marks:
                self._before[face] = self._shot()
            return
        shot = self._shot()
        still = sum(readable(self._judge, self._before[face], shot)) if face in self._before else 0
        self._sides[face] = replace(self._count(), readable=still, inked_mm2=_inked_mm2(self._appliance.face))
        self._after = self._after if self._after and face > 0 else shot

    def _count(self) -> Tally:
        marks = self._world.face.marks if self._world.face else ()
        fates = [(bool(mark.symbology), is_covered(mark, self._world.coverage(mark))) for mark in marks]
        codes = [covered for is_code, covered in fates if is_code]
        fields = [covered for is_code, covered in fates if not is_code]
        return Tally(len(fields), len(codes), sum(fields), sum(codes))

    def _shot(self) -> Shot:
        """A photograph in the light in which the station takes its own."""
        lamp, before = self._machine.panel.lamp, self._machine.panel.lamp.value
        lamp.value = 1.0
        photo = self._machine.camera.photo(self._world.height_mm)
        shot = Shot(photo.bgr, self._machine.lens.px_per_mm(photo.face_height_mm), self._world.marks_in_photo())
        lamp.value = before
        return shot

    # -- reporting

    def _close(self, record: Record) -> None:
        row = self._row(record, sum(self._sides.values(), Tally()))
        if self._save:
            self._keep(self._save, len(self.visits) + 1)
        self._sides, self._before, self._after, self._due = {}, {}, None, None
        self.visits.append(row)
        for told in self.ended:
            told(row)

    def _row(self, record: Record, tally: Tally) -> dict[str, Any]:
        return {
            "outcome": record.visit.outcome,
            "reason": record.visit.reason,
            "seconds": {state: round(seconds, 2) for state, seconds in sorted(record.seconds.items())},
            "sides": record.visit.sides_checked,
            "labels": record.labels,
            "truth": {"fields": tally.fields, "codes": tally.codes},
            "covered": {"fields": tally.fields_covered, "codes": tally.codes_covered},
            "readable": tally.readable,
            "ink_m": round(record.ink_m, 3),
            "mark_s": round(record.seconds[S.MARKING.value], 2),
            "mark_bound_s": round(self._bound_s(tally.inked_mm2), 2),
            "passes": record.passes,
        }

    def _bound_s(self, inked_mm2: float) -> float:
        tool = self._machine.tool
        return inked_mm2 / tool.width_mm / tool.feed_mm_s + APPROACH_S if inked_mm2 and tool.width_mm else 0.0

    def _keep(self, folder: Path, number: int) -> None:
        """Pictures of a twin's box, whose people are invented: never of a real one."""
        before = self._before.get(0)
        if before is None:
            return
        after = self._after or before
        cv2.imwrite(str(folder / f"{number:03}-before.png"), before.bgr)
        cv2.imwrite(str(folder / f"{number:03}-after.png"), after.bgr)
        pairs = zip(before.marks, after.marks, strict=True)
        truth = [_told(mark, polygon, there) for (mark, polygon), (_, there) in pairs]
        (folder / f"{number:03}.json").write_text(json.dumps({"marks": truth}, ensure_ascii=False, indent=1))


def _told(mark: Mark, before_px: Points, after_px: Points) -> dict[str, Any]:
    return {
        "kind": mark.kind,
        "symbology": mark.symbology,
        "text": mark.text,
        "polygon": before_px.round(1).tolist(),
        "polygon_after": after_px.round(1).tolist(),
    }


def _inked_mm2(face: Face) -> float:
    return float(unary_union([solid(area) for area in face.inked_mm]).area)
