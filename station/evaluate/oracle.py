"""An eye and a judge that are told the truth of the twin's world: where what is measured is not how right they are."""

from collections.abc import Sequence
from typing import Any

from hardware.camera.frames import Bgr
from hardware.twin.box import Mark
from hardware.twin.world import World
from station.truth import is_covered, kind_of
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.patch import Patch
from station.vision.seen import Answer, Code, Label, Look, Place, PlaceVerdict, Region, Verdict
from station.vision.sight import too_dark

VISIBLE_SHARE = 0.5  # of a mark: what has more of it under ink or torn off is no longer seen
SURE = 1.0


class OracleEye(Eye):
    """Sees what is printed on the upper face of the world and not covered, unless the photo is dark."""

    def __init__(self, world: World) -> None:
        self._world = world

    def look(self, bgr: Bgr, *_: Any, **__: Any) -> Look:
        """The face as one label; nothing else that an eye may be told makes a difference."""
        world = self._world
        marks = [(m, at) for m, at in world.marks_in_photo() if world.coverage(m) < 1 - VISIBLE_SHARE]
        if too_dark(bgr) or not marks:
            return Look((), {})
        regions = tuple(Region(kind_of(m), at, SURE) for m, at in marks if not m.symbology)
        codes = tuple(Code(m.symbology, at, decoded=True) for m, at in marks if m.symbology)
        return Look((Label(world.outlines_in_photo()[0], SURE, regions, codes),), {})


class OracleJudge(Judge):
    """Calls a place clean when ink covers it in the world, unless the photo is dark."""

    def __init__(self, world: World) -> None:
        self._world = world

    def judge(self, bgr: Bgr, places: Sequence[Place], px_per_mm: float, before: Sequence[Patch] = ()) -> Verdict:
        """By the ink that lies where the place is seen."""
        dark = too_dark(bgr)
        return Verdict(tuple(PlaceVerdict(place, "unseen" if dark else self._answer(place), "") for place in places))

    def _answer(self, place: Place) -> Answer:
        world = self._world
        if world.ink is None:
            return "unseen"
        on_face = world.to_face(world.lens.to_platform(place.polygon, world.height_mm))
        mark = Mark(place.kind, on_face, "", place.symbology)
        return "clean" if is_covered(mark, world.ink.coverage(mark)) else "readable"
