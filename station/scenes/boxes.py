"""Boxes for the platform: surfaces with waybills stuck on them, and where they lie."""

from collections.abc import Iterator
from itertools import count

import numpy as np

from hardware.camera.frames import Points
from hardware.camera.lens import Lens
from hardware.twin.box import Box, Face, Mark, Pose
from station.scenes.people import pick
from station.scenes.place import Placed, corners, moved, place_label, turned
from station.scenes.substrates import Substrate, substrate, tape
from station.scenes.waybill import COURIERS, Waybill, render

PX_PER_MM = 8.0
REACH_MM = ((15.0, 15.0), (385.0, 285.0))  # what the tool reaches of the platform
VIEW_MARGIN_MM = 4.0  # labels keep this far from the picture's edge
LEAST_FACE_MM = (160.0, 120.0)
MAX_FACE_MM = (300.0, 220.0)
SURFACES: tuple[Substrate, ...] = ("kraft", "white-box", "grey-bag", "black-bag", "white-bag")
SURFACE_SHARES = (0.5, 0.14, 0.12, 0.12, 0.12)
TWO_LABELS, SECOND_FACE, SECOND_LABELLED, TAPED = 0.1, 0.3, 1 / 3, 0.08  # shares of boxes
PADDING_MM = 6.0  # a label keeps this far from the edge of its face
POSES = 60  # tries to lay a box so that its labels are seen and reached, before it is made lower
LOWER = 0.7  # how much lower, as a share of its height
LENS = Lens()


def boxes(seed: int) -> Iterator[Box]:
    """Boxes without end: every 13 in a row have every courier once."""
    return (numbered(seed, k) for k in count())


def numbered(seed: int, k: int) -> Box:
    """Box k of `boxes`: it depends on the seed and k alone."""
    turn, place = divmod(k, len(COURIERS))
    order = np.random.default_rng([seed, turn, 0]).permutation(len(COURIERS))
    return random_box(np.random.default_rng([seed, k, 1]), f"box-{seed}-{k}", COURIERS[order[place]])


def random_box(rng: np.random.Generator, name: str, courier: str | None = None) -> Box:
    """A box with its faces, height, pose and light at random; its first label is `courier`'s, else any one's."""
    kind = SURFACES[int(rng.choice(len(SURFACES), p=SURFACE_SHARES))]
    labels = [render(courier or pick(rng, COURIERS), rng, PX_PER_MM)]
    if rng.random() < TWO_LABELS and (second := _beside(labels[0], rng)):
        labels.append(second)
    faces = [_taped(_face(kind, labels, rng), rng)]
    if rng.random() < SECOND_FACE:
        faces.append(_second(kind, faces[0].size_mm, rng))
    height_mm = float(rng.uniform(5, 30) if kind.endswith("bag") else rng.uniform(0, 200))
    return _laid(name, tuple(faces), height_mm, rng)


def carton(rng: np.random.Generator, name: str, label: Waybill) -> Box:
    """A brown box with one label on it, no tape; height, pose and light at random."""
    return _laid(name, (_face("kraft", [label], rng),), float(rng.uniform(0, 200)), rng)


def _laid(name: str, faces: tuple[Face, ...], height_mm: float, rng: np.random.Generator) -> Box:
    """The box in a pose in which its first face's labels are seen and reached, made lower where there is none."""
    while (pose := _pose(faces[0], height_mm, rng)) is None:
        height_mm *= LOWER
    return Box(name, height_mm, faces, pose, float(rng.uniform(0.75, 1.15)))


def _beside(first: Waybill, rng: np.random.Generator) -> Waybill | None:
    """A second label small enough to lie beside the first, if there is one within a few tries."""
    for _ in range(4):
        other = render(pick(rng, COURIERS), rng, PX_PER_MM)
        if first.size_mm[0] + other.size_mm[0] + 3 * PADDING_MM <= MAX_FACE_MM[0]:
            return other
    return None


