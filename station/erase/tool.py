"""What a tool covers where it goes, and where it can go.

A gantry's nib is a disc that moves in any direction. A roller is a bar that lies across x and rolls along x only: its
swath ends square, at the line of contact.
"""

import math
from dataclasses import dataclass

import numpy as np
from shapely.geometry import LineString, MultiPolygon, Polygon, box
from shapely.geometry.base import BaseGeometry

from hardware.camera.frames import Points

OVERLAP_MM = 0.5  # of neighbouring strokes: two moves of one axis differ by 0.2 mm, a worn nib is narrower by as much
SAFE_MM = 0.05  # planned narrower than it is, so that rounding leaves no hairline
SLIVER_MM2 = 0.02  # smaller pieces are left-overs of polygon arithmetic, not paper
SAMPLE_MM = 1.0  # a stroke is bent along the edge of the reach in steps this long


@dataclass(frozen=True)
class Tool:
    """A tool `width_mm` wide whose centre can be anywhere in `reach_mm` (x0, y0, x1, y1)."""

    width_mm: float
    reach_mm: tuple[float, float, float, float]
    roll_only_x: bool = False

    @property
    def half_mm(self) -> float:
        """Half of the width that is counted on."""
        return self.width_mm / 2 - SAFE_MM

    @property
    def pitch_mm(self) -> float:
        """The largest distance of neighbouring strokes."""
        return 2 * self.half_mm - OVERLAP_MM

    def inset_mm(self, half_band_mm: float) -> float:
        """How much earlier a stroke may end than the band of +-`half_band_mm` that it covers: a disc is ahead."""
        return 0.0 if self.roll_only_x else math.sqrt(self.half_mm**2 - half_band_mm**2)

    def swath(self, line_mm: Points) -> BaseGeometry:
        """What the tool covers on its way along `line_mm` (N x 2)."""
        if not self.roll_only_x:
            return LineString(line_mm).buffer(self.half_mm, quad_segs=32)
        (x0, y0), (x1, y1) = line_mm.min(axis=0), line_mm.max(axis=0)
        return box(x0, y0 - self.half_mm, x1, y1 + self.half_mm)

    def zone(self) -> Polygon:
        """All that the tool can cover."""
        x0, y0, x1, y1 = self.reach_mm
        if self.roll_only_x:
            return box(x0, y0 - self.half_mm, x1, y1 + self.half_mm)
        return LineString([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]).convex_hull.buffer(self.half_mm)

    def window_mm(self) -> tuple[float, float, float, float]:
        """The largest upright rectangle (x0, y0, x1, y1) that fits into the zone with its rounded corners."""
        x0, y0, x1, y1 = self.reach_mm
        if self.roll_only_x:
            return x0, y0 - self.half_mm, x1, y1 + self.half_mm
        ease = self.half_mm / math.sqrt(2)
        return x0 - ease, y0 - ease, x1 + ease, y1 + ease

    def reaches(self, line_mm: Points) -> bool:
        """Whether the tool's centre can go along a line (N x 2)."""
        x0, y0, x1, y1 = self.reach_mm
        return bool(((line_mm >= (x0, y0)) & (line_mm <= (x1, y1))).all())

    def held(self, line_mm: Points) -> Points:
        """A line (N x 2) with what lies outside the reach moved to the nearest place inside."""
        x0, y0, x1, y1 = self.reach_mm
        if self.reaches(line_mm):
            return line_mm
        low, high = np.array([x0, y0]), np.array([x1, y1])
        dense = np.asarray(LineString(line_mm).segmentize(SAMPLE_MM).coords, float)
        bent = LineString(np.clip(dense, low, high)).simplify(SAFE_MM / 5)
        inside: Points = np.clip(np.asarray(bent.coords, float), low, high)
        return inside

    def inwards(self, point_mm: Points, by_mm: float) -> Points:
        """A place in reach `by_mm` from a point (x, y), towards the middle of the reach."""
        x0, y0, x1, y1 = self.reach_mm
        way = np.array([(x0 + x1) / 2, (y0 + y1) / 2]) - point_mm
        inside: Points = point_mm + way * min(1.0, by_mm / max(float(np.hypot(*way)), SAFE_MM))
        return inside


def polygons(shape: BaseGeometry) -> list[Polygon]:
    """The polygons of a result of polygon arithmetic, without slivers, lines and points."""
    parts = shape.geoms if hasattr(shape, "geoms") else [shape]
    return [part for part in parts if isinstance(part, Polygon) and part.area > SLIVER_MM2]


def solid(points_mm: Points) -> BaseGeometry:
    """A valid shape of an outline (N x 2), whichever way it crosses itself."""
    shape = Polygon(points_mm)
    return shape if shape.is_valid else MultiPolygon(polygons(shape.buffer(0)))


def outline(shape: Polygon) -> Points:
    """The outer ring (N x 2) without its repeated end."""
    return np.asarray(shape.exterior.coords, float)[:-1]
