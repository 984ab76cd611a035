"""Areas -> strokes of a tool of a given width, in a good order.

Areas that are cheaper to cover together become one block; each block is hatched along or across its largest area.
What a line had to give way to the edge of the reach is found by polygon arithmetic and gone over.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from shapely import minimum_rotated_rectangle, unary_union
from shapely.geometry import LineString, MultiPoint, Polygon

from hardware.camera.frames import Points
from station.erase import order, reach
from station.erase.hatch import DAB_MM, Hatch, hatch, length_mm
from station.erase.tool import SAMPLE_MM, Tool, outline, polygons, solid
from station.erase.work import Area, Stroke

AGAIN_MM = 1.0  # a second pass goes this much further: the first one may have missed by its whole margin
REPAIRS = 3  # rounds of going over what the edge of the reach left; one is enough, as a rule


@dataclass(frozen=True)
class StrokePlan:
    """What to draw now, what cannot be reached (platform mm), and how to move the box (dx, dy mm) to go on."""

    strokes: tuple[Stroke, ...]
    uncovered: tuple[Area, ...]
    move_mm: tuple[float, float] | None


def plan(
    areas: tuple[Area, ...],
    width_mm: float,
    reach_mm: tuple[float, float, float, float],
    *,
    roll_only_x: bool = False,
    start_mm: tuple[float, float] = (0.0, 0.0),
    crosswise: bool = False,
) -> StrokePlan:
    """Strokes that cover all of the areas that a tool `width_mm` wide can get at.

    reach_mm: x0, y0, x1, y1 of where the tool's centre can be. roll_only_x: the tool is a bar across x that rolls
    along x; its lane is as high as it is wide. start_mm: where the tool is now. crosswise: a second pass over areas
    that stayed readable, at right angles to the first (a roller cannot) and 1 mm further.
    """
    tool = Tool(width_mm, reach_mm, roll_only_x)
    wanted = tuple(_grown(area) for area in areas) if crosswise else areas
    within = [part for area in wanted for part in polygons(solid(area.polygon_mm).intersection(tool.zone()))]
    lines = [tool.held(line) for line in _lines(within, tool, crosswise)]
    if not roll_only_x:  # a roller's lines are never bent: held within its lane they cover all of it
        lines = _repaired(lines, within, tool)
    left = reach.left_over(wanted, tool)
    strokes = tuple(Stroke(line) for line in _dragged(order.ordered(lines, start_mm), tool))
    return StrokePlan(strokes, left, reach.move_mm(left, tool))


def drawing_mm(strokes: tuple[Stroke, ...]) -> float:
    """Length with the tool down."""
    return sum(length_mm(stroke.points_mm) for stroke in strokes)


def drawing_s(strokes: tuple[Stroke, ...], feed_mm_s: float) -> float:
    """Time with the tool down, at an even feed."""
    return drawing_mm(strokes) / feed_mm_s


def travel_s(strokes: tuple[Stroke, ...], start_mm: tuple[float, float], travel_mm_s: float, lift_s: float) -> float:
    """Time with the tool up; `lift_s` is one lowering and raising."""
    return order.travel_mm([stroke.points_mm for stroke in strokes], start_mm) / travel_mm_s + lift_s * len(strokes)


def bound_s(areas: tuple[Area, ...], width_mm: float, feed_mm_s: float, approach_s: float) -> float:
    """The time below which no plan can come: inked area / tool width / feed, plus one approach."""
    inked_mm2 = unary_union([solid(area.polygon_mm) for area in areas]).area
    return float(inked_mm2) / width_mm / feed_mm_s + approach_s


def _grown(area: Area) -> Area:
    grown = solid(area.polygon_mm).buffer(AGAIN_MM, join_style="mitre", mitre_limit=2.0)
    return Area(area.kind, outline(max(polygons(grown), key=lambda part: part.area)))


def _lines(parts: list[Polygon], tool: Tool, crosswise: bool) -> list[Points]:
    return [chain for block in _blocks(parts, tool, crosswise) for chain in block.best.chains]


@dataclass(frozen=True, eq=False)
class _Block:
    """Shapes that are covered together, and how."""

    parts: tuple[Polygon, ...]
    best: Hatch


def _block(parts: tuple[Polygon, ...], tool: Tool, crosswise: bool) -> _Block:
    """The cheaper direction of the two that its largest shape has; the other one for a second pass."""
    angle = 0.0 if tool.roll_only_x else _angle_rad(max(parts, key=lambda part: part.area))
    angles = [angle] if tool.roll_only_x else [angle, angle + math.pi / 2]
    ways = sorted((hatch([outline(part) for part in parts], a, tool) for a in angles), key=lambda way: way.cost_mm)
    return _Block(parts, ways[-1 if crosswise else 0])


def _blocks(parts: list[Polygon], tool: Tool, crosswise: bool) -> list[_Block]:
    """Join, again and again, the two blocks whose joining saves the most."""
    if tool.roll_only_x:
        return [_block(tuple(parts), tool, crosswise)] if parts else []
    blocks = [_block((part,), tool, crosswise) for part in parts]
    joined = {(a, b): _joined(a, b, tool, crosswise) for a, b in itertools.combinations(blocks, 2)}
    while joined:
        (a, b), (saved, block) = max(joined.items(), key=lambda item: item[1][0])
        if saved <= 0:
            break
        blocks = [other for other in blocks if other is not a and other is not b]
        joined = {pair: join for pair, join in joined.items() if a not in pair and b not in pair}
        joined.update({(other, block): _joined(other, block, tool, crosswise) for other in blocks})
        blocks.append(block)
    return blocks


def _joined(a: _Block, b: _Block, tool: Tool, crosswise: bool) -> tuple[float, _Block]:
    """What joining saves, in mm of drawing, and the joined block."""
    if min(p.distance(q) for p in a.parts for q in b.parts) > tool.width_mm:
        return -math.inf, a
    block = _block(a.parts + b.parts, tool, crosswise)
    return a.best.cost_mm + b.best.cost_mm - block.best.cost_mm, block


def _angle_rad(part: Polygon) -> float:
    """The direction of the longer side."""
    corners = np.asarray(minimum_rotated_rectangle(part).exterior.coords, float)
    side = max(np.diff(corners[:3], axis=0), key=lambda edge: float(np.hypot(*edge)))
    return math.atan2(side[1], side[0])


def _repaired(lines: list[Points], parts: list[Polygon], tool: Tool) -> list[Points]:
    """With lines over whatever is still bare."""
    wanted = unary_union(parts)
    for _ in range(REPAIRS):
        bare = polygons(wanted.difference(unary_union([tool.swath(line) for line in lines])))
        if not bare:
            break
        lines = lines + [_retraced(part, tool) for part in bare]
    return lines


def _retraced(bare: Polygon, tool: Tool) -> Points:
    """Along the outline, each of its points brought to the nearest place in reach; once where that is a straight."""
    ring = tool.held(np.asarray(bare.exterior.segmentize(SAMPLE_MM).coords, float))
    hull = MultiPoint(ring).convex_hull
    straight = hull if isinstance(hull, LineString) else LineString(ring)
    line = np.asarray(straight.coords, float)
    return line if length_mm(line) >= DAB_MM else np.vstack([line, tool.inwards(line[-1], DAB_MM)])


def _dragged(lines: list[Points], tool: Tool) -> list[Points]:
    """Strokes in their order, the tool staying down where the next one begins less than half its width away."""
    out: list[Points] = []
    for line in lines:
        if out and not tool.roll_only_x and math.dist(out[-1][-1], line[0]) < tool.half_mm:
            out[-1] = np.vstack([out[-1], line])
        else:
            out.append(line)
    return out
