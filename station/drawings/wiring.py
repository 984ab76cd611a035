"""The wiring of one build: the Pi's header with every line that it uses, what hangs on it and where its other end goes.

Lines, numbers and words come from `hardware.pins` and the configuration; what a line's circuit looks like stands here.
"""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

from gpiozero.pins.pi import PiBoardInfo

from hardware.machine import Marker
from hardware.pins import Line, Pins
from station.config import MotionKind
from station.drawings.svg import FAINT, INK, PALE, PAPER, Point, Sheet
from station.drawings.symbols import SUPPLIES, Pen, ground, supply

PI_4B = 0xC03111  # any Pi with 40 pins has the same header
MARGIN, COLUMN, CHANNEL, BODY = 24.0, 330.0, 130.0, 230.0
LEFT, RIGHT = MARGIN + COLUMN + CHANNEL, MARGIN + COLUMN + CHANNEL + BODY  # edges of header and board
WIDTH = RIGHT + CHANNEL + COLUMN + MARGIN
HEAD, FOOT, ROW, AXIS, PITCH, LANE = 96.0, 96.0, 142.0, 100.0, 36.0, 12.0
PAD_PX = 24.0
TOLD_CHARS = 50
PULL_UP, GATE, PULL_DOWN = "4.7 kΩ", "220 Ω", "100 kΩ"

SAFETY, PERSON, SENSOR, MOTION = "#c2410c", "#0369a1", "#047857", "#7e22ce"
GROUPS = {"stops the machine": SAFETY, "person and light": PERSON, "distance": SENSOR, "motion": MOTION}

NAMES: dict[Marker, str] = {"none": "guide", "roller": "roller", "gantry": "gantry"}

Draw = Callable[[Pen, Point], None]


@dataclass(frozen=True)
class Row:
    """What hangs on one pad: a line of words in bold, more below, a circuit."""

    title: str
    told: str
    colour: str
    draw: Draw


@dataclass(frozen=True)
class Pad:
    """One contact of a connector: what is printed on it and beside it, and what hangs on it."""

    number: str
    name: str
    fill: str
    row: Row | None = None


# -- circuits


def _contact(pen: Pen, at: Point, closed: bool, pull_up: str = PULL_UP) -> None:
    """A switch to ground."""
    node = pen.wire(at, 40)
    if pull_up:
        pen.pull_up(node, pull_up)
    end = pen.wire(pen.switch(pen.wire(node, 50), closed), 40)
    pen.sheet.line(end, (end[0], end[1] + 12), colour=INK)
    ground(pen.sheet, (end[0], end[1] + 12))


def _bridge(pen: Pen, at: Point) -> None:
    """A wire to ground."""
    x, y = pen.wire(at, 80)
    pen.sheet.line((x, y), (x, y + 12))
    ground(pen.sheet, (x, y + 12))


def _load(pen: Pen, at: Point, name: str, volts: str) -> None:
    """Something that a pin cannot feed, on the drain of a transistor."""
    node = pen.wire(pen.resistor(pen.wire(at, 14), GATE), 22)
    pen.pull_down(node, PULL_DOWN)
    drain = pen.transistor(pen.wire(node, 16))
    _fed(pen, pen.part(pen.wire(drain, 14), name, 100), volts)


def _into(pen: Pen, at: Point, name: str, volts: str = "", pull_up: str = "") -> None:
    """A contact of a part, which gets a supply of its own where `volts` names one."""
    node = pen.wire(at, 40)
    if pull_up:
        pen.pull_up(node, pull_up)
    end = pen.part(pen.wire(node, 26), name, 170)
    if volts:
        x, y = end
        _fed(pen, (x, y - 7), volts)
        pen.sheet.line((x, y + 7), (x + pen.way * 22, y + 7), (x + pen.way * 22, y + 20))
        ground(pen.sheet, (x + pen.way * 22, y + 20))


def _fed(pen: Pen, at: Point, volts: str) -> None:
    x, y = at[0] + pen.way * 22, at[1]
    pen.sheet.line(at, (x, y), (x, y - 10), colour=SUPPLIES[volts])
    supply(pen.sheet, (x, y - 10), volts)


