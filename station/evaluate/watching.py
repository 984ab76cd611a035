"""The watch against the truth of rendered clips: which events it tells right, and what it tells that never was."""

import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

import numpy as np

from station.scenes.clips import Clip, Shot, clips
from station.senses import STILL_S
from station.vision.watch import Sight, Watch

SETTLED_S = 0.4  # the bar: settled so long after true stillness, and never before
SEEN_S, GONE_S = 0.3, 0.5  # a movement is seen, and an empty platform, within
ARRIVED_S = 0.8  # from the box's first corner in the picture until it is called present
LASTS_S = 0.9  # stillness shorter than this need not be called so
APART_S = 0.5  # movements closer to each other are one
EDGE_S = 0.2  # frames so near to a true change are no false alarm


@dataclass
class Count:
    """Right and all events by kind; `wrong` names clip, kind and second; false alarms are counted beside them."""

    right: Counter[str] = field(default_factory=Counter)
    all: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    false: Counter[str] = field(default_factory=Counter)
    ms: list[float] = field(default_factory=list)

    def note(self, clip: str, kind: str, at_s: float, right: bool) -> None:
        """One event."""
        self.all[kind] += 1
        self.right[kind] += right
        if not right:
            self.wrong.append(f"{clip}: {kind} at {at_s:.1f} s")

    def report(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "events": [self.right.total(), self.all.total()],
            "kinds": {kind: [self.right[kind], n] for kind, n in sorted(self.all.items())},
            "false": dict(self.false),
            "wrong": self.wrong,
            "ms_median": round(float(np.median(self.ms)), 3) if self.ms else None,
        }


@dataclass(frozen=True)
class Seen:
    """One frame with its truth and what the watch made of it."""

    now_s: float
    shot: Shot
    sight: Sight

    @property
    def settled(self) -> bool:
        return self.sight.still_s >= STILL_S - 1e-6


def watching(clip_count: int, seed: int) -> dict[str, Any]:
    """Run the watch over the first clips of a seed: events right of all, by kind, false alarms, ms a frame."""
    count = Count()
    for n, clip in enumerate(islice(clips(seed), clip_count)):
        name = f"{seed}/{n} {clip.name}"
        seen = _watch(name, clip, count)
        _movements(name, seen, count)
        _presence(name, seen, count)
        _said(name, clip, seen, count)
        _false(name, clip, seen, count)
    return count.report()


def _watch(name: str, clip: Clip, count: Count) -> list[Seen]:
    """Every frame through the watch; questions that a job would ask are asked at their second."""
    watch = Watch()
    seen: list[Seen] = []
    asked = sorted((each for each in clip.said if each[0] in ASKED), key=lambda each: each[1])
    for shot in clip.shots():
        if not seen:
            watch.learn_empty(shot.preview)
        start_s = time.perf_counter()
        sight = watch.update(shot.preview)
        count.ms.append((time.perf_counter() - start_s) * 1000)
        seen.append(Seen(shot.preview.time_s, shot, sight))
        while asked and asked[0][1] <= shot.preview.time_s + 1e-6:
            _ask(name, watch, shot, asked.pop(0), count)
    return seen


ASKED = ("keep", "shifted", "same", "reached", "free")


def _ask(name: str, watch: Watch, shot: Shot, question: tuple[str, float, float], count: Count) -> None:
    kind, at_s, _ = question
    if kind == "keep":
        watch.keep(shot.preview)
    elif kind in {"shifted", "same"}:
        count.note(name, kind, at_s, watch.shifted(shot.preview) == (kind == "shifted"))
    else:
        count.note(name, kind, at_s, watch.reached_into(shot.preview) == (kind == "reached"))


def _movements(name: str, seen: list[Seen], count: Count) -> None:
    """Every movement is seen soon after it begins, stays unsettled, and is settled soon after it ends."""
    for first, last in _spells(seen):
        start_s, end_s = seen[first].now_s, seen[last].now_s
        soon = [each for each in seen[first:] if each.now_s <= start_s + SEEN_S]
        count.note(name, "movement seen", start_s, any(each.sight.moving for each in soon))
        during = [each for each in seen[first:last] if each.now_s > start_s + SEEN_S]
        if during:
            count.note(name, "not settled before", start_s, not any(each.settled for each in during))
        after = [each for each in seen[last:] if each.now_s <= end_s + SETTLED_S + 1e-6]
        if seen[-1].now_s >= end_s + LASTS_S:
            count.note(name, "settled in time", end_s, any(each.settled for each in after))


def _spells(seen: list[Seen]) -> list[tuple[int, int]]:
    """First and last moving frame of every true movement."""
    spells: list[tuple[int, int]] = []
    for k, each in enumerate(seen):
        if not each.shot.moving:
            continue
        if spells and each.now_s - seen[spells[-1][1]].now_s < APART_S:
            spells[-1] = spells[-1][0], k
        else:
            spells.append((k, k))
    return spells


def _presence(name: str, seen: list[Seen], count: Count) -> None:
    """A box is there soon after it came and not there soon after it went; in between it stays."""
    changes = [k for k in range(1, len(seen)) if seen[k].shot.present != seen[k - 1].shot.present]
    for k, until in zip(changes, [*changes[1:], len(seen)], strict=False):
        there, at_s = seen[k].shot.present, seen[k].now_s
        soon_s = at_s + (ARRIVED_S if there else GONE_S + _way_out_s(seen, k))
        rest = [each for each in seen[k:until] if each.now_s >= soon_s]
        if rest:
            kind = "arrived" if there else "left"
            count.note(name, kind, at_s, rest[0].sight.present == there)
            stays = "stays there" if there else "stays empty"
            count.note(name, stays, at_s, all(each.sight.present == there for each in rest[1:]))


def _way_out_s(seen: list[Seen], k: int) -> float:
    """How long after its middle has left the picture the last of box and hand moves in it."""
    moving = [each.now_s for each in seen[k:] if each.shot.moving and each.now_s < seen[k].now_s + 1.5]
    return (moving[-1] if moving else seen[k].now_s) - seen[k].now_s


def _said(name: str, clip: Clip, seen: list[Seen], count: Count) -> None:
    for kind, from_s, until_s in clip.said:
        span = [each for each in seen if from_s <= each.now_s <= until_s]
        if kind == "quiet":
            count.note(name, "no movement in light", from_s, not any(each.sight.moving for each in span))
        if kind in {"quiet", "shadow"} and not any(each.shot.present for each in span):
            count.note(name, "no box in light", from_s, not any(each.sight.present for each in span))


def _false(name: str, clip: Clip, seen: list[Seen], count: Count) -> None:
    """Alarms in frames that are far from any true movement, outside passing shadows."""
    shadows = [(a, b) for kind, a, b in clip.said if kind == "shadow"]
    moved = np.array([each.now_s for each in seen if each.shot.moving] or [-9.0])
    for before, each in pairwise(seen):
        if each.sight.moving and not before.sight.moving and np.abs(moved - each.now_s).min() > EDGE_S:
            inside = any(a <= each.now_s <= b for a, b in shadows)
            count.false["movement, under a shadow" if inside else "movement"] += 1
        if each.sight.present and not before.sight.present and not each.shot.present:
            near = np.abs(moved - each.now_s).min() <= EDGE_S
            count.false["box, hand in view" if near else "box"] += 1
