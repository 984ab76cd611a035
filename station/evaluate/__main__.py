"""The measurements, each on evaluation seeds: `python -m station.evaluate watching`. Reports go to standard output."""

import json
from typing import Any

import click

from station.evaluate import covering, judging, watching
from station.scenes.clips import EVALUATION_SEEDS
from station.vision.look import Eye


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


def _tell(report: dict[str, Any]) -> None:
    click.echo(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
