"""What is sent to the lines is what was planned: every step, no edge too near another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.errors import MotionFault
from hardware.motion.gpio.train import Train, direction_bit, steady, step_bit, train
from hardware.motion.profile import Chunk, Limits, chunks

LIMITS = Limits()
PULSE_US = 20
coordinate = st.floats(0, 400, allow_nan=False)
lines = st.lists(st.tuples(coordinate, coordinate), min_size=2, max_size=6).map(np.array)


def levels(rows: Train) -> np.ndarray:
    """The levels of the four lines (N x 4) after each row, all low before the first."""
    bits = 1 << np.arange(4)
    set_, given_ = (rows[:, :1] & bits) > 0, (rows[:, 1:2] & bits) > 0
    latest = np.maximum.accumulate(np.where(given_, np.arange(len(rows))[:, None], -1), axis=0)
    return np.where(latest >= 0, np.take_along_axis(set_, np.maximum(latest, 0), axis=0), False)


def steps(rows: Train, axis: int) -> int:
    """Rising edges of a step line, counted by the direction line at that moment."""
    table = levels(rows)
    step, forwards = table[:, 2 * axis], table[:, 2 * axis + 1]
    rising = step & ~np.concatenate([[False], step[:-1]])
    return int(np.where(forwards[rising], 1, -1).sum())


@given(lines)
@settings(max_examples=40, deadline=None)
def test_a_line_s_steps_are_all_there_and_no_row_is_shorter_than_a_pulse(line: np.ndarray) -> None:
    for chunk in chunks(line, LIMITS.feed_mm_s, LIMITS):
        rows = train(chunk, PULSE_US)
        assert rows[:, 2].min() >= PULSE_US
        assert rows[:, 2].sum() == round(chunk.duration_s * 1e6)
        assert (rows[:, 1] > 0).all()  # the kernel refuses a write to no line
        for axis in (0, 1):
            assert steps(rows, axis) == chunk.direction[chunk.axis == axis].sum()


def test_a_million_steps_are_a_million_steps() -> None:
    corners = np.tile([[0.0, 0.0], [400.0, 300.0], [400.0, 0.0], [0.0, 300.0]], (51, 1))
    sent, planned, shortest_us = np.zeros(2, int), 0, PULSE_US
    for chunk in chunks(corners, LIMITS.travel_mm_s, LIMITS):
        rows = train(chunk, PULSE_US)
        table = levels(rows)
        rising = table & ~np.vstack([np.zeros((1, 4), bool), table[:-1]])
        sent += rising[:, ::2].sum(axis=0)
        planned += len(chunk.times_s)
        shortest_us = min(shortest_us, int(rows[:, 2].min()))
    assert planned > 1_000_000
    assert sent.sum() == planned
    assert shortest_us >= PULSE_US


def test_a_direction_stands_a_pulse_before_its_step_and_a_pulse_after() -> None:
    there_and_back = Chunk(0.01, np.array([0.001, 0.001, 0.00101]), np.array([0, 1, 0], np.int8), np.int8([1, -1, -1]))
    rows = train(there_and_back, PULSE_US)
    times = np.concatenate([[0], np.cumsum(rows[:-1, 2])])
    turned = times[(rows[:, 1] & direction_bit(0)) > 0]
    stepped = times[(rows[:, 0] & step_bit(0)) > 0]
    fell = times[((rows[:, 1] & step_bit(0)) > 0) & ((rows[:, 0] & step_bit(0)) == 0)][1:]
    assert len(turned) == len(stepped) == len(fell) == 2
    assert (stepped - turned == PULSE_US).all()
    assert turned[1] - fell[0] >= PULSE_US


def test_steps_are_never_more_than_a_slot_or_two_from_their_time() -> None:
    chunk = next(chunks(np.array([[0.0, 0.0], [300.0, 200.0]]), LIMITS.feed_mm_s, LIMITS))
    rows = train(chunk, PULSE_US)
    times = np.concatenate([[0], np.cumsum(rows[:-1, 2])])
    for axis in (0, 1):
        stepped = times[(rows[:, 0] & step_bit(axis)) > 0]
        late_us = stepped - chunk.times_s[chunk.axis == axis] * 1e6
        assert late_us.min() > -3 * PULSE_US
        assert late_us.max() < 6 * PULSE_US


def test_steps_that_crowd_at_the_end_of_a_chunk_still_fit() -> None:
    crowd = Chunk(0.01, np.full(30, 0.01), np.zeros(30, np.int8), np.ones(30, np.int8))
    assert steps(train(crowd, PULSE_US), 0) == 30


def test_more_steps_than_slots_are_refused() -> None:
    crowd = Chunk(0.001, np.zeros(17), np.zeros(17, np.int8), np.ones(17, np.int8))
    with pytest.raises(MotionFault, match="17 steps in a chunk with room for 16"):
        train(crowd, PULSE_US)


def test_a_chunk_without_steps_is_a_rest() -> None:
    rest = Chunk(0.05, np.zeros(0), np.zeros(0, np.int8), np.zeros(0, np.int8))
    assert train(rest, PULSE_US).tolist() == [[0, step_bit(0) | step_bit(1), 50_000]]


def test_steady_steps_go_the_way_of_the_sign_on_every_axis() -> None:
    rows = train(steady([0, 1], -25.0, 0.02, 10.0), PULSE_US)
    assert [steps(rows, axis) for axis in (0, 1)] == [-5, -5]
