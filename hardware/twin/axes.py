"""The twin's axes and lift: every step pulse moves the tool of the world, end stops and contact switch press back."""

import math
from collections.abc import Generator, Iterator
from itertools import pairwise

import numpy as np
from gpiozero import OutputDevice

from hardware.camera.frames import Points
from hardware.errors import MotionFault
from hardware.motion.axes import NoContact
from hardware.motion.profile import CHUNK_S, Chunk, Limits, Signs, chunks
from hardware.twin.clock import TICK_S
from hardware.twin.world import PARK_MM, TOOL_UP_MM, World

HOME_BACK_OFF_MM = 5.0
END_STOP_LOW_MM = (PARK_MM[0] - HOME_BACK_OFF_MM, PARK_MM[1] - HOME_BACK_OFF_MM)
END_STOP_HIGH_MM = (410.0, 310.0)
OVERTRAVEL_MM = 0.5  # from the closing of an end stop to the hard stop behind it
HOMING_MM_S = 50.0
HOMING_SLOW_MM_S = 10.0
SEEK_S = 0.01  # between two looks at the end stops: no further than the way from one to the hard stop behind it
LOOKS_A_PIECE = 10
LIFT_FAST_MM_S, LIFT_SLOW_MM_S = 120.0, 30.0
LIFT_UP_MM_S = 400.0  # the spring helps
LIFT_SLOW_ABOVE_MM = 8.0  # the last way down to the expected face is slow, so that the switch is not overrun
LIFT_GIVES_UP_BELOW_MM = 12.0  # so far below the expected face there is nothing to touch
HOP_MM = 3.0
RAISE_TIMEOUT_S = 5.0


class TwinMotors:
    """The world's X and Y (or X alone): steps move the tool while there is current, end stops tell where it stands."""

    def __init__(self, world: World, step_mm: float, axes: tuple[int, ...]) -> None:
        self.world, self.step_mm, self.axes = world, step_mm, axes
        self._pulses = np.zeros(2, int)

    def turn(self, axis: Signs, direction: Signs) -> None:
        """Make steps: `axis` (N,) is 0 for x and 1 for y, `direction` (N,) is +1 or -1."""
        if not self.world.powered:
            return
        at = list(self.world.tool_mm)
        for k in self.axes:
            steps = self._moved(k, direction[axis == k])
            low, high = END_STOP_LOW_MM[k] - OVERTRAVEL_MM, END_STOP_HIGH_MM[k] + OVERTRAVEL_MM
            wanted = at[k] + steps * self.step_mm
            at[k] = min(high, max(low, wanted))
            self.world.pushed_mm += abs(wanted - at[k])
        self.world.move_tool((at[0], at[1]))

    def at_end(self, axis: int, both: bool = False) -> bool:
        """Whether the lower end stop of an axis is closed, or either of the two."""
        if "homing_fails" in self.world.faults:
            return False
        at = self.world.tool_mm[axis]
        return at <= END_STOP_LOW_MM[axis] + 1e-6 or (both and at >= END_STOP_HIGH_MM[axis] - 1e-6)

    def _moved(self, axis: int, direction: Signs) -> int:
        """The steps that the motor really makes of these pulses."""
        if "lost_steps" not in self.world.faults:
            return int(direction.sum())
        every = int(self.world.faults.value("lost_steps", "every"))
        number = self._pulses[axis] + 1 + np.arange(len(direction))
        self._pulses[axis] += len(direction)
        return int(direction[number % every != 0].sum())


