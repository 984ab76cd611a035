"""Commissioning on the twin: what passes, and what each thing that is wrong with a machine is told as."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from click.testing import CliRunner

from hardware.camera.frames import Photo, Preview
from hardware.machine import AS_DRAWN, Machine, twin_machine
from hardware.twin.camera import TwinCamera
from hardware.twin.gantry import askew
from hardware.twin.world import TOOL_UP_MM, World
from station.appliance import Appliance, Settings
from station.cli import main
from station.commission import cards, words
from station.commission import file as commission_file
from station.commission.hands import Hands
from station.commission.walk import Commission, Step, Trial
from station.status import Today
from station.vision.judge import Judge
from station.vision.look import Eye
from station.visit import State

SEED = 7


@cache
def eye() -> Eye:
    return Eye()


@cache
def judge() -> Judge:
    return Judge()


@pytest.fixture
def twin() -> Iterator[tuple[Machine, World]]:
    machine, world = twin_machine("gantry", SEED)
    yield machine, world
    machine.close()


def one_visit(machine: Machine, world: World) -> tuple[Trial, list[str], list[str]]:
    """A visit with the first card, ink tried once: what became of it, what is wrong, what the person was asked."""
    appliance = Appliance(machine, eye(), judge(), Settings(passes=1), Today)
    hands, asked = Hands(world, SEED), []

    def ask(step: Step) -> None:
        asked.append(step.name)
        hands(step)

    walk = Commission(machine, appliance, judge(), [cards.card(1)], ask, lambda told: None)
    walk.run(1)
    assert machine.carriage is not None and not machine.carriage.axes.enabled
    assert world.tool_z_mm == pytest.approx(TOOL_UP_MM, abs=1.0)
    (trial,) = walk.trials
    return trial, words.findings(walk.trials), asked


def test_a_machine_in_good_order_passes_and_its_figures_are_kept_without_a_word_of_the_card(tmp_path: Path) -> None:
    config, report = tmp_path / "station.toml", tmp_path / "report.json"
    config.write_text(f'[machine]\nkind = "twin"\nseed = {SEED}\n')
    result = CliRunner().invoke(main, ["commission", "--config", str(config), "--cards", "1", "--report", str(report)])
    assert result.exit_code == 0, result.output
    assert "Verdict: pass" in result.stdout and "Stick a fresh test card" in result.stderr
    kept = commission_file.load(tmp_path / "commissioning.toml")
    assert kept is not None and kept.passed and (kept.visits, kept.done, kept.readable) == (1, 1, 0)
    assert kept.fields[0] == kept.fields[1] > 5 and kept.codes[0] == kept.codes[1] > 1
    assert kept.off_mm is not None and kept.off_mm < words.GOOD_MM
    told = json.loads(report.read_text())
    assert told["verdict"] == "pass" and not told["findings"] and told["visits"][0]["truth"]["card"] == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["commissioning.toml", "report.json", "station.toml"]
    said = result.output + report.read_text() + (tmp_path / "commissioning.toml").read_text()
    assert not [mark.text for mark in cards.card(1).marks if mark.text in said]


def test_weak_ink_is_told_as_such_and_not_as_a_tool_beside_its_place(twin: tuple[Machine, World]) -> None:
    machine, world = twin
    world.fault("weak_ink", opacity=0.55)
    trial, findings, asked = one_visit(machine, world)
    assert trial.outcome == "tear" and trial.truth is not None and trial.truth.readable > 5
    assert asked == ["clear", "card", "away"]
    assert any("of the light back: a fresh marker, or a darker ink" in finding for finding in findings)
    assert not any("beside where it was planned" in finding for finding in findings)


def test_a_machine_built_askew_that_nobody_calibrated_is_told_to_be_calibrated() -> None:
    machine, world = twin_machine("gantry", SEED, calibrated=AS_DRAWN, build=askew(SEED))
    trial, findings, _ = one_visit(machine, world)
    machine.close()
    assert trial.truth is not None and trial.truth.ink is not None and trial.truth.ink.off_mm > 2
    assert trial.truth.fields_covered + trial.truth.codes_covered < trial.truth.fields + trial.truth.codes
    assert "then `station calibrate tool`" in findings[0] and "put right first" in findings[-1]


class Defocused:
    """The twin's camera, out of focus."""

    def __init__(self, camera: TwinCamera, blur_px: float) -> None:
        self._camera, self._blur_px = camera, blur_px

    def preview(self) -> Preview:
        return self._camera.preview()

    def photo(self, face_height_mm: float) -> Photo:
        photo = self._camera.photo(face_height_mm)
        return replace(photo, bgr=np.asarray(cv2.GaussianBlur(photo.bgr, (0, 0), self._blur_px), np.uint8))

    def close(self) -> None:
        self._camera.close()


def test_a_camera_out_of_focus_is_told_to_be_focused(twin: tuple[Machine, World]) -> None:
    machine, world = twin
    assert isinstance(machine.camera, TwinCamera)
    trial, findings, _ = one_visit(replace(machine, camera=Defocused(machine.camera, 6.0)), world)
    assert trial.outcome != "done"
    assert any("set the focus (camera.focus_dioptres)" in finding for finding in findings)


def test_an_emergency_stop_in_mid_stroke_ends_the_walk_with_drivers_off_and_is_told(
    twin: tuple[Machine, World],
) -> None:
    machine, world = twin

    def press(_: float) -> None:
        if world.inked_m > 0.1:
            world.emergency_stop(True)

    world.watchers.append(press)
    trial, findings, asked = one_visit(machine, world)
    assert trial.outcome == "fault" and trial.truth is None and asked == ["clear", "card"]
    assert findings == ["the machine stopped: Emergency stop: release it, then press reset"]


class Enough(Exception):
    """The test has seen what it wanted."""


def test_a_box_taken_away_before_its_verdict_does_not_count_and_a_card_is_asked_for_again(
    twin: tuple[Machine, World],
) -> None:
    machine, world = twin
    appliance = Appliance(machine, eye(), judge(), Settings(), Today)
    hands, asked = Hands(world, SEED), []

    def ask(step: Step) -> None:
        asked.append(step.name)
        if asked.count("card") == 2:
            raise Enough
        hands(step)

    def snatch(_: float) -> None:
        if appliance.visit.state is State.SETTLED and world.box is not None:
            world.lift()

    world.watchers.append(snatch)
    walk = Commission(machine, appliance, judge(), [cards.card(1)], ask, lambda told: None)
    with pytest.raises(Enough):
        walk.run(1)
    assert walk.trials == [] and world.box is None


def test_a_machine_without_ink_cannot_be_commissioned(tmp_path: Path) -> None:
    config = tmp_path / "station.toml"
    config.write_text('[machine]\nkind = "twin"\n[marker]\nkind = "none"\n')
    result = CliRunner().invoke(main, ["commission", "--config", str(config)])
    assert result.exit_code == 2 and "no ink to commission" in result.stderr
