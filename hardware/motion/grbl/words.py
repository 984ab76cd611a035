"""What a GRBL 1.1 board means by its numbers, in words that say what to do.

The codes are those of GRBL's interface document (github.com/gnea/grbl, doc/markdown/interface.md).
"""

FAULTY_LINE = "check the board's USB cable and keep it away from motor wires, then start again"
OUR_FAULT = "this is a fault of the program: report it with this number"
SET_UP = "correct the board's settings as hardware/README.md lists them"

ERRORS: dict[int, str] = {
    1: f"a command did not begin with a letter, so it was garbled on the line: {FAULTY_LINE}",
    2: f"a number in a command was missing or garbled on the line: {FAULTY_LINE}",
    3: f"the board does not know this $ command, so it was garbled or the board is no GRBL 1.1: {FAULTY_LINE}",
    4: f"a value that must be positive was negative, so it was garbled on the line: {FAULTY_LINE}",
    5: "homing is switched off on the board: send it $22=1, then start again",
    6: "the board's step pulse is set too short: send it $0=10, then start again",
    7: f"the board's memory was damaged and holds factory values now: {SET_UP}, or replace the board",
    8: "the board was busy with a movement when it was asked for something else: start again",
    9: "the board is locked after an alarm: reset the station, it homes first",
    10: "soft limits need homing: send the board $22=1, then start again",
    11: f"a command was too long, so line ends were lost on the way: {FAULTY_LINE}",
    12: f"a setting asks for more steps per second than the board can make: {SET_UP}",
    13: "the board's door input is open: close the guard, or check the door switch and its plug",
    14: f"a start-up line or the board's name is too long to be stored: {SET_UP}",
    15: f"a jog would leave the machine: {OUR_FAULT}",
    16: f"a jog command was malformed: {OUR_FAULT}",
    17: "laser mode needs a PWM output: send the board $32=0, this machine has no laser",
    20: f"the board does not know a command, so it was garbled on the line: {FAULTY_LINE}",
    21: f"two commands that exclude each other stood in one line, so a line end was lost: {FAULTY_LINE}",
    22: f"a movement had no speed, so a command was lost on the line: {FAULTY_LINE}",
    23: f"a command number was not whole, so it was garbled on the line: {FAULTY_LINE}",
    24: f"two commands wanted the same coordinates, so a line end was lost: {FAULTY_LINE}",
    25: f"a word stood twice in one line, so a line end was lost: {FAULTY_LINE}",
    26: f"a command had no coordinates, so they were lost on the line: {FAULTY_LINE}",
    27: f"a line number was out of range: {OUR_FAULT}",
    28: f"a command lacked a value that it needs, so it was garbled on the line: {FAULTY_LINE}",
    29: f"a coordinate system that the board does not have was asked for: {OUR_FAULT}",
    30: f"machine coordinates were used with a command that cannot take them: {OUR_FAULT}",
    31: f"coordinates were sent with nothing to use them, so a command was lost on the line: {FAULTY_LINE}",
    32: f"an arc had no coordinates, and this machine draws no arcs: {FAULTY_LINE}",
    33: f"a movement's target makes no sense, such as a probe to where the tool stands: {OUR_FAULT}",
    34: f"an arc's radius fits no arc, and this machine draws no arcs: {FAULTY_LINE}",
    35: f"an arc had no centre, and this machine draws no arcs: {FAULTY_LINE}",
    36: f"a value was left over in a command, so the command was garbled on the line: {FAULTY_LINE}",
    37: f"a tool length offset was put on an axis that has none: {OUR_FAULT}",
    38: f"a tool number was above what the board allows: {OUR_FAULT}",
}

ALARMS: dict[int, str] = {
    1: "an end stop closed in mid-move: look whether something blocks the carriage, a belt has slipped or the motors "
    "have lost their supply, then start again",
    2: "a movement would have left the machine: compare the board's travel ($130 to $132) with the real one; if they "
    f"agree, {FAULTY_LINE}",
    3: "the board was reset in mid-move, so its position is lost: start again, it homes first",
    4: "the contact switch was closed before the tool went down: check that the tool hangs free, then the switch and "
    "its plug",
    5: "the tool went down and touched nothing: check that the box is under the tool, then the contact switch, its "
    "plug and the motor supply",
    6: "homing was broken off by a reset: start again",
    7: "the door was opened while homing: close the guard and start again",
    8: "homing: an end stop stayed closed when its axis had moved off it: check the motor supply, then the switch, or "
    "raise $27",
    9: "homing: an end stop did not answer: check the motor supply, the belts and the end stop's plug",
}

# Where the switches of the pin table are wired on a machine with a board.
INPUTS = {
    "end_stop_x": "X limit input of the GRBL board",
    "end_stop_y": "Y limit input of the GRBL board",
    "contact": "probe input (A5) of the GRBL board, closed on contact",
    "top": "Z limit input of the GRBL board",
}


def error(code: int) -> str:
    """What `error:code` means and what to do."""
    return f"GRBL error {code}: {ERRORS.get(code, OUR_FAULT)}"


def alarm(code: int) -> str:
    """What `ALARM:code` means and what to do."""
    return f"GRBL alarm {code}: {ALARMS.get(code, 'look at the machine, then reset the board')}"
