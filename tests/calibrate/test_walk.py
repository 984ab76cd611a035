"""Commissioning on the twin, by its pictures alone: both walks, what is kept of them, and what stops them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from hardware.camera.frames import Points
from hardware.errors import ConfigError, InputError, MachineFault
from hardware.machine import AS_DRAWN, Machine, Marker, twin_machine
from hardware.twin.box import Box, Face, Mark, Pose
from hardware.twin.gantry import Build, Gantry, askew
from hardware.twin.world import World
from station.appliance import Appliance, Settings
from station.calibrate import file as calibrate_file
from station.calibrate import walk as calibrate
from station.calibrate.hands import Hands
from station.cli import main
from station.erase import cover, strokes
from station.geometry import ErrorBudget, Plane
from station.status import Today
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.seen import Place
from tests.small_box import small_box

SEED = 7


def station(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A machine built askew, calibrated by the two commands; what each of them said is beside it."""
    path = tmp_path_factory.mktemp("machine")
    config = path / "station.toml"
    config.write_text(f'[machine]\nkind = "twin"\nseed = {SEED}\naskew = true\n')
    for verb in ("tool too early", "run too early", "camera", "run half way", "tool"):
        first, *_ = verb.split()
        words = [first] if first == "run" else ["calibrate", first]
        result = station(*words, "--config", config)
        (path / verb).write_text(f"{result.exit_code}\n{result.output}")
    return path


@pytest.fixture
def machines() -> Iterator[list[Machine]]:
    made: list[Machine] = []
    yield made
    for machine in made:
        machine.close()


def test_the_commands_say_how_good_it_is_and_what_comes_next(folder: Path) -> None:
    camera, tool = (folder / "camera").read_text(), (folder / "tool").read_text()
    assert camera.startswith("0\n") and tool.startswith("0\n")
    assert "in 8 pictures" in camera and "good." in camera and "Next: station calibrate tool" in camera
    assert "48 fiducials at two heights" in tool and "good." in tool and "Next: station run" in tool


def test_a_machine_that_is_not_calibrated_does_not_run(folder: Path) -> None:
    for verb, first in (("run too early", "camera"), ("run half way", "tool")):
        said = (folder / verb).read_text()
        assert said.startswith("2\n") and f"run `station calibrate {first}" in said
    assert "run `station calibrate camera` first" in (folder / "tool too early").read_text()


@pytest.mark.parametrize("height_mm", [0.0, 100.0, 200.0])
def test_the_axes_go_where_the_photo_shows_it(folder: Path, height_mm: float) -> None:
    known = calibrate_file.load(folder / "calibration.toml")
    assert known is not None
    build = askew(SEED)
    points = np.stack(np.meshgrid(np.linspace(40, 360, 9), np.linspace(60, 240, 7)), axis=-1).reshape(-1, 2)
    seen = build.lens.to_pixels(points, height_mm)
    in_view = ((seen > 0) & (seen < build.lens.size_px)).all(axis=1)
    told = known.calibrated().lens.to_platform(seen[in_view], height_mm)
    nibs = np.array([build.gantry.nib_mm((x, y), height_mm) for x, y in told])
    away_mm = np.linalg.norm(nibs - points[in_view], axis=1)
    assert len(away_mm) >= 35
    assert np.percentile(away_mm, 95) < 0.25
    drawn_by_the_drawing = AS_DRAWN.lens.to_platform(seen[in_view], height_mm)
    assert np.percentile(np.linalg.norm(drawn_by_the_drawing - points[in_view], axis=1), 95) > 2


def test_the_margin_comes_from_what_was_measured(folder: Path) -> None:
    known = calibrate_file.load(folder / "calibration.toml")
    assert known is not None and known.drawn_by == "gantry"
    budget = known.budget()
    assert 0.1 < budget.tool_wander_mm < 0.35  # the twin's nib: 0.08 mm in x and in y, 95 of 100 within 0.2
    assert 0.08 < budget.mechanics_mm < 0.16  # half of a play of 0.15 mm in x and in y
    assert budget.calibration_mm < 0.25


