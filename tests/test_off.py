"""`station off`: quick, and content where nothing was left on."""

import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from station.cli import main

SEES = ("cv2", "onnxruntime", "shapely", "zxingcpp", "station.vision")


def test_it_loads_nothing_that_sees() -> None:
    told = f"import sys, station.verbs.off; print([name for name in {SEES} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("kind", ["none", "twin"])
def test_a_station_whose_machine_ended_with_it_has_nothing_on(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "station.toml"
    path.write_text(f'[machine]\nkind = "{kind}"\n')
    assert CliRunner().invoke(main, ["off", "--config", str(path)]).exit_code == 0


def test_a_world_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(f'[machine]\nkind = "twin"\nworld = "{tmp_path}"\n[motion]\nkind = "grbl"\n')
    command = [sys.executable, "-m", "station.verbs.off", "--config", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert done.stderr.startswith("station: machine.world") and len(done.stderr.splitlines()) == 1
