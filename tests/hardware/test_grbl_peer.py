"""The twin's GRBL, character for character as GRBL's documents describe the real one, over its pseudo-terminal."""

from collections.abc import Iterator

import numpy as np
import pytest
import serial

from hardware.motion.profile import Limits
from hardware.twin.axes import TwinMotors
from hardware.twin.grbl.board import TwinGrbl
from hardware.twin.grbl.hand import settings, setup
from hardware.twin.world import World

GREETING = ["", "Grbl 1.1h ['$' for help]", "[MSG:'$H'|'$X' to unlock]"]


class Peer:
    """A program at the other end of the line."""

    def __init__(self) -> None:
        self.world = World(1)
        limits = Limits()
        motors = TwinMotors(self.world, 1 / 80, (0, 1))
        self.board = TwinGrbl(self.world, motors, settings(setup(limits, None)))
        self.line = serial.Serial(self.board.wire.port, 115200, timeout=0)
        enable = self.world.pins.pin(self.world.lines.enable)
        enable.function = "output"
        enable.state = False
        self._rest = b""

    def say(self, text: str | bytes, wait_s: float = 0.2) -> list[str]:
        """Send, let time pass, and give the lines that came."""
        self.line.write(text.encode() if isinstance(text, str) else text)
        return self.hear(wait_s)

    def hear(self, wait_s: float) -> list[str]:
        for _ in range(round(wait_s / 0.005)):
            self.world.clock.sleep(0.005)
            self._rest += self.line.read(4096)
        *lines, self._rest = self._rest.split(b"\r\n")
        return [line.decode() for line in lines]

    def home(self) -> None:
        self.line.write(b"$H\n")
        while not (came := self.hear(0.1)):
            assert self.world.clock.now_s() < 30.0
        assert came == ["ok"]


@pytest.fixture
def peer() -> Iterator[Peer]:
    made = Peer()
    assert made.hear(0.1) == GREETING
    yield made
    made.line.close()
    made.board.close()


def test_a_reset_greets_and_keeps_the_lock(peer: Peer) -> None:
    assert peer.say(b"\x18") == GREETING


def test_settings_are_printed_with_the_decimals_of_the_firmware(peer: Peer) -> None:
    lines = peer.say("$$\n", 0.5)
    assert lines[0] == "$0=10" and lines[-1] == "ok"
    assert {"$1=255", "$11=0.010", "$27=5.000", "$100=80.000", "$110=6000.000", "$130=455.000"} <= set(lines)
    assert len(lines) == 35


def test_the_first_reports_carry_offset_then_overrides(peer: Peer) -> None:
    reports = [peer.say("?")[0] for _ in range(3)]
    assert reports == [
        "<Alarm|MPos:0.000,0.000,0.000|FS:0,0|Pn:Z|WCO:0.000,0.000,0.000>",
        "<Alarm|MPos:0.000,0.000,0.000|FS:0,0|Pn:Z|Ov:100,100,100>",
        "<Alarm|MPos:0.000,0.000,0.000|FS:0,0|Pn:Z>",
    ]


def test_homing_sets_the_machine_position_of_the_firmware(peer: Peer) -> None:
    peer.home()
    assert peer.say("?")[0].startswith("<Idle|MPos:-450.000,-320.000,-5.000|FS:0,0|WCO:")


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("", "ok"),
        ("(a comment)", "ok"),
        ("g1 x-440 f6000 ; with a comment", "ok"),
        ("1X2", "error:1"),
        ("GX2", "error:2"),
        ("$Q", "error:3"),
        ("G1X-440F-1", "error:4"),
        ("G1X-440F6000" + "0" * 80, "error:11"),
        ("G7", "error:20"),
        ("G1G0X-440F6000", "error:21"),
        ("G1X-440", "error:22"),
        ("G92G1X0", "error:24"),
        ("G1X-440X-441F6000", "error:25"),
        ("G92", "error:26"),
        ("G4", "error:28"),
        ("G53G38.2Z-20F600", "error:30"),
        ("G80X3", "error:31"),
        ("G38.2Z-5F600", "error:33"),
        ("G1X-440P3F6000", "error:36"),
    ],
)
def test_lines_are_answered_with_the_documented_codes(peer: Peer, line: str, answer: str) -> None:
    peer.home()
    assert peer.say(line + "\n", 0.5)[-1] == answer


def test_g_code_is_locked_out_until_homed(peer: Peer) -> None:
    assert peer.say("G0X-3\n") == ["error:9"]


def test_real_time_characters_leave_the_stream_at_any_place(peer: Peer) -> None:
    peer.home()
    lines = peer.say(b"G1X-4?40F60?00\n", 1.0)
    assert lines[0].startswith("<") and lines[-1] == "ok"
    assert peer.board.firmware.planner.end[0] == -440


def test_fifteen_moves_are_planned_and_the_next_is_answered_when_one_is_done(peer: Peer) -> None:
    peer.home()
    for i in range(20):
        peer.line.write(f"G1X{-440 + i}F60\n".encode())
        peer.world.clock.sleep(0.005)
    assert peer.hear(0.1).count("ok") == 15
    assert peer.hear(10.5).count("ok") == 1, "the first move is 10 mm long, at 1 mm/s"


def test_what_does_not_fit_into_the_buffer_is_lost(peer: Peer) -> None:
    peer.home()
    peer.say("G1X-400F60\nG4P0\n")  # the dwell holds the main loop
    peer.say("(" + "x" * 300)
    assert len(peer.board.firmware.received) == 128


