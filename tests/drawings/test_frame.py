"""The frame that is drawn can be built: nothing is in the way of what moves, what is seen or what gives light."""

import numpy as np
import pytest

from hardware.camera.lens import Lens
from hardware.frame import BEAM_HEIGHT_MM, PLATFORM_MM
from station.config import Config
from station.drawings import frame as drawn
from station.drawings.frame import ends_mm, frame

GANTRY = Config()
X_MM, Y_MM = ends_mm(GANTRY.motion, 0), ends_mm(GANTRY.motion, 1)
CAMERA_MM = Lens().camera_height_mm
CARRIAGE_MM = 60.0


def test_the_measures_of_the_machine_stand_on_the_drawing() -> None:
    told = frame(GANTRY)
    for words in ("nib up 250", "beam 275", "camera, sensor 480", "end stops of x 455", "end stops of y 325"):
        assert f">{words}<" in told
    roller = frame(Config.model_validate({"marker": {"kind": "roller", "width_mm": 38}}))
    assert "end stops of y" not in roller and ">lane 38<" in roller
    assert "beam" not in frame(Config.model_validate({"marker": {"kind": "none"}}))


def test_other_end_stops_and_another_lift_are_drawn() -> None:
    other = {"motion": {"end_stops_mm": (-50.0, -15.0), "travel_mm": (480.0, 325.0)}, "lift": {"up_mm": 260.0}}
    told = frame(Config.model_validate(other))
    assert ">end stops of x 480<" in told and ">parked at -45, -10<" in told and ">nib up 260<" in told


def test_the_carriage_fits_between_the_profiles() -> None:
    for (outer_low, outer_high), (low, high) in ((drawn.OUTER_X_MM, X_MM), (drawn.OUTER_Y_MM, Y_MM)):
        assert low - CARRIAGE_MM / 2 > outer_low + drawn.PROFILE_MM
        assert high + CARRIAGE_MM / 2 < outer_high - drawn.PROFILE_MM


def test_the_lift_passes_below_the_camera_and_between_the_lights() -> None:
    assert drawn.LIFT_TOP_MM < CAMERA_MM - 30
    behind_mm, before_mm = drawn.LIGHT_Y_MM
    assert behind_mm < Y_MM[0] - CARRIAGE_MM and before_mm > Y_MM[1] + CARRIAGE_MM
    assert drawn.LIGHT_HEIGHT_MM > BEAM_HEIGHT_MM + 100


def test_the_tallest_box_gets_in_below_the_rails_and_under_the_raised_nib() -> None:
    assert drawn.TALLEST_BOX_MM + 30 < drawn.CARRIER_TOP_MM - drawn.PROFILE_MM
    assert GANTRY.lift.up_mm > drawn.TALLEST_BOX_MM + 30


def test_the_parked_beam_is_out_of_the_picture() -> None:
    right_mm = X_MM[0] + GANTRY.motion.pull_off_mm + CARRIAGE_MM / 2
    at = Lens().to_pixels(np.array([[right_mm, PLATFORM_MM[1] / 2]]), GANTRY.lift.up_mm)
    assert at[0, 0] < 0


@pytest.mark.parametrize("height_mm", [0.0, 100.0, 200.0])
def test_no_light_is_mirrored_by_what_lies_on_the_platform(height_mm: float) -> None:
    middle_mm = Lens().above_mm[1]
    camera, light = CAMERA_MM - height_mm, drawn.LIGHT_HEIGHT_MM - height_mm
    for y_mm in drawn.LIGHT_Y_MM:
        mirrored_mm = middle_mm + (y_mm - middle_mm) * camera / (camera + light)
        assert not 0 <= mirrored_mm <= PLATFORM_MM[1]
