"""Trains the label locator on rendered scenes: `python -m station.vision.train --minutes 90`.

The only module that needs torch (`pip install torch onnx`). Scenes are rendered in a process beside the training, from
the training seeds of `station.scenes.training`; `--backgrounds` is a folder of photographs without labels to render on
and to learn from. A run that was stopped goes on from its checkpoint.

The weights in the repository were not made in one run: an earlier network of the same trunk, without rays, learned the
maps in 125 minutes; then rays and maps were learned together in 75 minutes, and 110 more from a share of 0.35 of a
second run (17,200 steps in all), on one of two cores that had other work to do. Photographs of cardboard were among the
backgrounds, but for the last of five folds.
"""

import argparse
import math
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from hardware.camera.frames import Points
from station.scenes.surfaces import photographs
from station.scenes.training import FOLDS, MAPS, TRAINING, Amounts, Batch, batches, learned_from, stock
from station.vision.maps import CELL_PX, RAYS, rays_px

WEIGHTS = Path(__file__).parent / "weights" / "locator.onnx"
SEED = TRAINING.start  # of the first stock; each new process of a run takes the next one
BATCH = 16
WAITING = 12  # batches rendered ahead
RATE, WARM_UP, LAST_SHARE = 1.5e-3, 0.02, 0.01  # of AdamW: highest; share of the time to get there; where it ends
DECAY, CLIP = 1e-4, 1.0
EMA = 0.998  # of the averaged weights that are exported
WEIGHT = {"score": 1.0, "rays": 1.5, "outline": 1.0}  # of a loss; the other maps' weigh OTHER_WEIGHT
OTHER_WEIGHT = 0.25
CORE = 0.6  # of a label's sides: cells that answer for it
AROUND_CORE = 0.3  # weight of the rays of its other cells
BORDER_PX = 12.0  # so far beyond the frame rays still count,
BEYOND = 0.1  # and further with this weight: nobody sees where a label ends there
LEAST_HALVED = 64  # weights of a layer, for 16 bits to be worth while
SAVE_S = 150.0
FAST_HALVES = "AVX512" in torch.backends.cpu.get_cpu_capability()  # elsewhere 16 bits take 20 times as long
OUTPUTS = 1 + RAYS + 4 * len(MAPS)  # a score, rays, and maps at twice the cells' resolution
RAY_PX, LONGEST = 40.0, 3.5  # rays are RAY_PX x exp(-LONGEST..LONGEST) long
CHANNELS = (16, 32, 32, 64, 64)  # at 1/2, 1/4, 1/8, 1/16, 1/32 of the frame; engines work on 16 channels at a time
WHOLE = 64  # channels at 1/8, for whole labels
LEAST_DEVIATION = 8.0  # grey levels: a flat frame's noise is not blown up
NORM_MOMENTUM = 0.03  # of batch norm's running figures: frames of five shapes alternate
FRESH = 2  # steps on a rendered batch and its turned copies: rendering takes longer than learning
KEPT = 300  # batches to learn from again


# ---- the network


