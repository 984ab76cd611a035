"""The carriage on the twin: ink where it should be, and every way out ends safe."""

from collections.abc import Callable

import numpy as np
import pytest

from hardware.errors import MotionFault
from hardware.motion.axes import ContactLost
from hardware.motion.carriage import Carriage
from hardware.twin.ink import INK_PX_PER_MM
from tests.hardware.twins import LINE_MM, Twin, box, finish, on_platform


def carriage_of(twin: Twin) -> Carriage:
    carriage = twin[0].carriage
    assert carriage is not None
    return carriage


def assert_safe(twin: Twin) -> None:
    _, world = twin
    carriage = carriage_of(twin)
    enable = world.pins.pin(world.lines.enable)
    assert enable.state, "ENABLE must be high: drivers off"
    assert not world.powered
    assert carriage.lift.is_up
    assert not carriage.axes.enabled


@pytest.mark.parametrize("angle_deg", [0.0, 17.0, 90.0])
@pytest.mark.parametrize("height_mm", [0.0, 100.0, 200.0])
def test_a_stroke_puts_ink_within_half_a_millimetre(
    twin: Callable[..., Twin], height_mm: float, angle_deg: float
) -> None:
    machine, world = twin(present=box(height_mm, angle_deg))
    carriage = carriage_of((machine, world))
    finish(carriage.draw(on_platform(world), machine.panel.height_mm()))
    assert world.ink is not None
    rows, columns = np.nonzero(world.ink.transmittance < 0.5)
    x, y = (columns + 0.5) / INK_PX_PER_MM, (rows + 0.5) / INK_PX_PER_MM
    assert x.min() == pytest.approx(LINE_MM[0, 0] - 5, abs=0.5)
    assert x.max() == pytest.approx(LINE_MM[1, 0] + 5, abs=0.5)
    assert y.min() == pytest.approx(LINE_MM[0, 1] - 5, abs=0.5)
    assert y.max() == pytest.approx(LINE_MM[0, 1] + 5, abs=0.5)
    assert world.coverage(world.box.faces[0].marks[0]) == 1.0  # type: ignore[union-attr]
    assert carriage.drawn_m == pytest.approx(0.06, abs=0.001)