def _face(kind: Substrate, labels: list[Waybill], rng: np.random.Generator) -> Face:
    """A face large enough for its labels, which lie on it side by side, turned and shifted."""
    angles = [_angle(rng) if len(labels) == 1 else _quarter(rng, upright=True) for _ in labels]
    spans = [_span(label.size_mm, angle) for label, angle in zip(labels, angles, strict=True)]
    need = (sum(x for x, _ in spans) + PADDING_MM * (len(spans) + 1), max(y for _, y in spans) + 2 * PADDING_MM)
    size_mm = _face_size(need, rng)
    surface = substrate(kind, size_mm, rng, PX_PER_MM)
    placed, left = Placed(surface, (), np.empty((0, 2))), (size_mm[0] - need[0]) * rng.random() + PADDING_MM
    marks: list[Mark] = []
    outlines: list[Points] = []
    for label, angle, span in zip(labels, angles, spans, strict=True):
        slack = size_mm[1] - span[1] - 2 * PADDING_MM
        centre = (left + span[0] / 2, PADDING_MM + span[1] / 2 + slack * rng.random())
        placed = place_label(placed.surface, label, centre, angle, PX_PER_MM)
        marks += placed.marks
        outlines.append(placed.outline_mm)
        left += span[0] + PADDING_MM
    return Face(placed.surface, PX_PER_MM, tuple(marks), tuple(outlines))


def _second(kind: Substrate, size_mm: tuple[float, float], rng: np.random.Generator) -> Face:
    """Another side of the box: blank, or with a label that is small enough for it."""
    blank = Face(substrate(kind, size_mm, rng, PX_PER_MM), PX_PER_MM)
    if rng.random() >= SECOND_LABELLED:
        return blank
    label, angle = render(pick(rng, COURIERS), rng, PX_PER_MM), _quarter(rng, upright=False)
    span = _span(label.size_mm, angle)
    if any(part + 2 * PADDING_MM > whole for part, whole in zip(span, size_mm, strict=True)):
        return blank
    middle = (size_mm[0] / 2, size_mm[1] / 2)
    placed = place_label(blank.picture, label, middle, angle, PX_PER_MM)
    return Face(placed.surface, PX_PER_MM, placed.marks, (placed.outline_mm,))


def _angle(rng: np.random.Generator) -> float:
    """How a person sticks a label: nearly straight on four boxes of five, anyhow on the fifth."""
    return float(rng.uniform(0, 360)) if rng.random() < 0.2 else _quarter(rng, upright=False)


def _quarter(rng: np.random.Generator, *, upright: bool) -> float:
    """Near a quarter turn (+-8 degrees), or near upright or upside down (+-3)."""
    if upright:
        return float(180 * rng.integers(2) + rng.uniform(-3, 3))
    return float(90 * rng.integers(4) + rng.uniform(-8, 8))


def _span(size_mm: tuple[float, float], angle_deg: float) -> tuple[float, float]:
    """Width and height of what bounds a turned label."""
    wide, high = np.ptp(moved(corners(size_mm), turned(size_mm, (0.0, 0.0), angle_deg)), axis=0)
    return float(wide), float(high)


def _face_size(need_mm: tuple[float, float], rng: np.random.Generator) -> tuple[float, float]:
    """A face that holds what it must and is at most the largest parcel, unless it must be larger; whole mm."""
    drawn = rng.uniform(LEAST_FACE_MM, MAX_FACE_MM)
    width, height = (float(side) for side in np.ceil(np.maximum(drawn, need_mm)))
    return width, height


def _taped(face: Face, rng: np.random.Generator) -> Face:
    """The face, on some boxes with glossy tape over its last label."""
    if rng.random() < TAPED:
        upright = rng.random() < 0.5
        middle = face.outlines_mm[-1].mean(axis=0)[0 if upright else 1] + rng.uniform(-25, 25)
        tape(face.picture, rng, PX_PER_MM, middle * PX_PER_MM, upright=upright)
    return face


def _pose(face: Face, height_mm: float, rng: np.random.Generator) -> Pose | None:
    """A place near the middle where every label is in the camera's view and the tool's reach, if there is one."""
    labels = np.vstack(face.outlines_mm)
    low, high = _allowed(height_mm)
    for _ in range(POSES):
        angle = float(rng.uniform(0, 360) if rng.random() < 0.4 else 90 * rng.integers(4) + rng.uniform(-15, 15))
        there = moved(labels, turned(face.size_mm, (0.0, 0.0), angle))
        least, most = low - there.min(axis=0), high - there.max(axis=0)
        if (least <= most).all():
            near = np.clip(np.array(LENS.above_mm) + rng.normal(0, 20, 2), least, most)
            return Pose(float(near[0]), float(near[1]), angle)
    return None


def _allowed(height_mm: float) -> tuple[Points, Points]:
    """Lowest and highest x, y (mm) on the platform that camera and tool can both use at a height."""
    seen = LENS.to_platform(np.array([[0, 0], LENS.size_px], float), height_mm)
    low = np.maximum(seen[0] + VIEW_MARGIN_MM, REACH_MM[0])
    return low, np.minimum(seen[1] - VIEW_MARGIN_MM, REACH_MM[1])
