"""The strongest reader of a line under ink: told the font, the size and where every character stands, it has only to
tell which of ten each one is, and compares what is seen with every one of the ten.
"""

import string
from math import comb

import cv2
import numpy as np

from station.scenes.inked import FINE, Print, Scene, Sheet, glyph

_PX_PER_MM = FINE / 2
_FINE_MM = 0.1
_COARSE_MM = 1.0
_AROUND_MM = 0.6  # of the page seen with a character
_OPTIONS = 10
_SHARE = 0.5  # of the characters: more than half a number or an address is told
_CHANCE = 1e-4  # of telling so many by guessing: one in 10,000 lines under perfect ink is called readable
_IDEOGRAPHS = "示范省样例市虚构区假想路号栋室收件人李张小晓建国明丽华芳军伟平东南西北中山海"


def told(one: Scene, line: Print) -> bool:
    """Whether that reader tells half of the characters, and more than guessing would."""
    seen = _flat(one, line)
    printed = _detail(line.mask)
    strength = float((_detail(seen) * printed).sum() / (printed**2).sum())  # negative, where print is darker
    wanted = [index for index, character in enumerate(line.text) if character.isalnum()]
    right = sum(_tells(seen, line, index, strength) for index in wanted) if strength < 0 else 0
    return right >= _SHARE * len(wanted) and _by_guessing(right, len(wanted)) < _CHANCE


def _flat(one: Scene, line: Print) -> Sheet:
    """The photo of the place laid over the line's mask."""
    rows, columns = line.mask.shape
    target = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32) - np.float32(0.5)
    matrix = cv2.getPerspectiveTransform(one.place.polygon.astype(np.float32) - np.float32(0.5), target)
    return np.asarray(cv2.warpPerspective(one.bgr.mean(axis=2, dtype=np.float32), matrix, (columns, rows)))


def _detail(levels: Sheet) -> Sheet:
    """What is of the size of print, at `_PX_PER_MM`."""
    small = cv2.resize(levels, None, fx=_PX_PER_MM / FINE, fy=_PX_PER_MM / FINE, interpolation=cv2.INTER_AREA)
    fine, coarse = (cv2.GaussianBlur(small, (0, 0), mm * _PX_PER_MM) for mm in (_FINE_MM, _COARSE_MM))
    return np.asarray(fine - coarse)


def _tells(seen: Sheet, line: Print, index: int, strength: float) -> bool:
    """Whether the true character fits what is seen better than nine others do, printed as strongly as the line."""
    others = [one for one in _alike(line.text[index]) if one != line.text[index]][: _OPTIONS - 1]
    true, *false = (glyph(line, index, each) for each in (line.text[index], *others))
    columns = np.flatnonzero(np.max((true, *false), axis=(0, 1)) > 0)
    cell = slice(max(0, int(columns[0]) - round(_AROUND_MM * FINE)), int(columns[-1]) + 1 + round(_AROUND_MM * FINE))
    instead = [np.clip(line.mask + each - true, 0, 1)[:, cell] for each in (true, *false)]
    there = _detail(np.ascontiguousarray(seen[:, cell]))
    return int(np.argmax([_fit(there, strength * _detail(each)) for each in instead])) == 0


def _fit(seen: Sheet, expected: Sheet) -> float:
    """The log likelihood of what is seen, but for what is the same for all."""
    return float((seen * expected).sum() - (expected**2).sum() / 2)


def _alike(character: str) -> str:
    """What may stand there instead: digits for a digit, letters of the same case, ideographs."""
    if character.isdigit():
        return string.digits
    if character.isascii():
        return string.ascii_uppercase if character.isupper() else string.ascii_lowercase
    start = ord(character) % len(_IDEOGRAPHS)
    return _IDEOGRAPHS[start:] + _IDEOGRAPHS[:start]


def _by_guessing(right: int, of: int) -> float:
    """The probability of guessing as many or more."""
    wrong = _OPTIONS - 1
    return float(sum(comb(of, k) * wrong ** (of - k) for k in range(right, of + 1)) / _OPTIONS**of)