def test_a_bent_line_is_followed_round_its_corners(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    bend = np.array([[40, 30], [90, 30], [90, 100], [40, 100]], float)
    finish(carriage_of((machine, world)).draw(on_platform(world, bend), 100))
    assert world.ink is not None
    for x, y in [*bend, (65, 30), (90, 65), (65, 100)]:
        assert world.ink.transmittance[int(y * INK_PX_PER_MM), int(x * INK_PX_PER_MM)] < 0.03
    assert world.ink.transmittance[int(65 * INK_PX_PER_MM), int(60 * INK_PX_PER_MM)] == 1.0


def test_the_roller_inks_its_lane_and_nothing_else(twin: Callable[..., Twin]) -> None:
    machine, world = twin("roller")
    line = np.array([[120.0, 150.0], [260.0, 150.0]])
    finish(carriage_of((machine, world)).draw(line, 100))
    assert world.ink is not None
    rows, columns = np.nonzero(world.ink.transmittance < 0.5)
    face = world.to_platform(np.column_stack([columns, rows]) / INK_PX_PER_MM)
    assert face[:, 1].min() == pytest.approx(130, abs=0.5)
    assert face[:, 1].max() == pytest.approx(170, abs=0.5)
    assert face[:, 0].min() == pytest.approx(119, abs=0.6)
    assert face[:, 0].max() == pytest.approx(261, abs=0.6)


def test_the_roller_refuses_a_line_beside_its_lane(twin: Callable[..., Twin]) -> None:
    machine, world = twin("roller")
    with pytest.raises(MotionFault, match="reach"):
        finish(carriage_of((machine, world)).draw(np.array([[120.0, 120.0], [260.0, 120.0]]), 100))
    assert not world.powered


def test_nothing_moves_longer_than_a_tenth_of_a_second_between_two_looks(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    carriage = carriage_of((machine, world))
    now_s = machine.clock.now_s()
    for _ in carriage.draw(on_platform(world), 100):
        assert machine.clock.now_s() - now_s <= 0.1 + 1e-6
        now_s = machine.clock.now_s()


def test_between_strokes_the_tool_only_hops(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    carriage = carriage_of((machine, world))
    finish(carriage.draw(on_platform(world), 100))
    assert 101 < world.tool_z_mm < 110
    before_s = machine.clock.now_s()
    finish(carriage.draw(on_platform(world, LINE_MM + np.array([0, 9])), 100))
    assert machine.clock.now_s() - before_s < 2.0


def test_a_higher_face_is_not_approached_from_a_hop_above_a_lower_one(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    carriage = carriage_of((machine, world))
    finish(carriage.draw(on_platform(world), 100))
    world.place(box(180.0))
    while world.busy:
        world.clock.sleep(0.1)
    lowest_mm = 1000.0
    for _ in carriage.draw(on_platform(world), 180):
        lowest_mm = min(lowest_mm, world.tool_z_mm)
    assert lowest_mm >= 180


def test_park_ends_out_of_view_with_drivers_off(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    carriage = carriage_of((machine, world))
    finish(carriage.draw(on_platform(world), 100))
    finish(carriage.park())
    assert_safe((machine, world))
    assert np.allclose(world.tool_mm, carriage.park_mm, atol=0.1)


@pytest.mark.parametrize("after_s", [0.5, 2.0, 3.5, 4.0])
def test_emergency_stop_in_mid_job_stops_pulses_at_once(twin: Callable[..., Twin], after_s: float) -> None:
    machine, world = twin()
    carriage = carriage_of((machine, world))
    hit_s = machine.clock.now_s() + after_s
    stopped_at: list[tuple[float, float]] = []

    def hit(now_s: float) -> None:
        if now_s >= hit_s and not stopped_at:
            world.emergency_stop(True)
            stopped_at.append(world.tool_mm)

    world.watchers.append(hit)
    for _ in carriage.draw(on_platform(world), 100):
        if machine.panel.emergency_stop.pressed:
            machine.safe()
            break
    assert stopped_at == [world.tool_mm], "pulses must not move an axis without motor supply"
    assert_safe((machine, world))


def test_a_job_that_is_broken_off_lifts_the_tool_and_homes_next_time(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    carriage = carriage_of((machine, world))
    job = carriage.draw(on_platform(world), 100)
    while not carriage.lift.in_contact:
        next(job)
    next(job)
    job.close()  # type: ignore[attr-defined]
    assert carriage.lift.is_up
    assert not carriage.homed


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("no_contact", "touched nothing"),
        ("motor_power_lost", "end stop did not answer"),
        ("homing_fails", "end stop did not answer"),
        ("end_stop_in_move", "end stop closed"),
    ],
)
def test_every_fault_of_the_axes_ends_safe_with_words(twin: Callable[..., Twin], fault: str, words: str) -> None:
    machine, world = twin()
    world.fault(fault)
    with pytest.raises(MotionFault, match=words):
        finish(carriage_of((machine, world)).draw(on_platform(world), 100))
    assert_safe((machine, world))
    assert world.ink is not None
    assert world.ink.transmittance.min() == 1.0


@pytest.mark.parametrize("error_mm", [-15.0, -8.0, 8.0])
def test_a_face_that_is_not_where_it_was_measured_is_a_fault(twin: Callable[..., Twin], error_mm: float) -> None:
    machine, world = twin()
    with pytest.raises(MotionFault, match="touched"):
        finish(carriage_of((machine, world)).draw(on_platform(world), 100 + error_mm))
    assert_safe((machine, world))


def in_mid_stroke(twin: Twin, happens: Callable[[], None]) -> None:
    """Draw; something happens a little after the tool has touched down."""
    _, world = twin
    carriage = carriage_of(twin)
    pieces = 0
    for _ in carriage.draw(on_platform(world), 100):
        pieces += carriage.lift.in_contact
        if pieces == 3:
            happens()


def test_a_box_snatched_in_mid_stroke_loses_contact(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    with pytest.raises(ContactLost):
        in_mid_stroke((machine, world), world.lift)
    assert_safe((machine, world))


def test_motor_power_lost_in_mid_stroke_loses_contact(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    with pytest.raises(ContactLost):
        in_mid_stroke((machine, world), lambda: world.fault("motor_power_lost"))
    assert_safe((machine, world))


def test_a_line_out_of_reach_moves_nothing(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    with pytest.raises(MotionFault, match="reach"):
        finish(carriage_of((machine, world)).draw(np.array([[10.0, 10.0], [500.0, 10.0]]), 100))
    assert not world.powered
