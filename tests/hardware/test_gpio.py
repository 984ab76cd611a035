"""Step and direction axes against a carriage of rods and switches: it follows the edges on the lines, not the calls."""

from collections import deque
from collections.abc import Iterator

import numpy as np
import pytest
from gpiozero import OutputDevice
from gpiozero.pins.mock import MockFactory

from hardware.errors import ConfigError, MotionFault
from hardware.motion.gpio.axes import BACK_OFF_MM, QUEUED, EndStop, GpioAxes, Setup
from hardware.motion.gpio.train import Train
from hardware.motion.profile import CHUNK_S, Limits

ENABLE, END_STOPS = 22, (26, 20)
SETUP = Setup(Limits(), home_mm=(-20.0, -15.0), travel_mm=430.0)


class Carriage:
    """A clock, and a carriage that goes where the rows on its lines push it as time passes.

    `stops` (x, y) are where its end stops close, `steps` where it stands, in steps from the true zero.
    """

    def __init__(self, steps: tuple[int, int] = (700, 400), axes: int = 2) -> None:
        self.pins = MockFactory()
        self.enable = OutputDevice(ENABLE, active_high=False, initial_value=False, pin_factory=self.pins)
        self.end_stops = tuple(EndStop(pin, pin_factory=self.pins) for pin in END_STOPS[:axes])
        self.steps = np.array(steps)
        self.stops = [-200, -150]
        self.blocked = False
        self.most_queued = 0
        self._queue: deque[deque[list[int]]] = deque()
        self._levels = 0
        self._now_us = self._due_us = 0
        self._press()

    # -- the clock

    def now_s(self) -> float:
        return self._now_us / 1e6

    def sleep(self, duration_s: float) -> None:
        self._now_us += round(duration_s * 1e6)
        while self._queue and self._due_us <= self._now_us:
            if not self._queue[0]:
                self._queue.popleft()
                continue
            levels, mask, delay_us = self._queue[0].popleft()
            self._write(levels, mask)
            self._due_us += delay_us
        self._press()

    # -- the lines

    @property
    def queued(self) -> int:
        return len(self._queue)

    def send(self, train: Train) -> None:
        if not self._queue:
            self._due_us = self._now_us
        self._queue.append(deque(train.tolist()))
        self.most_queued = max(self.most_queued, len(self._queue))

    def close(self) -> None:
        assert not self._queue

    def _write(self, levels: int, mask: int) -> None:
        before, self._levels = self._levels, (self._levels & ~mask) | (levels & mask)
        for axis in (0, 1):
            rises = self._levels & ~before & (1 << 2 * axis)
            if rises and self.enable.value and not self.blocked:
                self.steps[axis] += 1 if self._levels & (2 << 2 * axis) else -1

    def _press(self) -> None:
        for axis, end_stop in enumerate(self.end_stops):
            hit = self.steps[axis] <= self.stops[axis]
            (end_stop.pin.drive_high if hit else end_stop.pin.drive_low)()


@pytest.fixture
def carriage() -> Carriage:
    return Carriage()


@pytest.fixture
def axes(carriage: Carriage) -> GpioAxes:
    return GpioAxes(SETUP, carriage, carriage.enable, carriage.end_stops, carriage)


def all_of(job: Iterator[None]) -> None:
    for _ in job:
        pass


def homed(axes: GpioAxes) -> GpioAxes:
    axes.enable()
    all_of(axes.home())
    return axes


def test_homing_finds_the_edge_of_each_end_stop_to_a_step(carriage: Carriage, axes: GpioAxes) -> None:
    homed(axes)
    clear_mm = np.array(SETUP.home_mm) + BACK_OFF_MM
    assert axes.position_mm == pytest.approx(clear_mm)
    assert carriage.steps.tolist() == (np.array(carriage.stops) + 1 + round(BACK_OFF_MM * 10)).tolist()


def test_an_axis_does_not_run_on_for_more_than_two_pieces_after_its_end_stop(
    carriage: Carriage, axes: GpioAxes
) -> None:
    axes.enable()
    lowest = carriage.steps.copy()
    for _ in axes.home():
        lowest = np.minimum(lowest, carriage.steps)
    assert (np.array(carriage.stops) - lowest).max() <= 15  # 1.5 mm: what a lever switch has to give


def test_a_line_takes_the_carriage_to_its_end(carriage: Carriage, axes: GpioAxes) -> None:
    homed(axes)
    zero = carriage.steps - np.round(np.array(axes.position_mm) * 10).astype(int)
    all_of(axes.run(np.array([[100.0, 20.0], [37.2, 150.1], [200.0, 0.0]]), 100.0))
    assert axes.position_mm == pytest.approx((200.0, 0.0), abs=0.1)
    assert ((carriage.steps - zero) / 10).tolist() == pytest.approx(list(axes.position_mm))
    assert 1 < carriage.most_queued <= QUEUED


