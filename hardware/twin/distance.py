"""The twin's distance sensor."""

import numpy as np

from hardware.twin.world import World

SENSOR_HEIGHT_MM = 480.0  # beside the camera
NOISE_MM, WORST_MM = 0.4, 1.0  # a VL53 class sensor after averaging: standard deviation, and the worst of it


class TwinDistance:
    """Looks straight down at whatever lies up, with the noise of a time-of-flight sensor."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._random = np.random.default_rng((world.seed, 480))

    def distance_mm(self) -> float:
        """From the sensor down to the nearest surface, mm."""
        noise_mm = float(np.clip(self._random.normal(0, NOISE_MM), -WORST_MM, WORST_MM))
        faults = self._world.faults
        wrong_mm = faults.value("distance_wrong", "by_mm") if "distance_wrong" in faults else 0.0
        return SENSOR_HEIGHT_MM - self._world.height_mm + noise_mm + wrong_mm
