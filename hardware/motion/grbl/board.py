"""A conversation with a GRBL 1.1 board (github.com/gnea/grbl, doc/markdown): commands out, answers and reports in.

The board plans and makes the steps; this end streams the lines, asks ten times a second where the tool is, and takes
whatever is not as it should be for a fault: an answer too few or too many, an error, an alarm, a restart, a report
that is late or off the line, a word that no GRBL says.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress

import numpy as np

from hardware.camera.frames import Points
from hardware.clock import Clock
from hardware.errors import MotionFault
from hardware.motion.axes import BoardLost, NoContact
from hardware.motion.grbl import settings, words
from hardware.motion.grbl.report import Position, Report, parse, triplet
from hardware.motion.grbl.settings import BoardUnfit, Setup
from hardware.motion.grbl.stream import BUFFER_CHARACTERS, Stream
from hardware.motion.grbl.wire import Wire

VERSION = "1.1"
ASK, HOLD, RESET, SLEEP = b"?", b"!", b"\x18", b"$SLP\n"
PIECE_S = 0.09  # the caller looks at the panel this often: within a tenth of a second, last look at the line included
REPORT_S = 0.1  # between two reports; the board's own documents call 5 to 10 a second fair
WAIT_S = 0.005  # between two looks at the line: a tenth of what the board's planner holds of the shortest moves
ANSWER_S = 1.0  # a healthy board answers within 20 ms, but writes nothing for half a second after an alarm
RESET_AGAIN_S = 0.7  # in that half second it is deaf to a reset, too
RESET_S, BOOT_S = 1.5, 4.0  # a board that restarts when its port is opened waits 2 s in its boot loader
SETTLE_S = 0.05  # the greeting has a second line
HOMING_SPARE_S = 10.0
SEARCH_SHARE = 1.5  # of its travel: how far an axis looks for its end stop before the board gives up
OFF_LINE_MM = 0.5  # a step is 0.01 to 0.1 mm; a lost digit leads millimetres away
NO_CONTACT_ALARM = 5
STATES = {
    "Hold": "the board is on hold though nobody asked it to: look at its hold button and wiring, then press reset",
    "Door": "the board's door input is open: close the guard, check the door switch and its plug, then press reset",
    "Alarm": "the board is locked after an alarm: press reset, the station homes first",
    "Sleep": "the board fell asleep in mid-job: press reset, the station homes first",
    "Check": "the board only checks commands and moves nothing: switch it off and on, then press reset",
}


class Board:
    """One board at `port`, set up as `setup` says. It is asleep, motors off, until `wake`."""

    def __init__(self, port: str, setup: Setup, clock: Clock) -> None:
        self._wire = Wire(port)
        self._setup, self._clock = setup, clock
        self._stream = Stream(())
        self._settings: dict[int, float] = {}
        self._greeting: str | None = ""  # None while it is awaited
        self._asked_s: float | None = None
        self._reported_s = 0.0
        self._heard_s = 0.0  # when the last line was answered
        self._path_mm: Points | None = None
        self._moving = self._alarmed = False
        self._homing_s: float | None = None  # since when
        self._offset_mm = np.zeros(3)  # from machine to platform coordinates
        self.report = Report("", (0.0, 0.0, 0.0))
        self.probed_mm: Position | None = None  # machine coordinates
        self.awake = False

    @property
    def position_mm(self) -> Position:
        """Where the last report saw the tool, platform frame; means something after `home`."""
        return self.to_platform(self.report.position_mm) if self._homing_s is None else self._reckoned_mm()

    def to_platform(self, machine_mm: Position) -> Position:
        """Machine coordinates -> platform frame, mm."""
        x, y, z = np.add(machine_mm, self._offset_mm).tolist()
        return x, y, z

    # -- awake and asleep

    def wake(self) -> None:
        """Ready to home; opens the line when there is none, and checks what is at its other end.

        Raises `BoardUnfit` for a board that is not GRBL 1.1 or set up otherwise, `BoardLost` for none.
        """
        if self._wire.is_open:
            self._reset(RESET_S)
        else:
            self._connect(BOOT_S)
        self.awake = True

    def sleep(self) -> None:
        """End all motion and drop what is queued; never raises, for whoever calls it has a fault already."""
        if not self.awake:
            return
        self.awake = False
        try:
            self._lull()
        except MotionFault as fault:
            self._wire.close(str(fault))

    def close(self) -> None:
        """Let the line go."""
        self.awake = False
        self._wire.close()

    def peek(self) -> None:
        """Get a report from a sleeping board.

        The spring that lifts the tool closes its end stop, and the board, asleep or not, takes that for an alarm and
        says nothing until it is reset. Where the line was lost, it is taken up again.
        """
        if not self._wire.is_open:
            self._connect(RESET_S)
            self._lull()
        self._listen()
        if self._alarmed:
            self._lull()
        before, self._asked_s = self.report, None
        self._ask()
        self._until(lambda: self.report is not before or self._alarmed, ANSWER_S)

    def _connect(self, limit_s: float) -> None:
        self._wire.open()
        try:
            self._reset(limit_s)
            self._check_version()
            self._settings = {}
            self.do("$$", "$I")
            settings.check(self._settings, self._setup)
        except BaseException:
            self._wire.close()
            raise

    def _check_version(self) -> None:
        greeting = self._greeting or ""
        found = re.match(r"Grbl (\d+\.\d+)", greeting)
        if found is None or found[1] != VERSION:
            raise BoardUnfit(
                f"the motion board at {self._wire.port} is {greeting.split(' [')[0]}: it must be Grbl {VERSION}; "
                "install that on it, then start again"
            )

    def _reset(self, limit_s: float) -> None:
        """Soft reset, until the board greets; it stops at once and forgets every line."""
        self._stream, self._asked_s, self._greeting = Stream(()), None, None
        self._moving, self._path_mm = False, None
        end_s = self._clock.now_s() + limit_s
        while self._greeting is None:
            if self._clock.now_s() >= end_s:
                raise self._silent()
            self._wire.write(RESET)
            again_s = min(end_s, self._clock.now_s() + RESET_AGAIN_S)
            while self._greeting is None and self._clock.now_s() < again_s:
                self._clock.sleep(WAIT_S)
                self._listen()
        self._clock.sleep(SETTLE_S)
        self._alarmed = any(line.startswith("ALARM") for line in self._wire.lines())

    def _lull(self) -> None:
        """Reset, then sleep; not waited for, since the spring may close the end stop meanwhile."""
        self._reset(RESET_S)
        self._wire.write(SLEEP)

    # -- work

    def home(self) -> Iterator[None]:
        """Find the end stops, lift first, in pieces. Raises `MotionFault` when one does not answer."""
        x, y, z = self._setup.travel_mm
        limit_s = SEARCH_SHARE * (max(x, y) + z) / self._seek_mm_s + HOMING_SPARE_S
        self._homing_s = self._clock.now_s()
        try:
            for _ in self._answered(Stream(["$H"]), asking=False):
                if self._clock.now_s() > self._homing_s + limit_s:
                    raise self._silent()
                yield
        finally:
            self._homing_s = None
        self.refresh()
        self._offset_mm = np.subtract(self._setup.home_mm, self.report.position_mm)
        x, y, z = self._setup.home_mm
        self.do(f"G21G90G94G92X{x:g}Y{y:g}Z{z:g}")
        yield

    @property
    def _seek_mm_s(self) -> float:
        """How fast every axis looks for its end stop."""
        return self._settings[25] / 60

    def _reckoned_mm(self) -> Position:
        """Where the tool should be by now: nothing is reported while homing, and the camera sees it move.

        The lift, up already, goes off its end stop, slowly onto it, and off it again; then x and y set out.
        """
        assert self._homing_s is not None
        pull_off_mm, locate_mm_s, pause_s = self._setup.pull_off_mm, self._settings[24] / 60, self._settings[26] / 1000
        lift_s = 2 * pull_off_mm / self._seek_mm_s + pull_off_mm / locate_mm_s + 4 * pause_s
        gone_mm = max(0.0, self._clock.now_s() - self._homing_s - lift_s) * self._seek_mm_s
        x, y, _ = self.to_platform(self.report.position_mm)
        home_x, home_y, home_z = self._setup.home_mm
        return max(home_x, x - gone_mm), max(home_y, y - gone_mm), home_z

    def follow(self, points_mm: Points, speed_mm_s: float) -> Iterator[None]:
        """Through `points_mm` (N x 2, platform frame), in pieces."""
        lines = (f"G1X{x:.2f}Y{y:.2f}F{speed_mm_s * 60:.0f}" for x, y in points_mm)
        return self.move(lines, np.vstack([self.position_mm[:2], points_mm]))

    def move(self, lines: Iterable[str], path_mm: Points | None = None) -> Iterator[None]:
        """Do lines that move something, in pieces, until it stands; broken off, it comes to a controlled stop.

        Every report on the way has to lie on `path_mm` (N x 2, platform frame), where there is one.
        """
        stream = Stream(_until_it_stands(lines))
        self._moving, self._path_mm = True, path_mm
        try:
            yield from self._answered(stream)
            self.refresh()
            if path_mm is not None:
                self._check_place(path_mm[[-1, -1]])  # short of its end, it would be on the line as well
            yield
        except GeneratorExit:
            if self._stream is stream:  # else a reset has ended it before
                self._halt()
            raise
        finally:
            if self._stream is stream:
                self._moving, self._path_mm = False, None

    def do(self, *lines: str) -> None:
        """Do lines that take next to no time."""
        for _ in self._answered(Stream(lines)):
            pass

    def refresh(self) -> None:
        """Wait for the next report."""
        self._listen()
        before = self.report
        self._ask()
        self._until(lambda: self.report is not before, ANSWER_S)

    def _answered(self, stream: Stream, asking: bool = True) -> Iterator[None]:
        """Send the lines of a stream until each is answered, in pieces."""
        self._stream = stream
        self._heard_s = piece_s = self._clock.now_s()
        while not stream.done:
            self._listen()  # first of all: the caller may have been away for long
            self._check_answers()
            self._wire.write(stream.due())
            if asking and (self._asked_s is not None or self._clock.now_s() - self._reported_s >= REPORT_S):
                self._ask()
            self._clock.sleep(WAIT_S)
            if self._clock.now_s() - piece_s >= PIECE_S:
                yield
                piece_s = self._clock.now_s()

    def _halt(self) -> None:
        """Feed hold, then reset: the board keeps its position, and what is queued is gone."""
        self._moving = False
        self._wire.write(HOLD)
        self._until(lambda: self.report.state in {"Hold:0", "Idle"}, ANSWER_S, asking=True)
        self._reset(RESET_S)

    # -- listening

    def _ask(self) -> None:
        """Ask for a report, unless one is on its way. Raises `BoardLost` when it was asked for long ago."""
        now_s = self._clock.now_s()
        if self._asked_s is None:
            self._wire.write(ASK)
            self._asked_s = now_s
        elif now_s - self._asked_s > ANSWER_S:
            raise self._silent()

    def _until(self, happened: Callable[[], bool], limit_s: float, asking: bool = False) -> None:
        end_s = self._clock.now_s() + limit_s
        while not happened():
            if self._clock.now_s() >= end_s:
                raise self._silent()
            if asking:
                self._ask()
            self._clock.sleep(WAIT_S)
            self._listen()

    def _listen(self) -> None:
        """Take in what has come."""
        for line in self._wire.lines():
            self._take(line)

    def _take(self, line: str) -> None:
        if line.startswith("Grbl"):
            self._greeted(line)
        elif self._greeting is None or not line:
            return  # what was said before the reset is no longer of interest
        elif line == "ok":
            self._count_answer()
        elif line.startswith("<") and line.endswith(">"):
            self._reported(parse(line))
        elif line.startswith("error:"):
            raise MotionFault(words.error(_number(line)))
        elif line.startswith("ALARM:"):
            self._alarm(_number(line))
        elif not self._informed(line):
            raise MotionFault(f"the board sent what no GRBL says: {words.FAULTY_LINE}")

    def _greeted(self, line: str) -> None:
        restarted = self._greeting is not None
        self._greeting = line
        if restarted:
            raise BoardLost(
                "the motion board has restarted in mid-job, so its position is lost: check its power supply and its "
                "reset button, then press reset"
            )

    def _count_answer(self) -> None:
        self._heard_s = self._clock.now_s()
        if not self._stream.answered() and self.awake:
            raise MotionFault(f"the board answered a line that was never sent: {words.FAULTY_LINE}")

    def _check_answers(self) -> None:
        """A board that stands still and owes an answer has lost a line."""
        waited_s = self._reported_s - self._heard_s
        if self._moving and self.report.state == "Idle" and waited_s > ANSWER_S:
            raise MotionFault(f"the board never answered a line, so it was lost on the way: {words.FAULTY_LINE}")

    def _reported(self, report: Report) -> None:
        self._asked_s, self._reported_s, self.report = None, self._clock.now_s(), report
        state = report.state.split(":")[0]
        if self._moving and state in STATES:
            raise MotionFault(STATES[state])
        if self._path_mm is not None:
            self._check_place(self._path_mm)

    def _check_place(self, path_mm: Points) -> None:
        """A place off the line that was sent: GRBL has no checksum, and a lost digit is a wrong target."""
        away_mm = _distance_mm(np.array(self.position_mm[:2]), path_mm)
        if away_mm > OFF_LINE_MM:
            raise MotionFault(
                f"the carriage is {away_mm:.1f} mm off its line, so a command was garbled: {words.FAULTY_LINE}"
            )

    def _alarm(self, code: int) -> None:
        self._alarmed = True
        if self.awake:
            raise (NoContact if code == NO_CONTACT_ALARM else MotionFault)(words.alarm(code))

    def _informed(self, line: str) -> bool:
        """Take in a setting or a message; False for a line that is neither."""
        if setting := re.fullmatch(r"\$(\d+)=([\d.]+)", line):
            self._settings[int(setting[1])] = float(setting[2])
        elif probed := re.fullmatch(r"\[PRB:([^:]+):([01])\]", line):
            self.probed_mm = triplet(probed[1]) if probed[2] == "1" else None
        elif options := re.fullmatch(r"\[OPT:[^,]*,\d+,(\d+)\]", line):
            self._check_buffer(int(options[1]))
        else:
            return re.fullmatch(r"\[.*\]|>.*:(ok|error:\d+)|\$N\d=.*", line) is not None
        return True

    def _check_buffer(self, characters: int) -> None:
        if characters < BUFFER_CHARACTERS:
            raise BoardUnfit(
                f"the GRBL board's receive buffer has {characters} characters: it must have {BUFFER_CHARACTERS} or "
                "more; build its firmware with RX_BUFFER_SIZE 128"
            )

    def _silent(self) -> BoardLost:
        """It may still hear: told to stop, it is left alone until it is connected to anew."""
        told = (
            f"the motion board at {self._wire.port} does not answer: check that it is a GRBL board, switch it off and "
            "on, then press reset"
        )
        with suppress(MotionFault):
            self._wire.write(RESET)
        self._wire.close(told)
        return BoardLost(told)


def _until_it_stands(lines: Iterable[str]) -> Iterator[str]:
    """The lines, and a dwell of no time: the board answers it only when everything before it has been done."""
    yield from lines
    yield "G4P0"


def _number(line: str) -> int:
    digits = line.split(":", 1)[1]
    return int(digits) if digits.isdigit() else 0


def _distance_mm(at_mm: Points, path_mm: Points) -> float:
    """From a point (2,) to the nearest place of a polyline (N x 2)."""
    start, leg = path_mm[:-1], np.diff(path_mm, axis=0)
    along = ((at_mm - start) * leg).sum(axis=1) / np.maximum((leg**2).sum(axis=1), 1e-12)
    nearest = start + np.clip(along, 0.0, 1.0)[:, None] * leg
    return float(np.hypot(*(at_mm - nearest).T).min(initial=np.inf))
