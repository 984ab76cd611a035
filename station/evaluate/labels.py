"""How many labels a locator finds, and how many it invents, on rendered scenes that nothing was fitted to.

A label is found when a candidate covers it with an intersection over union of at least 0.8, both cut to the frame.
The hard third are the labels with the highest `difficulty`: little contrast along their sides, blank tails, parts
hidden or out of view, dim light, small size.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np

from hardware.camera.frames import Bgr, Grey, Points
from station.scenes.compose import ANYWHERE, Lying, Scene, Stock, Views, compose, filled, visible_share
from station.scenes.training import Amounts, stock
from station.vision.seen import Candidate, Look

FOUND_IOU = 0.8
INVENTED_IOU = 0.3  # a candidate that overlaps less with every label is no label's
SIZES_PX = ((1280, 720), (720, 1280), (1152, 864), (864, 1152))  # width, height
SIZE_SHARES = (0.6, 0.1, 0.15, 0.15)
LONG_SIDE_PX = 1100  # of the label pictures: sharper than the frames
MOST_LABELS = 300  # different label pictures
SEEN = 0.6  # least part of a label in the frame and under nothing for it to count


class Locates(Protocol):
    """What is measured."""

    def locate(self, bgr: Bgr) -> list[Candidate]: ...


class Looks(Protocol):
    """The whole look, likewise."""

    def look(self, bgr: Bgr) -> Look: ...


@dataclass(frozen=True)
class Outcome:
    """One label: the best overlap of any candidate, and how hard it was."""

    iou: float
    difficulty: float


def labels(locator: Locates, scenes: int, seed: int, views: Views = ANYWHERE) -> dict[str, Any]:
    """Labels found in `scenes` labelled scenes, and false ones beside them; `seed` of `EVALUATION`."""
    outcomes: list[Outcome] = []
    invented = 0
    for scene in labelled_scenes(evaluation_stock(scenes, seed), scenes, seed, views):
        candidates = locator.locate(in_colour(scene.grey))
        outcomes += [_outcome(scene, label, candidates) for label in scene.labels if _counts(scene, label)]
        invented += sum(_is_invented(scene, one) for one in candidates)
    hard = sorted(outcomes, key=lambda one: -one.difficulty)[: len(outcomes) // 3]
    return {
        "labels": _found(outcomes), "hard_third": _found(hard),
        "invented_beside_labels": {"count": invented, "n": scenes},
    }  # fmt: skip


def called_labelled(locator: Locates, eye: Looks, pictures: Iterable[Bgr]) -> dict[str, int]:
    """Of pictures without a label, those in which the locator sees one, and those in which the whole look does."""
    count = {"n": 0, "located": 0, "looked": 0}
    for picture in pictures:
        count["n"] += 1
        count["located"] += bool(locator.locate(picture))
        count["looked"] += bool(eye.look(picture).labels)
    return count


def without_label(scenes: int, seed: int, views: Views = ANYWHERE) -> Iterator[Bgr]:
    """Rendered scenes of everything but labels."""
    return (in_colour(one.grey) for one in empty_scenes(evaluation_stock(scenes, seed), scenes, seed, views))


# ---- the scenes


def evaluation_stock(scenes: int, seed: int) -> Stock:
    """Flat pictures for so many scenes, drawn from one evaluation seed."""
    count = min(scenes, MOST_LABELS)
    return stock(seed, Amounts(count, max(4, count // 4), max(6, count // 2)), long_side_px=LONG_SIDE_PX)


def labelled_scenes(pictures: Stock, count: int, seed: int, views: Views = ANYWHERE) -> Iterator[Scene]:
    """Scenes with one or two labels, by number: scene k depends on the seed and k alone."""
    for k in range(count):
        rng = np.random.default_rng([seed, 6, k])
        yield compose(pictures, rng, _size_px(rng), True, views)


def empty_scenes(pictures: Stock, count: int, seed: int, views: Views = ANYWHERE) -> Iterator[Scene]:
    """Scenes without a label."""
    for k in range(count):
        rng = np.random.default_rng([seed, 7, k])
        yield compose(pictures, rng, _size_px(rng), False, views)


def _size_px(rng: np.random.Generator) -> tuple[int, int]:
    return SIZES_PX[int(rng.choice(len(SIZES_PX), p=SIZE_SHARES))]


def in_colour(grey: Grey) -> Bgr:
    """A grey scene as the three equal channels that a locator takes."""
    return np.asarray(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), np.uint8)


# ---- the figures


def overlap(one: Points, other: Points, shape: tuple[int, ...]) -> float:
    """Intersection over union of two convex quads, both cut to a frame (rows x columns)."""
    frame = np.array([[0, 0], [shape[1], 0], [shape[1], shape[0]], [0, shape[0]]], np.float32)
    cut = [cv2.intersectConvexConvex(quad.astype(np.float32), frame) for quad in (one, other)]
    if min(area for area, _ in cut) <= 0:
        return 0.0
    shared = float(cv2.intersectConvexConvex(cut[0][1], cut[1][1])[0])
    return shared / max(1.0, float(cut[0][0]) + float(cut[1][0]) - shared)


def difficulty(scene: Scene, label: Lying) -> float:
    """0 for a large, bright, whole label with sharp sides; each trouble adds up to 1."""
    shape = scene.grey.shape
    inside = filled(shape, label.quad) > 127
    if not inside.any():
        return 5.0
    level = float(np.percentile(scene.grey[inside], 75))
    hidden = float(np.mean(scene.over[inside] > 127))
    beyond = 1 - visible_share(label.quad, (shape[1], shape[0]))
    small = max(0.0, 1 - 25 * float(inside.mean()))
    faint = max(0.0, 1 - _contrast(scene.grey, label.quad) / 40)
    return 2 * faint + label.texture.tail + 2 * hidden + beyond + small + max(0.0, 1 - level / 90)


def _contrast(grey: Grey, quad: Points) -> float:
    """Grey levels between both sides of the label's faintest side."""
    centre = quad.mean(axis=0)
    inner, outer = (centre + (quad - centre) * factor for factor in (0.97, 1.03))
    steps = []
    for corner in range(4):
        following = (corner + 1) % 4
        levels = [_along(grey, ring[corner], ring[following]) for ring in (inner, outer)]
        steps.append(abs(levels[0] - levels[1]))
    return min(steps)


