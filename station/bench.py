"""Milliseconds of every stage of the eye and the judge, on one core, with the counts behind them."""

import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from hardware.camera.frames import Bgr, Preview
from hardware.machine import twin_machine
from station.redact import compared
from station.scenes.boxes import boxes
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.watch import Watch

PREVIEW_PX = (640, 360)
PREVIEW_FRAMES = 200
RENDERED_SEED = 3


@dataclass(frozen=True)
class Bench:
    """Milliseconds by stage: median, longest, and how many were measured."""

    ms: dict[str, list[float]]

    def to_json(self) -> dict[str, Any]:
        """Stage -> median_ms, longest_ms, n."""
        return {
            stage: {"median_ms": round(statistics.median(ms), 2), "longest_ms": round(max(ms), 2), "n": len(ms)}
            for stage, ms in self.ms.items()
        }

    def table(self) -> str:
        """The same for people."""
        rows = [
            f"{stage:<24}{row['median_ms']:>10.1f}{row['longest_ms']:>10.1f}{row['n']:>6}"
            for stage, row in self.to_json().items()
        ]
        return "\n".join([f"{'one core, ms':<24}{'median':>10}{'longest':>10}{'n':>6}", *rows])


def run(photos: Sequence[Bgr], rounds: int) -> Bench:
    """Measure every stage `rounds` times on each photo, or on a rendered box where none is given."""
    cv2.setNumThreads(1)
    eye, judge = Eye(1), Judge(1)
    ms: dict[str, list[float]] = defaultdict(list)
    for photo in photos or [_rendered()]:
        preview = cv2.cvtColor(cv2.resize(photo, PREVIEW_PX, interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2GRAY)
        ms["watch a preview"] += _watched(np.asarray(preview, np.uint8))
        for _ in range(rounds):
            look = eye.look(photo)
            for stage, value in look.ms.items():
                ms[f"look: {stage}"].append(value)
            ms["look"].append(sum(look.ms.values()))
            ms["judge"].append(_timed(lambda: compared(photo, photo, look, judge)))  # noqa: B023  (called at once)
    return Bench(dict(ms))


def _watched(grey: Any) -> list[float]:
    watch = Watch()
    return [
        _timed(lambda: watch.update(Preview(grey, float(k))))  # noqa: B023  (called at once)
        for k in range(PREVIEW_FRAMES)
    ]


def _timed(call: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    call()
    return (time.perf_counter() - start_s) * 1000


def _rendered() -> Bgr:
    """A photograph of the twin with a rendered box on the platform."""
    machine, world = twin_machine("none", RENDERED_SEED)
    world.place(next(boxes(RENDERED_SEED)))
    machine.clock.sleep(3.0)
    machine.panel.lamp.on()
    photo = machine.camera.photo(world.height_mm).bgr
    machine.close()
    return photo
