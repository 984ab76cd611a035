"""What the last commissioning has found, in `commissioning.toml` beside the configuration: figures and a verdict."""

import statistics
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import Field, FiniteFloat

from station.commission.walk import Trial
from station.config import Section, read, write

NAME = "commissioning.toml"
Count = tuple[int, int]  # so many, of so many


class Commissioning(Section):
    """The whole file. Figures of the ink are None where none was measured.

    off_mm, through, changing: the worst of all visits (see `measure.InkFigures`). marking_s, planned_s: the middle.
    """

    passed: bool
    on: str = Field(pattern=r"^\d{4}-\d{2}-\d{2}$", description="the day")
    marker: Literal["gantry", "roller"]
    visits: int = Field(ge=0)
    done: int = Field(ge=0)
    fields: Count
    codes: Count
    readable: int = Field(ge=0)
    marking_s: FiniteFloat | None = None
    planned_s: FiniteFloat | None = None
    off_mm: FiniteFloat | None = None
    through: FiniteFloat | None = None
    changing: FiniteFloat | None = None


def of_trials(trials: Sequence[Trial], passed: bool, on: date, marker: Literal["gantry", "roller"]) -> Commissioning:
    """The figures of all visits together."""
    truths = [trial.truth for trial in trials if trial.truth]
    inks = [truth.ink for truth in truths if truth.ink]
    drawn = [trial for trial in trials if trial.planned_s]
    return Commissioning(
        passed=passed,
        on=on.isoformat(),
        marker=marker,
        visits=len(trials),
        done=sum(trial.outcome == "done" for trial in trials),
        fields=(sum(truth.fields_covered for truth in truths), sum(truth.fields for truth in truths)),
        codes=(sum(truth.codes_covered for truth in truths), sum(truth.codes for truth in truths)),
        readable=sum(truth.readable for truth in truths),
        marking_s=_rounded(statistics.median(trial.marking_s for trial in drawn)) if drawn else None,
        planned_s=_rounded(statistics.median(trial.planned_s for trial in drawn)) if drawn else None,
        off_mm=_rounded(max(ink.off_mm for ink in inks)) if inks else None,
        through=_rounded(max(ink.through for ink in inks)) if inks else None,
        changing=_rounded(max(ink.changing for ink in inks)) if inks else None,
    )


def beside(configuration: Path) -> Path:
    """Where the commissioning of a machine is kept, whose configuration is that file."""
    return configuration.with_name(NAME)


def load(path: Path) -> Commissioning | None:
    """What is kept there, None when there is no file. Raises `ConfigError` for one that is damaged."""
    return read(path, Commissioning) if path.exists() else None


def save(path: Path, found: Commissioning) -> None:
    """Keep it there. Raises `InputError` where nothing can be written."""
    write(path, found)


def _rounded(figure: float) -> float:
    return round(figure, 3)
