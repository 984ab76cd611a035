"""Clips of what happens over a platform, frame by frame, with the truth: for tuning and measuring the watch.

Boxes, hands and platform are drawn by the twin's own canvas; light, shadows, dirt and noise are laid over it here.
Clip k of a seed is the same at every call, and nothing is stored: frames are made as they are asked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import cast, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey, Preview
from hardware.camera.lens import Lens
from hardware.twin.box import Box, Face, Pose
from hardware.twin.scene import Canvas
from hardware.twin.world import World
from station.scenes.people import pick
from station.scenes.place import place_label
from station.scenes.substrates import Substrate, substrate
from station.scenes.waybill import COURIERS, render

# Thresholds of the watch were chosen on clips of the first seeds; those of the others were never looked at for that.
TUNING_SEEDS = (11, 12, 13, 907)
EVALUATION_SEEDS = (908, 909)

FACE_PX_MM = 3.0  # a preview shows at most 1.6 px/mm
RATES_HZ = (10, 15, 20)
BLUR_SIGMA_PX = 0.7  # as the twin's camera
CHANGED_LEVEL, CHANGED_PX = 2, 12  # less than this between two frames is no movement: it is the drawing's rounding
BELOW_MM = 460.0  # out of the picture, on the person's side
GRIP_MM = (45.0, 40.0)  # of a hand on a box, from the box's middle
LIGHT_SHAPE = (90, 160)  # light is soft: its maps are made this small
TILE_PX = 512

Shade = NDArray[np.float32]
Key = tuple[float, float, float, float]  # seconds, x mm, y mm, degrees
Said = tuple[str, float, float]  # kind, from, until (s)
LensSize = tuple[int, int]


@dataclass(frozen=True)
class Shot:
    """One frame and what is true of it: does anything but light move, and is there a thing on the platform?"""

    preview: Preview
    moving: bool
    present: bool


@dataclass
class Script:
    """What happens in a clip. Times in s, places in mm on the platform; light is a share of the usual."""

    rng: np.random.Generator
    length_s: float = 10.0
    boxes: list[tuple[Box, list[Key]]] = field(default_factory=list)
    hands: list[list[Key]] = field(default_factory=list)
    lights: list[Callable[[float], Shade | float]] = field(default_factory=list)
    noise: float = 1.5
    said: list[Said] = field(default_factory=list)
    trembles_mm: float = 0.0


@dataclass(frozen=True)
class Clip:
    """A script to be filmed. `said` are the events that frames alone do not tell: kind, from, until (s).

    `quiet`: nothing may be called moving. `keep`: a job begins. `shifted`, `same`, `reached`, `free`: what the watch
    has to say of the platform as compared with that.
    """

    name: str
    script: Script
    size_px: LensSize
    rate_hz: int
    seed: int

    @property
    def said(self) -> list[Said]:
        return self.script.said

    def shots(self) -> Iterator[Shot]:
        """The clip's frames; the first half second shows the empty platform."""
        yield from _Film(self).shots()


def clips(seed: int) -> Iterator[Clip]:
    """Clips without end: one of every kind in turn."""
    k = 0
    while True:
        kind = KINDS[k % len(KINDS)]
        rng = np.random.default_rng([seed, k])
        script = Script(rng, noise=float(rng.uniform(0.8, 3.0)))
        kind(script)
        size = (640, 480) if rng.random() < 0.5 else (640, 360)
        yield Clip(kind.__name__.strip("_"), script, size, int(rng.choice(RATES_HZ)), seed * 1000 + k)
        k += 1


# ---- the film


