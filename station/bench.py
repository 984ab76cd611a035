"""Milliseconds of every stage of the eye and the judge, with the counts behind them, beside references of the same run.

Machines differ and are noisy: what a figure says is its ratio to the references, which do the same job, or less, in the
usual ways.
"""

import os
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import cv2
import numpy as np
import zxingcpp

from hardware.camera.frames import Bgr, Preview
from hardware.machine import twin_machine
from station.redact import compared
from station.scenes.boxes import boxes
from station.vision import maps
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.network import Engine, EngineName, Network, model_path
from station.vision.text import DIRECTION, FINDER, READER, Models, TesseractReader
from station.vision.watch import Watch

PREVIEW_PX = (640, 480)
PREVIEW_FRAMES = 200
MAPPED_FRAMES = 50
RENDERED_SEED = 3
ENGINES: tuple[EngineName, ...] = get_args(EngineName)
ROUNDS = 5

Times = dict[str, list[float]]


@dataclass(frozen=True)
class Bench:
    """Milliseconds by stage, on one core and on all: median, longest, and how many were measured."""

    one_core: Times
    all_cores: Times

    def to_json(self) -> dict[str, Any]:
        """Cores -> stage -> median_ms, longest_ms, n."""
        return {"one_core": _figures(self.one_core), "all_cores": {"cores": _cores(), **_figures(self.all_cores)}}

    def table(self) -> str:
        """The same for people."""
        one, every = _figures(self.one_core), _figures(self.all_cores)
        head = f"{'milliseconds':<38}{'one core':>10}{'longest':>10}{f'{_cores()} cores':>10}{'n':>6}"
        rows = [
            f"{stage:<38}{row['median_ms']:>10.2f}{row['longest_ms']:>10.2f}"
            f"{every[stage]['median_ms']:>10.2f}{row['n']:>6}"
            for stage, row in one.items()
        ]
        return "\n".join([head, *rows])


@dataclass(frozen=True)
class Engines:
    """Milliseconds of every network by engine on one core, and how far the outputs differ from the first engine's."""

    ms: dict[str, dict[EngineName, float]]
    differs: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Network -> engine -> milliseconds, and the largest difference."""
        return {name: {**each, "differs": self.differs[name]} for name, each in self.ms.items()}

    def table(self) -> str:
        """The same for people."""
        rows = [
            f"{name:<40}" + "".join(f"{each[engine]:>13.1f}" for engine in ENGINES) + f"{self.differs[name]:>13.1e}"
            for name, each in self.ms.items()
        ]
        head = f"{'milliseconds, one core':<40}" + "".join(f"{engine:>13}" for engine in ENGINES) + f"{'differs':>13}"
        return "\n".join([head, *rows, "Put the faster one into the configuration: eye.engine"])


def engines() -> Engines:
    """Run every network with every engine on noise of the shape that a usual label gives."""
    cv2.setNumThreads(1)
    ms: dict[str, dict[EngineName, float]] = {}
    differs: dict[str, float] = {}
    for name, path, shape in _networks():
        tensor = np.random.default_rng(1).normal(size=shape).astype(np.float32)
        outputs, ms[name] = [], {}
        for engine in ENGINES:
            network = Network(path, Engine(engine))
            outputs.append(network.run(tensor))
            ms[name][engine] = round(statistics.median(_timed(lambda: network.run(tensor)) for _ in range(ROUNDS)), 2)  # noqa: B023
        differs[name] = float(max(np.abs(each - outputs[0]).max() for each in outputs))
    return Engines(ms, differs)


def _networks() -> list[tuple[str, Path, tuple[int, ...]]]:
    """Each network's name, file and usual input."""
    return [
        ("label locator", maps.WEIGHTS, (1, 1, 224, 384)),
        ("text finder", model_path(FINDER), (1, 3, 640, 448)),
        ("text reader", model_path(READER), (1, 3, 48, 216)),
        ("direction", model_path(DIRECTION), (1, 3, 48, 192)),
    ]


def run(photos: Sequence[Bgr], rounds: int) -> Bench:
    """Measure every stage `rounds` times on each photo, or on a rendered box where none is given."""
    taken = list(photos) or [_rendered()]
    return Bench(_measured(taken, rounds, 1), _measured(taken, rounds, _cores()))


def _measured(photos: Sequence[Bgr], rounds: int, cores: int) -> Times:
    cv2.setNumThreads(cores)
    models = Models(Engine(threads=cores))
    eye, judge = Eye(models), Judge(models)
    references = _references(cores)
    ms: Times = defaultdict(list)
    for photo in photos:
        ms["watch: a preview"] += _watched(_preview(photo))
        ms["locate: maps of a preview"] += _mapped(_preview(photo), models.engine)
        for _ in range(rounds):
            _look(eye, judge, photo, ms)
            for name, call in references.items():
                ms[f"reference: {name}"].append(_timed(lambda: call(photo)))  # noqa: B023  (called at once)
    return dict(ms)


def _look(eye: Eye, judge: Judge, photo: Bgr, ms: Times) -> None:
    """One look as the station takes it, and one judgement of what it found."""
    look = eye.look(photo, hurry=True)
    for stage, value in look.ms.items():
        ms[f"look: {stage}"].append(value)
    ms["look"].append(sum(look.ms.values()))
    ms["judge"].append(_timed(lambda: compared(photo, photo, look, judge)))


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


def _preview(photo: Bgr) -> Any:
    small = cv2.resize(photo, PREVIEW_PX, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), np.uint8)


def _watched(grey: Any) -> list[float]:
    watch = Watch()
    frames = [Preview(np.roll(grey, k % 3, axis=1), k / 30) for k in range(PREVIEW_FRAMES)]
    return [_timed(lambda: watch.update(frame)) for frame in frames]  # noqa: B023  (called at once)


def _mapped(grey: Any, engine: Engine) -> list[float]:
    seen = maps.Maps(engine=engine)
    return [_timed(lambda: seen.of(grey)) for _ in range(MAPPED_FRAMES)]


def _timed(call: Callable[[], object]) -> float:
    start_s = time.perf_counter()
    call()
    return (time.perf_counter() - start_s) * 1000


def _figures(ms: Times) -> dict[str, dict[str, float]]:
    return {
        stage: {"median_ms": round(statistics.median(each), 2), "longest_ms": round(max(each), 2), "n": len(each)}
        for stage, each in ms.items()
    }


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
