"""The drawings that the repository keeps are those that the pin table and the machine give today."""

import xml.etree.ElementTree as ET
from itertools import combinations
from pathlib import Path
from typing import get_args

import pytest
from PIL import ImageFont

from hardware.errors import InputError
from station.cli import main
from station.config import Config, load
from station.drawings.drawn import What, drawn

HARDWARE = Path(__file__).parents[2] / "hardware"
KEPT = sorted((HARDWARE / "drawings").glob("*.svg"))
SVG = "{http://www.w3.org/2000/svg}"
Extent = tuple[float, float, float, float]


def named(path: Path) -> tuple[What, Config]:
    """What a kept drawing shows, by its name: wiring-roller.svg."""
    what, build = path.stem.split("-")
    return next(each for each in get_args(What) if each == what), load(HARDWARE / f"{build}.toml")


def extents(svg: str) -> dict[str, Extent]:
    """Words -> left, top, right, bottom of each upright line of text, as DejaVu Sans sets it."""
    found = {}
    for number, text in enumerate(ET.fromstring(svg).iter(f"{SVG}text")):
        if "transform" in text.attrib:
            continue
        px, words = float(text.attrib["font-size"]), text.text or ""
        face = "DejaVuSans-Bold.ttf" if text.attrib["font-weight"] == "bold" else "DejaVuSans.ttf"
        width = ImageFont.truetype(face, 100).getlength(words) * px / 100
        left = float(text.attrib["x"]) - {"start": 0.0, "middle": 0.5, "end": 1.0}[text.attrib["text-anchor"]] * width
        foot = float(text.attrib["y"])
        found[f"{words} ({number})"] = (left, foot - 0.75 * px, left + width, foot + 0.1 * px)
    return found


def overlap(one: Extent, other: Extent) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def test_every_build_has_its_drawings() -> None:
    assert [path.stem for path in KEPT] == [
        *("frame-gantry", "frame-guide", "frame-roller"),
        *("stop-gantry", "stop-roller"),
        *("wiring-gantry", "wiring-guide", "wiring-roller"),
    ]


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_kept_drawing_is_what_the_machine_gives_today(path: Path) -> None:
    what, built = named(path)
    refresh = (
        f"station draw {what} --config hardware/{path.stem.split('-')[1]}.toml --out hardware/drawings/{path.name}"
    )
    assert path.read_text(encoding="utf-8") == drawn(what, built, "here"), f"draw it anew: {refresh}"


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_words_lie_on_the_sheet_and_not_on_each_other(path: Path) -> None:
    svg = path.read_text(encoding="utf-8")
    width = float(ET.fromstring(svg).attrib["width"])
    found = extents(svg)
    assert not [words for words, (left, _, right, _) in found.items() if left < 0 or right > width]
    assert not [(one, other) for one, other in combinations(found, 2) if overlap(found[one], found[other])]


def test_what_is_not_there_is_not_drawn() -> None:
    with pytest.raises(InputError, match=r"guide\.toml.*nothing moves"):
        drawn("stop", load(HARDWARE / "guide.toml"), "guide.toml")
    with pytest.raises(InputError, match=r"motion\.kind is twin.*gpio or grbl"):
        drawn("wiring", Config(), "station.toml")


def test_the_verb_writes_the_drawing(tmp_path: Path) -> None:
    out = tmp_path / "wiring.svg"
    main(["draw", "wiring", "--config", str(HARDWARE / "guide.toml"), "--out", str(out)], standalone_mode=False)
    assert out.read_text(encoding="utf-8") == drawn("wiring", load(HARDWARE / "guide.toml"), "here")


def test_a_drawing_that_cannot_be_written_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "nowhere" / "wiring.svg"
    with pytest.raises(SystemExit) as ended:
        main(["draw", "wiring", "--config", str(HARDWARE / "guide.toml"), "--out", str(out)])
    assert ended.value.code == 2
    assert "name a file in a folder that exists" in capsys.readouterr().err
