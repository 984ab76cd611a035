"""The measurements, each on evaluation seeds: `python -m station.evaluate watching`. Reports go to standard output."""

import json
from pathlib import Path
from typing import Any, get_args

import click

from station.erase.cover import Policy
from station.evaluate import covering, faulting, judging, killing, labels, marking, placing, visits, watching
from station.pictures import load
from station.scenes.boxes import numbered
from station.scenes.clips import EVALUATION_SEEDS
from station.scenes.compose import ANYWHERE, AT_STATION
from station.scenes.surfaces import photographs
from station.scenes.training import EVALUATION, FOLDS, held_out
from station.vision.judge import Judge
from station.vision.locate import Locator
from station.vision.look import Eye
from station.vision.maps import WEIGHTS, Maps
from station.vision.text import Models

EXISTING = click.Path(exists=True, path_type=Path)


@click.group()
def main() -> None:
    """How right the eye is, on rendered scenes whose truth is known. Every report is JSON with its counts."""


@main.command("covering")
@click.option("--boxes", "count", type=click.IntRange(min=1), default=100, show_default=True)
@click.option("--seed", default=covering.EVALUATION_SEED, show_default=True)
@click.option("--visits", "play", is_flag=True, help="Play boxes on which something was missed as visits, to the end.")
def covering_verb(count: int, seed: int, play: bool) -> None:
    """Personal fields and codes that ink would have covered at the first look."""
    models = Models()
    eye = Eye(models)
    counted = covering.covering(eye, covering.scenes(seed, 0, count))
    missed = ((number, numbered(seed, number)) for number in counted.uncovered)
    _tell(counted.report() | ({"visits": visits.visits(eye, Judge(models), missed)} if play else {}))


@main.command("judging")
@click.option("--places", type=click.IntRange(min=1), default=3000, show_default=True)
@click.option("--seed", default=judging.EVALUATION_SEED, show_default=True)
def judging_verb(places: int, seed: int) -> None:
    """Readable places called clean, and proper ink called readable."""
    _tell(judging.judging(places, seed).report())


@main.command("marking")
@click.option("--labels", "count", type=click.IntRange(min=1), default=300, show_default=True)
@click.option("--seed", default=marking.EVALUATION_SEED, show_default=True)
@click.option("--policy", type=click.Choice(get_args(Policy)), default="personal", show_default=True)
def marking_verb(count: int, seed: int, policy: Policy) -> None:
    """Time to mark all on a box, as a multiple of the least that it could take, and what is covered."""
    _tell(marking.marking(marking.jobs(Eye(), seed, policy), count).report())


@main.command("watching")
@click.option("--clips", type=click.IntRange(min=1), default=48, show_default=True)
@click.option("--seed", default=EVALUATION_SEEDS[0], show_default=True)
def watching_verb(clips: int, seed: int) -> None:
    """Events on the platform that the watch tells right."""
    _tell(watching.watching(clips, seed))


@main.command("labels")
@click.option("--scenes", "count", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--seed", default=EVALUATION.start, show_default=True)
@click.option("--weights", type=EXISTING, default=WEIGHTS, help="Of another training.")
@click.option("--at-station", is_flag=True, help="As the station's own camera sees them: from above, on a platform.")
def labels_verb(count: int, seed: int, weights: Path, at_station: bool) -> None:
    """Labels found at an intersection over union of 0.8, and false ones in half as many scenes without."""
    locator, views = Locator(Maps(weights)), AT_STATION if at_station else ANYWHERE
    empty = labels.without_label(max(1, count // 2), seed, views)
    called = labels.called_labelled(locator, Eye(locator=locator), empty)
    _tell({**labels.labels(locator, count, seed, views), "without_label": called})


@main.command("placing")
@click.option("--machines", type=click.IntRange(min=1), default=10, show_default=True)
@click.option("--seed", default=placing.EVALUATION_SEED, show_default=True)
@click.option("--noise-mm", type=click.FloatRange(min=0), default=0.0, show_default=True, help="Of the calibration.")
def placing_verb(machines: int, seed: int, noise_mm: float) -> None:
    """How far from where it was seen ink lands, on machines built askew and calibrated by pictures."""
    _tell(placing.placing(machines, seed, noise_mm))


@main.command("faulting")
@click.option("--visits", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--seed", default=faulting.EVALUATION_SEED, show_default=True)
@click.option("--trial", type=click.IntRange(min=0), help="That one alone: what a violation is listed with.")
def faulting_verb(visits: int, seed: int, trial: int | None) -> None:
    """Visits with a fault at a random moment: what the machine did that it must never do, and how fast it was off."""
    _tell(faulting.faulting(visits, seed, trial).report())


@main.command("killing")
@click.option("--kills", type=click.IntRange(min=1), default=100, show_default=True)
@click.option("--seed", default=killing.EVALUATION_SEED, show_default=True)
@click.option("--in-stroke", is_flag=True, help="Only while the tool touches, and not at any moment of a visit.")
def killing_verb(kills: int, seed: int, in_stroke: bool) -> None:
    """Stations killed or frozen at a random moment of a visit, in a world that outlives them."""
    _tell(killing.killing(kills, seed, in_stroke).report())


@main.command("photographs")
@click.argument("folder", type=EXISTING)
@click.option("--fold", type=click.IntRange(0, FOLDS - 1), help="That fold of them only.")
@click.option("--weights", type=EXISTING, default=WEIGHTS, help="Of a training that left the fold out.")
def photographs_verb(folder: Path, fold: int | None, weights: Path) -> None:
    """Photographs without a label that the locator, and the whole look, call labelled."""
    paths, locator = photographs(folder), Locator(Maps(weights))
    chosen = paths if fold is None else held_out(paths, fold)
    _tell(labels.called_labelled(locator, Eye(locator=locator), map(load, chosen)))


def _tell(report: dict[str, Any]) -> None:
    click.echo(json.dumps(report, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
