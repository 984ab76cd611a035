"""What can go wrong on the twin, by name. Every fault is deterministic: the same seed shows it the same way."""

from dataclasses import dataclass

from hardware.errors import InputError

# name -> its values with their defaults; an empty table is a fault that is only on or off
FAULTS: dict[str, dict[str, float]] = {
    "lost_steps": {"every": 20},  # every n-th pulse does not move the axis
    "dry_tool": {"after_m": 0.0, "over_m": 0.5},  # streaks begin after_m from now, nothing left over_m later
    "weak_ink": {"opacity": 0.6},  # of one layer
    "stuck_camera": {},  # the same frame for ever
    "dead_camera": {},  # no frame within the time limit
    "black_frames": {},
    "no_contact": {},  # the contact switch never closes
    "motor_power_lost": {},
    "undervoltage": {},  # the computer's own supply is too weak
    "end_stop_in_move": {},  # an end stop reads closed in mid-move
    "homing_fails": {},  # end stops never close
    "light_off": {},
    "serial_line_lost": {},  # the motion board's cable is out
    "serial_byte_lost": {"nth": 1},  # the n-th character of a line from now on, on its way to the board
    "serial_garbage": {},  # one character on its way from the board
    "board_hangs": {},
    "board_restarts": {},
    "wire_cut": {"bcm": 5},  # of a pin: an input is pulled high, what hangs on an output stays off
    "wire_shorted": {"bcm": 13},  # of an input, to ground
    "distance_wrong": {"by_mm": 40.0},  # the distance sensor reads this much too far
}


@dataclass
class Faults:
    """The faults that are on, with their values."""

    on: dict[str, dict[str, float]]

    def set(self, name: str, values: dict[str, float]) -> None:
        """Switch one on. Raises `InputError` for a name or a value that does not exist."""
        if name not in FAULTS:
            raise InputError(f"no fault {name!r}: there are {', '.join(sorted(FAULTS))}")
        strange = sorted(set(values) - set(FAULTS[name]))
        if strange:
            raise InputError(f"fault {name} has no value {strange[0]!r}: it has {', '.join(FAULTS[name]) or 'none'}")
        self.on[name] = FAULTS[name] | values

    def clear(self, name: str) -> None:
        """Switch one off again."""
        self.on.pop(name, None)

    def __contains__(self, name: str) -> bool:
        return name in self.on

    def value(self, name: str, key: str) -> float:
        """One value of a fault that is on."""
        return self.on[name][key]
