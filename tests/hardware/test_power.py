"""What the kernel tells of the supply, in folders that look like its own."""

from pathlib import Path

import pytest

from hardware.power import Throttled, throttled, undervoltage_now
from tests.doctor.folders import healthy_pi, write

FIRMWARE = "sys/devices/platform/soc/soc:firmware/get_throttled"
PI_5 = "sys/devices/platform/soc@107c000000/soc@107c000000:firmware/get_throttled"


def test_a_healthy_supply(tmp_path: Path) -> None:
    assert throttled(healthy_pi(tmp_path)) == Throttled(0)
    assert not undervoltage_now(tmp_path)


def test_where_the_kernel_tells_nothing_nobody_knows(tmp_path: Path) -> None:
    assert throttled(tmp_path) is None
    assert not undervoltage_now(tmp_path)


@pytest.mark.parametrize("file", [FIRMWARE, PI_5])
def test_the_firmware_s_bits(tmp_path: Path, file: str) -> None:
    write(tmp_path, file, "50005\n")
    assert throttled(tmp_path) == (
        Throttled.UNDERVOLTAGE | Throttled.SLOWED | Throttled.UNDERVOLTAGE_SINCE | Throttled.SLOWED_SINCE
    )
    assert undervoltage_now(tmp_path)


def test_undervoltage_that_is_over_does_not_count_as_now(tmp_path: Path) -> None:
    write(tmp_path, FIRMWARE, "50000\n")
    assert not undervoltage_now(tmp_path)


def test_what_cannot_be_read_is_not_known(tmp_path: Path) -> None:
    write(tmp_path, FIRMWARE, "\n")
    (tmp_path / "sys/class/hwmon/hwmon0").mkdir(parents=True)
    assert throttled(tmp_path) is None


def test_the_kernel_s_own_sensor_counts_as_well(tmp_path: Path) -> None:
    write(healthy_pi(tmp_path), "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    assert undervoltage_now(tmp_path)
