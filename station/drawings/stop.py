"""The emergency stop: what cuts the motor supply without any software, and what only tells the station of it."""

from hardware.pins import Pins
from station.config import MotionKind
from station.drawings.svg import FAINT, INK, PALE, Point, Sheet
from station.drawings.symbols import V24, Pen, ground
from station.drawings.wiring import MOTION, PERSON, PULL_UP, SAFETY, header_pin

WIDTH, HEIGHT = 1100.0, 510.0
MOTOR_Y, SENSED_Y, ENABLE_Y, ALWAYS_Y = 170.0, 320.0, 440.0, 250.0
STOP_X, RELAY_X, MOTORS_X, TOOL_X = 300.0, 480.0, 640.0, 970.0
MOTOR_FUSE, ALWAYS_FUSE = "F1 2 A slow", "F2 2 A slow"


def emergency_stop(pins: Pins, motion: MotionKind) -> str:
    """The drawing as SVG, for drivers on step and direction lines or for a GRBL board."""
    by_board = motion == "grbl"
    sheet = Sheet(WIDTH, HEIGHT, "Emergency stop")
    sheet.text(24, 38, f"Emergency stop: {'GRBL board' if by_board else 'step and direction lines'}", px=24, bold=True)
    sheet.text(24, 62, "Drawn as it is while the machine works: button not pressed, drivers on.", colour=FAINT)
    _motor_supply(sheet, by_board)
    _always_on(sheet, by_board)
    _mushroom(sheet)
    _sensed(sheet, pins)
    _enable(sheet, pins, by_board)
    _tool(sheet, by_board)
    return sheet.svg()


def _motor_supply(sheet: Sheet, by_board: bool) -> None:
    pen, motion = Pen(sheet, 1, V24), Pen(sheet, 1, MOTION)
    at = _fuse(pen, pen.part((30, MOTOR_Y), "24 V supply", 100), MOTOR_FUSE)
    at = pen.switch(pen.wire(at, STOP_X - at[0]), closed=True)
    if by_board:
        at = pen.switch(pen.wire(at, RELAY_X - at[0]), closed=True, name="NO")
    at = pen.wire(at, MOTORS_X - at[0])
    x = at[0] + 65
    at = motion.part(at, "GRBL board, V+" if by_board else "drivers, VMOT", 130)
    motion.part(motion.wire(at, 30), "motors", 80)
    sheet.line((x, MOTOR_Y + 14), (x, MOTOR_Y + 30))
    ground(sheet, (x, MOTOR_Y + 30))


def _always_on(sheet: Sheet, by_board: bool) -> None:
    """What keeps its supply when the button is pressed."""
    pen = Pen(sheet, 1, V24)
    sheet.disc(142, MOTOR_Y, 3, fill=V24, colour=V24)
    sheet.line((142, MOTOR_Y), (142, ALWAYS_Y), colour=V24)
    at = pen.wire(_fuse(pen, (142, ALWAYS_Y), ALWAYS_FUSE), 125)
    fed, width = ("LED bars", 90) if by_board else ("LED bars; 24 V to 6 V for the servo", 250)
    Pen(sheet, 1, PERSON).part(at, fed, width)
    sheet.text(at[0], ALWAYS_Y + 34, "not cut by the button", px=11, colour=FAINT)


def _mushroom(sheet: Sheet) -> None:
    """The head, and the rod that opens both contacts."""
    x = STOP_X + 22
    sheet.line((x - 26, 104), (x - 18, 90), (x + 18, 90), (x + 26, 104), (x - 26, 104), colour=SAFETY, fill=SAFETY)
    sheet.line((x, 104), (x, SENSED_Y - 5), colour=SAFETY, width=1.5, dashes="6 4")
    sheet.text(x + 36, 104, "emergency stop, latching; opens both contacts by force", colour=SAFETY, bold=True)
    sheet.text(x + 30, MOTOR_Y - 14, "contact 1", px=11)
    sheet.text(x + 30, SENSED_Y - 14, "contact 2", px=11)


