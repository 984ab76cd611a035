"""lgpio on one GPIO chip: the pins for gpiozero, and groups of lines that play trains.

lgpio has habits that whoever starts it has to know. It makes a FIFO in `LG_WD` as soon as it is imported, and makes
that the working directory of the whole process. Its one thread that times the trains is started with the first chip
that is opened. When that thread comes late it makes up for it: the steps it has missed leave in one burst, which no
motor follows, so it has to run before whatever else the machine does. A train that was sent cannot be taken back.
"""

import importlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gpiozero import Device

from hardware.errors import MachineFault, MotionFault
from hardware.motion.gpio.train import Train

PRIORITY = 10  # of the real-time queue; any will do, since nothing else of ours is in it
ROOM = 10  # trains in lgpio's queue (LG_TX_BUF, which the module does not show)


class Chip:
    """A GPIO chip with lgpio on it. ::

        chip = Chip(Path("/run/shred-station"))
        panel = Panel(chip.pins, distance=sensor, lamp=lamp)
        waves = chip.waves([17, 27, 23, 4])

    `folder` is the station's runtime folder, `number` that of `/dev/gpiochipN`: left out, gpiozero knows it for each
    Pi. Raises `MachineFault` where there is no lgpio, no such folder, no such chip or no right to real-time priority.
    There is no other factory to fall back to, and gpiozero gets no other from here on.
    """

    def __init__(self, folder: Path, number: int | None = None) -> None:
        self._lgpio = _imported(folder)
        with _urgent():
            self.pins = pins_of_chip(folder, number)
        Device.pin_factory = self.pins

    def waves(self, lines: Sequence[int]) -> "LgpioWaves":
        """A group of output lines, all low. Raises `MotionFault` when one of them is in use."""
        return LgpioWaves(self._lgpio, self.pins.chip, lines)

    def close(self) -> None:
        """Let all pins go."""
        self.pins.close()


def pins_of_chip(folder: Path, number: int | None = None) -> Any:
    """gpiozero's factory of a chip's pins, for whoever plays no trains. Arguments and errors are those of `Chip`."""
    lgpio = _imported(folder)
    try:
        return importlib.import_module("gpiozero.pins.lgpio").LGPIOFactory(number)
    except lgpio.error as error:
        raise MachineFault(f"the GPIO chip cannot be opened ({error}): is the user in the group gpio?") from error


class LgpioWaves:
    """A group of lines and its queue of trains, the one that plays among them."""

    def __init__(self, lgpio: Any, chip: int, lines: Sequence[int]) -> None:
        self._lgpio, self._leader = lgpio, lines[0]
        self._handle = lgpio.gpiochip_open(chip)
        try:
            lgpio.group_claim_output(self._handle, list(lines), [0] * len(lines))
        except lgpio.error as error:
            lgpio.gpiochip_close(self._handle)
            raise MotionFault(f"the step lines {list(lines)} cannot be had ({error}): what else uses them?") from error

    @property
    def queued(self) -> int:
        """How many trains have not ended."""
        return ROOM - int(self._lgpio.tx_room(self._handle, self._leader, self._lgpio.TX_WAVE))

    def send(self, train: Train) -> None:
        """Play it after what is queued. Raises `MotionFault` when lgpio does not take it."""
        rows = [self._lgpio.pulse(levels, mask, delay_us) for levels, mask, delay_us in train.tolist()]
        try:
            self._lgpio.tx_wave(self._handle, self._leader, rows)
        except self._lgpio.error as error:
            raise MotionFault(f"lgpio takes no more steps ({error}): start again") from error

    def close(self) -> None:
        """Let the lines go; the kernel leaves them as they are."""
        self._lgpio.gpiochip_close(self._handle)


def _imported(folder: Path) -> Any:
    """lgpio, with its FIFO in `folder`; the working directory stays what it was."""
    if not os.access(folder, os.W_OK):
        raise MachineFault(
            f"lgpio cannot write in {folder}: make that folder, RuntimeDirectory= in the unit does, or name another "
            "one in gpio.folder"
        )
    os.environ["LG_WD"] = str(folder)
    here = Path.cwd()
    try:
        return importlib.import_module("lgpio")
    except ImportError as error:
        raise MachineFault("lgpio is not installed: apt install python3-lgpio, in a venv that sees it") from error
    finally:
        os.chdir(here)


@contextmanager
def _urgent() -> Iterator[None]:
    """Threads that are started in here run before all ordinary ones; whoever started them does not."""
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
    except PermissionError as error:
        raise MachineFault(
            f"no right to real-time priority, without which steps are lost: LimitRTPRIO={PRIORITY} in the unit, or "
            f"`rtprio {PRIORITY}` for the user in /etc/security/limits.d"
        ) from error
    try:
        yield
    finally:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
