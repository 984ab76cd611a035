"""The loop itself: whatever is thrown at it, it leaves the machine safe."""

from dataclasses import replace

import numpy as np
import pytest
from shapely import unary_union
from shapely.geometry.base import BaseGeometry

from hardware.errors import CameraLost
from hardware.machine import Machine, twin_machine
from hardware.twin.axes import END_STOP_LOW_MM
from hardware.twin.box import Pose
from hardware.twin.world import PARK_MM, TOOL_UP_MM, World
from station.appliance import Appliance, Settings
from station.erase.cover import TEXT
from station.erase.strokes import StrokePlan
from station.erase.tool import solid
from station.erase.work import Stroke
from station.status import Status, Today
from station.vision.judge import Judge
from station.vision.look import Eye
from station.visit import State, Visit
from tests.small_box import FACE_MM, small_box


def marking_station(breaks: type[BaseException]) -> tuple[Machine, World, Appliance]:
    """A station that something breaks in mid-stroke, a second after marking began."""
    machine, world = twin_machine("gantry", seed=3)
    appliance = Appliance(machine, Eye(), Judge(), Settings(), Today)
    began_s: list[float] = []

    def note(visit: Visit) -> None:
        if visit.state is State.MARKING:
            began_s.append(machine.clock.now_s())

    def break_it(now_s: float) -> None:
        if began_s and now_s > began_s[0] + 3.0:
            assert world.powered
            began_s.clear()  # once: it goes on ticking while the appliance cleans up
            raise breaks("in mid-stroke")

    appliance.entered.append(note)
    world.watchers.append(break_it)
    return machine, world, appliance


@pytest.mark.parametrize("breaks", [KeyboardInterrupt, RuntimeError, MemoryError, CameraLost])
def test_whatever_breaks_the_drivers_go_off_and_the_tool_goes_up(breaks: type[BaseException]) -> None:
    machine, world, appliance = marking_station(breaks)
    world.place(small_box())
    appliance.start()
    with pytest.raises(breaks):
        appliance.run(lambda: machine.clock.now_s() < 60)
    world.watchers.clear()
    machine.clock.sleep(2.0)
    assert not world.powered
    assert world.tool_z_mm == TOOL_UP_MM
    assert machine.panel.lamp.value == 0
    machine.close()


def test_a_line_over_the_edge_of_the_box_ends_in_a_verdict_and_not_in_a_fault() -> None:
    machine, world = twin_machine("gantry", seed=3)
    appliance = Appliance(machine, Eye(), Judge(), Settings(), Today)
    passed: list[tuple[State, str]] = []
    edge_mm = 200.0 + FACE_MM[0] / 2

    def note(visit: Visit) -> None:
        if visit.state is State.MARKING and not passed:
            lines = [[[edge_mm - 30, 150.0], [edge_mm + 25, 150.0]], [[edge_mm + 20, 150.0], [edge_mm + 25, 150.0]]]
            beside = [Stroke(np.array(line)) for line in lines]
            appliance.face.plan = replace(appliance.face.plan, strokes=(*beside, *appliance.face.strokes))
        if visit.state in (State.MARKING, State.PAUSED):
            passed.append((visit.state, visit.paused_for))

    appliance.entered.append(note)
    world.place(small_box(pose=Pose(200.0, 150.0, 0.0)))
    appliance.start()
    appliance.run(lambda: machine.clock.now_s() < 120 and appliance.visit.outcome is None)
    assert passed.count((State.PAUSED, "contact")) == 2
    assert appliance.visit.outcome == "done"
    machine.clock.sleep(2.0)
    assert not world.powered
    machine.close()


def test_where_the_contact_switch_belies_the_distance_sensor_the_areas_keep_their_margins() -> None:
    machine, world = twin_machine("gantry", seed=3)
    appliance = Appliance(machine, Eye(), Judge(), Settings(), Today)
    world.fault("distance_wrong", by_mm=5.0)  # below the 6 mm at which the carriage stops: 2.4 mm on this face
    box = small_box(200.0, Pose(318.0, 212.0, 8.0))
    world.place(box)
    appliance.start()
    spared: list[BaseGeometry] = []

    def note(visit: Visit) -> None:
        if visit.state is State.DRYING:
            ink = unary_union([solid(area) for area in appliance.face.inked_mm])
            marks = [world.to_platform(mark.polygon_mm) for mark in box.faces[0].marks]
            spared.extend(solid(mark).buffer(TEXT.beyond_mm).difference(ink) for mark in marks)

    appliance.entered.append(note)
    appliance.run(lambda: machine.clock.now_s() < 120 and appliance.visit.outcome is None)
    assert len(spared) == len(box.faces[0].marks), "one pass was enough"
    assert max(shape.area for shape in spared) == 0.0
    assert appliance.face.height_mm == pytest.approx(200.0, abs=0.6)
    machine.close()


