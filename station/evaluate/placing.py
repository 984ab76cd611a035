"""How far from where it was seen ink lands: machines built askew, calibrated by pictures, then told to hit targets.

Each target is a printed dot that the station finds in a photograph of a face at the height that its distance sensor
tells, maps to its axes and draws on. The twin's ink layer tells where the ink really is. Nothing of the truth but this
last goes into it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from shapely import box
from shapely.affinity import translate

from hardware.camera.frames import Grey, Points
from hardware.machine import AS_DRAWN, Machine, twin_machine
from hardware.twin.box import Box, Face, Pose
from hardware.twin.gantry import askew
from hardware.twin.ink import INK_PX_PER_MM, Ink
from hardware.twin.world import World
from station.calibrate import file as calibrate_file
from station.calibrate import tool as calibrate_tool
from station.calibrate import walk as calibrate
from station.calibrate.hands import Hands
from station.geometry import Plane

EVALUATION_SEED = 4201  # and the machines after it: nothing was tuned on them
FACES_MM = {0.0: (370.0, 270.0), 100.0: (370.0, 230.0), 200.0: (310.0, 165.0)}  # height -> as much as the camera sees
PITCH_MM, DOT_MM, EDGE_MM = 45.0, 3.0, 12.0
PX_PER_MM = 8.0
INKED = 0.5  # of the light comes back at the edge of the ink
LINE_MM = (40.0, 3.0)  # of text: what a margin is for


@dataclass(frozen=True)
class Hit:
    """One target: height of its face, where the ink's middle lies from it (2, mm), and what the error budget allows."""

    height_mm: float
    off_mm: Points
    margin_mm: float

    @property
    def error_mm(self) -> float:
        """How far from its target the ink lies."""
        return float(np.hypot(*self.off_mm))

    @property
    def covered(self) -> float:
        """The share of a line of text that lies under ink so far off, when all that is added to the line is the margin:
        the rules of `erase.cover` go further."""
        width, height = LINE_MM
        line = box(-width / 2, -height / 2, width / 2, height / 2)
        ink = translate(line.buffer(self.margin_mm, join_style="mitre"), *self.off_mm)
        return float(line.intersection(ink).area / line.area)


def placing(machines: int, seed: int, noise_mm: float) -> dict[str, Any]:
    """Position errors by height, and what the margins make of them.

    `noise_mm` (standard deviation of x and of y) spoils where fiducials are found, and so the calibration.
    """
    hits = [hit for number in range(machines) for hit in _of_machine(seed + number, noise_mm)]
    by_height = {f"{height:g} mm": _figures([h for h in hits if h.height_mm == height]) for height in FACES_MM}
    return {"machines": machines, "noise_mm": noise_mm, "all": _figures(hits), **by_height}


def _figures(hits: list[Hit]) -> dict[str, Any]:
    errors = np.array([hit.error_mm for hit in hits])
    inside = sum(hit.error_mm <= hit.margin_mm for hit in hits)
    covered = [hit.covered for hit in hits]
    return {
        "n": len(hits),
        "median_mm": round(float(np.median(errors)), 3),
        "p95_mm": round(float(np.percentile(errors, 95)), 3),
        "worst_mm": round(float(errors.max()), 3),
        "within_margin": inside,
        "margin_mm": round(float(np.mean([hit.margin_mm for hit in hits])), 3),
        "lines_covered": round(float(np.mean(covered)), 5),
        "line_covered_least": round(min(covered), 4),
    }


def _of_machine(seed: int, noise_mm: float) -> Iterator[Hit]:
    known = calibrated(seed, noise_mm)
    machine, world = twin_machine("gantry", seed, calibrated=known.calibrated(), build=askew(seed))
    random = np.random.default_rng((seed, 2))
    machine.panel.lamp.value = 1.0
    for height_mm in FACES_MM:
        _lay_targets(world, height_mm, random)
        yield from _hits(machine, world, known)
    machine.close()


