"""Which areas must be covered, by kind of data: a rule with a reason for each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from shapely.geometry import MultiPoint, Polygon

from hardware.camera.frames import Points
from station.erase.work import Area
from station.vision.seen import Kind, Label, Look, Place, Region

Policy = Literal["personal", "label"]
Margin = Callable[[Points], float] | float

WHOLE: Kind = "remark"  # what stands on a label that is covered whole is not known in detail; it is never "other"
TWO_DIMENSIONAL = frozenset(("2d", "qrcode", "microqrcode", "rmqrcode", "datamatrix", "maxicode", "pdf417", "aztec"))


@dataclass(frozen=True)
class Rule:
    """How far ink must go beyond what was seen, all around and more at the two ends, and why."""

    beyond_mm: float
    why: str
    ends_mm: float = 0.0


TEXT = Rule(
    1.0,
    "the whole height of the line: strokes of characters stick out of the box that a detector draws, and of tiny or "
    "dim print it loses the first character or the last",
    ends_mm=1.8,
)
BARS = Rule(1.0, "all bars, end to end and past both long edges: any clean row of bars decodes (0.125 mm is enough)")
MATRIX = Rule(2.0, "the whole code with its outermost modules: its error correction repairs a fifth or more")


def areas(look: Look, to_mm: Callable[[Points], Points], margin_mm: Margin, policy: Policy) -> tuple[Area, ...]:
    """What the tool must cover, one area for each personal line or code, in platform mm.

    `to_mm` maps photo pixels to the platform (`Plane.to_mm`). `margin_mm` is what the error budget asks for
    (`ErrorBudget.on(plane)`, or a number); it is added to the rule of the kind.
    """
    return tuple(area(place, to_mm, margin_mm) for label in look.labels for place in _personal(label, policy))


def area(place: Place, to_mm: Callable[[Points], Points], margin_mm: Margin) -> Area:
    """What must be covered for one place that the judge looks at."""
    polygon_mm = to_mm(place.polygon)
    margin = margin_mm(polygon_mm) if callable(margin_mm) else margin_mm
    rule = rule_of(place)
    return _grown(place.kind, _lengthened(polygon_mm, rule.ends_mm), rule.beyond_mm + margin)


def places(look: Look) -> tuple[Place, ...]:
    """What the judge must check, in photo pixels: every personal line and code; on a label that is personal as a
    whole every line and code, and the label itself where nothing was found on it."""
    return tuple(place for label in look.labels for place in _places(label))


def rule_of(place: Place) -> Rule:
    """Without a symbology it is text; an unknown symbology counts as bars: that rule goes further than a matrix's."""
    symbology = place.symbology.lower().replace(" ", "").replace("-", "")
    return TEXT if not symbology else MATRIX if symbology in TWO_DIMENSIONAL else BARS


def _personal(label: Label, policy: Policy) -> list[Place]:
    """What ink must hide: the label as one piece, or its personal parts."""
    if label.whole or policy == "label":
        return [Place(WHOLE, label.quad)]
    return _parts(label)


def _places(label: Label) -> list[Place]:
    return _parts(label) or ([Place(WHOLE, label.quad)] if label.whole else [])


def _parts(label: Label) -> list[Place]:
    lines = [Place(WHOLE if line.kind == "other" else line.kind, line.polygon) for line in _lines(label)]
    return lines + [Place("code", code.polygon, code.symbology) for code in label.codes]


def _lines(label: Label) -> list[Region]:
    return [line for line in label.regions if label.whole or line.kind != "other"]


def _lengthened(polygon_mm: Points, ends_mm: float) -> Points:
    """The polygon and its two images moved along its longer side, one to each end."""
    corners = cv2.boxPoints(cv2.minAreaRect(polygon_mm.astype(np.float32)))
    side = max(corners[1] - corners[0], corners[2] - corners[1], key=lambda edge: float(np.hypot(*edge)))
    along = side / max(float(np.hypot(*side)), 1e-9) * ends_mm
    return np.vstack([polygon_mm, polygon_mm - along, polygon_mm + along])


def _grown(kind: Kind, polygon_mm: Points, by_mm: float) -> Area:
    """The hull of a polygon, so that a self-crossing outline loses nothing, with square corners all around."""
    hull = MultiPoint(np.asarray(polygon_mm, float).reshape(-1, 2)).convex_hull
    grown: Polygon = hull.buffer(by_mm, join_style="mitre", mitre_limit=2.0)
    return Area(kind, np.asarray(grown.exterior.coords, float)[:-1])
