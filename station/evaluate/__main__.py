"""The measurements, each on evaluation seeds: `python -m station.evaluate watching`. Reports go to standard output."""

import json
from typing import Any

import click

from station.evaluate import covering, judging, labels, watching
from station.scenes.clips import EVALUATION_SEEDS
from station.scenes.training import EVALUATION
from station.vision.locate import Locator
from station.vision.look import Eye
from station.vision.sheets import SheetLocator
from station.vision.text import Models


@click.group()
def main() -> None:
    """How right the eye is, on rendered scenes whose truth is known. Every report is JSON with its counts."""


@main.command("covering")
@click.option("--boxes", "count", type=click.IntRange(min=1), default=100, show_default=True)
@click.option("--seed", default=covering.EVALUATION_SEED, show_default=True)
def covering_verb(count: int, seed: int) -> None:
    """Personal fields and codes that ink would have covered."""
    _tell(covering.covering(Eye(), covering.scenes(seed, 0, count)).report())


@main.command("judging")
@click.option("--places", type=click.IntRange(min=1), default=3000, show_default=True)
@click.option("--seed", default=judging.EVALUATION_SEED, show_default=True)
def judging_verb(places: int, seed: int) -> None:
    """Readable places called clean, and proper ink called readable."""
    _tell(judging.judging(places, seed).report())


@main.command("watching")
@click.option("--clips", type=click.IntRange(min=1), default=48, show_default=True)
@click.option("--seed", default=EVALUATION_SEEDS[0], show_default=True)
def watching_verb(clips: int, seed: int) -> None:
    """Events on the platform that the watch tells right."""
    _tell(watching.watching(clips, seed))


@main.command("labels")
@click.option("--scenes", "count", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--seed", default=EVALUATION.start, show_default=True)
@click.option("--sheets", is_flag=True, help="The locator by paper alone, without the network.")
def labels_verb(count: int, seed: int, sheets: bool) -> None:
    """Labels found at an intersection over union of 0.8, and false ones."""
    _tell(labels.labels((SheetLocator if sheets else Locator)(Models().finder), count, seed))


def _tell(report: dict[str, Any]) -> None:
    click.echo(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
