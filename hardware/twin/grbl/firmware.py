"""GRBL 1.1h as the twin's board runs it, written from GRBL's own documents (github.com/gnea/grbl, doc/markdown).

It behaves as the firmware does towards whoever is at the other end of the line: real-time characters are taken out of
the stream wherever they stand, the receive buffer holds 128 characters, a line is answered when it has been planned,
15 blocks are planned ahead, a hold brakes, a reset in motion is an alarm, an alarm takes half a second to say, and
during homing it hears nothing but a reset. Jogging, arcs, overrides, spindle and coolant are left out.
"""

import re
from collections import deque
from collections.abc import Callable, Generator, Sequence

import numpy as np

from hardware.twin.grbl.gcode import AXES, Refused, Words, words
from hardware.twin.grbl.planner import Planner, Vector
from hardware.twin.grbl.rig import LETTERS, TwinRig

RX_CHARACTERS, LINE_CHARACTERS = 128, 79
ALARM_S = 0.5  # the board does nothing else while it tells of an alarm
LOCATE_SHARE, SEARCH_SHARE = 5.0, 1.5  # of the pull-off, of the travel: how far homing looks for an end stop
HOMING_CYCLES: tuple[tuple[int, ...], ...] = ((2,), (0, 1))  # the lift first
WCO_EVERY, OVERRIDES_EVERY = (10, 30), (10, 20)  # reports at rest, reports in motion
HARD_LIMIT, SOFT_LIMIT, ABORTED, PROBE_CLOSED, PROBE_MISSED = 1, 2, 3, 4, 5
HOMING_RESET, HOMING_DOOR, HOMING_STUCK, HOMING_LOST = 6, 7, 8, 9
UNKNOWN_COMMAND, HOMING_OFF, NOT_IDLE, LOCKED, TOO_LONG, DOOR_OPEN = 3, 5, 8, 9, 11, 13
WHOLE = frozenset({0, 1, 2, 3, 4, 5, 6, 10, 13, 20, 21, 22, 23, 26, 30, 31, 32})  # others have three decimals
HELP = "[HLP:$$ $# $G $I $N $x=val $Nx=line $J=line $SLP $C $X $H ~ ! ? ctrl-x]"
COMMENT = re.compile(r"\([^)]*\)?|;.*")
SIMPLE = ("$", "$$", "$G", "$X")

Wait = Generator[None, None, None]
Answer = Generator[None, None, int]


class Reset(Exception):
    """The main loop is left, and begins anew."""


