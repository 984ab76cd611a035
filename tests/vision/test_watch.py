"""The watch on the twin's preview: a box comes, settles, is pushed and leaves; light and noise are neither."""

from collections.abc import Iterator

import numpy as np
import pytest

from hardware.machine import twin_machine
from station.scenes.clips import Shot, clips
from station.vision.watch import Sight, Watch
from tests.small_box import small_box

FRAME_S = 0.1


class Scene:
    """A twin without a tool, and a watch on its preview."""

    def __init__(self) -> None:
        self.machine, self.world = twin_machine("none", seed=2)
        self.watch = Watch()
        self.watch.learn_empty(self.machine.camera.preview())

    def pass_time(self, seconds: float) -> list[Sight]:
        sights = []
        for _ in range(round(seconds / FRAME_S)):
            self.machine.clock.sleep(FRAME_S)
            sights.append(self.watch.update(self.machine.camera.preview()))
        return sights


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.machine.close()


def test_an_empty_platform_is_still_and_empty(scene: Scene) -> None:
    sights = scene.pass_time(3.0)
    assert not any(sight.moving or sight.present or sight.dark for sight in sights)
    assert sights[-1].frozen_s == 0.0


def test_a_box_arrives_settles_and_leaves(scene: Scene) -> None:
    scene.world.place(small_box())
    arriving = scene.pass_time(4.0)
    assert any(sight.moving for sight in arriving)
    assert arriving[-1].present and arriving[-1].still_s > 2.0
    scene.world.take_away()
    leaving = scene.pass_time(4.0)
    assert any(sight.moving for sight in leaving) and not leaving[-1].present


@pytest.mark.parametrize("level", [0.5, 1.6])
def test_a_light_that_changes_is_no_box(scene: Scene, level: float) -> None:
    scene.pass_time(1.0)
    scene.world.light(level)
    assert not any(sight.present for sight in scene.pass_time(2.0))


def test_darkness_and_a_hanging_camera_are_told(scene: Scene) -> None:
    scene.world.fault("light_off")
    assert scene.pass_time(0.5)[-1].dark
    scene.world.mend("light_off")
    scene.world.fault("stuck_camera")
    assert scene.pass_time(2.5)[-1].frozen_s > 2.0


def test_a_pushed_box_has_shifted_and_a_hidden_part_does_not_count(scene: Scene) -> None:
    scene.world.place(small_box())
    scene.pass_time(3.0)
    scene.watch.keep(scene.machine.camera.preview())
    assert not scene.watch.shifted(scene.machine.camera.preview())
    scene.world.move(4.0, 0.0)
    scene.pass_time(3.0)
    everything = np.array([[0, 0], [640, 0], [640, 360], [0, 360]], float)
    assert scene.watch.shifted(scene.machine.camera.preview())
    assert not scene.watch.shifted(scene.machine.camera.preview(), [everything])


def test_the_outline_is_the_boxs(scene: Scene) -> None:
    scene.world.place(small_box())
    scene.pass_time(3.0)
    outline = scene.watch.outline(scene.machine.camera.preview())
    assert outline is not None
    lens = scene.machine.lens.scaled(640)
    seen = lens.to_platform(outline, 60.0)
    true = scene.world.outline_mm()
    assert np.abs(seen.mean(axis=0) - true.mean(axis=0)).max() < 8.0
    assert np.abs(np.ptp(seen, axis=0) - np.ptp(true, axis=0)).max() < 25.0


def told(name: str, seed: int = 11) -> list[tuple[Shot, Sight]]:
    """What the watch makes of a rendered clip of a kind."""
    clip = next(each for each in clips(seed) if each.name == name)
    watch, seen = Watch(), []
    for shot in clip.shots():
        if not seen:
            watch.learn_empty(shot.preview)
        seen.append((shot, watch.update(shot.preview)))
    return seen


def test_a_light_switched_over_a_box_moves_nothing() -> None:
    seen = [each for each in told("light_switched") if each[0].preview.time_s > 3.0]
    assert not any(sight.moving for _, sight in seen)
    assert all(sight.present == shot.present for shot, sight in seen)


def test_a_shadow_that_stays_is_no_box() -> None:
    seen = told("shadow_rests")
    assert np.ptp([float(shot.preview.grey.mean()) for shot, _ in seen]) > 3.0
    assert not any(sight.present for _, sight in seen)


def test_a_bag_that_creeps_is_not_still_until_it_stops() -> None:
    seen = told("creeps")
    moving_s = [shot.preview.time_s for shot, _ in seen if shot.moving]
    first_s, last_s = moving_s[0] + 0.5, moving_s[-1]
    assert last_s - first_s > 2.0
    assert not any(sight.still_s > 0.3 for shot, sight in seen if first_s < shot.preview.time_s < last_s)
    assert seen[-1][1].still_s > 1.0


def test_dirt_that_gathers_on_the_empty_platform_is_learnt_and_a_box_is_not() -> None:
    seen = told("gets_dirty")
    assert not any(sight.present for shot, sight in seen if shot.preview.time_s < 27.0)
    assert all(sight.present for shot, sight in seen if 30.0 < shot.preview.time_s < 32.5)
    assert not seen[-1][1].present


def test_what_is_felt_is_never_learnt(scene: Scene) -> None:
    scene.world.place(small_box())
    scene.pass_time(3.0)
    unseen = Watch()
    unseen.learn_empty(scene.machine.camera.preview())
    scene.world.clear()
    for felt in (True, False):
        unseen.update(scene.machine.camera.preview(), felt=felt)
    assert unseen.update(scene.machine.camera.preview(), felt=True).present


def test_a_hand_at_rest_has_reached_in(scene: Scene) -> None:
    scene.world.place(small_box())
    scene.pass_time(3.0)
    scene.watch.keep(scene.machine.camera.preview())
    assert not scene.watch.reached_into(scene.machine.camera.preview())
    scene.world.hand(True)
    assert scene.watch.reached_into(scene.machine.camera.preview())
