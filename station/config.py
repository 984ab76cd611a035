"""One TOML file, validated: names, units, limits. A wrong value is refused with its key and what is allowed.

What a station finds out about its machine is kept in files of the same kind, which `write` writes.
"""

import json
import os
import shutil
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from hardware.errors import ConfigError, InputError
from hardware.frame import PLATFORM_MM, ROLLER_LANE_Y_MM
from hardware.motion.gpio.axes import MAX_STEPS_S as LINES_STEPS_S
from hardware.motion.gpio.axes import Setup as LinesSetup
from hardware.motion.gpio.lift import Servo
from hardware.motion.grbl.settings import MAX_STEPS_S as BOARD_STEPS_S
from hardware.motion.grbl.settings import Setup as BoardSetup
from hardware.motion.hand import Hand, OnBoard, OnLines
from hardware.motion.profile import Limits
from hardware.pins import Pins
from hardware.pwm import Channel

T = TypeVar("T", bound=BaseModel)
Place = tuple[float, float]
MotionKind = Literal["twin", "gpio", "grbl"]


class Section(BaseModel):
    """A table of the file: unknown keys are refused, for a misspelt key is a setting that silently does nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class MachineSection(Section):
    """Which machine the station drives. `none`: nothing is configured yet; `built`: real parts, as the file says."""

    kind: Literal["none", "twin", "built"] = "none"
    seed: int = Field(0, ge=0, description="of the twin's world")
    world: Path | None = Field(None, description="folder of a twin's world that runs in a process of its own")
    askew: bool = Field(False, description="the twin is built as by hand, by its seed: it wants `station calibrate`")


class MotionSection(Section):
    """What turns the motors: the twin's own pulses, step and direction lines, or a GRBL 1.1 board.

    On the twin the board is one on a pseudo-terminal; on a built machine it is at `port`. All other keys are a built
    machine's.
    """

    kind: MotionKind = "twin"
    port: str = Field("", description="of the GRBL board, by its name in /dev/serial/by-id/")
    feed_mm_s: float = Field(100.0, gt=0, le=1000, description="tool down")
    travel_mm_s: float = Field(100.0, gt=0, le=1000, description="tool up")
    acceleration_mm_s2: float = Field(3000.0, gt=0, le=20_000)
    steps_per_mm: float | None = Field(None, gt=0, le=2000, description="left out: 10 on lines, 80 on a board")
    end_stops_mm: Place = Field((-45.0, -15.0), description="where the lower ones close, in the platform's x and y")
    travel_mm: Place = Field((455.0, 325.0), description="of x and y, from the lower to the upper end stop")
    homing_mm_s: float = Field(25.0, gt=0, le=200, description="on lines, which have no ramp then")
    pull_off_mm: float = Field(5.0, ge=0.5, le=20, description="of a board, its $27")
    lift_mm_s: float = Field(400.0, gt=0, le=1000, description="of a board's Z, its $112 / 60")
    lift_steps_per_mm: float = Field(40.0, gt=0, le=4000, description="of a board's Z, its $102")

    def limits(self) -> Limits:
        """What the axes can do. Raises `ConfigError` for speeds that lines or board do not hold."""
        steps, most = (10.0, LINES_STEPS_S) if self.kind == "gpio" else (80.0, BOARD_STEPS_S)
        return Limits(
            self.feed_mm_s, self.travel_mm_s, self.acceleration_mm_s2, self.steps_per_mm or steps, max_steps_s=most
        )

    def low_mm(self, lane_y_mm: float | None) -> Place:
        """Where the lower end stops close; a roller has none in y and stands on its lane."""
        x, y = self.end_stops_mm
        return x, y if lane_y_mm is None else lane_y_mm

    def lines(self, lane_y_mm: float | None) -> LinesSetup:
        """As step and direction lines have to know it. Raises `ConfigError` as `limits` does."""
        return LinesSetup(self.limits(), self.low_mm(lane_y_mm), max(self.travel_mm), homing_mm_s=self.homing_mm_s)

    def board(self, lift: "LiftSection", lane_y_mm: float | None) -> BoardSetup:
        """As a GRBL board has to know it. Raises `ConfigError` as `limits` does."""
        off_mm = self.pull_off_mm
        x, y = self.low_mm(lane_y_mm)
        home_mm = (x + off_mm, y + off_mm if lane_y_mm is None else y, lift.up_mm - off_mm)
        travel_mm = (*self.travel_mm, lift.up_mm - lift.down_mm)
        return BoardSetup(self.limits(), home_mm, travel_mm, off_mm, self.lift_mm_s, self.lift_steps_per_mm)

    @model_validator(mode="after")
    def _platform_between_the_end_stops(self) -> Self:
        for low_mm, way_mm, platform_mm in zip(self.end_stops_mm, self.travel_mm, PLATFORM_MM, strict=True):
            if not low_mm < 0 or not low_mm + way_mm > platform_mm:
                raise ValueError(
                    f"motion.end_stops_mm = {low_mm:g} with motion.travel_mm = {way_mm:g}: the platform, 0 to "
                    f"{platform_mm:g} mm, has to lie between the end stops"
                )
        return self


class PwmSection(Section):
    """Which channel of the kernel's PWM; with `dtoverlay=pwm-2chan` pin 18 is 0 of chip 0, and pin 19 is 1."""

    pwm_chip: int = Field(0, ge=0, description="N of /sys/class/pwm/pwmchipN")
    pwm_channel: int = Field(0, ge=0)

    def channel(self) -> Channel:
        """What the machine is told."""
        return Channel(self.pwm_chip, self.pwm_channel)


