"""A person in front of the twin: brings boxes, does what the page says, takes the boxes away.

Reads only what the page would show: the state, the move, the tear guide. `obeys` is off in scenarios that bring a
person of their own.
"""

from collections.abc import Iterator

import numpy as np

from hardware.twin.box import Box
from hardware.twin.world import World
from station.appliance import Appliance
from station.visit import State, Visit

S = State

SLOWEST_S, FASTEST_S = 2.0, 0.8  # how long somebody takes to read the page and to move


class Person:
    """Acts between two ticks of the station. `boxes` are brought one after the other until there are no more."""

    def __init__(self, world: World, appliance: Appliance, boxes: Iterator[Box], seed: int) -> None:
        self._world, self._appliance, self._boxes = world, appliance, boxes
        self._random = np.random.default_rng((seed, 7))
        self._due_s: float | None = world.clock.now_s() + FASTEST_S
        self._face = 0
        self._torn = False
        self.at_the_end = False
        appliance.entered.append(self._read)

    def act(self) -> None:
        """Do what is due."""
        if self._due_s is None or self._world.busy or self._world.clock.now_s() < self._due_s:
            return
        self._due_s = None
        self._do(self._appliance.visit.state)

    def _read(self, visit: Visit) -> None:
        self._due_s = self._world.clock.now_s() + float(self._random.uniform(FASTEST_S, SLOWEST_S))
        if visit.state is S.TURNING:
            self._torn = False

    def _do(self, state: State) -> None:
        world, face = self._world, self._appliance.face
        if state is S.EMPTY:
            self._bring()
        elif state in {S.PASSED, S.NO_LABEL}:
            self._next_side()
        elif state is S.MOVE and face.plan.move_mm is not None:
            world.move(*face.plan.move_mm)
        elif state is S.TEAR:
            self._tear()
        elif state in {S.DONE, S.REMOVED} and world.box is not None:
            world.take_away()
        elif state is S.FAULT:
            self._clear_up()

    def _bring(self) -> None:
        if self._world.box is not None:
            self._world.take_away()
            self._due_s = self._world.clock.now_s() + SLOWEST_S
            return
        box = next(self._boxes, None)
        self.at_the_end = box is None
        self._face, self._torn = 0, False
        if box is not None:
            self._world.place(box)

    def _clear_up(self) -> None:
        """Take the box away, then press reset until the station believes it."""
        if self._world.box is not None:
            self._world.take_away()
        else:
            self._appliance.command("reset")
        self._due_s = self._world.clock.now_s() + SLOWEST_S

    def _next_side(self) -> None:
        box = self._world.box
        if box is not None and self._face + 1 < len(box.faces):
            self._face, self._torn = self._face + 1, False
            self._world.turn(self._face)
        else:
            self._world.take_away()

    def _tear(self) -> None:
        """Tear what the page frames, once; who is asked again takes the box along."""
        guide = self._appliance.face.tear
        if self._torn or guide is None:
            self._world.take_away()
            return
        self._torn = True
        self._world.tear(guide.outline_mm)
