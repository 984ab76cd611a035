"""How the Raspberry Pi's supply and processor fare, as its firmware tells the kernel."""

import functools
import operator
from contextlib import suppress
from enum import IntFlag
from pathlib import Path

FIRMWARE = "sys/devices/platform/soc*/*firmware/get_throttled"
VOLTAGE_SENSOR, ALARM = "rpi_volt", "in0_lcrit_alarm"


class Throttled(IntFlag):
    """The bits of `get_throttled` (raspberrypi.com/documentation, vcgencmd): now, and at any time since the start."""

    UNDERVOLTAGE = 1 << 0
    CAPPED = 1 << 1
    SLOWED = 1 << 2
    WARM = 1 << 3  # the soft temperature limit
    UNDERVOLTAGE_SINCE = 1 << 16
    CAPPED_SINCE = 1 << 17
    SLOWED_SINCE = 1 << 18
    WARM_SINCE = 1 << 19


def throttled(root: Path = Path("/")) -> Throttled | None:
    """What the kernel passes on; None where it tells nothing. `root` is the folder that has `sys` in it."""
    read = [*map(_bits, root.glob(FIRMWARE)), *map(_alarm, root.glob("sys/class/hwmon/hwmon*"))]
    told = [bits for bits in read if bits is not None]
    return functools.reduce(operator.or_, told) if told else None


def undervoltage_now(root: Path = Path("/")) -> bool:
    """Whether the supply is too weak at this moment; no where nobody knows."""
    return Throttled.UNDERVOLTAGE in (throttled(root) or Throttled(0))


def _bits(file: Path) -> Throttled | None:
    with suppress(OSError, ValueError):
        return Throttled(int(file.read_text(), 16))
    return None


def _alarm(sensor: Path) -> Throttled | None:
    """The alarm of the kernel's voltage sensor, which asks the firmware every two seconds; None for another sensor."""
    with suppress(OSError):
        if (sensor / "name").read_text().strip() == VOLTAGE_SENSOR:
            return Throttled(int((sensor / ALARM).read_text().strip() == "1"))
    return None
