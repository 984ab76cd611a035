"""What a chip says where it cannot be had; on a real one it is tried by `tests/rig/gpio/run`."""

import os
import sys
from pathlib import Path

import pytest

from hardware.errors import MachineFault
from hardware.motion.gpio.chip import Chip


@pytest.fixture(autouse=True)
def no_lgpio(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Python without it, wherever this runs."""
    monkeypatch.setitem(sys.modules, "lgpio", None)
    monkeypatch.setenv("LG_WD", os.environ.get("LG_WD", ""))


def test_without_lgpio_there_is_no_other_factory(tmp_path: Path) -> None:
    before = Path.cwd()
    with pytest.raises(MachineFault, match="lgpio is not installed: apt install python3-lgpio"):
        Chip(tmp_path)
    assert Path.cwd() == before


def test_a_folder_that_is_not_there_is_named_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(MachineFault, match=r"cannot write in .*nowhere: make that folder.*gpio\.folder"):
        Chip(tmp_path / "nowhere")