OPEN, CLOSED = partial(_contact, closed=False), partial(_contact, closed=True)
OPEN_BARE, CLOSED_BARE = partial(OPEN, pull_up=""), partial(CLOSED, pull_up="")

# Group and circuit of every line of the pin table.
CIRCUITS: dict[str, tuple[str, Draw]] = {
    "guard": (SAFETY, OPEN),
    "emergency_stop": (SAFETY, CLOSED),
    "button": (PERSON, OPEN_BARE),
    "lamp": (PERSON, partial(_load, name="LED bars", volts="24V")),
    "status": (PERSON, partial(_load, name="status light", volts="5V")),
    "buzzer": (PERSON, partial(_load, name="buzzer", volts="5V")),
    "enable": (SAFETY, partial(_into, name="EN of every driver", pull_up=PULL_UP)),
    "trigger": (SENSOR, partial(_into, name="TRIG of the sensor", volts="3V3")),
    "echo": (SENSOR, partial(_into, name="ECHO of the sensor")),
    "step_x": (MOTION, partial(_into, name="STEP, driver of x")),
    "direction_x": (MOTION, partial(_into, name="DIR, driver of x")),
    "step_y": (MOTION, partial(_into, name="STEP, driver of y")),
    "direction_y": (MOTION, partial(_into, name="DIR, driver of y")),
    "end_stop_x": (MOTION, CLOSED),
    "end_stop_y": (MOTION, CLOSED),
    "lift": (MOTION, partial(_into, name="signal of the servo", volts="6V")),
    "contact": (MOTION, OPEN),
    "top": (MOTION, OPEN),
}
RELAY = partial(_into, name="IN of the relay", volts="5V", pull_up=PULL_UP)
BRIDGED = {"guard": "nothing moves: a bridge for a shut lid", "emergency_stop": "nothing moves: a bridge for no stop"}

BY: dict[MotionKind, str] = {"twin": "", "gpio": ", step and direction lines", "grbl": ", GRBL board"}
NOTES: dict[MotionKind, list[str]] = {
    "twin": [],
    "gpio": ["Drivers DRV8825: M0, RESET, SLEEP to 3V3 (half steps); 100 µF at their 24 V from the emergency stop."],
    "grbl": ["Relay: VCC to 3V3, JD-VCC to 5V, their bridge taken off. Board: 100 nF from each input to ground."],
}

PANEL = ("guard", "emergency_stop", "button", "lamp", "status", "buzzer", "trigger", "echo")
TOOL = ("step_x", "direction_x", "end_stop_x", "lift", "contact", "top")
SECOND_AXIS = ("step_y", "direction_y", "end_stop_y")


def used(pins: Pins, marker: Marker, motion: MotionKind) -> list[Line]:
    """The lines that a build has."""
    names = set(PANEL)
    if marker != "none":
        names |= {"enable"} | (set(TOOL) if motion == "gpio" else set())
    if marker == "gantry" and motion == "gpio":
        names |= set(SECOND_AXIS)
    return [line for line in pins.lines() if line.name in names]


def wiring(pins: Pins, marker: Marker, motion: MotionKind) -> str:
    """The drawing as SVG: the header and, where a GRBL board moves the tool, the board."""
    by_board = marker != "none" and motion == "grbl"
    blocks = [("Raspberry Pi, 40 pins", _header(used(pins, marker, motion), marker, by_board))]
    if by_board:
        blocks.append(("GRBL 1.1 on an Arduino Uno", _board(marker)))
    heights = [max(_height(side) for side in sides) for _, sides in blocks]
    name = NAMES[marker] + (BY[motion] if marker != "none" else "")
    sheet = Sheet(WIDTH, HEAD + sum(heights) + FOOT, f"Wiring of the {name}")
    _heading(sheet, f"Wiring: {name}", {row.colour for _, sides in blocks for row in _rows([*sides[0], *sides[1]])})
    top = HEAD
    for (title, sides), height in zip(blocks, heights, strict=True):
        _block(sheet, title, sides, top, height)
        top += height
    _notes(sheet, top, marker, motion)
    return sheet.svg()


