"""What is believed of readings: print that shows through, not what a reader sees in noise."""

import pytest

from station.vision.belief import believed, counted
from station.vision.text import Reading


def is_believed(stood: str, *readings: tuple[str, float]) -> bool:
    sure: list[str] = []
    return any(believed(Reading(text, confidence), lambda: stood, sure) for text, confidence in readings)


@pytest.mark.parametrize(
    ("stood", "text"),
    [("SF1390024680257", "390024"), ("13912345678", "2345"), ("欧阳静云", "欧阳"), ("李明", "李明")],
)
def test_a_doubtful_reading_of_what_stood_there_is_believed(stood: str, text: str) -> None:
    assert is_believed(stood, (text, 0.45))


def test_runs_in_the_right_order_are_no_chance() -> None:
    assert is_believed("张国华10896326555", ("573310856320383", 0.51))
    assert not is_believed("张国华10896326555", ("573310834220383", 0.51))


@pytest.mark.parametrize("text", ["7352359", "2322", "PEEENY"])
def test_a_doubtful_reading_of_something_else_is_not(text: str) -> None:
    assert not is_believed("EC174707403CN", (text, 0.6))


def test_a_sure_reading_of_something_else_is_believed_when_it_comes_again() -> None:
    assert not is_believed("EC174707403CN", ("MARIE", 0.9))
    assert is_believed("EC174707403CN", ("MARIE", 0.9), ("MARIE", 0.85))


@pytest.mark.parametrize("readings", [("222", "22"), ("22", "22"), ("1111", "1111"), ("13", "13")])
def test_noise_that_gives_the_same_digits_twice_is_not_believed(readings: tuple[str, str]) -> None:
    assert not is_believed("冯*", (readings[0], 0.95), (readings[1], 0.82))


def test_without_knowing_what_stood_there_everything_counts() -> None:
    assert believed(Reading("2322", 0.45), None, [])


@pytest.mark.parametrize(
    ("text", "confidence", "count"), [("12", 0.5, 0), ("李明", 0.7, 2), ("123", 0.39, 0), ("12-3", 0.4, 3)]
)
def test_few_characters_count_only_when_they_are_sure(text: str, confidence: float, count: int) -> None:
    assert counted(Reading(text, confidence)) == count
