"""A box with one line on it, and what a person or the station does with it."""

from collections.abc import Iterator

import cv2
import numpy as np

from hardware.camera.frames import Points
from hardware.machine import Machine
from hardware.twin.box import Box, Face, Mark, Pose
from hardware.twin.world import World

Twin = tuple[Machine, World]
MARK_MM = np.array([[60, 40], [120, 40], [120, 46], [60, 46]], float)
LINE_MM = np.array([[60, 43], [120, 43]], float)


def box(height_mm: float = 100.0, angle_deg: float = 0.0, sides: int = 1) -> Box:
    """Cardboard of 200 x 140 mm with a white label and a line of text at `MARK_MM`."""
    picture = np.full((840, 1200, 3), (110, 150, 185), np.uint8)
    cv2.rectangle(picture, (300, 180), (780, 660), (245, 245, 245), -1)
    cv2.putText(picture, "13800001111", (360, 274), 0, 1.7, (20, 20, 20), 4, cv2.LINE_AA)
    faces = tuple(Face(picture.copy(), 6.0, (Mark("phone", MARK_MM, "13800001111"),)) for _ in range(sides))
    return Box("invented", height_mm, faces, Pose(200.0, 150.0, angle_deg))


def wait(world: World) -> None:
    """Until the person's hands are out of the picture."""
    while world.busy:
        world.clock.sleep(0.1)


def finish(job: Iterator[None]) -> None:
    """Carry a job of the carriage out to its end."""
    for _ in job:
        pass


def on_platform(world: World, line_mm: Points = LINE_MM) -> Points:
    """A line of the face, where it lies now."""
    return world.to_platform(line_mm)