class _Film:
    """Draws a clip's scene, its light and its noise."""

    def __init__(self, clip: Clip) -> None:
        self._clip, self._script = clip, clip.script
        self._canvas = Canvas(_lens(clip.size_px))
        self._platform = self._canvas.backdrop
        self._drawn: tuple[object, Grey] = (None, np.zeros(0, np.uint8))
        self._rng = np.random.default_rng(clip.seed)
        self._tile = self._rng.standard_normal((TILE_PX * 2, TILE_PX * 2)).astype(np.float32) * clip.script.noise
        down, across = np.mgrid[-1:1:90j, -1:1:160j]
        self._gain = (0.93 - 0.1 * (across**2 + down**2) - 0.05 * across).astype(np.float32)

    def shots(self) -> Iterator[Shot]:
        before = None
        for n in range(round(self._script.length_s * self._clip.rate_hz)):
            now_s = n / self._clip.rate_hz
            clean, present = self._scene(now_s)
            moving = before is not None and before is not clean and _changed(before, clean)
            before = clean
            yield Shot(Preview(self._seen(clean, now_s), now_s), moving, present)

    def _scene(self, now_s: float) -> tuple[Grey, bool]:
        """The picture in full, even light; whether a box is in view."""
        poses = [_at(keys, now_s) for _, keys in self._script.boxes]
        shake = self._script.trembles_mm * np.sin(now_s * np.array([23.0, 31.0]))
        hands = [None if at is None else (at[0] + shake[0], at[1] + shake[1]) for at in self._hands(now_s)]
        key = (tuple(poses), tuple(hands))
        if key != self._drawn[0]:
            self._drawn = key, self._draw(poses, hands)
        inside = any(pose is not None and pose[1] < BELOW_MM - 120 for pose in poses)
        return self._drawn[1], inside

    def _hands(self, now_s: float) -> list[tuple[float, float, float] | None]:
        return [_at(keys, now_s) for keys in self._script.hands]

    def _draw(self, poses: list[tuple[float, float, float] | None], hands: list[tuple[float, float] | None]) -> Grey:
        picture: Bgr = self._platform
        world = World(0, self._canvas.lens)
        height_mm = 0.0
        for (box, _), pose in zip(self._script.boxes, poses, strict=True):
            if pose is not None:
                height_mm = box.height_mm
                world.lay(box, 0)
                world.pose = Pose(*pose)
                self._canvas.backdrop = picture  # a box upon a box: the first belongs to what is below the second
                picture = self._canvas.below_face(world)
                self._canvas.face(picture, world, box.faces[0].picture)
        picture = picture.copy()
        for hand in hands:
            if hand is not None:
                self._canvas.hand(picture, hand, min(height_mm + 20.0, 250.0))
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)

    def _seen(self, clean: Grey, now_s: float) -> Grey:
        """The scene under its light, through lens and sensor."""
        light = self._gain.copy()
        for each in self._script.lights:
            light *= each(now_s)
        lit = clean * cv2.resize(light, self._clip.size_px)
        lit = cv2.GaussianBlur(lit, (3, 3), BLUR_SIGMA_PX)
        dx, dy = self._rng.integers(0, TILE_PX * 2 - np.array(self._clip.size_px))
        rows, columns = lit.shape
        lit += self._tile[dy : dy + rows, dx : dx + columns] * np.sqrt(max(0.1, float(light.mean())))
        return np.asarray(cv2.convertScaleAbs(np.clip(lit, 0, 255)), np.uint8)


def _lens(size_px: LensSize) -> Lens:
    """The station's lens at a preview's size: 4:3 sees more above and below."""
    width, height = size_px
    return Lens(size_px, 3552.0 * width / 4608, (width / 2, height / 2))


def _changed(a: Grey, b: Grey) -> bool:
    return int((cv2.absdiff(a, b) > CHANGED_LEVEL).sum()) >= CHANGED_PX


def _at(keys: list[Key], now_s: float) -> tuple[float, float, float] | None:
    """Where something is: eased from key to key; nowhere before the first, and after the last one below the picture."""
    if not keys or now_s < keys[0][0]:
        return None
    for a, b in pairwise(keys):
        if now_s < b[0]:
            share = (now_s - a[0]) / (b[0] - a[0])
            share = share if b[0] - a[0] > 1.2 else (1 - np.cos(np.pi * share)) / 2  # long ones creep evenly
            return cast(tuple[float, float, float], tuple(a[i] + (b[i] - a[i]) * share for i in (1, 2, 3)))
    last = keys[-1]
    return None if last[2] >= BELOW_MM else (last[1], last[2], last[3])


# ---- what may happen


def _box(rng: np.random.Generator, *, high_mm: tuple[float, float] = (5, 200), blank: bool = False) -> Box:
    """A box or bag with a waybill, at a scale that a preview can show."""
    kind: Substrate = pick(rng, get_args(Substrate))
    size = (float(rng.uniform(120, 230)), float(rng.uniform(110, 180)))
    surface = substrate(kind, size, rng, FACE_PX_MM)
    if not blank:
        label = render(pick(rng, COURIERS), rng, FACE_PX_MM)
        surface = place_label(surface, label, (size[0] / 2, size[1] / 2), rng.uniform(0, 360), FACE_PX_MM).surface
    return Box("clip", float(rng.uniform(*high_mm)), (Face(surface, FACE_PX_MM),))


