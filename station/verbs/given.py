"""What verbs share: the file that describes a station, what is known of its machine, and a word to the person."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from hardware.errors import InputError
from station import config
from station.appliance import Settings
from station.calibrate import file as calibrate_file
from station.geometry import ErrorBudget
from station.vision.network import Engine

PATH = click.Path(path_type=Path)
CONFIG = click.option("--config", "path", type=PATH, required=True, help="The station's TOML file.")


def configured(path: Path) -> config.Config:
    """The configuration of a station that has a machine."""
    settings = config.load(path)
    if settings.machine.kind == "none":
        raise InputError(f"{path}: machine.kind is none: no hardware is configured; try `station demo`")
    return settings


def calibration(path: Path, settings: config.Config) -> calibrate_file.Calibration | None:
    """What is known of the machine; a machine built by hand must not run before it is calibrated."""
    known = calibration_so_far(path, settings)
    if known and settings.marker.kind in {"none", known.drawn_by}:
        return known
    if known or settings.machine.kind == "built" or settings.machine.askew:
        verb = "tool" if known else "camera"
        raise InputError(
            f"{path}: the machine is not calibrated for marker.kind {settings.marker.kind}: run "
            f"`station calibrate {verb} --config {path}` first"
        )
    return None


def calibration_so_far(path: Path, settings: config.Config) -> calibrate_file.Calibration | None:
    """What calibration has found out so far, if it is true of the configured camera."""
    known = calibrate_file.load(calibrate_file.beside(path))
    size_px = (settings.camera.width_px, settings.camera.height_px)
    if known and settings.machine.kind == "built" and known.lens.size_px != size_px:
        width, height = known.lens.size_px
        raise InputError(
            f"{path}: the machine is calibrated for pictures of {width} x {height}, [camera] has another size: "
            f"correct it, or move {calibrate_file.NAME} away and calibrate again"
        )
    return known


def choice(settings: config.Config, known: calibrate_file.Calibration | None) -> Settings:
    """What the owner has chosen, and what calibration has found the machine to miss by."""
    marker, budget = settings.marker, known.budget() if known else ErrorBudget()
    return Settings(settings.eye.policy, marker.passes, marker.drying_s, budget)


def engine(settings: config.Config) -> Engine:
    return Engine(settings.eye.engine, settings.eye.threads, settings.eye.networks)


def check_writable(report: Path | None, save: Path | None) -> None:
    """Say before the work begins that its result could not be kept."""
    if report and (report.is_dir() or not report.absolute().parent.is_dir()):
        raise InputError(f"{report}: cannot be written there; name a file in a folder that exists")
    if save:
        try:
            save.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{save}: {error.strerror}; name a folder that can be made") from error


@contextmanager
def until_interrupted() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)


def aside(told: str) -> None:
    """To the person, beside what the verb gives."""
    click.echo(told, err=True)
