"""The person in front of a real machine, who reads what to do on a terminal and answers by y or n."""

import select
from collections.abc import Callable
from typing import TextIO

from station.doctor.ask import Deed, Sign

ANSWER_S = 60.0
YES, NO = frozenset({"y", "yes"}), frozenset({"n", "no"})


class Terminal:
    """A `Person`. `answers_on` is where the answers come from, `tell` prints a line."""

    def __init__(self, answers_on: TextIO, tell: Callable[[str], None], answer_s: float = ANSWER_S) -> None:
        self._answers_on, self._tell, self._answer_s = answers_on, tell, answer_s

    def do(self, deed: Deed) -> None:
        """Tell it."""
        self._tell(deed.told)

    def answers(self, sign: Sign, on: bool) -> bool | None:
        """Ask until the answer is y or n; None where the time is over or nobody is there."""
        self._tell(f"{sign.on if on else sign.off} [y/n]")
        while select.select([self._answers_on], [], [], self._answer_s)[0]:
            line = self._answers_on.readline()
            answer = line.strip().lower()
            if answer in YES | NO:
                return answer in YES
            if not line:
                return None
            self._tell("y or n?")
        return None