def test_the_distance_sensor_is_known_too(folder: Path) -> None:
    known = calibrate_file.load(folder / "calibration.toml")
    assert known is not None
    assert known.sensor_height_mm == pytest.approx(askew(SEED).sensor_height_mm, abs=0.4)


def test_a_visit_on_the_calibrated_machine_ends_with_everything_under_ink(
    folder: Path, machines: list[Machine]
) -> None:
    known = calibrate_file.load(folder / "calibration.toml")
    assert known is not None
    machine, world = twin_machine("gantry", SEED, calibrated=known.calibrated(), build=askew(SEED))
    machines.append(machine)
    appliance = Appliance(machine, Eye(), Judge(), Settings(budget=known.budget()), Today)
    box = small_box(150.0, Pose(260.0, 190.0, 8.0))
    world.place(box)
    appliance.start()
    appliance.run(lambda: machine.clock.now_s() < 120 and appliance.visit.outcome is None)
    assert appliance.visit.outcome == "done"
    assert appliance.face.passes == 1
    assert min(world.coverage(mark) for mark in box.faces[0].marks) > 0.99


# -- the margin


BLOCK_MM = np.array([[70.0, 50.0], [120.0, 50.0], [120.0, 67.1], [70.0, 67.1]])  # two strokes wide, and no more
AROUND_MM = BLOCK_MM + np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * 0.95  # the rule's 1 mm, and a pixel of ink
BUT_A_CELL = 0.9999  # of the 25,000 of the ink's grid, one at a corner may be missed by its middle


def inked_share(machine: Machine, world: World, height_mm: float, margin_mm: float | None, off_mm: Points) -> float:
    """Of a block of bars and 1 mm around it, with a lens `off_mm` (2) off; without a margin given, the budget's."""
    face = Face(np.full((600, 900, 3), 240, np.uint8), 5.0, (Mark("bars", BLOCK_MM, ""), Mark("around", AROUND_MM, "")))
    world.lay(Box("bars", height_mm, (face,)), 0)
    x, y = np.array(world.lens.above_mm) + off_mm
    plane = Plane(replace(world.lens, above_mm=(float(x), float(y))), calibrate.height_mm(machine))
    (_, seen_px), (around, _) = world.marks_in_photo()
    margin = ErrorBudget().on(plane) if margin_mm is None else margin_mm
    area = cover.area(Place("code", seen_px, "code128"), plane.to_mm, margin)
    assert machine.carriage is not None
    for stroke in strokes.plan((area,), machine.tool.width_mm, machine.tool.reach_mm).strokes:
        for _ in machine.carriage.draw(stroke.points_mm, plane.height_mm):
            pass
    return world.coverage(around)


@pytest.mark.parametrize("height_mm", [0.0, 100.0, 200.0])
@pytest.mark.parametrize("angle_deg", [20.0, 140.0, 260.0])
def test_with_half_a_millimetre_of_calibration_noise_the_margin_holds(
    machines: list[Machine], height_mm: float, angle_deg: float
) -> None:
    worn = Build(AS_DRAWN.lens, Gantry(backlash_mm=0.15, wander_mm=0.08))
    machine, world = twin_machine("gantry", round(angle_deg), calibrated=AS_DRAWN, build=worn)
    machines.append(machine)
    off_mm = 0.5 * np.array([np.cos(np.radians(angle_deg)), np.sin(np.radians(angle_deg))])
    assert inked_share(machine, world, height_mm, None, off_mm) > BUT_A_CELL
    assert inked_share(machine, world, height_mm, 0.0, off_mm) < BUT_A_CELL


# -- what stops a walk


def uncalibrated(machines: list[Machine], kind: Marker = "gantry") -> tuple[Machine, World]:
    machine, world = twin_machine(kind, SEED, calibrated=AS_DRAWN, build=askew(SEED))
    machines.append(machine)
    return machine, world


