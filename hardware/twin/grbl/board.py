"""The twin's motion board: GRBL's firmware between a pseudo-terminal and the motors of the twin's world."""

from collections.abc import Mapping

import numpy as np

from hardware.twin.axes import TwinMotors
from hardware.twin.grbl.firmware import Firmware
from hardware.twin.grbl.rig import TwinRig
from hardware.twin.grbl.wire import GARBAGE, TwinWire
from hardware.twin.world import World

PASS_S = 0.005  # motion and main loop take turns this often
REAL_TIME = b"?!~\x18"


class TwinGrbl:
    """A board wired to the world's motors, end stops and contact switch. `settings` is what `$$` prints, by number."""

    def __init__(self, world: World, motors: TwinMotors, settings: Mapping[int, float], version: str = "1.1h") -> None:
        self._world = world
        self.wire = TwinWire()
        rig = TwinRig(world, motors, np.array([settings[key] for key in (100, 101, 102)]))
        self.firmware = Firmware(rig, dict(settings), version, self.wire.say)
        self._last_s = world.clock.now_s()
        self._struck: set[str] = set()
        self._heard = 0
        world.watchers.append(self._tick)

    def close(self) -> None:
        """Let the pseudo-terminal go."""
        self._world.watchers.remove(self._tick)
        self.wire.close()

    def _tick(self, now_s: float) -> None:
        tick_s, self._last_s = now_s - self._last_s, now_s
        self._suffer()
        if "board_hangs" in self._world.faults:
            return
        for character in self.wire.receive(tick_s):
            if not self._loses(character):
                self.firmware.hear(character)
        left_s = tick_s
        while left_s > 1e-9:
            self.firmware.advance(min(PASS_S, left_s))
            left_s -= PASS_S
        self.wire.send(tick_s)

    # -- what can go wrong with board and cable

    def _suffer(self) -> None:
        lost = "serial_line_lost" in self._world.faults
        if lost and self.wire.plugged:
            self.wire.unplug()
        elif not lost and not self.wire.plugged:
            self.wire.plug()
        if self._strikes("board_restarts"):
            self.firmware.switch_on()
        if self._strikes("serial_garbage"):
            self.wire.say(GARBAGE)

    def _strikes(self, fault: str) -> bool:
        """True once for each time that a fault is switched on."""
        if fault not in self._world.faults:
            self._struck.discard(fault)
            return False
        struck = fault in self._struck
        self._struck.add(fault)
        return not struck

    def _loses(self, character: int) -> bool:
        """Whether this is the character of a line that the fault takes, counted from when it was switched on."""
        if "serial_byte_lost" not in self._world.faults:
            self._heard = 0
            return False
        self._heard += character not in REAL_TIME
        return character not in REAL_TIME and self._heard == self._world.faults.value("serial_byte_lost", "nth")
