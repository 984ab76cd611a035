"""The planner keeps its promises for any line."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.errors import ConfigError, MotionFault
from hardware.motion.profile import CHUNK_S, Limits, chunks, duration_s, profile

LIMITS = Limits()
coordinate = st.floats(0, 400, allow_nan=False)
lines = st.lists(st.tuples(coordinate, coordinate), min_size=1, max_size=12).map(np.array)


@given(lines)
@settings(max_examples=60, deadline=None)
def test_pulses_end_within_half_a_step_and_chunks_are_short(line: np.ndarray) -> None:
    at = np.floor(line[0] * LIMITS.steps_per_mm + 0.5)
    for chunk in chunks(line, LIMITS.feed_mm_s, LIMITS):
        assert 0 < chunk.duration_s <= CHUNK_S + 1e-9
        assert (np.diff(chunk.times_s) >= 0).all()
        assert ((chunk.times_s >= 0) & (chunk.times_s <= chunk.duration_s + 1e-9)).all()
        for axis in (0, 1):
            at[axis] += chunk.direction[chunk.axis == axis].sum()
    assert np.abs(at - line[-1] * LIMITS.steps_per_mm).max() <= 0.5 + 1e-6


@given(lines)
@settings(max_examples=60, deadline=None)
def test_speed_and_acceleration_stay_within_the_limits(line: np.ndarray) -> None:
    plan = profile(line, LIMITS.feed_mm_s, LIMITS.acceleration_mm_s2)
    assert plan.v.min() >= 0
    assert plan.v.max() <= LIMITS.feed_mm_s * (1 + 1e-6)
    assert np.abs(plan.a).max() <= LIMITS.acceleration_mm_s2
    assert plan.v[0] == 0
    assert plan.v[-1] == pytest.approx(0, abs=0.1)
    # Sampled from outside, not from the plan's own columns. Where two ramps meet, one speed must go over into the next.
    t = np.linspace(0, plan.duration_s, 400)
    way = np.hypot(*np.diff(plan.at(t), axis=0).T)
    assert (way <= LIMITS.feed_mm_s * np.diff(t) + 1e-6).all()
    v_at_end = plan.v[:-1] + plan.a * np.diff(plan.t)
    assert np.allclose(v_at_end[:-1], plan.v[1:-1], atol=0.2)


@given(lines)
@settings(max_examples=40, deadline=None)
def test_pulses_come_when_the_tool_is_there(line: np.ndarray) -> None:
    plan = profile(line, LIMITS.feed_mm_s, LIMITS.acceleration_mm_s2)
    at, start = np.floor(line[0] * LIMITS.steps_per_mm + 0.5), 0.0
    for chunk in chunks(line, LIMITS.feed_mm_s, LIMITS):
        for axis in (0, 1):
            at[axis] += chunk.direction[chunk.axis == axis].sum()
        start += chunk.duration_s
        planned = plan.at(np.array([start]))[0] * LIMITS.steps_per_mm
        assert np.abs(at - planned).max() <= 1.01


def test_a_long_straight_line_takes_its_trapezoid() -> None:
    ramp_s = LIMITS.feed_mm_s / LIMITS.acceleration_mm_s2
    expected_s = 300 / LIMITS.feed_mm_s + ramp_s  # each ramp covers half of what cruising would
    assert duration_s(np.array([[0, 0], [300, 0]]), LIMITS) == pytest.approx(expected_s, rel=1e-6)


def test_a_straight_point_in_between_costs_nothing_and_a_reversal_stops() -> None:
    straight = duration_s(np.array([[0, 0], [150, 0], [300, 0]]), LIMITS)
    assert straight == pytest.approx(duration_s(np.array([[0, 0], [300, 0]]), LIMITS), rel=1e-4)
    there = duration_s(np.array([[0, 0], [150, 0]]), LIMITS)
    back = duration_s(np.array([[0, 0], [150, 0], [0, 0]]), LIMITS)
    assert back == pytest.approx(2 * there, rel=1e-4)


def test_a_pulse_rate_beyond_the_back_end_is_refused_with_its_numbers() -> None:
    with pytest.raises(ConfigError, match=r"feed_mm_s 150 x steps_per_mm 10 = 1500 steps/s.*lower feed_mm_s to 100"):
        Limits(feed_mm_s=150)


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_a_limit_that_is_no_limit_is_refused(value: float) -> None:
    with pytest.raises(ConfigError, match="acceleration_mm_s2"):
        Limits(acceleration_mm_s2=value)


def test_a_line_that_is_not_a_number_is_refused() -> None:
    with pytest.raises(MotionFault):
        profile(np.array([[0, 0], [np.nan, 1]]), 100, 1500)
