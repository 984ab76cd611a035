"""The hands that lay sheets, papers and boxes on the twin when a calibration asks for them, not quite exactly."""

import numpy as np

from hardware.camera.frames import Bgr
from hardware.twin.box import Box, Face, Pose
from hardware.twin.world import World
from station.calibrate import sheet
from station.calibrate.walk import Step

PX_PER_MM = 8.0
PROPPED_MM = 40.0  # of the middle, when one edge is up by twice as much
SLOPES = {"left": (-0.27, 0.0), "right": (0.27, 0.0), "far": (0.0, -0.38), "near": (0.0, 0.38)}
BOX_MM = 160.0
ON_BOX_MM = {"box left": (-70.0, -25.0), "box right": (70.0, 25.0)}
PLACED_MM, TURNED_DEG = 3.0, 1.5  # how exactly a hand lays a sheet down


class Hands:
    """Does on the world what a step asks a person for. `scale` is that of the sheet's print, `seed` of the hand."""

    def __init__(self, world: World, scale: float = 1.0, seed: int = 0) -> None:
        self._world, self._scale = world, scale
        self._random = np.random.default_rng((seed, 5))

    def __call__(self, step: Step) -> None:
        """Lay down what is asked for, and take the hands out of the picture."""
        picture, px_per_mm = (sheet.picture(PX_PER_MM), PX_PER_MM / self._scale) if step.sheet else (_paper(), 4.0)
        x, y = self._random.normal(0, PLACED_MM / 2, 2) + ON_BOX_MM.get(step.name, (0.0, 0.0))
        pose = Pose(200.0 + float(x), 150.0 + float(y), float(self._random.normal(0, TURNED_DEG / 2)))
        slope = SLOPES.get(step.name, (0.0, 0.0))
        height_mm = PROPPED_MM if step.name in SLOPES else BOX_MM if "box" in step.name else 0.0
        self._world.place(Box(step.name, height_mm, (Face(picture, px_per_mm),), pose, slope=slope))
        while self._world.busy:
            self._world.clock.sleep(0.1)


def _paper() -> Bgr:
    """A blank sheet of A4, lying."""
    return np.full((840, 1188, 3), 250, np.uint8)
