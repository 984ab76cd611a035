"""The command `station`: its two appliances, on the twin and on a machine, and all other verbs from `station.verbs`.

Exit codes: 0 done or clean, 1 still readable or job failed, 2 bad usage or bad input (one line, no traceback).
"""

import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click
import cv2

from hardware.ending import off_when_told_to_end
from hardware.errors import InputError, ShredError
from hardware.machine import Marker, Motion, twin_machine
from hardware.twin.box import Box
from hardware.twin.folder import load as load_box
from station.appliance import Settings
from station.assembly import station
from station.machine import machine_of
from station.rehearsal import Rehearsal
from station.scenes.boxes import boxes as rendered_boxes
from station.verbs.calibrate import calibrate
from station.verbs.commission import commission, testcards, warn_of_no_commissioning
from station.verbs.doctor import camera, doctor
from station.verbs.draw import draw
from station.verbs.given import CONFIG, PATH, calibration, check_writable, choice, configured, engine, until_interrupted
from station.verbs.off import off
from station.verbs.photographs import bench, judge, redact_verb, scan
from station.vision.network import STANDARD

DEMO_PORT = 8080


class OneLine(click.Group):
    """Tells what went wrong in one line: 2 for bad input, 1 for a job that failed."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            click.echo(f"station: {error}", err=True)
            ctx.exit(2)
        except ShredError as error:
            click.echo(f"station: {error}", err=True)
            ctx.exit(1)


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="shred-station")
def main() -> None:
    """Takes the personal data off a parcel's waybill before the box is thrown away.

    Try it without any hardware: station demo
    """
    cv2.setNumThreads(1)


@main.command()
@click.option("--boxes", "count", type=click.IntRange(min=1), help="How many boxes come; without it they never end.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same boxes.")
@click.option("--box", "folders", type=PATH, multiple=True, help="A folder with box.toml; may be repeated.")
@click.option("--marker", type=click.Choice(["gantry", "roller", "none"]), default="gantry", show_default=True)
@click.option("--motion", type=click.Choice(["twin", "grbl"]), default="twin", show_default=True)
@click.option("--headless", is_flag=True, help="No page; as fast as the computer allows.")
@click.option("--port", type=click.IntRange(1, 65535), default=DEMO_PORT, show_default=True)
@click.option("--speed", type=click.FloatRange(min=0.1), help="Times real time; the default is 1, headless unlimited.")
@click.option("--report", type=PATH, help="Write what became of every visit, as JSON.")
@click.option("--save-after", "save", type=PATH, help="Save each visit's pictures and truth in this folder.")
def demo(
    count: int | None,
    seed: int,
    folders: tuple[Path, ...],
    marker: Marker,
    motion: Motion,
    headless: bool,
    port: int,
    speed: float | None,
    report: Path | None,
    save: Path | None,
) -> None:
    """The whole appliance on a simulated machine, boxes coming and going.

    \b
    Example: station demo
             station demo --boxes 20 --seed 11 --headless --report report.json
    """
    queue = _queue([load_box(folder) for folder in folders], seed, count)
    check_writable(report, save)
    machine, world = twin_machine(marker, seed, speed or (None if headless else 1.0), motion=motion)
    with station(machine, Settings(), STANDARD, None, None if headless else ("127.0.0.1", port)) as ready:
        rehearsal = Rehearsal(machine, world, ready.appliance, ready.judge, save)
        rehearsal.ended.append(lambda row: _tell_visit(len(rehearsal.visits), row))
        if ready.address:
            click.echo(f"The page: {ready.address}  (Ctrl-C ends the demo)", err=True)
        with until_interrupted():
            rehearsal.run(queue, seed, lambda: True)
    if report:
        report.write_text(json.dumps({"visits": rehearsal.visits}, indent=1) + "\n", encoding="utf-8")
    sys.exit(int(any(row["outcome"] == "fault" for row in rehearsal.visits)))


@main.command()
@CONFIG
def run(path: Path) -> None:
    """The appliance itself, as the configuration file describes it.

    \b
    Example: station run --config /etc/shred-station/station.toml
    """
    settings = configured(path)
    known = calibration(path, settings)
    warn_of_no_commissioning(path, settings)
    machine, _ = machine_of(settings, known.calibrated() if known else None, 1.0)
    at = (settings.page.host, settings.page.port)
    opened = station(machine, choice(settings, known), engine(settings), settings.store, at)
    with off_when_told_to_end(machine), opened as ready, until_interrupted():
        click.echo(f"The page: {ready.address}", err=True)
        ready.appliance.start(ready.cut_short)
        ready.appliance.run(lambda: True)


for verb in (scan, redact_verb, judge, bench, calibrate, testcards, commission, doctor, camera, draw, off):
    main.add_command(verb)


def _queue(own: Sequence[Box], seed: int, count: int | None) -> Iterator[Box]:
    """The boxes that come: the given folders, or rendered ones; as many as asked for, else for ever."""
    if own:
        return itertools.islice(itertools.cycle(own), count or len(own))
    return itertools.islice(rendered_boxes(seed), count)


def _tell_visit(number: int, row: dict[str, Any]) -> None:
    truth, covered = row["truth"], row["covered"]
    click.echo(
        f"box {number:3}: {row['outcome']:8}{row['reason']:16} fields {covered['fields']}/{truth['fields']}"
        f"  codes {covered['codes']}/{truth['codes']}  readable {row['readable']}  ink {row['ink_m']:.1f} m",
        err=True,
    )


if __name__ == "__main__":
    main()
