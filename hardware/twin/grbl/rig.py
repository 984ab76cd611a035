"""What hangs on the pins of the twin's GRBL board: three motors, their end stops, the contact switch."""

import numpy as np

from hardware.twin.axes import TwinMotors
from hardware.twin.grbl.planner import Vector
from hardware.twin.world import SPRING_MM_S, TOOL_UP_MM, World

LETTERS = "XYZ"


class TwinRig:
    """Turns the world's motors to wherever the board counts. `steps_per_mm` (3,) is the board's own setting."""

    def __init__(self, world: World, motors: TwinMotors, steps_per_mm: Vector) -> None:
        self._world, self._motors, self._steps_per_mm = world, motors, steps_per_mm
        self._steps = np.zeros(3, int)
        self._z_mm = world.tool_z_mm  # where the lift's belt is: the tool itself may rest on something above
        self.drivers = False

    @property
    def at(self) -> Vector:
        """Where the board counts itself to be (3,), machine mm."""
        return self._steps / self._steps_per_mm

    @property
    def contact(self) -> bool:
        """Whether the contact switch is closed."""
        return self._world.contact

    @property
    def jammed(self) -> bool:
        """Whether an end stop reads closed as soon as something moves."""
        return "end_stop_in_move" in self._world.faults

    @property
    def closed(self) -> str:
        """The letters of the axes at an end stop. A roller has no y: its input is bridged to the switch of x."""
        ends = [self._motors.at_end(axis if axis in self._motors.axes else 0, both=True) for axis in (0, 1)]
        ends.append(self._world.tool_z_mm >= TOOL_UP_MM)
        return "".join(letter for letter, end in zip(LETTERS, ends, strict=True) if end)

    def count_from(self, at: Vector) -> None:
        """The board calls the place where it is `at` (3,) from now on."""
        self._steps = np.rint(at * self._steps_per_mm).astype(int)

    def go(self, at: Vector) -> None:
        """Make the steps that lead to `at` (3,), machine mm."""
        to = np.rint(at * self._steps_per_mm).astype(int)
        x, y, z = to - self._steps
        self._steps = to
        if not (self.drivers and self._world.powered):
            return
        if z:
            self._lift(z / self._steps_per_mm[2])
        if x or y:
            axis = np.repeat(np.array([0, 1], np.int8), [abs(x), abs(y)])
            self._motors.turn(axis, np.where(axis == 0, np.sign(x), np.sign(y)).astype(np.int8))

    def rest(self, dt_s: float) -> None:
        """Without current the spring has the tool."""
        if self.drivers and self._world.powered:
            return
        if self._world.powered:  # the world itself does this when the supply is off
            self._world.raise_tool(SPRING_MM_S * dt_s)
        self._z_mm = self._world.tool_z_mm

    def _lift(self, by_mm: float) -> None:
        self._z_mm = min(TOOL_UP_MM, self._z_mm + by_mm)
        gap_mm = self._z_mm - self._world.tool_z_mm
        if gap_mm < 0:
            self._world.lower_tool(-gap_mm)
        else:
            self._world.raise_tool(gap_mm)