def test_the_position_is_where_the_carriage_is_not_what_is_queued(carriage: Carriage, axes: GpioAxes) -> None:
    homed(axes)
    zero = carriage.steps / 10 - axes.position_mm
    for _ in axes.run(np.array([[300.0, 200.0]]), 100.0):
        behind_mm = carriage.steps / 10 - zero - axes.position_mm
        assert (behind_mm >= -0.11).all()
        assert (behind_mm <= 100.0 * CHUNK_S + 0.11).all()


def test_a_hit_end_stop_in_mid_line_switches_the_drivers_off(carriage: Carriage, axes: GpioAxes) -> None:
    homed(axes)
    carriage.stops[0] = 500
    with pytest.raises(MotionFault, match="mid-move"):
        all_of(axes.run(np.array([[200.0, 0.0]]), 100.0))
    assert not axes.enabled
    assert carriage.enable.pin.state


def test_a_line_broken_off_stops_at_once_and_the_rest_plays_into_drivers_that_are_off(
    carriage: Carriage, axes: GpioAxes
) -> None:
    job = homed(axes).run(np.array([[300.0, 200.0]]), 100.0)
    for _ in range(10):
        next(job)
    job.close()  # type: ignore[attr-defined]  # a generator: what breaks a job off
    there = carriage.steps.copy()
    assert not axes.enabled
    axes.enable()
    carriage.sleep(1.0)
    assert (carriage.steps == there).all()


def test_the_lines_are_let_go_only_when_nothing_plays_on_them(carriage: Carriage, axes: GpioAxes) -> None:
    next(homed(axes).run(np.array([[300.0, 200.0]]), 100.0))
    axes.close()
    assert carriage.enable.closed


def test_lines_that_run_dry_in_mid_line_are_a_fault(carriage: Carriage, axes: GpioAxes) -> None:
    job = homed(axes).run(np.array([[300.0, 200.0]]), 100.0)
    next(job)
    carriage.sleep(QUEUED * CHUNK_S + 0.1)  # whoever drives the axes was away for too long
    with pytest.raises(MotionFault, match="too late"):
        all_of(job)
    assert not axes.enabled


def test_an_end_stop_that_is_never_hit_ends_homing(carriage: Carriage, axes: GpioAxes) -> None:
    carriage.blocked = True
    axes.enable()
    with pytest.raises(MotionFault, match="did not answer"):
        all_of(axes.home())
    assert not axes.enabled


def test_an_end_stop_that_never_opens_ends_homing(carriage: Carriage, axes: GpioAxes) -> None:
    carriage.stops[1] = 10_000  # as at the far end, or with a broken wire
    axes.enable()
    with pytest.raises(MotionFault, match="far end"):
        all_of(axes.home())
    assert not axes.enabled


def test_nothing_moves_with_the_drivers_off(carriage: Carriage, axes: GpioAxes) -> None:
    there = carriage.steps.copy()
    with pytest.raises(MotionFault, match="drivers off"):
        all_of(axes.run(np.array([[10.0, 10.0]]), 100.0))
    carriage.sleep(1.0)
    assert (carriage.steps == there).all()


def test_a_machine_with_x_alone_homes_and_keeps_its_lane() -> None:
    carriage = Carriage(axes=1)
    axes = homed(GpioAxes(SETUP, carriage, carriage.enable, carriage.end_stops, carriage))
    all_of(axes.run(np.array([[100.0, SETUP.home_mm[1]]]), 100.0))
    assert axes.position_mm == pytest.approx((100.0, SETUP.home_mm[1]))
    assert carriage.steps[1] == 400


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"limits": Limits(max_steps_s=5000)}, r"max_steps_s is 5000: .* hold 1000 at most"),
        ({"pulse_us": 500}, r"max_steps_s is 1000: .*pulse_us 500 hold 666\.667 at most"),
        ({"homing_mm_s": 150.0}, r"homing_mm_s is 150: .*it is 100 at most"),
        ({"homing_slow_mm_s": 0.0}, r"homing_slow_mm_s is 0: it must be above 0"),
    ],
)
def test_rates_that_the_lines_cannot_hold_are_refused_by_name(values: dict[str, float], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Setup(**({"limits": Limits(), "home_mm": (0.0, 0.0), "travel_mm": 400.0} | values))  # type: ignore[arg-type]
