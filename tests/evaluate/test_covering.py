"""The measurement of what the eye covers: right on a box, and hard on an eye that sees nothing."""

from station.evaluate.covering import EVALUATION_SEED, covering, scenes
from station.vision.look import Eye
from station.vision.seen import Look

SEED = EVALUATION_SEED + 1


class Blind(Eye):
    """Never sees a label."""

    def look(self, *_: object, **__: object) -> Look:
        return Look((), {"locate": 1.0})


def test_two_boxes_are_covered() -> None:
    count = covering(Eye(), scenes(SEED, 0, 2))
    assert count.scenes == 2 and not count.uncovered
    assert count.fields_covered == count.fields > 10
    assert count.codes_covered == count.codes > 1
    assert count.upright == count.labels_found == count.labels == 2


def test_who_sees_nothing_covers_nothing() -> None:
    count = covering(Blind(), scenes(SEED, 0, 1))
    assert (count.fields_covered, count.codes_covered, count.labels_found) == (0, 0, 0)
    assert count.uncovered == [0]
    assert len(count.missed) == count.fields + count.codes