def _arrives(script: Script, at_s: float, box: Box | None = None) -> list[Key]:
    """A hand slides a box in from below and goes; the hand is out of the picture about 1.3 s later."""
    rng = script.rng
    x, y, turn = rng.uniform(170, 230), rng.uniform(130, 170), rng.uniform(-60, 60)
    takes_s = rng.uniform(0.5, 1.1)
    keys = [(at_s, x, y + BELOW_MM, turn), (at_s + takes_s, x, y, turn)]
    script.boxes.append((box or _box(rng), keys))
    gx, gy = x + GRIP_MM[0], y + GRIP_MM[1]
    rests_s = at_s + takes_s + rng.uniform(0.05, 0.2)
    script.hands.append([
        (at_s, gx, gy + BELOW_MM, 0), (at_s + takes_s, gx, gy, 0), (rests_s, gx, gy, 0),
        (rests_s + rng.uniform(0.35, 0.6), gx, gy + BELOW_MM, 0),
    ])  # fmt: skip
    return keys


def _leaves(script: Script, keys: list[Key], at_s: float) -> None:
    """A hand comes and takes the box down, out of the picture."""
    _, x, y, turn = keys[-1]
    gx, gy = x + GRIP_MM[0], y + GRIP_MM[1]
    keys += [(at_s + 0.5, x, y, turn), (at_s + 1.3, x, y + BELOW_MM, turn)]
    script.hands.append([
        (at_s, gx, gy + BELOW_MM, 0), (at_s + 0.45, gx, gy, 0), (at_s + 0.5, gx, gy, 0),
        (at_s + 1.3, gx, gy + BELOW_MM, 0),
    ])  # fmt: skip


def _hand_over(script: Script, at_s: float, until_s: float) -> None:
    """A hand reaches over the platform and goes away again."""
    x, y = script.rng.uniform(150, 260), script.rng.uniform(130, 230)
    script.hands.append([(at_s, x, y + 400, 0), (at_s + 0.4, x, y, 0), (until_s, x, y, 0),
                         (until_s + 0.4, x, BELOW_MM, 0)])  # fmt: skip


def _comes_and_goes(script: Script) -> None:
    keys = _arrives(script, 1.0)
    _leaves(script, keys, 6.0)


def _three_boxes(script: Script) -> None:
    script.length_s = 14.0
    for at_s in (1.0, 5.5, 10.0):
        _leaves(script, _arrives(script, at_s), at_s + 3.2)


def _hands_over_a_box(script: Script) -> None:
    _arrives(script, 0.8)
    script.said += [("keep", 4.0, 4.0), ("free", 4.3, 4.3)]
    for at_s in (4.8, 7.2):
        _hand_over(script, at_s, at_s + 0.5)
    script.said += [("same", 9.7, 9.7), ("free", 9.7, 9.7)]


def _hand_rests(script: Script) -> None:
    """Once the job has begun a hand comes to rest on the box; it goes again."""
    _arrives(script, 0.8)
    script.said += [("keep", 4.0, 4.0), ("free", 4.3, 4.3), ("reached", 6.5, 6.5), ("reached", 7.5, 7.5)]
    _hand_over(script, 5.0, 8.0)
    script.said += [("free", 9.7, 9.7), ("same", 9.7, 9.7)]


def _hand_trembles(script: Script) -> None:
    """A hand that rests is never quite still: 0.5 to 1 mm, some times a second."""
    script.trembles_mm = float(script.rng.uniform(0.5, 1.0))
    _arrives(script, 0.8)
    _hand_over(script, 4.5, 8.0)


def _pushed(script: Script) -> None:
    keys = _arrives(script, 0.8)
    _, x, y, turn = keys[-1]
    rng = script.rng
    gx, gy = x + GRIP_MM[0], y + GRIP_MM[1]
    to_x, to_y = x + rng.choice((-1, 1)) * rng.uniform(3, 20), y + rng.uniform(-10, 10)
    script.said += [("keep", 4.0, 4.0), ("same", 4.6, 4.6)]
    keys += [(5.5, x, y, turn), (6.3, to_x, to_y, turn + rng.uniform(-8, 8))]
    script.hands.append([(5.0, gx, gy + 400, 0), (5.4, gx, gy, 0), (5.5, gx, gy, 0),
                         (6.3, to_x + GRIP_MM[0], to_y + GRIP_MM[1], 0), (6.8, to_x, BELOW_MM, 0)])  # fmt: skip
    script.said += [("shifted", 8.0, 8.0), ("shifted", 9.5, 9.5)]


