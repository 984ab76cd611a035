"""What happens to the machine when the process is asked to end: drivers off first, everything else after that."""

import contextlib
import signal
from collections.abc import Iterator
from types import FrameType

from hardware.machine import Machine


@contextlib.contextmanager
def off_when_told_to_end(machine: Machine) -> Iterator[None]:
    """On SIGTERM let ENABLE go at once, then unwind by `SystemExit`, so that whoever holds something lets it go.

    Without it the process ends on the spot, and the kernel leaves every output as it was: motors on, tool down. To be
    used in the main thread, around all that moves.
    """

    def end(number: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(Exception):
            if machine.carriage:
                machine.carriage.axes.let_go()
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
