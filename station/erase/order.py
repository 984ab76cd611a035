"""The order, and the direction, of lines that costs least: nearest first, then 2-opt and moves of runs, then kicks.

A kick lets two neighbouring runs of any length change places (a double bridge); what settles after it is kept when it
costs less (Martin, Otto and Felten 1991).

A *tour* is a row of ends (see `links`): the one at which the tool comes to each line; it leaves by the other.
"""

import numpy as np
from numpy.typing import NDArray

from station.erase.links import Floats

TINY_MM = 1e-6
ROUNDS = 40  # of improving; it settles after a few
KICKS = 20  # they save 1.6 % of the drawing; three times as many save 0.3 % more
FEWEST = 3  # lines that can be put in another order than by turning them round
RUNS = (1, 2, 3, 5, 8)  # lines that are moved together

Tour = NDArray[np.int64]


def tour(cost_mm: Floats, start_mm: Floats) -> Tour:
    """Ends in a good order, by the cost from end to end (2N x 2N) and from where the tool is to each end (2N,)."""
    costs = _with_start_and_finish(cost_mm, start_mm)
    best = _settled(nearest_first(cost_mm, start_mm), costs)
    rng = np.random.default_rng(0)  # always the same kicks: the same lines make the same tour
    for _ in range(KICKS if len(best) >= FEWEST else 0):
        other = _settled(_kicked(best, rng), costs)
        if _total_mm(other, costs) < _total_mm(best, costs) - TINY_MM:
            best = other
    return best


def nearest_first(cost_mm: Floats, start_mm: Floats) -> Tour:
    """Always the line next that costs least to get at."""
    left, here, ends = np.ones(len(start_mm), bool), start_mm, list[int]()
    while left.any():
        end = int(np.argmin(np.where(left, here, np.inf)))
        left[[end, end ^ 1]] = False
        ends.append(end)
        here = cost_mm[end ^ 1]
    return np.array(ends, int)


def _settled(ends: Tour, costs: Floats) -> Tour:
    """Improved until nothing more is saved."""
    now = np.inf
    for _ in range(ROUNDS):
        ends = _moved(_turned(ends, costs), costs)
        before, now = now, _total_mm(ends, costs)
        if now > before - TINY_MM:
            break
    return ends


def _kicked(ends: Tour, rng: np.random.Generator) -> Tour:
    """Two neighbouring runs, wherever they are, in each other's place."""
    i, j, k = np.sort(rng.choice(len(ends) + 1, 3, replace=False))
    return np.concatenate([ends[:i], ends[j:k], ends[i:j], ends[k:]])


def _with_start_and_finish(cost_mm: Floats, start_mm: Floats) -> Floats:
    """Two more ends: the second last is where the tool is, the last is free to get at: any line may be the last."""
    n = len(start_mm)
    costs = np.zeros((n + 2, n + 2))
    costs[:n, :n] = cost_mm
    costs[n, :n] = costs[:n, n] = start_mm
    return costs


def _befores(ends: Tour, costs: Floats) -> Tour:
    """Where the tool leaves for each line, and for the finish."""
    return np.concatenate([[len(costs) - 2], ends ^ 1])


def _afters(ends: Tour, costs: Floats) -> Tour:
    """Where the tool goes from the start and from each line."""
    return np.append(ends, len(costs) - 1)


def _total_mm(ends: Tour, costs: Floats) -> float:
    return float(costs[_befores(ends, costs), _afters(ends, costs)].sum())


def _turned(ends: Tour, costs: Floats) -> Tour:
    """One sweep of 2-opt: from each line on, the run whose turning round saves the most."""
    for i in range(len(ends)):
        before, after = _befores(ends, costs)[i], _afters(ends, costs)[i + 1 :]
        out = ends[i:] ^ 1
        saved = costs[before, ends[i]] + costs[out, after] - costs[before, out] - costs[ends[i], after]
        j = int(np.argmax(saved))
        if saved[j] > TINY_MM:
            ends = np.concatenate([ends[:i], _back(ends[i : i + j + 1]), ends[i + j + 1 :]])
    return ends


def _moved(ends: Tour, costs: Floats) -> Tour:
    """Take each short run out once and put it, either way round, where it costs least."""
    for length in RUNS:
        for i in range(len(ends) - length + 1):
            ends = _put_back(np.delete(ends, np.s_[i : i + length]), ends[i : i + length], costs)
    return ends


def _put_back(rest: Tour, run: Tour, costs: Floats) -> Tour:
    before, after = _befores(rest, costs), _afters(rest, costs)
    ways = [run, _back(run)]
    dearer = [costs[before, way[0]] + costs[way[-1] ^ 1, after] - costs[before, after] for way in ways]
    turn, k = np.unravel_index(int(np.argmin(dearer)), (2, len(before)))
    return np.concatenate([rest[:k], ways[turn], rest[k:]])


def _back(run: Tour) -> Tour:
    return run[::-1] ^ 1
