"""Is a reading of print, or of the ink? A reader told to read sees letters in any noise."""

from collections.abc import Callable
from difflib import SequenceMatcher
from math import ceil

from station.vision.text import Reading

Stood = Callable[[], str]  # what a place said before the ink; it is read only when a doubtful reading asks for it

_CHARACTERS = 3  # fewer are found in any noise, unless the reader is quite sure of them
SURE = 0.4  # mean over a reading's characters: 120 readable lines gave 0.41 or more, pure ink 0.45 once in 61
_NAME = 2  # characters of the shortest name
_SURE_OF_NAME = 0.6  # pure ink never gave two characters at that, in 61
_CERTAIN = 0.8  # so sure a reading counts in two views even where something else stood before: one is not enough,
# for pure ink gave two or three characters at 0.86 twice in some 800 places
_RUN = 3  # characters in a row that agree with what stood there before: 1 in 10 by chance among long numbers,
_AGREEING = 0.6  # and so seldom together with this share of the reading that it was not seen in 200 inked places
_IDEOGRAPHS = 0.4  # of a reading: two of five characters of a name that show through are a name to somebody
_IN_RUNS = 6  # characters in runs of three that come in the right order are no chance either, and half a phone number
_LONG_RUN = 5  # in a row are no chance, whatever else was read
_SHORT_SHARE = 0.5  # or so much of what stood there: a name has two characters


def counted(reading: Reading) -> int:
    """How many letters, digits and signs a reading holds, 0 for what noise may give as well."""
    count = sum(one.isalnum() for one in reading.text)
    enough = count >= _CHARACTERS and reading.confidence >= SURE
    return count if enough or (count >= _NAME and reading.confidence >= _SURE_OF_NAME) else 0


def believed(reading: Reading, stood: Stood | None, sure: list[str]) -> bool:
    """Whether a reading is of print and not of the ink: it agrees with what stood there, or is sure and comes again.

    `sure` collects sure readings of something else: noise reads otherwise in every view, print does not.
    """
    if stood is None:
        return True
    read = _bare(reading.text)
    if _agrees(_bare(stood()), read):
        return True
    if reading.confidence < _CERTAIN:
        return False
    again = any(_recurs(other, read) for other in sure)
    sure.append(read)
    return again


def _agrees(known: str, read: str) -> bool:
    """Whether so much of a reading is of the known text that it can't be chance."""
    if len(known) < _NAME:
        return False
    blocks = SequenceMatcher(None, known, read, autojunk=False).get_matching_blocks()
    if _agrees_in_ideographs([known[block.a : block.a + block.size] for block in blocks], read):
        return True
    same = [block.size for block in blocks]
    needed = min(_RUN, max(_NAME, ceil(_SHORT_SHARE * len(known))))
    agreeing = sum(size for size in same if size >= _NAME)
    if sum(size for size in same if size >= _RUN) >= _IN_RUNS:
        return True
    return max(same) >= _LONG_RUN or (max(same) >= needed and agreeing >= _AGREEING * len(read))


def _recurs(other: str, read: str) -> bool:
    """Whether two views gave the same: noise gives the same digit over and over, and two digits are soon the same."""
    block = SequenceMatcher(None, other, read, autojunk=False).find_longest_match()
    same = other[block.a : block.a + block.size]
    return _agrees(other, read) and len(set(same)) > 1 and (len(same) >= _CHARACTERS or not same.isascii())


def _agrees_in_ideographs(same: list[str], read: str) -> bool:
    """Whether there are two in a row among the agreeing parts, and enough of them: no chance, as digits are."""
    runs = [sum(not one.isascii() for one in part) for part in same]
    return max(runs) >= _NAME and sum(runs) >= max(_NAME, _IDEOGRAPHS * len(read))


def _bare(text: str) -> str:
    return "".join(one for one in text.upper() if one.isalnum())