def test_without_the_sheet_it_asks_again_and_then_says_what_is_missing(machines: list[Machine]) -> None:
    machine, _ = uncalibrated(machines)
    asked: list[str] = []
    with pytest.raises(InputError, match=r"of the sheet's 187 corners 0 were seen .*'platform'.*light"):
        calibrate.camera(machine, lambda step: asked.append(step.name))
    assert asked == ["platform"] * calibrate.TRIES


def test_a_tool_that_gives_no_ink_is_told(machines: list[Machine]) -> None:
    machine, world = uncalibrated(machines)
    world.fault("weak_ink", opacity=0.05)
    with pytest.raises(InputError, match=r"of 24 fiducials 0 were seen .*tool wet"):
        calibrate.tool(machine, AS_DRAWN.lens, Hands(world))


@pytest.mark.parametrize("stop", ["guard", "emergency stop"])
def test_an_open_guard_or_a_pressed_stop_ends_the_drawing_with_drivers_off(machines: list[Machine], stop: str) -> None:
    machine, world = uncalibrated(machines)
    hands, since_s = Hands(world), []

    def ask(step: calibrate.Step) -> None:
        hands(step)
        since_s.append(world.clock.now_s() + 8.0)

    def open_up(now_s: float) -> None:
        if since_s and now_s > since_s[0]:
            world.guard(False) if stop == "guard" else world.emergency_stop(True)

    world.watchers.append(open_up)
    with pytest.raises(MachineFault, match="guard open or emergency stop pressed"):
        calibrate.tool(machine, AS_DRAWN.lens, ask)
    assert world.inked_m > 0, "it was in the middle of drawing"
    assert machine.carriage is not None and not machine.carriage.axes.enabled and machine.carriage.lift.is_up


def test_a_guide_has_no_tool_to_calibrate(tmp_path: Path) -> None:
    config = tmp_path / "station.toml"
    config.write_text('[machine]\nkind = "twin"\n[marker]\nkind = "none"\n')
    result = station("calibrate", "tool", "--config", config)
    assert result.exit_code == 2 and "marker.kind is none" in result.stderr


# -- the file


def kept(folder: Path) -> calibrate_file.Calibration:
    found = calibrate_file.load(folder / "calibration.toml")
    assert found is not None
    return found


def test_what_is_saved_is_read_again_and_the_old_file_is_kept(folder: Path, tmp_path: Path) -> None:
    path, found = tmp_path / "calibration.toml", kept(folder)
    assert calibrate_file.load(path) is None
    calibrate_file.save(path, found)
    calibrate_file.save(path, found.model_copy(update={"camera_mm": 0.5}))
    assert kept(tmp_path).camera_mm == 0.5
    assert calibrate_file.load(tmp_path / "calibration.toml.old") == found
    assert sorted(each.name for each in tmp_path.iterdir()) == ["calibration.toml", "calibration.toml.old"]


def test_a_value_out_of_bounds_is_never_written(folder: Path, tmp_path: Path) -> None:
    path, found = tmp_path / "calibration.toml", kept(folder)
    calibrate_file.save(path, found)
    before = path.read_bytes()
    wrong = found.model_copy(update={"sensor_height_mm": float("nan")})
    with pytest.raises(ConfigError, match="sensor_height_mm"):
        calibrate_file.save(path, wrong)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("focal_px = ", "focal_px = -", "lens.focal_px"),
        ("[errors]", "[errors]\nslack_mm = 1.0", "errors.slack_mm"),
        ('drawn_by = "gantry"', 'drawn_by = "laser"', "drawn_by"),
        ("[lens]", "[lens", "not valid TOML"),
    ],
)
def test_a_damaged_file_is_refused_by_name(folder: Path, tmp_path: Path, old: str, new: str, told: str) -> None:
    path = tmp_path / "calibration.toml"
    path.write_text((folder / "calibration.toml").read_text().replace(old, new))
    with pytest.raises(ConfigError, match=told.replace(".", r"\.")):
        calibrate_file.load(path)


def test_a_folder_that_is_not_there(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        calibrate_file.save(tmp_path / "nowhere" / "calibration.toml", kept(folder))
