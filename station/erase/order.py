"""Strokes in the order, and the direction, of the shortest travel: nearest first, then 2-opt and single moves."""

import numpy as np

from hardware.camera.frames import Points

TINY_MM = 1e-6
ROUNDS = 20  # of improving; it settles after three or four on a label


def ordered(lines: list[Points], start_mm: tuple[float, float]) -> list[Points]:
    """The same lines (each N x 2), some of them turned round, for a tool that begins at `start_mm`."""
    return _improved(nearest_first(lines, start_mm), start_mm)


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


def _improved(lines: list[Points], start_mm: tuple[float, float]) -> list[Points]:
    """Turn runs round and move single lines for as long as that shortens the travel."""
    now = travel_mm(lines, start_mm)
    for _ in range(ROUNDS):
        lines = _moved(_turned(lines, np.asarray(start_mm, float)), start_mm)
        before, now = now, travel_mm(lines, start_mm)
        if now > before - TINY_MM:
            break
    return lines


def _turned(lines: list[Points], start: Points) -> list[Points]:
    """One sweep of 2-opt over all runs i..j."""
    for i in range(len(lines)):
        for j in range(i, len(lines)):
            before = lines[i - 1][-1] if i else start
            if _gain(lines, before, i, j) > TINY_MM:
                lines = lines[:i] + [line[::-1] for line in reversed(lines[i : j + 1])] + lines[j + 1 :]
    return lines


def _moved(lines: list[Points], start_mm: tuple[float, float]) -> list[Points]:
    """Take each line out once and put it back, either way round, where it lengthens the travel least."""
    for line in list(lines):
        rest = [other for other in lines if other is not line]
        ends = [np.asarray(start_mm, float), *(other[-1] for other in rest)]
        places = [(k, way) for k in range(len(ends)) for way in (line, line[::-1])]
        k, way = min(places, key=lambda at: _detour(ends[at[0]], at[1], rest[at[0] : at[0] + 1]))
        lines = [*rest[:k], way, *rest[k:]]
    return lines


def _detour(before: Points, line: Points, after: list[Points]) -> float:
    """How much longer the travel gets with `line` between a place and the next line, if there is one."""
    onward = _far(line[-1], after[0][0]) - _far(before, after[0][0]) if after else 0.0
    return _far(before, line[0]) + onward


def _gain(lines: list[Points], before: Points, i: int, j: int) -> float:
    """How much shorter the travel gets when the run i..j is turned round."""
    now, then = _far(before, lines[i][0]), _far(before, lines[j][-1])
    if j + 1 < len(lines):
        after = lines[j + 1][0]
        now, then = now + _far(lines[j][-1], after), then + _far(lines[i][0], after)
    return now - then


def _far(a: Points, b: Points) -> float:
    return float(np.hypot(a[0] - b[0], a[1] - b[1]))