# -- what is connected


def header_pin(bcm: int) -> int:
    """The number on the header of a BCM number."""
    return next(number for number, name in _printed().items() if name == f"GPIO{bcm}")


@cache
def _printed() -> dict[int, str]:
    """Header number -> name, 1 to 40."""
    pins = PiBoardInfo.from_revision(PI_4B).headers["J8"].pins
    return {number: pins[number].name for number in sorted(pins)}


def _header(lines: Sequence[Line], marker: Marker, by_board: bool) -> tuple[list[Pad], list[Pad]]:
    """Odd pins and even pins."""
    rows = {header_pin(line.bcm): _row(line, marker, by_board) for line in lines}
    pads = [_pad(number, name, rows.get(number)) for number, name in _printed().items()]
    return pads[0::2], pads[1::2]


def _row(line: Line, marker: Marker, by_board: bool) -> Row:
    (colour, draw), told = CIRCUITS[line.name], line.told
    if line.name == "enable" and by_board:
        draw = RELAY
    if line.name in BRIDGED and marker == "none":
        draw, told = _bridge, BRIDGED[line.name]
    return Row(f"{line.name}: GPIO {line.bcm}, pin {header_pin(line.bcm)}", told, colour, draw)


def _pad(number: int, name: str, row: Row | None) -> Pad:
    plain = SUPPLIES.get(name, INK if name == "GND" else PAPER)
    return Pad(str(number), name, row.colour if row else plain, row)


def _board(marker: Marker) -> tuple[list[Pad], list[Pad]]:
    """Left: what it feeds; right: what it reads. Pins as in GRBL 1.1's own map for the Uno."""
    gantry = marker == "gantry"
    y_limit = CLOSED_BARE if gantry else partial(_into, name="bridge to D9")
    y_told = "normally closed, in a row at both ends of y" if gantry else "homing wants both: to the switches of x"
    motors = ["X", "Y", "Z"] if gantry else ["X", "Z"]
    left = [_feeds("USB", "the port that motion.port names", "USB cable to the Pi")]
    left += [_feeds(axis, "four wires of the motor", f"motor of {axis.lower()}") for axis in motors]
    left.append(_feeds("V+", "24 V through emergency stop and relay: see that drawing", "motor supply"))
    right = [
        _reads("D9", "X limit", "normally closed, in a row at both ends of x", CLOSED_BARE),
        _reads("D10", "Y limit", y_told, y_limit),
        _reads("D12", "Z limit", "normally closed, where the tool is up; SpnEn on a shield V3", CLOSED_BARE),
        _reads("A5", "probe", "contact switch of the tool: closed while it touches; SCL on a shield V3", OPEN_BARE),
    ]
    return left, right


def _feeds(pad: str, told: str, part: str) -> Pad:
    return Pad("", pad, MOTION, Row(pad, told, MOTION, partial(_into, name=part)))


def _reads(pad: str, name: str, told: str, draw: Draw) -> Pad:
    return Pad("", f"{pad} {name}", MOTION, Row(f"{name}: {pad}", told, MOTION, draw))


# -- the sheet


def _heading(sheet: Sheet, title: str, colours: set[str]) -> None:
    sheet.text(MARGIN, 38, title, px=24, bold=True)
    x = MARGIN
    for name, colour in GROUPS.items():
        if colour not in colours:
            continue
        sheet.box(x, 56, 18, 12, fill=colour, colour=colour)
        sheet.text(x + 24, 67, name)
        x += 60 + 7.6 * len(name)
    sheet.text(x, 67, "Switches as they are with nobody near: NC is closed, NO is open.", colour=FAINT)


