"""The twin's distance sensor."""

import cv2
import numpy as np

from hardware.twin.world import World

SENSOR_HEIGHT_MM = 480.0  # beside the camera
UNDER_SENSOR_MM = (200.0, 150.0)
CONE_RADIUS_MM = 100.0  # on the platform: 25 degrees, seen from 480 mm
NOISE_MM, WORST_MM = 0.4, 1.0  # a VL53 class sensor after averaging: standard deviation, and the worst of it


class TwinDistance:
    """Looks straight down from `height_mm` at whatever lies up, with the noise of a time-of-flight sensor."""

    def __init__(self, world: World, height_mm: float = SENSOR_HEIGHT_MM) -> None:
        self._world, self._height_mm = world, height_mm
        self._random = np.random.default_rng((world.seed, 480))

    def distance_mm(self) -> float:
        """From the sensor down to the nearest surface, mm."""
        noise_mm = float(np.clip(self._random.normal(0, NOISE_MM), -WORST_MM, WORST_MM))
        faults = self._world.faults
        wrong_mm = faults.value("distance_wrong", "by_mm") if "distance_wrong" in faults else 0.0
        return self._height_mm - self._seen_mm() + noise_mm + wrong_mm

    def _seen_mm(self) -> float:
        """Height of the box, if any of it is in the sensor's cone."""
        if self._world.box is None:
            return 0.0
        away_mm = -cv2.pointPolygonTest(self._world.outline_mm().astype(np.float32), UNDER_SENSOR_MM, True)
        return self._world.height_mm if away_mm < CONE_RADIUS_MM else 0.0
