"""`station doctor` and `station camera`: what is wrong?"""

import json
import sys
from contextlib import closing
from pathlib import Path

import click

from hardware.machine import Machine
from hardware.twin.world import World
from station import camera as cameras
from station import config
from station.calibrate.file import Calibration
from station.doctor import bundle as bundles
from station.doctor.ask import Person
from station.doctor.examination import examine
from station.doctor.finding import Finding
from station.doctor.hands import Hands
from station.doctor.terminal import Terminal
from station.machine import as_drawn, machine_of
from station.verbs.given import CONFIG, PATH, calibration, check_writable, configured


@click.command()
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="All findings as one JSON object.")
@click.option("--bundle", type=PATH, help="Write a ZIP file for whoever helps: nothing in it is personal.")
@click.option("--no-ask", "alone", is_flag=True, help="Nobody is asked for anything, and nothing moves.")
def doctor(path: Path, as_json: bool, bundle: Path | None, alone: bool) -> None:
    """Finds out what is wrong: the computer, the programs, the camera, and every switch and light together with you.

    \b
    Example: station doctor --config /etc/shred-station/station.toml
             station doctor --config /etc/shred-station/station.toml --no-ask --bundle for-help.zip
    """
    check_writable(bundle, None)

    def opened(known: Calibration | None) -> tuple[Machine, Person | None]:
        settings = configured(path)
        machine, world = machine_of(settings, known.calibrated() if known else as_drawn(settings))
        return machine, None if alone else _in_front(world)

    found: list[Finding] = []
    with closing(examine(path, lambda: calibration(path, config.load(path)), opened)) as findings:
        for finding in findings:
            found.append(finding)
            if not as_json:
                click.echo(finding.told())
    if as_json:
        click.echo(json.dumps({"findings": [finding.to_json() for finding in found]}, indent=1))
    if bundle:
        bundles.write(bundle, found, path)
    sys.exit(int(any(finding.level == "problem" for finding in found)))


@click.command()
@click.option("--config", "path", type=PATH, required=True, help="The station's TOML file, with its [camera].")
@click.option("--json", "as_json", is_flag=True)
def camera(path: Path, as_json: bool) -> None:
    """Does the configured camera give pictures, how large, how fast? It keeps none. Put the lamp on first.

    \b
    Example: station camera --config /etc/shred-station/station.toml
    """
    trial = cameras.tried(config.load(path).camera)
    click.echo(json.dumps(trial.to_json()) if as_json else trial.told())


def _in_front(world: World | None) -> Person:
    """Who does what the doctor asks for: the owner of a built machine, or the hands of a twin's world."""
    if world is None:
        return Terminal(sys.stdin, lambda told: click.echo(told, err=True))
    return Hands(world)
