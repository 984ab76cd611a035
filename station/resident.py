"""What is done in a fresh process (see `station.vision.apart`) to learn how much memory it takes."""

from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from hardware.camera.frames import Bgr
from station.redact import compared
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.network import Engine, Network, Shape
from station.vision.text import Models


def look_and_judge(photo: Bgr, engine: Engine) -> None:
    """All that the eye and the judge load, and what they need for a photograph (H x W x 3)."""
    cv2.setNumThreads(engine.threads)
    models = Models(engine)
    eye, judge = Eye(models), Judge(models)
    compared(photo, photo, eye.look(photo), judge)


def run_networks(networks: Iterable[tuple[Path, Shape]], engine: Engine) -> None:
    """Every network loaded, and run once."""
    cv2.setNumThreads(engine.threads)
    loaded = [(Network(path, engine), shape) for path, shape in networks]
    for network, shape in loaded:
        network.run(np.zeros(shape, np.float32))
