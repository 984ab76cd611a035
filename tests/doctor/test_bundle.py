"""The bundle for whoever helps: what is in it, and that nothing of it was ever read from a label."""

import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner

from hardware.errors import InputError
from hardware.machine import twin_machine
from station.appliance import Settings
from station.assembly import station
from station.cli import main
from station.doctor import bundle
from station.rehearsal import Rehearsal
from station.vision.network import STANDARD
from tests.small_box import small_box

PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"BM", b"RIFF")


def a_visit(store: Path) -> list[str]:
    """One box comes and goes; gives all that stands on it."""
    machine, world = twin_machine("gantry")
    box = small_box()
    with station(machine, Settings(drying_s=0.0), STANDARD, store, None) as ready:
        Rehearsal(machine, world, ready.appliance, ready.judge).run(iter([box]), 1, lambda: True)
    return [mark.text for mark in box.faces[0].marks]


def members(path: Path) -> dict[str, bytes]:
    with ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def test_after_a_visit_nothing_that_stood_on_the_box_is_in_it(tmp_path: Path) -> None:
    texts = a_visit(tmp_path / "visits.db")
    assert len(texts) == 5
    path = tmp_path / "station.toml"
    path.write_text(f'store = "{tmp_path}/visits.db"\n[machine]\nkind = "twin"\n')
    made = tmp_path / "help.zip"
    words = ["doctor", "--config", str(path), "--no-ask", "--bundle", str(made)]
    assert CliRunner().invoke(main, words).exit_code == 0
    found = members(made)
    assert set(found) == {
        *("findings.json", "versions.json", "journal.txt", "configuration.json", "counts.json", "calibration.json")
    }
    (counted,) = json.loads(found["counts.json"])["visits"]
    assert counted == {"outcome": "done", "reason": "", "count": 1}
    for name, content in found.items():
        assert not content.startswith(PICTURES), name
        for text in texts:
            assert text.encode() not in content, (name, text)
            assert json.dumps(text).strip('"').encode() not in content, (name, text)


def written(folder: Path, toml: str) -> dict[str, bytes]:
    configuration = folder / "station.toml"
    configuration.write_text(toml)
    bundle.write(folder / "help.zip", [], configuration)
    return members(folder / "help.zip")


def test_the_configuration_comes_without_its_comments(tmp_path: Path) -> None:
    found = written(tmp_path, '# of Li Xiaoming, room 1204\n[machine]\nkind = "twin"\n')
    assert json.loads(found["configuration.json"])["machine"]["kind"] == "twin"
    assert b"Xiaoming" not in b"".join(found.values())


def test_a_broken_configuration_is_left_out(tmp_path: Path) -> None:
    assert set(written(tmp_path, "[machine\n")) == {"findings.json", "versions.json", "journal.txt", "calibration.json"}


def test_the_name_of_a_home_folder_stays_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/xiaoming")
    found = written(tmp_path, 'store = "/home/xiaoming/visits.db"\n')
    assert json.loads(found["configuration.json"])["store"] == "~/visits.db"


def test_a_store_that_a_running_station_holds_is_left_out(tmp_path: Path) -> None:
    machine, _ = twin_machine("none")
    with station(machine, Settings(), STANDARD, tmp_path / "visits.db", None):
        assert "counts.json" not in written(tmp_path, f'store = "{tmp_path}/visits.db"\n')


def test_what_sounds_like_a_secret_stays_out_at_any_depth() -> None:
    values = {"page": {"port": 8080, "admin_token": "a", "Password": "b"}, "api_key": "c", "pins": {"lamp": 18}}
    assert bundle.without_secrets(values) == {"page": {"port": 8080}, "pins": {"lamp": 18}}


def test_the_journal_is_that_of_the_station_s_units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "journalctl"
    program.write_text('#!/bin/sh\necho "asked: $*"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bundle.journal().startswith("asked: --unit=shred-station*")
    monkeypatch.setenv("PATH", str(tmp_path / "nowhere"))
    assert bundle.journal() == ""


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        bundle.write(tmp_path / "none" / "help.zip", [], tmp_path / "station.toml")
