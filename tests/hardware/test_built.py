"""A machine of real parts: on the pins of a world whose time is the wall's, its GRBL board at a real serial line."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from gpiozero import InputDevice

from hardware.built import Parts, built_machine
from hardware.camera.frames import Camera
from hardware.errors import CameraFault, ConfigError, MachineFault, MotionFault, ShredError
from hardware.machine import AS_DRAWN, Machine
from hardware.motion.axes import BoardLost
from hardware.motion.gpio.axes import Waves
from hardware.pins import Pins
from hardware.pwm import Channel
from tests.hardware.builds import ON_LINES, Bench, parts
from tests.hardware.pwms import shown
from tests.hardware.twins import box, finish, on_platform, wait

PINS = Pins()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = Bench(tmp_path)
    with made.running():
        yield made


def built(bench: Bench, of: Parts) -> Machine:
    return built_machine(of, AS_DRAWN, bench.header, bench.pwm_folder)


def assert_off(bench: Bench) -> None:
    """ENABLE was driven high before it was let go: the kernel leaves it as it was. (A mock pin falls then.)"""
    assert [change.state for change in bench.header.pins.pin(PINS.enable).states[-2:]] == [1, 0]
    assert not bench.world.powered


def assert_free(bench: Bench) -> None:
    """Every pin is let go."""
    for line in PINS.lines():
        InputDevice(line.bcm, pin_factory=bench.header.pins).close()  # refused when it is in use
    assert bench.header.closed and all(group.closed for group in bench.header.groups)


def dark(*channels: Path) -> bool:
    return not any(shown(files)[2] for files in channels)


# -- on a board


def test_a_stroke_by_a_board_at_the_end_of_a_serial_line_is_ink_where_it_should_be(bench: Bench) -> None:
    with bench.moment:
        bench.world.place(box(100.0))
        wait(bench.world)
    machine = built(bench, parts(bench.on_board()))
    assert machine.carriage is not None and not bench.world.powered
    assert machine.panel.guard.closed and not machine.panel.emergency_stop.pressed
    assert machine.panel.height_mm() == pytest.approx(100.0, abs=2.0)
    finish(machine.carriage.draw(on_platform(bench.world), machine.panel.height_mm()))
    assert bench.world.powered
    machine.close()
    assert bench.world.coverage(bench.world.box.faces[0].marks[0]) == 1.0  # type: ignore[union-attr]
    assert_off(bench)
    assert_free(bench)


def test_the_camera_opens_in_the_lamp_s_light_and_the_lamp_is_dark_again_after_it(bench: Bench) -> None:
    lit: list[int] = []

    def opened() -> Camera:
        lit.extend(shown(bench.lamp))
        return parts(None).camera()

    machine = built(bench, parts(None, "none", opened))
    assert lit == [833_333, 833_333, 1]
    assert shown(bench.lamp)[2] == 0
    assert machine.carriage is None
    assert machine.camera.preview().grey.shape == (360, 640)
    machine.panel.lamp.on()
    machine.close()
    assert_free(bench)
    assert dark(bench.lamp)


def test_a_board_that_is_set_up_otherwise_is_refused_and_everything_else_let_go(bench: Bench) -> None:
    bench.board.firmware.settings[130] = 200.0
    with pytest.raises(ConfigError, match=r"\$130 \(travel of x, mm\) is 200: it must be 455"):
        built(bench, parts(bench.on_board()))
    assert_off(bench)
    assert_free(bench)


# -- on lines


def test_lines_and_end_stops_of_a_gantry_are_those_of_the_pin_table(bench: Bench) -> None:
    machine = built(bench, parts(ON_LINES))
    assert [group.lines for group in bench.header.groups] == [[17, 27, 23, 4]]
    assert machine.carriage is not None
    assert machine.carriage.park_mm == (-40.0, -10.0)
    assert not machine.carriage.axes.enabled
    bench.header.pins.pin(PINS.top).drive_low()
    machine.carriage.axes.enable()
    assert bench.world.powered
    machine.close()
    assert_off(bench)
    assert_free(bench)
    assert dark(bench.lamp, bench.lift)


def test_a_roller_has_one_axis_and_stays_on_its_lane(bench: Bench) -> None:
    hand = replace(ON_LINES, setup=replace(ON_LINES.setup, home_mm=(-45.0, 150.0)))
    machine = built(bench, parts(hand, "roller"))
    assert [group.lines for group in bench.header.groups] == [[17, 27]]
    assert machine.carriage is not None
    assert machine.carriage.park_mm == (-40.0, 150.0)
    InputDevice(PINS.end_stop_y, pin_factory=bench.header.pins).close()
    bench.header.pins.pin(PINS.top).drive_low()
    machine.close()


# -- what cannot be had


def no_camera() -> Camera:
    raise CameraFault("there is none at /dev/video7")


@pytest.mark.parametrize(
    ("of", "told"),
    [
        (parts(ON_LINES, camera=no_camera), "there is none at /dev/video7"),
        (parts(replace(ON_LINES, channel=Channel(3, 0))), "PWM channel 0 of .*pwmchip3"),
        (replace(parts(ON_LINES), pins=Pins(buzzer=PINS.guard)), "the panel cannot be had .*GPIO5.*already in use"),
        (replace(parts(ON_LINES), pins=Pins(guard=PINS.enable)), "the panel cannot be had .*GPIO22.*already in use"),
        (replace(parts(ON_LINES), pins=Pins(trigger=PINS.enable)), "the distance sensor cannot be had .*GPIO22"),
        (replace(parts(ON_LINES), pins=Pins(end_stop_y=PINS.end_stop_x)), "an end stop cannot be had .*GPIO26"),
        (replace(parts(ON_LINES), pins=Pins(contact=PINS.guard)), "the contact switch cannot be had .*GPIO5"),
        (replace(parts(ON_LINES), pins=Pins(top=PINS.contact)), "the switch at the top of the lift cannot be had"),
    ],
)
def test_a_part_that_cannot_be_had_is_named_and_lets_the_others_go(bench: Bench, of: Parts, told: str) -> None:
    enable = bench.header.pins.pin(PINS.enable)
    enable.function, enable.state = "output", False  # as a process that was killed leaves it: drivers on
    assert bench.world.powered
    with pytest.raises(ShredError, match=told):
        built(bench, of)
    assert_off(bench)
    assert_free(bench)
    assert dark(bench.lamp)


def test_without_the_lamp_s_pwm_nothing_else_is_kept(bench: Bench) -> None:
    with pytest.raises(MachineFault, match=r"PWM channel 5 of .*pwmchip0 cannot be used"):
        built(bench, replace(parts(ON_LINES), lamp=Channel(0, 5)))
    assert_off(bench)
    assert_free(bench)


def test_step_lines_that_are_taken_leave_everything_else_free(bench: Bench) -> None:
    def taken(lines: Sequence[int]) -> Waves:
        raise MotionFault(f"the step lines {list(lines)} cannot be had (GPIO busy): what else uses them?")

    bench.header.waves = taken  # type: ignore[method-assign]
    with pytest.raises(MotionFault, match=r"step lines \[17, 27, 23, 4\] cannot be had"):
        built(bench, parts(ON_LINES))
    assert_off(bench)
    assert_free(bench)
    assert dark(bench.lamp, bench.lift)


def test_a_port_without_a_board_is_named_and_everything_else_let_go(bench: Bench) -> None:
    with pytest.raises(BoardLost, match="no motion board at /dev/nowhere: plug it in"):
        built(bench, parts(replace(bench.on_board(), port="/dev/nowhere")))
    assert_off(bench)
    assert_free(bench)
