"""Exposure for whole flickers of the mains, at the same brightness."""

import pytest

from hardware.camera.exposure import Light, flicker_us, without_flicker


@pytest.mark.parametrize(("found_us", "mains_hz", "kept_us"), [(23_400, 50, 20_000), (9_000, 60, 8_333)])
def test_it_lasts_whole_flickers_and_gain_makes_up_for_what_it_lost(found_us: int, mains_hz: int, kept_us: int) -> None:
    kept = without_flicker(Light(found_us, 2.0, (1.7, 1.4)), mains_hz)
    assert kept.exposure_us == kept_us and kept_us % flicker_us(mains_hz) == 0
    assert kept.exposure_us * kept.gain == pytest.approx(found_us * 2.0)
    assert kept.colour_gains == (1.7, 1.4)


def test_light_too_strong_for_one_flicker_stays_as_it_was_found() -> None:
    strong = Light(4_000, 1.0, (1.7, 1.4))
    assert without_flicker(strong, 50) == strong
