"""Clips with truth: the same for the same seed, different for another, and true to what they show."""

from itertools import islice

import numpy as np

from station.scenes.clips import EVALUATION_SEEDS, KINDS, TUNING_SEEDS, Clip, clips


def clip(name: str, seed: int = 1) -> Clip:
    return next(each for each in islice(clips(seed), len(KINDS)) if each.name == name)


def test_tuning_never_sees_an_evaluation_seed() -> None:
    assert not set(TUNING_SEEDS) & set(EVALUATION_SEEDS)


def test_a_seed_fixes_every_frame_and_another_seed_changes_them() -> None:
    first, again, other = (
        [shot.preview.grey for shot in islice(clip("grainy", seed).shots(), 20)] for seed in (1, 1, 2)
    )
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


def test_a_clip_lasts_ten_seconds_or_more_and_its_frames_are_previews() -> None:
    for each in islice(clips(1), len(KINDS)):
        assert each.script.length_s >= 10.0
        width, height = each.size_px
        assert next(each.shots()).preview.grey.shape == (height, width)


def test_the_truth_is_what_is_seen() -> None:
    shots = list(clip("comes_and_goes").shots())
    assert not shots[0].present and not shots[-1].present
    middle = [shot for shot in shots if 3.5 < shot.preview.time_s < 5.5]
    assert all(shot.present and not shot.moving for shot in middle)
    assert any(shot.moving for shot in shots)
    difference = np.abs(middle[0].preview.grey.astype(float) - shots[0].preview.grey)
    assert (difference > 20).mean() > 0.02


def test_light_alone_is_no_movement() -> None:
    shots = list(clip("shadow_passes").shots())
    assert not any(shot.moving or shot.present for shot in shots)
    levels = [float(shot.preview.grey.mean()) for shot in shots]
    assert min(levels) < 0.9 * levels[0]
