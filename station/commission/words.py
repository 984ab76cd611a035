"""What a commissioning has found, in words: each visit, what is wrong, and what to adjust. No word of any label."""

from collections.abc import Sequence
from pathlib import Path

from station.commission.file import Commissioning
from station.commission.walk import LATER_S, Trial, Truth
from station.words import DETAILS

GOOD_MM = 0.7  # 95 of 100 points of the ink's edge
NARROW_MM = 0.5  # on either side: strokes overlap by 0.5 mm, so less of the tool leaves gaps
LEAST_FILLED = 0.9
MOST_THROUGH = 0.25  # black ink on white paper gives 0.05 to 0.15 back
SLOWER = 1.8  # than length / feed: acceleration and travel take a third more
MOST_CHANGING = 3.0  # of 255 levels: what the judge takes for doubtful
PRINT_TOLERANCE = 0.025
DARKER = "a longer marker.drying_s, a wider overlap, a fresh marker, a darker ink"
FOCUS = "light it evenly and without glare, set the focus (camera.focus_dioptres), clean the lens"


def told(trials: Sequence[Trial], findings: Sequence[str], found: Commissioning) -> list[str]:
    """The whole, line by line: every visit, the figures, what is wrong, the verdict."""
    fields, codes = found.fields, found.codes
    lines = [_visit(number, trial) for number, trial in enumerate(trials, 1)]
    lines.append(
        f"All: {found.done} of {found.visits} done, fields {fields[0]}/{fields[1]}, codes {codes[0]}/{codes[1]}, "
        f"readable {found.readable}."
    )
    if found.off_mm is not None and found.through is not None and found.changing is not None:
        lines.append(
            f"Ink: at most {found.off_mm:.2f} mm beside its place, lets {found.through:.0%} of the light back, changed "
            f"by {found.changing:.1f} of 255 levels in {LATER_S:g} s; marked in {found.marking_s:.0f} s a visit."
        )
    lines += [f"- {finding}" for finding in findings]
    return [*lines, f"Verdict: {'pass' if found.passed else 'FAIL: put right what is named, then commission again'}"]


def findings(trials: Sequence[Trial]) -> list[str]:
    """What is wrong, a sentence each, causes before what follows from them; none is a pass."""
    causes = [*_ended_badly(trials), *_no_ink(trials), *_ink(trials), *_print(trials), *_time(trials)]
    return causes + _left(trials, bool(causes))


def warning(kept: Commissioning | None, marker: str, path: Path) -> str | None:
    """What the owner has to know before people use the machine; None when all is well."""
    then = f"run `station commission --config {path}` before anybody else uses it"
    if kept is None:
        return f"this machine was never commissioned: {then}"
    if not kept.passed:
        return f"this machine failed its commissioning on {kept.on}: put right what was named, then {then}"
    if kept.marker != marker:
        return f"this machine was commissioned as a {kept.marker}, now marker.kind is {marker}: {then}"
    return None


# -- pieces


def _visit(number: int, trial: Trial) -> str:
    truth = trial.truth
    told = f"visit {number}: {trial.outcome}{f' ({trial.reason})' if trial.reason else ''}"
    if truth is None:
        return f"{told}, no card recognised"
    told += f", card {truth.card}: fields {truth.fields_covered}/{truth.fields}, codes {truth.codes_covered}/"
    told += f"{truth.codes}, readable {truth.readable}, marked in {trial.marking_s:.0f} s"
    return f"{told}, ink {truth.ink.off_mm:.2f} mm off" if truth.ink else f"{told}, no ink seen"


def _ended_badly(trials: Sequence[Trial]) -> list[str]:
    """Visits that a machine in good order would have ended otherwise."""
    stopped = [trial for trial in trials if trial.outcome == "fault"]
    unknown = sum(trial.truth is None and trial.outcome != "fault" for trial in trials)
    unlabelled = sum(trial.outcome == "removed" for trial in trials)
    unseen = sum(trial.reason == "unseen" or bool(trial.truth and trial.truth.unseen) for trial in trials)
    far = sum(trial.outcome == "tear" and trial.reason == "out_of_reach" for trial in trials)
    never = sum(trial.outcome == "tear" and trial.reason in {"never_still", "too_long", "stopped"} for trial in trials)
    checks = {
        f"the machine stopped: {''.join(DETAILS[trial.reason][1] for trial in stopped[-1:])}": bool(stopped),
        f"no test card was recognised in {_visits(unknown)}: {FOCUS}; use each card once, printed at 100 % by this "
        "version of the station": bool(unknown),
        f"no label was seen in {_visits(unlabelled)}: {FOCUS}": bool(unlabelled),
        f"not all of the ink could be judged in {_visits(unseen)}, for it was not sharp or glared: {FOCUS}": bool(
            unseen
        ),
        f"the label was out of the tool's reach in {_visits(far)}: lay it nearer to the middle": bool(far),
        f"{_visits(never)} did not come to an end in time: keep hands and light still": bool(never),
    }
    return [told for told, wrong in checks.items() if wrong]


