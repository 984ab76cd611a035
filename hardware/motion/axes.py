"""What every motion back end looks like: two axes in the platform frame and a lift that presses until it touches.

The drivers share one ENABLE line. A weak spring or a counterweight pulls the tool up when its driver is off, so
that "drivers off" also means "tool up", even when the emergency stop has cut the motor supply.
"""

from collections.abc import Generator, Iterator
from typing import Protocol

from hardware.camera.frames import Points
from hardware.errors import MotionFault


class ContactLost(MotionFault):
    """The tool was down and no longer touches anything: the box is gone, or the motor supply is."""


class NoContact(MotionFault):
    """The tool went down and met nothing: it is beside the box, or switch or motor supply have failed."""


class BoardLost(MotionFault):
    """The motion board is not heard any more: its cable, its power or its program has failed."""


class Axes(Protocol):
    """X and Y. Whatever takes time comes in pieces of at most 0.1 s: the caller looks at the panel in between.

    A back end plans the speed along a line itself: one that makes pulses does so with `profile.chunks`, a GRBL board
    has a planner of its own.
    """

    @property
    def enabled(self) -> bool:
        """Whether the ENABLE line is on."""

    @property
    def position_mm(self) -> tuple[float, float]:
        """Where what was done since homing should have taken the tool, platform frame."""

    def at_ends(self) -> tuple[bool, ...]:
        """Which end stops are closed, asked for anew: that of x, and that of y where there is one."""

    def enable(self) -> None:
        """Drivers on: the axes hold."""

    def disable(self) -> None:
        """Drivers off; the position is unknown from here on."""

    def home(self) -> Iterator[None]:
        """Find the end stops, piece by piece. Raises `MotionFault` when one is never hit."""

    def run(self, points_mm: Points, speed_mm_s: float) -> Iterator[None]:
        """Go from here through `points_mm` (N x 2, platform frame) without a stop, and stand at the last of them.

        Yields after every piece, the last one too. Raises `MotionFault` when an end stop closes.
        """

    def stop(self) -> None:
        """Drivers off at once, whatever is queued is dropped."""

    def let_go(self) -> None:
        """ENABLE off and nothing else: any thread may call it at any time. Whatever runs then ends in a fault."""


class Lift(Protocol):
    """Brings the tool down until its contact switch closes, and up again."""

    @property
    def is_up(self) -> bool:
        """Whether the tool is as high as it goes."""

    @property
    def in_contact(self) -> bool:
        """Whether the contact switch is closed."""

    def lower(self, expected_height_mm: float) -> Generator[None, None, float]:
        """Go down in pieces of at most 0.1 s and return the height (mm above the platform) of the contact.

        Raises `MotionFault` when the switch has not closed some way below `expected_height_mm`.
        """

    def hop(self) -> None:
        """Up by a few millimetres, enough to travel above the same face."""

    def raise_(self) -> None:
        """All the way up, drivers on or off. Raises `MotionFault` when the tool does not get there."""
