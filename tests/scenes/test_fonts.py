"""Fonts: found, or the package that brings them is named."""

from pathlib import Path

import pytest

from hardware.errors import ShredError
from station.scenes.fonts import SOURCES, find_font


@pytest.mark.parametrize("face", list(SOURCES))
def test_a_missing_font_names_its_package(face: str, tmp_path: Path) -> None:
    with pytest.raises(ShredError, match=f"apt install {SOURCES[face].package}"):
        find_font(face, tmp_path)


def test_a_font_is_found_under_the_second_path(tmp_path: Path) -> None:
    second = tmp_path / SOURCES["latin"].paths[1]
    second.parent.mkdir(parents=True)
    second.touch()
    assert find_font("latin", tmp_path) == second
