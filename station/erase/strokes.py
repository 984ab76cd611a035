"""Areas -> strokes of a tool of a given width, in a good order.

Areas that are cheaper to cover together become one block; each block is hatched along or across its largest area.
All lines of all blocks then make one tour, on which the tool stays down where that costs less than lifting it; the
chains that come of it are pulled tight. What is bare after that, or had to give way to the edge of the reach, is
found by polygon arithmetic and gone over.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
from shapely import minimum_rotated_rectangle, unary_union
from shapely.geometry import LineString, MultiPoint, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from hardware.camera.frames import Points
from station.erase import links, order, reach, taut
from station.erase.hatch import DAB_MM, Hatch, hatch, length_mm
from station.erase.links import Floats, Links
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
    lines = [tool.held(line) for block in _blocks(within, tool, crosswise) for line in block.best.lines]
    chains = _rolled(lines, start_mm) if roll_only_x else _drawn(lines, within, tool, start_mm)
    left = reach.left_over(wanted, tool)
    return StrokePlan(tuple(Stroke(chain) for chain in chains), left, reach.move_mm(left, tool))


def rest(stroke: Stroke, drawn_mm: float) -> Stroke:
    """What is left of a stroke of which so much is drawn: a line that begins there. At least a dab."""
    line = LineString(stroke.points_mm)
    return Stroke(np.asarray(substring(line, min(drawn_mm, line.length - DAB_MM), line.length).coords, float))


def begun(stroke: Stroke, drawn_mm: float) -> Stroke:
    """What of a stroke is drawn when so much of it is, which is more than nothing."""
    line = LineString(stroke.points_mm)
    return Stroke(np.asarray(substring(line, 0.0, min(drawn_mm, line.length)).coords, float))


def beyond_mm(stroke: Stroke, drawn_mm: float, least_mm: float) -> float:
    """How far along a stroke its first point is that lies `least_mm` and more beyond what is drawn; else its length."""
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(stroke.points_mm, axis=0).T))])
    return float(min([*along[along >= drawn_mm + least_mm], along[-1]]))


def drawing_mm(strokes: tuple[Stroke, ...]) -> float:
    """Length with the tool down."""
    return sum(length_mm(stroke.points_mm) for stroke in strokes)


def drawing_s(strokes: tuple[Stroke, ...], feed_mm_s: float) -> float:
    """Time with the tool down, at an even feed."""
    return drawing_mm(strokes) / feed_mm_s


def bound_s(wanted: BaseGeometry, width_mm: float, feed_mm_s: float, approach_s: float) -> float:
    """The time below which no plan can come: area / tool width / feed, plus one approach."""
    return float(wanted.area) / width_mm / feed_mm_s + approach_s


def _grown(area: Area) -> Area:
    grown = solid(area.polygon_mm).buffer(AGAIN_MM, join_style="mitre", mitre_limit=2.0)
    return Area(area.kind, outline(max(polygons(grown), key=lambda part: part.area)))


def _rolled(lines: list[Points], start_mm: tuple[float, float]) -> list[Points]:
    """A roller's lines are never bent, nor joined: held within its lane they cover all of it."""
    return _chained(lines, links.lifted(lines), start_mm) if lines else []


def _drawn(lines: list[Points], parts: list[Polygon], tool: Tool, start_mm: tuple[float, float]) -> list[Points]:
    """Chains of a nib that cover all parts."""
    if not lines:
        return []
    wanted = unary_union(parts)
    lines = _repaired(lines, wanted, tool)
    chains = _chained(lines, links.cheapest(lines, wanted), start_mm)
    return _repaired(taut.pulled(chains, wanted, tool), wanted, tool)


def _chained(lines: list[Points], between: Links, start_mm: tuple[float, float]) -> list[Points]:
    """The lines in a good order, the tool staying down where the links say so."""
    chains: list[Points] = []
    left: int | None = None
    for end in order.tour(between.cost_mm, _far_mm(links.ends_mm(lines), start_mm)):
        line = lines[end // 2][:: -1 if end % 2 else 1]
        if left is not None and between.is_drawn[left, end]:
            chains[-1] = np.vstack([chains[-1], line])
        else:
            chains.append(line)
        left = end ^ 1
    return chains


def _far_mm(ends: Points, start_mm: tuple[float, float]) -> Floats:
    away = ends - np.array(start_mm)
    far: Floats = np.hypot(away[:, 0], away[:, 1])
    return far


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


def _repaired(lines: list[Points], wanted: BaseGeometry, tool: Tool) -> list[Points]:
    """With lines over whatever is still bare."""
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
