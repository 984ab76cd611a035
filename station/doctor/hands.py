"""The person in front of the twin, who does whatever the doctor asks for and tells what is to be seen."""

from collections.abc import Callable

import numpy as np

from hardware.twin.axes import END_STOP_LOW_MM
from hardware.twin.box import Box, Face, Pose
from hardware.twin.world import World
from station.doctor.ask import Deed, Sign

MIDDLE_MM = (200.0, 150.0)
DOWN_MM = 100.0
BOX = Box("for the doctor", 120.0, (Face(np.full((560, 800, 3), 120, np.uint8), 4.0),), Pose(*MIDDLE_MM, 0.0))

HANDS: dict[tuple[str, bool], Callable[[World], None]] = {
    ("guard", True): lambda world: world.guard(True),
    ("guard", False): lambda world: world.guard(False),
    ("emergency_stop", True): lambda world: world.emergency_stop(True),
    ("emergency_stop", False): lambda world: world.emergency_stop(False),
    ("button", True): lambda world: world.press_button(),
    ("button", False): lambda world: None,
    ("echo", True): lambda world: world.place(BOX),
    ("echo", False): lambda world: world.take_away() if world.box else None,
    ("end_stop_x", True): lambda world: world.push_carriage((END_STOP_LOW_MM[0], MIDDLE_MM[1])),
    ("end_stop_x", False): lambda world: world.push_carriage(MIDDLE_MM),
    ("end_stop_y", True): lambda world: world.push_carriage((MIDDLE_MM[0], END_STOP_LOW_MM[1])),
    ("end_stop_y", False): lambda world: world.push_carriage(MIDDLE_MM),
    ("contact", True): lambda world: world.press_tip(True),
    ("contact", False): lambda world: world.press_tip(False),
    ("top", False): lambda world: world.hold_tool(DOWN_MM),
    ("top", True): lambda world: world.hold_tool(None),
}


class Hands:
    """A `Person` on the twin."""

    def __init__(self, world: World) -> None:
        self._world = world

    def do(self, deed: Deed) -> None:
        """Do it on the world."""
        HANDS[deed.line, deed.reads](self._world)

    def answers(self, sign: Sign, on: bool) -> bool:
        """What is to be seen or heard, after a moment."""
        self._world.clock.sleep(0.1)
        shown = self._world.shows(getattr(self._world.lines, sign.line)) > 0
        return shown is on
