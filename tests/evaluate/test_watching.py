"""The measurement of the watch: right on a few clips that tuning saw, and hard on a watch that sees nothing."""

import pytest

from hardware.camera.frames import Preview
from station.evaluate import watching as measured
from station.evaluate.watching import watching
from station.scenes.clips import TUNING_SEEDS
from station.vision.watch import Sight, Watch


class Blind(Watch):
    """Never sees a thing."""

    def update(self, preview: Preview, hidden: object = (), felt: bool = False) -> Sight:
        return Sight(False, False, 0.0, False, 0.0)


class Nervous(Watch):
    """Sees a box in everything, and everything moves."""

    def update(self, preview: Preview, hidden: object = (), felt: bool = False) -> Sight:
        return Sight(True, True, 0.0, False, 0.0)


def test_the_watch_is_right_on_most_of_a_few_clips() -> None:
    told = watching(4, TUNING_SEEDS[1])
    right, of = told["events"]
    assert of > 20
    assert right >= 0.97 * of, told["wrong"]


@pytest.mark.parametrize("watch", [Blind, Nervous])
def test_a_bad_watch_is_found_out(monkeypatch: pytest.MonkeyPatch, watch: type[Watch]) -> None:
    monkeypatch.setattr(measured, "Watch", watch)
    right, of = watching(1, TUNING_SEEDS[0])["events"]
    assert right < 0.7 * of
