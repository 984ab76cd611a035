"""The tool on its axes: homes, draws one line at a time, parks, and stops.

Every job is a generator that yields after each chunk of at most 0.1 s; nothing moves until it is iterated. Between
two chunks the caller looks at the panel and the preview; to break a job off it closes the generator (tool up,
drivers hold) or calls `stop` (drivers off, tool up).
"""

import math
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from hardware.camera.frames import Points
from hardware.errors import MotionFault
from hardware.motion.axes import Axes, ContactLost, Lift
from hardware.motion.profile import Limits

CONTACT_TOLERANCE_MM = 6.0  # distance sensor +-1 mm, a bulging box a few more; beyond that something else was touched
REACH_TOLERANCE_MM = 0.5  # a point this far outside the reach is rounding, not a plan: it is drawn at the border

Rectangle = tuple[float, float, float, float]


class Carriage:
    """Axes and lift under one rule: whatever goes wrong ends with the drivers off and the tool up.

    `reach_mm` (x0, y0, x1, y1) is where the middle of the tool may draw, `park_mm` a place out of the camera's view.
    """

    def __init__(
        self, axes: Axes, lift: Lift, limits: Limits, reach_mm: Rectangle, park_mm: tuple[float, float]
    ) -> None:
        self.axes = axes
        self.lift = lift
        self.limits = limits
        self.reach_mm = reach_mm
        self.park_mm = park_mm
        self.drawn_m = 0.0
        self.homed = False
        self._above_mm = 0.0  # the face over which the tool last hopped

    def home(self) -> Iterator[None]:
        """Tool up, drivers on, both axes to their end stops. Raises `MotionFault` when one is never hit."""
        with self._safely():
            self.homed = False
            self.lift.raise_()
            self.axes.enable()
            yield
            yield from self.axes.home()
            self.homed = True

    def draw(self, points_mm: Points, face_height_mm: float) -> Iterator[None]:
        """Draw one line (N x 2, mm, platform frame) on a face; homes first when the position is not known.

        Ends with the tool a few millimetres above the face, ready for the next line.
        Raises `MotionFault` for a line out of reach, a contact more than 6 mm from `face_height_mm`, a contact that
        never closes or is lost (`ContactLost`), an end stop: always with drivers off and tool up.
        """
        line = self._in_reach(points_mm)
        if not self.homed:
            yield from self.home()
        with self._safely():
            if abs(face_height_mm - self._above_mm) > CONTACT_TOLERANCE_MM:
                self.lift.raise_()  # another face: a hop above the last one may be too low for it
            yield from self._travel(line[0])
            yield from self._touch_down(face_height_mm)
            yield from self._follow(line)
            self.lift.hop()
            yield  # before the next line somebody has to look at the panel

    def park(self) -> Iterator[None]:
        """Tool up, out of the camera's view, drivers off. Homes first when the position is not known."""
        if not self.homed:
            yield from self.home()
        with self._safely():
            self.lift.raise_()
            yield
            yield from self._travel(np.array(self.park_mm))
            self.axes.disable()
            self.homed = False

    def stop(self) -> None:
        """Drivers off and tool up, now. The next job homes first."""
        self.homed = False
        self.axes.stop()
        self.lift.raise_()

    @property
    def touched_mm(self) -> float:
        """The height at which the contact switch last closed."""
        return self._above_mm

    # -- pieces of a job

    def _in_reach(self, points_mm: Points) -> Points:
        line = np.asarray(points_mm, float).reshape(-1, 2)
        x0, y0, x1, y1 = self.reach_mm
        held: Points = np.clip(line, (x0, y0), (x1, y1))
        if not len(line) or not np.allclose(line, held, atol=REACH_TOLERANCE_MM, rtol=0):
            raise MotionFault(
                f"a line to draw leaves the tool's reach (x {x0:g} to {x1:g} mm, y {y0:g} to {y1:g} mm): "
                "move the box to the middle of the platform and start again"
            )
        return held

    def _travel(self, to_mm: Points) -> Iterator[None]:
        yield from self.axes.run(np.atleast_2d(to_mm), self.limits.travel_mm_s)

    def _touch_down(self, expected_mm: float) -> Iterator[None]:
        contact_mm = self._above_mm = yield from self.lift.lower(expected_mm)
        if abs(contact_mm - expected_mm) > CONTACT_TOLERANCE_MM:
            raise MotionFault(
                f"the tool touched at {contact_mm:.0f} mm, the face was measured at {expected_mm:.0f} mm: take the box "
                "off, look whether it is dented or something lies on it, check the distance sensor, start again"
            )

    def _follow(self, line: Points) -> Iterator[None]:
        at = self.axes.position_mm
        for _ in self.axes.run(line[1:], self.limits.feed_mm_s):
            before, at = at, self.axes.position_mm
            self.drawn_m += math.dist(before, at) / 1000
            if not self.lift.in_contact:
                raise ContactLost(
                    "the tool no longer touches the box: put the box back and leave it until it is done; if it "
                    "never moved, check the motor supply and the contact switch"
                )
            yield

    @contextmanager
    def _safely(self) -> Iterator[None]:
        try:
            yield
        except GeneratorExit:  # the caller broke the job off: stopping short may have cost steps, so home again
            self.homed = False
            self.lift.raise_()
            raise
        except BaseException:
            self.stop()
            raise
