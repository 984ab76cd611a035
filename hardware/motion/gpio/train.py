"""From step pulses to what lgpio plays on a group of lines. Pure: no clock, no pin, no state.

A *train* is what is played without a break: rows of levels, the lines they are for, and how long they stand.
A *slot* is three pulse widths of time: directions are set, the step lines rise, they fall. Each step of an axis has a
slot of its own, and steps of both axes that fall into one slot share it; so no two edges are nearer than one pulse
width, and a direction stands that long before and after its step.
"""

import math

import numpy as np
from numpy.typing import NDArray

from hardware.errors import MotionFault
from hardware.motion.profile import Chunk

SLOT_PULSES = 3

Train = NDArray[np.int64]  # N x 3: levels, mask of the lines they are for, delay in us before the next row
Slots = NDArray[np.int64]


def step_bit(axis: int) -> int:
    """The lines of the group are step x, direction x, step y, direction y, from bit 0 on."""
    return 1 << (2 * axis)


def direction_bit(axis: int) -> int:
    """High is forwards."""
    return 2 << (2 * axis)


def train(chunk: Chunk, pulse_us: int) -> Train:
    """The rows of a chunk, as long as it is to a microsecond; the step lines are low before and after it.

    Raises `MotionFault` for a chunk with more steps of an axis than slots.
    """
    duration_us = round(chunk.duration_s * 1e6)
    slot_us = SLOT_PULSES * pulse_us
    parts = [np.array([[0, 0, 5]])]  # a train begins with the step lines low, where nothing else is to do at once
    for axis in (0, 1):
        mine = chunk.axis == axis
        slots = _own_slots((chunk.times_s[mine] * 1e6 / slot_us).astype(np.int64), duration_us // slot_us)
        parts += _events(axis, slots * slot_us, chunk.direction[mine], pulse_us)
    return _merged(np.concatenate(parts), duration_us)


def steady(axes: list[int], speed_mm_s: float, duration_s: float, steps_per_mm: float) -> Chunk:
    """Even steps of some axes at once, one at least; a negative speed is backwards."""
    count = max(1, round(abs(speed_mm_s) * duration_s * steps_per_mm))
    times = np.repeat((np.arange(count) + 0.5) / count * duration_s, len(axes))
    axis = np.tile(np.array(axes, np.int8), count)
    return Chunk(duration_s, times, axis, np.full(len(times), int(math.copysign(1, speed_mm_s)), np.int8))


def _own_slots(slots: Slots, count: int) -> Slots:
    """A slot for each step (N,), the next free one where several want the same, and none beyond the last."""
    if len(slots) > count:
        raise MotionFault(f"{len(slots)} steps in a chunk with room for {count}: this is a fault of the program")
    n = np.arange(len(slots))
    own: Slots = np.minimum(np.maximum.accumulate(slots - n) + n, count - len(slots) + n)
    return own


def _events(axis: int, starts_us: Slots, direction: NDArray[np.int8], pulse_us: int) -> list[NDArray[np.int64]]:
    """(time us, levels, mask) of one axis: its direction where it changes or is first needed, steps up, steps down."""
    turns = np.diff(direction, prepend=0) != 0
    towards = np.where(direction[turns] > 0, direction_bit(axis), 0)
    step = np.full(len(starts_us), step_bit(axis))
    return [
        np.column_stack([starts_us[turns], towards, np.full(len(towards), direction_bit(axis))]),
        np.column_stack([starts_us + pulse_us, step, step]),
        np.column_stack([starts_us + 2 * pulse_us, np.zeros_like(step), step]),
    ]


def _merged(events: NDArray[np.int64], duration_us: int) -> Train:
    """What happens at one time is one row; each row stands until the next."""
    times, row = np.unique(events[:, 0], return_inverse=True)
    levels, masks = np.zeros_like(times), np.zeros_like(times)
    np.bitwise_or.at(levels, row, events[:, 1])
    np.bitwise_or.at(masks, row, events[:, 2])
    return np.column_stack([levels, masks, np.diff(times, append=duration_us)])
