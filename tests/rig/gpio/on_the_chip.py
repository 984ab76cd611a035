"""Our pins on a real GPIO character device and a real PWM chip: what the world beyond the lines sees and does."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hardware.errors import MotionFault
from hardware.motion.gpio.axes import BACK_OFF_MM, GpioAxes
from hardware.motion.gpio.chip import Chip
from hardware.motion.gpio.lift import PERIOD_US
from hardware.motion.gpio.train import SLOT_PULSES
from hardware.panel import Panel
from hardware.pins import Pins
from hardware.pwm import LAMP_HZ, Channel, KernelLamp, KernelPwm
from tests.rig.gpio import axes as rig
from tests.rig.gpio.world import Recorder, level, wire, within

PINS = Pins()


class Ruler:
    def distance_mm(self) -> float:
        return 480.0


@pytest.fixture(scope="module")
def chip() -> Iterator[Chip]:
    made = Chip(rig.RUNTIME)
    yield made
    made.close()


def pwm(number: int, period_us: float) -> KernelPwm:
    """A channel of the first PWM chip, at 0x40."""
    return KernelPwm(Channel(0, number), period_us)


@pytest.fixture
def lamp() -> Iterator[KernelLamp]:
    made = KernelLamp(pwm(1, 1e6 / LAMP_HZ))
    yield made
    made.close()


@pytest.fixture
def panel(chip: Chip, lamp: KernelLamp) -> Iterator[Panel]:
    made = Panel(chip.pins, Ruler(), lamp)
    yield made
    made.close()


def test_lgpio_leaves_its_pipe_in_the_runtime_folder_and_the_working_directory_alone(chip: Chip) -> None:
    assert list(rig.RUNTIME.glob(".lgd-nfy*"))
    assert Path.cwd() == Path("/station")


def test_the_threads_of_lgpio_run_before_all_others_and_ours_does_not(chip: Chip) -> None:
    policies = [os.sched_getscheduler(int(task.name)) for task in Path("/proc/self/task").iterdir()]
    assert os.SCHED_FIFO in policies
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_what_the_panel_shows_is_on_the_lines(panel: Panel) -> None:
    panel.status.on()
    panel.buzzer.on()
    panel.lamp.on()
    assert within(1, lambda: (level(PINS.status), level(PINS.buzzer)) == (1, 1))
    assert "enabled period: 833333 ns duty: 833333 ns" in Path("/sys/kernel/debug/pwm").read_text()
    panel.dark()
    assert within(1, lambda: (level(PINS.status), level(PINS.buzzer)) == (0, 0))
    assert "enabled" not in Path("/sys/kernel/debug/pwm").read_text()


def test_guard_and_emergency_stop_read_their_wires(panel: Panel) -> None:
    assert not panel.guard.closed
    assert panel.emergency_stop.pressed
    wire(PINS.guard, to_ground=True)
    wire(PINS.emergency_stop, to_ground=True)
    assert panel.guard.closed
    assert not panel.emergency_stop.pressed


def test_six_presses_are_six_presses(panel: Panel) -> None:
    for _ in range(6):
        wire(PINS.button, to_ground=True)
        time.sleep(0.1)
        wire(PINS.button, to_ground=False)
        assert within(1, panel.button.take_press)
        time.sleep(0.1)
        assert not panel.button.take_press()


def test_a_rattle_that_ends_as_it_began_is_no_press(panel: Panel) -> None:
    for _ in range(5):
        wire(PINS.button, to_ground=True)
        time.sleep(0.002)
        wire(PINS.button, to_ground=False)
        time.sleep(0.002)
    time.sleep(0.1)
    assert not panel.button.take_press()


def test_a_press_that_rattles_is_one_press(panel: Panel) -> None:
    presses = []
    counted = panel.button.when_activated
    panel.button.when_activated = lambda: (presses.append(time.monotonic()), counted())
    for grounded in (True, False, True, False, True):
        wire(PINS.button, to_ground=grounded)
        time.sleep(0.002)
    assert within(1, panel.button.take_press)
    time.sleep(0.1)
    wire(PINS.button, to_ground=False)
    time.sleep(0.1)
    assert len(presses) == 1


@pytest.fixture
def axes(chip: Chip) -> Iterator[GpioAxes]:
    made = rig.axes(chip)
    yield made
    made.close()


def test_enable_is_low_while_the_drivers_are_on_and_a_wave_s_edges_are_all_there(axes: GpioAxes) -> None:
    assert level(rig.ENABLE) == 0
    with Recorder() as recorder:
        for _ in axes.run(np.array([[60.0, 20.0], [20.0, 45.0]]), 100.0):
            pass
    assert [len(recorder.rises_us(pin)) for pin in (rig.STEP_X, rig.STEP_Y)] == [600 + 400, 200 + 250]
    assert _steps(recorder, rig.STEP_X, rig.DIRECTION_X) == 200
    assert _steps(recorder, rig.STEP_Y, rig.DIRECTION_Y) == 450


def test_a_hit_end_stop_lets_enable_go_in_mid_line(axes: GpioAxes) -> None:
    job = axes.run(np.array([[100.0, 100.0]]), 100.0)
    for _ in range(5):
        next(job)
    wire(rig.END_STOPS[0], to_ground=False)
    with pytest.raises(MotionFault, match="mid-move"):
        list(job)
    assert level(rig.ENABLE) == 1


def test_homing_backs_off_when_the_end_stops_open_again(axes: GpioAxes) -> None:
    with Recorder() as recorder:
        for piece, _ in enumerate(axes.home()):
            if piece == 10:
                for pin in rig.END_STOPS:
                    wire(pin, to_ground=False)
            if piece == 30:
                for pin in rig.END_STOPS:
                    wire(pin, to_ground=True)
    assert axes.position_mm == pytest.approx((BACK_OFF_MM, BACK_OFF_MM))
    assert len(recorder.rises_us(rig.STEP_X)) == len(recorder.rises_us(rig.STEP_Y)) > BACK_OFF_MM * 10


def test_the_kernel_s_pwm_holds_a_servo_to_a_microsecond_in_a_thousand() -> None:
    servo = pwm(0, PERIOD_US)
    for width_us in (1000.0, 1503.0, 2000.0):
        servo.pulse(width_us)
        told = Path("/sys/kernel/debug/pwm").read_text()
        assert f"duty: {round(width_us * 1000)} ns" in told
        assert "period: 20000000 ns" in told
        assert _pca9685_off() == pytest.approx(4096 * width_us / 20_000, abs=1)
    servo.close()
    assert not list(Path("/sys/class/pwm").glob("pwmchip*/pwm0"))


def _steps(recorder: Recorder, step: int, direction: int) -> int:
    """Steps of an axis by the level of its direction line, which has to stand before and after each."""
    total, forwards, turned_us, stepped_us = 0, 0, 0, 0
    for edge in recorder.edges:
        if edge.pin == direction:
            forwards, turned_us = edge.level, edge.time_us
            assert edge.time_us - stepped_us >= rig.SETUP.pulse_us
        elif edge.pin == step and edge.level:
            assert edge.time_us - turned_us >= rig.SETUP.pulse_us / SLOT_PULSES
            total, stepped_us = total + (1 if forwards else -1), edge.time_us
    return total


def _pca9685_off() -> int:
    """When the chip's first channel falls, of 4096, as the chip's registers have it."""
    registers = next(Path("/sys/kernel/debug/regmap").glob("*-0040/registers")).read_text()
    values = dict(row.split(": ") for row in registers.splitlines())
    return int(values["08"], 16) + 256 * (int(values["09"], 16) & 0x0F)