class Firmware:
    """The program on the board. `settings` is what `$$` prints, by number; `say` takes what it sends."""

    def __init__(self, rig: TwinRig, settings: dict[int, float], version: str, say: Callable[[bytes], None]) -> None:
        self.rig, self.settings, self._version, self._send = rig, settings, version, say
        self.planner = Planner(self._of_axes(110) / 60, self._of_axes(120), self.settings[11])
        self._now_s = self._dt_s = 0.0
        self._door_open = False
        self.switch_on()

    def door(self, opened: bool) -> None:
        """The switch on the board's door input, for boards that are built with one."""
        self._door_open = opened
        if opened:
            self._flags.add("door")

    def _of_axes(self, key: int) -> Vector:
        """A setting of x, y and z (3,)."""
        return np.array([self.settings[key + k] for k in range(3)], float)

    # -- power and time

    def switch_on(self) -> None:
        """Power comes, or comes again: the position is lost."""
        self.rig.count_from(np.zeros(3))
        self.state = "Alarm" if self.settings[22] else "Idle"
        self._limits = ""
        self._program = self._firmware()
        self._clear()

    def _clear(self) -> None:
        """What a reset sets back: everything but the position and the state."""
        self._flags: set[str] = set()
        self._alarm = 0
        self.received: deque[int] = deque()
        self._motion, self._relative, self._feed = 0.0, False, 0.0
        self._offset, self._probed = np.zeros(3), np.zeros(3)
        self._stepping = self._held = self._probing = self._cancelled = self._beyond = False
        self._quiet_until_s = 0.0
        self._reports_to_wco = self._reports_to_overrides = 0
        self.planner.reset(self.rig.at)
        self._idle()

    def advance(self, dt_s: float) -> None:
        """Let a little time pass: the interrupts, then the main loop as far as it comes."""
        self._dt_s = dt_s
        self._now_s += dt_s
        self.rig.rest(dt_s)
        if self._stepping:
            self._move(dt_s)
        self._watch_limits()
        if self._now_s >= self._quiet_until_s:
            next(self._program)

    # -- interrupts

    def hear(self, character: int) -> None:
        """Real-time characters act at once and never enter the buffer."""
        flag = {0x3F: "report", 0x7E: "start", 0x21: "hold", 0x84: "door"}.get(character)
        if character == 0x18:
            self._reset()
        elif flag:
            self._flags.add(flag)
        elif character < 0x80 and len(self.received) < RX_CHARACTERS:
            self.received.append(character)

    def _reset(self) -> None:
        """Ends what moves; then the position is lost, which is an alarm."""
        if "reset" in self._flags:
            return
        self._flags.add("reset")
        if self.state == "Home" or self._stepping:
            self._alarm = self._alarm or (HOMING_RESET if self.state == "Home" else ABORTED)
            self._idle()

    def _idle(self) -> None:
        """Steps end; the drivers stay on only where the idle delay says so and nothing is wrong."""
        self._stepping = False
        self.rig.drivers = bool(self.settings[1] == 255 and not self._alarm and self.state != "Sleep")

    def _move(self, dt_s: float) -> None:
        braking = self._cancelled or self.state != "Run"
        for at in self.planner.advance(dt_s, braking):
            self.rig.go(at)
            if self._probing and self.rig.contact:
                self._probing, self._cancelled, self._probed = False, True, self.rig.at
        if not self.planner or (braking and self.planner.speed_mm_s == 0):
            self._idle()
            self._flags.add("stop")

    def _watch_limits(self) -> None:
        """An end stop that closes anywhere but in homing or in an alarm is one."""
        before, self._limits = self._limits, self.rig.closed
        closes = not set(self._limits) <= set(before) or (self.rig.jammed and self._stepping)
        if closes and self.settings[21] and not self._alarm and self.state not in {"Alarm", "Home"}:
            self._reset()
            self._alarm = HARD_LIMIT

    # -- main loop

    def _firmware(self) -> Wait:
        while True:
            self._clear()
            self._say(f"\r\nGrbl {self._version} ['$' for help]")
            try:
                yield from self._main_loop()
            except Reset:
                continue

    def _main_loop(self) -> Wait:
        if self.state in {"Alarm", "Sleep"}:
            self.state = "Alarm"
            self._say("[MSG:'$H'|'$X' to unlock]")
        else:
            self.state = "Idle"
        line = bytearray()
        while True:
            while self.received:
                character = self.received.popleft()
                if character in b"\r\n":
                    yield from self._realtime()
                    yield from self._reply(COMMENT.sub("", line.decode("ascii")))
                    line.clear()
                elif character > 0x20 and character != ord("/"):
                    line.append(character)
            self._start()
            yield from self._realtime()
            yield

    def _reply(self, line: str) -> Wait:
        code = TOO_LONG if len(line) > LINE_CHARACTERS else (yield from self._execute(line.upper()))
        self._say(f"error:{code}" if code else "ok")

    def _execute(self, line: str) -> Answer:
        if not line:
            return 0
        if line.startswith("$"):
            return (yield from self._command(line))
        if self.state == "Alarm":
            return LOCKED
        try:
            return (yield from self._block(words(line)))
        except Refused as refused:
            return refused.code

    def _say(self, line: str) -> None:
        self._send(f"{line}\r\n".encode())

    # -- real-time commands

    def _realtime(self) -> Wait:
        """Carry out what has been flagged; a hold, an open door and sleep keep the main loop in here."""
        yield from self._obey()
        while self.state in {"Hold", "Door", "Sleep"}:
            yield
            yield from self._obey()

    def _obey(self) -> Wait:
        if self._alarm:
            yield from self._tell_alarm()
        if "reset" in self._flags:
            raise Reset
        if "report" in self._flags:
            self._say(self._report())
        self._suspend()
        if "start" in self._flags:
            self._resume()
        if "stop" in self._flags:
            self._stopped()
        self._flags.clear()

    def _tell_alarm(self) -> Wait:
        """Hard and soft limits want a reset that comes after they were told."""
        code, self.state = self._alarm, "Alarm"
        self._say(f"ALARM:{code}")
        self._quiet_until_s = self._now_s + ALARM_S
        yield
        if code in {HARD_LIMIT, SOFT_LIMIT}:
            self._say("[MSG:Reset to continue]")
            self._flags.discard("reset")
            while "reset" not in self._flags:
                yield
        self._alarm = 0

    def _suspend(self) -> None:
        if self.state == "Alarm" and "sleep" not in self._flags:
            return
        if "hold" in self._flags and self.state in {"Idle", "Run"}:
            self.state, self._held = "Hold", not self._stepping
        if "door" in self._flags and self.state != "Sleep":
            self.state, self._held = "Door", not self._stepping
            self._say("[MSG:Check Door]")
        if "sleep" in self._flags:
            self.state = "Sleep"
            self._say("[MSG:Sleeping]")
            self._idle()

    def _resume(self) -> None:
        closed = self.state == "Door" and not self._door_open
        if self.state == "Idle" or (self._held and (closed or self.state == "Hold")):
            self._held = False
            self.state = "Run" if self.planner else "Idle"
            self._stepping = bool(self.planner)
            self.rig.drivers = self.rig.drivers or self._stepping

    def _start(self) -> None:
        """Planned blocks start by themselves unless something holds them."""
        if self.planner and self.state == "Idle":
            self._resume()

    def _stopped(self) -> None:
        if self.state in {"Hold", "Door", "Sleep"} and not self._beyond:
            self._held = True
        else:
            self.state = "Idle"

    # -- $ commands

    def _command(self, line: str) -> Answer:
        if line in SIMPLE:
            return self._simple(line)
        if self.state not in {"Idle", "Alarm"}:
            return NOT_IDLE
        if line == "$H":
            return (yield from self._home())
        if line == "$SLP":
            self._flags.add("sleep")
        elif line == "$I":
            self._say(f"[VER:{self._version}.20190830:]")
            self._say("[OPT:V,15,128]")
        elif line == "$#":
            self._tell_offsets()
        elif line == "$N":
            self._say("$N0=")
            self._say("$N1=")
        else:
            return UNKNOWN_COMMAND
        return 0

    def _simple(self, line: str) -> int:
        if line == "$":
            self._say(HELP)
        elif line == "$$":
            if self.state in {"Run", "Hold"}:
                return NOT_IDLE
            for key, value in sorted(self.settings.items()):
                self._say(f"${key}={value:.0f}" if key in WHOLE else f"${key}={value:.3f}")
        elif line == "$G":
            distance = 91 if self._relative else 90
            self._say(f"[GC:G{self._motion:g} G54 G17 G21 G{distance} G94 M5 M9 T0 F{self._feed:.0f} S0]")
        elif self.state == "Alarm":
            self._say("[MSG:Caution: Unlocked]")
            self.state = "Idle"
        return 0

    def _tell_offsets(self) -> None:
        for name in ("G54", "G55", "G56", "G57", "G58", "G59", "G28", "G30"):
            self._say(f"[{name}:{_coordinates(np.zeros(3))}]")
        self._say(f"[G92:{_coordinates(self._offset)}]")
        self._say("[TLO:0.000]")
        self._say(f"[PRB:{_coordinates(self._probed)}:0]")

    # -- homing

    def _home(self) -> Answer:
        if not self.settings[22]:
            return HOMING_OFF
        if self._door_open:
            return DOOR_OPEN
        self.state, self.rig.drivers = "Home", True
        seek, locate, pull_off = self.settings[25] / 60, self.settings[24] / 60, self.settings[27]
        for axes in HOMING_CYCLES:
            search = SEARCH_SHARE * max(self.settings[130 + axis] for axis in axes)
            yield from self._seek(axes, seek, search, onto=True)
            yield from self._seek(axes, seek, pull_off, onto=False)
            yield from self._seek(axes, locate, pull_off * LOCATE_SHARE, onto=True)
            yield from self._seek(axes, seek, pull_off, onto=False)
        self.rig.count_from(np.array([self._homed_mm(axis) for axis in range(3)]))
        self.planner.reset(self.rig.at)
        self.state = "Idle"
        return 0

    def _seek(self, axes: Sequence[int], mm_s: float, most_mm: float, onto: bool) -> Wait:
        """Move the axes until each end stop has closed, or off them by `most_mm`; an axis that is there stands."""
        at, moving, gone_mm = self.rig.at, set(axes), 0.0
        while moving and gone_mm < most_mm:
            self._check_homing()
            if "reset" in self._flags:
                yield from self._realtime()
            step_mm = min(mm_s * self._dt_s, most_mm - gone_mm)
            gone_mm += step_mm
            at = self._creep(at, moving, step_mm, onto)
            yield
        closed = {axis for axis in axes if LETTERS[axis] in self.rig.closed}
        if (onto and moving) or (not onto and closed):
            self._fail(HOMING_LOST if onto else HOMING_STUCK)
            yield from self._realtime()
        self._quiet_until_s = self._now_s + self.settings[26] / 1000  # until a switch has settled
        yield

    def _creep(self, at: Vector, moving: set[int], by_mm: float, onto: bool) -> Vector:
        """A little way on from `at` (3,); whoever has reached an end stop stands there. Gives the new place."""
        if onto:
            moving -= {axis for axis in moving if LETTERS[axis] in self.rig.closed}
        towards = np.array([self._home_sign(axis) * (axis in moving) for axis in range(3)])
        at = at + towards * (by_mm if onto else -by_mm)
        self.rig.go(at)
        return at

    def _check_homing(self) -> None:
        if "door" in self._flags:
            self._fail(HOMING_DOOR)

    def _fail(self, alarm: int) -> None:
        self._alarm = alarm
        self._reset()

    def _home_sign(self, axis: int) -> int:
        return -1 if int(self.settings[23]) >> axis & 1 else 1

    def _homed_mm(self, axis: int) -> float:
        pull_off, travel = self.settings[27], self.settings[130 + axis]
        return pull_off - travel if self._home_sign(axis) < 0 else -pull_off

    # -- G-code

    def _block(self, found: Words) -> Answer:
        motion, feed = found.commands.get("motion", self._motion), found.values.get("F", self._feed)
        found.check(motion, feed)
        self._motion, self._feed = motion, feed
        self._relative = found.commands.get("distance", 91.0 if self._relative else 90.0) == 91
        other = found.commands.get("other")
        if other == 4:
            yield from self._synchronise()
        elif other == 92:
            yield from self._synchronise()
            self._shift(found)
        elif found.moves and motion != 80:
            yield from self._go(self._target(found, machine=other == 53), motion)
        return 0

    def _shift(self, found: Words) -> None:
        for k, axis in enumerate(AXES):
            if axis in found.values:
                self._offset[k] = self.planner.end[k] - found.values[axis]
        self._reports_to_wco = 0

    def _target(self, found: Words, machine: bool) -> Vector:
        target = self.planner.end.copy()
        for k, axis in enumerate(AXES):
            if axis in found.values and machine:
                target[k] = found.values[axis]
            elif axis in found.values:
                target[k] = found.values[axis] + (target[k] if self._relative else self._offset[k])
        return target

    def _go(self, target: Vector, motion: float) -> Wait:
        speed = np.inf if motion == 0 else self._feed / 60
        if motion < 38:
            yield from self._line(target, speed)
            return
        if np.allclose(target, self.planner.end):
            raise Refused(33)
        yield from self._probe(target, speed, may_miss=motion == 38.3)

    def _line(self, target: Vector, speed: float) -> Wait:
        yield from self._check_travel(target)
        yield from self._realtime()
        while self.planner.full:
            self._start()
            yield
            yield from self._realtime()
        self.planner.add(target, speed)

    def _check_travel(self, target: Vector) -> Wait:
        """A target beyond the soft limits: come to a stop, then an alarm."""
        if not self.settings[20] or (np.all(target <= 1e-9) and np.all(target >= -self._of_axes(130) - 1e-9)):
            return
        self._beyond = True
        if self.state == "Run":
            self.state = "Hold"
        while self.state != "Idle":
            yield
            yield from self._obey()
        self._fail(SOFT_LIMIT)
        yield from self._realtime()

    def _synchronise(self) -> Wait:
        self._start()
        yield from self._realtime()
        while self.planner or self.state == "Run":
            yield
            yield from self._realtime()

    def _probe(self, target: Vector, speed: float, may_miss: bool) -> Wait:
        yield from self._synchronise()
        if self.rig.contact:
            self._alarm = PROBE_CLOSED
            yield from self._realtime()
            return
        yield from self._line(target, speed)
        self._probing = True
        yield from self._synchronise_probe()
        missed, self._probing = self._probing, False
        if missed and not may_miss:
            self._alarm = PROBE_MISSED
            yield from self._realtime()
        self._cancelled = False
        self.planner.reset(self.rig.at)
        at = self.rig.at if missed else self._probed
        self._say(f"[PRB:{_coordinates(at)}:{int(not missed)}]")

    def _synchronise_probe(self) -> Wait:
        self._start()
        while self.state != "Idle":
            yield
            yield from self._realtime()

    # -- status

    def _report(self) -> str:
        state = self.state
        if state in {"Hold", "Door"}:
            state += ":1" if state == "Hold" and not self._held else ":0"
        if self.state == "Door" and (self._door_open or not self._held):
            state = "Door:1" if self._held else "Door:2"
        rate = self.planner.speed_mm_s * 60 if self._stepping else 0.0
        fields = [state, f"MPos:{_coordinates(self.rig.at)}", f"FS:{rate:.0f},0"]
        if pins := ("P" if self.rig.contact else "") + self.rig.closed:
            fields.append(f"Pn:{pins}")
        return f"<{'|'.join(fields + self._refreshed())}>"

    def _refreshed(self) -> list[str]:
        """Offset and overrides come with every so manieth report only."""
        busy = self.state in {"Home", "Run", "Hold", "Door"}
        fields = []
        if self._reports_to_wco:
            self._reports_to_wco -= 1
        else:
            self._reports_to_wco = WCO_EVERY[busy] - 1
            self._reports_to_overrides = self._reports_to_overrides or 1
            fields.append(f"WCO:{_coordinates(self._offset)}")
        if self._reports_to_overrides:
            self._reports_to_overrides -= 1
        else:
            self._reports_to_overrides = OVERRIDES_EVERY[busy] - 1
            fields.append("Ov:100,100,100")
        return fields


def _coordinates(at: Vector) -> str:
    return ",".join(f"{value:.3f}" for value in at + 0.0)
