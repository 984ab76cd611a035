"""What the tool does beside drawing straight on, each as the length (mm) that could be drawn in the same time.

By the rules of `hardware.motion.profile` at its own limits; a machine with others has the same order of costs.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from hardware.motion.profile import JUNCTION_DEVIATION_MM, Limits

Spot = tuple[float, float]  # x, y in mm: for a handful of points plain numbers are faster than arrays

Leg = tuple[float, float, float]  # its step in x and y, and its length

LIMITS = Limits()
FEED2, TWICE_A = LIMITS.feed_mm_s**2, 2 * LIMITS.acceleration_mm_s2  # v2 = v02 + 2 a s, as in the profile
LIFT_S = 0.12  # up by a hop of 3 mm and down again at 30 mm/s until the contact switch closes
STOP_MM = LIMITS.feed_mm_s**2 / LIMITS.acceleration_mm_s2  # to a stand and up to speed again
LIFT_MM = LIFT_S * LIMITS.feed_mm_s + 2 * STOP_MM  # a lift adds a way of its own, which stops at both ends


def bend_mm(cosine: float) -> float:
    """What slowing down for a turn costs, by the cosine of the change of direction: 1 straight on, -1 back."""
    return (LIMITS.feed_mm_s - math.sqrt(_turn(cosine))) ** 2 / LIMITS.acceleration_mm_s2


def way_mm(line: Sequence[Spot]) -> float:
    """What could be drawn straight on while the tool follows a polyline that it enters and leaves at the feed."""
    steps = [(xb - xa, yb - ya, math.hypot(xb - xa, yb - ya)) for (xa, ya), (xb, yb) in pairwise(line)]
    legs = [step for step in steps if step[2] > 0]
    squares = _squares(legs)
    return sum(_leg_mm(length, v02, v12) for (_, _, length), (v02, v12) in zip(legs, pairwise(squares), strict=True))


def _turn(cosine: float) -> float:
    """The square of the speed at a turn, as a profile's junction has it."""
    half = math.sqrt(max(0.0, 1 + min(cosine, 1.0)) / 2)
    return min(FEED2, LIMITS.acceleration_mm_s2 * JUNCTION_DEVIATION_MM * half / max(1 - half, 1e-12))


def _squares(legs: list[Leg]) -> list[float]:
    """The squares of the speeds before, between and after legs: what the turns and the legs' lengths allow."""
    turns = [_turn((xa * xb + ya * yb) / (la * lb)) for (xa, ya, la), (xb, yb, lb) in pairwise(legs)]
    squares = [FEED2, *turns, FEED2] if legs else [FEED2]
    for i, (_, _, length) in enumerate(legs):
        squares[i + 1] = min(squares[i + 1], squares[i] + TWICE_A * length)
    for i in reversed(range(len(legs))):
        squares[i] = min(squares[i], squares[i + 1] + TWICE_A * legs[i][2])
    return squares


def _leg_mm(length: float, v02: float, v12: float) -> float:
    """One leg between two speeds, given by their squares: up, along at the feed if it gets there, and down."""
    top = min(FEED2, (v02 + v12 + TWICE_A * length) / 2)
    ramps_s = 2 * (2 * math.sqrt(top) - math.sqrt(v02) - math.sqrt(v12)) / TWICE_A
    cruise_mm = length - (2 * top - v02 - v12) / TWICE_A
    return LIMITS.feed_mm_s * (ramps_s + cruise_mm / math.sqrt(top))
