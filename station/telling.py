"""Visit and face -> the `Status` that the page draws: words, geometry in millimetres, counts."""

from dataclasses import dataclass

from hardware.camera.frames import Points
from hardware.machine import Machine
from station.face import Face
from station.status import Command, Scene, Status, TearGuide, Today, Words, polygon
from station.visit import AT_WORK, State, Visit
from station.words import saying

S = State

BUTTONS: dict[State, tuple[Command, ...]] = {
    S.NO_LABEL: ("finish",),
    S.PASSED: ("finish",),
    S.TEAR: ("torn", "finish"),
    S.MOVE: ("finish",),
    S.PAUSED: ("resume", "finish"),
    S.FAULT: ("reset",),
    S.CUT_SHORT: ("reset",),
}
# Before the face was looked at there is nothing to draw; after the box has gone neither.
DRAWN = frozenset({S.SETTLED, S.LOOKING, S.MARKING, S.DRYING, S.CHECKING, S.MOVE, S.PASSED, S.TEAR, S.PAUSED})


@dataclass(frozen=True)
class Progress:
    """How far the job is: `drawn` of its strokes, 0 to 1, while it draws; `seconds_left` None where nobody can say."""

    drawn: float | None
    seconds_left: float | None


def status(
    visit: Visit, face: Face, machine: Machine, box_mm: Points | None, today: Today, progress: Progress
) -> Status:
    """The station at this moment, for anyone to see."""
    told = saying(visit)
    marking = visit.state is S.MARKING
    return Status(
        state=visit.state.value,
        words={"zh-CN": Words(*told.zh), "en": Words(*told.en)},
        tone=told.tone,
        sign=told.sign,
        side=visit.side,
        sides_checked=visit.sides_checked,
        readable=face.readable,
        places=face.areas if marking else face.places,
        places_done=face.areas_drawn if marking else 0,
        progress=progress.drawn,
        seconds_left=None if progress.seconds_left is None else round(progress.seconds_left),
        scene=_scene(visit, face, machine, box_mm),
        today=today,
        buttons=("stop",) if visit.state in AT_WORK else BUTTONS.get(visit.state, ()),
        fault=visit.reason.replace("_", " ") if visit.state is S.FAULT else None,
    )


def _scene(visit: Visit, face: Face, machine: Machine, box_mm: Points | None) -> Scene:
    if visit.state not in DRAWN:
        return Scene()
    return Scene(
        box=None if box_mm is None else polygon(box_mm),
        labels=tuple(polygon(quad) for quad in face.quads_mm),
        todo=tuple(polygon(area) for area in face.todo_mm),
        done=tuple(polygon(area) for area in face.inked_mm),
        tool=_tool(machine) if visit.state is S.MARKING else None,
        tear=_tear(face) if visit.state is S.TEAR else None,
        move_mm=face.plan.move_mm if visit.state is S.MOVE else None,
    )


def _tool(machine: Machine) -> tuple[float, float] | None:
    return machine.carriage.axes.position_mm if machine.carriage is not None else None


def _tear(face: Face) -> TearGuide | None:
    if face.tear is None:
        return None
    return TearGuide(polygon(face.tear.outline_mm), face.tear.start_mm, face.tear.pull_mm)