class LampSection(PwmSection):
    """What dims the lamp."""


class LiftSection(PwmSection):
    """How high the tool is, above the platform, and the servo of a lift on lines."""

    up_mm: float = Field(250.0, gt=0, le=400, description="tool up")
    down_mm: float = Field(-5.0, ge=-50, le=0, description="as low as it goes with no platform in the way")
    up_us: float = Field(2000.0, description="the servo's pulse that holds it up")
    down_us: float = Field(1000.0, description="the servo's pulse that holds it down")
    fast_mm_s: float = Field(60.0, gt=0, le=500, description="what the servo follows")
    slow_mm_s: float = Field(15.0, gt=0, le=500, description="near the face")
    pwm_channel: int = Field(1, ge=0)

    def servo(self) -> Servo:
        """Raises `ConfigError` for what is no servo's."""
        return Servo(self.up_us, self.down_us, self.up_mm, self.down_mm, self.fast_mm_s, self.slow_mm_s)


class GpioSection(Section):
    """The chip that the pins belong to."""

    chip: int | None = Field(None, ge=0, description="N of /dev/gpiochipN; left out: the one of the Pi's header")
    folder: Path = Field(Path("/run/shred-station"), description="where lgpio keeps its pipe while it runs")


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
    width_mm: float | None = Field(
        None, ge=2, le=60, description="of a built machine's mark; left out: 10 of a nib, 40 of a roller"
    )
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
    lift: LiftSection = LiftSection()
    lamp: LampSection = LampSection()
    gpio: GpioSection = GpioSection()
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
        if self.machine.world and (machine, motion, self.marker.kind) != ("twin", "grbl", "gantry"):
            raise ValueError("machine.world wants machine.kind 'twin', motion.kind 'grbl' and marker.kind 'gantry'")
        if self.marker.kind != "none" and motion not in allowed[machine]:
            choice = " or ".join(allowed[machine])
            raise ValueError(f"motion.kind = '{motion}': with machine.kind '{machine}' it has to be {choice}")
        if machine == "built" and motion == "grbl" and not self.motion.port:
            raise ValueError("motion.port is missing: name the board as in /dev/serial/by-id/")
        self.hand()
        return self

    def hand(self) -> Hand | None:
        """What moves the tool of a built machine."""
        if self.machine.kind != "built" or self.marker.kind == "none":
            return None
        lane_y_mm = ROLLER_LANE_Y_MM if self.marker.kind == "roller" else None
        if self.motion.kind == "grbl":
            with _of("motion"):
                return OnBoard(self.motion.board(self.lift, lane_y_mm), self.motion.port)
        with _of("motion"):
            setup = self.motion.lines(lane_y_mm)
        with _of("lift"):
            servo = self.lift.servo()
        if self.lift.channel() == self.lamp.channel():
            raise ValueError("lift.pwm_channel is that of the lamp: each needs one of its own")
        return OnLines(setup, servo, self.lift.channel())

    def channels(self) -> list[Channel]:
        """Of the PWM, that a built machine uses: the servo's, where it has one, and the lamp's."""
        hand = self.hand()
        return [hand.channel, self.lamp.channel()] if isinstance(hand, OnLines) else [self.lamp.channel()]


@contextmanager
def _of(section: str) -> Iterator[None]:
    """What hardware says of a key, said of the key in its section of the file."""
    try:
        yield
    except ConfigError as error:
        raise ValueError(f"{section}.{error}") from error


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
