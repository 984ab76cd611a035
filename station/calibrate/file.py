"""What calibration has found out, in `calibration.toml` beside the configuration.

It is validated, and written whole or not at all. The file that was there before stays as `calibration.toml.old`.
"""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from hardware.camera.lens import Lens
from hardware.machine import Calibrated
from station.calibrate.camera import CameraFit
from station.calibrate.tool import ToolFit
from station.config import Section, read, write
from station.geometry import ErrorBudget

NAME = "calibration.toml"
Pair = tuple[FiniteFloat, FiniteFloat]
Small = Annotated[float, Field(ge=-0.35, le=0.35)]
Error = Annotated[float, Field(ge=0, le=20)]


class LensSection(Section):
    """The fields of `Lens`: pixels of a full picture, mm, rad."""

    size_px: tuple[Annotated[int, Field(ge=320, le=20000)], Annotated[int, Field(ge=240, le=20000)]]
    focal_px: float = Field(gt=100, le=50000)
    centre_px: Pair
    camera_height_mm: float = Field(ge=200, le=2000)
    above_mm: Pair
    distortion: tuple[FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat, FiniteFloat]
    turned: tuple[Small, Small, Small]
    axes: tuple[Pair, Pair]
    lean: tuple[Small, Small]


class ErrorsSection(Section):
    """The fields of `ErrorBudget`, mm."""

    calibration_mm: Error
    outline_mm: Error
    height_error_mm: Error
    mechanics_mm: Error
    tool_wander_mm: Error


class Calibration(Section):
    """The whole file. `drawn_by` is the marker whose fiducials gave the axes; None until it has drawn them."""

    drawn_by: Literal["gantry", "roller"] | None = None
    sensor_height_mm: float = Field(ge=100, le=2000)
    camera_mm: Error
    lens: LensSection
    errors: ErrorsSection

    def calibrated(self) -> Calibrated:
        """What the machine is told."""
        return Calibrated(Lens(**self.lens.model_dump()), self.sensor_height_mm)

    def budget(self) -> ErrorBudget:
        """What the margins of areas come from."""
        return ErrorBudget(**self.errors.model_dump())


def of_camera(found: CameraFit, sensor_height_mm: float) -> Calibration:
    """The first half: camera and distance sensor, which until now took itself to hang at `sensor_height_mm`."""
    return Calibration(
        sensor_height_mm=sensor_height_mm - found.sensor_off_mm,
        camera_mm=found.residual_mm,
        lens=LensSection(**asdict(found.lens)),
        errors=ErrorsSection(**asdict(ErrorBudget())),
    )


def of_tool(found: ToolFit, camera: Calibration, marker: Literal["gantry", "roller"]) -> Calibration:
    """The second half: axes and errors."""
    return Calibration(
        drawn_by=marker,
        sensor_height_mm=camera.sensor_height_mm,
        camera_mm=camera.camera_mm,
        lens=LensSection(**asdict(found.lens)),
        errors=ErrorsSection(**asdict(found.budget(camera.camera_mm))),
    )


def beside(configuration: Path) -> Path:
    """Where the calibration of a machine is kept, whose configuration is that file."""
    return configuration.with_name(NAME)


def load(path: Path) -> Calibration | None:
    """What is kept there, None when there is no file. Raises `ConfigError` for one that is damaged."""
    return read(path, Calibration) if path.exists() else None


def save(path: Path, found: Calibration) -> None:
    """Keep it there. Raises `ConfigError` for values out of bounds and `InputError` where nothing can be written."""
    write(path, found)
