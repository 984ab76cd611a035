"""Axes of step and direction lines.

What is queued for the lines cannot be taken back: to stop is to let ENABLE go, and then the position is unknown. The
queue plays on into drivers that are off, and nothing is enabled again before it has ended.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from gpiozero import DigitalInputDevice, OutputDevice
from numpy.typing import NDArray

from hardware.camera.frames import Points
from hardware.clock import Clock
from hardware.errors import ConfigError, MotionFault
from hardware.motion.gpio.train import SLOT_PULSES, Train, steady, train
from hardware.motion.profile import CHUNK_S, Chunk, Limits, chunks

MAX_STEPS_S = 1000.0  # what lgpio keeps up with on a Pi
QUEUED = 3  # chunks: while the station looks at a frame for a tenth of a second, the next two are at hand
DRAINED_S = 2 * QUEUED * CHUNK_S  # by then the queue has ended, or lgpio's thread has
PIECE_S = 0.02  # between two looks at the end stops and, by whoever drives us, at the panel
HOMING_QUEUED = 2  # pieces: how far an axis runs on after its end stop has closed
HOMING_RESERVE = 1.2  # of the travel: then the carriage should have been there
BACK_OFF_MM = 5.0  # clear of the end stop; an end stop that is not clear by then is the one at the far end


class Waves(Protocol):
    """A group of lines that plays one train after another."""

    @property
    def queued(self) -> int:
        """How many trains have not ended, the one that plays among them."""

    def send(self, train: Train) -> None:
        """Play it after what is queued."""

    def close(self) -> None:
        """Let the lines go."""


class EndStop(DigitalInputDevice):  # type: ignore[misc]  # gpiozero has no types
    """The switch at the end of an axis, or one at either end in a row.

    Connect normally closed switches between the pin and ground. Hit, or with a broken wire, the pin is pulled high. ::

        end_stop = EndStop(26)
        print(end_stop.hit)

    `pin` is the BCM number, `pin_factory` the gpiozero factory that owns it.
    """

    def __init__(self, pin: int, *, pin_factory: object = None) -> None:
        super().__init__(pin, pull_up=True, pin_factory=pin_factory)

    @property
    def hit(self) -> bool:
        """True while the carriage presses the switch."""
        return not self.is_active


@dataclass(frozen=True)
class Setup:
    """How the axes are built. One end stop makes a machine with x alone, whose tool stands at `home_mm[1]`.

    `home_mm` is where the lower end stops open again, `travel_mm` the way between the end stops of the longer axis.
    No edge on a line follows another within `pulse_us`; homing has no ramp, so it is as slow as a motor can start.

    Raises `ConfigError` for what the lines cannot hold.
    """

    limits: Limits
    home_mm: tuple[float, float]
    travel_mm: float
    pulse_us: int = 20
    homing_mm_s: float = 25.0
    homing_slow_mm_s: float = 5.0

    def __post_init__(self) -> None:
        for key in ("travel_mm", "pulse_us", "homing_mm_s", "homing_slow_mm_s"):
            if not getattr(self, key) > 0:
                raise ConfigError(f"{key} is {getattr(self, key):g}: it must be above 0")
        highest = min(MAX_STEPS_S, 1e6 / (SLOT_PULSES * self.pulse_us))
        if self.limits.max_steps_s > highest:
            raise ConfigError(
                f"max_steps_s is {self.limits.max_steps_s:g}: step and direction lines with pulse_us {self.pulse_us} "
                f"hold {highest:g} at most"
            )
        for key in ("homing_mm_s", "homing_slow_mm_s"):
            self._check_rate(key, getattr(self, key))

    def _check_rate(self, key: str, speed_mm_s: float) -> None:
        highest_mm_s = self.limits.max_steps_s / self.limits.steps_per_mm
        if speed_mm_s > highest_mm_s:
            raise ConfigError(
                f"{key} is {speed_mm_s:g}: at steps_per_mm {self.limits.steps_per_mm:g} and max_steps_s "
                f"{self.limits.max_steps_s:g} it is {highest_mm_s:g} at most"
            )


class GpioAxes:
    """X and Y, or X alone. `waves` plays on step x, direction x, step y, direction y; `enable` is active when low."""

    def __init__(
        self, setup: Setup, waves: Waves, enable: OutputDevice, end_stops: tuple[EndStop, ...], clock: Clock
    ) -> None:
        self._setup, self._waves, self._enable = setup, waves, enable
        self._end_stops, self._clock = end_stops, clock
        self._axes = range(len(end_stops))
        self._sent = np.zeros(2, int)  # steps since `_origin_mm`
        self._waiting: deque[NDArray[np.int64]] = deque()  # steps of each chunk that may not have ended
        self._origin_mm = np.array(setup.home_mm)

    @property
    def enabled(self) -> bool:
        """Whether the ENABLE line is on."""
        return bool(self._enable.value)

    @property
    def position_mm(self) -> tuple[float, float]:
        """Where the chunks that have ended since homing should have taken the tool."""
        while len(self._waiting) > self._waves.queued:
            self._waiting.popleft()
        steps = self._sent - np.sum(self._waiting, axis=0, initial=0)
        x, y = self._origin_mm + steps / self._setup.limits.steps_per_mm
        return float(x), float(y)

    def at_ends(self) -> tuple[bool, ...]:
        """Which end stops are hit."""
        return tuple(end_stop.hit for end_stop in self._end_stops)

    def enable(self) -> None:
        """Drivers on, once what was queued before a stop has ended: a few tenths of a second at most."""
        if not self.enabled:
            self._drain()
            self._enable.on()

    def disable(self) -> None:
        """Let ENABLE go."""
        self.let_go()

    def stop(self) -> None:
        """The same: what is queued plays on without any effect."""
        self.let_go()

    def let_go(self) -> None:
        """The pin and nothing else."""
        self._enable.off()

    def close(self) -> None:
        """Let the lines go; the pull-up of ENABLE keeps the drivers off."""
        self.disable()
        with suppress(MotionFault):
            self._drain()  # lgpio's thread must not be in the middle of a train when its lines go
        for part in (self._waves, *self._end_stops, self._enable):
            part.close()

    # -- motion

    def run(self, points_mm: Points, speed_mm_s: float) -> Iterator[None]:
        """Play the line; broken off, or when an end stop is hit or the lines run dry, the drivers are off."""
        with self._off_unless_done():
            for _ in self._line(np.vstack([self.position_mm, points_mm]), speed_mm_s):
                self._refuse_end_stops()
                yield

    def _line(self, line_mm: Points, speed_mm_s: float) -> Iterator[None]:
        for number, chunk in enumerate(chunks(line_mm, speed_mm_s, self._setup.limits)):
            if number and not self._waves.queued:
                raise MotionFault(
                    "the axes have stood still in mid-line, for the next steps came too late: start again; if it "
                    "happens again, look for what else keeps this computer busy"
                )
            yield from self._play(chunk, QUEUED)
        yield from self._until_fewer_than(1)

    def home(self) -> Iterator[None]:
        """Onto the lower end stops, slowly off them, then clear of them."""
        with self._off_unless_done():
            yield from self._onto_end_stops()
            yield from self._off_end_stops()
            self._origin_mm, self._sent = np.array(self._setup.home_mm), np.zeros(2, int)
            clear_mm = self._origin_mm + [BACK_OFF_MM if axis in self._axes else 0.0 for axis in (0, 1)]
            yield from self._line(np.vstack([self._origin_mm, clear_mm]), self._setup.homing_mm_s)

    # -- pieces

    @contextmanager
    def _off_unless_done(self) -> Iterator[None]:
        try:
            yield
        except BaseException:  # whoever breaks a job off means it, and what is queued cannot be taken back
            self.disable()
            raise

    def _onto_end_stops(self) -> Iterator[None]:
        """Backwards, each axis until its end stop is hit."""
        speed_mm_s = self._setup.homing_mm_s
        for _ in range(int(HOMING_RESERVE * self._setup.travel_mm / speed_mm_s / PIECE_S)):
            away = [axis for axis in self._axes if not self._end_stops[axis].hit]
            if not away:
                return
            yield from self._play(self._steady(away, -speed_mm_s, PIECE_S), HOMING_QUEUED)
        raise MotionFault("homing: an end stop did not answer: check the motor supply, the belts and the end stop")

    def _off_end_stops(self) -> Iterator[None]:
        """Forwards step by step, each axis until its end stop opens."""
        speed_mm_s = self._setup.homing_slow_mm_s
        step_mm = 1 / self._setup.limits.steps_per_mm
        for _ in range(int(BACK_OFF_MM / step_mm)):
            yield from self._until_fewer_than(1)
            on = [axis for axis in self._axes if self._end_stops[axis].hit]
            if not on:
                return
            yield from self._play(self._steady(on, speed_mm_s, step_mm / speed_mm_s), 1)
        raise MotionFault(
            f"homing: an end stop is still hit {BACK_OFF_MM:g} mm off: push the carriage away from its far end by "
            "hand, check the end stop and its plug, start again"
        )

    def _steady(self, axes: list[int], speed_mm_s: float, duration_s: float) -> Chunk:
        return steady(axes, speed_mm_s, duration_s, self._setup.limits.steps_per_mm)

    def _play(self, chunk: Chunk, queued: int) -> Iterator[None]:
        """Queue a chunk, and let time pass until there is room for the next."""
        if not self.enabled:
            raise MotionFault("step pulses with the drivers off: this is a fault of the program")
        self._waves.send(train(chunk, self._setup.pulse_us))
        steps = [int(chunk.direction[chunk.axis == axis].sum()) for axis in (0, 1)]
        self._sent = self._sent + steps
        self._waiting.append(np.array(steps))
        yield from self._until_fewer_than(queued)

    def _refuse_end_stops(self) -> None:
        if any(self.at_ends()):
            raise MotionFault(
                "an end stop closed in mid-move: look whether something blocks the carriage or a belt has slipped, "
                "then start again"
            )

    def _until_fewer_than(self, queued: int) -> Iterator[None]:
        while self._waves.queued >= queued:
            self._clock.sleep(PIECE_S)
            yield

    def _drain(self) -> None:
        for _ in range(round(DRAINED_S / PIECE_S)):
            if not self._waves.queued:
                return
            self._clock.sleep(PIECE_S)
        raise MotionFault("the step lines do not come to an end: restart the station")
