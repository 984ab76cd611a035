"""People, pins and ink of the twin's world."""

import time
from collections.abc import Callable

import numpy as np
import pytest

from hardware.errors import InputError, MotionFault
from hardware.machine import twin_machine
from hardware.twin.world import World
from tests.hardware.twins import LINE_MM, MARK_MM, Twin, box, finish, on_platform, wait


def draw(twin: Twin) -> None:
    machine, world = twin
    assert machine.carriage is not None
    finish(machine.carriage.draw(on_platform(world), 100))
    finish(machine.carriage.park())


def mark_coverage(world: World, side: int = 0) -> float:
    assert world.box is not None
    return world.coverage(world.box.faces[side].marks[0])


def test_ink_stays_on_the_box_when_it_is_moved(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    draw((machine, world))
    before = [points.copy() for _, points in world.marks_in_photo()]
    world.move(15, -10, 20)
    wait(world)
    assert mark_coverage(world) == 1.0
    assert np.abs(world.marks_in_photo()[0][1] - before[0]).max() > 50
    assert (world.pose.x_mm, world.pose.y_mm, world.pose.angle_deg) == pytest.approx((215, 140, 20))


def test_every_side_has_ink_of_its_own(twin: Callable[..., Twin]) -> None:
    machine, world = twin(present=box(sides=2))
    draw((machine, world))
    world.turn(1)
    wait(world)
    assert (mark_coverage(world, 0), mark_coverage(world, 1)) == (1.0, 0.0)
    assert world.face_index == 1


def test_a_hand_is_in_view_while_a_box_moves_and_gone_afterwards(twin: Callable[..., Twin]) -> None:
    _, world = twin()
    for act in (lambda: world.move(5, 5), lambda: world.turn(0), lambda: world.tear(on_platform(world, MARK_MM))):
        act()
        seen = False
        while world.busy:
            world.clock.sleep(0.02)
            seen |= world.hand_mm is not None
        assert seen
        assert world.hand_mm is None


def test_torn_paper_takes_its_marks_along(twin: Callable[..., Twin]) -> None:
    _, world = twin()
    world.tear(on_platform(world, MARK_MM + np.array([[-2, -2], [2, -2], [2, 2], [-2, 2]])))
    wait(world)
    assert mark_coverage(world) == 1.0


def test_a_box_taken_away_is_gone(twin: Callable[..., Twin]) -> None:
    _, world = twin()
    world.take_away()
    wait(world)
    assert world.box is None
    assert world.marks_in_photo() == []


def test_the_tool_beside_the_box_leaves_no_ink(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    assert machine.carriage is not None
    finish(machine.carriage.draw(np.array([[20.0, 20.0], [60.0, 20.0]]), 0.0))
    assert world.ink is not None
    assert world.ink.transmittance.min() == 1.0


def test_two_layers_of_weak_ink_multiply(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    world.fault("weak_ink", opacity=0.6)
    draw((machine, world))
    once = float(np.median(world.ink.transmittance[205:225, 320:580]))  # type: ignore[union-attr]
    draw((machine, world))
    twice = float(np.median(world.ink.transmittance[205:225, 320:580]))  # type: ignore[union-attr]
    assert once == pytest.approx(0.4, abs=0.01)
    assert twice == pytest.approx(0.16, abs=0.01)
    assert mark_coverage(world) == 0.0


def test_a_dry_tool_leaves_streaks_then_nothing(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    world.fault("dry_tool", after_m=0.0, over_m=0.06)
    draw((machine, world))
    assert world.ink is not None
    share = (world.ink.transmittance[200:230] < 0.5).mean(axis=0)
    assert share[305:330].mean() > share[440:460].mean() > share[570:590].mean()
    draw((machine, world))
    assert share[590:].max() == 0


def test_lost_steps_shift_the_ink(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    world.fault("lost_steps", every=10)
    draw((machine, world))
    assert mark_coverage(world) < 0.5


def test_a_wrong_distance_is_found_out_by_the_contact(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    world.fault("distance_wrong", by_mm=40)
    assert machine.carriage is not None
    assert machine.panel.height_mm() == pytest.approx(60, abs=1.1)
    with pytest.raises(MotionFault, match="touched at 100 mm"):
        finish(machine.carriage.draw(on_platform(world), machine.panel.height_mm()))


def test_height_is_within_a_millimetre(twin: Callable[..., Twin]) -> None:
    machine, _ = twin()
    heights = np.array([machine.panel.height_mm() for _ in range(50)])
    assert np.abs(heights - 100).max() <= 1.0
    assert heights.std() > 0.1


def test_guard_stop_and_button_reach_the_panel_by_their_pins(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    assert machine.panel.guard.closed
    assert not machine.panel.emergency_stop.pressed
    world.guard(False)
    world.emergency_stop(True)
    world.press_button()
    assert not machine.panel.guard.closed
    assert machine.panel.emergency_stop.pressed
    assert machine.panel.button.take_press()
    world.clock.sleep(0.5)
    assert not machine.panel.button.is_active


@pytest.mark.parametrize(("name", "values"), [("lost_stebs", {}), ("weak_ink", {"opasity": 0.5})])
def test_a_fault_that_does_not_exist_is_refused(name: str, values: dict[str, float]) -> None:
    with pytest.raises(InputError, match=name):
        World().fault(name, **values)


def test_a_face_that_does_not_exist_is_refused() -> None:
    with pytest.raises(InputError, match="no face 3"):
        World().place(box(), face=3)


def test_one_seed_gives_one_world(twin: Callable[..., Twin]) -> None:
    def story(seed: int) -> tuple[np.ndarray, float, float]:
        machine, world = twin(seed=seed)
        draw((machine, world))
        return machine.camera.preview().grey, machine.panel.height_mm(), machine.clock.now_s()

    first, again, other = story(3), story(3), story(4)
    assert np.array_equal(first[0], again[0])
    assert first[1:] == again[1:]
    assert not np.array_equal(first[0], other[0])


def test_a_machine_that_only_guides_has_no_carriage_and_is_safe_all_the_same() -> None:
    machine, _ = twin_machine("none")
    assert machine.carriage is None
    machine.panel.lamp.value = 1.0
    machine.safe()
    assert machine.panel.lamp.value == 0
    machine.close()
    machine.safe()


def test_safe_never_raises_and_leaves_lamp_and_drivers_off(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    assert machine.carriage is not None
    job = machine.carriage.draw(on_platform(world, LINE_MM), 100)
    for _ in range(60):
        next(job)
    machine.safe()
    assert not world.powered
    assert machine.carriage.lift.is_up
    assert world.pins.pin(world.lines.lamp).state == 0


def test_a_paced_clock_runs_no_faster_than_asked() -> None:
    start_s = time.monotonic()  # the clock counts from its making, which takes a while on a busy machine
    machine, _ = twin_machine("none", speed=10.0)
    machine.clock.sleep(2.0)
    assert time.monotonic() - start_s >= 0.12
    machine.close()


def test_the_carriage_can_be_pushed_by_hand_only_while_the_motors_have_no_current(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    assert machine.carriage is not None
    world.push_carriage((200.0, 150.0))
    assert world.tool_mm == (200.0, 150.0)
    machine.carriage.axes.enable()
    world.push_carriage((100.0, 100.0))
    assert world.tool_mm == (200.0, 150.0)


def test_a_hand_holds_the_tool_against_its_spring(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    assert machine.carriage is not None
    world.hold_tool(150.0)
    machine.clock.sleep(1.0)
    assert world.tool_z_mm == 150.0 and not machine.carriage.lift.is_up
    world.hold_tool(None)
    machine.clock.sleep(1.0)
    assert machine.carriage.lift.is_up


def test_a_finger_closes_the_contact_switch(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    assert machine.carriage is not None
    world.press_tip(True)
    assert machine.carriage.lift.in_contact
    world.press_tip(False)
    assert not machine.carriage.lift.in_contact


def test_a_lamp_whose_wire_is_cut_gives_no_light(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    machine.panel.lamp.value = 1.0
    lit = world.illumination()
    world.fault("wire_cut", bcm=world.lines.lamp)
    assert world.illumination() < lit and world.shows(world.lines.lamp) == 0.0
