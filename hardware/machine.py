"""One machine: its camera, panel, axes and tool, and the one call that makes all of it safe."""

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Literal

from gpiozero import PWMLED

from hardware.camera.frames import Camera
from hardware.camera.lens import Lens
from hardware.clock import Clock
from hardware.frame import BEAM_HEIGHT_MM, NIB_MM, PLATFORM_MM, ROLLER_LANE_Y_MM, ROLLER_MM
from hardware.motion.axes import Axes, Lift
from hardware.motion.carriage import Carriage, Rectangle
from hardware.motion.profile import Limits
from hardware.panel import Panel
from hardware.power import undervoltage_now
from hardware.twin.axes import TwinAxes, TwinLift
from hardware.twin.camera import TwinCamera
from hardware.twin.distance import SENSOR_HEIGHT_MM, TwinDistance
from hardware.twin.gantry import Build
from hardware.twin.grbl.hand import GrblHand
from hardware.twin.ink import Nib
from hardware.twin.world import PARK_MM, World

Marker = Literal["none", "gantry", "roller"]
Motion = Literal["twin", "grbl"]

TRUE_DISTORTION = (-0.02, 0.006, 0.0003, -0.0002, 0.0)  # a mild barrel, as of a phone-sized lens
FOCAL_ERROR = 1.001  # what a good calibration leaves
CENTRE_ERROR_PX = (1.4, -0.9)


@dataclass(frozen=True)
class Tool:
    """What marks. A round nib goes anywhere in `reach_mm` (x0, y0, x1, y1); a roller inks only along x."""

    kind: Marker
    width_mm: float = 0.0
    feed_mm_s: float = 0.0
    reach_mm: Rectangle = (0.0, 0.0, 0.0, 0.0)
    beam_height_mm: float = BEAM_HEIGHT_MM


def tool_as_drawn(kind: Marker, feed_mm_s: float, width_mm: float | None = None) -> Tool:
    """A nib that reaches all of the platform, or a roller on its lane along the middle."""
    width, height = PLATFORM_MM
    if kind == "gantry":
        return Tool(kind, width_mm or NIB_MM, feed_mm_s, (0.0, 0.0, width, height))
    if kind == "roller":
        return Tool(kind, width_mm or ROLLER_MM, feed_mm_s, (0.0, ROLLER_LANE_Y_MM, width, ROLLER_LANE_Y_MM))
    return Tool(kind)


@dataclass(frozen=True)
class Machine:
    """Everything that the station may touch. `carriage` is None for a machine that only shows where to tear.

    `weak_supply` says whether the computer's own supply is too weak at this moment.
    """

    clock: Clock
    camera: Camera
    lens: Lens
    panel: Panel
    carriage: Carriage | None
    tool: Tool
    closers: tuple[Callable[[], None], ...] = field(default=(), repr=False)
    weak_supply: Callable[[], bool] = field(default=undervoltage_now, repr=False)

    def __post_init__(self) -> None:
        """The drivers do not wait for the program's next look at the guard and the emergency stop."""
        if self.carriage:
            self.panel.on_danger(self.carriage.axes.let_go)

    def safe(self) -> None:
        """Drivers off, tool up, lamp, light and buzzer off. Never raises: it is what every fault ends with."""
        if self.carriage:
            quietly(self.carriage.axes.disable)
            quietly(self.carriage.stop)
        quietly(self.panel.dark)

    def close(self) -> None:
        """Make it safe and let every part go."""
        self.safe()
        for close in (self.camera.close, self.panel.close, *self.closers):
            quietly(close)


def quietly(act: Callable[[], None]) -> None:
    """Do it; what it raises must not keep the next part from being made safe."""
    with contextlib.suppress(Exception):
        act()


@dataclass(frozen=True)
class Calibrated:
    """What is known of a machine: its lens in the frame of its axes, and how high its distance sensor hangs."""

    lens: Lens = field(default_factory=lambda: Lens(distortion=TRUE_DISTORTION))
    sensor_height_mm: float = SENSOR_HEIGHT_MM


AS_DRAWN = Calibrated(Lens())  # a machine that nobody has calibrated yet


def twin_machine(
    kind: Marker,
    seed: int = 0,
    speed: float | None = None,
    *,
    motion: Motion = "twin",
    calibrated: Calibrated | None = None,
    build: Build | None = None,
) -> tuple[Machine, World]:
    """A machine on a world of its own. `speed` paces it against the wall's clock, None is as fast as possible.

    `motion` says what turns the motors: the twin's own pulses, or a GRBL board on a pseudo-terminal. `build` is how it
    really is, `calibrated` what the station is told of it; they nearly agree when left out.
    """
    calibrated = calibrated or Calibrated()
    build = build or Build(as_it_is(Calibrated().lens))
    limits = Limits()
    tool = tool_as_drawn(kind, limits.feed_mm_s)
    nib = Nib("bar" if kind == "roller" else "round", tool.width_mm)
    world = World(seed, build.lens, nib, speed, build.gantry)
    lamp = PWMLED(world.lines.lamp, pin_factory=world.pins)
    distance = TwinDistance(world, build.sensor_height_mm)
    panel = Panel(world.pins, distance, lamp, calibrated.sensor_height_mm, world.lines)
    world.drive_pins()
    camera = TwinCamera(world)
    closers: tuple[Callable[[], None], ...] = (lamp.close,)
    if kind == "none":
        return Machine(world.clock, camera, calibrated.lens, panel, None, tool, closers, world.has_weak_supply), world
    lane_y_mm = ROLLER_LANE_Y_MM if kind == "roller" else None
    axes, lift, close = _hand(world, limits, lane_y_mm, motion)
    park_mm = (PARK_MM[0], PARK_MM[1] if lane_y_mm is None else lane_y_mm)
    carriage = Carriage(axes, lift, limits, tool.reach_mm, park_mm)
    closers = (close, *closers)
    return Machine(world.clock, camera, calibrated.lens, panel, carriage, tool, closers, world.has_weak_supply), world


def _hand(
    world: World, limits: Limits, lane_y_mm: float | None, motion: Motion
) -> tuple[Axes, Lift, Callable[[], None]]:
    """Axes and lift of the twin, and what lets them go."""
    if motion == "grbl":
        hand = GrblHand(world, limits, lane_y_mm)
        return hand.axes, hand.lift, hand.close
    axes = TwinAxes(world, limits, only_x_at_mm=lane_y_mm)
    return axes, TwinLift(world), axes.close


def as_it_is(calibrated: Lens) -> Lens:
    """The true lens differs a little from what calibration says."""
    x, y = calibrated.centre_px
    centre = (x + CENTRE_ERROR_PX[0], y + CENTRE_ERROR_PX[1])
    return replace(calibrated, focal_px=calibrated.focal_px * FOCAL_ERROR, centre_px=centre)
