"""What a calibration has found, in words: how good it is, what is wrong with it, and what to do about it."""

import math

import numpy as np

from station.calibrate.camera import CameraFit, ViewFit
from station.calibrate.tool import ToolFit
from station.geometry import ErrorBudget

GOOD_PX, BAD_PX = 0.8, 1.6  # 95 of 100 corners; of a 4608 px picture 1.6 px are 0.2 mm on the platform
SMOOTH_SHARE = 0.5  # of what is left over: of noise it is 0.05, of a bent sheet nearly all
PRINT_TOLERANCE = 0.025  # of heights by camera and by sensor: 2.5 mm of a box of 100 mm
GOOD_MM, BAD_MM = 0.3, 0.7  # 95 of 100 fiducials
BAD_PLAY_MM = 0.8
AXES_TOLERANCE = 0.01  # belts are exact to 0.2 %, paper to 0.4 %
SENSOR_TOLERANCE_MM = 2.0


def camera(found: CameraFit) -> str:
    """How good the camera's calibration is."""
    lens, (x, y) = found.lens, found.lens.above_mm
    return (
        f"Camera {lens.camera_height_mm:.1f} mm above the platform at x {x:.1f}, y {y:.1f} mm, turned by "
        f"{math.degrees(math.hypot(*lens.turned)):.2f} degrees, focal length {lens.focal_px:.0f} px.\n"
        f"{found.corners} corners in {len(found.views)} pictures, 95 of 100 within {found.residual_px:.2f} px "
        f"({found.residual_mm:.2f} mm): {_praise(found.residual_px, GOOD_PX, BAD_PX)}."
    )


def camera_findings(found: CameraFit) -> list[str]:
    """What is wrong with it, a sentence each; none is good."""
    scale, told = found.print_scale(), []
    if scale is not None and abs(scale - 1) > PRINT_TOLERANCE:
        told.append(
            f"the sheet seems to be printed at {scale:.0%} of its size: measure its ruler; print it again at 100 % "
            "(never 'fit to page'), or say what the ruler measures with --ruler-mm"
        )
    bad = [view for view in found.views if view.residual_px > BAD_PX]
    if found.residual_px > BAD_PX:
        told.append(_why(max(bad, key=lambda view: view.residual_px)))
    return told


def tool(found: ToolFit, budget: ErrorBudget) -> str:
    """How good the tool's calibration is, and what comes of it."""
    x, y = found.play_mm
    fixed_mm = math.hypot(budget.calibration_mm, budget.outline_mm, budget.mechanics_mm, budget.tool_wander_mm)
    return (
        f"{found.fiducials} fiducials at two heights, 95 of 100 within {found.residual_mm:.2f} mm of where the axes "
        f"were told to draw them: {_praise(found.residual_mm, GOOD_MM, BAD_MM)}.\n"
        f"Play: x {x:.2f}, y {y:.2f} mm. 100 mm of the sheet are {100 * found.scale:.2f} mm to the axes. The distance "
        f"sensor says {found.sensor_off_mm:+.1f} mm more of the box than the contact switch.\n"
        f"Areas are grown by {fixed_mm:.2f} mm under the camera, more towards the edge, beyond what rules ask."
    )


def tool_findings(found: ToolFit) -> list[str]:
    """What is wrong with it, a sentence each; none is good."""
    play_mm, axis = max(found.play_mm), "xy"[int(np.argmax(found.play_mm))]
    checks = {
        f"the fiducials lie up to {found.residual_mm:.1f} mm beside where the axes were told to draw them: tape the "
        "paper down, clamp the tool, tighten the belts, and do it again": found.residual_mm > BAD_MM,
        f"the {axis} axis has {play_mm:.1f} mm of play: tighten its belt and the screws of its pulleys": play_mm
        > BAD_PLAY_MM,
        f"100 mm of the sheet are {100 * found.scale:.1f} mm to the axes: measure the sheet's ruler and give it to "
        "`station calibrate camera --ruler-mm`; where the sheet is right, correct the axes' steps per "
        "millimetre": abs(found.scale - 1) > AXES_TOLERANCE,
        f"the distance sensor is {found.sensor_off_mm:+.1f} mm off where the tool touched the box: clean its window, "
        "see that it hangs upright and that the box does not give "
        "way": abs(found.sensor_off_mm) > SENSOR_TOLERANCE_MM,
    }
    return [told for told, wrong in checks.items() if wrong]


def _why(worst: ViewFit) -> str:
    if worst.smooth > SMOOTH_SHARE:
        return (
            f"the sheet is not flat (most of all in the picture {worst.name!r}): glue it onto a stiff board, smooth "
            "it and do it again"
        )
    return (
        f"the corners are off by {worst.residual_px:.1f} px in the picture {worst.name!r}: the sheet moved, or the "
        "picture is blurred: check the focus, keep hands off while it is taken, and do it again"
    )


def _praise(found: float, good: float, bad: float) -> str:
    return "good" if found <= good else "usable" if found <= bad else "bad"
