"""The fonts that labels are printed in, taken from Debian packages."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import ImageFont

from hardware.errors import InputError

Face = Literal["noto", "noto-bold", "zenhei", "microhei", "latin", "latin-bold"]

FONT_ROOT = Path("/usr/share/fonts")


@dataclass(frozen=True)
class Source:
    """Where a face may lie under the font folder, and the Debian package that brings it."""

    package: str
    paths: tuple[str, ...]
    index: int = 0


NOTO_SC = 2  # place of the simplified Chinese face inside Debian's Noto CJK collections
SOURCES: Mapping[Face, Source] = {
    "noto": Source("fonts-noto-cjk", ("opentype/noto/NotoSansCJK-Regular.ttc",), NOTO_SC),
    "noto-bold": Source("fonts-noto-cjk", ("opentype/noto/NotoSansCJK-Bold.ttc",), NOTO_SC),
    "zenhei": Source("fonts-wqy-zenhei", ("truetype/wqy/wqy-zenhei.ttc",)),
    "microhei": Source("fonts-wqy-microhei", ("truetype/wqy/wqy-microhei.ttc",)),
    "latin": Source(
        "fonts-liberation2",
        ("truetype/liberation2/LiberationSans-Regular.ttf", "truetype/liberation/LiberationSans-Regular.ttf"),
    ),
    "latin-bold": Source(
        "fonts-liberation2",
        ("truetype/liberation2/LiberationSans-Bold.ttf", "truetype/liberation/LiberationSans-Bold.ttf"),
    ),
}


def find_font(face: Face, root: Path = FONT_ROOT) -> Path:
    """The file of a face. Raises `InputError` that names the Debian package when there is none."""
    source = SOURCES[face]
    for path in source.paths:
        if (root / path).is_file():
            return root / path
    message = f"No font file {source.paths[0]} under {root}: install it with `apt install {source.package}`."
    raise InputError(message)


@cache
def font(face: Face, size_px: int) -> ImageFont.FreeTypeFont:
    """A face at a size in whole pixels (em height), opened once."""
    return ImageFont.truetype(find_font(face), size_px, index=SOURCES[face].index)


@dataclass(frozen=True)
class Pair:
    """The two weights that one label is printed in."""

    plain: Face
    bold: Face


CHINESE: tuple[Pair, ...] = (Pair("noto", "noto-bold"), Pair("zenhei", "noto-bold"), Pair("microhei", "noto-bold"))
WESTERN = Pair("latin", "latin-bold")


def chinese_pair(rng: np.random.Generator) -> Pair:
    """One of the Chinese pairs, at random."""
    return CHINESE[int(rng.integers(len(CHINESE)))]
