"""The visit of one box: every state, every transition, in tables. Pure: no I/O, no clock of its own.

A visit is a value. `step` takes a visit and something that happened and gives the next visit; `overdue` does the
same for a state that has lasted too long. What the station does in a state is the appliance's business; what the
person is told stands in `words`.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

Outcome = Literal["done", "tear", "removed", "fault"]


class State(StrEnum):
    """Where a visit stands."""

    STARTING = "starting"
    CUT_SHORT = "cut_short"
    EMPTY = "empty"
    ARRIVING = "arriving"
    HANDS = "hands"
    SETTLED = "settled"
    LOOKING = "looking"
    NO_LABEL = "no_label"
    MOVE = "move"
    MARKING = "marking"
    DRYING = "drying"
    CHECKING = "checking"
    PASSED = "passed"
    TURNING = "turning"
    LIFTED = "lifted"
    TEAR = "tear"
    DONE = "done"
    REMOVED = "removed"
    PAUSED = "paused"
    FAULT = "fault"


class Happening(StrEnum):
    """What can happen to a visit: seen on the platform, pressed on the panel, found by the station."""

    BOX = "box"  # something lies on the platform that was not there
    GONE = "gone"  # the platform is empty again
    MOVING = "moving"  # something moves that is not the tool
    STILL = "still"  # nothing moves any more
    SHIFTED = "shifted"  # still again, but not as it was before the movement
    PAUSE = "pause"
    RESUME = "resume"
    FINISH = "finish"
    TORN = "torn"
    RESET = "reset"
    LIT = "lit"  # the lamp is steady and the height of the face is known
    PLACES = "places"  # personal places within reach
    BEYOND = "beyond"  # personal places, but none (or none left) within reach of the tool
    NOTHING = "nothing"  # no label on this face
    BY_HAND = "by_hand"  # personal places, and no tool: a person has to tear
    PARKED = "parked"  # the tool is out of the way, where there is one
    MARKED = "marked"
    DRY = "dry"
    CLEAN = "clean"
    READABLE = "readable"
    GIVE_UP = "give_up"
    FAULT = "fault"


Reason = Literal[
    "",
    "no_tool",
    "still_readable",
    "unseen",
    "never_still",
    "too_long",
    "out_of_reach",
    "stopped",
    "no_label",
    "lifted",
    "emergency_stop",
    "camera",
    "machine",
    "board",
    "hand",
    "guard",
    "dark",
    "contact",
    "power",
]


@dataclass(frozen=True)
class Rule:
    """What holds in a state: may the tool move, is the lamp on, how long it may last and where it goes then."""

    limit_s: float
    then: State
    lamp: bool = False
    moves: bool = False
    reason: Reason = ""


S, H = State, Happening

# No state can last for ever. Where a machine rests, the limit leads back into the state itself, so that the platform's
# empty picture is learnt afresh and the words are said again: empty; fault and cut short, until a person comes; and
# starting, whose own work has limits, until the guard is shut.
RULES: dict[State, Rule] = {
    S.STARTING: Rule(3600, S.STARTING, moves=True),
    S.CUT_SHORT: Rule(3600, S.CUT_SHORT),
    S.EMPTY: Rule(3600, S.EMPTY, moves=True),
    S.ARRIVING: Rule(6, S.HANDS),
    S.HANDS: Rule(120, S.TEAR, reason="never_still"),
    S.SETTLED: Rule(20, S.TEAR, lamp=True, moves=True, reason="too_long"),
    S.LOOKING: Rule(60, S.TEAR, lamp=True, reason="too_long"),
    S.NO_LABEL: Rule(60, S.DONE, reason="no_label"),
    S.MOVE: Rule(60, S.TEAR, reason="out_of_reach"),
    S.MARKING: Rule(300, S.TEAR, lamp=True, moves=True, reason="too_long"),
    S.DRYING: Rule(120, S.TEAR, lamp=True, moves=True, reason="too_long"),
    S.CHECKING: Rule(60, S.TEAR, lamp=True, reason="too_long"),
    S.PASSED: Rule(60, S.DONE),
    S.TURNING: Rule(8, S.DONE),
    S.LIFTED: Rule(8, S.REMOVED, reason="lifted"),
    S.TEAR: Rule(120, S.DONE),
    S.DONE: Rule(300, S.EMPTY),
    S.REMOVED: Rule(3, S.EMPTY),
    S.PAUSED: Rule(120, S.TEAR, reason="stopped"),
    S.FAULT: Rule(3600, S.FAULT),
}

MOST_PAUSES = 15  # of one face: what always comes back, such as axes that lose steps and look like a hand, ends, too

# The face lies there and the station is busy with it: whoever disturbs it here interrupts a job.
AT_WORK = frozenset({S.SETTLED, S.LOOKING, S.MARKING, S.DRYING, S.CHECKING})
# Where a pause leads back to: the next stroke, the wet ink; from anywhere else the face is looked at anew.
RESUMED = {S.MARKING: S.MARKING, S.DRYING: S.DRYING, S.CHECKING: S.DRYING}
# The person has the word; any movement is the answer.
ASKING = frozenset({S.NO_LABEL, S.MOVE, S.PASSED, S.TEAR})
# No box, no visit.
RESTING = frozenset({S.STARTING, S.CUT_SHORT, S.EMPTY, S.DONE, S.REMOVED, S.FAULT})

NEXT: dict[State, dict[Happening, State]] = {
    S.STARTING: {H.PARKED: S.EMPTY},
    S.CUT_SHORT: {H.RESET: S.STARTING},
    S.EMPTY: {H.BOX: S.ARRIVING},
    S.ARRIVING: {H.STILL: S.SETTLED},
    S.HANDS: {H.STILL: S.SETTLED},
    S.SETTLED: {H.LIT: S.LOOKING, H.MOVING: S.ARRIVING},
    S.LOOKING: {
        H.PLACES: S.MARKING,
        H.BEYOND: S.MOVE,
        H.NOTHING: S.NO_LABEL,
        H.BY_HAND: S.TEAR,
        H.CLEAN: S.PASSED,
        H.GIVE_UP: S.TEAR,
    },
    S.NO_LABEL: {H.FINISH: S.DONE},
    S.MOVE: {H.FINISH: S.TEAR},
    S.MARKING: {H.MARKED: S.DRYING},
    S.DRYING: {H.DRY: S.CHECKING},
    S.CHECKING: {H.CLEAN: S.PASSED, H.READABLE: S.MARKING, H.BEYOND: S.MOVE, H.GIVE_UP: S.TEAR},
    S.PASSED: {H.FINISH: S.DONE},
    S.TURNING: {H.BOX: S.ARRIVING},
    S.LIFTED: {H.BOX: S.ARRIVING},
    S.TEAR: {H.TORN: S.SETTLED, H.FINISH: S.DONE},
    S.DONE: {H.GONE: S.EMPTY},
    S.REMOVED: {H.GONE: S.EMPTY},
    S.PAUSED: {H.SHIFTED: S.ARRIVING, H.FINISH: S.TEAR},
    S.FAULT: {H.RESET: S.STARTING},
}


@dataclass(frozen=True)
class Visit:
    """One box on the platform. `unresolved` says that this face showed personal data nobody has dealt with yet.

    `sides_checked` counts the faces that ended with a verdict and claims no more than that; `sides_erased` those of
    them on which personal data was found and can no longer be read. `torn` says that tearing was asked for. `pauses`
    counts those of this face.
    """

    state: State = State.EMPTY
    since_s: float = 0.0
    side: int = 1
    sides_checked: int = 0
    unresolved: bool = False
    sides_erased: int = 0
    torn: bool = False
    reason: Reason = ""
    paused_for: Reason = ""
    pauses: int = 0
    resume_to: State = State.SETTLED
    outcome: Outcome | None = None


def step(visit: Visit, happening: Happening, now_s: float, reason: Reason = "") -> Visit:
    """The visit after something happened; the same object when that means nothing in its state."""
    state = _target(visit, happening)
    if state is None:
        return visit
    if state is S.PAUSED:
        visit, reason = replace(visit, paused_for=reason, pauses=visit.pauses + 1), ""
        if visit.pauses > MOST_PAUSES:
            return _enter(visit, S.TEAR, now_s, "never_still")
    return _enter(_leave(visit, happening, state), state, now_s, reason)


def overdue(visit: Visit, now_s: float) -> Visit:
    """The visit after its state's time limit; the same object while there is time left."""
    rule = RULES[visit.state]
    if now_s - visit.since_s < rule.limit_s:
        return visit
    then = State.REMOVED if visit.state is State.TURNING and visit.unresolved else rule.then
    return _enter(visit, then, now_s, rule.reason)


