"""Values in, findings out: where each value stops being good enough, and that every bad one says what to do."""

from dataclasses import replace

import pytest

from hardware.camera.raspberry import memory_mb
from hardware.power import Throttled
from station.doctor import fitness
from station.doctor.computer import Computer, Node
from station.doctor.finding import Finding

T = Throttled
PI_4 = Computer("Raspberry Pi 4", T(0), 48.0, 512.0, 440.0, "linux,cma", 10, True, 2)
FULL_PX = (4608, 2592)


def node(access: str) -> Finding:
    return fitness.node("serial", Node("/dev/ttyUSB0", access, "dialout"), "plug it in")  # type: ignore[arg-type]


CASES: list[tuple[Finding, str, str]] = [
    (fitness.supply(T(0)), "ok", ""),
    (fitness.supply(None), "warning", "kernel"),
    (fitness.supply(T.UNDERVOLTAGE | T.UNDERVOLTAGE_SINCE), "problem", "power supply"),
    (fitness.supply(T.UNDERVOLTAGE_SINCE), "warning", "power supply"),
    (fitness.speed(T.SLOWED_SINCE), "ok", ""),
    (fitness.speed(T.CAPPED), "warning", "cool it"),
    (fitness.temperature(55.0), "ok", ""),
    (fitness.temperature(75.0), "warning", "fan"),
    (fitness.temperature(84.0), "problem", "heat sink"),
    (fitness.clock(True), "ok", ""),
    (fitness.clock(False), "warning", "network"),
    (fitness.clock(None), "warning", "timedatectl"),
    (fitness.priority(10, 10), "ok", ""),
    (fitness.priority(0, 10), "problem", "LimitRTPRIO=10"),
    (fitness.pwm(2), "ok", ""),
    (fitness.pwm(0), "problem", "dtoverlay=pwm-2chan"),
    (node("usable"), "ok", ""),
    (node("missing"), "problem", "plug it in"),
    (node("denied"), "problem", "usermod -aG dialout"),
    (fitness.disk(5000.0, True, "/var/lib"), "ok", ""),
    (fitness.disk(999.0, True, "/var/lib"), "warning", "make room"),
    (fitness.disk(99.0, True, "/var/lib"), "problem", "make room"),
    (fitness.disk(5000.0, False, "/var/lib"), "problem", "user"),
    (fitness.light(200.0, 120.0, "preview"), "ok", ""),
    (fitness.light(30.0, 10.0, "preview"), "problem", "cap"),
    (fitness.light(255.0, 253.0, "preview"), "problem", "lamp"),
    (fitness.empty_platform([-0.5, 0.4, 0.2]), "ok", ""),
    (fitness.empty_platform([11.5, 12.4, 12.2]), "warning", "station calibrate camera"),
    (fitness.empty_platform([-40.5, -39.6, -40.2]), "problem", "upright"),
    (fitness.empty_platform([-6.0, 6.0, 0.0]), "problem", "in its way"),
    (fitness.pins("LGPIOFactory", "LGPIOFactory"), "ok", ""),
    (fitness.pins("MockFactory", "LGPIOFactory"), "problem", "python3-lgpio"),
]


@pytest.mark.parametrize(("found", "level", "remedy"), CASES, ids=lambda value: str(value)[:60])
def test_a_value_and_what_to_do_about_it(found: Finding, level: str, remedy: str) -> None:
    assert found.level == level, found
    assert remedy in found.remedy
    assert (found.level == "ok") == (not found.remedy)


@pytest.mark.parametrize(
    ("changed", "level", "told"),
    [
        ({}, "ok", "440 of 512 MB are free"),
        ({"cma_total_mb": 64.0, "cma_free_mb": 60.0}, "problem", "60 of 64 MB"),
        ({"cma_free_mb": 100.0}, "problem", "100 of 512 MB"),
        ({"camera_heap": "system", "cma_total_mb": 64.0, "cma_free_mb": 60.0}, "ok", "all of the memory"),
        ({"camera_heap": ""}, "problem", "no heap"),
    ],
)
def test_the_camera_s_memory(changed: dict[str, object], level: str, told: str) -> None:
    found = fitness.camera_memory(replace(PI_4, **changed), memory_mb(FULL_PX))  # type: ignore[arg-type]
    assert found.level == level and told in found.seen


def test_a_full_photograph_needs_three_buffers_of_it_and_the_sensor_s_own() -> None:
    main_mb, raw_mb = 3 * 4608 * 2592 * 3 / 2**20, 4 * 4608 * 2592 * 10 / 8 / 2**20
    assert memory_mb(FULL_PX) == pytest.approx(main_mb + raw_mb, abs=1.1)  # and three previews
    assert memory_mb((1280, 720)) < 15


def test_a_finding_is_told_with_what_to_do_on_a_line_of_its_own() -> None:
    assert fitness.temperature(55.2).told() == "ok       temperature: 55 C"
    assert fitness.temperature(90.0).told().splitlines()[1].startswith("         -> switch it off")
