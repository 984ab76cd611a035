"""Watches the twin's world from outside, on every tick: what no machine may do, whatever its program thinks."""

import math
from dataclasses import dataclass, field

from hardware.motion.carriage import Rectangle
from hardware.twin.axes import END_STOP_LOW_MM, HOME_BACK_OFF_MM
from hardware.twin.world import PARK_MM, TOOL_UP_MM, World
from station.truth import is_covered
from station.visit import RULES, State, Visit

OFF_S = 0.05  # from an opened guard or a pressed stop until ENABLE is off
RESTS_S = 1.0  # in a state without motion: by then the spring has the tool up from anywhere
STILL_MM = 1e-6
PUSHED_MM = 1.5  # against a hard stop, by a machine whose end stops answer: what an end stop leaves before it
REACH_SPARE_MM = 0.6
PARKED_MM = 1.0  # from the parking place
LOWERED_MM = HOME_BACK_OFF_MM + 1.0  # homing takes the lift of a GRBL board off its end stop
# What loses steps may ink beside the reach, and end stops that never close are pushed against until homing gives up.
ASTRAY, BLIND = frozenset({"lost_steps"}), frozenset({"homing_fails"})
AT_ONCE = frozenset({"guard", "emergency_stop"})


@dataclass
class Seen:
    """What was seen since the last time: violations, seconds until ENABLE was off, mm pushed against a hard stop."""

    violations: list[str] = field(default_factory=list)
    off_s: list[float] = field(default_factory=list)
    pushed_mm: float = 0.0


class Observer:
    """Looks at pins, tool and ink of a world. `reach_mm` (x0, y0, x1, y1) is where the tool may draw."""

    def __init__(self, world: World, reach_mm: Rectangle) -> None:
        self._world, self._reach_mm = world, reach_mm
        self._seen = Seen()
        self._at = (*world.tool_mm, world.tool_z_mm)
        self._pushed_mm = 0.0
        self._forbidden_s: float | None = None  # since when nothing may move
        self._was_on = self._homed_x = self._homed_y = False
        self._deed, self._struck_s = "", math.inf

    def strike(self, deed: str, now_s: float) -> None:
        """A deed begins now: how long after it is ENABLE off?"""
        self._deed = deed
        self._struck_s = now_s if self._world.enabled else math.inf

    def say(self, violation: str) -> None:
        """Put down a violation, each only once."""
        if violation not in self._seen.violations:
            self._seen.violations.append(violation)

    def taken(self) -> Seen:
        """What was seen since the last call."""
        seen, self._seen = self._seen, Seen()
        seen.pushed_mm = self._world.pushed_mm - self._pushed_mm
        self._pushed_mm = self._world.pushed_mm
        if seen.pushed_mm > PUSHED_MM and self._deed not in BLIND:
            seen.violations.append(f"pushed {seen.pushed_mm:.1f} mm against a hard stop")
        self._deed, self._struck_s = "", math.inf
        return seen

    def judge_done(self) -> None:
        """A visit is called done: is everything on the upper face under ink or torn off?"""
        for mark in self._world.face.marks if self._world.face else ():
            share = self._world.coverage(mark)
            if not is_covered(mark, share):
                self.say(f"done, but of {mark.kind} only {share:.3f} is covered")

    def look(self, now_s: float, visit: Visit) -> None:
        """One tick."""
        world, is_on = self._world, self._world.enabled
        before, self._at = self._at, (*world.tool_mm, world.tool_z_mm)
        moved = math.dist(before[:2], self._at[:2]) > STILL_MM or self._at[2] < before[2] - STILL_MM
        if moved and self._forbidden_s is not None:
            self.say(f"moves in {visit.state} with the guard open or the stop pressed")
        self._watch_enable(now_s, is_on, visit.state)
        self._watch_rest(now_s, is_on, visit)
        self._watch_homing(before, is_on)
        if world.touching and world.powered and self._deed not in ASTRAY and not self._in_reach():
            self.say(f"draws outside its reach at {self._at[0]:.1f}, {self._at[1]:.1f} mm")

    # -- pieces

    def _watch_enable(self, now_s: float, is_on: bool, state: State) -> None:
        forbidden = not self._world.guard_closed or self._world.stop_pressed
        since_s = self._forbidden_s if forbidden and self._forbidden_s is not None else now_s
        self._forbidden_s = since_s if forbidden else None
        if forbidden and is_on and now_s - since_s > OFF_S:
            self.say(f"ENABLE is on in {state} with the guard open or the stop pressed")
        if self._struck_s < math.inf and not is_on:
            self._note_off(now_s - self._struck_s)

    def _note_off(self, after_s: float) -> None:
        """A job that ends of itself ends where the tool is parked."""
        self._struck_s = math.inf
        if self._deed in AT_ONCE and after_s > OFF_S:
            self.say(f"ENABLE is off {after_s * 1000:.0f} ms after it")
        if self._deed in AT_ONCE or math.dist(self._at[:2], PARK_MM) > PARKED_MM:
            self._seen.off_s.append(after_s)

    def _watch_rest(self, now_s: float, is_on: bool, visit: Visit) -> None:
        """Where nothing moves, drivers are off and the tool is up."""
        if RULES[visit.state].moves or now_s - visit.since_s < RESTS_S:
            return
        if is_on:
            self.say(f"ENABLE is on in {visit.state}, {RESTS_S:g} s after it began")
        if self._world.tool_z_mm < TOOL_UP_MM - STILL_MM:
            self.say(f"the tool is not up in {visit.state}, {RESTS_S:g} s after it began")

    def _watch_homing(self, before: tuple[float, float, float], is_on: bool) -> None:
        """Nothing is lowered after the drivers came on before both axes have been at their end stops.

        Where they stood at them already, the first tick with drivers on sees them go off again.
        """
        if not is_on or not self._was_on:
            self._homed_x = self._homed_y = False
        self._was_on = is_on
        z = self._at[2]
        self._homed_x |= min(before[0], self._at[0]) <= END_STOP_LOW_MM[0] + STILL_MM
        self._homed_y |= min(before[1], self._at[1]) <= END_STOP_LOW_MM[1] + STILL_MM
        if is_on and z < TOOL_UP_MM - LOWERED_MM and self._world.powered and not (self._homed_x and self._homed_y):
            self.say("the tool goes down before it was homed")

    def _in_reach(self) -> bool:
        x0, y0, x1, y1 = self._reach_mm
        x, y = self._at[:2]
        return x0 - REACH_SPARE_MM <= x <= x1 + REACH_SPARE_MM and y0 - REACH_SPARE_MM <= y <= y1 + REACH_SPARE_MM
