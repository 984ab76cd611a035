"""What GRBL does between a line and the steps: a queue of straight blocks, their junctions, and the way along them.

Written from the description of GRBL's planner and settings (github.com/gnea/grbl, doc/markdown/settings.md): blocks
look ahead over the whole queue, corners are taken at the speed that the junction deviation allows, and nothing speeds
up or slows down faster than an axis may.
"""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

PLANNED_BLOCKS = 15
STANDING_MM_S = 1e-6

Vector = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Block:
    """A straight move to `target` (3,), and the highest speed (mm/s) at which it may be entered."""

    target: Vector
    unit: Vector
    length_mm: float
    speed_mm_s: float
    acceleration_mm_s2: float
    entry_mm_s: float


class Planner:
    """Up to 15 blocks, and where on the first of them the tool is (`at`, machine mm)."""

    def __init__(self, max_rates_mm_s: Vector, accelerations_mm_s2: Vector, junction_deviation_mm: float) -> None:
        self._rates, self._accelerations, self._deviation_mm = (
            max_rates_mm_s,
            accelerations_mm_s2,
            junction_deviation_mm,
        )
        self._blocks: deque[Block] = deque()
        self._left_mm = 0.0
        self.at = np.zeros(3)
        self.end = np.zeros(3)
        self.speed_mm_s = 0.0

    def __bool__(self) -> bool:
        """Whether there is anything left to do."""
        return bool(self._blocks)

    @property
    def full(self) -> bool:
        """Whether no further block fits."""
        return len(self._blocks) >= PLANNED_BLOCKS

    def reset(self, at: Vector | None = None) -> None:
        """Forget all blocks; the tool stands where it is, or at `at`."""
        self._blocks.clear()
        self.at = self.at if at is None else at
        self.end, self.speed_mm_s = self.at, 0.0

    def add(self, target: Vector, speed_mm_s: float) -> None:
        """Queue a move to `target`; one of no length is none."""
        way = target - self.end
        length = float(np.linalg.norm(way))
        if length < 1e-9:
            return
        unit = way / length
        acceleration = _limited(self._accelerations, unit)
        entry = self._junction_mm_s(unit, acceleration)
        self._blocks.append(
            Block(target, unit, length, min(speed_mm_s, _limited(self._rates, unit)), acceleration, entry)
        )
        self.end = target
        if len(self._blocks) == 1:
            self._left_mm = length

    def advance(self, dt_s: float, braking: bool) -> Iterator[Vector]:
        """Move on for `dt_s`; yields the end of each block on the way, and where the time is up."""
        while dt_s > 0 and self._blocks:
            block = self._blocks[0]
            faster = self._next_speed(block, dt_s, braking)
            mean = (self.speed_mm_s + faster) / 2
            if mean * dt_s < self._left_mm - 1e-9:
                self._left_mm -= mean * dt_s
                dt_s = 0.0
                self.at = block.target - block.unit * self._left_mm
            else:
                dt_s -= self._left_mm / max(mean, STANDING_MM_S)
                self._blocks.popleft()
                self.at = block.target
                self._left_mm = self._blocks[0].length_mm if self._blocks else 0.0
                faster = faster if self._blocks else 0.0
            self.speed_mm_s = faster
            yield self.at

    def _next_speed(self, block: Block, dt_s: float, braking: bool) -> float:
        a = block.acceleration_mm_s2
        if braking:
            return max(0.0, self.speed_mm_s - a * dt_s)
        stopping = math.sqrt(self._exit_mm_s() ** 2 + 2 * a * self._left_mm)
        return max(min(self.speed_mm_s + a * dt_s, block.speed_mm_s, stopping), STANDING_MM_S)

    def _exit_mm_s(self) -> float:
        """The highest speed at the end of the first block from which the tool can still stop at the last one's."""
        speed = 0.0
        for i in range(len(self._blocks) - 1, 0, -1):
            block = self._blocks[i]
            speed = min(block.entry_mm_s, math.sqrt(speed**2 + 2 * block.acceleration_mm_s2 * block.length_mm))
        return speed

    def _junction_mm_s(self, unit: Vector, acceleration_mm_s2: float) -> float:
        """A circle that touches both legs and misses the corner by the junction deviation sets the speed."""
        if not self._blocks:
            return 0.0
        last = self._blocks[-1]
        half = math.sqrt(max(0.0, (1 + float(last.unit @ unit)) / 2))  # cosine of half the turn
        radius = self._deviation_mm * half / max(1 - half, 1e-12)
        return min(math.sqrt(acceleration_mm_s2 * radius), last.speed_mm_s, float(np.max(self._rates)))


def _limited(limits: Vector, unit: Vector) -> float:
    """The most along `unit` of which no axis gets more than its own limit."""
    share = np.abs(unit)
    return float(np.min(limits[share > 1e-9] / share[share > 1e-9]))
