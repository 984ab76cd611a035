"""The machine that the configuration describes: of real parts, or a twin on a world of its own."""

from dataclasses import replace

from hardware.built import Parts, built_machine
from hardware.camera.lens import Lens
from hardware.machine import AS_DRAWN, Calibrated, Machine, Motion, tool_as_drawn, twin_machine
from hardware.motion.gpio.chip import Chip
from hardware.twin.apart import machine_apart
from hardware.twin.gantry import askew
from hardware.twin.world import World
from station.camera import configured
from station.config import Config


def machine_of(
    settings: Config, calibrated: Calibrated | None, speed: float | None = None
) -> tuple[Machine, World | None]:
    """The machine, and the world around it if that is a twin's in this process; `speed` is that of the twin's time.

    Raises `MachineFault` or `ConfigError` for a part that cannot be had.
    """
    if settings.machine.kind == "built":
        chip = Chip(settings.gpio.folder, settings.gpio.chip)
        return built_machine(parts(settings), calibrated or as_drawn(settings), chip), None
    if settings.machine.world:
        return machine_apart(settings.machine.world), None
    seed = settings.machine.seed
    build = askew(seed) if settings.machine.askew else None
    motion: Motion = "grbl" if settings.motion.kind == "grbl" else "twin"
    return twin_machine(settings.marker.kind, seed, speed, motion=motion, calibrated=calibrated, build=build)


def parts(settings: Config) -> Parts:
    """What the file says of a built machine."""
    tool = tool_as_drawn(settings.marker.kind, settings.motion.feed_mm_s, settings.marker.width_mm)
    lamp, pins = settings.lamp.channel(), settings.pins.pins()
    return Parts(tool, settings.hand(), lambda: configured(settings.camera), lamp, pins)


def as_drawn(settings: Config) -> Calibrated:
    """What is known of a machine that nobody has calibrated yet; a built one has the camera of the file."""
    if settings.machine.kind != "built":
        return AS_DRAWN
    width, height = settings.camera.width_px, settings.camera.height_px
    lens = replace(Lens().scaled(width), size_px=(width, height), centre_px=(width / 2, height / 2))
    return replace(AS_DRAWN, lens=lens)
