"""How much of what is personal the eye would have covered, by the truth of rendered boxes on the twin's platform."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from shapely import unary_union
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from hardware.camera.frames import Bgr, Points
from hardware.machine import twin_machine
from hardware.twin.box import Box, Mark
from station.erase.tool import solid
from station.scenes.boxes import numbered
from station.truth import is_covered
from station.vision.look import Eye
from station.vision.seen import Look

# Nothing was tuned on the boxes of this seed.
EVALUATION_SEED = 907
FOUND_IOU = 0.8
AROUND_MM = 1.0  # what the rules of `erase.cover` add at least
_SETTLE_S = 3.0


@dataclass(frozen=True)
class Scene:
    """A photograph of a box, its scale, and where its marks and labels truly are (px)."""

    bgr: Bgr
    px_per_mm: float
    marks: list[tuple[Mark, Points]]
    labels: list[Points]


@dataclass
class Count:
    """What was covered, and what was not: `missed` names scene, kind and share, never a text; `uncovered` are the
    scenes in which something was missed."""

    scenes: int = 0
    fields: int = 0
    fields_covered: int = 0
    codes: int = 0
    codes_covered: int = 0
    labels: int = 0
    labels_found: int = 0
    upright: int = 0
    personal_px: float = 0.0
    beyond_px: float = 0.0
    missed: list[str] = field(default_factory=list)
    uncovered: list[int] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """For JSON: shares with the counts behind them."""
        return {
            "fields": [self.fields_covered, self.fields],
            "codes": [self.codes_covered, self.codes],
            "scenes": [self.scenes - len(self.uncovered), self.scenes],
            "labels": [self.labels_found, self.labels],
            "upright_of_found": [self.upright, self.labels_found],
            "ink_beyond_share": round(self.beyond_px / max(self.personal_px, 1.0), 3),
            "look_median_ms": round(float(np.median(self.ms)), 1) if self.ms else None,
            "missed": self.missed,
        }


def scenes(seed: int, first: int, last: int) -> Iterator[Scene]:
    """Photographs of the boxes `first` to `last` (exclusive) of a seed."""
    return (photographed(numbered(seed, number), number) for number in range(first, last))


def photographed(box: Box, seed: int) -> Scene:
    """One box on the twin's platform, in the station's own light."""
    machine, world = twin_machine("none", seed)
    world.place(box)
    machine.clock.sleep(_SETTLE_S)
    machine.panel.lamp.on()
    photo = machine.camera.photo(box.height_mm)
    scene = Scene(photo.bgr, machine.lens.px_per_mm(box.height_mm), world.marks_in_photo(), world.outlines_in_photo())
    machine.close()
    return scene


def covering(eye: Eye, taken: Iterator[Scene]) -> Count:
    """Look at every scene and compare with its truth."""
    count = Count()
    for number, scene in enumerate(taken):
        look = eye.look(scene.bgr, scene.px_per_mm, hurry=True)
        count.ms.append(sum(look.ms.values()))
        _compare_labels(count, scene, look)
        _compare(count, number, scene, inked(look, scene.px_per_mm))
    return count


def inked(look: Look, px_per_mm: float) -> BaseGeometry:
    """What ink would cover (px): personal lines, codes, whole labels, and the least margin around them."""
    polygons = [label.quad for label in look.labels if label.whole]
    polygons += [each.polygon for label in look.labels for each in label.regions if each.kind != "other"]
    polygons += [code.polygon for label in look.labels for code in label.codes]
    return unary_union([solid(polygon).buffer(AROUND_MM * px_per_mm) for polygon in polygons])


def _compare_labels(count: Count, scene: Scene, look: Look) -> None:
    """A label is found by a quad of IoU 0.8 and more; it is upright when the first corners are nearest."""
    for outline in scene.labels:
        count.labels += 1
        best = max(look.labels, key=lambda label: _iou(label.quad, outline), default=None)
        if best is not None and _iou(best.quad, outline) >= FOUND_IOU:
            count.labels_found += 1
            far = [float(np.linalg.norm(np.roll(best.quad, turn, axis=0) - outline)) for turn in range(4)]
            count.upright += far[0] == min(far)


def _iou(one: Points, other: Points) -> float:
    a, b = solid(one), solid(other)
    return float(a.intersection(b).area / a.union(b).area)


def _compare(count: Count, number: int, scene: Scene, ink: BaseGeometry) -> None:
    count.scenes += 1
    before = len(count.missed)
    for mark, polygon in scene.marks:
        _compare_mark(count, number, mark, polygon, ink)
    count.uncovered += [number] if len(count.missed) > before else []
    personal = unary_union([Polygon(polygon).buffer(AROUND_MM * scene.px_per_mm) for _, polygon in scene.marks])
    count.personal_px += personal.area
    count.beyond_px += ink.difference(personal).area


def _compare_mark(count: Count, number: int, mark: Mark, polygon: Points, ink: BaseGeometry) -> None:
    share = Polygon(polygon).intersection(ink).area / Polygon(polygon).area
    covered = is_covered(mark, share)
    if mark.symbology:
        count.codes += 1
        count.codes_covered += covered
    else:
        count.fields += 1
        count.fields_covered += covered
    if not covered:
        count.missed.append(f"scene {number}: {mark.symbology or mark.kind} {share:.2f}")
