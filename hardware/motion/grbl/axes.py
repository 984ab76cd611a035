"""Axes and lift on a GRBL 1.1 board.

The lift is the board's Z axis and its contact switch is wired to the probe input: a probing move (`G38`) finds a face
wherever it is between 0 and 200 mm, and tells its height to the step. A servo on the spindle output (`M3 S`) knows no
contact, has a few centimetres of travel, and stays down when the power goes, where a spring lifts a motor's axis.

The station's own ENABLE line switches the motor supply: a board whose cable is out cannot be told anything any more.
"""

from collections.abc import Generator, Iterator

from gpiozero import OutputDevice

from hardware.camera.frames import Points
from hardware.clock import Clock
from hardware.errors import MotionFault
from hardware.motion.axes import NoContact
from hardware.motion.grbl.board import Board
from hardware.motion.grbl.settings import Setup

FAST_MM_S, SLOW_MM_S = 120.0, 30.0
SLOW_ABOVE_MM = 8.0  # the last way down to the expected face is slow, so that the switch is not overrun
GIVES_UP_BELOW_MM = 12.0  # so far below the expected face there is nothing to touch
HOP_MM = 3.0
UP_TOLERANCE_MM = 0.05
SPRING_S = 5.0  # for the spring to lift the tool all the way


class GrblAxes:
    """X and Y. `enable` is the pin that switches the motor supply. Raises `BoardUnfit` for a board that is not fit."""

    def __init__(self, board: Board, enable: OutputDevice) -> None:
        self._board, self._enable = board, enable
        board.wake()
        board.sleep()

    @property
    def enabled(self) -> bool:
        """Whether the motors have their supply."""
        return bool(self._enable.value)

    @property
    def position_mm(self) -> tuple[float, float]:
        """Where the board's last report, a tenth of a second old at most, saw the tool."""
        x, y, _ = self._board.position_mm
        return x, y

    def at_ends(self) -> tuple[bool, ...]:
        """Which end stops are closed; a board that sleeps is asked for a report, of the lift's switches as well."""
        if not self._board.awake:
            self._board.peek()
        return self._board.report.at_ends

    def enable(self) -> None:
        """Wake the board, and connect to it again when the line was lost; then switch the motor supply on."""
        if self.enabled and self._board.awake:
            return
        self._board.wake()
        self._enable.on()

    def disable(self) -> None:
        """Motor supply off, then the board's own drivers."""
        self.let_go()
        self._board.sleep()

    def stop(self) -> None:
        """The same: the board's reset drops whatever is queued."""
        self.disable()

    def let_go(self) -> None:
        """Motor supply off; the board is not told, and runs on without any effect."""
        self._enable.off()

    def close(self) -> None:
        """Let the pin and the line go; the pin's pull-up keeps the supply off."""
        self.disable()
        self._board.close()
        self._enable.close()

    def home(self) -> Iterator[None]:
        """`$H`: the lift, then x and y together. Broken off, the drivers are off: the position means nothing."""
        try:
            yield from self._board.home()
        except BaseException:
            self.disable()
            raise

    def run(self, points_mm: Points, speed_mm_s: float) -> Iterator[None]:
        """Stream the line; the board plans its speeds. Raises `MotionFault` for whatever goes wrong on the way."""
        if not (self.enabled and self._board.awake):
            raise MotionFault("a line to draw with the drivers off: this is a fault of the program")
        yield from self._board.follow(points_mm, speed_mm_s)


class GrblLift:
    """The board's Z axis, with its end stop at the top, and the contact switch on its probe input."""

    def __init__(self, board: Board, setup: Setup, clock: Clock) -> None:
        self._board, self._setup, self._clock = board, setup, clock
        self._contact_mm = 0.0

    @property
    def is_up(self) -> bool:
        """Whether the tool is at its end stop, or as near to it as homing leaves it."""
        top_mm = self._setup.home_mm[2] - UP_TOLERANCE_MM
        return self._board.report.at_top or (self._board.awake and self._board.position_mm[2] >= top_mm)

    @property
    def in_contact(self) -> bool:
        """Whether the contact switch is closed."""
        return self._board.report.contact

    def lower(self, expected_height_mm: float) -> Generator[None, None, float]:
        """Down, the last millimetres slowly, until the switch closes; returns the height of the contact."""
        lowest_mm = max(0.0, expected_height_mm - GIVES_UP_BELOW_MM)
        slow_mm = expected_height_mm + SLOW_ABOVE_MM
        self._board.probed_mm = None
        if self._board.position_mm[2] > slow_mm + HOP_MM:
            yield from self._board.move([f"G38.3Z{slow_mm:.2f}F{FAST_MM_S * 60:.0f}"])
        if self._board.probed_mm is None:
            yield from self._board.move([f"G38.2Z{lowest_mm:.2f}F{SLOW_MM_S * 60:.0f}"])
        if self._board.probed_mm is None:
            raise NoContact("the board has not told where the tool touched: start again")
        self._contact_mm = self._board.to_platform(self._board.probed_mm)[2]
        return self._contact_mm

    def hop(self) -> None:
        """3 mm above the last contact: braking has pressed the axis some way below it."""
        self._rise(min(max(self._contact_mm, self._board.position_mm[2]) + HOP_MM, self._setup.home_mm[2]))

    def raise_(self) -> None:
        """All the way up: by the motor while the board is awake, else by the spring."""
        if not self._board.awake:
            self._spring_up()
        elif not self.is_up:
            self._rise(self._setup.home_mm[2])
        if not self.is_up:
            raise MotionFault("the tool does not go up: free it by hand, check its spring, motor and end stop")

    def _rise(self, to_mm: float) -> None:
        """In machine coordinates, which a reset does not touch."""
        machine_mm = self._board.report.position_mm[2] + to_mm - self._board.position_mm[2]
        for _ in self._board.move([f"G21G90G53G1Z{machine_mm:.3f}F{self._setup.lift_mm_s * 60:.0f}"]):
            pass

    def _spring_up(self) -> None:
        end_s = self._clock.now_s() + SPRING_S
        self._board.peek()
        while not self.is_up and self._clock.now_s() < end_s:
            self._clock.sleep(0.1)
            self._board.peek()
