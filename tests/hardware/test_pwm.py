"""The kernel's PWM on a folder as the kernel has it: what stands in its files is what the pin does."""

from pathlib import Path

import pytest

from hardware.errors import MachineFault
from hardware.pwm import LAMP_HZ, Channel, KernelLamp, KernelPwm
from tests.hardware.pwms import channel, shown


def test_a_pulse_is_as_wide_as_it_was_asked_for_to_a_nanosecond(tmp_path: Path) -> None:
    files = channel(tmp_path)
    pwm = KernelPwm(Channel(0, 0), 20_000.0, tmp_path)
    assert shown(files)[1:] == [0, 0]
    pwm.pulse(1502.5)
    assert shown(files) == [20_000_000, 1_502_500, 1]
    pwm.close()
    assert shown(files)[2] == 0
    assert (files.parent / "unexport").read_text() == "0"


def test_a_channel_that_is_not_there_is_told_with_what_to_look_for(tmp_path: Path) -> None:
    channel(tmp_path)
    with pytest.raises(MachineFault, match=r"PWM channel 3 of .*pwmchip0.*overlay"):
        KernelPwm(Channel(0, 3), 20_000.0, tmp_path)


@pytest.mark.parametrize("mains_hz", [50, 60])
def test_a_half_wave_of_the_mains_has_whole_periods_of_the_lamp(mains_hz: int) -> None:
    assert LAMP_HZ % (2 * mains_hz) == 0


def test_a_lamp_is_as_bright_as_the_share_of_its_period(tmp_path: Path) -> None:
    files = channel(tmp_path)
    lamp = KernelLamp(KernelPwm(Channel(0, 0), 1e6 / LAMP_HZ, tmp_path))
    lamp.value = 0.4
    assert lamp.value == 0.4
    assert shown(files) == [833_333, 333_333, 1]
    lamp.on()
    assert shown(files) == [833_333, 833_333, 1], "a duty above the period is refused by the kernel"
    lamp.off()
    assert lamp.value == 0.0 and shown(files)[2] == 0
    lamp.value = 0.5
    lamp.close()
    assert shown(files)[2] == 0
