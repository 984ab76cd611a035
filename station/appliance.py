"""The loop: feeds the visit with what camera and panel say, and carries out what the visit decides.

One thread, one tick of at most a tenth of a second. Whatever raises inside a tick ends with drivers off and tool up.
"""

import queue
import statistics
from collections import defaultdict
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace

from hardware.camera.frames import Photo
from hardware.errors import CameraFault, MachineFault
from hardware.machine import Machine
from hardware.motion.axes import BoardLost, ContactLost, NoContact
from hardware.motion.carriage import Carriage
from station import telling
from station.erase import strokes
from station.erase.cover import Policy
from station.erase.work import Stroke
from station.face import Answer, Face
from station.geometry import ErrorBudget
from station.senses import Noticed, Senses
from station.status import COMMANDS, Command, Status, Today
from station.vision.judge import Judge
from station.vision.look import Eye
from station.visit import RULES, Happening, Reason, State, Visit, overdue, step

H, S = Happening, State

TICK_S = 0.1
LAMP_STEADY_S = 0.3  # exposure follows the lamp within some frames
HEIGHT_READINGS = 16
RESUME_BEFORE_MM = 3.0  # after a pause: stopping short may have left a few steps undone
TOLD_EVERY_MM = 40.0  # of a stroke: finding out which areas it covers takes a while
APPROACH_S = 1.5  # travel to a stroke and touch down, for the seconds shown to the person


@dataclass(frozen=True)
class Settings:
    """What the owner may choose, and what calibration has found the machine to miss by."""

    policy: Policy = "personal"
    passes: int = 2
    drying_s: float = 6.0
    budget: ErrorBudget = field(default_factory=ErrorBudget)


@dataclass
class Record:
    """What the station remembers of one visit: counts and seconds, nothing that was read."""

    visit: Visit
    labels: int = 0
    passes: int = 0
    ink_m: float = 0.0
    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))


