"""The measurement of visits: a box that is erased has nothing bare, and an eye that sees half of it is found out."""

from dataclasses import replace
from typing import Any

import pytest

from station.evaluate.visits import visits
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.seen import Look
from station.vision.text import Models
from tests.small_box import small_box


class Careless(Eye):
    """Sees of each label its first line alone, and no code."""

    def look(self, *args: Any, **options: Any) -> Look:
        look = super().look(*args, **options)
        few = (replace(label, whole=False, regions=label.regions[:1], codes=()) for label in look.labels)
        return replace(look, labels=tuple(few))


@pytest.mark.parametrize(("kind", "left_bare"), [(Eye, False), (Careless, True)])
def test_what_is_done_has_nothing_bare_unless_it_was_never_seen(kind: type[Eye], left_bare: bool) -> None:
    models = Models()
    report = visits(kind(models), Judge(models), [(3, small_box())])
    assert report["outcomes"] == {"done": 1}
    assert report["done_though_bare"] == ([3] if left_bare else [])
    assert (report["visits"][0]["bare"] > 0) == left_bare