def _no_ink(trials: Sequence[Trial]) -> list[str]:
    bare = sum(bool(trial.truth and not trial.truth.ink and trial.planned_s) for trial in trials)
    told = f"the tool left no ink in {_visits(bare)}: a fresh marker, its cap off, and see that it presses on the box"
    return [told] if bare else []


def _ink(trials: Sequence[Trial]) -> list[str]:
    """The worst of all visits decides."""
    inks = [truth.ink for truth in _truths(trials) if truth.ink]
    if not inks:
        return []
    off_mm, narrow_mm = max(ink.off_mm for ink in inks), -min(ink.wider_mm for ink in inks)
    filled, through, changing = (
        min(ink.filled for ink in inks), max(ink.through for ink in inks), max(ink.changing for ink in inks),
    )  # fmt: skip
    in_place = off_mm <= GOOD_MM
    checks = {
        f"ink lies up to {off_mm:.1f} mm beside where it was planned: clamp the tool, then `station calibrate tool`, "
        "and `station calibrate camera` before it if the camera was touched": not in_place,
        f"ink is {2 * narrow_mm:.1f} mm narrower than the tool: a fresh marker, or more pressure": in_place
        and narrow_mm > NARROW_MM,
        f"{1 - filled:.0%} of what was drawn over took no ink: a fresh marker, more pressure, a wider overlap": in_place
        and filled < LEAST_FILLED,
        f"ink lets {through:.0%} of the light back: a fresh marker, or a darker ink": through > MOST_THROUGH,
        f"ink still changed by {changing:.0f} of 255 levels in the {LATER_S:g} s after it was judged: a longer "
        "marker.drying_s, or an ink that dries faster; do not touch the box meanwhile": changing > MOST_CHANGING,
    }
    return [told for told, wrong in checks.items() if wrong]


def _print(trials: Sequence[Trial]) -> list[str]:
    """The camera tells how large cards are printed; one that is not calibrated puts ink beside its place as well."""
    scales = [truth.print_scale for truth in _truths(trials) if not truth.ink or truth.ink.off_mm <= GOOD_MM]
    worst = max(scales, key=lambda scale: abs(scale - 1), default=1.0)
    told = f"a card seems to be printed at {worst:.0%} of its size: print it at 100 %, never 'fit to page'"
    return [told] if abs(worst - 1) > PRINT_TOLERANCE else []


def _time(trials: Sequence[Trial]) -> list[str]:
    slower = max((trial.marking_s / trial.planned_s for trial in trials if trial.planned_s), default=1.0)
    told = f"marking took {slower:.1f} times as long as its strokes at the configured feed: speed and acceleration of "
    return [told + "the axes are lower than configured"] if slower > SLOWER else []


def _left(trials: Sequence[Trial], explained: bool) -> list[str]:
    """What could be read, or was not covered, and what to adjust where no cause is known."""
    truths = _truths(trials)
    readable = sum(truth.readable for truth in truths)
    lied = sum(trial.truth.readable for trial in trials if trial.truth and trial.outcome == "done")
    fields = sum(truth.fields - truth.fields_covered for truth in truths)
    codes = sum(truth.codes - truth.codes_covered for truth in truths)
    unclean = sum(trial.outcome == "tear" and trial.reason == "still_readable" for trial in trials)
    first = "put right first what is named above"
    checks = {
        f"the station was not content with its own ink in {_visits(unclean)}: "
        + (first if explained else DARKER): unclean,
        f"{readable} places can still be read: " + (first if explained else DARKER): readable,
        f"{lied} of them although the station said that the side was done: do not let it run like this": lied,
        f"{fields} fields and {codes} codes are not covered: "
        + (first if explained else "set light and focus, so that the label is found whole; then calibrate"): fields
        + codes,
    }
    return [told for told, wrong in checks.items() if wrong]


def _truths(trials: Sequence[Trial]) -> list[Truth]:
    return [trial.truth for trial in trials if trial.truth]


def _visits(count: int) -> str:
    return "1 visit" if count == 1 else f"{count} visits"
