"""Machines on worlds of their own."""

from collections.abc import Callable, Iterator

import pytest

from hardware.machine import Machine, Marker, twin_machine
from hardware.twin.box import Box
from tests.hardware.twins import Twin, box, wait


@pytest.fixture
def twin() -> Iterator[Callable[..., Twin]]:
    """Makes machines with the test box on the platform, and closes them."""
    machines: list[Machine] = []

    def make(kind: Marker = "gantry", present: Box | None = None, seed: int = 1) -> Twin:
        machine, world = twin_machine(kind, seed)
        machines.append(machine)
        machine.panel.lamp.value = 1.0
        world.place(present or box())
        wait(world)
        return machine, world

    yield make
    for machine in machines:
        machine.close()
