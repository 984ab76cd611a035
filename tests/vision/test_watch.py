"""The watch on the twin's preview: a box comes, settles, is pushed and leaves; light and noise are neither."""

from collections.abc import Iterator

import numpy as np
import pytest

from hardware.machine import twin_machine
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
