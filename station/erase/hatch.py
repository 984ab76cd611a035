"""Parallel lines that cover a group of shapes, in the fewest bands.

u, v    coordinates along and across the lines, mm
band    a range of v that one line covers; neighbouring bands touch, the tool is wider and overlaps
piece   (u0, u1) within a band where there is something to cover
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from hardware.camera.frames import Points
from station.erase.pace import LIFT_MM
from station.erase.tool import Tool

NEXT_MM = 9.0  # from one line to the next: about the pitch and two turns, less what the ends of both lines save
BRIDGE_MM = LIFT_MM / 2  # a gap as long as this is drawn over: it inks more, and costs half as much as a lift
DAB_MM = 1.0  # a tool that only touches the paper leaves no ink: the shortest stroke
TINY_MM = 1e-6

Shape = list[tuple[float, float]]
Span = tuple[float, float]


@dataclass(frozen=True)
class Hatch:
    """The lines (each 2 x 2, mm) that cover a group of shapes."""

    lines: list[Points]

    @property
    def cost_mm(self) -> float:
        """Drawing length, with what it costs to get to each line."""
        return sum(length_mm(line) + NEXT_MM for line in self.lines)


def hatch(shapes: list[Points], angle_rad: float, tool: Tool) -> Hatch:
    """Cover `shapes` (each N x 2, mm) with lines at `angle_rad` from x."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    turn = np.array([[c, -s], [s, c]])
    turned: list[Shape] = [[(float(u), float(v)) for u, v in shape @ turn] for shape in shapes]
    rows = [_row(turned, span, tool) for span in bands(turned, tool.pitch_mm)]
    lines = _held_to_lanes(rows, tool) if tool.roll_only_x else list(itertools.chain(*rows))
    return Hatch([np.array(line) @ turn.T for line in lines])


def bands(shapes: list[Shape], pitch_mm: float) -> list[Span]:
    """The fewest bands up to `pitch_mm` high over all shapes; where shapes follow on each other, of equal height."""
    runs: list[list[float]] = []  # start, end of what is in it, end of what its bands can cover
    for low, high in sorted(_range_v(shape) for shape in shapes):
        if not runs or low > runs[-1][2]:
            runs.append([low, low, low + pitch_mm])
        run = runs[-1]
        run[1] = max(run[1], high)
        run[2] = run[0] + max(1, math.ceil((run[1] - run[0]) / pitch_mm - TINY_MM)) * pitch_mm
    return [span for low, high, cover in runs for span in _split(low, high, round((cover - low) / pitch_mm))]


def length_mm(line: Points) -> float:
    """Of a polyline (N x 2)."""
    return float(np.hypot(*np.diff(line, axis=0).T).sum())


def _split(low: float, high: float, n: int) -> list[Span]:
    edges = np.linspace(low, high, n + 1).tolist()
    return list(itertools.pairwise(edges))


def _range_v(shape: Shape) -> Span:
    return min(v for _, v in shape), max(v for _, v in shape)


def _row(shapes: list[Shape], span: Span, tool: Tool) -> list[Shape]:
    """The pieces of one band as lines from left to right; gaps that cost less than a lift are drawn over."""
    middle, inset = (span[0] + span[1]) / 2, tool.inset_mm((span[1] - span[0]) / 2)
    pieces = _merged(sorted(p for p in (_within(shape, span) for shape in shapes) if p), BRIDGE_MM - 2 * inset)
    return [[(u, middle) for u in _shortened(piece, inset)] for piece in pieces]


def _within(shape: Shape, span: Span) -> Span | None:
    """The range of u that a shape takes up inside a band."""
    low, high = span
    us = [u for u, v in shape if low <= v <= high]
    for (ua, va), (ub, vb) in zip(shape, shape[1:] + shape[:1], strict=True):
        us += [ua + (ub - ua) * (edge - va) / (vb - va) for edge in span if (va - edge) * (vb - edge) < 0]
    return (min(us), max(us)) if us and max(us) - min(us) > TINY_MM else None


def _merged(pieces: list[Span], gap_mm: float) -> list[Span]:
    out: list[Span] = []
    for u0, u1 in pieces:
        if out and u0 - out[-1][1] <= max(gap_mm, 0.0):
            out[-1] = (out[-1][0], max(out[-1][1], u1))
        else:
            out.append((u0, u1))
    return out


def _shortened(piece: Span, inset_mm: float) -> Span:
    """From where to where the tool's centre goes; never less than a dab."""
    u0, u1 = piece[0] + inset_mm, piece[1] - inset_mm
    if u1 - u0 >= DAB_MM:
        return u0, u1
    middle = (u0 + u1) / 2
    return middle - DAB_MM / 2, middle + DAB_MM / 2


def _held_to_lanes(rows: list[list[Shape]], tool: Tool) -> list[Shape]:
    """Lines of a roller: y held within its reach, and what then falls on the same y rolled in one go."""
    lanes: dict[float, list[Span]] = {}
    for piece in (piece for row in rows for piece in row):
        y = min(max(piece[0][1], tool.reach_mm[1]), tool.reach_mm[3])
        lanes.setdefault(y, []).append((piece[0][0], piece[1][0]))
    return [[(u0, y), (u1, y)] for y, spans in lanes.items() for u0, u1 in _merged(sorted(spans), LIFT_MM)]
