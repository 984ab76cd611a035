from pathlib import Path

import pytest

from hardware.errors import ConfigError
from station.config import Config, load


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


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml.*cannot be read"):
        load(tmp_path / "nowhere.toml")
