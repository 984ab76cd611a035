"""Whole visits with one fault each, at a random moment, watched from outside: by the twin's world, not by the program.

A *trial* is one world in which a few boxes come, one after the other; each visit has one *deed*: somebody opens the
guard, a cable comes out, the light goes off. What must never be is a *violation*; each is listed with its trial, which
can be run again alone. The station is the real one always, and so are, on odd trials, GRBL board and pseudo-terminal;
eye and judge are told the world's truth, but for every so manieth trial, which sees rendered waybills with its own.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from hardware.machine import Calibrated, Motion, twin_machine
from hardware.twin.box import Box
from hardware.twin.faults import FAULTS
from hardware.twin.gantry import Build
from hardware.twin.world import World
from station.appliance import Appliance, Record, Settings
from station.evaluate.observer import Observer
from station.evaluate.oracle import OracleEye, OracleJudge
from station.person import Person
from station.scenes.boxes import boxes as rendered_boxes
from station.scenes.plain import plain_boxes
from station.status import Today
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.text import Models
from station.visit import Reason, State, Visit

S = State

EVALUATION_SEED = 7_104  # nothing was mended on it; 7_101 was looked at
VISITS = 10  # of one trial
REAL_EVERY = 9  # trials: one of them with the real eye and judge, in turns with and without a board
LONGEST_S = 600.0  # of one visit
PHOTO_PX = 2304  # wide, where nobody has to read the picture
# How long each state may be disturbed after its beginning (s); where more happens, more is disturbed.
MOMENTS: dict[State, float] = {S.ARRIVING: 2, S.SETTLED: 1, S.LOOKING: 1, S.MARKING: 9, S.DRYING: 4, S.CHECKING: 1}
MARKING_SHARE = 0.6
SHORTEST_S, MOMENT_S, LONGEST_HELD_S = 0.01, 6.0, 40.0  # that a deed lasts
PATIENCE_S = 4.0  # of a person in front of a paused station


@dataclass(frozen=True)
class Deed:
    """What somebody or something does: `begin` and, a while later, `end`; and what the person may be told of it."""

    begin: Callable[["Trial"], None]
    end: Callable[["Trial"], None]
    told: frozenset[Reason]


def _fault(name: str, told: frozenset[Reason]) -> Deed:
    return Deed(lambda trial: trial.world.fault(name), lambda trial: trial.world.mend(name), told)


def _nothing(_: "Trial") -> None:
    pass


ON_BOARD = [name for name in FAULTS if name.startswith(("serial", "board"))]
_MOVES: frozenset[Reason] = frozenset({"machine"})
_BOARD: frozenset[Reason] = frozenset({"machine", "board"})
_CAMERA: frozenset[Reason] = frozenset({"camera"})
_NONE: frozenset[Reason] = frozenset()
# What a visit may be told to have failed by; with most deeds it goes on, or ends in another way.
_TOLD = dict.fromkeys(FAULTS, _NONE) | {
    **dict.fromkeys(("stuck_camera", "dead_camera", "black_frames"), _CAMERA),
    **dict.fromkeys(("lost_steps", "no_contact", "motor_power_lost", "end_stop_in_move", "homing_fails"), _MOVES),
    "distance_wrong": _MOVES,
    **dict.fromkeys(ON_BOARD, _BOARD),
}
DEEDS: dict[str, Deed] = {name: _fault(name, _TOLD[name]) for name in FAULTS} | {
    "guard": Deed(lambda t: t.world.guard(False), lambda t: t.world.guard(True), _NONE),
    "emergency_stop": Deed(
        lambda t: t.world.emergency_stop(True), lambda t: t.world.emergency_stop(False), frozenset({"emergency_stop"})
    ),
    "button": Deed(lambda t: t.world.press_button(), _nothing, _NONE),
    "page": Deed(lambda t: t.appliance.command("stop"), _nothing, _NONE),
    "hand": Deed(lambda t: t.world.hand(True), lambda t: t.world.hand(False), _NONE),
    "pushed": Deed(lambda t: t.world.move(15.0, -8.0, 4.0), _nothing, _NONE),
    "lifted": Deed(lambda t: t.world.lift(), _nothing, _NONE),
}


@dataclass
class Count:
    """What became of the visits, by deed."""

    visits: Counter[str] = field(default_factory=Counter)
    struck: Counter[str] = field(default_factory=Counter)
    outcomes: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    off_s: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    pushed_mm: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    violations: list[str] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """For JSON. `off_ms`: how many jobs the deeds ended, and the longest from a deed until ENABLE was off."""
        deeds = {
            name: {
                "visits": self.visits[name],
                "struck": self.struck[name],
                "outcomes": dict(self.outcomes[name]),
                "off_ms": [len(self.off_s[name]), round(max(self.off_s[name], default=0.0) * 1000)],
                "pushed_mm": round(self.pushed_mm[name], 2),
            }
            for name in sorted(self.visits)
        }
        return {"visits": self.visits.total(), "deeds": deeds, "violations": self.violations}


def faulting(visits: int, seed: int, only: int | None = None) -> Count:
    """Trials until there are so many visits, or one trial alone."""
    count, models = Count(), cache(Models)
    for number in range(-(-visits // VISITS)) if only is None else [only]:
        Trial(seed, number, count, models).run()
    return count


class Trial:
    """One world with a station and a person, and a deed in every visit."""

    def __init__(self, seed: int, number: int, count: Count, models: Callable[[], Models]) -> None:
        self.name, self._count = f"seed {seed} trial {number}", count
        self._rng = np.random.default_rng((seed, number))
        self._on_board, is_real = bool(number % 2), number % REAL_EVERY == REAL_EVERY - 1
        known = Calibrated() if is_real else Calibrated(Calibrated().lens.scaled(PHOTO_PX))
        motion: Motion = "grbl" if self._on_board else "twin"
        self._machine, world = twin_machine("gantry", number, motion=motion, calibrated=known, build=Build(known.lens))
        self.world: World = world
        eye, judge = (Eye(models()), Judge(models())) if is_real else (OracleEye(world), OracleJudge(world))
        self.appliance: Appliance = Appliance(self._machine, eye, judge, Settings(drying_s=2.0), Today)
        boxes = self._boxes(rendered_boxes(seed + number) if is_real else plain_boxes(self._rng))
        self._person = Person(world, self.appliance, boxes, number)
        self._observer = Observer(world, self._machine.tool.reach_mm)
        self._deed, self._armed = "", S.MARKING  # what is done, from which state on
        self._due_s = self._end_s = np.inf
        self._struck_s: float | None = None
        self._began_s = 0.0
        self.appliance.entered.append(self._note)
        self.appliance.ended.append(self._close)
        world.watchers.append(self._act)
        world.watchers.append(lambda now_s: self._observer.look(now_s, self.appliance.visit))

    def run(self) -> None:
        """Until the last box has gone."""
        try:
            self.appliance.start()
            self.appliance.run(self._goes_on)
        except Exception as error:  # whatever gets out of the loop is a finding, not the end of the measurement
            self._count.violations.append(f"{self.name}: {self._deed}: {type(error).__name__}: {error}")
        finally:
            self._machine.close()

    def _boxes(self, boxes: Iterator[Box]) -> Iterator[Box]:
        """The boxes of the trial; each is armed with its deed as it comes, and the last deed is answered for."""
        for _ in range(VISITS):
            self._arm()
            yield next(boxes)
        self._answer()

    def _goes_on(self) -> bool:
        self._person.act()
        self._wait_no_longer()
        if self.world.clock.now_s() - self._began_s > LONGEST_S:
            self._observer.say(f"no end: {self.appliance.visit.state}")
            self._answer()
            return False
        return not self._person.at_the_end

    def _wait_no_longer(self) -> None:
        visit = self.appliance.visit
        if visit.state is S.PAUSED and self.world.clock.now_s() > visit.since_s + PATIENCE_S:
            self.appliance.command("resume")

    # -- one visit

    def _arm(self) -> None:
        self._answer()
        names = [name for name in DEEDS if self._on_board or name not in ON_BOARD]
        self._deed = str(self._rng.choice(names))
        states = list(MOMENTS)
        marking = self._rng.random() < MARKING_SHARE
        self._armed = S.MARKING if marking else states[int(self._rng.integers(len(states)))]
        self._began_s = self.world.clock.now_s()
        self._count.visits[self._deed] += 1

    def _note(self, visit: Visit) -> None:
        if self._deed and visit.state is self._armed and self._due_s == np.inf and self._struck_s is None:
            self._due_s = visit.since_s + float(self._rng.uniform(0, MOMENTS[self._armed]))

    def _act(self, now_s: float) -> None:
        """Do the deed, and undo it, when it is due."""
        if now_s >= self._due_s:
            self._due_s, self._struck_s = np.inf, now_s
            self._end_s = now_s + self._held_s()
            self._count.struck[self._deed] += 1
            self._observer.strike(self._deed, now_s)
            DEEDS[self._deed].begin(self)
        if now_s >= self._end_s:
            self._end_s = np.inf
            DEEDS[self._deed].end(self)

    def _held_s(self) -> float:
        """How long a deed lasts: half of them for a moment, the others for most of a visit or longer."""
        if self._rng.random() < 0.5:
            return float(np.exp(self._rng.uniform(np.log(SHORTEST_S), np.log(MOMENT_S))))
        return float(self._rng.uniform(MOMENT_S, LONGEST_HELD_S))

    def _close(self, record: Record) -> None:
        visit, deed = record.visit, self._deed
        self._count.outcomes[deed][visit.outcome or ""] += 1
        if visit.outcome == "fault" and (self._struck_s is None or visit.reason not in DEEDS[deed].told):
            self._observer.say(f"a fault that is told as {visit.reason!r}")
        if visit.outcome == "done":
            self._observer.judge_done()

    def _answer(self) -> None:
        """Put down what was seen since the last box came."""
        count, deed, seen = self._count, self._deed, self._observer.taken()
        count.violations += [f"{self.name}: {deed} struck at {self._struck_s}: {each}" for each in seen.violations]
        count.off_s[deed] += seen.off_s
        count.pushed_mm[deed] = max(count.pushed_mm[deed], seen.pushed_mm)
        if self._end_s < np.inf:
            DEEDS[deed].end(self)
        self._due_s = self._end_s = np.inf
        self._struck_s = None
