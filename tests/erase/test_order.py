"""The way from line to line that costs least."""

import itertools

import numpy as np

from station.erase import links, order


def walked(lines: list[np.ndarray], ends: tuple[int, ...]) -> float:
    """The way with the tool up from (0, 0) along a tour."""
    places = links.ends_mm(lines)
    here = np.vstack([[0.0, 0.0], *(places[end ^ 1] for end in ends[:-1])])
    return float(np.linalg.norm(places[list(ends)] - here, axis=1).sum())


def toured(lines: list[np.ndarray]) -> tuple[int, ...]:
    start_mm = np.linalg.norm(links.ends_mm(lines), axis=1)
    return tuple(order.tour(links.lifted(lines).cost_mm, start_mm).tolist())


def test_every_line_is_drawn_once() -> None:
    rng = np.random.default_rng(3)
    ends = toured([rng.uniform(0, 100, (2, 2)) for _ in range(12)])
    assert sorted(end // 2 for end in ends) == list(range(12))


def test_near_the_best_order_of_four() -> None:
    rng = np.random.default_rng(5)
    longer = []
    for _ in range(20):
        lines = [rng.uniform(0, 100, (2, 2)) for _ in range(4)]
        best = min(
            walked(lines, tuple(2 * k + turn for k, turn in zip(way, turns, strict=True)))
            for way in itertools.permutations(range(4))
            for turns in itertools.product((0, 1), repeat=4)
        )
        longer.append(walked(lines, toured(lines)) / best)
    assert np.mean(longer) < 1.03 and max(longer) < 1.15


def test_a_comb_is_walked_up_and_down() -> None:
    comb = [np.array([[x, 0.0], [x, 5.0]]) for x in (30.0, 10.0, 20.0, 40.0)]
    assert toured(comb) == (2, 5, 0, 7)