class TwinAxes:
    """X and Y of the world's tool, or X alone (`roller`), behind one active-low ENABLE pin."""

    def __init__(self, world: World, limits: Limits, *, only_x_at_mm: float | None = None) -> None:
        self._world, self._limits = world, limits
        self._step_mm = 1 / limits.steps_per_mm
        self._axes = (0, 1) if only_x_at_mm is None else (0,)
        self._motors = TwinMotors(world, self._step_mm, self._axes)
        self._enable = OutputDevice(world.lines.enable, active_high=False, initial_value=False, pin_factory=world.pins)
        self._believed = np.zeros(2)
        if only_x_at_mm is not None:
            self._believed[1] = only_x_at_mm
            world.tool_mm = (world.tool_mm[0], only_x_at_mm)

    @property
    def enabled(self) -> bool:
        """Whether the ENABLE line is on."""
        return bool(self._enable.value)

    @property
    def position_mm(self) -> tuple[float, float]:
        """Where the pulses sent since homing should have taken the tool."""
        return float(self._believed[0]), float(self._believed[1])

    def at_ends(self) -> tuple[bool, ...]:
        """Which end stops are closed, at either end of each axis."""
        return tuple(self._motors.at_end(k, both=True) for k in self._axes)

    def enable(self) -> None:
        """Pull ENABLE low."""
        self._enable.on()

    def disable(self) -> None:
        """Let ENABLE go high."""
        self.let_go()

    def stop(self) -> None:
        """Nothing is queued on the twin: drivers off."""
        self.let_go()

    def let_go(self) -> None:
        """Drivers off: the pin and nothing else."""
        self._enable.off()

    def close(self) -> None:
        """Let the pin go; its pull-up keeps the drivers off."""
        self._enable.close()

    def run(self, points_mm: Points, speed_mm_s: float) -> Iterator[None]:
        """Feed the pulses to the motors as time passes. Raises `MotionFault` when an end stop closes."""
        line = np.vstack([self.position_mm, points_mm])
        for chunk in chunks(line, speed_mm_s, self._limits):
            for _ in self._fed(chunk):
                self._refuse_end_stops()
            yield

    def home(self) -> Iterator[None]:
        """Fast onto the lower end stops, slowly off them, then to the parking place."""
        yield from self._seek(-HOMING_MM_S, until_closed=True)
        yield from self._seek(HOMING_SLOW_MM_S, until_closed=False)
        for axis in self._axes:
            self._believed[axis] = END_STOP_LOW_MM[axis] + self._step_mm
        for _ in range(round(HOME_BACK_OFF_MM / HOMING_MM_S / CHUNK_S)):
            self._feed(self._even(HOMING_MM_S, self._axes, CHUNK_S))
            yield

    # -- pieces

    def _seek(self, speed_mm_s: float, until_closed: bool) -> Iterator[None]:
        """Move all axes until each end stop is closed (or open again), then that axis stands."""
        longest_s = 1.2 * (max(END_STOP_HIGH_MM) - min(END_STOP_LOW_MM)) / abs(speed_mm_s)
        for look in range(1, round(longest_s / SEEK_S)):
            moving = [axis for axis in self._axes if self._motors.at_end(axis) != until_closed]
            if not moving:
                yield
                return
            self._feed(self._even(speed_mm_s, moving, SEEK_S))
            if look % LOOKS_A_PIECE == 0:
                yield
        raise MotionFault(
            "homing: an end stop did not answer: check the motor supply, the belts and the end stop's plug"
        )

    def _even(self, speed_mm_s: float, axes: tuple[int, ...] | list[int], duration_s: float) -> Chunk:
        count = round(abs(speed_mm_s) * duration_s / self._step_mm)
        times = np.tile((np.arange(count) + 0.5) / count * duration_s, len(axes))
        axis = np.repeat(np.array(axes, np.int8), count)
        order = np.argsort(times, kind="stable")
        direction = np.full(len(times), int(math.copysign(1, speed_mm_s)), np.int8)
        return Chunk(duration_s, times[order], axis[order], direction)

    def _refuse_end_stops(self) -> None:
        if "end_stop_in_move" in self._world.faults or any(self.at_ends()):
            raise MotionFault(
                "an end stop closed in mid-move: look whether something blocks the carriage or a belt has slipped, "
                "then start again"
            )

    def _feed(self, chunk: Chunk) -> None:
        for _ in self._fed(chunk):
            pass

    def _fed(self, chunk: Chunk) -> Iterator[None]:
        """Let time pass in ticks; the pulses of each tick count only while the drivers have current."""
        self._send(chunk)
        ticks = max(1, math.ceil(chunk.duration_s / (TICK_S / 2) - 1e-9))
        tick_s = chunk.duration_s / ticks
        edges = np.searchsorted(chunk.times_s, np.arange(ticks + 1) * tick_s)
        edges[-1] = len(chunk.times_s)
        for first, last in pairwise(edges):
            self._motors.turn(chunk.axis[first:last], chunk.direction[first:last])
            self._world.clock.sleep(tick_s)
            yield

    def _send(self, chunk: Chunk) -> None:
        if not self.enabled:
            raise MotionFault("step pulses with the drivers off: this is a fault of the program")
        for axis in self._axes:
            self._believed[axis] += self._step_mm * int(chunk.direction[chunk.axis == axis].sum())


class TwinLift:
    """The world's Z: a motor presses down against a spring, a switch closes on contact."""

    def __init__(self, world: World) -> None:
        self._world = world

    @property
    def is_up(self) -> bool:
        """Whether the tool is as high as it goes."""
        return self._world.tool_z_mm >= TOOL_UP_MM

    @property
    def in_contact(self) -> bool:
        """Whether the contact switch is closed."""
        return self._world.contact

    def lower(self, expected_height_mm: float) -> Generator[None, None, float]:
        """Down, the last millimetres slowly, until the switch closes; returns the height of the contact."""
        lowest_mm = max(0.0, expected_height_mm - LIFT_GIVES_UP_BELOW_MM)
        height_mm = self._world.tool_z_mm
        while not self.in_contact:
            slow = height_mm <= expected_height_mm + LIFT_SLOW_ABOVE_MM
            step_mm = (LIFT_SLOW_MM_S if slow else LIFT_FAST_MM_S) * TICK_S
            if height_mm <= lowest_mm - step_mm:
                raise NoContact(
                    f"the tool went down to {lowest_mm:.0f} mm and touched nothing: check that the box is under the "
                    "tool, then the contact switch, its plug and the motor supply"
                )
            height_mm -= step_mm
            if self._world.powered:
                self._world.lower_tool(step_mm)
            self._world.clock.sleep(TICK_S)
            yield
        return self._world.tool_z_mm

    def hop(self) -> None:
        """Up by 3 mm."""
        self._world.raise_tool(HOP_MM)
        self._world.clock.sleep(HOP_MM / LIFT_UP_MM_S)

    def raise_(self) -> None:
        """All the way up, by motor or spring."""
        left_s = RAISE_TIMEOUT_S
        while not self.is_up:
            if left_s <= 0:
                raise MotionFault("the tool does not go up: free it by hand, check its spring and its motor")
            if self._world.powered:
                self._world.raise_tool(LIFT_UP_MM_S * TICK_S)
            self._world.clock.sleep(TICK_S)
            left_s -= TICK_S