def _box_on_box(script: Script) -> None:
    """An empty box is put on the one that lies there."""
    script.length_s = 11.0
    below = _box(script.rng, high_mm=(20, 80))
    _arrives(script, 0.8, below)
    script.said += [("keep", 4.0, 4.0), ("same", 4.6, 4.6)]
    upper = _box(script.rng, blank=True)
    _arrives(script, 5.2, Box("upper", below.height_mm + float(script.rng.uniform(20, 110)), upper.faces))
    script.said += [("shifted", 9.0, 9.0), ("shifted", 10.5, 10.5)]


def _creeps(script: Script) -> None:
    """A bag let go creeps on for some seconds."""
    rng = script.rng
    keys = _arrives(script, 0.8, _box(rng, high_mm=(5, 40)))
    t, x, y, turn = keys[-1]
    lasts_s, speed = rng.uniform(3, 4.5), rng.uniform(1.5, 4)
    way = rng.uniform(0, 2 * np.pi)
    keys.append((t + lasts_s, x + lasts_s * speed * np.cos(way), y + lasts_s * speed * np.sin(way), turn))


# ---- light


def _bare_or_boxed(script: Script) -> None:
    if script.rng.random() < 0.6:
        _arrives(script, 0.6)
        script.said += [("keep", 3.4, 3.4), ("same", 9.8, 9.8)]


def _light_switched(script: Script) -> None:
    """Off and on, at once or as a lamp glows up; the camera follows; more on one side than on the other."""
    _bare_or_boxed(script)
    rng = script.rng
    level, glow_s = float(rng.choice((rng.uniform(0.35, 0.7), rng.uniform(1.2, 1.5)))), rng.uniform(0.02, 0.4)
    slope, follows = _slope(rng, 0.25), rng.uniform(0, 0.5)
    follow_s = rng.uniform(0.4, 1.0)

    def light(now_s: float) -> Shade:
        on = _ramp(now_s, 4.0, glow_s) - _ramp(now_s, 7.0, glow_s)
        followed = _ramp(now_s, 4.2, follow_s) - _ramp(now_s, 7.2, follow_s)
        return np.asarray((1 + on * ((level - 1) + slope)) * level ** (-follows * followed), np.float32)

    script.lights.append(light)
    script.said += [("quiet", 3.7, 6.9), ("quiet", 6.9, 9.9)]


def _sun_moves(script: Script) -> None:
    """Light through a window wanders slowly, with soft edges, and grows."""
    _bare_or_boxed(script)
    script.length_s = 20.0
    slope, patch = _slope(script.rng, 0.2), _Patch(script.rng, script.rng.uniform(0.1, 0.3), soft_px=4.0)
    script.lights.append(lambda t: np.asarray((1 + slope * t / 20) * patch.at(10 + t * 0.25), np.float32))
    script.said += [("quiet", 3.7, 11.0), ("quiet", 11.0, 19.9)]


def _shadow_passes(script: Script) -> None:
    """Somebody walks by: a soft shadow crosses the empty platform, and the sun comes out behind a cloud."""
    patch = _Patch(script.rng, -script.rng.uniform(0.2, 0.55), soft_px=script.rng.uniform(3, 8))
    speed = script.rng.uniform(75, 120)
    script.lights.append(lambda t: patch.at((t - 2.0) * speed - 120))
    cloud = script.rng.uniform(0.1, 0.4)
    script.lights.append(lambda t: 1.0 - cloud * (_ramp(t, 6.5, 2.0)))
    script.said += [("shadow", 2.0, 6.4), ("quiet", 6.5, 9.9)]


def _shadow_rests(script: Script) -> None:
    """Somebody comes and stays where he takes some light from the empty platform."""
    patch = _Patch(script.rng, -script.rng.uniform(0.2, 0.5), soft_px=script.rng.uniform(3, 8))
    stop = script.rng.uniform(40, 110)
    script.lights.append(lambda t: patch.at(min((t - 2.0) * 60 - 120, stop)))
    script.said += [("shadow", 2.0, 6.2), ("shadow", 6.2, 9.9), ("quiet", 7.0, 9.9)]


