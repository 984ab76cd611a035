"""Parts and programs that can only be tried: each is used once as the station uses it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from hardware.errors import MachineFault
from hardware.machine import Machine
from hardware.motion.carriage import Carriage
from hardware.panel import LAMP_STEADY_S
from station import camera as cameras
from station.calibrate import walk
from station.config import CameraSection
from station.doctor import fitness
from station.doctor.computer import free_mb
from station.doctor.finding import Finding, attempted, problem
from station.scenes.fonts import SOURCES, find_font
from station.vision.attacks import texts
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.network import Engine
from station.vision.text import Models, TesseractReader

SENSOR_READINGS = 16
BLANK_LINE = np.full((48, 320), 255, np.uint8)


def programs(engine: Engine) -> Iterator[Finding]:
    """Networks, fonts and readers: what comes with other packages than the station's own."""
    yield attempted("networks", lambda: _networks(engine))
    yield attempted("fonts", _fonts)
    yield attempted("tesseract", _tesseract)
    yield attempted("zbar", _zbar)


def disk(folder: Path) -> Finding:
    """Where counts are kept."""
    if not folder.is_dir():
        return problem(
            "disk", f"there is no folder {folder}", f"sudo mkdir -p {folder}, and give it to the station's user"
        )
    try:
        with tempfile.TemporaryFile(dir=folder):
            return fitness.disk(free_mb(folder), True, str(folder))
    except OSError:
        return fitness.disk(free_mb(folder), False, str(folder))


def camera_alone(section: CameraSection) -> Finding:
    """The camera of a machine that cannot be opened as a whole."""
    return attempted("camera", lambda: cameras.tried(section).told().replace("\n", ", "))


def camera(machine: Machine) -> Finding:
    """A preview and a photograph in the lamp's light; neither is kept."""
    machine.panel.lamp.value = 1.0
    machine.clock.sleep(LAMP_STEADY_S)
    try:
        grey, photo = machine.camera.preview().grey, machine.camera.photo(0.0).bgr
    except MachineFault as fault:
        return problem("camera", str(fault), "do what it says; `station camera` tries the camera alone")
    brightest, middle = np.percentile(grey, (99, 50))
    seen = f"preview {grey.shape[1]} x {grey.shape[0]}, photo {photo.shape[1]} x {photo.shape[0]}"
    return fitness.light(float(brightest), float(middle), seen)


def distance(machine: Machine) -> Finding:
    """The distance sensor above an empty platform."""
    return fitness.empty_platform([machine.panel.height_mm() for _ in range(SENSOR_READINGS)])


def axes(machine: Machine, carriage: Carriage) -> Finding:
    """To the end stops and back to the parking place: the only thing that moves."""

    def there_and_back() -> str:
        walk.carry_out(machine, carriage.home())
        walk.carry_out(machine, carriage.park())
        return "find their end stops and park"

    try:
        return attempted("axes", there_and_back)
    finally:
        machine.safe()


def _networks(engine: Engine) -> str:
    models = Models(engine)
    Eye(models)
    Judge(models)
    return f"loaded by {engine.name}"


def _fonts() -> str:
    return f"{len({find_font(face) for face in SOURCES})} files"


def _tesseract() -> str:
    TesseractReader().read([BLANK_LINE])
    return "runs, with simplified Chinese"


def _zbar() -> str:
    texts(BLANK_LINE)
    return "runs"
