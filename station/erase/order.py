"""Strokes in the order, and the direction, of the shortest travel: nearest neighbour first, then 2-opt."""

import numpy as np

from hardware.camera.frames import Points

ROUNDS = 20  # of 2-opt; it settles after three or four on a label


def ordered(lines: list[Points], start_mm: tuple[float, float]) -> list[Points]:
    """The same lines (each N x 2), some of them turned round, for a tool that begins at `start_mm`."""
    return two_opt(nearest_first(lines, start_mm), start_mm)


def travel_mm(lines: list[Points], start_mm: tuple[float, float]) -> float:
    """The way with the tool up, from `start_mm` to the first line and from each line to the next."""
    here, total = np.asarray(start_mm, float), 0.0
    for line in lines:
        total += _far(here, line[0])
        here = line[-1]
    return total


def nearest_first(lines: list[Points], start_mm: tuple[float, float]) -> list[Points]:
    """Always the line next whose nearer end is nearest."""
    left, here, out = list(lines), np.asarray(start_mm, float), list[Points]()
    while left:
        ends = [min(_far(here, line[0]), _far(here, line[-1])) for line in left]
        line = left.pop(int(np.argmin(ends)))
        out.append(line if _far(here, line[0]) <= _far(here, line[-1]) else line[::-1])
        here = out[-1][-1]
    return out


def two_opt(lines: list[Points], start_mm: tuple[float, float]) -> list[Points]:
    """Turn runs of lines round as long as that shortens the travel."""
    for _ in range(ROUNDS):
        shorter = _better(lines, np.asarray(start_mm, float))
        if shorter is lines:
            break
        lines = shorter
    return lines


def _better(lines: list[Points], start: Points) -> list[Points]:
    """One sweep over all runs i..j."""
    for i in range(len(lines)):
        for j in range(i, len(lines)):
            before = lines[i - 1][-1] if i else start
            if _gain(lines, before, i, j) > 1e-6:
                lines = lines[:i] + [line[::-1] for line in reversed(lines[i : j + 1])] + lines[j + 1 :]
    return lines


def _gain(lines: list[Points], before: Points, i: int, j: int) -> float:
    """How much shorter the travel gets when the run i..j is turned round."""
    now, then = _far(before, lines[i][0]), _far(before, lines[j][-1])
    if j + 1 < len(lines):
        after = lines[j + 1][0]
        now, then = now + _far(lines[j][-1], after), then + _far(lines[i][0], after)
    return now - then


def _far(a: Points, b: Points) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))
