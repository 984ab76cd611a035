"""What is wrong and what to adjust, by figures made up; the record that is kept, and what is said without it."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from hardware.camera.lens import Lens
from hardware.errors import ConfigError
from hardware.machine import AS_DRAWN, twin_machine
from station.calibrate import file as calibrate_file
from station.cli import main
from station.commission import file, words
from station.commission.file import Commissioning
from station.commission.measure import InkFigures
from station.commission.walk import CARD, CLEAR, Trial, Truth
from station.verbs import commission as verbs

INK = InkFigures(off_mm=0.3, wider_mm=0.0, filled=0.97, through=0.12, changing=0.4)
TRUTH = Truth(1, 1.0, fields=12, codes=3, fields_covered=12, codes_covered=3, readable=0, unseen=0, ink=INK)
GOOD = Trial("done", "", passes=1, ink_m=1.2, marking_s=25.0, planned_s=20.0, truth=TRUTH)
PATH = Path("/etc/shred-station/station.toml")


def of_ink(ink: InkFigures | None) -> Trial:
    return replace(GOOD, truth=replace(TRUTH, ink=ink))


def test_nothing_is_wrong_with_a_good_visit() -> None:
    assert words.findings([GOOD, GOOD]) == []


@pytest.mark.parametrize(
    ("trial", "advice"),
    [
        (of_ink(replace(INK, off_mm=0.9)), "`station calibrate tool`"),
        (of_ink(replace(INK, wider_mm=-0.7)), "1.4 mm narrower than the tool: a fresh marker"),
        (of_ink(replace(INK, through=0.4)), "40% of the light back: a fresh marker, or a darker ink"),
        (of_ink(replace(INK, filled=0.8)), "20% of what was drawn over took no ink: a fresh marker"),
        (of_ink(replace(INK, changing=6.0)), "a longer marker.drying_s"),
        (of_ink(None), "the tool left no ink"),
        (replace(GOOD, truth=replace(TRUTH, print_scale=0.95)), "printed at 95% of its size"),
        (replace(GOOD, marking_s=50.0), "2.5 times as long"),
        (replace(GOOD, truth=replace(TRUTH, fields_covered=11)), "1 fields and 0 codes are not covered: set light"),
        (replace(GOOD, truth=None), "no test card was recognised in 1 visit: light it"),
        (replace(GOOD, outcome="removed", reason="no_label"), "no label was seen in 1 visit: light it"),
        (replace(GOOD, outcome="tear", reason="unseen"), "set the focus"),
        (replace(GOOD, truth=replace(TRUTH, unseen=2)), "could be judged in 1 visit, for it was not sharp"),
        (replace(GOOD, outcome="tear", reason="out_of_reach"), "nearer to the middle"),
        (replace(GOOD, outcome="tear", reason="never_still"), "keep hands and light still"),
        (replace(GOOD, outcome="tear", reason="still_readable"), "not content with its own ink in 1 visit"),
        (replace(GOOD, outcome="fault", reason="board", truth=None), "Motion board lost"),
    ],
)
def test_each_thing_that_is_wrong_has_its_advice(trial: Trial, advice: str) -> None:
    found = words.findings([GOOD, trial])
    assert len(found) == 1 and advice in found[0]


def test_a_readable_place_on_a_side_called_done_is_said_to_be_one() -> None:
    found = words.findings([replace(GOOD, truth=replace(TRUTH, readable=2))])
    assert found[0].startswith("2 places can still be read: a longer marker.drying_s")
    assert found[1].startswith("2 of them although the station said that the side was done")


def test_what_follows_from_a_cause_comes_after_it() -> None:
    truth = replace(TRUTH, ink=replace(INK, off_mm=5.0), print_scale=0.95, fields_covered=8, readable=4)
    found = words.findings([replace(GOOD, outcome="tear", reason="still_readable", truth=truth)])
    assert "calibrate" in found[0] and not any("printed" in each for each in found)
    assert all("put right first what is named above" in each for each in found[1:])


# -- the record


def kept(passed: bool = True) -> Commissioning:
    return file.of_trials([GOOD, of_ink(replace(INK, off_mm=0.5)), of_ink(None)], passed, date(2026, 5, 4), "gantry")


def test_the_record_has_the_worst_of_the_ink_and_is_read_again(tmp_path: Path) -> None:
    path = file.beside(tmp_path / "station.toml")
    assert file.load(path) is None
    file.save(path, kept())
    found = file.load(path)
    assert found == kept() and found is not None
    assert (found.visits, found.done, found.fields, found.codes) == (3, 3, (36, 36), (9, 9))
    assert (found.off_mm, found.marking_s, found.planned_s) == (0.5, 25.0, 20.0)


def test_a_record_without_ink_has_no_figures_of_it(tmp_path: Path) -> None:
    path = tmp_path / "commissioning.toml"
    nothing = file.of_trials([replace(GOOD, truth=None, planned_s=0.0)], False, date(2026, 5, 4), "roller")
    file.save(path, nothing)
    assert file.load(path) == nothing and nothing.off_mm is None and nothing.marking_s is None


def test_a_damaged_record_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "commissioning.toml"
    file.save(path, kept())
    path.write_text(path.read_text().replace('on = "2026-05-04"', 'on = "once"'))
    with pytest.raises(ConfigError, match="on = 'once'"):
        file.load(path)


def test_the_lines_tell_every_visit_the_figures_and_the_verdict() -> None:
    lines = words.told([GOOD, replace(GOOD, truth=None)], ["something"], kept(passed=False))
    assert lines[0] == "visit 1: done, card 1: fields 12/12, codes 3/3, readable 0, marked in 25 s, ink 0.30 mm off"
    assert lines[1] == "visit 2: done, no card recognised"
    assert "- something" in lines and lines[-1].startswith("Verdict: FAIL")


@pytest.mark.parametrize(
    ("record", "marker", "told"),
    [
        (None, "gantry", "never commissioned: run `station commission --config /etc/shred-station/station.toml`"),
        (kept(passed=False), "gantry", "failed its commissioning on 2026-05-04"),
        (kept(), "roller", "commissioned as a gantry, now marker.kind is roller"),
    ],
)
def test_a_machine_that_is_not_commissioned_is_told_of(record: Commissioning | None, marker: str, told: str) -> None:
    assert told in (words.warning(record, marker, PATH) or "")


def test_a_machine_that_passed_runs_in_silence() -> None:
    assert words.warning(kept(), "gantry", PATH) is None


def test_run_says_so_for_a_machine_built_by_hand_and_not_for_a_plain_twin(tmp_path: Path) -> None:
    for askew in (True, False):
        config = tmp_path / "station.toml"
        config.write_text(
            f'[machine]\nkind = "twin"\naskew = {str(askew).lower()}\n[page]\nhost = "no.such.host.invalid"\n'
        )
        calibrate_file.save(calibrate_file.beside(config), calibrated())
        result = CliRunner().invoke(main, ["run", "--config", str(config)])
        assert result.exit_code == 2 and ("never commissioned" in result.stderr) is askew


def calibrated() -> calibrate_file.Calibration:
    """What a machine exactly as drawn would have found."""
    errors = dict.fromkeys(calibrate_file.ErrorsSection.model_fields, 0.2)
    lens = {name: getattr(Lens(), name) for name in calibrate_file.LensSection.model_fields}
    return calibrate_file.Calibration.model_validate(
        {
            "drawn_by": "gantry",
            "sensor_height_mm": AS_DRAWN.sensor_height_mm,
            "camera_mm": 0.1,
            "lens": lens,
            "errors": errors,
        }
    )


def test_on_a_machine_of_real_parts_the_owner_says_when_the_platform_is_clear(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    machine, _ = twin_machine("gantry")
    waited: list[str] = []
    monkeypatch.setattr(verbs, "Owner", lambda button, typed: lambda step: waited.append(step.name))
    ask = verbs.asking(machine, None)
    ask(CLEAR)
    ask(CARD)
    machine.close()
    assert waited == ["clear"] and capsys.readouterr().err == f"{CARD.told}\n"