class Appliance:
    """One station.

    `today` tells the counts of the day. Whoever is in `told` is called with the `Status` after every tick, whoever
    is in `entered` with the visit on every change of state, in `ended` with the record of a visit that has an outcome.
    """

    def __init__(
        self,
        machine: Machine,
        eye: Eye,
        judge: Judge,
        settings: Settings,
        today: Callable[[], Today],
    ) -> None:
        self._machine, self._eye, self._judge, self._settings = machine, eye, judge, settings
        self._today = today
        self._senses = Senses(machine)
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._job: Iterator[None] | None = None
        self._parked = machine.carriage is None
        self._strokes_done = 0
        self._drawn_mm = 0.0  # of the stroke after those
        self.told: list[Callable[[Status], None]] = []
        self.entered: list[Callable[[Visit], None]] = []
        self.ended: list[Callable[[Record], None]] = []
        self.visit = Visit(since_s=machine.clock.now_s())
        self.face = self._new_face()
        self.record = Record(self.visit)

    # -- start, stop, one turn

    def start(self, cut_short: bool = False) -> None:
        """Begin: the tool may be anywhere, so it is parked before the platform is taken in.

        `cut_short` says that the last visit never ended: a person has to look after its box first.
        """
        self._machine.safe()
        self._become(Visit(S.CUT_SHORT if cut_short else S.STARTING, self._now_s()))
        self._tell()

    def run(self, goes_on: Callable[[], bool]) -> None:
        """Tick until `goes_on` says no; then, or when anything unforeseen raises, leave the machine safe."""
        try:
            while goes_on():
                self.tick()
        finally:
            self._job = None
            self._machine.safe()

    def tick(self) -> None:
        """One turn: listen, look, act, tell."""
        try:
            self._sense()
            self._act()
        except MachineFault as fault:
            self._suffer(fault)
        self._become(overdue(self.visit, self._now_s()))
        self._tell()

    def _suffer(self, fault: MachineFault) -> None:
        """Guard and emergency stop come first: they take the drivers' current, and other faults follow from that."""
        visit, job = self.visit, self._job
        self._take(self._senses.panel(visit))
        if self.visit is not visit or self._job is not job:
            return
        drawn = self._strokes_done or self._drawn_mm
        if isinstance(fault, ContactLost) or (isinstance(fault, NoContact) and drawn):
            self._skip()
        else:
            self._happen(H.FAULT, _reason(fault))

    def _skip(self) -> None:
        """Unless the box moved, the line runs over its edge, or beside it: go on where it turns next.

        The judge sees what is left.
        """
        stroke = self.face.strokes[self._strokes_done]
        self._drawn_mm = strokes.beyond_mm(stroke, self._drawn_mm, self._machine.tool.width_mm)
        if self._drawn_mm >= strokes.drawing_mm((stroke,)):
            self._next_stroke()
        self._happen(H.PAUSE, "contact")

    def _next_stroke(self) -> None:
        self._strokes_done, self._drawn_mm = self._strokes_done + 1, 0.0

    def command(self, name: str) -> None:
        """A command from the page, from any thread; what is none is ignored."""
        for known in COMMANDS:
            if known == name:
                self._commands.put(known)

    # -- what happens

    def _sense(self) -> None:
        self._take(self._senses.panel(self.visit))
        while not self._commands.empty():
            self._take(self._senses.command(self._commands.get()))
        if self.visit.state not in {S.FAULT, S.CUT_SHORT}:
            self._take(self._senses.camera(self.visit, self.face, self._parked))

    def _take(self, noticed: Noticed) -> None:
        for happening, reason in noticed:
            self._happen(happening, reason)
            if reason == "guard" and self._job is not None:  # no visit to pause: parking begins anew once it is shut
                self._machine.safe()
                self._job = self._park()

    def _happen(self, happening: Happening, reason: Reason = "") -> None:
        self._become(step(self.visit, happening, self._now_s(), reason))

    def _answer(self, answer: Answer) -> None:
        self._happen(answer.happening, answer.reason)

    def _become(self, visit: Visit) -> None:
        before, self.visit = self.visit, visit
        if visit is before:
            return
        self.record.seconds[before.state.value] += visit.since_s - before.since_s
        self._leave(before)
        self._enter(before)
        for told in self.entered:
            told(visit)

    def _leave(self, before: Visit) -> None:
        """Whatever the tool was doing ends with drivers off and tool up, unless the next state goes on with it."""
        if self._job is not None and not RULES[self.visit.state].moves:
            self._machine.safe()
            self._job = None
        if before.state is S.EMPTY:
            self.face, self.record = self._new_face(), Record(self.visit)
        elif self.visit.side != before.side:
            self._count_face()
            self.face = self._new_face()

    def _enter(self, before: Visit) -> None:
        state = self.visit.state
        self._machine.panel.lamp.value = float(RULES[state].lamp)
        if state is S.SETTLED:
            self._job = None if self._parked else self._park()
        elif state is S.MARKING:
            self._begin(resumed=before.state is S.PAUSED)
        elif state in {S.STARTING, S.DRYING}:
            self._job = None if self._parked else self._park()
        elif state is S.EMPTY:
            self._clear(abandoned=before.state is S.DONE)
        elif state is S.FAULT:
            self._machine.safe()
        if self.visit.outcome is not None and before.outcome is None and before.state is not S.EMPTY:
            self._close()

    def _clear(self, abandoned: bool) -> None:
        """The platform is free again, or what stays on it after a visit belongs to it from now on."""
        self._job = None if self._parked else self._park()
        if self._parked and (abandoned or not self._senses.present):
            self._senses.learn_empty()

    def _count_face(self) -> None:
        self.record.labels += len(self.face.quads_mm)
        self.record.passes += self.face.passes

    def _close(self) -> None:
        self._count_face()
        self.record = replace(self.record, visit=self.visit)
        for told in self.ended:
            told(self.record)

    # -- what is done about it

    def _act(self) -> None:
        """What the state asks for on every tick. Time passes here."""
        if self._job is not None and self._machine.panel.guard.closed:
            self._go_on(self._job)
            return
        self._machine.clock.sleep(TICK_S)
        since_s = self._now_s() - self.visit.since_s
        if self.visit.state is S.STARTING and self._job is None:
            self._happen(H.PARKED)
        elif self.visit.state is S.SETTLED and self._job is None and since_s >= LAMP_STEADY_S:
            self._senses.keep(self._height_mm())
            self._happen(H.LIT)
        elif self.visit.state is S.LOOKING:
            self._answer(self.face.look(self._photograph(), self.visit.torn))
        elif self.visit.state is S.DRYING and self._job is None and since_s >= self._settings.drying_s:
            self._happen(H.DRY)
        elif self.visit.state is S.CHECKING:
            self._answer(self.face.check(self._photograph()))

    def _photograph(self) -> Photo:
        return self._machine.camera.photo(self._height_mm())

    def _height_mm(self) -> float:
        """The height of the upper face: one reading is off by up to a millimetre, the mean of many is not; what the
        tool has felt is righter still."""
        readings = [self._machine.panel.height_mm() for _ in range(HEIGHT_READINGS)]
        return statistics.fmean(readings) + self.face.height_off_mm

    def _begin(self, resumed: bool) -> None:
        if not resumed:
            self._strokes_done, self._drawn_mm = 0, 0.0
        self._parked = False
        self._job = self._mark()

    def _mark(self) -> Iterator[None]:
        """Draw what is left of the plan, stroke by stroke."""
        carriage = self._machine.carriage
        assert carriage is not None
        before_m = carriage.drawn_m
        try:
            while self._strokes_done < len(self.face.strokes):
                is_drawn = yield from self._draw(carriage, self.face.strokes[self._strokes_done])
                if is_drawn:
                    self._next_stroke()
                else:
                    self._strokes_done, self._drawn_mm = 0, 0.0
                self.face.note_drawn(self._strokes_done, 0.0)
        finally:
            self.record.ink_m += carriage.drawn_m - before_m

    def _draw(self, carriage: Carriage, stroke: Stroke) -> Generator[None, None, bool]:
        """Draw what is left of a stroke, from a little before where it was broken off.

        False when it is not drawn to its end, since the tool has felt that all strokes lie elsewhere.
        """
        began_mm, before_m = max(0.0, self._drawn_mm - RESUME_BEFORE_MM), carriage.drawn_m
        told_mm = self._drawn_mm
        for _ in carriage.draw(strokes.rest(stroke, began_mm).points_mm, self.face.height_mm):
            if carriage.drawn_m > before_m and self.face.felt(carriage.touched_mm):
                return False
            self._drawn_mm = max(self._drawn_mm, began_mm + (carriage.drawn_m - before_m) * 1000)
            if self._drawn_mm >= told_mm + TOLD_EVERY_MM:
                told_mm = self._drawn_mm
                self.face.note_drawn(self._strokes_done, told_mm)
            yield
        return True

    def _park(self) -> Iterator[None]:
        """The tool out of the camera's view: before every photograph."""
        carriage = self._machine.carriage
        assert carriage is not None
        yield from carriage.park()
        self._parked = True

    def _go_on(self, job: Iterator[None]) -> None:
        for _ in job:
            return
        self._job = None
        self._happen(H.MARKED)

    def _new_face(self) -> Face:
        machine, settings = self._machine, self._settings
        return Face(
            self._eye, self._judge, machine.lens, machine.tool, settings.policy, settings.passes, settings.budget
        )

    # -- what is told

    def _tell(self) -> None:
        progress = telling.Progress(self._drawn_share(), self._seconds_left())
        status = telling.status(self.visit, self.face, self._machine, self._senses.box_mm, self._today(), progress)
        for told in self.told:
            told(status)

    def _drawn_share(self) -> float | None:
        """Of the plan's strokes, while they are drawn."""
        if self.visit.state is not S.MARKING:
            return None
        drawn_mm = strokes.drawing_mm(self.face.strokes[: self._strokes_done]) + self._drawn_mm
        return min(1.0, drawn_mm / max(1.0, strokes.drawing_mm(self.face.strokes)))

    def _seconds_left(self) -> float | None:
        if self.visit.state is S.DRYING:
            return max(0.0, self.visit.since_s + self._settings.drying_s - self._now_s())
        if self.visit.state is not S.MARKING:
            return None
        left = self.face.strokes[self._strokes_done :]
        drawn_s = self._drawn_mm / self._machine.tool.feed_mm_s
        return max(0.0, strokes.drawing_s(left, self._machine.tool.feed_mm_s) - drawn_s) + APPROACH_S * len(left)

    def _now_s(self) -> float:
        return self._machine.clock.now_s()


def _reason(fault: MachineFault) -> Reason:
    return "camera" if isinstance(fault, CameraFault) else "board" if isinstance(fault, BoardLost) else "machine"
