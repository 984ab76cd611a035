"""What is felt on the platform, whatever the weather does to the distance sensor."""

from collections.abc import Iterator

import numpy as np
import pytest

from hardware.machine import Machine, twin_machine
from hardware.twin.box import Box, Pose
from hardware.twin.box import Face as Side
from hardware.twin.world import World
from station.appliance import Appliance, Settings
from station.senses import Senses
from station.status import Today
from station.vision.judge import Judge
from station.vision.look import Eye
from station.visit import Visit

Twin = tuple[Machine, World]


@pytest.fixture
def twin() -> Iterator[Twin]:
    machine, world = twin_machine("none", seed=3)
    machine.panel.lamp.on()
    yield machine, world
    machine.close()


@pytest.fixture
def senses(twin: Twin) -> Senses:
    made = Senses(twin[0])
    made.learn_empty()
    return made


def look(twin: Twin, senses: Senses) -> bool:
    """Whether there is something on the platform, by a glance of an idle station."""
    machine, _ = twin
    face = Appliance(machine, Eye(), Judge(), Settings(), Today).face
    list(senses.camera(Visit(since_s=0.0), face, parked=True))
    return senses.present


def test_a_room_that_grows_warm_is_no_box(twin: Twin, senses: Senses, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sound is faster in warm air, and so everything seems nearer."""
    machine, world = twin
    monkeypatch.setattr("station.senses.WEATHER_S", 1.0)
    for nearer_mm in (2.0, 4.0, 6.0, 8.0):
        world.fault("distance_wrong", by_mm=-nearer_mm)
        machine.clock.sleep(1.1)
        assert not look(twin, senses)
    assert machine.panel.height_mm() == pytest.approx(0.0, abs=1.5)


def test_what_comes_of_a_sudden_is_felt(twin: Twin, senses: Senses) -> None:
    twin[1].fault("distance_wrong", by_mm=-8.0)
    assert look(twin, senses)


def test_a_flat_thing_that_was_left_behind_is_not_the_platform(twin: Twin, senses: Senses) -> None:
    machine, world = twin
    plain = np.full((600, 800, 3), 150, np.uint8)
    world.place(Box("bag", 12.0, (Side(plain, 4.0),), Pose(200.0, 150.0, 0.0)))
    while world.busy:
        machine.clock.sleep(0.1)
    assert look(twin, senses)
    senses.learn_empty()
    assert machine.panel.height_mm() == pytest.approx(12.0, abs=1.5)
