"""How the twin's machine is really put together: its lens, and where its axes take the tool when told to go somewhere.

A machine that a person has built is a little askew: nothing is where the drawing has it, and only calibration tells.
"""

from dataclasses import dataclass

import numpy as np

from hardware.camera.frames import Points
from hardware.camera.lens import Lens

Place = tuple[float, float]


@dataclass(frozen=True)
class Gantry:
    """Where the axes really take the tool; as it stands here, a perfect machine.

    The nib is at `matrix` x (what the axes count) + `offset_mm` + `lean` x its height. A carriage follows its belt
    with a play of `backlash_mm`, a nib sits `wander_mm` (standard deviation) off whenever it has touched down anew.
    """

    matrix: tuple[Place, Place] = ((1.0, 0.0), (0.0, 1.0))
    offset_mm: Place = (0.0, 0.0)
    lean: Place = (0.0, 0.0)
    backlash_mm: float = 0.0
    wander_mm: float = 0.0

    def dragged(self, carriage_mm: Place, belt_mm: Place) -> Place:
        """The carriage after its belt has gone somewhere: it stays behind by half of the play."""
        slack = self.backlash_mm / 2
        x, y = (min(max(c, b - slack), b + slack) for c, b in zip(carriage_mm, belt_mm, strict=True))
        return x, y

    def nib_mm(self, carriage_mm: Place, height_mm: float) -> Points:
        """Where (2, platform mm) the nib of a carriage is at a height."""
        at: Points = np.array(self.matrix) @ carriage_mm + self.offset_mm + np.array(self.lean) * height_mm
        return at


@dataclass(frozen=True)
class Build:
    """A machine as it really is."""

    lens: Lens
    gantry: Gantry = Gantry()
    sensor_height_mm: float = 480.0  # of the distance sensor, beside the camera


def askew(seed: int) -> Build:
    """A machine as careful hands build it from the drawing: each seed another one.

    Half a degree, three millimetres and two per cent are what brackets, printed parts and lenses of one
    batch differ by.
    """
    random = np.random.default_rng((seed, 77))

    def near(middle: float, by: float) -> float:
        return middle + float(random.uniform(-by, by))

    lens = Lens(
        focal_px=near(3552.0, 70.0),
        centre_px=(near(2304.0, 40.0), near(1296.0, 40.0)),
        camera_height_mm=near(480.0, 5.0),
        above_mm=(near(200.0, 8.0), near(150.0, 8.0)),
        distortion=(near(-0.05, 0.03), near(0.02, 0.02), near(0.0, 0.001), near(0.0, 0.001), near(0.0, 0.003)),
        turned=(near(0.0, 0.02), near(0.0, 0.02), near(0.0, 0.02)),
    )
    matrix = ((near(1.0, 0.003), near(0.0, 0.008)), (near(0.0, 0.008), near(1.0, 0.003)))
    gantry = Gantry(matrix, (near(0.0, 3.0), near(0.0, 3.0)), (near(0.0, 0.005), near(0.0, 0.005)), 0.15, 0.08)
    return Build(lens, gantry, near(480.0, 4.0))
