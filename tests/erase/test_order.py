"""Short travel between strokes."""

import itertools

import numpy as np

from station.erase import order


def dots(*xs: float) -> list[np.ndarray]:
    return [np.array([[x, 0.0], [x, 5.0]]) for x in xs]


def test_nothing_is_lost_and_lines_may_turn_round() -> None:
    rng = np.random.default_rng(3)
    lines = [rng.uniform(0, 100, (2, 2)) for _ in range(12)]
    out = order.ordered(lines, (0, 0))
    assert {frozenset(map(tuple, line.tolist())) for line in out} == {
        frozenset(map(tuple, line.tolist())) for line in lines
    }


def test_near_the_best_order_of_four() -> None:
    rng = np.random.default_rng(5)
    longer = []
    for _ in range(20):
        lines = [rng.uniform(0, 100, (2, 2)) for _ in range(4)]
        best = min(
            order.travel_mm([line[::-1] if flip else line for line, flip in zip(way, flips, strict=True)], (0, 0))
            for way in itertools.permutations(lines)
            for flips in itertools.product((False, True), repeat=4)
        )
        longer.append(order.travel_mm(order.ordered(lines, (0, 0)), (0, 0)) / best)
    assert np.mean(longer) < 1.03 and max(longer) < 1.15


def test_a_comb_is_walked_up_and_down() -> None:
    out = order.ordered(dots(30, 10, 20, 40), (0, 0))
    assert [line[0].tolist() for line in out] == [[10, 0], [20, 5], [30, 0], [40, 5]]
