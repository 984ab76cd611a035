"""Trains the label locator on rendered scenes: `python -m station.vision.train --minutes 90`.

The only module that needs torch (`pip install torch onnx`). Scenes are rendered in a process beside the training, from
the training seeds of `station.scenes.training`; `--backgrounds` is a folder of photographs without labels to render on
and to learn from. A run that was stopped goes on from its checkpoint. The weights in the repository took 125 minutes
on two cores that had other work to do as well, with photographs of cardboard (four of five folds) as backgrounds; in
the first 55 there were no scenes as the station's own camera has them (`compose.AT_STATION`).
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
import torch
from torch import Tensor, nn
from torch.nn import functional

from station.scenes.training import MAPS, TRAINING, Amounts, Batch, batches, stock

WEIGHTS = Path(__file__).parent / "weights" / "locator.onnx"
SEED = TRAINING.start  # of the first stock; each new process of a run takes the next one
BATCH = 16
WAITING = 12  # batches rendered ahead
RATE, WARM_UP, LAST_SHARE = 2e-3, 0.02, 0.01  # of AdamW: highest; share of the time to get there; where it ends
DECAY, CLIP = 1e-4, 1.0
EMA = 0.998  # of the averaged weights that are exported
WEIGHT = {"label": 1.5, "outline": 1.0, "corner": 0.6}  # of a map's loss; the others weigh OTHER_WEIGHT
OTHER_WEIGHT = 0.4
SAVE_S = 150.0
CHANNELS = (16, 32, 32, 64, 64)  # at 1/2, 1/4, 1/8, 1/16, 1/32 of the frame; engines work on 16 channels at a time
LEAST_DEVIATION = 8.0  # grey levels: a flat frame's noise is not blown up
NORM_MOMENTUM = 0.03  # of batch norm's running figures: frames of five shapes alternate


# ---- the network


def conv(inputs: int, outputs: int, size: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """A convolution with batch norm, which the export folds into its weights."""
    layer = nn.Conv2d(inputs, outputs, size, stride, (size - 1) // 2, groups=groups, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outputs, momentum=NORM_MOMENTUM))


class Block(nn.Module):
    """Adds a correction to its input: 1 x 1 to twice the channels, depthwise 5 x 5, 1 x 1 back."""

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
    """A U-Net: N x 1 x H x W grey of mean 0, deviation 1 -> N x len(MAPS) x H/4 x W/4 logits."""

    def __init__(self) -> None:
        super().__init__()
        c2, c4, c8, c16, c32 = CHANNELS
        self.to4 = nn.Sequential(conv(1, c2, 4, 2), nn.ReLU(True), conv(c2, c4, 4, 2), nn.ReLU(True))
        self.to8 = nn.Sequential(conv(c4, c8, 4, 2), nn.ReLU(True), *(Block(c8) for _ in range(2)))
        self.to16 = nn.Sequential(conv(c8, c16, 3, 2), nn.ReLU(True), *(Block(c16) for _ in range(3)))
        self.to32 = nn.Sequential(conv(c16, c32, 2, 2), nn.ReLU(True), *(Block(c32) for _ in range(3)))
        self.down = nn.ModuleList([conv(c32, c16, 1), conv(c16, c8, 1), conv(c8, c4, 1)])
        self.up16 = Block(c16)
        self.up8 = nn.Sequential(Block(c8), Block(c8))
        self.up4 = nn.Sequential(conv(c4, c4, 3), nn.ReLU(True))
        self.head = nn.Conv2d(c4, len(MAPS), 1)
        nn.init.constant_(self.head.bias, -2.5)  # most of a map is empty

    def forward(self, x: Tensor) -> Tensor:
        at4: Tensor = self.to4(x)
        at8: Tensor = self.to8(at4)
        at16: Tensor = self.to16(at8)
        at32: Tensor = self.to32(at16)
        at16 = self.up16(at16 + twice(self.down[0](at32)))
        at8 = self.up8(at8 + twice(self.down[1](at16)))
        at4 = self.up4(at4 + twice(self.down[2](at8)))
        logits: Tensor = self.head(at4)
        return logits


def twice(x: Tensor) -> Tensor:
    """Twice as wide and high."""
    return functional.interpolate(x, scale_factor=2.0, mode="nearest")


class Exported(nn.Module):
    """The network as it is used: maps of 0 to 1."""

    def __init__(self, net: Net) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        return torch.sigmoid(self.net(x))


# ---- what it is taught


def tensors(batch: Batch) -> tuple[Tensor, Tensor]:
    """Normalised frames and maps of 0 to 1, channels last."""
    frames = torch.from_numpy(batch.frames).float()[:, None]
    mean, deviation = frames.mean((1, 2, 3), keepdim=True), frames.std((1, 2, 3), keepdim=True)
    normal = (frames - mean) / deviation.clamp(min=LEAST_DEVIATION)
    return normal.contiguous(memory_format=torch.channels_last), torch.from_numpy(batch.maps).float() / 255


def losses(logits: Tensor, truth: Tensor) -> dict[str, Tensor]:
    """One loss for each map."""
    found = {}
    for place, name in enumerate(MAPS):
        one = _bells if name == "corner" else _areas
        found[name] = one(logits[:, place].float(), truth[:, place])
    return found


def total(parts: dict[str, Tensor]) -> Tensor:
    """The sum of all losses with their weights."""
    return torch.stack([WEIGHT.get(name, OTHER_WEIGHT) * loss for name, loss in parts.items()]).sum()


def _areas(logits: Tensor, truth: Tensor) -> Tensor:
    """Cross entropy, and dice over the batch (so that frames without a label count by what they invent)."""
    entropy = functional.binary_cross_entropy_with_logits(logits, truth)
    found = torch.sigmoid(logits)
    dice = 1 - (2 * (found * truth).sum() + 20) / (found.sum() + truth.sum() + 20)
    return 2 * entropy + 0.5 * dice


def _bells(logits: Tensor, truth: Tensor) -> Tensor:
    """The focal loss of corner networks (Law and Deng 2018): alpha 2, beta 4, per corner."""
    found = torch.sigmoid(logits).clamp(1e-4, 1 - 1e-4)
    peak = (truth > 0.93).float()
    at = ((1 - found) ** 2 * torch.log(found) * peak).sum()
    beside = ((1 - truth) ** 4 * found**2 * torch.log(1 - found) * (1 - peak)).sum()
    return -(at + beside) / peak.sum().clamp(min=1.0)


# ---- a run


@dataclass
class Run:
    """What training changes, and what a checkpoint holds."""

    net: Net
    averaged: Net
    optimiser: torch.optim.Optimizer
    seconds: float = 0.0
    steps: int = 0
    starts: int = 0

    def learn(self, frames: Tensor, truth: Tensor, share: float) -> dict[str, float]:
        """One step at a share (0 to 1) of the run; gives the losses."""
        for group in self.optimiser.param_groups:
            group["lr"] = rate(share)
        self.optimiser.zero_grad(set_to_none=True)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = self.net(frames)
        parts = losses(logits, truth)
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
            "optimiser": self.optimiser.state_dict(), "seconds": self.seconds, "steps": self.steps,
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
        run.seconds, run.steps, run.starts = state["seconds"], state["steps"], state["starts"]
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
        Exported(net).eval(), (torch.zeros(1, 1, 224, 384),), str(new), dynamo=False, opset_version=17,
        input_names=["frame"], output_names=["maps"],
        dynamic_axes={"frame": {2: "rows", 3: "columns"}, "maps": {2: "rows4", 3: "columns4"}},
    )  # fmt: skip
    new.replace(path)


# ---- scenes from another process


def _render(waiting: "Queue[Batch]", seed: int, amounts: Amounts, backgrounds: Path | None) -> None:
    cv2.setNumThreads(1)
    os.nice(5)
    for batch in batches(stock(seed, amounts, backgrounds), seed, BATCH):
        waiting.put(batch)


@contextmanager
def rendered(seed: int, amounts: Amounts, backgrounds: Path | None) -> Iterator[Callable[[], Batch]]:
    """Batches made in a process beside this one, which ends with the block."""
    context = multiprocessing.get_context("spawn")
    waiting: Queue[Batch] = context.Queue(WAITING)
    process = context.Process(target=_render, args=(waiting, seed, amounts, backgrounds), daemon=True)
    process.start()
    try:
        yield waiting.get
    finally:
        process.kill()
        process.join()


def train(
    run: Run, minutes: float, checkpoint: Path, out: Path, amounts: Amounts, backgrounds: Path | None
) -> list[float]:  # fmt: skip
    """Train until the run has had its minutes; checkpoints and weights are written now and then. Gives all losses."""
    run.starts += 1
    history: list[float] = []
    with rendered(SEED + run.starts - 1, amounts, backgrounds) as following:
        first = following()
        last, saved = time.monotonic(), run.seconds
        batch = first
        while run.seconds < 60 * minutes:
            parts = run.learn(*tensors(batch), share=run.seconds / (60 * minutes))
            history.append(sum(WEIGHT.get(name, OTHER_WEIGHT) * loss for name, loss in parts.items()))
            batch = following()
            now = time.monotonic()
            run.seconds, last = run.seconds + now - last, now
            if run.steps % 50 == 0:
                _report(run, history, parts)
            if run.seconds - saved > SAVE_S:
                saved = run.seconds
                run.save(checkpoint)
                export(run.averaged, out)
    run.save(checkpoint)
    export(run.averaged, out)
    return history


def _report(run: Run, history: list[float], parts: dict[str, float]) -> None:
    each = " ".join(f"{name} {loss:.3f}" for name, loss in parts.items())
    print(f"{run.seconds / 60:6.1f} min {run.steps:6d} steps  loss {np.mean(history[-50:]):.4f}  {each}", flush=True)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=90.0, help="of training in all, earlier parts counted")
    parser.add_argument("--out", type=Path, default=WEIGHTS)
    parser.add_argument("--checkpoint", type=Path, default=Path(tempfile.gettempdir()) / "locator.checkpoint")
    parser.add_argument("--backgrounds", type=Path, help="photographs without labels")
    parser.add_argument("--threads", type=int, default=1, help="of torch; more than idle cores make it slower")
    parser.add_argument("--labels", type=int, default=Amounts.labels, help="label pictures drawn at the start")
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    run = resumed(asked.checkpoint)
    train(run, asked.minutes, asked.checkpoint, asked.out, Amounts(labels=asked.labels), asked.backgrounds)


if __name__ == "__main__":
    main()
