"""What a way costs, beside the profile that the axes follow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.motion.profile import duration_s
from station.erase.pace import LIMITS, STOP_MM, way_mm

LONG_MM = 10.0  # a leg on which the tool gets to its feed

turns = st.lists(st.tuples(st.floats(0.1, 12.0), st.floats(-3.1, 3.1)), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(turns)
def test_a_way_takes_as_long_as_its_profile_but_for_both_ends(steps: list[tuple[float, float]]) -> None:
    lengths, bends = np.array([(LONG_MM, 0.0), *steps, (LONG_MM, 0.0)]).T
    headings = np.cumsum(bends)
    line = np.cumsum(np.column_stack([np.cos(headings), np.sin(headings)]) * lengths[:, None], axis=0)
    line = np.vstack([[0.0, 0.0], line])
    standing_mm = duration_s(line, LIMITS) * LIMITS.feed_mm_s
    assert way_mm([(x, y) for x, y in line.tolist()]) == pytest.approx(standing_mm - STOP_MM, rel=1e-4)
