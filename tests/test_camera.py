"""`station camera`: the configured camera is tried, and what it cannot do is told in one line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hardware.camera.guard import GuardedCamera
from station.cli import main
from tests.hardware.drivers import SIZE_PX, Plan, dies, good


def tried(folder: Path, *words: str) -> Result:
    path = folder / "station.toml"
    path.write_text('[camera]\nkind = "v4l2"\ndevice = "/dev/video7"\nwidth_px = 1280\nheight_px = 720\n')
    return CliRunner().invoke(main, ["camera", "--config", str(path), *words])


def test_sizes_and_times_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def camera(*settings: object) -> GuardedCamera:
        asked.extend(settings)
        return GuardedCamera(Plan(good), SIZE_PX)

    monkeypatch.setattr("station.camera.usb_camera", camera)
    trial = json.loads(tried(tmp_path, "--json").stdout)
    assert (trial["preview_px"], trial["photo_px"]) == ([640, 360], [1280, 720])
    assert trial["opened_ms"] > 0 and trial["preview_ms"] > 0 and trial["photo_ms"] > 0
    assert asked == ["/dev/video7", (1280, 720), 50]
    assert "photo 1280 x 720" in tried(tmp_path).stdout


def test_a_camera_that_gives_nothing_fails_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("station.camera.usb_camera", lambda *settings: GuardedCamera(Plan(dies), SIZE_PX, 0.3))
    told = tried(tmp_path)
    assert told.exit_code == 1
    assert told.stderr == "station: the camera fails ([Errno 19] No such device): check its cable and the light, " + (
        "then press reset\n"
    )


def test_a_device_that_is_none_fails_in_one_line(tmp_path: Path) -> None:
    told = tried(tmp_path)
    assert told.exit_code == 1 and "there is none at /dev/video7" in told.stderr
