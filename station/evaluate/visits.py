"""What becomes of boxes in whole visits on the twin: how each ends, and what of its marks is then left by the truth."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from hardware.machine import twin_machine
from hardware.twin.box import Box
from station.appliance import Appliance, Settings
from station.rehearsal import Rehearsal
from station.status import Today
from station.vision.judge import Judge
from station.vision.look import Eye

Numbered = tuple[int, Box]
TOLD = ("outcome", "reason", "passes", "readable")


def visits(eye: Eye, judge: Judge, boxes: Iterable[Numbered]) -> dict[str, Any]:
    """Plays each box by itself, on a gantry; its number is the twin's seed.

    `bare` counts marks that are neither under ink nor torn off: nothing that ends in `done` may have any. `readable`
    counts those that the judge, told where they stand, calls readable.
    """
    told = [{"box": number, **_visit(eye, judge, number, box)} for number, box in boxes]
    return {
        "outcomes": Counter(each["outcome"] for each in told),
        "done_though_bare": [each["box"] for each in told if each["outcome"] == "done" and each["bare"]],
        "visits": told,
    }


def _visit(eye: Eye, judge: Judge, number: int, box: Box) -> dict[str, Any]:
    machine, world = twin_machine("gantry", number)
    appliance = Appliance(machine, eye, judge, Settings(), Today)
    rehearsal = Rehearsal(machine, world, appliance, judge)
    rehearsal.run(iter([box]), number, lambda: True)
    machine.close()
    row = rehearsal.visits[0]
    bare = sum(row["truth"].values()) - sum(row["covered"].values())
    return {**{key: row[key] for key in TOLD}, "bare": bare}
