"""What only a person in front of the machine can bring about or tell: does each switch answer, does each lamp shine?

A deed names the input that has to follow it, by its name in the pin table (`hardware.pins`). While it is waited for,
the other inputs are watched as well: what answers in its place has its wire.
"""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from hardware.machine import Machine
from hardware.motion.carriage import Carriage
from station.doctor.finding import Finding, ok, problem, warning

LOOK_S = 0.02  # between two looks at the inputs
DEED_S = 20.0  # for a person to do what was asked
ON_PLATFORM_MM = 20.0  # what is higher lies on the platform

Wires = Mapping[str, str]  # name in the pin table -> where its wire goes


@dataclass(frozen=True)
class Deed:
    """What a person is asked to do, and what the input has to read then."""

    line: str
    told: str
    reads: bool


@dataclass(frozen=True)
class Sign:
    """What a person is asked whether it is to be seen or heard, once it is on and once it is off."""

    line: str
    on: str
    off: str


class Person(Protocol):
    """Whoever stands in front of the machine."""

    def do(self, deed: Deed) -> None:
        """Hear what to do. Returns at once."""

    def answers(self, sign: Sign, on: bool) -> bool | None:
        """Yes or no to the question, None where nobody answers in time."""


def _end_deeds(axis: str, end: str) -> tuple[Deed, ...]:
    line = f"end_stop_{axis}"
    return (
        Deed(line, f"Open the lid. Push the carriage by hand away from both ends of {axis}.", False),
        Deed(line, f"Push the carriage onto the {end} end stop of {axis}.", True),
        Deed(line, "Push the carriage off it again.", False),
    )


GUARD_DEEDS = (
    Deed("guard", "Shut the lid.", True),
    Deed("guard", "Open the lid.", False),
    Deed("guard", "Shut the lid again.", True),
)
PANEL_DEEDS = (
    Deed("emergency_stop", "Press the emergency stop.", True),
    Deed("emergency_stop", "Turn the emergency stop out again.", False),
    Deed("button", "Keep your hands off the start button.", False),
    Deed("button", "Press the start button.", True),
)
SIGNS = (
    Sign("lamp", "Does the lamp shine?", "Is the lamp dark now?"),
    Sign("status", "Does the status light shine?", "Is the status light dark now?"),
    Sign("buzzer", "Do you hear the buzzer?", "Is the buzzer silent now?"),
)
EMPTY = Deed("echo", "Take everything off the platform, your hands as well.", False)
BOX_DEEDS = (
    Deed("echo", "Lay a closed box, 5 to 20 cm high, on the middle of the platform.", True),
    Deed("echo", "Take the box away.", False),
)
X_DEEDS, Y_DEEDS = _end_deeds("x", "left"), _end_deeds("y", "far")
TOOL_DEEDS = (
    Deed("contact", "Press the tip of the tool upwards with a finger.", True),
    Deed("contact", "Take the finger away.", False),
    Deed("top", "Pull the tool down by hand, as far as it goes, and hold it.", False),
    Deed("top", "Let the tool go: it has to come up by itself.", True),
)
HANDS_OFF = Deed("button", "The tool goes to its end stops and back. Lid shut, hands off? Press start.", True)

# What an input reads, in words: (no, yes).
READS = {
    "guard": ("open", "shut"),
    "emergency_stop": ("released", "pressed"),
    "button": ("released", "pressed"),
    "echo": ("empty", "not empty"),
    "end_stop_x": ("free", "hit"),
    "end_stop_y": ("free", "hit"),
    "contact": ("free", "pressed"),
    "top": ("down", "up"),
}


def inputs(machine: Machine) -> dict[str, bool]:
    """Everything that answers at once, by its name in the pin table."""
    panel = machine.panel
    read = {
        "guard": panel.guard.closed,
        "emergency_stop": panel.emergency_stop.pressed,
        "button": panel.button.take_press() or bool(panel.button.is_active),
    }
    return read | _of_carriage(machine.carriage) if machine.carriage else read


def _of_carriage(carriage: Carriage) -> dict[str, bool]:
    ends = dict(zip(("end_stop_x", "end_stop_y"), carriage.axes.at_ends(), strict=False))
    return ends | {"contact": carriage.lift.in_contact, "top": carriage.lift.is_up}


@dataclass(frozen=True)
class Asking:
    """Deeds and signs of one person at one machine. `wires` says where the wire of each line goes."""

    machine: Machine
    person: Person
    wires: Wires

    def deeds(self, deeds: Iterable[Deed]) -> Iterator[Finding]:
        """One finding for each line, once all of its deeds are asked for."""
        for line, asked in itertools.groupby(deeds, lambda deed: deed.line):
            failures = [failure for failure in map(self._failure, asked) if failure]
            yield failures[0] if failures else ok(_name(line), "answers as it should")

    def signs(self, signs: Iterable[Sign]) -> Iterator[Finding]:
        """One finding for each line."""
        for sign in signs:
            yield self._shown(sign)

    def done(self, deed: Deed) -> bool:
        """Ask for a deed, and wait until its input reads as it should."""
        return self._failure(deed) is None

    def _failure(self, deed: Deed) -> Finding | None:
        """None once the input reads as it should, else what is wrong when the time is over."""
        read = self._echo if deed.line == "echo" else lambda: inputs(self.machine)
        before = read()
        self.person.do(deed)
        changed: set[str] = set()
        end_s = self.machine.clock.now_s() + DEED_S
        while self.machine.clock.now_s() < end_s:
            self.machine.clock.sleep(LOOK_S)
            now = read()
            if now[deed.line] == deed.reads:
                return None
            changed |= {line for line in now if now[line] != before[line]}
        return _unanswered(deed, sorted(changed), self.wires)

    def _echo(self) -> dict[str, bool]:
        return {"echo": self.machine.panel.height_mm() > ON_PLATFORM_MM}

    def _shown(self, sign: Sign) -> Finding:
        panel = self.machine.panel
        device = {"lamp": panel.lamp, "status": panel.status, "buzzer": panel.buzzer}[sign.line]
        answers: list[bool | None] = []
        for on in (True, False):
            device.value = float(on)
            answers.append(self.person.answers(sign, on))
        return _seen(sign, answers, self.wires)


def _unanswered(deed: Deed, changed: list[str], wires: Wires) -> Finding:
    seen = f"{deed.told} It still reads {READS[deed.line][not deed.reads]} after {DEED_S:.0f} s"
    remedy = f"check switch, plug and wire: {wires[deed.line]}"
    if changed:
        remedy = f"{_name(changed[0])} answered in its place: exchange their wires, or {remedy}"
    return problem(_name(deed.line), seen, remedy)


def _seen(sign: Sign, answers: list[bool | None], wires: Wires) -> Finding:
    name = _name(sign.line)
    if None in answers:
        return warning(name, "nobody answered", "run the doctor again with somebody in front of the machine")
    for told, question in zip(answers, (sign.on, sign.off), strict=True):
        if not told:
            return problem(name, f"{question} No", f"check it, its transistor and its wire: {wires[sign.line]}")
    return ok(name, "goes on and off")


def _name(line: str) -> str:
    return line.replace("_", " ")
