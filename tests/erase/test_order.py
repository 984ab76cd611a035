"""The way from line to line that costs least."""

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


def least(lines: list[np.ndarray]) -> float:
    """The shortest way with the tool up from (0, 0), by dynamic programming (Held and Karp 1962)."""
    places = links.ends_mm(lines)
    away = np.linalg.norm(places[:, None] - places[None], axis=2)
    best = {(frozenset((end // 2,)), end): float(np.linalg.norm(place)) for end, place in enumerate(places)}
    for _ in range(len(lines) - 1):
        longer: dict[tuple[frozenset[int], int], float] = {}
        for (drawn, end), way in best.items():
            for other in (other for other in range(len(places)) if other // 2 not in drawn):
                key = drawn | {other // 2}, other
                longer[key] = min(longer.get(key, np.inf), way + float(away[end ^ 1, other]))
        best = longer
    return min(best.values())


def test_close_to_the_best_order_of_nine() -> None:
    rng = np.random.default_rng(5)
    sets = [[rng.uniform(0, 100, (2, 2)) for _ in range(9)] for _ in range(12)]
    longer = [walked(lines, toured(lines)) / least(lines) for lines in sets]
    assert np.mean(longer) < 1.005 and max(longer) < 1.03


def test_a_comb_is_walked_up_and_down() -> None:
    comb = [np.array([[x, 0.0], [x, 5.0]]) for x in (30.0, 10.0, 20.0, 40.0)]
    assert toured(comb) == (2, 5, 0, 7)
