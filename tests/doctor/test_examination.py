"""The doctor at work: on the twin with a person who does what is asked, and on machines that are not all there."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hardware.errors import InputError, MachineFault
from hardware.machine import Machine, Marker, Motion, twin_machine
from hardware.pins import Pins
from hardware.twin.world import TOOL_UP_MM, World
from station.calibrate.file import Calibration
from station.cli import main
from station.config import Config
from station.doctor import ask, parts
from station.doctor.ask import Asking, Deed, Person, Sign
from station.doctor.examination import examine, together, wires
from station.doctor.finding import Finding
from station.doctor.hands import Hands
from station.vision.attacks import zbar
from station.vision.network import STANDARD
from tests.doctor.folders import healthy_pi, write

PINS = Pins()


class Patient:
    """A twin with a person in front of it. `powered` says whether its motors ever had current."""

    def __init__(self, marker: Marker = "gantry", motion: Motion = "twin") -> None:
        self.machine, self.world = twin_machine(marker, motion=motion)
        self.motion, self.powered = motion, False
        self.world.watchers.append(self._watch)

    def _watch(self, _now_s: float) -> None:
        self.powered = self.powered or self.world.powered

    def findings(self, person: Person | None = None) -> dict[str, Finding]:
        settings = Config.model_validate({"motion": {"kind": self.motion}})
        asking = Asking(self.machine, person or Hands(self.world), wires(settings))
        return {finding.name: finding for finding in together(asking)}


@pytest.fixture
def patient() -> Iterator[Patient]:
    made = Patient()
    yield made
    made.machine.close()


def problems(found: dict[str, Finding]) -> list[str]:
    return [name for name, finding in found.items() if finding.level == "problem"]


def test_a_sound_machine(patient: Patient) -> None:
    found = patient.findings()
    assert {finding.level for finding in found.values()} == {"ok"}
    assert [*found] == [
        *("emergency stop", "button", "lamp", "status", "buzzer", "distance sensor", "echo", "guard"),
        *("end stop x", "end stop y", "contact", "top", "axes"),
    ]
    assert patient.powered and not patient.world.powered and patient.world.tool_z_mm == TOOL_UP_MM


@pytest.mark.parametrize("marker", ["gantry", "roller"])
def test_a_sound_machine_on_a_grbl_board(marker: Marker) -> None:
    patient = Patient(marker, "grbl")
    found = patient.findings()
    patient.machine.close()
    assert {finding.level for finding in found.values()} == {"ok"}
    assert ("end stop y" in found) == (marker == "gantry")


def test_a_guide_has_neither_lid_nor_axes() -> None:
    patient = Patient("none")
    found = patient.findings()
    assert {finding.level for finding in found.values()} == {"ok"} and len(found) == 7
    assert "guard" not in found and "axes" not in found


@pytest.mark.parametrize(
    ("fault", "values", "name", "told"),
    [
        ("wire_cut", {"bcm": PINS.guard}, "guard", "still reads open"),
        ("wire_shorted", {"bcm": PINS.guard}, "guard", "still reads shut"),
        ("wire_cut", {"bcm": PINS.emergency_stop}, "emergency stop", "still reads pressed"),
        ("wire_shorted", {"bcm": PINS.emergency_stop}, "emergency stop", "still reads released"),
        ("wire_cut", {"bcm": PINS.button}, "button", "still reads released"),
        ("wire_shorted", {"bcm": PINS.button}, "button", "still reads pressed"),
        ("wire_cut", {"bcm": PINS.lamp}, "lamp", "Does the lamp shine? No"),
        ("wire_cut", {"bcm": PINS.status}, "status", "status light shine? No"),
        ("wire_cut", {"bcm": PINS.buzzer}, "buzzer", "buzzer? No"),
        ("distance_wrong", {"by_mm": -40.0}, "echo", "still reads not empty"),
        ("distance_wrong", {"by_mm": 40.0}, "distance sensor", "-40."),
        ("no_contact", {}, "contact", "still reads free"),
        ("homing_fails", {}, "end stop x", "still reads free"),
    ],
)
def test_a_fault_is_found_by_its_place_and_nothing_moves(
    patient: Patient, fault: str, values: dict[str, float], name: str, told: str
) -> None:
    patient.world.fault(fault, **values)
    found = patient.findings()
    assert problems(found) in ([name], ["end stop x", "end stop y"])
    assert told in found[name].seen
    assert found["axes"].level == "warning" and not patient.powered


def test_what_to_do_names_the_pin(patient: Patient) -> None:
    patient.world.fault("wire_cut", bcm=PINS.button)
    assert f"start and pause button, to ground (BCM {PINS.button})" in patient.findings()["button"].remedy


def test_on_a_board_what_to_do_names_its_input() -> None:
    patient = Patient("gantry", "grbl")
    patient.world.fault("no_contact")
    assert "probe input (A5) of the GRBL board" in patient.findings()["contact"].remedy
    patient.machine.close()


def test_motors_without_current_are_found_last_and_left_off(patient: Patient) -> None:
    patient.world.fault("motor_power_lost")
    found = patient.findings()
    assert problems(found) == ["axes"] and "check the motor supply" in found["axes"].seen
    assert patient.machine.carriage is not None and not patient.machine.carriage.axes.enabled


class Clumsy(Hands):
    """Does one thing in place of another: None in place of it is nothing at all."""

    def __init__(self, world: World, asked: str, done: Deed | None) -> None:
        super().__init__(world)
        self._asked, self._done = asked, done

    def do(self, deed: Deed) -> None:
        deeds = [self._done] if deed.told == self._asked else [deed]
        for each in filter(None, deeds):
            super().do(each)


def test_two_wires_that_are_exchanged_are_told(patient: Patient) -> None:
    press_stop, release, _, press_button = ask.PANEL_DEEDS
    person = Clumsy(patient.world, press_button.told, press_stop)
    found = patient.findings(person)
    assert "emergency stop answered in its place: exchange their wires" in found["button"].remedy
    assert release.told and not patient.powered


def test_a_tool_that_does_not_come_up_by_itself_is_a_problem(patient: Patient) -> None:
    person = Clumsy(patient.world, ask.TOOL_DEEDS[-1].told, None)
    found = patient.findings(person)
    assert problems(found) == ["top"] and "come up by itself" in found["top"].seen and not patient.powered


def test_a_lid_that_is_opened_as_the_tool_moves_stops_it(patient: Patient) -> None:
    class Curious(Hands):
        def do(self, deed: Deed) -> None:
            super().do(deed)
            if deed is ask.HANDS_OFF:
                patient.world.watchers.append(lambda now_s: patient.world.guard(not patient.powered))

    found = patient.findings(Curious(patient.world))
    assert problems(found) == ["axes"] and "guard open" in found["axes"].seen
    assert not patient.world.powered and patient.world.tool_z_mm == TOOL_UP_MM


def test_a_board_that_is_lost_in_between_is_one_more_finding(tmp_path: Path) -> None:
    machine, world = twin_machine("gantry", motion="grbl")

    class Puller(Hands):
        def do(self, deed: Deed) -> None:
            super().do(deed)
            if deed is ask.X_DEEDS[0]:
                world.fault("serial_line_lost")

    path = twin_file(tmp_path, '[motion]\nkind = "grbl"\n')
    *_, last = examine(path, lambda: None, lambda known: (machine, Puller(world)))
    assert last.name == "machine" and last.level == "problem" and "cable" in last.seen
    assert not world.powered and world.tool_z_mm == TOOL_UP_MM


class Nobody:
    """Is not there."""

    def do(self, deed: Deed) -> None:
        pass

    def answers(self, sign: Sign, on: bool) -> None:
        pass


def test_nobody_is_there(patient: Patient) -> None:
    found = patient.findings(Nobody())
    assert found["lamp"].level == "warning" and found["lamp"].seen == "nobody answered"
    assert "button" in problems(found) and found["axes"].level == "warning" and not patient.powered


# -- programs


def test_programs_that_are_not_installed_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyzbar.pyzbar", None)
    monkeypatch.setattr("pytesseract.pytesseract.tesseract_cmd", "/nowhere/tesseract")
    zbar.cache_clear()
    found = {finding.name: finding for finding in parts.programs(STANDARD)}
    assert problems(found) == ["networks", "tesseract", "zbar"]
    assert "install libzbar0" in found["zbar"].seen and "tesseract-ocr-chi-sim" in found["tesseract"].seen


# -- the whole of it


def doctor(path: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["doctor", "--config", str(path), *words])


def twin_file(folder: Path, more: str = "") -> Path:
    path = folder / "station.toml"
    path.write_text(f'[machine]\nkind = "twin"\n{more}')
    return path


def test_the_command_tells_every_finding_and_leaves_with_0(tmp_path: Path) -> None:
    result = doctor(twin_file(tmp_path))
    assert result.exit_code == 0, result.output
    told = result.stdout.splitlines()
    for name in ("configuration", "networks", "tesseract", "zbar", "fonts", "camera", "guard", "axes"):
        assert any(line.startswith(f"ok       {name}: ") for line in told), name


def test_as_json_and_without_asking(tmp_path: Path) -> None:
    found = json.loads(doctor(twin_file(tmp_path), "--json", "--no-ask").stdout)["findings"]
    assert {"name", "level", "seen", "remedy"} == set(found[0])
    names = [each["name"] for each in found]
    assert "camera" in names and "guard" not in names


def test_a_configuration_that_is_none_is_a_finding_among_others(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text("[marker]\nkind = 3\n")
    result = doctor(path)
    assert result.exit_code == 1
    assert "problem  configuration: " in result.stdout and "marker.kind" in result.stdout
    assert " clock: " in result.stdout


def test_a_machine_that_was_never_calibrated_is_examined_all_the_same(tmp_path: Path) -> None:
    result = doctor(twin_file(tmp_path, "seed = 7\naskew = true\n"), "--no-ask")
    assert result.exit_code == 1
    assert "problem  calibration: " in result.stdout and "ok       camera: " in result.stdout


def test_the_folder_of_the_store(tmp_path: Path) -> None:
    assert parts.disk(tmp_path).name == "disk" and f"{tmp_path}: " in parts.disk(tmp_path).seen
    missing = parts.disk(tmp_path / "none")
    assert missing.level == "problem" and f"there is no folder {tmp_path}/none" in missing.seen


@pytest.mark.parametrize(
    ("fault", "told"), [("dead_camera", "camera"), ("black_frames", "all of it dark"), ("light_off", "all of it dark")]
)
def test_a_camera_that_gives_no_picture_to_see_by(tmp_path: Path, fault: str, told: str) -> None:
    machine, world = twin_machine("gantry")
    world.fault(fault)
    found = {each.name: each for each in examine(twin_file(tmp_path), lambda: None, lambda known: (machine, None))}
    assert found["camera"].level == "problem" and told in found["camera"].seen


def built(folder: Path, root: Path, more: str = "") -> dict[str, Finding]:
    """What is found on a machine of real parts of which the pins cannot be had."""
    path = folder / "station.toml"
    path.write_text(f'[machine]\nkind = "built"\n[motion]\nkind = "grbl"\nport = "/dev/ttyUSB0"\n{more}')

    def known() -> Calibration | None:
        raise InputError("not calibrated: run `station calibrate camera` first")

    def opened(calibration: Calibration | None) -> tuple[Machine, Person | None]:
        raise MachineFault("lgpio is not installed: apt install python3-lgpio")

    return {finding.name: finding for finding in examine(path, known, opened, root)}


def test_of_a_machine_that_cannot_be_opened_all_the_rest_is_told(tmp_path: Path) -> None:
    root = healthy_pi(tmp_path)
    write(root, "dev/ttyUSB0", "")
    found = built(tmp_path, root)
    assert problems(found) == ["calibration", "machine", "camera"]
    assert "python3-lgpio" in found["machine"].seen and "python3-picamera2" in found["camera"].seen
    for name in ("power", "real-time priority", "pwm", "camera memory", "gpio", "video", "dma heap", "serial"):
        assert found[name].level == "ok", found[name]


def test_what_a_computer_lacks_for_real_parts(tmp_path: Path) -> None:
    found = built(tmp_path, tmp_path, '[camera]\nkind = "v4l2"\n')
    assert found["computer"].seen == "not a Raspberry Pi"
    for name in ("real-time priority", "pwm", "gpio", "video", "serial"):
        assert found[name].level == "problem", found[name]
    assert "camera memory" not in found
