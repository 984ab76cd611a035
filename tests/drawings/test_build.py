"""What the building instructions say agrees with the program."""

import math
import re
from pathlib import Path

import pytest

from hardware.camera.lens import Lens
from hardware.frame import BEAM_HEIGHT_MM
from hardware.motion.grbl.settings import check
from hardware.motion.hand import OnBoard, OnLines
from station.config import load
from station.drawings import frame

HARDWARE = Path(__file__).parents[2] / "hardware"
BUILD = (HARDWARE / "BUILD.md").read_text(encoding="utf-8")
GANTRY, ROLLER = load(HARDWARE / "gantry.toml").hand(), load(HARDWARE / "roller.toml").hand()
assert isinstance(GANTRY, OnBoard) and isinstance(ROLLER, OnLines)


@pytest.mark.parametrize(
    ("name", "marker", "motion"),
    [("guide", "none", "twin"), ("roller", "roller", "gpio"), ("gantry", "gantry", "grbl")],
)
def test_each_build_has_a_configuration(name: str, marker: str, motion: str) -> None:
    built = load(HARDWARE / f"{name}.toml")
    assert (built.machine.kind, built.marker.kind, built.motion.kind) == ("built", marker, motion)


def test_the_settings_that_the_board_is_sent_are_those_that_the_station_wants() -> None:
    sent = {int(key): float(value) for key, value in re.findall(r"^ +\$(\d+)=([\d.]+)$", BUILD, re.MULTILINE)}
    assert len(sent) == 24
    check(sent, GANTRY.setup)


def test_pulleys_and_microsteps_give_the_steps_of_the_machine() -> None:
    told = [int(steps) for steps in re.findall(r"\*\*(\d+)\*\* \| (?:100|400) mm/s", BUILD)]
    board, lines = GANTRY.setup, ROLLER.setup
    assert told == [lines.limits.steps_per_mm, board.limits.steps_per_mm, board.lift_steps_per_mm]


def test_the_drum_of_the_servo_winds_as_far_as_the_lift_goes() -> None:
    (across_mm,) = re.findall(r"on a drum of (\d+) mm across", BUILD)
    servo = ROLLER.servo
    turned = (servo.down_us - servo.up_us) / 2000 * math.radians(270)
    first_stage_mm = (servo.up_mm - servo.down_mm) / 2
    assert abs(turned * int(across_mm) / 2 - first_stage_mm) < 1.5


def test_the_words_have_the_measures_of_the_machine() -> None:
    motion, up_mm = load(HARDWARE / "gantry.toml").motion, GANTRY.setup.home_mm[2] + GANTRY.setup.pull_off_mm
    (x0, x1), (y0, y1) = (frame.ends_mm(motion, axis) for axis in (0, 1))
    said = " ".join(BUILD.split())
    assert f"where the middle of the tool is at x = {x0:g} and {x1:g}, y = {y0:g} and {y1:g}" in said
    assert f"where the nib is {up_mm:g} mm high" in said
    assert f"its middle {BEAM_HEIGHT_MM:g} mm high" in said
    assert f"whose tops are {frame.CARRIER_TOP_MM:g} mm high" in said
    assert f"and {frame.CARRIER_TOP_MM - frame.PROFILE_MM:g} high" in said
    assert f"**Nothing between {frame.LIFT_TOP_MM:g} and {Lens().camera_height_mm:g} mm**" in said


@pytest.mark.parametrize("page", ["BUILD.md", "README.md"])
def test_links_lead_somewhere(page: str) -> None:
    for target, part in re.findall(r"\]\(([\w./-]*)#?([\w-]*)\)", (HARDWARE / page).read_text(encoding="utf-8")):
        to = HARDWARE / (target or page)
        assert to.exists(), target
        if part:
            titles = re.findall(r"^#+ (.+)$", to.read_text(encoding="utf-8"), re.MULTILINE)
            assert part in {title.lower().replace(" ", "-") for title in titles}
