"""Axes and lift of the twin as a GRBL board drives them: the station's own back end on one side of a pseudo-terminal,
the twin's board and the world's motors on the other.
"""

from dataclasses import replace

from gpiozero import OutputDevice

from hardware.motion.grbl.axes import GrblAxes, GrblLift
from hardware.motion.grbl.board import Board
from hardware.motion.grbl.settings import MAX_STEPS_S, Setup
from hardware.motion.profile import Limits
from hardware.twin.axes import END_STOP_HIGH_MM, END_STOP_LOW_MM, HOME_BACK_OFF_MM, TwinMotors
from hardware.twin.grbl.board import TwinGrbl
from hardware.twin.world import PARK_MM, TOOL_UP_MM, World

STEPS_PER_MM = 80.0  # a belt of 2 mm pitch on 20 teeth, 3,200 steps a turn
LIFT_STEPS_PER_MM = 40.0
LIFT_MM_S = 400.0
BELOW_PLATFORM_MM = 5.0
HOMING_MM_MIN, HOMING_SLOW_MM_MIN = 3000.0, 600.0


def setup(limits: Limits, lane_y_mm: float | None) -> Setup:
    """The twin as its board has to know it; a roller has no y of its own and stands on its lane."""
    (low_x, low_y), (high_x, high_y) = END_STOP_LOW_MM, END_STOP_HIGH_MM
    return Setup(
        replace(limits, steps_per_mm=STEPS_PER_MM, max_steps_s=MAX_STEPS_S),
        (PARK_MM[0], PARK_MM[1] if lane_y_mm is None else lane_y_mm, TOOL_UP_MM - HOME_BACK_OFF_MM),
        (high_x - low_x, high_y - low_y, TOOL_UP_MM + BELOW_PLATFORM_MM),
        HOME_BACK_OFF_MM,
        LIFT_MM_S,
        LIFT_STEPS_PER_MM,
    )


def settings(machine: Setup) -> dict[int, float]:
    """What the twin's board prints on `$$` when it is set up for the machine."""
    x_y = machine.limits
    values: dict[int, float] = {0: 10, 1: 255, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0, 10: 1, 11: 0.01, 12: 0.002, 13: 0}
    values |= {20: 1, 21: 1, 22: 1, 23: 3, 24: HOMING_SLOW_MM_MIN, 25: HOMING_MM_MIN, 26: 25, 27: machine.pull_off_mm}
    values |= {30: 1000, 31: 0, 32: 0, 100: x_y.steps_per_mm, 101: x_y.steps_per_mm, 102: machine.lift_steps_per_mm}
    fastest = max(x_y.feed_mm_s, x_y.travel_mm_s) * 60
    values |= {110: fastest, 111: fastest, 112: machine.lift_mm_s * 60}
    values |= dict.fromkeys((120, 121, 122), x_y.acceleration_mm_s2)
    return values | dict(zip((130, 131, 132), machine.travel_mm, strict=True))


def board_of(world: World, machine: Setup, lane_y_mm: float | None) -> TwinGrbl:
    """The board of a world, on its motors. `lane_y_mm` is the place of a roller's one axis."""
    if lane_y_mm is not None:
        world.tool_mm = (world.tool_mm[0], lane_y_mm)
    motors = TwinMotors(world, 1 / STEPS_PER_MM, (0, 1) if lane_y_mm is None else (0,))
    return TwinGrbl(world, motors, settings(machine))


class GrblHand:
    """Everything from the station's calls to the twin's motors."""

    def __init__(self, world: World, limits: Limits, lane_y_mm: float | None) -> None:
        self.setup = setup(limits, lane_y_mm)
        self.twin = board_of(world, self.setup, lane_y_mm)
        enable = OutputDevice(world.lines.enable, active_high=False, initial_value=False, pin_factory=world.pins)
        self.board = Board(self.twin.wire.port, self.setup, world.clock)
        self.axes = GrblAxes(self.board, enable)
        self.lift = GrblLift(self.board, self.setup, world.clock)

    def close(self) -> None:
        """Let pin, line and pseudo-terminal go."""
        self.axes.close()
        self.twin.close()
