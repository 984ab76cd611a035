"""A process that is told to end switches the drivers off before anything else."""

import os
import signal
from collections.abc import Callable

import numpy as np
import pytest

from hardware.ending import off_when_told_to_end
from tests.hardware.twins import Twin


def test_drivers_are_off_when_sigterm_ends_a_stroke(twin: Callable[..., Twin]) -> None:
    machine, world = twin()
    assert machine.carriage
    job = machine.carriage.draw(np.array([[150.0, 100.0], [250.0, 200.0]]), machine.panel.height_mm())
    seen: list[bool] = []
    with pytest.raises(SystemExit) as ended, off_when_told_to_end(machine):
        for _ in job:
            if machine.carriage.lift.in_contact:
                assert machine.carriage.axes.enabled
                try:
                    os.kill(os.getpid(), signal.SIGTERM)
                finally:
                    seen.append(machine.carriage.axes.enabled)
    assert seen == [False]
    assert not world.powered
    assert ended.value.code == 128 + signal.SIGTERM
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
