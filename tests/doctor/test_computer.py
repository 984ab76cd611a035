"""What the computer says of itself, read from folders that look like a Raspberry Pi's."""

from pathlib import Path

import pytest

from hardware.power import Throttled
from station.doctor import computer
from tests.doctor.folders import healthy_pi, write


def test_a_healthy_pi(tmp_path: Path) -> None:
    found = computer.read(healthy_pi(tmp_path))
    assert found == computer.Computer(
        model="Raspberry Pi 4 Model B Rev 1.5",
        throttled=Throttled(0),
        celsius=pytest.approx(48.312),
        cma_total_mb=512.0,
        cma_free_mb=pytest.approx(430.9, abs=0.1),
        camera_heap="linux,cma",
        priority=10,
        synchronised=True,
        pwm_channels=2,
    )


def test_a_computer_that_tells_nothing(tmp_path: Path) -> None:
    assert computer.read(tmp_path) == computer.Computer("", None, None, 0, 0, "", 0, None, 0)


def test_this_computer_can_be_read() -> None:
    assert computer.read().priority >= 0


def test_a_pi_5_takes_its_buffers_from_all_of_the_memory(tmp_path: Path) -> None:
    write(tmp_path, "dev/dma_heap/system", "")
    (tmp_path / "dev/dma_heap/vidbuf_cached").symlink_to("system")
    assert computer.read(tmp_path).camera_heap == "system"


def test_without_udev_s_rule_the_kernel_s_own_name_is_found(tmp_path: Path) -> None:
    write(tmp_path, "dev/dma_heap/linux,cma", "")
    assert computer.read(tmp_path).camera_heap == "linux,cma"


def test_a_clock_that_waits_for_the_network(tmp_path: Path) -> None:
    (tmp_path / "run/systemd/timesync").mkdir(parents=True)
    assert computer.read(tmp_path).synchronised is False


@pytest.mark.parametrize(
    ("program", "told"),
    [("echo throttled=0x50005", Throttled(0x50005)), ("echo VCHI failed; exit 255", None), ("echo oh", None)],
)
def test_where_the_kernel_says_nothing_the_firmware_s_program_is_asked(
    tmp_path: Path, program: str, told: Throttled | None
) -> None:
    write(tmp_path, computer.VCGENCMD, f"#!/bin/sh\n{program}\n")
    (tmp_path / computer.VCGENCMD).chmod(0o755)
    assert computer.read(tmp_path).throttled == told


def test_the_hottest_zone_counts(tmp_path: Path) -> None:
    write(healthy_pi(tmp_path), "sys/class/thermal/thermal_zone1/temp", "71000\n")
    assert computer.read(tmp_path).celsius == 71.0


@pytest.mark.parametrize(("rights", "highest"), [("0000000000000000", 10), ("000001ffffffffff", 99)])
def test_who_has_the_right_to_any_priority_needs_no_limit(tmp_path: Path, rights: str, highest: int) -> None:
    write(healthy_pi(tmp_path), "proc/self/status", f"Name: python\nCapEff:\t{rights}\n")
    assert computer.read(tmp_path).priority == highest


def test_device_files(tmp_path: Path) -> None:
    healthy_pi(tmp_path)
    found = computer.node("/dev/gpiochip*", tmp_path)
    assert (found.path, found.access) == ("/dev/gpiochip0", "usable")
    assert found.group == (tmp_path / "dev/gpiochip0").group()
    assert computer.node("/dev/video0", tmp_path) == computer.Node("/dev/video0", "missing")
