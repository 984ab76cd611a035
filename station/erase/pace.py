"""What the tool does beside drawing straight on, each as the length (mm) that could be drawn in the same time.

By the rules of `hardware.motion.profile` at its own limits; a machine with others has the same order of costs.
"""

import math
from collections.abc import Sequence
from itertools import pairwise

from hardware.motion.profile import JUNCTION_DEVIATION_MM, Limits

Spot = tuple[float, float]  # x, y in mm: for a handful of points plain numbers are faster than arrays

LIMITS = Limits()
LIFT_S = 0.12  # up by a hop of 3 mm and down again at 30 mm/s until the contact switch closes
STOP_MM = LIMITS.feed_mm_s**2 / LIMITS.acceleration_mm_s2  # to a stand and up to speed again
LIFT_MM = LIFT_S * LIMITS.feed_mm_s + 2 * STOP_MM  # a lift adds a way of its own, which stops at both ends


def bend_mm(cosine: float) -> float:
    """What slowing down for a turn costs, by the cosine of the change of direction: 1 straight on, -1 back."""
    half = math.sqrt(max(0.0, 1 + min(cosine, 1.0)) / 2)
    radius_mm = JUNCTION_DEVIATION_MM * half / max(1 - half, 1e-12)
    slow = math.sqrt(LIMITS.acceleration_mm_s2 * radius_mm)
    return max(0.0, LIMITS.feed_mm_s - slow) ** 2 / LIMITS.acceleration_mm_s2


def way_mm(line: Sequence[Spot]) -> float:
    """Length of a polyline with what its turns cost."""
    total, before = 0.0, (0.0, 0.0)
    for (xa, ya), (xb, yb) in pairwise(line):
        length = math.hypot(xb - xa, yb - ya)
        if length > 0:
            step = (xb - xa) / length, (yb - ya) / length
            total += length + (bend_mm(step[0] * before[0] + step[1] * before[1]) if before != (0.0, 0.0) else 0.0)
            before = step
    return total
