import numpy as np

from station.vision.sides import crossings, joined
from tests.vision.pictures import box

QUAD = box(10, 20, 110, 80)
SIDES = np.stack([QUAD, np.roll(QUAD, -1, axis=0)], 1)


def test_sides_cross_at_the_corners():
    assert np.allclose(crossings(SIDES), QUAD)


def test_a_moved_side_takes_its_two_corners_along():
    moved = SIDES.copy()
    moved[1] += (5, 0)
    assert np.allclose(joined(list(moved), QUAD), box(10, 20, 115, 80))


def test_where_sides_hardly_cross_the_corner_stays():
    bent = SIDES.copy()
    bent[1] = [[110, 20], [210, 21]]  # nearly along the upper side
    assert np.isnan(crossings(bent)[1]).all()
    assert np.allclose(joined(list(bent), QUAD)[1], QUAD[1])


def test_a_side_without_length_crosses_none():
    assert np.isnan(crossings(np.zeros((4, 2, 2)))).all()
