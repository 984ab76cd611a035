"""One TOML file, validated: names, units, limits. A wrong value is refused with its key and what is allowed.

What a station finds out about its machine is kept in files of the same kind, which `write` writes.
"""

import json
import os
import shutil
import tomllib
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hardware.errors import ConfigError, InputError
from hardware.pins import Pins

T = TypeVar("T", bound=BaseModel)


class Section(BaseModel):
    """A table of the file: unknown keys are refused, for a misspelt key is a setting that silently does nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MachineSection(Section):
    """Which machine the station drives. `none`: nothing is configured yet; `built`: real parts, as the file says."""

    kind: Literal["none", "twin", "built"] = "none"
    seed: int = Field(0, ge=0, description="of the twin's world")
    askew: bool = Field(False, description="the twin is built as by hand, by its seed: it wants `station calibrate`")


class MotionSection(Section):
    """What turns the motors: the twin's own pulses, step and direction lines, or a GRBL 1.1 board.

    On the twin the board is one on a pseudo-terminal; on a built machine it is at `port`.
    """

    kind: Literal["twin", "gpio", "grbl"] = "twin"
    port: str = Field("", description="of the GRBL board, by its name in /dev/serial/by-id/")


def _bcm(name: str) -> Any:
    return Field(getattr(Pins, name), ge=2, le=27)


class PinsSection(Section):
    """BCM numbers of the lines; `hardware.pins` says what hangs on each."""

    guard: int = _bcm("guard")
    emergency_stop: int = _bcm("emergency_stop")
    button: int = _bcm("button")
    lamp: int = _bcm("lamp")
    status: int = _bcm("status")
    buzzer: int = _bcm("buzzer")
    enable: int = _bcm("enable")
    trigger: int = _bcm("trigger")
    echo: int = _bcm("echo")
    step_x: int = _bcm("step_x")
    direction_x: int = _bcm("direction_x")
    step_y: int = _bcm("step_y")
    direction_y: int = _bcm("direction_y")
    end_stop_x: int = _bcm("end_stop_x")
    end_stop_y: int = _bcm("end_stop_y")
    lift: int = _bcm("lift")
    contact: int = _bcm("contact")
    top: int = _bcm("top")

    @model_validator(mode="after")
    def _one_line_one_thing(self) -> Self:
        by_number: dict[int, str] = {}
        for line in self.pins().lines():
            other = by_number.setdefault(line.bcm, line.name)
            if other != line.name:
                raise ValueError(
                    f"pin {line.bcm} is given to pins.{other} and to pins.{line.name}: each needs one of its own"
                )
        return self

    def pins(self) -> Pins:
        """What the machine is told."""
        return Pins(**self.model_dump())


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
    pins: PinsSection = PinsSection()
    camera: CameraSection = CameraSection()
    marker: MarkerSection = MarkerSection()
    eye: EyeSection = EyeSection()
    page: PageSection = PageSection()
    store: Path | None = Field(None, description="SQLite file of visits and counters; in memory when left out")

    @model_validator(mode="after")
    def _motors_of_the_machine(self) -> Self:
        allowed = {"none": ("twin", "gpio", "grbl"), "twin": ("twin", "grbl"), "built": ("gpio", "grbl")}
        machine, motion = self.machine.kind, self.motion.kind
        if self.marker.kind != "none" and motion not in allowed[machine]:
            choice = " or ".join(allowed[machine])
            raise ValueError(f"motion.kind = '{motion}': with machine.kind '{machine}' it has to be {choice}")
        if machine == "built" and motion == "grbl" and not self.motion.port:
            raise ValueError("motion.port is missing: name the board as in /dev/serial/by-id/")
        return self


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
        if first["type"] == "value_error":  # of several keys, which the message names
            raise ConfigError(f"{where}: {first['ctx']['error']}") from error
        raise ConfigError(f"{where}: {key} = {first['input']!r}: {first['msg']}") from error


def write(path: Path, values: Section) -> None:
    """Validate a section and write it, whole or not at all; the file that was there stays as `.old`.

    Raises `ConfigError` for values out of bounds and `InputError` where nothing can be written.
    """
    parse(values.model_dump(), str(path), type(values))
    text = "".join(_lines(values.model_dump(exclude_none=True)))
    fresh = path.with_name(path.name + ".new")
    try:
        with fresh.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if path.exists():
            shutil.copy2(path, path.with_name(path.name + ".old"))
        fresh.replace(path)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror}); run as the user who owns the folder"
        ) from error


def _lines(values: dict[str, object]) -> list[str]:
    """TOML of plain values first, then one table each: what JSON says of numbers, texts and lists TOML reads alike."""
    plain = [f"{key} = {json.dumps(value)}\n" for key, value in values.items() if not isinstance(value, dict)]
    tables = [(key, value) for key, value in values.items() if isinstance(value, dict)]
    return plain + [line for key, value in tables for line in (f"\n[{key}]\n", *_lines(value))]
