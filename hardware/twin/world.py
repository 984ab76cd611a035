"""The twin's world: a platform with a box, a hand, light, a tool with ink, and faults by name.

What a person does (`place`, `turn`, `tear`, ...) is only scheduled; the world moves while the clock's time passes.
"""

import math
from collections.abc import Callable

import numpy as np
from gpiozero.pins.mock import MockFactory, MockPWMPin

from hardware.camera.frames import Points
from hardware.camera.lens import Lens
from hardware.errors import InputError
from hardware.pins import Pins
from hardware.twin.box import Box, Mark, Pose
from hardware.twin.clock import TwinClock
from hardware.twin.faults import Faults
from hardware.twin.gantry import Gantry, Place
from hardware.twin.gestures import Gestures
from hardware.twin.ink import Ink, Nib
from hardware.twin.platform import Platform

TOOL_UP_MM = 250.0  # height of the raised tool; taller boxes do not fit under it
PARK_MM = (-40.0, -10.0)  # 5 mm off the end stops; the raised head there is outside the camera's view
SPRING_MM_S = 400.0  # how fast the spring pulls the tool up when its driver is off
TOUCH_MM = 0.05  # the switch closes when the tool is this close to a surface
BUTTON_PRESS_S = 0.15
BOX_ENTERS_FROM_MM = 420.0  # below the platform, out of the picture
REACH_S, SLIDE_S, AWAY_S, TEAR_S, SNATCH_S = 0.4, 0.8, 0.8, 1.2, 0.25  # a person's pace
ROOM_LIGHT, LAMP_LIGHT = 0.45, 0.55  # shares of full light: a lit room, and the machine's own lamp
DARK = 0.02  # what is left when the light is off
# Light crosses a film of pigment ink twice: a density of 1.35 lets 0.2 % of what is under it come back.
DEFAULT_OPACITY = 0.998
HAND_RESTS_MM = (215.0, 190.0)
GRIP_SHARE = (0.7, 0.65)  # of the box's width and depth


