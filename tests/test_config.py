import re
from pathlib import Path

import pytest

from hardware.errors import ConfigError
from hardware.frame import ROLLER_LANE_Y_MM
from hardware.motion.hand import OnBoard, OnLines
from hardware.motion.profile import Limits
from hardware.twin.axes import END_STOP_HIGH_MM, END_STOP_LOW_MM
from hardware.twin.grbl.hand import setup
from hardware.twin.world import TOOL_UP_MM
from station.config import Config, load

LINES = '[machine]\nkind = "built"\n[motion]\nkind = "gpio"\n'
BOARD = '[machine]\nkind = "built"\n[motion]\nkind = "grbl"\nport = "/dev/serial/by-id/board"\n'


def config(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "station.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def test_an_empty_file_is_a_station_without_hardware(tmp_path: Path) -> None:
    assert config(tmp_path, "").machine.kind == "none"


def test_values_are_read(tmp_path: Path) -> None:
    read = config(tmp_path, '[machine]\nkind = "twin"\n[marker]\nkind = "roller"\ndrying_s = 12\n[page]\nport = 9000\n')
    assert (read.machine.kind, read.marker.kind, read.marker.drying_s, read.page.port) == ("twin", "roller", 12, 9000)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[marker]\nkind = "laser"', ["marker.kind", "'laser'", "gantry", "roller"]),
        ('[motion]\nkind = "servo"', ["motion.kind", "'servo'", "twin", "grbl"]),
        ("[page]\nport = 99999", ["page.port", "99999", "65535"]),
        ("[marker]\ndrying_s = -1", ["marker.drying_s", "-1", "0"]),
        ("[camera]\nmains_hz = 55", ["camera.mains_hz", "55", "50", "60"]),
        ("[camera]\nwidth_px = 4607", ["camera.width_px", "4607", "multiple of 2"]),
        ("[pins]\nguard = 28", ["pins.guard", "28", "27"]),
        ("[pins]\nguard = 6", ["pin 6", "pins.guard", "pins.emergency_stop"]),
        ('[machine]\nkind = "twin"\n[motion]\nkind = "gpio"', ["motion.kind", "'gpio'", "twin or grbl"]),
        ('[machine]\nkind = "built"', ["motion.kind", "'twin'", "gpio or grbl"]),
        ('[machine]\nkind = "built"\n[motion]\nkind = "grbl"', ["motion.port", "/dev/serial/by-id/"]),
        (LINES + "feed_mm_s = 200", ["motion.feed_mm_s 200 x steps_per_mm 10", "lower feed_mm_s to 100"]),
        (LINES + "steps_per_mm = 20", ["motion.feed_mm_s 100 x steps_per_mm 20", "1000"]),
        (LINES + "homing_mm_s = 150", ["motion.homing_mm_s is 150", "100 at most"]),
        (LINES + "end_stops_mm = [2, -15]", ["motion.end_stops_mm = 2", "0 to 400 mm"]),
        (LINES + "travel_mm = [455, 300]", ["motion.travel_mm = 300", "0 to 300 mm"]),
        (LINES + "[lift]\nup_us = 3000", ["lift.up_us is 3000", "400 to 2600"]),
        (LINES + "[lift]\npwm_channel = 0", ["lift.pwm_channel", "the lamp", "one of its own"]),
        (BOARD + "lift_mm_s = 900", ["motion.lift_mm_s 900 x lift_steps_per_mm 40", "30000"]),
        (BOARD + "feed_mm_s = 500", ["motion.feed_mm_s 500 x steps_per_mm 80", "30000"]),
        ('[machine]\nkind = "twin"\nworld = "/run/world"', ["machine.world", "'grbl'", "'gantry'"]),
        ("[markers]\n", ["markers", "spelling"]),
        ("[marker\n", ["not valid TOML", "line 1"]),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(tmp_path: Path, text: str, told: list[str]) -> None:
    with pytest.raises(ConfigError) as refused:
        config(tmp_path, text)
    message = str(refused.value)
    assert "station.toml" in message and "\n" not in message
    assert all(part in message for part in told)


def test_a_board_as_drawn_is_the_twin_s(tmp_path: Path) -> None:
    assert config(tmp_path, BOARD).hand() == OnBoard(setup(Limits(), None), "/dev/serial/by-id/board")
    roller = config(tmp_path, BOARD + '[marker]\nkind = "roller"').hand()
    assert roller == OnBoard(setup(Limits(), ROLLER_LANE_Y_MM), "/dev/serial/by-id/board")


def test_lines_as_drawn_have_the_twin_s_end_stops_and_limits(tmp_path: Path) -> None:
    hand = config(tmp_path, LINES).hand()
    assert isinstance(hand, OnLines)
    assert hand.setup.limits == Limits()
    assert hand.setup.home_mm == END_STOP_LOW_MM
    assert hand.setup.travel_mm == END_STOP_HIGH_MM[0] - END_STOP_LOW_MM[0]
    assert hand.servo.up_mm == TOOL_UP_MM


def test_the_readme_s_machine_is_the_one_as_drawn(tmp_path: Path) -> None:
    text = (Path(__file__).parents[1] / "hardware" / "README.md").read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if 'kind = "built"' in block)
    read, drawn = config(tmp_path, example), config(tmp_path, BOARD)
    assert isinstance(read.hand(), OnBoard)
    assert read.hand() == OnBoard(setup(Limits(), None), read.motion.port)
    assert (read.lift, read.lamp, read.pins) == (drawn.lift, drawn.lamp, drawn.pins)


def test_a_machine_that_only_guides_has_no_hand(tmp_path: Path) -> None:
    assert config(tmp_path, '[machine]\nkind = "built"\n[marker]\nkind = "none"').hand() is None


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml.*cannot be read"):
        load(tmp_path / "nowhere.toml")