def test_after_a_pause_the_stroke_goes_on_where_it_was_broken_off() -> None:
    machine, world = twin_machine("gantry", seed=3)
    appliance = Appliance(machine, Eye(), Judge(), Settings(), Today)
    to_press = [0.05, 0.12]  # metres drawn
    long = [[140.0, 120.0], [260.0, 120.0], [260.0, 150.0], [140.0, 150.0]]
    planned: list[StrokePlan] = []

    def note(visit: Visit) -> None:
        if visit.state is State.MARKING and not planned:
            planned.append(replace(appliance.face.plan, strokes=(Stroke(np.array(long)),)))
            appliance.face.plan = planned[0]

    def press(_: float) -> None:
        assert machine.carriage is not None
        if to_press and machine.carriage.drawn_m > to_press[0]:
            to_press.pop(0)
            world.press_button()
        elif appliance.visit.state is State.PAUSED and machine.clock.now_s() > appliance.visit.since_s + 3:
            world.press_button()

    appliance.entered.append(note)
    world.watchers.append(press)
    world.place(small_box(pose=Pose(200.0, 150.0, 0.0)))
    appliance.start()
    appliance.run(lambda: machine.clock.now_s() < 120 and appliance.visit.state not in (State.DRYING, State.FAULT))
    assert appliance.visit.state is State.DRYING and not to_press
    assert machine.carriage is not None
    assert 0.27 <= machine.carriage.drawn_m <= 0.27 + 0.012
    machine.close()


def test_while_a_long_stroke_is_drawn_what_is_told_of_it_grows() -> None:
    machine, world = twin_machine("gantry", seed=3)
    appliance = Appliance(machine, Eye(), Judge(), Settings(), Today)
    told: list[Status] = []
    appliance.told.append(told.append)
    world.place(small_box())
    appliance.start()
    appliance.run(lambda: machine.clock.now_s() < 120 and appliance.visit.state is not State.DRYING)
    marking = [status for status in told if status.state == "marking"]
    shares = [status.progress for status in marking if status.progress is not None]
    assert len(appliance.face.strokes) < 4
    assert len(set(shares)) > 10
    assert shares == sorted(shares)
    assert len({status.places_done for status in marking}) >= 3
    machine.close()


def started(cut_short: bool = False) -> tuple[Machine, World, Appliance, list[Status]]:
    """A station that starts with the tool left anywhere, and what it tells."""
    machine, world = twin_machine("gantry", seed=3)
    world.move_tool((180.0, 120.0))
    appliance = Appliance(machine, Eye(), Judge(), Settings(), Today)
    told: list[Status] = []
    appliance.told.append(told.append)
    appliance.start(cut_short)
    return machine, world, appliance, told


def run_until(appliance: Appliance, machine: Machine, state: State) -> None:
    end_s = machine.clock.now_s() + 60
    appliance.run(lambda: machine.clock.now_s() < end_s and appliance.visit.state is not state)
    assert appliance.visit.state is state


def test_a_start_homes_and_parks_before_the_platform_is_taken_in() -> None:
    machine, world, appliance, told = started()
    ends: set[str] = set()
    world.watchers.append(lambda _: ends.update("xy"[k] for k in (0, 1) if world.tool_mm[k] <= END_STOP_LOW_MM[k]))
    run_until(appliance, machine, State.EMPTY)
    assert ends == {"x", "y"}
    assert world.tool_mm == pytest.approx(PARK_MM, abs=0.2)
    assert told[0].words["en"].title == "Starting"
    world.place(small_box(20.0))
    run_until(appliance, machine, State.LOOKING)
    machine.close()


def test_after_a_visit_that_was_cut_short_nothing_moves_before_a_person_has_looked() -> None:
    machine, world, appliance, told = started(cut_short=True)
    appliance.run(lambda: machine.clock.now_s() < 10)
    assert world.tool_mm == (180.0, 120.0)
    assert told[-1].words["en"].title == "The last visit was cut short"
    assert told[-1].words["zh-CN"].title == "上一次没有做完"
    assert told[-1].buttons == ("reset",)
    world.press_button()
    run_until(appliance, machine, State.EMPTY)
    assert world.tool_mm == pytest.approx(PARK_MM, abs=0.2)
    machine.close()


@pytest.mark.parametrize("open_s", [0.01, 0.15, 5.0])
def test_a_guard_that_opens_while_the_tool_parks_makes_it_park_anew_and_is_no_fault(open_s: float) -> None:
    machine, world, appliance, told = started()
    opened_mm: list[tuple[float, float]] = []

    def open_and_shut(now_s: float) -> None:
        if 0.95 < now_s < 0.95 + open_s:
            opened_mm.append(world.tool_mm)
            world.guard(False)
        elif not world.guard_closed:
            world.guard(True)

    world.watchers.append(open_and_shut)
    run_until(appliance, machine, State.EMPTY)
    assert len(set(opened_mm)) == 1, "it stands while the guard is open"
    assert world.tool_mm == pytest.approx(PARK_MM, abs=0.2)
    assert "fault" not in {status.state for status in told}
    machine.close()


def test_a_guard_that_opens_for_a_moment_in_mid_stroke_pauses_and_costs_no_ink() -> None:
    machine, world = twin_machine("gantry", seed=3)
    appliance = Appliance(machine, Eye(), Judge(), Settings(drying_s=1.0), Today)
    to_open = [True]
    paused_for: list[str] = []

    def flicker(_: float) -> None:
        if not world.guard_closed:
            world.guard(True)
        elif to_open and machine.carriage is not None and machine.carriage.drawn_m > 0.05:
            to_open.clear()
            world.guard(False)
        if appliance.visit.state is State.PAUSED and machine.clock.now_s() > appliance.visit.since_s + 1:
            appliance.command("resume")

    appliance.entered.append(lambda visit: paused_for.append(visit.paused_for) if visit.state is State.PAUSED else None)
    world.watchers.append(flicker)
    world.place(small_box())
    appliance.start()
    appliance.run(lambda: machine.clock.now_s() < 120 and appliance.visit.outcome is None)
    assert paused_for == ["guard"]
    assert (appliance.visit.outcome, appliance.face.passes) == ("done", 1)
    machine.close()