def _sensed(sheet: Sheet, pins: Pins) -> None:
    pen = Pen(sheet, 1, SAFETY)
    at = _pin(sheet, (30, SENSED_Y), "emergency_stop", pins.emergency_stop)
    node = pen.wire(at, 40)
    pen.pull_up(node, PULL_UP)
    end = pen.wire(pen.switch(pen.wire(node, STOP_X - node[0]), closed=True), 60)
    sheet.line(end, (end[0], end[1] + 12))
    ground(sheet, (end[0], end[1] + 12))
    for number, words in enumerate(("the station sees it and latches", "a fault; a cut wire reads as pressed")):
        sheet.text(node[0], SENSED_Y + 38 + 15 * number, words, px=11)


def _enable(sheet: Sheet, pins: Pins, by_board: bool) -> None:
    pen = Pen(sheet, 1, SAFETY)
    at = _pin(sheet, (30, ENABLE_Y), "enable", pins.enable)
    node = pen.wire(at, 40)
    pen.pull_up(node, PULL_UP)
    end_x = RELAY_X - 40 if by_board else MOTORS_X
    pen.part(pen.wire(node, end_x - node[0]), "relay module, IN" if by_board else "EN of every driver", 130)
    x, top = (RELAY_X + 22, MOTOR_Y) if by_board else (MOTORS_X + 100, MOTOR_Y + 14)
    sheet.line((x, ENABLE_Y - 14), (x, top), colour=SAFETY, width=1.5, dashes="6 4")
    told = "low: the relay pulls in" if by_board else "low: the drivers are on"
    note = f"{told}; a pin that nobody drives is pulled up, and the motors are off"
    sheet.text(node[0], ENABLE_Y + 34, note, px=11)


def _tool(sheet: Sheet, by_board: bool) -> None:
    """The third part of the circuit has no wires."""
    x, top = TOOL_X, 230.0
    sheet.line((x - 40, top), (x + 40, top), width=4)
    turns = [(x + (10 if n % 2 else -10), top + 12 + 9 * n) for n in range(8)]
    sheet.line((x, top), (x, top + 8), *turns, (x, top + 84), (x, top + 92), colour=SAFETY)
    sheet.box(x - 14, top + 92, 28, 60, fill=PALE)
    sheet.line((x - 6, top + 152), (x - 6, top + 166), (x + 6, top + 166), (x + 6, top + 152), fill=INK)
    sheet.line((x + 40, top + 150), (x + 40, top + 70), colour=SAFETY, width=3)
    sheet.line((x + 33, top + 82), (x + 40, top + 70), (x + 47, top + 82), colour=SAFETY, width=3)
    lifted = (
        ("motor of z off:", "the spring lifts the tool")
        if by_board
        else ("the servo lifts the tool;", "limp, the spring")
    )
    for number, words in enumerate(lifted):
        sheet.text(x, top + 192 + 16 * number, words, anchor="middle", px=12, bold=True, colour=SAFETY)


def _pin(sheet: Sheet, at: Point, name: str, bcm: int) -> Point:
    """A pin of the Pi."""
    x, y = at
    sheet.box(x, y - 22, 130, 44, fill=PALE, round_px=4)
    sheet.text(x + 65, y - 4, name, anchor="middle", px=12, bold=True, colour=SAFETY)
    sheet.text(x + 65, y + 13, f"GPIO {bcm}, pin {header_pin(bcm)}", anchor="middle", px=11)
    return (x + 130, y)


def _fuse(pen: Pen, at: Point, name: str) -> Point:
    """60 px of the row."""
    x, y = pen.wire(at, 30)
    pen.sheet.box(x, y - 6, 50, 12, colour=pen.colour)
    pen.sheet.line((x, y), (x + 50, y), colour=pen.colour, width=1)
    pen.sheet.text(x + 25, y - 12, name, anchor="middle", px=11)
    return (x + 50, y)
