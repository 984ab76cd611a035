"""The hands that stick test cards on boxes and lay them on the twin when a commissioning asks for it."""

import itertools

import numpy as np

from hardware.twin.box import Box
from hardware.twin.world import World
from station.commission import cards
from station.commission.walk import Step
from station.scenes.boxes import carton
from station.scenes.waybill import Waybill, printed


class Hands:
    """Does on the world what a step asks a person for. Same `seed`, same boxes."""

    def __init__(self, world: World, seed: int = 0) -> None:
        self._world, self._seed = world, seed
        self._numbers = itertools.count(1)

    def __call__(self, step: Step) -> None:
        """Begin to do it: the hands move while the world's time passes."""
        if step.name == "card":
            self._world.place(boxed(next(self._numbers), self._seed))
        elif step.name == "move":
            self._world.move(*step.move_mm)
        elif step.name == "away":
            self._world.take_away()


def boxed(number: int, seed: int) -> Box:
    """A brown box with a test card on it."""
    card, random = cards.card(number), np.random.default_rng((seed, number))
    picture = printed(card.ink, cards.PX_PER_MM, random)
    return carton(random, f"card-{number}", Waybill(card.courier, card.size_mm, picture, card.marks))
