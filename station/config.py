"""One TOML file, validated: names, units, limits. A wrong value is refused with its key and what is allowed."""

import tomllib
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hardware.errors import ConfigError

T = TypeVar("T", bound=BaseModel)


class Section(BaseModel):
    """A table of the file: unknown keys are refused, for a misspelt key is a setting that silently does nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MachineSection(Section):
    """Which machine the station drives. `none` means that nothing is configured yet."""

    kind: Literal["none", "twin"] = "none"
    seed: int = Field(0, ge=0, description="of the twin's world")
    askew: bool = Field(False, description="the twin is built as by hand, by its seed: it wants `station calibrate`")


class MotionSection(Section):
    """What turns the motors: on the twin its own pulses, or a GRBL 1.1 board on a pseudo-terminal."""

    kind: Literal["twin", "grbl"] = "twin"


class CameraSection(Section):
    """The real camera: the Raspberry Pi's by picamera2, or one on USB by V4L2."""

    kind: Literal["picamera2", "v4l2"] = "picamera2"
    device: str = Field("/dev/video0", description="of a v4l2 camera")
    width_px: int = Field(4608, ge=1280, le=9248, multiple_of=2, description="of a photograph, as the sensor has it")
    height_px: int = Field(2592, ge=720, le=6944, multiple_of=2, description="of a photograph, as the sensor has it")
    focus_dioptres: float = Field(2.8, ge=0, le=15, description="1 / metres from a picamera2's lens to what is sharp")
    mains_hz: Literal[50, 60] = Field(50, description="exposure lasts whole half waves, so that lamps show no bands")


class MarkerSection(Section):
    """What covers the label. `none` guides a person's hand instead."""

    kind: Literal["gantry", "roller", "none"] = "gantry"
    drying_s: float = Field(6.0, ge=0, le=90, description="from the last stroke to the second photograph")
    passes: int = Field(2, ge=1, le=4, description="with ink, before the station says: tear here")


class EyeSection(Section):
    """How the label is seen."""

    policy: Literal["personal", "label"] = "personal"
    threads: int = Field(1, ge=1, le=8)
    engine: Literal["onnxruntime", "opencv", "ncnn"] = Field("onnxruntime", description="see `station bench --engines`")
    networks: Path | None = Field(None, description="folder that `station bench --engines --networks` filled for ncnn")


class PageSection(Section):
    """Where the page is served."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=1, le=65535)


class Config(Section):
    """The whole file."""

    machine: MachineSection = MachineSection()
    motion: MotionSection = MotionSection()
    camera: CameraSection = CameraSection()
    marker: MarkerSection = MarkerSection()
    eye: EyeSection = EyeSection()
    page: PageSection = PageSection()
    store: Path | None = Field(None, description="SQLite file of visits and counters; in memory when left out")


def load(path: Path) -> Config:
    """Read and validate a configuration file. Raises `ConfigError` that names file, key, value and what is allowed."""
    return read(path, Config)


def read(path: Path, model: type[T]) -> T:
    """Read a TOML file and validate it by a section's model. Raises `ConfigError`, as `load` does."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read ({error.strerror}); give an existing TOML file") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}") from error
    return parse(values, str(path), model)


def parse(values: dict[str, object], where: str, model: type[T]) -> T:
    """Validate a table that came from `where`. Raises `ConfigError`."""
    try:
        return model.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":
            raise ConfigError(f"{where}: there is no key {key}; check its spelling") from error
        raise ConfigError(f"{where}: {key} = {first['input']!r}: {first['msg']}") from error
