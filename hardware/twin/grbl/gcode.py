"""The part of GRBL's G-code that this machine uses, with the errors that a garbled line gets from a real board.

What the station never sends (arcs, inches, spindle, other coordinate systems) is unknown here and gets error 20.
"""

import re
from dataclasses import dataclass, field

NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)")
MOTIONS = {0.0: "rapid", 1.0: "feed", 38.2: "probe", 38.3: "try"}
# group of commands of which a line may have one -> its members
GROUPS = {
    "motion": (*MOTIONS, 80.0),
    "plane": (17.0,),
    "distance": (90.0, 91.0),
    "feed": (94.0,),
    "units": (21.0,),
    "system": (54.0,),
    "other": (4.0, 53.0, 92.0),
}
NOT_NEGATIVE = "FNPST"
VALUES = "FIJKLNPRSTXYZ"
UNUSED = "IJKLR"
AXES = "XYZ"


class Refused(Exception):
    """A line with an error; `code` is what the board answers."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Words:
    """The words of one line: commands by their group, values by their letter."""

    commands: dict[str, float] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)

    @property
    def moves(self) -> bool:
        """Whether the line has coordinates."""
        return any(axis in self.values for axis in AXES)

    def check(self, motion: float, feed: float) -> None:
        """Do the words fit together, with the motion mode and feed rate that hold now? Raises `Refused`."""
        other = self.commands.get("other")
        if other == 92 and "motion" in self.commands:
            raise Refused(24)
        if other == 4 and self.values.pop("P", None) is None:
            raise Refused(28)
        if other == 92 and not self.moves:
            raise Refused(26)
        if other == 53 and motion not in {0.0, 1.0}:
            raise Refused(30)
        if other != 92:
            self._check_motion(motion, feed)
        if any(letter in self.values for letter in (*UNUSED, "P")):
            raise Refused(36)

    def _check_motion(self, motion: float, feed: float) -> None:
        if motion == 80 and self.moves:
            raise Refused(31)
        if motion >= 38 and motion != 80 and "motion" in self.commands and not self.moves:
            raise Refused(26)
        if motion not in {0.0, 80.0} and self.moves and feed == 0:
            raise Refused(22)


def words(line: str) -> Words:
    """The words of a line without blanks, in capitals. Raises `Refused`."""
    found, at = Words(), 0
    while at < len(line):
        letter = line[at]
        if not "A" <= letter <= "Z":
            raise Refused(1)
        number = NUMBER.match(line, at + 1)
        if number is None:
            raise Refused(2)
        at = number.end()
        _add(found, letter, float(number[0]))
    return found


def _add(found: Words, letter: str, value: float) -> None:
    if letter == "G":
        group = next((name for name, members in GROUPS.items() if value in members), None)
        if group is None:
            raise Refused(20)
        if group in found.commands:
            raise Refused(21)
        found.commands[group] = value
    elif letter not in VALUES:
        raise Refused(20)
    elif letter in found.values:
        raise Refused(25)
    elif letter in NOT_NEGATIVE and value < 0:
        raise Refused(4)
    else:
        found.values[letter] = value