def _along(grey: Grey, start: Points, end: Points) -> float:
    """The median level along a line, as far as it lies in the frame."""
    points = start + np.linspace(0, 1, 40)[:, None] * (end - start)
    held = np.clip(points, 0, np.array(grey.shape[::-1]) - 1).astype(int)
    return float(np.median(grey[held[:, 1], held[:, 0]]))


def _counts(scene: Scene, label: Lying) -> bool:
    bare = filled(scene.grey.shape, label.quad) & ~scene.over
    return float(bare.mean()) / 255 * bare.size >= SEEN * cv2.contourArea(label.quad.astype(np.float32))


def _outcome(scene: Scene, label: Lying, candidates: list[Candidate]) -> Outcome:
    best = max((overlap(label.quad, one.quad, scene.grey.shape) for one in candidates), default=0.0)
    return Outcome(best, difficulty(scene, label))


def _is_invented(scene: Scene, one: Candidate) -> bool:
    return all(overlap(label.quad, one.quad, scene.grey.shape) < INVENTED_IOU for label in scene.labels)


def _found(outcomes: list[Outcome]) -> dict[str, Any]:
    found = sum(one.iou >= FOUND_IOU for one in outcomes)
    mean = float(np.mean([one.iou for one in outcomes])) if outcomes else 0.0
    return {"found": found, "n": len(outcomes), "share": found / max(1, len(outcomes)), "mean_iou": mean}
