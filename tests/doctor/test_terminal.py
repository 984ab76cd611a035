"""A person at a terminal: what is asked, what counts as an answer, and that nobody is waited for for ever."""

import os
from collections.abc import Iterator

import pytest

from station.doctor.ask import GUARD_DEEDS, SIGNS
from station.doctor.terminal import Terminal

LAMP = SIGNS[0]


class Keyboard:
    """A pipe on which keys arrive, and what the screen shows."""

    def __init__(self) -> None:
        keys, self._pressed = os.pipe()
        self.keys = os.fdopen(keys)
        self.shown: list[str] = []
        self.person = Terminal(self.keys, self.shown.append, answer_s=0.2)

    def press(self, keys: str) -> None:
        os.write(self._pressed, keys.encode())

    def leave(self) -> None:
        os.close(self._pressed)


@pytest.fixture
def keyboard() -> Iterator[Keyboard]:
    made = Keyboard()
    yield made
    made.keys.close()


@pytest.mark.parametrize(("keys", "answer"), [("y\n", True), ("No\n", False), ("what?\ny\n", True)])
def test_an_answer(keyboard: Keyboard, keys: str, answer: bool) -> None:
    for line in keys.splitlines(keepends=True):
        keyboard.press(line)
    keyboard.leave()
    assert keyboard.person.answers(LAMP, True) is answer
    assert keyboard.shown[0] == "Does the lamp shine? [y/n]"


def test_nobody_answers(keyboard: Keyboard) -> None:
    assert keyboard.person.answers(LAMP, False) is None
    assert keyboard.shown == ["Is the lamp dark now? [y/n]"]
    keyboard.leave()


def test_nobody_is_there(keyboard: Keyboard) -> None:
    keyboard.leave()
    assert keyboard.person.answers(LAMP, True) is None


def test_a_deed_is_told(keyboard: Keyboard) -> None:
    keyboard.person.do(GUARD_DEEDS[1])
    assert keyboard.shown == ["Open the lid."]
    keyboard.leave()
