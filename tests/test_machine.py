"""`station run` and `station calibrate` on a machine of real parts, and why there may be none."""

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TextIO

import pytest
from click.testing import CliRunner, Result
from gpiozero.pins.mock import MockFactory

from hardware.built import built_machine
from hardware.camera.lens import Lens
from hardware.errors import InputError
from hardware.panel import PushButton
from hardware.pins import Pins
from station.calibrate import file
from station.calibrate.hands import Hands
from station.calibrate.owner import Owner
from station.calibrate.walk import Step
from station.cli import main
from station.config import load
from station.doctor.ask import Deed, Sign
from station.doctor.hands import Hands as DoctorHands
from station.geometry import ErrorBudget
from station.machine import as_drawn, parts
from tests.hardware.builds import Bench
from tests.hardware.pwms import shown
from tests.small_box import small_box

PINS = Pins()
STEP = Step("platform", "Lay the sheet flat on the platform.")


def station(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


def configuration(folder: Path, port: str = "/dev/serial/by-id/board", page: int = 8080, camera: str = "") -> Path:
    """A machine with a GRBL board, not calibrated."""
    path = folder / "station.toml"
    motion, lines = f'[motion]\nkind = "grbl"\nport = "{port}"\n', f'[gpio]\nfolder = "{folder}"\n'
    path.write_text(f'[machine]\nkind = "built"\n{motion}{lines}[page]\nport = {page}\n[camera]\n{camera}')
    return path


def calibrate(path: Path, lens: Lens) -> None:
    """Beside the configuration: a machine that is as drawn."""
    file.save(
        file.beside(path),
        file.Calibration(
            drawn_by="gantry",
            sensor_height_mm=480.0,
            camera_mm=0.1,
            lens=file.LensSection(**asdict(lens)),
            errors=file.ErrorsSection(**asdict(ErrorBudget())),
        ),
    )


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A world whose pins, PWM and camera are those of the program."""
    made = Bench(tmp_path / "pwm")
    monkeypatch.setattr("station.machine.Chip", lambda folder, number: made.header)
    monkeypatch.setattr("station.machine.built_machine", partial(built_machine, pwm_folder=made.pwm_folder))
    monkeypatch.setattr("station.machine.configured", lambda section: made.camera)
    with made.running():
        yield made


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_sigterm_in_mid_stroke_ends_the_station_with_drivers_off_and_lamp_dark(tmp_path: Path, bench: Bench) -> None:
    path = configuration(tmp_path, bench.board.wire.port, free_port())
    calibrate(path, bench.world.lens)
    done: list[str] = []

    def person(_: float) -> None:
        if not done and bench.camera.previews > 3:  # the station has seen its empty platform
            done.append("placed")
            bench.world.place(small_box())
        if done == ["placed"] and bench.world.inked_m > 0.02:
            done.append("ended")
            os.kill(os.getpid(), signal.SIGTERM)

    bench.world.watchers.append(person)
    ended = station("run", "--config", path)
    assert ended.exit_code == 128 + signal.SIGTERM, ended.output
    assert done == ["placed", "ended"]
    assert not bench.world.powered and bench.header.closed
    assert shown(bench.lamp)[2] == 0


def test_an_owner_calibrates_the_camera_of_a_machine_of_real_parts(
    tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = configuration(tmp_path, bench.board.wire.port)
    hands, (typed, _) = Hands(bench.world), os.pipe()

    class Helped(Owner):
        """Somebody who does what is asked, and then presses the start button."""

        def __init__(self, button: PushButton, _: object) -> None:
            super().__init__(button, os.fdopen(typed))

        def __call__(self, step: Step) -> None:
            helper = threading.Thread(target=self.help, args=(step,))
            helper.start()
            super().__call__(step)
            helper.join()

        def help(self, step: Step) -> None:
            with bench.moment:
                hands(step)
                bench.world.press_button()

    monkeypatch.setattr("station.verbs.calibrate.Owner", Helped)
    found = station("calibrate", "camera", "--config", path)
    assert found.exit_code == 0, found.output
    known = file.load(file.beside(path))
    assert known is not None
    assert known.lens.camera_height_mm == pytest.approx(bench.world.lens.camera_height_mm, abs=1.5)
    assert known.sensor_height_mm == pytest.approx(480.0, abs=1.0)
    assert bench.header.closed


def test_the_doctor_and_a_person_go_through_a_machine_of_real_parts(
    tmp_path: Path, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = configuration(tmp_path, bench.board.wire.port)
    calibrate(path, as_drawn(load(path)).lens)

    class Helper(DoctorHands):
        def do(self, deed: Deed) -> None:
            with bench.moment:
                super().do(deed)

        def answers(self, sign: Sign, on: bool) -> bool:
            _, duty_ns, running = shown(bench.lamp)
            lit = duty_ns * running if sign.line == "lamp" else bench.world.shows(getattr(PINS, sign.line))
            return (lit > 0) is on

    monkeypatch.setattr("station.verbs.doctor._in_front", lambda world: Helper(bench.world))
    told = json.loads(station("doctor", "--config", path, "--json").stdout)["findings"]
    found = {each["name"]: each for each in told}
    assert found["pins"]["seen"] == "driven by MockFactory, not by LGPIOFactory"
    panel = ("guard", "emergency stop", "button", "lamp", "status", "buzzer", "echo", "distance sensor")
    for name in (*panel, "calibration", "machine", "end stop x", "end stop y", "contact", "top", "axes"):
        assert found[name]["level"] == "ok", found[name]
    assert not bench.world.powered and bench.header.closed


def test_a_built_machine_does_not_run_before_it_is_calibrated(tmp_path: Path) -> None:
    refused = station("run", "--config", configuration(tmp_path))
    assert refused.exit_code == 2
    assert "not calibrated for marker.kind gantry: run `station calibrate camera" in refused.stderr


@pytest.mark.parametrize("verb", [["run"], ["calibrate", "tool"]])
def test_a_calibration_with_another_camera_is_refused(tmp_path: Path, verb: list[str]) -> None:
    path = configuration(tmp_path, camera="width_px = 1920\nheight_px = 1080\n")
    calibrate(path, Lens())
    refused = station(*verb, "--config", path)
    assert refused.exit_code == 2
    assert "calibrated for pictures of 4608 x 2592, [camera] has another size" in refused.stderr


@pytest.mark.parametrize("verb", [["run"], ["calibrate", "camera"], ["calibrate", "tool"]])
def test_without_a_gpio_chip_nothing_else_is_taken_in_its_place(
    tmp_path: Path, verb: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = configuration(tmp_path)
    calibrate(path, Lens())
    monkeypatch.setitem(sys.modules, "lgpio", None)
    failed = station(*verb, "--config", path)
    assert failed.exit_code == 1
    told = failed.stderr.splitlines()[-1]
    assert told == "station: lgpio is not installed: apt install python3-lgpio, in a venv that sees it"


def test_a_machine_as_drawn_has_the_camera_of_the_file(tmp_path: Path) -> None:
    settings = load(configuration(tmp_path, camera="width_px = 1640\nheight_px = 1232\n"))
    lens = as_drawn(settings).lens
    assert lens.size_px == (1640, 1232)
    assert lens.centre_px == (820.0, 616.0)


@pytest.mark.parametrize(("marker", "width_mm"), [("", 10.0), ("[marker]\nwidth_mm = 14\n", 14.0)])
def test_the_tool_is_as_wide_as_the_file_says(tmp_path: Path, marker: str, width_mm: float) -> None:
    assert parts(load(configuration(tmp_path, camera=marker))).tool.width_mm == width_mm


# -- the owner


@pytest.fixture
def button() -> Iterator[PushButton]:
    made = PushButton(13, pin_factory=MockFactory())
    yield made
    made.close()


@pytest.fixture
def terminal() -> Iterator[tuple[TextIO, TextIO]]:
    """What the owner types in, and what the program reads."""
    ends = os.pipe()
    with os.fdopen(ends[1], "w", buffering=1) as types, os.fdopen(ends[0]) as typed:
        yield types, typed


def test_a_step_is_told_and_enter_says_that_it_is_done(
    button: PushButton, terminal: tuple[TextIO, TextIO], capsys: pytest.CaptureFixture[str]
) -> None:
    types, typed = terminal
    types.write("\n")
    Owner(button, typed)(STEP)
    assert capsys.readouterr().out.startswith("Lay the sheet flat on the platform.\n")


def test_a_press_from_before_is_no_answer(button: PushButton, terminal: tuple[TextIO, TextIO]) -> None:
    types, typed = terminal
    button.pin.drive_low()
    button.pin.drive_high()
    types.close()  # with the press still counted it would not look at the terminal
    with pytest.raises(InputError, match="nobody to press Enter"):
        Owner(button, typed)(STEP)
