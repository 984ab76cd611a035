"""The whole examination, in the order in which one thing rests on another; a finding as soon as there is one.

What cannot be had is a finding as well, and the rest goes on without it.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from pathlib import Path

from hardware.camera.raspberry import memory_mb
from hardware.ending import off_when_told_to_end
from hardware.errors import ConfigError, ShredError
from hardware.machine import Machine
from hardware.motion.gpio.chip import PRIORITY
from hardware.motion.grbl.words import INPUTS
from station.calibrate.file import Calibration
from station.config import Config, load
from station.doctor import ask, computer, fitness, parts
from station.doctor.ask import Asking, Person, Wires
from station.doctor.finding import AGAIN, Finding, ok, problem, warning
from station.vision.network import Engine

Known = Callable[[], Calibration | None]
Opened = Callable[[Calibration | None], tuple[Machine, Person | None]]


def examine(path: Path, known: Known, opened: Opened, root: Path = Path("/")) -> Generator[Finding, None, None]:
    """Everything about the station that the file at `path` describes.

    `known` gives its calibration and `opened` its machine with the person in front of it, None where nobody is to be
    asked; both may raise `ShredError`. `root` is the folder that has the computer's `proc`, `sys` and `dev` in it.
    """
    try:
        settings = load(path)
    except ConfigError as error:
        yield problem("configuration", str(error), AGAIN)
        yield from _computer(Config(), root)
        return
    yield ok("configuration", str(path))
    yield from _computer(settings, root)
    if settings.machine.kind == "built":
        yield from _devices(settings, root)
    yield from parts.programs(Engine(settings.eye.engine, settings.eye.threads, settings.eye.networks))
    if settings.store:
        yield parts.disk(settings.store.absolute().parent)
    yield from _machine(settings, known, opened)


def _computer(settings: Config, root: Path) -> Iterator[Finding]:
    """What every station wants of its computer, and what a machine of real parts wants besides."""
    found = computer.read(root)
    built = settings.machine.kind == "built"
    if found.model:
        yield ok("computer", found.model)
    elif built:
        yield warning("computer", "not a Raspberry Pi", "pins and camera modules want one")
    if found.model or built:
        yield fitness.supply(found.throttled)
    if found.throttled is not None:
        yield fitness.speed(found.throttled)
    if found.celsius is not None:
        yield fitness.temperature(found.celsius)
    yield fitness.clock(found.synchronised)
    if built:
        yield fitness.priority(found.priority, PRIORITY)
        yield fitness.pwm(found.pwm_channels)
        if settings.camera.kind == "picamera2":
            size_px = (settings.camera.width_px, settings.camera.height_px)
            yield fitness.camera_memory(found, memory_mb(size_px))


def _devices(settings: Config, root: Path) -> Iterator[Finding]:
    """The device files that a machine of real parts uses."""
    yield fitness.node("gpio", computer.node("/dev/gpiochip*", root), "pins want a Raspberry Pi and its own kernel")
    if settings.camera.kind == "v4l2":
        device = computer.node(settings.camera.device, root)
        yield fitness.node("video", device, "plug the camera in; v4l2-ctl --list-devices names what is there")
    else:
        plug = "plug the camera's ribbon in with the power off; camera_auto_detect=1 in /boot/firmware/config.txt"
        yield fitness.node("video", computer.node("/dev/media*", root), plug)
        yield fitness.node("dma heap", computer.node("/dev/dma_heap/*", root), "update Raspberry Pi OS")
    if settings.motion.kind == "grbl" and settings.marker.kind != "none":
        port = computer.node(settings.motion.port, root)
        yield fitness.node("serial", port, "plug the board in; ls /dev/serial/by-id names what is there")


def _machine(settings: Config, known: Known, opened: Opened) -> Iterator[Finding]:
    calibration = None
    try:
        calibration = known()
        yield ok("calibration", "there" if calibration else "not wanted")
    except ShredError as error:
        yield problem("calibration", str(error), AGAIN)
    try:
        machine, person = opened(calibration)
    except ShredError as error:
        yield problem("machine", str(error), AGAIN)
        if settings.machine.kind == "built":
            yield parts.camera_alone(settings.camera)
        return
    with closing(machine), off_when_told_to_end(machine):
        yield ok("machine", "all parts could be opened")
        try:
            yield from _opened(settings, machine, person)
        except ShredError as error:
            yield problem("machine", str(error), AGAIN)


def _opened(settings: Config, machine: Machine, person: Person | None) -> Iterator[Finding]:
    machine.safe()
    if settings.machine.kind == "built":
        yield fitness.pins(type(machine.panel.guard.pin_factory).__name__, "LGPIOFactory")
    yield parts.camera(machine)
    machine.safe()
    if person:
        yield from together(Asking(machine, person, wires(settings)))


def wires(settings: Config) -> Wires:
    """Where the wire of each line of the pin table goes."""
    pins = {line.name: f"{line.told} (BCM {line.bcm})" for line in settings.pins.pins().lines()}
    return pins | INPUTS if settings.motion.kind == "grbl" else pins


def together(asking: Asking) -> Iterator[Finding]:
    """All that takes a person. The tool moves at the end, and only where nothing of it was a problem."""
    right = True
    for finding in _without_motion(asking):
        right = right and finding.level != "problem"
        yield finding
    carriage = asking.machine.carriage
    if carriage is None:
        return
    if not right:
        yield warning("axes", "not tried", "put right what is a problem above: until then nothing is moved")
    elif not asking.done(ask.HANDS_OFF):
        yield warning("axes", "not tried: nobody pressed the start button", "run the doctor again")
    else:
        yield parts.axes(asking.machine, carriage)


def _without_motion(asking: Asking) -> Iterator[Finding]:
    machine = asking.machine
    yield from asking.deeds(ask.PANEL_DEEDS)
    yield from asking.signs(ask.SIGNS)
    yield from _distance(asking)
    if machine.carriage:
        yield from asking.deeds(ask.GUARD_DEEDS)
        yield from asking.deeds(ask.X_DEEDS)
        if machine.tool.kind == "gantry":
            yield from asking.deeds(ask.Y_DEEDS)
        yield from asking.deeds(ask.TOOL_DEEDS)


def _distance(asking: Asking) -> Iterator[Finding]:
    try:
        if asking.done(ask.EMPTY):
            yield parts.distance(asking.machine)
        yield from asking.deeds(ask.BOX_DEEDS)
    except ShredError as error:
        yield problem("distance sensor", str(error), AGAIN)