def _notes(sheet: Sheet, top: float, marker: Marker, motion: MotionKind) -> None:
    printed = list(_printed().items())
    of = {name: ", ".join(str(n) for n, each in printed if each == name) for name in ("3V3", "5V", "GND")}
    notes = [
        f"3V3: pins {of['3V3']}. 5V: pins {of['5V']}. Ground: any of pins {of['GND']}; all grounds are one, "
        "the minus of 24 V among them.",
        "Inputs without a drawn resistor use the Pi's own pull-up. Transistors: N-channel MOSFETs fully on at 2.5 V at "
        "the gate, such as AO3400.",
    ]
    if marker != "none":
        notes += NOTES[motion]
    for number, note in enumerate(notes):
        sheet.text(MARGIN, top + 26 + 20 * number, note, px=12)


def _height(pads: Sequence[Pad]) -> float:
    """What a side needs: its rows, or the connector with its title."""
    return max(ROW * len(_rows(pads)), PITCH * (len(pads) + 2))


def _rows(pads: Sequence[Pad]) -> list[Row]:
    return [pad.row for pad in pads if pad.row]


def _block(sheet: Sheet, title: str, sides: tuple[list[Pad], list[Pad]], top: float, height: float) -> None:
    """A connector in the middle, what hangs on it on both sides."""
    count = max(len(pads) for pads in sides)
    body = (count + 1) * PITCH
    first = top + (height - body) / 2
    sheet.box(LEFT, first, BODY, body, fill=PALE, round_px=8)
    sheet.text((LEFT + RIGHT) / 2, first - 8, title, anchor="middle", bold=True)
    for pads, way in zip(sides, (-1, 1), strict=True):
        _side(sheet, pads, way, first + PITCH, top)


def _side(sheet: Sheet, pads: Sequence[Pad], way: int, first: float, top: float) -> None:
    edge = LEFT if way < 0 else RIGHT
    wired: list[tuple[Row, float, float]] = []
    for number, pad in enumerate(pads):
        y = first + number * PITCH
        _draw_pad(sheet, pad, way, edge, y)
        if pad.row:
            wired.append((pad.row, y, top + len(wired) * ROW + AXIS))
    lanes = lanes_of([(y, axis) for _, y, axis in wired])
    lane_px = min(LANE, (CHANNEL - 40) / max(1, len(wired)))
    for (row, y, axis), lane in zip(wired, lanes, strict=True):
        x = edge + way * (30 + lane_px * lane)
        column = edge + way * CHANNEL
        sheet.line((edge, y), (x, y), (x, axis), (column, axis), colour=row.colour)
        _draw_row(sheet, row, way, column, axis)


def lanes_of(wires: Sequence[tuple[float, float]]) -> list[int]:
    """How far out each wire (y at the pad, y at its row, from top to bottom) turns, so that no two ever cross.

    Wires that go up turn the earlier the higher they are, wires that go down the earlier the lower.
    """
    up = [k for k, (pad, row) in enumerate(wires) if row < pad]
    down = [k for k, (pad, row) in enumerate(wires) if row >= pad][::-1]
    lane = {k: n for group in (up, down) for n, k in enumerate(group)}
    return [lane[k] for k in range(len(wires))]


def _draw_pad(sheet: Sheet, pad: Pad, way: int, edge: float, y: float) -> None:
    dark = pad.fill != PAPER
    sheet.box(edge - way * PAD_PX / 2 - PAD_PX / 2, y - 11, PAD_PX, 22, fill=pad.fill, round_px=3)
    words = PAPER if dark else FAINT
    sheet.text(edge - way * PAD_PX / 2, y + 4, pad.number, anchor="middle", px=11, bold=True, colour=words)
    sheet.text(
        edge - way * (PAD_PX + 7),
        y + 4,
        pad.name,
        anchor="start" if way < 0 else "end",
        px=11,
        bold=bool(pad.row),
        colour=INK if dark else FAINT,
    )


def _draw_row(sheet: Sheet, row: Row, way: int, column: float, axis: float) -> None:
    left = MARGIN if way < 0 else column
    top = axis - AXIS
    sheet.text(left, top + 14, row.title, bold=True, colour=row.colour)
    for number, part in enumerate(textwrap.wrap(row.told, TOLD_CHARS)):
        sheet.text(left, top + 29 + 14 * number, part, px=11)
    row.draw(Pen(sheet, way, row.colour), (column, axis))
