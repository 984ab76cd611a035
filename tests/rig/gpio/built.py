"""A machine of real parts on a real GPIO character device and real PWM chips, from the first pin to the last."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from hardware.built import Parts, built_machine
from hardware.camera.frames import Photo, Preview
from hardware.errors import MachineFault
from hardware.machine import AS_DRAWN, Machine, tool_as_drawn
from hardware.motion.gpio.chip import Chip
from hardware.motion.gpio.lift import Servo
from hardware.motion.hand import OnLines
from hardware.pins import Pins
from hardware.pwm import Channel
from tests.rig.gpio import axes as rig
from tests.rig.gpio.world import Recorder, level, wire, within

PINS = Pins(end_stop_x=rig.END_STOPS[0], end_stop_y=16)
LAMP, LIFT = Channel(0, 1), Channel(1, 0)  # a chip has one period for all of its channels
SHUT = (PINS.guard, PINS.emergency_stop, PINS.end_stop_x, PINS.end_stop_y, PINS.top)
BOX_MM = 100.0
ECHO_S = 2 * (AS_DRAWN.sensor_height_mm - BOX_MM) / 343_260.0


class Blind:
    """A camera, as far as the machine has to do with it when it is made."""

    def preview(self) -> Preview:
        return Preview(np.zeros((360, 640), np.uint8), time.monotonic())

    def photo(self, face_height_mm: float) -> Photo:
        return Photo(np.zeros((720, 1280, 3), np.uint8), time.monotonic(), face_height_mm)

    def close(self) -> None:
        pass


@contextmanager
def echoes() -> Iterator[None]:
    """Somebody who pulls the echo's line up as long as the sound would take, again and again."""
    over = threading.Event()

    def pull() -> None:
        while not over.is_set():
            wire(PINS.echo, to_ground=False)
            time.sleep(ECHO_S)
            wire(PINS.echo, to_ground=True)
            time.sleep(0.02)

    thread = threading.Thread(target=pull)
    thread.start()
    yield
    over.set()
    thread.join()


def built() -> Machine:
    hand = OnLines(rig.SETUP, Servo(2000.0, 1000.0, 250.0, -5.0), LIFT)
    for pin in SHUT:
        wire(pin, to_ground=True)
    return built_machine(Parts(tool_as_drawn("gantry", 100.0), hand, Blind, LAMP, PINS), AS_DRAWN, Chip(rig.RUNTIME))


def told_of_pwm() -> str:
    return Path("/sys/kernel/debug/pwm").read_text()


def test_a_machine_is_made_moves_and_is_let_go() -> None:
    with echoes():
        machine = built()
        assert machine.carriage is not None
        assert level(PINS.enable) == 1, "drivers on"
        assert machine.panel.guard.closed and not machine.panel.emergency_stop.pressed
        assert machine.panel.height_mm() == pytest.approx(BOX_MM, abs=60.0)  # by a thread that sleeps
        machine.panel.lamp.on()
        assert "period: 833333 ns duty: 833333 ns" in told_of_pwm()
        machine.carriage.axes.enable()
        assert level(PINS.enable) == 0
        with Recorder() as recorder:
            for _ in machine.carriage.axes.run(np.array([[10.0, 5.0]]), 100.0):
                pass
        assert [len(recorder.rises_us(pin)) for pin in (PINS.step_x, PINS.step_y)] == [100, 50]
        machine.close()
    assert within(1, lambda: level(PINS.enable) == 1)
    assert "enabled" not in told_of_pwm()


def test_without_an_echo_nothing_is_kept_and_the_drivers_are_off() -> None:
    wire(PINS.echo, to_ground=True)
    with pytest.raises(MachineFault, match="hears no echo"):
        built()
    assert level(PINS.enable) == 1
    assert "enabled" not in told_of_pwm()
    with echoes():
        built().close()
