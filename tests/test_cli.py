"""The command line as a person meets it: help, one clear line for bad input, exit codes, nothing written by mistake."""

import json
import socket
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from station.cli import main

DATA = Path(__file__).parent / "data"
UPS = DATA / "ups-cardboard" / "ups-cardboard.jpg"


def station(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def text_file(folder: Path) -> Path:
    path = folder / "text.jpg"
    path.write_text("no picture")
    return path


CALIBRATE = ["calibrate sheet", "calibrate camera", "calibrate tool"]


@pytest.mark.parametrize(
    "verb", ["demo", "run", "scan", "redact", "judge", "bench", "camera", "doctor", "off", *CALIBRATE]
)
def test_every_verb_has_help_with_an_example(verb: str) -> None:
    helped = station(*verb.split(), "--help")
    assert helped.exit_code == 0
    assert f"Example: station {verb}" in helped.output


def refused(result: Result, *told: str) -> None:
    """Exit 2, one line on standard error that says what is wrong, no traceback, nothing on standard output."""
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert all(part in lines[0] for part in told), lines[0]


@pytest.mark.parametrize("verb", ["scan", "redact", "judge", "bench"])
@pytest.mark.parametrize("bad", ["missing", "text", "folder"])
def test_bad_pictures(tmp_path: Path, verb: str, bad: str) -> None:
    path = {"missing": tmp_path / "none.jpg", "text": text_file(tmp_path), "folder": tmp_path}[bad]
    more = {"redact": ["-o", tmp_path / "out.png"], "judge": [path]}.get(verb, [])
    before = sorted(tmp_path.rglob("*"))
    refused(station(verb, path, *more), str(path))
    assert sorted(tmp_path.rglob("*")) == before


def test_one_bad_photo_among_good_ones_is_found_before_the_work(tmp_path: Path) -> None:
    refused(station("scan", UPS, tmp_path / "none.jpg"), "none.jpg")


def test_a_port_in_use(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused(station("demo", "--boxes", "1", "--port", taken.getsockname()[1]), "port", "--port")


@pytest.mark.parametrize(
    ("text", "told"),
    [("[marker]\nkind = 3\n", "marker.kind"), ("[marker\n", "not valid TOML"), ("", "station demo")],
)
def test_a_broken_or_empty_configuration(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "station.toml"
    path.write_text(text)
    refused(station("run", "--config", path), "station.toml", told)


@pytest.mark.parametrize("verb", ["camera", "tool"])
def test_a_machine_that_is_not_there_cannot_be_calibrated(tmp_path: Path, verb: str) -> None:
    path = tmp_path / "station.toml"
    path.write_text("")
    refused(station("calibrate", verb, "--config", path), "machine.kind is none")


def test_the_sheet_is_written_where_it_can_be(tmp_path: Path) -> None:
    assert station("calibrate", "sheet", "--out", tmp_path / "sheet.pdf").exit_code == 0
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF-")
    refused(station("calibrate", "sheet", "--out", tmp_path / "no" / "sheet.pdf"), "sheet.pdf", "folder that exists")


def test_a_box_folder_that_is_none(tmp_path: Path) -> None:
    refused(station("demo", "--headless", "--box", tmp_path), "box.toml")


def test_a_report_that_could_not_be_written(tmp_path: Path) -> None:
    refused(station("demo", "--headless", "--boxes", "1", "--report", tmp_path / "no" / "r.json"), "r.json")


def test_scan_tells_places_and_no_text() -> None:
    result = station("scan", UPS, "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert found["photo"] == str(UPS)
    assert found["size"] == list(Image.open(UPS).size)
    (label,) = found["labels"]
    assert len(label["quad"]) == 4
    assert {code["symbology"] for code in label["codes"]} >= {"Code128"}
    assert all(set(region) == {"kind", "polygon", "confidence"} for region in label["regions"])
    assert "99K" not in result.output.replace(" ", "")


def test_scan_reveals_only_when_asked() -> None:
    result = station("scan", UPS, "--json", "--reveal")
    texts = [code["text"] for code in json.loads(result.stdout)["labels"][0]["codes"]]
    assert "1Z88899K2324252627" in texts


def test_redact_and_judge_agree(tmp_path: Path) -> None:
    out = tmp_path / "safe.png"
    redacted = station("redact", UPS, "-o", out, "--json")
    assert json.loads(redacted.stdout)["verdict"] == "clean"
    assert redacted.exit_code == 0
    assert station("judge", UPS, out).exit_code == 0
    same = station("judge", UPS, UPS, "--json")
    assert json.loads(same.stdout)["verdict"] == "readable"
    assert same.exit_code == 1


def test_redact_of_a_picture_without_a_label_writes_nothing(tmp_path: Path) -> None:
    plain = tmp_path / "plain.png"
    Image.new("RGB", (800, 600), (150, 120, 90)).save(plain)
    result = station("redact", plain, "-o", tmp_path / "out.png")
    assert result.exit_code == 1
    assert "no label seen" in result.stderr
    assert not (tmp_path / "out.png").exists()
