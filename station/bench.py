"""Milliseconds of every stage of the eye and the judge, with the counts behind them, beside references of the same run.

Machines differ and are noisy: what a figure says is its ratio to the references, which do the same job, or less, in the
usual ways.
"""

import itertools
import os
import resource
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import cv2
import numpy as np
import zxingcpp

from hardware.camera.frames import Bgr, Preview
from hardware.machine import twin_machine
from station.erase import cover
from station.redact import Redacted, px_per_mm, redact
from station.resident import look_and_judge
from station.scenes.boxes import boxes
from station.vision.apart import apart
from station.vision.judge import Judge
from station.vision.locate import Locator
from station.vision.look import Eye
from station.vision.maps import Maps
from station.vision.network import Engine
from station.vision.seen import Look
from station.vision.text import Models, TesseractReader
from station.vision.watch import Watch

PREVIEW_PX = (640, 480)
PREVIEW_FRAMES = 200
LOCATED_FRAMES = 50
JUDGED_PLACES = 10
RENDERED_SEED = 3

Times = dict[str, list[float]]
Result = TypeVar("Result")


@dataclass(frozen=True)
class Bench:
    """Milliseconds by stage, on one core and on all, and the megabytes of a process that looks and judges."""

    one_core: Times
    all_cores: Times
    resident_mb: float

    def to_json(self) -> dict[str, Any]:
        """Cores -> stage -> median_ms, longest_ms, n; cores -> share; megabytes."""
        return {
            "one_core": _figures(self.one_core),
            "all_cores": {"cores": _cores(), **_figures(self.all_cores)},
            "look_to_rapidocr": {"one_core": _share(self.one_core), "all_cores": _share(self.all_cores)},
            "resident_mb": self.resident_mb,
        }

    def table(self) -> str:
        """The same for people."""
        one, every = _figures(self.one_core), _figures(self.all_cores)
        head = f"{'milliseconds':<38}{'one core':>10}{'longest':>10}{f'{_cores()} cores':>10}{'n':>6}"
        rows = [
            f"{stage:<38}{row['median_ms']:>10.2f}{row['longest_ms']:>10.2f}"
            f"{every[stage]['median_ms']:>10.2f}{row['n']:>6}"
            for stage, row in one.items()
        ]
        share = f"{'look : RapidOCR':<38}{_share(self.one_core):>10.3f}{'':>10}{_share(self.all_cores):>10.3f}"
        memory = f"{'eye and judge resident at most, MB':<38}{self.resident_mb:>10.0f}"
        return "\n".join([head, *rows, share, memory])


def run(photos: Sequence[Bgr], rounds: int) -> Bench:
    """Measure every stage `rounds` times on each photo, or on a rendered box where none is given."""
    taken = list(photos) or [_rendered()]
    resident_mb = max(round(apart(look_and_judge, photo, Engine()), 1) for photo in taken)
    return Bench(_measured(taken, rounds, 1), _measured(taken, rounds, _cores()), resident_mb)


class _Meter:
    """Takes the time of calls, stage by stage.

    On one core the processor's, so that other work on the machine does not count; where cores share a call the clock's.
    """

    def __init__(self, cores: int) -> None:
        self.ms: Times = defaultdict(list)
        self._now_s = _processor_s if cores == 1 else time.perf_counter

    def time(self, stage: str, call: Callable[[], Result], times: int = 1) -> Result:
        """Make the call, some times over; its last result."""
        for _ in range(times):
            start_s = self._now_s()
            result = call()
            self.ms[stage].append((self._now_s() - start_s) * 1000)
        return result


def _processor_s() -> float:
    """Of this process and of those that it waited for, such as Tesseract's."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _measured(photos: Sequence[Bgr], rounds: int, cores: int) -> Times:
    cv2.setNumThreads(cores)
    models = Models(Engine(threads=cores))
    eye, judge = Eye(models), Judge(models)
    references = _references(cores)
    meter = _Meter(cores)
    for photo in photos:
        _preview(photo, models, meter)
        inked = redact(photo, "personal", eye, judge)
        for _ in range(rounds):
            _look(eye, photo, meter)
            _judge(judge, photo, inked, meter)
            for name, call in references.items():
                meter.time(f"reference: {name}", partial(call, photo))
    return dict(meter.ms)


def _preview(photo: Bgr, models: Models, meter: _Meter) -> None:
    """What may be done with a preview: every one is watched, and labels can be looked for live."""
    small = np.asarray(cv2.resize(photo, PREVIEW_PX, interpolation=cv2.INTER_AREA), np.uint8)
    grey = np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)
    watch, maps = Watch(), Maps(engine=models.engine)
    locator = Locator(maps)
    for k in range(PREVIEW_FRAMES):
        frame = Preview(np.roll(grey, k % 3, axis=1), k / 30)
        meter.time("watch: a preview", partial(watch.update, frame))
    meter.time("locate: maps of a preview", lambda: maps.of(grey), LOCATED_FRAMES)
    meter.time("locate: a preview", lambda: locator.glance(grey), LOCATED_FRAMES)


def _look(eye: Eye, photo: Bgr, meter: _Meter) -> None:
    """One look as the station takes it. Its stages are what it says itself, by the clock."""
    look = meter.time("look", partial(eye.look, photo, hurry=True))
    for stage, value in look.ms.items():
        meter.ms[f"look: {stage}"].append(value)


def _judge(judge: Judge, photo: Bgr, inked: Redacted, meter: _Meter) -> None:
    """Ten places of the surest label: on bare print the first attack may read, under ink every one has to fail."""
    for label in inked.look.labels[:1]:
        places = list(itertools.islice(itertools.cycle(cover.places(Look((label,), {}))), JUDGED_PLACES))
        for name, after in (("inked", inked.picture), ("bare", photo)):
            call = partial(judge.judge_pair, photo, after, places, px_per_mm(label))
            meter.time(f"judge: {len(places)} {name} places", call)


def _references(cores: int) -> dict[str, Callable[[Bgr], object]]:
    """What the usual tools take for the whole picture."""
    from rapidocr import RapidOCR  # noqa: PLC0415  (heavy, and only measured here)

    threads = {f"EngineConfig.onnxruntime.{kind}_op_num_threads": cores for kind in ("intra", "inter")}
    rapid = RapidOCR(params={**threads, "Global.log_level": "error"})
    tesseract = TesseractReader(timeout_s=60.0)
    return {
        "cv2.resize to the preview": lambda photo: cv2.resize(photo, PREVIEW_PX, interpolation=cv2.INTER_AREA),
        "zxing-cpp": zxingcpp.read_barcodes,
        "RapidOCR": rapid,
        "Tesseract": lambda photo: tesseract.read([photo]),
    }


def _figures(ms: Times) -> dict[str, dict[str, float]]:
    return {
        stage: {"median_ms": round(statistics.median(each), 2), "longest_ms": round(max(each), 2), "n": len(each)}
        for stage, each in ms.items()
    }


def _share(ms: Times) -> float:
    """How long a look takes, as a share of RapidOCR's own pipeline on the same pictures."""
    return round(statistics.median(ms["look"]) / statistics.median(ms["reference: RapidOCR"]), 3)


def _cores() -> int:
    return os.cpu_count() or 1


def _rendered() -> Bgr:
    """A photograph of the twin with a rendered box on the platform."""
    machine, world = twin_machine("none", RENDERED_SEED)
    world.place(next(boxes(RENDERED_SEED)))
    machine.clock.sleep(3.0)
    machine.panel.lamp.on()
    photo = machine.camera.photo(world.height_mm).bgr
    machine.close()
    return photo
