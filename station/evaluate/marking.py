"""How long marking takes, against the time below which no plan can come, and what it leaves bare or inks beyond.

The boxes are rendered, the areas are what the eye and the rules of `erase.cover` ask for, the tool is the twin's
gantry: all motion from its parking place to the last lift, by the profile that the axes follow.
"""

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from shapely import unary_union
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry

from hardware.camera.frames import Points
from hardware.machine import Tool, twin_machine
from hardware.motion.profile import Limits, profile
from hardware.twin.axes import HOP_MM, LIFT_FAST_MM_S, LIFT_SLOW_ABOVE_MM, LIFT_SLOW_MM_S, LIFT_UP_MM_S
from hardware.twin.world import PARK_MM, TOOL_UP_MM
from station.erase import cover, strokes
from station.erase.cover import Policy
from station.erase.strokes import StrokePlan
from station.erase.tool import solid
from station.erase.work import Area, Stroke
from station.evaluate.covering import photographed
from station.geometry import ErrorBudget, Plane
from station.scenes.boxes import boxes
from station.vision.look import Eye

EVALUATION_SEED = 1_733  # nothing was tuned on its boxes
LIMITS = Limits()


@dataclass(frozen=True)
class Job:
    """What one box asks of the tool."""

    areas: tuple[Area, ...]
    height_mm: float
    labels: int


@dataclass(frozen=True)
class Motion:
    """Seconds from the parking place: to the first touch, with the tool down, above the face, and for lifts."""

    approach_s: float
    drawing_s: float
    travel_s: float
    lifts_s: float

    @property
    def total_s(self) -> float:
        """From the first approach to the last lift."""
        return self.approach_s + self.drawing_s + self.travel_s + self.lifts_s


@dataclass
class Count:
    """One value for each job, in the order of the boxes."""

    labels: int = 0
    strokes: int = 0
    times: list[float] = field(default_factory=list)
    times_beside_approach: list[float] = field(default_factory=list)
    covered: list[float] = field(default_factory=list)
    wanted_mm2: float = 0.0
    beyond_mm2: float = 0.0
    motions: list[Motion] = field(default_factory=list)
    planning_ms: list[float] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """For JSON: times as multiples of the bound, seconds as means of all jobs."""
        parts = ("approach_s", "drawing_s", "travel_s", "lifts_s")
        return {
            "labels": self.labels,
            "jobs": len(self.times),
            "time_to_bound": _spread(self.times),
            "time_to_bound_beside_approach": _spread(self.times_beside_approach),
            "covered_least": round(min(self.covered), 5),
            "ink_beyond_share": round(self.beyond_mm2 / self.wanted_mm2, 3),
            "strokes": round(self.strokes / len(self.times), 2),
            "seconds": {part: round(float(np.mean([getattr(m, part) for m in self.motions])), 2) for part in parts},
            "planning_median_ms": round(float(np.median(self.planning_ms)), 1),
        }


def marking(found: Iterator[Job], labels: int) -> Count:
    """Plan and time one job after the other until so many labels are done."""
    machine, _ = twin_machine("gantry")
    machine.close()
    count = Count()
    for job in itertools.takewhile(lambda _: count.labels < labels, found):
        count.labels += job.labels
        if job.areas:
            _add(count, job, machine.tool)
    return count


def jobs(eye: Eye, seed: int, policy: Policy) -> Iterator[Job]:
    """What the eye finds to cover on the boxes of a seed."""
    machine, _ = twin_machine("gantry")
    machine.close()
    for number, box in enumerate(boxes(seed)):
        scene = photographed(box, number)
        look = eye.look(scene.bgr, scene.px_per_mm, hurry=True)
        plane = Plane(machine.lens, box.height_mm)
        areas = cover.areas(look, plane.to_mm, ErrorBudget().on(plane), policy)
        yield Job(areas, box.height_mm, len(look.labels))


def motion(drawn: tuple[Stroke, ...], height_mm: float) -> Motion:
    """What the carriage does for these strokes on a face at `height_mm`."""
    lines = [np.array([PARK_MM]), *(stroke.points_mm for stroke in drawn)]
    ways = [_moving_s(np.array([a[-1], b[0]]), LIMITS.travel_mm_s) for a, b in itertools.pairwise(lines)]
    drawing_s = sum(_moving_s(line, LIMITS.feed_mm_s) for line in lines[1:])
    hops_s = len(drawn) * HOP_MM / LIFT_UP_MM_S + (len(drawn) - 1) * _lowering_s(height_mm + HOP_MM, height_mm)
    return Motion(ways[0] + _lowering_s(TOOL_UP_MM, height_mm), drawing_s, sum(ways[1:]), hops_s)


def least_approach_s(wanted: BaseGeometry, width_mm: float, height_mm: float) -> float:
    """From the parking place straight to where the tool first overlaps what is wanted, and down."""
    far_mm = max(0.0, wanted.distance(Point(PARK_MM)) - width_mm / 2)
    return _moving_s(np.array([[0.0, 0.0], [far_mm, 0.0]]), LIMITS.travel_mm_s) + _lowering_s(TOOL_UP_MM, height_mm)


def _add(count: Count, job: Job, tool: Tool) -> None:
    began_s = time.process_time()
    plan = strokes.plan(job.areas, tool.width_mm, tool.reach_mm)
    count.planning_ms.append((time.process_time() - began_s) * 1000)
    if plan.strokes:
        _add_times(count, job, tool, plan)
        _add_ink(count, job, tool, plan)


def _add_times(count: Count, job: Job, tool: Tool, plan: StrokePlan) -> None:
    moved, wanted = motion(plan.strokes, job.height_mm), _reached(job, plan)
    approach_s = least_approach_s(wanted, tool.width_mm, job.height_mm)
    bound_s = strokes.bound_s(wanted, tool.width_mm, LIMITS.feed_mm_s, approach_s)
    count.motions.append(moved)
    count.strokes += len(plan.strokes)
    count.times.append(moved.total_s / bound_s)
    count.times_beside_approach.append((moved.total_s - moved.approach_s) / (bound_s - approach_s))


def _add_ink(count: Count, job: Job, tool: Tool, plan: StrokePlan) -> None:
    """By the tool's full width, which is what its ink comes to."""
    wanted = _reached(job, plan)
    ink = unary_union([LineString(s.points_mm).buffer(tool.width_mm / 2, quad_segs=32) for s in plan.strokes])
    count.covered.append(float(wanted.intersection(ink).area / wanted.area))
    count.wanted_mm2 += wanted.area
    count.beyond_mm2 += ink.difference(wanted).area


def _reached(job: Job, plan: StrokePlan) -> BaseGeometry:
    """What had to be covered, without what lies beyond the tool's reach."""
    wanted = unary_union([solid(area.polygon_mm) for area in job.areas])
    return wanted.difference(unary_union([solid(area.polygon_mm) for area in plan.uncovered]))


def _moving_s(line_mm: Points, speed_mm_s: float) -> float:
    return profile(line_mm, speed_mm_s, LIMITS.acceleration_mm_s2).duration_s


def _lowering_s(from_mm: float, to_mm: float) -> float:
    """The last millimetres are slow (`TwinLift.lower`)."""
    slow_mm = min(from_mm - to_mm, LIFT_SLOW_ABOVE_MM)
    return slow_mm / LIFT_SLOW_MM_S + (from_mm - to_mm - slow_mm) / LIFT_FAST_MM_S


def _spread(ratios: list[float]) -> dict[str, float]:
    return {"median": round(float(np.median(ratios)), 3), "p95": round(float(np.percentile(ratios, 95)), 3)}