def conv(inputs: int, outputs: int, size: int = 3, stride: int = 1) -> nn.Sequential:
    """A convolution with batch norm, which the export folds into its weights."""
    layer = nn.Conv2d(inputs, outputs, size, stride, (size - stride + 1) // 2, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outputs, momentum=NORM_MOMENTUM))


class Plain(nn.Module):
    """Adds a 3 x 3 correction to its input."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.layers = conv(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = torch.relu(x + self.layers(x))
        return found


class Wide(nn.Module):
    """Adds a correction to its input: 1 x 1 to twice the channels, depthwise 5 x 5, 1 x 1 back: far sight."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        inner = 2 * channels
        # One norm at the end: a norm after each of the three was half of the training time on a CPU.
        self.layers = nn.Sequential(
            nn.Conv2d(channels, inner, 1),
            nn.ReLU(True),
            nn.Conv2d(inner, inner, 5, padding=2, groups=inner),
            nn.ReLU(True),
            conv(inner, channels, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = x + self.layers(x)
        return found


class Net(nn.Module):
    """N x 1 x H x W grey of mean 0, deviation 1 -> N x OUTPUTS x H/8 x W/8 raw: score, rays, maps (`maps.Seen`).

    A U-Net down to 1/32 of the frame and up to 1/4 of it draws the maps; beside its way up a wider one, up to 1/8,
    sees whole labels.
    """

    def __init__(self) -> None:
        super().__init__()
        c2, c4, c8, c16, c32 = CHANNELS
        self.to4 = nn.Sequential(conv(1, c2, 4, 2), nn.ReLU(True), conv(c2, c4, 4, 2), nn.ReLU(True))
        self.to8 = nn.Sequential(conv(c4, c8, 4, 2), nn.ReLU(True), *(Wide(c8) for _ in range(2)))
        self.to16 = nn.Sequential(conv(c8, c16, 3, 2), nn.ReLU(True), *(Wide(c16) for _ in range(3)))
        self.to32 = nn.Sequential(conv(c16, c32, 2, 2), nn.ReLU(True), *(Wide(c32) for _ in range(3)))
        self.down = nn.ModuleList([conv(c32, c16, 1), conv(c16, c8, 1), conv(c8, c4, 1)])
        self.up16 = Wide(c16)
        self.up8 = nn.Sequential(Wide(c8), Wide(c8))
        self.up4 = nn.Sequential(conv(c4, c4), nn.ReLU(True))
        self.maps = nn.Conv2d(c4, 4 * len(MAPS), 2, 2)
        self.whole16 = nn.Sequential(Wide(c16), Wide(c16), Wide(c16), conv(c16, WHOLE, 1))
        self.part8 = conv(c8, WHOLE, 1)
        self.whole8 = nn.Sequential(nn.ReLU(True), Plain(WHOLE), Plain(WHOLE))
        self.quads = nn.Conv2d(WHOLE, 1 + RAYS, 1)
        nn.init.constant_(self.maps.bias, -2.5)  # most of a map is empty
        nn.init.zeros_(self.quads.bias)
        nn.init.constant_(self.quads.bias[:1], -2.5)

    def forward(self, x: Tensor) -> Tensor:
        at4: Tensor = self.to4(x)
        at8: Tensor = self.to8(at4)
        at16: Tensor = self.to16(at8)
        at16 = self.up16(at16 + twice(self.down[0](self.to32(at16))))
        at8 = self.up8(at8 + twice(self.down[1](at16)))
        maps: Tensor = self.maps(self.up4(at4 + twice(self.down[2](at8))))
        quads: Tensor = self.quads(self.whole8(self.part8(at8) + twice(self.whole16(at16))))
        return torch.cat([quads, maps], 1)


def twice(x: Tensor) -> Tensor:
    """Twice as wide and high."""
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


class Exported(nn.Module):
    """The network as it is used: scores and maps of 0 to 1, rays in px of the frame."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        raw = self.net(x)
        rays = lengths_px(raw[:, 1 : 1 + RAYS])
        return torch.cat([torch.sigmoid(raw[:, :1]), rays, torch.sigmoid(raw[:, 1 + RAYS :])], 1)


def lengths_px(raw: Tensor) -> Tensor:
    """Rays in px from what the network gives."""
    return RAY_PX * torch.exp(raw.clamp(-LONGEST, LONGEST))


# ---- what it is taught


@dataclass(frozen=True)
class Lesson:
    """What one step learns from: frames N x 1 x H x W, maps N x len(MAPS) x H/4 x W/4 (0 to 1), quads of each."""

    frames: Tensor
    maps: Tensor
    quads: tuple[Points, ...]


def lesson(batch: Batch, rng: np.random.Generator) -> Lesson:
    """A batch under another light and turned by a multiple of a quarter, so that it can be learned from again."""
    quarters = int(rng.integers(4))
    frames = torch.rot90(torch.from_numpy(batch.frames).float()[:, None], quarters, (2, 3))
    maps = torch.rot90(torch.from_numpy(batch.maps).float() / 255, quarters, (2, 3))
    quads = tuple(_turned(quads, quarters, batch.frames.shape[1:]) for quads in batch.quads)
    mean, deviation = frames.mean((1, 2, 3), keepdim=True), frames.std((1, 2, 3), keepdim=True)
    normal = (frames - mean) / deviation.clamp(min=LEAST_DEVIATION)
    normal = normal + float(rng.uniform(0, 0.06)) * torch.randn_like(normal)
    return Lesson(normal.contiguous(memory_format=torch.channels_last), maps.contiguous(), quads)


def _turned(quads: Points, quarters: int, shape: tuple[int, ...]) -> Points:
    """Quads of a frame (rows x columns) that is turned anticlockwise by quarters."""
    rows, columns = shape
    for _ in range(quarters):
        quads = np.stack([quads[..., 1], columns - quads[..., 0]], -1)
        rows, columns = columns, rows
    return quads


def losses(raw: Tensor, truth: Lesson) -> dict[str, Tensor]:
    """One loss for the scores, one for the rays, one for each map."""
    drawn = functional.pixel_shuffle(raw[:, 1 + RAYS :], 2)
    found = {name: _areas(drawn[:, place], truth.maps[:, place]) for place, name in enumerate(MAPS)}
    score, rays = _quads(raw, truth.quads)
    return {"score": score, "rays": rays, **found}


def total(parts: dict[str, Tensor]) -> Tensor:
    """The sum of all losses with their weights."""
    return torch.stack([WEIGHT.get(name, OTHER_WEIGHT) * loss for name, loss in parts.items()]).sum()


def _areas(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross entropy, and dice over the batch (so that frames without a label count by what they invent)."""
    entropy = functional.binary_cross_entropy_with_logits(logits, truth)
    found = torch.sigmoid(logits)
    dice = 1 - (2 * (found * truth).sum() + 20) / (found.sum() + truth.sum() + 20)
    return 2 * entropy + 0.5 * dice


@dataclass(frozen=True)
class _Cells:
    """Cells in labels: frame, row and column; true rays and those to the frame's border, px; whether in the core."""

    at: tuple[Tensor, Tensor, Tensor]
    rays: Tensor
    border: Tensor
    core: Tensor


def _quads(raw: Tensor, quads: tuple[Points, ...]) -> tuple[Tensor, Tensor]:
    """The losses of scores and of rays.

    A score is to be the overlap of the polygon its rays draw with the label (quality focal loss, Li et al. 2020), in
    the core of a label; it is free in the rest of a label and 0 elsewhere. Rays (PolarMask, Xie et al. 2020) count as
    far as the frame goes, and a little beyond.
    """
    score = raw[:, 0]
    wanted, weight = torch.zeros_like(score), torch.ones_like(score)
    cells = _cells(quads, raw.shape)
    if cells is None:
        return _focal(score, wanted, weight, 1), raw[:, 1 : 1 + RAYS].sum() * 0
    found = lengths_px(raw[:, 1 : 1 + RAYS].permute(0, 2, 3, 1)[cells.at])
    seen = [torch.minimum(each, cells.border) for each in (found, cells.rays)]
    shared, both = torch.minimum(*seen), torch.maximum(*seen)
    polar = 1 - shared.sum(1) / both.sum(1)
    each = (torch.log(found) - torch.log(cells.rays)).abs()
    inside = (cells.rays < cells.border).float() * (1 - BEYOND) + BEYOND
    importance = torch.where(cells.core, 1.0, AROUND_CORE)
    rays = ((polar + 0.5 * (each * inside).mean(1)) * importance).sum() / importance.sum()
    overlap = (shared.square().sum(1) / both.square().sum(1)).detach()
    wanted[cells.at], weight[cells.at] = overlap, cells.core.float()
    return _focal(score, wanted, weight, int(cells.core.sum())), rays


def _focal(score: Tensor, wanted: Tensor, weight: Tensor, cells: int) -> Tensor:
    off = (torch.sigmoid(score) - wanted).abs().square()
    entropy = functional.binary_cross_entropy_with_logits(score, wanted, reduction="none")
    return (off * entropy * weight).sum() / max(1, cells)


def _cells(quads: tuple[Points, ...], shape: tuple[int, ...]) -> _Cells | None:
    """All cells in labels, of frames of N x OUTPUTS x rows x columns; None where there are none."""
    rows, columns = shape[2:]
    y, x = (each.ravel() for each in np.mgrid[:rows, :columns])
    middles = (np.stack([x, y], 1) + 0.5) * CELL_PX
    limits = np.array([columns, rows]) * float(CELL_PX)
    frame = np.array([[0, 0], [limits[0], 0], limits, [0, limits[1]]])
    found: list[tuple[NDArray[Any], ...]] = []
    for number, labels in enumerate(quads):
        for quad in labels:
            chosen = _inside(middles, quad)
            core = _inside(middles, quad.mean(0) + (quad - quad.mean(0)) * CORE)[chosen]
            at = np.stack([np.full(len(y), number), y, x], 1)[chosen]
            found.append((at, rays_px(middles[chosen], quad), rays_px(middles[chosen], frame), core))
    if not sum(len(each[0]) for each in found):
        return None
    at, rays, border, core = (torch.from_numpy(np.concatenate(each)) for each in zip(*found, strict=True))
    return _Cells(tuple(at.long().unbind(1)), rays.float(), border.float() + BORDER_PX, core.bool())


def _inside(points: Points, quad: Points) -> NDArray[np.bool_]:
    """Which points lie in a convex quad that goes clockwise, y down."""
    sides = np.roll(quad, -1, 0) - quad
    way = points[:, None] - quad
    return np.asarray((sides[:, 0] * way[..., 1] - sides[:, 1] * way[..., 0] > 0).all(1))


# ---- a run


@dataclass
class Run:
    """What training changes, and what a checkpoint holds."""

    net: Net
    averaged: Net
    optimiser: torch.optim.Optimizer
    share: float = 0.0  # of the whole run that is over
    steps: int = 0
    starts: int = 0

    def learn(self, truth: Lesson) -> dict[str, float]:
        """One step; gives the losses."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate(self.share)
        self.optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=FAST_HALVES):
            raw = self.net(truth.frames)
        parts = losses(raw.float(), truth)
        torch.autograd.backward(total(parts))
        nn.utils.clip_grad_norm_(self.net.parameters(), CLIP)
        self.optimiser.step()
        self.steps += 1
        self._average()
        return {name: float(loss.detach()) for name, loss in parts.items()}

    @torch.no_grad()
    def _average(self) -> None:
        keep = min(EMA, 1 - 1 / (1 + self.steps / 4))
        for kept, new in zip(self.averaged.parameters(), self.net.parameters(), strict=True):
            kept.lerp_(new, 1 - keep)
        for held, seen in zip(self.averaged.buffers(), self.net.buffers(), strict=True):
            held.copy_(seen)

    def save(self, path: Path) -> None:
        """Write a checkpoint, whole or not at all."""
        state: dict[str, Any] = {
            "net": self.net.state_dict(), "averaged": self.averaged.state_dict(),
            "optimiser": self.optimiser.state_dict(), "share": self.share, "steps": self.steps,
            "starts": self.starts,
        }  # fmt: skip
        torch.save(state, path.with_suffix(".new"))
        path.with_suffix(".new").replace(path)


def new_run(seed: int = SEED) -> Run:
    """A run that has learned nothing yet."""
    torch.manual_seed(seed)
    net = Net().to(memory_format=torch.channels_last)
    averaged = Net()
    averaged.load_state_dict(net.state_dict())
    return Run(net, averaged, torch.optim.AdamW(net.parameters(), RATE, weight_decay=DECAY))


def resumed(path: Path) -> Run:
    """The run of a checkpoint, or a new one when there is none."""
    run = new_run()
    if path.is_file():
        state = torch.load(path, weights_only=True)
        run.net.load_state_dict(state["net"])
        run.averaged.load_state_dict(state["averaged"])
        run.optimiser.load_state_dict(state["optimiser"])
        run.share, run.steps, run.starts = state["share"], state["steps"], state["starts"]
    return run


def rate(share: float) -> float:
    """The learning rate at a share of the run: warm-up, then cosine."""
    if share < WARM_UP:
        return RATE * max(0.02, share / WARM_UP)
    fallen = 0.5 * (1 + math.cos(math.pi * min(1.0, (share - WARM_UP) / (1 - WARM_UP))))
    return RATE * (LAST_SHARE + (1 - LAST_SHARE) * fallen)


def export(net: Net, path: Path) -> None:
    """Write the averaged weights as ONNX for frames of any size that 32 divides."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    torch.onnx.export(
        Exported(net).eval(), (torch.zeros(1, 1, 192, 320),), str(new), dynamo=False, opset_version=17,
        input_names=["frame"], output_names=["maps"],
        dynamic_axes={"frame": {2: "rows", 3: "columns"}, "maps": {2: "rows8", 3: "columns8"}},
    )  # fmt: skip
    halve(new)
    new.replace(path)


def halve(path: Path) -> None:
    """Store a model's weights in 16 bits; engines make 32 of them once, when they load it."""
    model = onnx.load(path)
    casts = []
    for weights in model.graph.initializer:
        values = onnx.numpy_helper.to_array(weights)
        if values.dtype == np.float32 and values.size >= LEAST_HALVED:
            name = weights.name
            weights.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.16"))
            casts.append(onnx.helper.make_node("Cast", [f"{name}.16"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, path)


# ---- scenes from another process


@dataclass(frozen=True)
class Render:
    """What scenes are made of: flat pictures, and photographs without labels but for a fold of them."""

    amounts: Amounts
    backgrounds: Path | None = None
    left_out: int | None = None


def _render(waiting: "Queue[Batch]", seed: int, render: Render) -> None:
    cv2.setNumThreads(1)
    os.nice(5)
    paths = learned_from(photographs(render.backgrounds), render.left_out) if render.backgrounds else []
    for batch in batches(stock(seed, render.amounts, paths), seed, BATCH):
        waiting.put(batch)


@contextmanager
def rendered(seed: int, render: Render) -> Iterator[Callable[[], Batch]]:
    """Batches made in a process beside this one, which ends with the block."""
    context = multiprocessing.get_context("spawn")
    waiting: Queue[Batch] = context.Queue(WAITING)
    process = context.Process(target=_render, args=(waiting, seed, render), daemon=True)
    process.start()
    try:
        yield waiting.get
    finally:
        process.kill()
        process.join()


def train(
    run: Run, minutes: float, checkpoint: Path, out: Path, render: Render, until: float = 1.0
) -> list[float]:  # fmt: skip
    """Train a run of `minutes` until a share of it is over; checkpoints and weights are written now and then.

    Gives the losses of all steps.
    """
    run.starts += 1
    history: list[float] = []
    with rendered(SEED + run.starts - 1, render) as following:
        lessons = _lessons(following, np.random.default_rng([SEED, run.starts]))
        truth = next(lessons)
        last = saved = time.monotonic()
        while run.share < until:
            parts = run.learn(truth)
            history.append(sum(WEIGHT.get(name, OTHER_WEIGHT) * loss for name, loss in parts.items()))
            truth = next(lessons)
            now = time.monotonic()
            run.share, last = run.share + (now - last) / (60 * minutes), now
            if run.steps % 50 == 0:
                _report(run, history, parts)
            if now - saved > SAVE_S:
                saved = now
                run.save(checkpoint)
                export(run.averaged, out)
    run.save(checkpoint)
    export(run.averaged, out)
    return history


def _lessons(following: Callable[[], Batch], rng: np.random.Generator) -> Iterator[Lesson]:
    """Lessons without end: every new batch, and after each some of the last ones again, turned."""
    kept: list[Batch] = []
    while True:
        kept = [*kept[-KEPT:], following()]
        yield lesson(kept[-1], rng)
        for _ in range(FRESH - 1):
            yield lesson(kept[int(rng.integers(len(kept)))], rng)


def _report(run: Run, history: list[float], parts: dict[str, float]) -> None:
    each = " ".join(f"{name} {loss:.3f}" for name, loss in parts.items())
    print(f"{run.share:7.1%} {run.steps:6d} steps  loss {np.mean(history[-50:]):.4f}  {each}", flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--minutes", type=float, default=90.0, help="of a whole run; a resumed one goes on at its share"
    )
    parser.add_argument("--until", type=float, default=1.0, help="share of the run, 0 to 1, at which to stop")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--checkpoint", type=Path, default=Path(tempfile.gettempdir()) / "locator.checkpoint")
    parser.add_argument("--backgrounds", type=Path, help="folder of photographs without labels")
    parser.add_argument("--leave-out", type=int, choices=range(FOLDS), help="fold of the photographs not to learn from")
    parser.add_argument("--threads", type=int, default=1, help="of torch; more than idle cores make it slower")
    parser.add_argument("--labels", type=int, default=Amounts.labels, help="label pictures drawn at the start")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    run = resumed(asked.checkpoint)
    render = Render(Amounts(labels=asked.labels), asked.backgrounds, asked.leave_out)
    train(run, asked.minutes, asked.checkpoint, asked.out, render, asked.until)


if __name__ == "__main__":
    main()
