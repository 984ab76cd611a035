"""`station testcards` and `station commission`: is this machine fit for people?"""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path

import click

from hardware.ending import off_when_told_to_end
from hardware.errors import InputError
from hardware.machine import Machine
from hardware.twin.world import World
from station.assembly import station
from station.calibrate.owner import Owner
from station.commission import cards, file, words
from station.commission.hands import Hands
from station.commission.walk import Ask, Commission, Step, Trial
from station.config import Config
from station.machine import machine_of
from station.verbs.given import CONFIG, PATH, aside, calibration, check_writable, choice, configured, engine


@click.command()
@click.option("--out", type=PATH, required=True, help="The folder for the PDF files, one a card.")
@click.option("--cards", "count", type=click.IntRange(1, 99), default=8, show_default=True, help="From number 1 on.")
@click.option("--paper", type=click.Choice(["a4", "label"]), default="a4", show_default=True)
def testcards(out: Path, count: int, paper: cards.Paper) -> None:
    """Waybills of invented people to print, cut out and stick on boxes: the station knows each by its number.

    On A4 with marks to cut along, or on pages of the label's own size for a label printer, whose stock is what the
    couriers use.

    \b
    Example: station testcards --out cards
    """
    check_writable(None, out)
    for number in range(1, count + 1):
        card = cards.card(number)
        width, height = card.size_mm
        file = out / f"card-{number}-{width:g}x{height:g}.pdf"
        file.write_bytes(cards.pdf(card, paper))
    click.echo(f"{count} cards in {out}: print at 100 %; then: station commission --config station.toml")


@click.command()
@CONFIG
@click.option("--cards", "count", type=click.IntRange(1, 99), default=8, show_default=True, help="As many as printed.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON instead of sentences.")
@click.option("--report", type=PATH, help="Write the report there, as JSON.")
def commission(path: Path, count: int, as_json: bool, report: Path | None) -> None:
    """Real visits with test cards, real ink and light, measured by what is known of the cards: fit for people or not.

    Exit code 0 is a pass, 1 a fail with what to adjust.

    \b
    Example: station commission --config /etc/shred-station/station.toml
    """
    settings = configured(path)
    if settings.marker.kind == "none":
        raise InputError(f"{path}: marker.kind is none: there is no ink to commission")
    check_writable(report, None)
    known = calibration(path, settings)
    machine, world = machine_of(settings, known.calibrated() if known else None)
    printed = [cards.card(number) for number in range(1, count + 1)]
    opened = station(machine, choice(settings, known), engine(settings), None, None)
    with off_when_told_to_end(machine), opened as ready:
        walk = Commission(machine, ready.appliance, ready.judge, printed, asking(machine, world), aside)
        walk.run(count)
    findings = words.findings(walk.trials)
    found = file.of_trials(walk.trials, not findings, date.today(), settings.marker.kind)
    file.save(file.beside(path), found)
    _tell_commissioning(walk.trials, findings, found, as_json, report)


def asking(machine: Machine, world: World | None) -> Ask:
    """Steps are told, and done by whoever stands there or by the hands of a twin's world.

    The owner says when the platform is clear; all that follows the camera sees.
    """
    hands, owner = Hands(world) if world else None, Owner(machine.panel.button, sys.stdin)

    def ask(step: Step) -> None:
        if hands is None and step.name == "clear":
            owner(step)
            return
        aside(step.told)
        if hands:
            hands(step)

    return ask


def warn_of_no_commissioning(path: Path, settings: Config) -> None:
    """A machine built by hand runs without a commissioning, but never in silence."""
    if settings.machine.kind == "built" or settings.machine.askew:
        kept = file.load(file.beside(path))
        warning = words.warning(kept, settings.marker.kind, path)
        if warning:
            aside(f"station: {warning}")


def _tell_commissioning(
    trials: Sequence[Trial],
    findings: Sequence[str],
    found: file.Commissioning,
    as_json: bool,
    report: Path | None,
) -> None:
    """Tell the verdict with what it stands on; leave with 1 where it is a fail."""
    whole = {
        "verdict": "pass" if found.passed else "fail",
        "findings": list(findings),
        "figures": found.model_dump(),
        "visits": [asdict(trial) for trial in trials],
    }
    if report:
        report.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    if as_json:
        click.echo(json.dumps(whole))
    else:
        for line in words.told(trials, findings, found):
            click.echo(line)
    sys.exit(int(not found.passed))
