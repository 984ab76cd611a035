"""`station calibrate`: a sheet to print, then two walks."""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from hardware.ending import off_when_told_to_end
from hardware.errors import InputError
from hardware.machine import Machine
from hardware.twin.world import World
from station.calibrate import file, sheet, walk, words
from station.calibrate.hands import Hands
from station.calibrate.owner import Owner
from station.machine import as_drawn, machine_of
from station.verbs.given import CONFIG, PATH, calibration_so_far, check_writable, configured


@click.group()
def calibrate() -> None:
    """Tells the machine where its camera and its axes really are: print a sheet, then `camera`, then `tool`.

    \b
    Example: station calibrate sheet --out sheet.pdf
             station calibrate camera --config /etc/shred-station/station.toml
             station calibrate tool --config /etc/shred-station/station.toml
    """


@calibrate.command("sheet")
@click.option("--out", type=PATH, required=True, help="Where the PDF goes.")
def calibrate_sheet_verb(out: Path) -> None:
    """The sheet to print, A4: at 100 %, never "fit to page". Its ruler tells whether the printer obeyed.

    \b
    Example: station calibrate sheet --out sheet.pdf
    """
    check_writable(out, None)
    out.write_bytes(sheet.pdf())
    click.echo(f"{out}: print it at 100 %, measure its ruler, glue it onto something flat and stiff")


@calibrate.command("camera")
@CONFIG
@click.option("--ruler-mm", type=click.FloatRange(150, 250), default=200.0, show_default=True, help="As measured.")
def calibrate_camera_verb(path: Path, ruler_mm: float) -> None:
    """Lens, height and turn of the camera, by eight pictures of the sheet.

    \b
    Example: station calibrate camera --config /etc/shred-station/station.toml --ruler-mm 199.2
    """
    settings = configured(path)
    drawn = as_drawn(settings)
    machine, world = machine_of(settings, drawn)
    with closing(machine), off_when_told_to_end(machine):
        found = walk.camera(machine, _asking(machine, world), ruler_mm / sheet.RULER_MM)
    kept = file.of_camera(found, drawn.sensor_height_mm)
    then = f"station calibrate tool --config {path}" if settings.marker.kind != "none" else "station run"
    _keep_calibration(path, kept, words.camera(found), words.camera_findings(found), then)


@calibrate.command("tool")
@CONFIG
def calibrate_tool_verb(path: Path) -> None:
    """Where the axes really take the tool, by fiducials that it draws at two heights; the error budget.

    \b
    Example: station calibrate tool --config /etc/shred-station/station.toml
    """
    settings = configured(path)
    camera = calibration_so_far(path, settings)
    if settings.marker.kind == "none":
        raise InputError(f"{path}: marker.kind is none: there is no tool to calibrate")
    if camera is None:
        raise InputError(f"{file.beside(path)}: not there yet: run `station calibrate camera` first")
    machine, world = machine_of(settings, camera.calibrated())
    with closing(machine), off_when_told_to_end(machine):
        found = walk.tool(machine, camera.calibrated().lens, _asking(machine, world))
    kept = file.of_tool(found, camera, settings.marker.kind)
    told = words.tool(found, kept.budget())
    _keep_calibration(path, kept, told, words.tool_findings(found), f"station run --config {path}")


def _asking(machine: Machine, world: World | None) -> walk.Ask:
    """Steps are told, and done by the owner of a built machine or by the hands of a twin's world."""
    if world is None:
        return Owner(machine.panel.button, sys.stdin)
    hands = Hands(world)

    def ask(step: walk.Step) -> None:
        click.echo(step.told)
        hands(step)

    return ask


def _keep_calibration(path: Path, found: file.Calibration, told: str, findings: Sequence[str], then: str) -> None:
    """Tell how good a calibration is; keep it where nothing is wrong with it, else leave with 1."""
    click.echo(told)
    for finding in findings:
        click.echo(f"station: {finding}", err=True)
    if findings:
        click.echo("Nothing was changed.", err=True)
        sys.exit(1)
    kept = file.beside(path)
    file.save(kept, found)
    click.echo(f"Kept in {kept}. Next: {then}")