def _target(visit: Visit, happening: Happening) -> State | None:
    """Where a happening leads; None when it means nothing here."""
    state = visit.state
    if happening is H.FAULT:
        return None if state is S.FAULT else S.FAULT
    if state not in RESTING and happening is H.GONE:
        return _lifted(visit)
    if state in AT_WORK and happening is H.PAUSE:
        return S.PAUSED
    if state is S.PAUSED and happening is H.RESUME:
        return visit.resume_to
    if state in ASKING and happening is H.MOVING:
        return S.ARRIVING
    return NEXT[state].get(happening)


def _lifted(visit: Visit) -> State | None:
    if visit.state in {S.TURNING, S.LIFTED}:
        return None
    return S.LIFTED if visit.unresolved and not visit.torn else S.TURNING


def _leave(visit: Visit, happening: Happening, state: State) -> Visit:
    """What leaving a state means for the rest of the visit."""
    if visit.state is S.EMPTY:
        visit = Visit(since_s=visit.since_s)
    if happening in {H.PLACES, H.BEYOND, H.BY_HAND}:
        return replace(visit, unresolved=True)
    if happening is H.CLEAN:
        return replace(_checked(visit), sides_erased=visit.sides_erased + visit.unresolved)
    if happening is H.NOTHING:
        return _checked(visit)
    if visit.state is S.TURNING and state is S.ARRIVING:
        return replace(visit, side=visit.sides_checked + 1, unresolved=False, pauses=0)
    if state is S.PAUSED:
        return replace(visit, resume_to=RESUMED.get(visit.state, S.SETTLED))
    return visit


def _checked(visit: Visit) -> Visit:
    return replace(visit, unresolved=False, sides_checked=max(visit.sides_checked, visit.side))


def _enter(visit: Visit, state: State, now_s: float, reason: Reason) -> Visit:
    """The visit in its new state, with the outcome when the state ends it."""
    torn = visit.torn or state is S.TEAR
    visit = replace(visit, state=state, since_s=now_s, torn=torn, reason=reason or visit.reason)
    if state is S.DONE:
        return replace(visit, outcome="tear" if visit.torn else "done" if visit.sides_erased else "removed")
    if state is S.REMOVED:
        return replace(visit, outcome="tear" if visit.torn else "removed")
    if state is S.FAULT:
        return replace(visit, outcome="fault")
    return visit
