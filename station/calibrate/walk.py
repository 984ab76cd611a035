"""The two walks of commissioning: pictures of a sheet give the camera, fiducials of the tool its axes.

`ask` does, or has a person do, what a step wants: it returns when that is done. What comes back is judged in words.
"""

import itertools
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from hardware.camera.frames import Grey, Points
from hardware.camera.lens import Lens
from hardware.errors import InputError, MachineFault, MotionFault
from hardware.machine import Machine
from hardware.motion.carriage import Carriage
from hardware.panel import LAMP_STEADY_S
from station.calibrate import sheet
from station.calibrate import tool as calibrate_tool
from station.calibrate.camera import LEAST_CORNERS, PLATFORM_MIDDLE_MM, CameraFit, View, fit
from station.calibrate.tool import Fiducials, ToolFit

HEIGHT_READINGS = 16
TRIES = 3


@dataclass(frozen=True)
class Step:
    """What a person is asked to lay on the platform: the calibration sheet, or paper to draw on."""

    name: str
    told: str
    sheet: bool = True


Ask = Callable[[Step], None]

EDGE = "Prop the sheet's {} edge up by 6 to 9 cm, the opposite edge on the platform."
SHEET_STEPS = (
    Step("platform", "Lay the calibration sheet flat on the platform, its middle on the platform's middle."),
    *(Step(edge, EDGE.format(edge)) for edge in ("left", "right", "far", "near")),
    Step("box", "Lay the sheet flat on a closed, level box 10 to 20 cm high, in the middle."),
    Step("box left", "Push box and sheet to the left and away from you, until a tenth of the sheet is out of view."),
    Step("box right", "Push box and sheet to the right and towards you, until a tenth of the sheet is out of view."),
)
PAPER_STEPS = (
    Step("paper", "Tape a blank sheet of A4 flat onto the middle of the platform, its long side along x.", sheet=False),
    Step("paper on a box", "Tape a blank sheet onto a closed, level box 10 to 20 cm high, in the middle.", sheet=False),
)


def camera(machine: Machine, ask: Ask, scale: float = 1.0) -> CameraFit:
    """Take the pictures and fit. `scale` is the print's. Raises `InputError` when the sheet is not to be seen."""
    views = [_view(machine, ask, step) for step in SHEET_STEPS]
    return fit(views, machine.lens.size_px, scale)


def tool(machine: Machine, camera: Lens, ask: Ask) -> ToolFit:
    """Draw fiducials at two heights, find them, and fit. `camera` is what `camera` found.

    Raises `InputError` when too few are seen, `MachineFault` for whatever stops the axes.
    """
    return calibrate_tool.fit(camera, fiducials(machine, camera, ask), square=machine.tool.kind == "roller")


def fiducials(machine: Machine, camera: Lens, ask: Ask) -> list[Fiducials]:
    """What the tool drew on the platform and on a box, and where it is seen."""
    return [_drawn(machine, camera, ask, step) for step in PAPER_STEPS]


def _view(machine: Machine, ask: Ask, step: Step) -> View:
    for _ in range(TRIES):
        ask(step)
        seen = sheet.find(picture(machine))
        if len(seen.px) >= LEAST_CORNERS:
            return View(step.name, seen, height_mm(machine))
    raise InputError(
        f"of the sheet's {sheet.CORNERS} corners {len(seen.px)} were seen in the picture {step.name!r}, at least "
        f"{LEAST_CORNERS} are needed: light it evenly, without glare, nothing lying on it, all of it under the camera"
    )


def picture(machine: Machine) -> Grey:
    """A picture in the lamp's light."""
    machine.panel.lamp.value = 1.0
    machine.clock.sleep(LAMP_STEADY_S)
    photo = machine.camera.photo(0.0)
    return np.asarray(cv2.cvtColor(photo.bgr, cv2.COLOR_BGR2GRAY), np.uint8)


def height_mm(machine: Machine) -> float:
    """What the distance sensor says, without its noise."""
    return statistics.fmean(machine.panel.height_mm() for _ in range(HEIGHT_READINGS))


def _drawn(machine: Machine, camera: Lens, ask: Ask, step: Step) -> Fiducials:
    carriage = machine.carriage
    assert carriage is not None
    ask(step)
    sensor_mm, before = height_mm(machine), picture(machine)
    lines = calibrate_tool.dashes(machine.tool, PLATFORM_MIDDLE_MM)
    touched = [_draw(machine, carriage, line, sensor_mm) for line in lines]
    carry_out(machine, carriage.park())
    contact_mm = statistics.median(touched)
    told, sides = np.array([line.mean(axis=0) for line in lines]), calibrate_tool.come(lines, carriage.park_mm)
    there, px = calibrate_tool.find(
        before, picture(machine), camera.to_pixels(told, contact_mm), camera.px_per_mm(contact_mm)
    )
    if len(there) < calibrate_tool.LEAST_SHARE * len(lines):
        raise InputError(
            f"of {len(lines)} fiducials {len(there)} were seen ({step.name}): is the tool wet, the paper blank, in the "
            "middle and not moved? Then do it again with a fresh sheet"
        )
    return Fiducials(told[there], sides[there], px, contact_mm, sensor_mm)


def _draw(machine: Machine, carriage: Carriage, line_mm: Points, height_mm: float) -> float:
    """Draw one line; gives the height at which the tool touched."""
    carry_out(machine, carriage.draw(line_mm, height_mm))
    return carriage.touched_mm


def carry_out(machine: Machine, job: Iterator[None]) -> None:
    """A job of the carriage, as long as the guard is closed and nobody presses the emergency stop."""
    try:
        for _ in itertools.chain((None,), job):
            _refuse_danger(machine)
    except MotionFault:
        _refuse_danger(machine)  # what the axes say of drivers that are off is not why they are
        raise


def _refuse_danger(machine: Machine) -> None:
    panel = machine.panel
    if panel.emergency_stop.pressed or not panel.guard.closed:
        machine.safe()
        raise MachineFault("guard open or emergency stop pressed: the tool stands; close, release, begin again")
