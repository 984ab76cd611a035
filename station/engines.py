"""Which library runs the networks fastest on this machine: each engine measured on each network, at commissioning."""

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np

from hardware.errors import ConfigError
from station.resident import run_networks
from station.vision import maps
from station.vision.apart import apart
from station.vision.convert import MOST_DIFFERENT, convert
from station.vision.cost import Cost, cost
from station.vision.network import ENGINES, Engine, EngineName, Network, Shape, Tensor, model_path
from station.vision.text import DIRECTION, FINDER, READER

_ROUNDS = 7


@dataclass(frozen=True)
class Usual:
    """A network as a look uses it: its file, its usual input, another one, and how often it runs."""

    path: Path
    shape: Shape
    other: Shape
    runs: int


@dataclass(frozen=True)
class Run:
    """Median CPU milliseconds of one run, and how far the output is from onnxruntime's at most."""

    ms: float
    differs: float


Outcome = Run | str  # or why the engine does not run the network


@dataclass(frozen=True)
class Engines:
    """Network -> engine -> outcome, network -> cost, engine -> peak resident MB with all networks loaded."""

    runs: Mapping[str, Mapping[EngineName, Outcome]]
    costs: Mapping[str, Cost]
    resident_mb: Mapping[EngineName, float]
    fastest: EngineName

    def to_json(self) -> dict[str, Any]:
        """Networks with their cost, and by engine ms and differs, or why not; memory; the fastest engine."""
        networks = {
            name: {**asdict(self.costs[name]), **{engine: _told(each) for engine, each in outcomes.items()}}
            for name, outcomes in self.runs.items()
        }
        return {"networks": networks, "resident_mb": self.resident_mb, "fastest": self.fastest}

    def table(self) -> str:
        """The same for people."""
        head = _row("CPU milliseconds, one core", [*ENGINES, "differ by", "mult-adds, M", "moved, MB"])
        rows = [_row(name, _cells(outcomes, self.costs[name])) for name, outcomes in self.runs.items()]
        memory = _row(
            "all resident, MB", [str(round(mb)) if (mb := self.resident_mb.get(one)) else "-" for one in ENGINES]
        )
        also = ", and networks = the folder of --networks" if self.fastest == "ncnn" else ""
        chosen = f'The fastest for a look; in the configuration, under [eye]: engine = "{self.fastest}"{also}'
        return "\n".join([head, *rows, memory, *self._failures(), chosen])

    def _failures(self) -> list[str]:
        """Which engine does not run which network, and why."""
        every = ((name, engine, each) for name, outcomes in self.runs.items() for engine, each in outcomes.items())
        return [f"{engine} does not run the {name}: {each}" for name, engine, each in every if isinstance(each, str)]


def _told(outcome: Outcome) -> dict[str, float | str]:
    return asdict(outcome) if isinstance(outcome, Run) else {"fails": outcome}


def _cells(outcomes: Mapping[EngineName, Outcome], cost: Cost) -> list[str]:
    ran = [each for each in outcomes.values() if isinstance(each, Run)]
    ms = [f"{each.ms:.2f}" if isinstance(each, Run) else "-" for each in outcomes.values()]
    differs = f"{max(each.differs for each in ran):.0e}"
    return [*ms, differs, f"{cost.multiply_adds / 1e6:.1f}", f"{cost.bytes_moved / 1e6:.1f}"]


def _row(name: str, cells: Sequence[str]) -> str:
    return f"{name:<28}" + "".join(f"{cell:>14}" for cell in cells)


def usual_networks() -> dict[str, Usual]:
    """Every network, with the inputs of a usual label."""
    return {
        "label locator": Usual(maps.WEIGHTS, (1, 1, 192, 320), (1, 1, 288, 224), 3),
        "text finder": Usual(model_path(FINDER), (1, 3, 640, 448), (1, 3, 320, 352), 1),
        "text reader": Usual(model_path(READER), (1, 3, 48, 216), (1, 3, 48, 321), 8),
        "direction": Usual(model_path(DIRECTION), (1, 3, 48, 192), (1, 3, 48, 192), 6),
    }


def measured(networks: Path | None) -> Engines:
    """Run every network with every engine. What ncnn needs is kept in the folder `networks`, where one is given."""
    cv2.setNumThreads(1)
    with nullcontext(networks) if networks else TemporaryDirectory() as folder:
        engines = {name: Engine(name, networks=Path(folder)) for name in ENGINES}
        usual = usual_networks()
        runs = {name: _outcomes(each, engines.values()) for name, each in usual.items()}
        able = [engine for engine in ENGINES if all(isinstance(each[engine], Run) for each in runs.values())]
        inputs = [(each.path, each.shape) for each in usual.values()]
        resident_mb = {name: round(apart(run_networks, inputs, engines[name]), 1) for name in able}
    costs = {name: cost(each.path, each.shape) for name, each in usual.items()}
    return Engines(runs, costs, resident_mb, min(able, key=lambda engine: _look_ms(engine, runs, usual)))


def _outcomes(usual: Usual, engines: Iterable[Engine]) -> dict[EngineName, Outcome]:
    noise = np.random.default_rng(1).normal(size=usual.shape).astype(np.float32)
    wanted = Network(usual.path).run(noise)
    return {engine.name: _outcome(usual, engine, noise, wanted) for engine in engines}


def _outcome(usual: Usual, engine: Engine, noise: Tensor, wanted: Tensor) -> Outcome:
    try:
        if engine.name == "ncnn" and engine.networks:
            convert(usual.path, (usual.shape, usual.other), engine.networks)
        network = Network(usual.path, engine)
        differs = float(np.abs(network.run(noise) - wanted).max())
    except (ConfigError, cv2.error) as error:
        return str(error)
    if not differs <= MOST_DIFFERENT:
        return f"its output is {differs:.1e} from onnxruntime's"
    return Run(round(statistics.median(_cpu_ms(lambda: network.run(noise)) for _ in range(_ROUNDS)), 2), differs)


def _cpu_ms(call: Callable[[], object]) -> float:
    """CPU time, not the clock's: other work on the machine does not change which engine is the fastest."""
    start_s = time.process_time()
    call()
    return (time.process_time() - start_s) * 1000


def _look_ms(engine: EngineName, runs: Mapping[str, Mapping[EngineName, Outcome]], usual: Mapping[str, Usual]) -> float:
    """Of all runs of a look."""
    return sum(each.runs * run.ms for name, each in usual.items() if isinstance(run := runs[name][engine], Run))