class World(Platform):
    """The world around the station. `lens` is the camera as it really is, and so is the `gantry`; `clock` is the only
    time there is.

    `watchers` are called with the time (s) on every tick: a simulated person or a test hooks in there.
    """

    def __init__(
        self,
        seed: int = 0,
        lens: Lens | None = None,
        nib: Nib | None = None,
        speed: float | None = None,
        gantry: Gantry | None = None,
    ) -> None:
        super().__init__(seed)
        self.lens = lens or Lens()
        self.nib = nib or Nib("round", 10.0)
        self.gantry = gantry or Gantry()
        self.clock = TwinClock(speed)
        self.clock.tick = self._tick
        self.pins = MockFactory(pin_class=MockPWMPin)
        self.lines = Pins()
        wired = ("guard", "emergency_stop", "button", "enable", "lamp", "status", "buzzer")
        self._wires = {bcm: self.pins.pin(bcm) for bcm in (getattr(self.lines, name) for name in wired)}
        self.watchers: list[Callable[[float], None]] = []
        self.faults = Faults({})
        self.hand_mm: tuple[float, float] | None = None
        self.tool_mm: Place = PARK_MM  # as the axes count
        self._carriage_mm: Place = PARK_MM  # behind its belt by the play
        self._wander = np.random.default_rng((seed, 30))
        self._astray_mm = np.zeros(2)
        self.tool_z_mm = TOOL_UP_MM
        self.inked_m = 0.0
        self.pushed_mm = 0.0  # by how much motors have been driven on against a hard stop
        self.light_level = 1.0
        self.guard_closed = True
        self.stop_pressed = False
        self._tip_pressed = False
        self._held_mm: float | None = None  # where a hand holds the tool
        self._gestures = Gestures()
        self._button_until_s = -1.0
        self._dry_from_m = 0.0

    # -- what a person does

    def place(self, box: Box, face: int = 0, pose: Pose | None = None) -> None:
        """A person slides a box onto the platform, `face` up."""
        if not 0 <= face < len(box.faces):
            raise InputError(f"box {box.name} has no face {face}: it has {len(box.faces)}")
        self._slide_in(pose or box.pose, lambda: self.lay(box, face))

    def move(self, dx_mm: float, dy_mm: float, turn_deg: float = 0.0) -> None:
        """A person pushes the box along and turns it clockwise, hand in view."""
        self._reach_for_box()
        start: list[Pose] = []

        def push(share: float) -> None:
            start.append(self.pose)
            p = start[0]
            self.pose = Pose(p.x_mm + dx_mm * share, p.y_mm + dy_mm * share, p.angle_deg + turn_deg * share)
            self._grip()

        self._gestures.add(SLIDE_S, push)
        self._withdraw()

    def turn(self, face: int) -> None:
        """A person takes the box away for a moment and brings it back with another face up."""
        pose = self.pose

        def arrive() -> None:
            self.face_index = face

        self._reach_for_box()
        self._slide_out()
        self._gestures.add(AWAY_S, lambda _: None)
        self._slide_in(pose, arrive)

    def take_away(self) -> None:
        """A person takes the box off the platform."""
        self._reach_for_box()
        self._slide_out()
        self._gestures.then(self.clear)

    def lift(self) -> None:
        """A person snatches the box at once, whatever the machine is doing."""
        self._gestures.drop()
        self._slide_out(SNATCH_S)
        self._gestures.then(self.clear)

    def tear(self, polygon_mm: Points) -> None:
        """A person tears off what is inside the polygon (N x 2, platform mm)."""
        self._reach_for_box()
        self._gestures.add(TEAR_S, lambda _: None)
        self._gestures.then(lambda: self._tear_now(np.asarray(polygon_mm, float)))
        self._withdraw()

    def hand(self, present: bool) -> None:
        """A hand over the middle of the platform, until it is taken away again."""
        self.hand_mm = HAND_RESTS_MM if present else None

    def press_button(self) -> None:
        """A short press of the start button."""
        self._button_until_s = self.clock.now_s() + BUTTON_PRESS_S
        self.drive_pins()

    def guard(self, closed: bool) -> None:
        """Shut or open the lid."""
        self.guard_closed = closed
        self.drive_pins()

    def emergency_stop(self, pressed: bool) -> None:
        """Hit the mushroom button (motor supply cut), or turn it out again."""
        self.stop_pressed = pressed
        self.drive_pins()

    def push_carriage(self, to_mm: Place) -> None:
        """Push the carriage somewhere by hand, which goes while the motors have no current."""
        if not self.powered:
            self.move_tool(to_mm)

    def hold_tool(self, at_mm: float | None) -> None:
        """Pull the tool down to a height and hold it there, or let it go."""
        self._held_mm = at_mm
        self.tool_z_mm = self.tool_z_mm if at_mm is None else at_mm

    def press_tip(self, pressed: bool) -> None:
        """Press a finger against the tip of the tool, or take it away."""
        self._tip_pressed = pressed

    def light(self, level: float) -> None:
        """All light in the room and on the machine, as a share of the usual (1.0)."""
        self.light_level = level

    def fault(self, name: str, **values: float) -> None:
        """Switch on a fault of the table in `hardware/twin/faults.py`. Raises `InputError` for an unknown one."""
        self.faults.set(name, values)
        if name == "dry_tool":
            self._dry_from_m = self.inked_m

    def mend(self, name: str) -> None:
        """Switch a fault off."""
        self.faults.clear(name)

    @property
    def busy(self) -> bool:
        """Whether a person is in the middle of something."""
        return bool(self._gestures)

    # -- the truth

    def marks_in_photo(self) -> list[tuple[Mark, Points]]:
        """Each mark of the upper face with its polygon (N x 2) in true photo pixels."""
        marks = self.face.marks if self.face else ()
        return [(m, self.lens.to_pixels(self.to_platform(m.polygon_mm), self.height_mm)) for m in marks]

    def outlines_in_photo(self) -> list[Points]:
        """The outline of each label on the upper face, from its own upper left, in true photo pixels."""
        outlines = self.face.outlines_mm if self.face else ()
        return [self.lens.to_pixels(self.to_platform(outline), self.height_mm) for outline in outlines]

    def shows(self, bcm: int) -> float:
        """How much light or noise what hangs on an output gives, as a share of all."""
        return 0.0 if self._broken("wire_cut", bcm) else float(self._wires[bcm].state)

    def illumination(self) -> float:
        """Light on the platform as a share of full light, the machine's lamp included."""
        if "light_off" in self.faults:
            return DARK
        lamp = self.shows(self.lines.lamp)
        mood = self.box.light if self.box else 1.0
        return max(DARK, self.light_level * mood * (ROOM_LIGHT + LAMP_LIGHT * lamp))

    # -- the machine's side

    @property
    def powered(self) -> bool:
        """Whether the motors get current: ENABLE pulled low, supply there, emergency stop not pressed."""
        return self.enabled and not self.stop_pressed and "motor_power_lost" not in self.faults

    @property
    def enabled(self) -> bool:
        """Whether ENABLE is pulled low; its pull-up keeps it high while nobody drives it."""
        enable = self._wires[self.lines.enable]
        return bool(enable.function == "output" and not enable.state)

    def has_weak_supply(self) -> bool:
        """Whether the computer's own supply is too weak at this moment."""
        return "undervoltage" in self.faults

    @property
    def touching(self) -> bool:
        """Whether the tool presses on something."""
        return self.tool_z_mm <= self._below_tool_mm() + TOUCH_MM

    @property
    def contact(self) -> bool:
        """Whether the contact switch is closed."""
        return (self.touching or self._tip_pressed) and "no_contact" not in self.faults

    def lower_tool(self, by_mm: float) -> None:
        """The lift's motor takes the tool down, as far as something stops it."""
        before = self.touching
        self.tool_z_mm = max(self.tool_z_mm - by_mm, self._below_tool_mm())
        if self.touching and not before and self.ink:
            self.ink.begin()
            self._astray_mm = self._wander.normal(0.0, self.gantry.wander_mm, 2)

    def raise_tool(self, by_mm: float) -> None:
        """Motor or spring takes the tool up, unless a hand holds it."""
        if self._held_mm is None:
            self.tool_z_mm = min(TOOL_UP_MM, self.tool_z_mm + by_mm)

    @property
    def nib_mm(self) -> Place:
        """Where the nib really is on the platform."""
        x, y = self.gantry.nib_mm(self._carriage_mm, self.tool_z_mm) + self._astray_mm
        return float(x), float(y)

    def move_tool(self, to_mm: Place) -> None:
        """The axes take the tool somewhere (as they count); where it presses on the face it leaves ink."""
        start, self.tool_mm = self.nib_mm, to_mm
        self._carriage_mm = self.gantry.dragged(self._carriage_mm, to_mm)
        if self.ink and self.touching and self._below_tool_mm() == self.height_mm:
            self._stamp(self.ink, start, self.nib_mm)

    def drive_pins(self) -> None:
        """Put the switches' levels on their pins."""
        pressed = self.clock.now_s() < self._button_until_s
        self._drive(self.lines.guard, low=self.guard_closed)
        self._drive(self.lines.emergency_stop, low=not self.stop_pressed)
        self._drive(self.lines.button, low=pressed)

    # -- pieces

    def _tick(self, dt_s: float) -> None:
        self._gestures.go_on(dt_s)
        if not self.powered:
            self.raise_tool(SPRING_MM_S * dt_s)
        self.drive_pins()
        for watcher in tuple(self.watchers):
            watcher(self.clock.now_s())

    def _below_tool_mm(self) -> float:
        return self.surface_mm(self.nib_mm, self.nib.width_mm / 2)

    def _slide_in(self, pose: Pose, arrive: Callable[[], None]) -> None:
        self._gestures.then(arrive)

        def slide(share: float) -> None:
            below = BOX_ENTERS_FROM_MM * (1 - math.sin(share * math.pi / 2))
            self.pose = Pose(pose.x_mm, pose.y_mm + below, pose.angle_deg)
            self._grip()

        self._gestures.add(SLIDE_S, slide)
        self._withdraw()

    def _slide_out(self, duration_s: float = SLIDE_S) -> None:
        start: list[Pose] = []

        def slide(share: float) -> None:
            start.append(self.pose)
            self.pose = Pose(start[0].x_mm, start[0].y_mm + BOX_ENTERS_FROM_MM * share**2, start[0].angle_deg)
            self._grip()

        self._gestures.add(duration_s, slide)
        self._gestures.then(self._hand_gone)

    def _reach_for_box(self) -> None:
        def reach(share: float) -> None:
            x, y = self._grip_mm()
            self.hand_mm = (x, y + 200 * (1 - share))

        self._gestures.add(REACH_S, reach)

    def _withdraw(self) -> None:
        def withdraw(share: float) -> None:
            x, y = self._grip_mm()
            self.hand_mm = (x, y + 300 * share)

        self._gestures.add(REACH_S, withdraw)
        self._gestures.then(self._hand_gone)

    def _hand_gone(self) -> None:
        self.hand_mm = None

    def _grip(self) -> None:
        self.hand_mm = self._grip_mm()

    def _grip_mm(self) -> tuple[float, float]:
        """Where a hand holds the box: on its top, to the right and near the person."""
        low, high = self.outline_mm().min(axis=0), self.outline_mm().max(axis=0)
        x, y = low + (high - low) * np.array(GRIP_SHARE)
        return float(x), float(y)

    def _tear_now(self, polygon_mm: Points) -> None:
        if self.ink:
            self.ink.tear(self.to_face(polygon_mm))

    def _stamp(self, ink: Ink, start_mm: Place, end_mm: Place) -> None:
        moved_m = math.dist(start_mm, end_mm) / 1000
        self.inked_m += moved_m
        opacity = self.faults.value("weak_ink", "opacity") if "weak_ink" in self.faults else DEFAULT_OPACITY
        start, end = self.to_face(np.array([start_mm, end_mm]))
        ink.stamp(start, end, math.radians(self.pose.angle_deg), self.nib, opacity, self._dry_share())

    def _dry_share(self) -> float:
        if "dry_tool" not in self.faults:
            return 0.0
        since_m = self.inked_m - self._dry_from_m - self.faults.value("dry_tool", "after_m")
        return min(1.0, max(0.0, since_m / self.faults.value("dry_tool", "over_m")))

    def _broken(self, fault: str, bcm: int) -> bool:
        return fault in self.faults and self.faults.value(fault, "bcm") == bcm

    def _drive(self, pin: int, low: bool) -> None:
        line = self._wires[pin]
        if (low and not self._broken("wire_cut", pin)) or self._broken("wire_shorted", pin):
            line.drive_low()
        else:
            line.drive_high()
