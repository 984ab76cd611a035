"""Marks whose truth is known: how much of one has to be under ink, and whether a judge who is told them reads them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress

from hardware.camera.frames import Bgr, Points
from hardware.twin.box import Mark
from station.vision.judge import Judge, cut_out
from station.vision.seen import Answer, Kind, Place

# A covered field has 95 % of its area under ink; a code decodes from a sliver and needs 99 %.
FIELD_SHARE, CODE_SHARE = 0.95, 0.99


@dataclass(frozen=True)
class Shot:
    """A photograph at a scale, and where the marks truly are in it (N x 2 px each)."""

    bgr: Bgr
    px_per_mm: float
    marks: list[tuple[Mark, Points]]

    def places(self) -> list[Place]:
        """The marks as the judge wants to be told them."""
        return [Place(kind_of(mark), polygon, mark.symbology) for mark, polygon in self.marks]

    def only(self, which: Sequence[bool]) -> "Shot":
        """The same photograph with some of the marks."""
        return replace(self, marks=list(compress(self.marks, which)))


def is_covered(mark: Mark, share: float) -> bool:
    """Whether this share of a mark's area under ink is enough."""
    return share >= (CODE_SHARE if mark.symbology else FIELD_SHARE)


def judged(judge: Judge, before: Shot, after: Shot) -> list[Answer]:
    """The judge's answer on each of the marks; both shots show the same marks in the same order."""
    stood = [cut_out(before.bgr, place, before.px_per_mm) for place in before.places()]
    verdict = judge.judge(after.bgr, after.places(), after.px_per_mm, stood)
    return [each.answer for each in verdict.places]


def readable(judge: Judge, before: Shot, after: Shot) -> list[bool]:
    """Which of the marks can still be read."""
    return [answer == "readable" for answer in judged(judge, before, after)]


def kind_of(mark: Mark) -> Kind:
    """The kind of a mark as the eye tells it."""
    kinds: dict[str, Kind] = {kind: kind for kind in ("name", "phone", "address", "number", "code", "order")}
    return kinds.get(mark.kind, "remark")
