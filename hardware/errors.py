"""The one exception tree of the project. Every message says what is wrong, where, and what to do next."""


class ShredError(Exception):
    """Anything the station knows how to say in one line."""


class InputError(ShredError):
    """A person handed over something that cannot be used: a file, a value, a port."""


class ConfigError(InputError):
    """A configuration value is missing or wrong; the message names the key, the value and what is allowed."""


class MachineFault(ShredError):
    """The machine cannot go on safely. Drivers go off, the tool goes up, a person has to look."""


class CameraFault(MachineFault):
    """No usable picture within the time limit."""


class CameraLost(ShredError):
    """The camera's driver hangs and only the end of this process frees it: not to be caught, the watchdog's case."""


class MotionFault(MachineFault):
    """An axis, the tool lift or the contact switch did not do what it was told."""
