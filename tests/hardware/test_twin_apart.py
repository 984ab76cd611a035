"""A world in another process than the station's: here the station's end runs in a thread."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np
import pytest

from hardware.camera.frames import Points
from hardware.errors import CameraFault, InputError, MotionFault
from hardware.machine import Machine
from hardware.outputs import outputs_off
from hardware.pins import Pins
from hardware.twin.apart import WorldApart, machine_apart
from hardware.twin.link import Link
from hardware.twin.world import TOOL_UP_MM
from tests.hardware.twins import box, on_platform


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[WorldApart]:
    made = WorldApart(tmp_path, seed=1)
    made.world.lay(box(), 0)
    yield made
    made.close()


def served(apart: WorldApart, station: Callable[[], Any]) -> Any:
    """What the station's end comes to while the world answers it."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(station())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    while not future.done():
        apart.serve(0.01)
    return future.result()


def connected(apart: WorldApart, folder: Path) -> Machine:
    machine = served(apart, lambda: machine_apart(folder))
    assert isinstance(machine, Machine)
    return machine


def half_a_stroke(machine: Machine, line_mm: Points) -> Iterator[None]:
    """A stroke that was begun, and is left with the tool on the face, as by a killed process."""
    assert machine.carriage is not None
    job = machine.carriage.draw(line_mm, machine.panel.height_mm())
    while machine.carriage.drawn_m < 0.01:
        next(job)
    return job


def test_a_stroke_through_the_wires_puts_ink_on_the_face(apart: WorldApart, tmp_path: Path) -> None:
    machine, line = connected(apart, tmp_path), on_platform(apart.world)

    def draw() -> None:
        assert machine.carriage is not None
        for _ in machine.carriage.draw(line, machine.panel.height_mm()):
            pass

    served(apart, draw)
    assert apart.world.face is not None
    assert apart.world.coverage(apart.world.face.marks[0]) == 1.0
    assert apart.world.inked_m == pytest.approx(0.06, abs=0.002)
    assert served(apart, machine.camera.preview).grey.shape == (360, 640)
    served(apart, machine.close)
    assert not apart.world.enabled and apart.world.tool_z_mm == TOOL_UP_MM


def test_what_a_station_has_left_on_stays_on_until_it_is_switched_off(apart: WorldApart, tmp_path: Path) -> None:
    machine, line = connected(apart, tmp_path), on_platform(apart.world)
    machine.panel.lamp.value = 1.0
    job = served(apart, lambda: half_a_stroke(machine, line))
    machine.clock.close()  # type: ignore[attr-defined]  # it is gone, without a word
    for _ in range(100):
        apart.serve(0.0)
        apart.world.clock.sleep(0.02)
    assert apart.world.enabled and apart.world.touching

    def switch_off() -> None:
        link = Link(tmp_path)
        outputs_off(Pins(), link.pins)
        link.call("now_s")
        link.close()

    served(apart, switch_off)
    assert not apart.world.enabled and apart.world.illumination() < 0.5
    apart.world.clock.sleep(1.0)
    assert apart.world.tool_z_mm == TOOL_UP_MM
    with pytest.raises(OSError, match="closed"):
        job.close()


def test_the_guard_is_felt_through_the_wires_within_a_tick(apart: WorldApart, tmp_path: Path) -> None:
    machine, line = connected(apart, tmp_path), on_platform(apart.world, np.array([[20.0, 43.0], [180.0, 43.0]]))
    opened_s: list[float] = []
    off_s: list[float] = []

    def open_it(now_s: float) -> None:
        if apart.world.inked_m > 0.02 and not opened_s:
            apart.world.guard(False)
            opened_s.append(now_s)
        if opened_s and not apart.world.enabled:
            off_s.append(now_s)

    apart.world.watchers.append(open_it)

    def draw() -> None:
        assert machine.carriage is not None
        for _ in machine.carriage.draw(line, machine.panel.height_mm()):
            pass

    with pytest.raises(MotionFault):
        served(apart, draw)
    assert off_s[0] - opened_s[0] <= 0.05
    served(apart, machine.close)


def test_a_fault_of_the_worlds_camera_is_one_here(apart: WorldApart, tmp_path: Path) -> None:
    machine = connected(apart, tmp_path)
    apart.world.fault("dead_camera")
    with pytest.raises(CameraFault, match="no picture"):
        served(apart, machine.camera.preview)
    served(apart, machine.close)


def test_a_folder_without_a_world_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no world is there"):
        Link(tmp_path)