def calibrated(seed: int, noise_mm: float) -> calibrate_file.Calibration:
    """Both walks on a machine built askew by its seed."""
    machine, world = twin_machine("gantry", seed, calibrated=AS_DRAWN, build=askew(seed))
    camera = calibrate_file.of_camera(calibrate.camera(machine, Hands(world, seed=seed)), AS_DRAWN.sensor_height_mm)
    lens, random = camera.calibrated().lens, np.random.default_rng((seed, 1))
    drawn = [
        replace(each, px=each.px + random.normal(0, noise_mm * lens.px_per_mm(each.contact_mm), each.px.shape))
        for each in calibrate.fiducials(machine, lens, Hands(world, seed=seed + 1))
    ]
    machine.close()
    return calibrate_file.of_tool(calibrate_tool.fit(lens, drawn), camera, "gantry")


def _targets_mm(size_mm: tuple[float, float]) -> Points:
    """The dots of a face, in its own frame."""
    x, y = (np.arange(EDGE_MM, side - EDGE_MM, PITCH_MM) for side in size_mm)
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def _lay_targets(world: World, height_mm: float, random: np.random.Generator) -> None:
    size_mm = FACES_MM[height_mm]
    picture = np.full((round(size_mm[1] * PX_PER_MM), round(size_mm[0] * PX_PER_MM), 3), 245, np.uint8)
    for x, y in _targets_mm(size_mm) * PX_PER_MM - 0.5:
        at, radius = (round(x * 16), round(y * 16)), round(DOT_MM / 2 * PX_PER_MM * 16)
        cv2.circle(picture, at, radius, (20, 20, 20), -1, cv2.LINE_AA, 4)
    pose = Pose(200 + float(random.uniform(-4, 4)), 150 + float(random.uniform(-4, 4)), float(random.uniform(-3, 3)))
    world.place(Box("targets", height_mm, (Face(picture, PX_PER_MM),), pose))
    while world.busy:
        world.clock.sleep(0.1)


def _hits(machine: Machine, world: World, known: calibrate_file.Calibration) -> Iterator[Hit]:
    carriage, ink, height_mm = machine.carriage, world.ink, calibrate.height_mm(machine)
    assert carriage is not None and ink is not None
    plane = Plane(machine.lens, height_mm)
    for dot_px in _dots(calibrate.picture(machine), machine.lens.px_per_mm(height_mm)):
        told_mm = plane.to_mm(dot_px[None])
        x, y = told_mm[0].tolist()
        before = ink.transmittance.copy()
        for _ in carriage.draw(calibrate_tool.dash(x, y, 1), height_mm):
            pass
        landed_mm = _landed(ink, before)
        away_mm = landed_mm - _targets_mm(FACES_MM[world.height_mm])
        nearest_mm = away_mm[np.hypot(*away_mm.T).argmin()]
        yield Hit(world.height_mm, nearest_mm, known.budget().margin_mm(plane, plane.radius_mm(told_mm)))
    for _ in carriage.park():
        pass


def _dots(grey: Grey, px_per_mm: float) -> Points:
    """The middles (N x 2, px) of what is dark, round and of a dot's size."""
    _, dark = cv2.threshold(cv2.GaussianBlur(grey, (0, 0), 1.5), 128, 255, cv2.THRESH_BINARY_INV)
    count, patches, stats, _ = cv2.connectedComponentsWithStats(dark)
    area_px = np.pi * (DOT_MM / 2 * px_per_mm) ** 2
    found = [k for k in range(1, count) if 0.7 * area_px < stats[k, cv2.CC_STAT_AREA] < 1.4 * area_px]
    inverse = np.asarray(255 - grey)
    return np.array([calibrate_tool.middle(inverse, np.asarray(patches) == k, stats[k]) for k in found])


def _landed(ink: Ink, before: NDArray[np.float32]) -> Points:
    """The middle (2, face mm) of the ink that was added."""
    rows, columns = np.nonzero((ink.transmittance < INKED * before) & (before > INKED))
    return np.array([columns.mean() + 0.5, rows.mean() + 0.5]) / INK_PX_PER_MM