def test_a_dwell_is_answered_when_everything_stands(peer: Peer) -> None:
    peer.home()
    assert peer.say("G1X-440F600\nG4P0\n", 0.8) == ["ok"]
    assert peer.hear(0.5) == ["ok"]
    assert peer.say("?")[0].startswith("<Idle|MPos:-440.000,")


def test_a_hold_brakes_and_can_be_resumed(peer: Peer) -> None:
    peer.home()
    peer.say("G1X-350F6000\n", 0.3)
    assert peer.say("!", 0.01) == []
    assert peer.say("?", 0.02)[0].startswith("<Hold:1|")
    peer.hear(0.1)
    held = peer.say("?")[0]
    assert held.startswith("<Hold:0|") and "-350" not in held
    assert peer.say("~", 0.01) == []
    assert peer.say("?", 0.02)[0].startswith("<Run|")
    peer.hear(1.0)
    assert peer.say("?")[0].startswith("<Idle|MPos:-350.000,")


def test_a_reset_in_a_complete_hold_keeps_the_position(peer: Peer) -> None:
    peer.home()
    peer.say("G1X-350F6000\n", 0.3)
    peer.say("!", 0.2)
    assert peer.say(b"\x18") == GREETING[:2]
    assert peer.say("?")[0].startswith("<Idle|MPos:-4")


def test_a_reset_in_motion_is_an_alarm_that_takes_half_a_second_to_tell(peer: Peer) -> None:
    peer.home()
    peer.say("G1X-350F6000\n", 0.3)
    assert peer.say(b"\x18", 0.1) == ["ALARM:3"]
    assert peer.hear(0.3) == []
    assert peer.hear(0.3) == GREETING


def test_an_end_stop_in_motion_is_told_and_wants_a_reset(peer: Peer) -> None:
    peer.home()
    peer.say("G1X-350F6000\n", 0.3)
    peer.world.fault("end_stop_in_move")
    assert peer.hear(1.0) == ["ALARM:1", "[MSG:Reset to continue]"]
    peer.world.mend("end_stop_in_move")
    assert peer.say("?$X\n") == []
    assert peer.say(b"\x18") == GREETING


def test_a_target_beyond_the_soft_limits_stops_before_it_moves(peer: Peer) -> None:
    peer.home()
    assert peer.say("G1X10F6000\n", 1.0) == ["ALARM:2", "[MSG:Reset to continue]"]
    assert np.allclose(peer.world.tool_mm, (-40, -10))


def test_a_probe_tells_where_it_touched(peer: Peer) -> None:
    peer.home()
    lines = peer.say("G38.2Z-254F7200\n", 4.0)
    assert lines[-1] == "ok"
    (touched,) = [line for line in lines if line.startswith("[PRB:")]
    x, y, z = (float(part) for part in touched[5:].split(":")[0].split(","))
    assert (x, y) == (-450, -320) and z == pytest.approx(-250, abs=0.7) and touched.endswith(":1]")
    assert "Pn:P" in peer.say("?")[0]
    assert peer.say("G38.2Z-254.5F600\n", 1.0) == ["ALARM:4", "ok"]


def test_a_probe_that_meets_nothing_is_an_alarm(peer: Peer) -> None:
    peer.home()
    lines = peer.say("G38.2Z-20F7200\n", 1.5)
    assert lines[0] == "ALARM:5" and lines[1].endswith(":0]") and lines[2] == "ok"


def test_homing_without_end_stops_fails_as_documented(peer: Peer) -> None:
    peer.world.fault("homing_fails")
    assert "ALARM:9" in peer.say("$H\n", 20.0)


def test_a_reset_breaks_homing_off(peer: Peer) -> None:
    peer.say("$H\n", 0.05)
    assert peer.say("?", 0.05) == [], "homing hears nothing but a reset"
    assert peer.say(b"\x18", 1.0)[0] == "ALARM:6"


def test_sleep_takes_the_drivers_off_until_a_reset(peer: Peer) -> None:
    peer.home()
    assert peer.say("$SLP\n", 0.01) == ["ok", "[MSG:Sleeping]"]
    assert not peer.board.firmware.rig.drivers
    assert peer.hear(1.0) == ["ALARM:1", "[MSG:Reset to continue]"], "the spring takes the lift to its end stop"


def test_the_door_holds_until_it_is_shut_and_resumed(peer: Peer) -> None:
    peer.home()
    peer.say("G1X-350F6000\n", 0.3)
    peer.board.firmware.door(True)
    assert peer.hear(0.2) == ["[MSG:Check Door]"]
    assert peer.say("?")[0].startswith("<Door:1|")
    peer.say("~")
    assert peer.say("?")[0].startswith("<Door:1|")
    peer.board.firmware.door(False)
    peer.say("~", 2.0)
    assert peer.say("?")[0].startswith("<Idle|MPos:-350.000,")


def test_other_commands_answer_as_documented(peer: Peer) -> None:
    assert peer.say("$I\n") == ["[VER:1.1h.20190830:]", "[OPT:V,15,128]", "ok"]
    assert peer.say("$N\n") == ["$N0=", "$N1=", "ok"]
    assert peer.say("$G\n") == ["[GC:G0 G54 G17 G21 G90 G94 M5 M9 T0 F0 S0]", "ok"]
    assert peer.say("$X\n") == ["[MSG:Caution: Unlocked]", "ok"]
    assert peer.say("$#\n")[-2:] == ["[PRB:0.000,0.000,0.000:0]", "ok"]
    assert peer.say("$\n")[0].startswith("[HLP:")
