"""What the tool cannot get at from where the box lies, and where the box must go for it."""

from shapely import affinity, unary_union
from shapely.geometry.base import BaseGeometry

from station.erase.tool import OVERLAP_MM, SLIVER_MM2, Tool, outline, polygons, solid
from station.erase.work import Area

EASE_MM = 5.0  # people do not move a box to the millimetre: aim this far inside the reach where there is room

Bounds = tuple[float, float, float, float]
Move = tuple[float, float]


def left_over(areas: tuple[Area, ...], tool: Tool) -> tuple[Area, ...]:
    """The parts of the areas outside the tool's zone, each reaching back over the seam by a stroke's overlap."""
    return tuple(
        Area(area.kind, outline(part))
        for area in areas
        for part in polygons(solid(area.polygon_mm).difference(tool.zone().buffer(-OVERLAP_MM)))
        if part.difference(tool.zone()).area > SLIVER_MM2
    )


def move_mm(left: tuple[Area, ...], tool: Tool) -> Move | None:
    """How to move the box (dx, dy on the platform, mm) so that the most of what is left can be covered next.

    What does not fit into the reach at once is moved to its nearer end, so that repeated moves work through it.
    None if nothing is left.
    """
    if not left:
        return None
    shapes = [solid(area.polygon_mm) for area in left]
    everything, zone, window = unary_union(shapes), tool.zone(), tool.window_mm()
    moves = [_into(window, shape.bounds) for shape in [everything, *shapes]]
    return max(moves, key=lambda move: (round(_gained(everything, move, zone)), -abs(move[0]) - abs(move[1])))


def _gained(shape: BaseGeometry, move: Move, zone: BaseGeometry) -> float:
    return float(affinity.translate(shape, *move).intersection(zone).area)


def _into(window: Bounds, bounds: Bounds) -> Move:
    (room_x0, room_y0, room_x1, room_y1), (x0, y0, x1, y1) = window, bounds
    return _shift((room_x0, room_x1), (x0, x1)), _shift((room_y0, room_y1), (y0, y1))


def _shift(room: tuple[float, float], span: tuple[float, float]) -> float:
    """The smallest move of `span` into `room`; to the nearer end of the room if it is too long for it."""
    spare = (room[1] - room[0]) - (span[1] - span[0])
    if spare < 0:
        return min(room[0] - span[0], room[1] - span[1], key=abs)
    ease = min(EASE_MM, spare / 2)
    return min(max(0.0, room[0] + ease - span[0]), room[1] - ease - span[1])