def _flickers(script: Script) -> None:
    """Mains light: bright bands of the rolling shutter wander over everything."""
    _bare_or_boxed(script)
    rng = script.rng
    depth, bands, wander = rng.uniform(0.02, 0.08), rng.uniform(1.2, 3.5), rng.uniform(0.5, 9)
    rows = np.linspace(0, 2 * np.pi, LIGHT_SHAPE[0], dtype=np.float32)[:, None]
    script.lights.append(lambda t: np.asarray(1 + depth * np.sin(rows * bands + wander * t), np.float32))
    script.said += [("quiet", 3.7, 9.9)]


def _grainy(script: Script) -> None:
    """A dim place: the camera amplifies, and its noise with it."""
    script.noise = float(script.rng.uniform(4, 9))
    script.lights.append(lambda t: 0.6)
    script.said += [("quiet", 0.5, 0.9)]
    _leaves(script, _arrives(script, 1.0), 6.0)
    script.said += [("quiet", 8.5, 9.9)]


def _gets_dirty(script: Script) -> None:
    """Ink and dust gather on the empty platform; then a box comes and goes, and it is still empty."""
    script.length_s = 40.0
    specks = _specks(script.rng)
    script.lights.append(lambda t: 1 - specks * min(1.0, t / 24))
    script.said += [("quiet", 3.0, 13.0), ("quiet", 13.0, 26.0)]
    _leaves(script, _arrives(script, 28.0), 33.0)
    script.said.append(("quiet", 36.0, 39.9))


def _light_and_hand(script: Script) -> None:
    """A box comes; the light changes; a hand comes; the box is taken away under the other light."""
    script.length_s = 13.0
    keys = _arrives(script, 0.8)
    level, slope = script.rng.uniform(0.5, 0.75), _slope(script.rng, 0.15)
    script.lights.append(lambda t: np.asarray(1 + _ramp(t, 4.2, 0.2) * (level - 1 + slope), np.float32))
    script.said += [("keep", 3.8, 3.8), ("quiet", 3.9, 6.0), ("same", 5.9, 5.9)]
    _hand_over(script, 6.3, 6.8)
    _leaves(script, keys, 9.5)


def _ramp(now_s: float, from_s: float, lasts_s: float) -> float:
    return float(np.clip((now_s - from_s) / lasts_s, 0, 1))


def _slope(rng: np.random.Generator, deepest: float) -> Shade:
    """Light that is stronger on one side: from -deepest to +deepest at most."""
    down, across = np.mgrid[-1:1:90j, -1:1:160j]
    a = rng.uniform(0, 2 * np.pi)
    return np.asarray(rng.uniform(0, deepest) * (np.cos(a) * across + np.sin(a) * down) / 1.42, np.float32)


class _Patch:
    """A patch of more or less light with soft edges that moves across the picture (px of 160)."""

    def __init__(self, rng: np.random.Generator, depth: float, soft_px: float) -> None:
        wide, lean = rng.uniform(30, 80), rng.uniform(-30, 30)
        corners = np.array([[0, -20], [wide, -20], [wide + lean, 110], [lean, 110]]) + np.array([100, 10])
        mask = np.zeros((110, 360), np.uint8)
        cv2.fillConvexPoly(mask, corners.astype(np.int32), 255)
        self._soft = cv2.GaussianBlur(mask, (0, 0), soft_px)[10:100].astype(np.float32) * np.float32(depth / 255)

    def at(self, x_px: float) -> Shade:
        into = np.array([[1, 0, x_px - 100], [0, 1, 0]], float)
        return np.asarray(1 + cv2.warpAffine(self._soft, into, LIGHT_SHAPE[::-1]), np.float32)


def _specks(rng: np.random.Generator) -> Shade:
    """Stains and dust: what they take of the light."""
    stains = np.zeros(LIGHT_SHAPE, np.float32)
    for _ in range(40):
        centre = (int(rng.integers(160)), int(rng.integers(90)))
        cv2.circle(stains, centre, int(rng.integers(1, 7)), float(rng.uniform(0.1, 0.45)), -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(stains, (0, 0), 0.8), np.float32)


KINDS: tuple[Callable[[Script], None], ...] = (
    _comes_and_goes, _three_boxes, _hands_over_a_box, _hand_rests, _hand_trembles, _pushed, _box_on_box, _creeps,
    _light_switched, _sun_moves, _shadow_passes, _shadow_rests, _flickers, _grainy, _gets_dirty, _light_and_hand,
)  # fmt: skip
