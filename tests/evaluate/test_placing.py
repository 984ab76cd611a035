"""The measurement of placing: what it calls covered."""

import numpy as np
import pytest

from station.evaluate.placing import Hit


@pytest.mark.parametrize(("off_mm", "covered"), [((0.9, -0.9), 1.0), ((0.0, 2.5), 0.5), ((11.0, 0.0), 0.75)])
def test_a_line_is_covered_as_far_as_the_margin_makes_up_for_the_error(
    off_mm: tuple[float, float], covered: float
) -> None:
    assert Hit(100.0, np.array(off_mm), margin_mm=1.0).covered == pytest.approx(covered)
