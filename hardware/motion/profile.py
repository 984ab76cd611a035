"""From a line in millimetres to step pulses. Pure: no clock, no pin, no state.

A *line* is a polyline that the tool follows without stopping. A *leg* is one straight piece of it. A leg is crossed
by a *ramp up*, a *cruise* and a *ramp down*, each at constant acceleration. A *junction* is where two legs meet.
A *chunk* is all step pulses of at most 0.1 s: what a back end takes at once, and so the longest time a stop waits.

Letters: s way along the line (mm), v speed (mm/s), a acceleration (mm/s2), t time (s).
    v = v0 + a t        s = v0 t + a t2 / 2        v2 = v02 + 2 a s
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Points
from hardware.errors import ConfigError, MotionFault

CHUNK_S = 0.1  # a queued lgpio wave cannot be aborted, so no chunk is longer
JUNCTION_DEVIATION_MM = 0.05  # a corner is rounded by no more than this in the junction speed rule (GRBL's idea)
SHORTEST_LEG_MM = 1e-6  # repeated points are one point

Floats = NDArray[np.float64]
Signs = NDArray[np.int8]


@dataclass(frozen=True)
class Limits:
    """What the axes can do. `max_steps_s` is the back end's highest pulse rate on one axis.

    Raises `ConfigError` when a speed in steps per second is above `max_steps_s` or any value is not positive.
    """

    feed_mm_s: float = 100.0
    travel_mm_s: float = 100.0
    acceleration_mm_s2: float = 3000.0
    steps_per_mm: float = 10.0
    max_steps_s: float = 1000.0  # what lgpio keeps up with on a Pi

    def __post_init__(self) -> None:
        for key, value in vars(self).items():
            if not (math.isfinite(value) and value > 0):
                raise ConfigError(f"{key} is {value:g}: it must be above 0")
        for key in ("feed_mm_s", "travel_mm_s"):
            self._check_rate(key, getattr(self, key))

    def _check_rate(self, key: str, speed_mm_s: float) -> None:
        steps_s = speed_mm_s * self.steps_per_mm
        if steps_s > self.max_steps_s * (1 + 1e-9):
            raise ConfigError(
                f"{key} {speed_mm_s:g} x steps_per_mm {self.steps_per_mm:g} = {steps_s:g} steps/s, but max_steps_s is "
                f"{self.max_steps_s:g}: lower {key} to {self.max_steps_s / self.steps_per_mm:g} or less"
            )


@dataclass(frozen=True, eq=False)
class Chunk:
    """Step pulses of `duration_s` (at most 0.1 s), in order of time.

    `times_s` (N,) counts from the chunk's start; `axis` (N,) is 0 for x and 1 for y; `direction` (N,) is +1 or -1.
    """

    duration_s: float
    times_s: Floats
    axis: Signs
    direction: Signs


@dataclass(frozen=True, eq=False)
class Profile:
    """Position along a line over time: constant acceleration `a` from `t[i]`, `s[i]`, `v[i]` to the next of each.

    `t`, `s` and `v` have M + 1 values, `a` has M. `points` (K x 2, mm) is the line, `along` (K,) its way in mm.
    """

    t: Floats
    s: Floats
    v: Floats
    a: Floats
    points: Points
    along: Floats

    @property
    def duration_s(self) -> float:
        """Seconds from standing to standing."""
        return float(self.t[-1])

    def at(self, t: Floats) -> Points:
        """Where the tool is (N x 2, mm) at the times `t` (N,)."""
        i = np.clip(np.searchsorted(self.t, t, "right") - 1, 0, len(self.a) - 1)
        dt = t - self.t[i]
        s = self.s[i] + self.v[i] * dt + self.a[i] * dt**2 / 2
        return np.column_stack([np.interp(s, self.along, self.points[:, k]) for k in (0, 1)])

    def time_at(self, s: Floats) -> Floats:
        """When (N,) the tool passes the ways `s` (N,)."""
        i = np.clip(np.searchsorted(self.s, s, "right") - 1, 0, len(self.a) - 1)
        ds = np.maximum(s - self.s[i], 0.0)
        # s = v t + a t2 / 2 solved for t in the form that needs no division by a, which is 0 on a cruise.
        root = np.sqrt(np.maximum(self.v[i] ** 2 + 2 * self.a[i] * ds, 0.0))
        below = self.v[i] + root
        dt = np.divide(2 * ds, below, out=np.zeros_like(ds), where=below > 0)
        when: Floats = np.minimum(self.t[i] + dt, self.t[i + 1])
        return when


def profile(points_mm: Points, speed_mm_s: float, acceleration_mm_s2: float) -> Profile:
    """The fastest way along `points_mm` (N x 2) from standing to standing within speed and acceleration.

    Raises `MotionFault` for a line with no point or with one that is not a number.
    """
    points = _distinct(points_mm)
    lengths = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(lengths)])
    junctions = _junction_speeds(points, speed_mm_s, acceleration_mm_s2)
    speeds = _reachable(junctions, lengths, acceleration_mm_s2)
    ramps = [
        ramp
        for length, v0, v1 in zip(lengths, speeds[:-1], speeds[1:], strict=True)
        for ramp in _trapezoid(length, v0, v1, speed_mm_s, acceleration_mm_s2)
    ]
    return _joined(ramps, points, along)


def chunks(points_mm: Points, speed_mm_s: float, limits: Limits) -> Iterator[Chunk]:
    """The step pulses along `points_mm` (N x 2), which starts where the axes stand, in chunks of at most 0.1 s."""
    plan = profile(points_mm, speed_mm_s, limits.acceleration_mm_s2)
    pulses = [_pulses(plan, k, limits.steps_per_mm) for k in (0, 1)]
    times = np.concatenate([p[0] for p in pulses])
    axis = np.repeat(np.array([0, 1], np.int8), [len(p[0]) for p in pulses])
    direction = np.concatenate([p[1] for p in pulses])
    order = np.argsort(times, kind="stable")
    return _cut(times[order], axis[order], direction[order], plan.duration_s)


def duration_s(points_mm: Points, limits: Limits) -> float:
    """Seconds that the tool needs along `points_mm` (N x 2) at the feed rate."""
    return profile(points_mm, limits.feed_mm_s, limits.acceleration_mm_s2).duration_s


def _distinct(points_mm: Points) -> Points:
    points = np.asarray(points_mm, float).reshape(-1, 2)
    if not len(points) or not np.isfinite(points).all():
        raise MotionFault("a line to draw has no point, or one that is not a number: this is a fault of the program")
    steps = np.hypot(*np.diff(points, axis=0).T)
    distinct: Points = points[np.concatenate([[True], steps > SHORTEST_LEG_MM])]
    return distinct


def _junction_speeds(points: Points, speed: float, a: float) -> Floats:
    """Highest speed (K,) at each point: standing at both ends, in between the sharper the turn the slower."""
    legs = np.diff(points, axis=0)
    legs = legs / np.hypot(*legs.T)[:, None]
    cosine = np.clip((legs[:-1] * legs[1:]).sum(axis=1), -1.0, 1.0)
    half = np.sqrt((1 + cosine) / 2)  # cosine of half the turn: 1 straight on, 0 back
    # The circle that touches both legs and passes the corner at the deviation d has r = d half / (1 - half); v2 = a r.
    radius = JUNCTION_DEVIATION_MM * half / np.maximum(1 - half, 1e-12)
    return np.concatenate([[0.0], np.minimum(speed, np.sqrt(a * radius)), [0.0]])[: len(points)]


def _reachable(speeds: Floats, lengths: Floats, a: float) -> Floats:
    """Junction speeds lowered until each leg can be crossed within the acceleration, both ways."""
    v = speeds.copy()
    for i in range(len(lengths)):
        v[i + 1] = min(v[i + 1], math.sqrt(v[i] ** 2 + 2 * a * lengths[i]))
    for i in reversed(range(len(lengths))):
        v[i] = min(v[i], math.sqrt(v[i + 1] ** 2 + 2 * a * lengths[i]))
    return v


def _trapezoid(length: float, v0: float, v1: float, speed: float, a: float) -> Iterator[tuple[float, float, float]]:
    """One leg as (start speed, acceleration, way) of its ramps; without room for a cruise it is a triangle."""
    top = min(speed, math.sqrt((v0**2 + v1**2) / 2 + a * length))
    up, down = (top**2 - v0**2) / (2 * a), (top**2 - v1**2) / (2 * a)
    for v, acceleration, way in ((v0, a, up), (top, 0.0, length - up - down), (top, -a, down)):
        if way > SHORTEST_LEG_MM / 10:
            yield v, acceleration, way


def _joined(ramps: list[tuple[float, float, float]], points: Points, along: Floats) -> Profile:
    if not ramps:  # a single point: nothing to cross, no time passes
        nothing = np.zeros(1)
        return Profile(np.zeros(2), np.zeros(2), np.zeros(2), nothing, points, along)
    v0, a, way = np.array(ramps).T
    v1 = np.sqrt(np.maximum(v0**2 + 2 * a * way, 0.0))
    t = np.concatenate([[0.0], np.cumsum(2 * way / (v0 + v1))])
    s = np.concatenate([[0.0], np.cumsum(way)])
    return Profile(t, s, np.append(v0, v1[-1]), a, points, along)


def _pulses(plan: Profile, k: int, steps_per_mm: float) -> tuple[Floats, Signs]:
    """Times and directions of one axis: it steps whenever the line passes the middle between two steps."""
    times: list[Floats] = [np.zeros(0)]
    directions = [np.zeros(0, np.int8)]
    at = plan.points[:, k] * steps_per_mm
    for i in range(len(at) - 1):
        first, last = math.floor(at[i] + 0.5), math.floor(at[i + 1] + 0.5)
        sign = 1 if last > first else -1
        middles = np.arange(first, last, sign) + 0.5 * sign
        share = (middles - at[i]) / (at[i + 1] - at[i]) if len(middles) else middles
        times.append(plan.time_at(plan.along[i] + np.clip(share, 0.0, 1.0) * (plan.along[i + 1] - plan.along[i])))
        directions.append(np.full(len(middles), sign, np.int8))
    return np.concatenate(times), np.concatenate(directions)


def _cut(times: Floats, axis: Signs, direction: Signs, duration: float) -> Iterator[Chunk]:
    count = max(1, math.ceil(duration / CHUNK_S - 1e-9)) if duration > 0 else 0
    for n in range(count):
        start, end = n * CHUNK_S, duration if n == count - 1 else (n + 1) * CHUNK_S
        low = np.searchsorted(times, start, "left") if n else 0
        high = len(times) if n == count - 1 else np.searchsorted(times, end, "left")
        part = slice(low, high)
        yield Chunk(end - start, np.maximum(times[part] - start, 0.0), axis[part], direction[part])
