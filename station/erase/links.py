"""What it costs to go on from the end of one line at the end of another, with the tool down or up.

An *end* is a number: 2k is the first point of line k, 2k + 1 its last; e ^ 1 is the other end of the same line.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from hardware.camera.frames import Points
from station.erase.pace import LIFT_MM, bend_mm

Floats = NDArray[np.float64]

# Ink on what need not be covered takes no longer, but it hides what may stay: each mm of such a link counts for more.
BARE_COSTS = 0.6


_bend_mm = np.vectorize(bend_mm, otypes=[float])


@dataclass(frozen=True, eq=False)
class Links:
    """From end to end of N lines: `cost_mm` (2N x 2N, symmetric) and whether the tool stays down (2N x 2N)."""

    cost_mm: Floats
    is_drawn: NDArray[np.bool_]


def lifted(lines: list[Points]) -> Links:
    """The tool goes up after every line."""
    _, far = _ways(ends_mm(lines))
    return Links(far + LIFT_MM, np.zeros(far.shape, bool))


def cheapest(lines: list[Points], wanted: BaseGeometry) -> Links:
    """The tool stays down where that is shorter; a link that inks other places than `wanted` counts for more."""
    ends = ends_mm(lines)
    to, far = _ways(ends)
    drawn = far + _bends_mm(lines, to, far) + BARE_COSTS * _bare_mm(ends, far, wanted)
    return Links(np.minimum(drawn, far + LIFT_MM), drawn < far + LIFT_MM)


def ends_mm(lines: list[Points]) -> Points:
    """Where the ends are (2N x 2)."""
    return np.array([end for line in lines for end in (line[0], line[-1])])


def _ways(ends: Points) -> tuple[Floats, Floats]:
    """From each end to each other: the direction (2N x 2N x 2, unit length) and the distance (2N x 2N)."""
    to = ends[None] - ends[:, None]
    far = np.hypot(to[..., 0], to[..., 1])
    return to / np.maximum(far, 1e-9)[..., None], far


def _bends_mm(lines: list[Points], to: Points, far: Floats) -> Floats:
    """What the turns at both ends of each link cost; where two ends meet, it is one turn."""
    steps = np.array([step for line in lines for step in (line[0] - line[1], line[-1] - line[-2])])
    outward = steps / np.maximum(np.hypot(*steps.T), 1e-9)[:, None]
    leaving = np.einsum("ijk,ik->ij", to, outward)
    turns = _bend_mm(leaving) + _bend_mm(leaving.T)
    costs: Floats = np.where(far < 1e-6, _bend_mm(-outward @ outward.T), turns)
    return costs


def _bare_mm(ends: Points, far: Floats, wanted: BaseGeometry) -> Floats:
    """How much of each link lies outside `wanted`; of those too long to be drawn it is not asked."""
    outside = far.copy()
    i, j = np.nonzero(np.triu(far < 2 * LIFT_MM))
    shapely.prepare(wanted)
    ways = shapely.linestrings(np.stack([ends[i], ends[j]], axis=1))
    outside[i, j] = outside[j, i] = shapely.length(shapely.difference(ways, wanted))
    return outside
