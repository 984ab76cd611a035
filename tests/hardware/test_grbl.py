"""The station's GRBL back end against the twin's board, over a real pseudo-terminal: ink where it belongs, and every
way out ends with the drivers off and the tool up.
"""

import re
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from gpiozero import OutputDevice

from hardware.errors import ConfigError, MotionFault
from hardware.motion.axes import BoardLost, NoContact
from hardware.motion.carriage import Carriage
from hardware.motion.grbl import words as grbl_words
from hardware.motion.grbl.axes import GrblAxes
from hardware.motion.grbl.board import Board
from hardware.motion.profile import Limits
from hardware.twin.axes import TwinMotors
from hardware.twin.grbl.board import TwinGrbl
from hardware.twin.grbl.hand import GrblHand, settings, setup
from hardware.twin.ink import INK_PX_PER_MM
from hardware.twin.world import PARK_MM, TOOL_UP_MM, World
from tests.hardware.twins import LINE_MM, box, finish, on_platform, wait

HEIGHT_MM = 100.0
FOUND_S = 2.0  # from a fault to drivers off, at most
SPRING_S = 1.0
FAR_OFF_MM = 12.0  # what 100 mm/s and two reports a tenth of a second apart, braking included, may lead off a line


class Rig:
    """A world with a box, a board, and the carriage that draws through it."""

    def __init__(self) -> None:
        self.world = World(1)
        self.hand = GrblHand(self.world, Limits(), None)
        self.axes, self.lift, self.board, self.twin = self.hand.axes, self.hand.lift, self.hand.board, self.hand.twin
        self.carriage = Carriage(self.axes, self.lift, self.hand.setup.limits, (0.0, 0.0, 400.0, 300.0), PARK_MM)
        self.world.place(box(HEIGHT_MM))
        wait(self.world)

    @property
    def off(self) -> bool:
        return not self.world.powered and not self.axes.enabled

    def draw(self) -> Iterator[None]:
        return self.carriage.draw(on_platform(self.world), HEIGHT_MM)

    def into_the_stroke(self, pieces: int = 3) -> Iterator[None]:
        """The job, a little after the tool has touched down."""
        job = self.draw()
        while pieces:
            next(job)
            pieces -= self.lift.in_contact
        return job


@pytest.fixture
def rig() -> Iterator[Rig]:
    made = Rig()
    yield made
    made.hand.close()


def assert_safe(rig: Rig) -> None:
    """Drivers off at once, tool up as soon as the spring has lifted it."""
    assert rig.off
    rig.world.clock.sleep(SPRING_S)
    assert rig.world.tool_z_mm == TOOL_UP_MM
    assert not rig.carriage.homed


def draws_again(rig: Rig) -> None:
    """What a person's reset, some time later, leads to: the next job homes, and draws where it should."""
    rig.world.clock.sleep(0.1)
    finish(rig.draw())
    finish(rig.carriage.park())
    assert rig.world.coverage(rig.world.box.faces[0].marks[0]) == 1.0  # type: ignore[union-attr]


# -- what it is for


def test_a_stroke_puts_ink_within_half_a_millimetre(rig: Rig) -> None:
    finish(rig.draw())
    assert rig.world.ink is not None
    rows, columns = np.nonzero(rig.world.ink.transmittance < 0.5)
    x, y = (columns + 0.5) / INK_PX_PER_MM, (rows + 0.5) / INK_PX_PER_MM
    reached = [x.min(), x.max(), y.min(), y.max()]
    assert reached == pytest.approx(
        [LINE_MM[0, 0] - 5, LINE_MM[1, 0] + 5, LINE_MM[0, 1] - 5, LINE_MM[0, 1] + 5], abs=0.5
    )
    assert rig.carriage.drawn_m == pytest.approx(0.06, abs=0.001)


def test_a_bent_line_is_followed_round_its_corners(rig: Rig) -> None:
    bend = np.array([[40, 30], [90, 30], [90, 100], [40, 100]], float)
    finish(rig.carriage.draw(on_platform(rig.world, bend), HEIGHT_MM))
    assert rig.world.ink is not None
    for x, y in [*bend, (65, 30), (90, 65), (65, 100)]:
        assert rig.world.ink.transmittance[int(y * INK_PX_PER_MM), int(x * INK_PX_PER_MM)] < 0.03
    assert rig.world.ink.transmittance[int(65 * INK_PX_PER_MM), int(60 * INK_PX_PER_MM)] == 1.0


def test_the_roller_without_a_y_axis_homes_and_inks_its_lane() -> None:
    world = World(1)
    hand = GrblHand(world, Limits(), 150.0)
    carriage = Carriage(hand.axes, hand.lift, hand.setup.limits, (0.0, 150.0, 400.0, 150.0), (PARK_MM[0], 150.0))
    world.place(box(HEIGHT_MM))
    wait(world)
    finish(carriage.draw(np.array([[120.0, 150.0], [260.0, 150.0]]), HEIGHT_MM))
    finish(carriage.park())
    assert world.ink is not None and world.ink.transmittance.min() < 0.1
    assert world.tool_mm == pytest.approx((PARK_MM[0], 150.0), abs=0.1)
    hand.close()


def test_nothing_moves_longer_than_a_tenth_of_a_second_between_two_looks(rig: Rig) -> None:
    now_s = rig.world.clock.now_s()
    for _ in rig.draw():
        assert rig.world.clock.now_s() - now_s <= 0.1 + 1e-6
        now_s = rig.world.clock.now_s()


def test_park_ends_with_drivers_off_and_board_asleep(rig: Rig) -> None:
    finish(rig.draw())
    finish(rig.carriage.park())
    assert_safe(rig)
    rig.lift.raise_()
    assert rig.lift.is_up
    assert rig.world.tool_mm == pytest.approx(PARK_MM, abs=0.1)
    rig.world.clock.sleep(0.1)
    assert not rig.twin.firmware.rig.drivers


def test_two_thousand_short_moves_never_starve_and_never_spill(rig: Rig) -> None:
    """A zigzag of half-millimetre moves at full speed: 200 lines a second."""
    finish(rig.carriage.home())
    rig.lift.raise_()
    along = np.arange(1, 2_001) * 0.5
    x, lane = along % 300.0, along // 300.0
    line = np.column_stack([np.where(lane % 2, 300.0 - x, x), 10.0 + lane])
    finish(rig.axes.run(line[:1], 100.0))
    states: list[tuple[str, int]] = []
    rig.world.watchers.append(lambda _: states.append((rig.twin.firmware.state, len(rig.twin.firmware.received))))
    finish(rig.axes.run(line, 100.0))
    rig.world.watchers.pop()
    running = [state for state, _ in states]
    first, last = running.index("Run"), len(running) - 1 - running[::-1].index("Run")
    assert set(running[first : last + 1]) == {"Run"}
    assert max(held for _, held in states) <= 127
    assert rig.axes.position_mm == pytest.approx(tuple(line[-1]), abs=0.02)


# -- stopping


def test_a_job_broken_off_holds_keeps_its_position_and_lifts_the_tool(rig: Rig) -> None:
    job = rig.into_the_stroke()
    job.close()  # type: ignore[attr-defined]
    assert rig.board.report.state == "Idle", "a reset in motion would have been an alarm"
    assert rig.axes.position_mm == pytest.approx(rig.world.tool_mm, abs=0.02)
    assert 60 < rig.world.to_face(np.array([rig.world.tool_mm]))[0][0] < 120, "in the middle of the stroke"
    assert rig.lift.is_up and not rig.carriage.homed
    draws_again(rig)


def test_a_stop_in_mid_stroke_takes_the_drivers_off_before_anything_else(rig: Rig) -> None:
    rig.into_the_stroke()
    at_s, at_mm = rig.world.clock.now_s(), rig.world.tool_mm
    offs: list[float] = []
    rig.world.watchers.append(lambda now_s: offs.append(now_s) if not rig.world.powered else None)
    rig.carriage.stop()
    rig.world.watchers.pop()
    assert offs[0] - at_s <= 0.05
    assert rig.world.tool_mm == pytest.approx(at_mm, abs=0.01)
    assert_safe(rig)
    draws_again(rig)


@pytest.mark.parametrize("after_s", [0.3, 2.0, 5.5])
def test_emergency_stop_in_mid_job_stops_the_tool_where_it_is(rig: Rig, after_s: float) -> None:
    hit_s = rig.world.clock.now_s() + after_s
    stopped_at: list[tuple[float, float]] = []

    def hit(now_s: float) -> None:
        if now_s >= hit_s and not stopped_at:
            rig.world.emergency_stop(True)
            stopped_at.append(rig.world.tool_mm)

    rig.world.watchers.append(hit)
    with pytest.raises(MotionFault):
        for _ in rig.draw():
            if stopped_at:
                rig.carriage.stop()
                raise MotionFault("the panel says stop")
    assert stopped_at == [rig.world.tool_mm]
    assert_safe(rig)
    rig.world.emergency_stop(False)
    draws_again(rig)


# -- faults


def fails(rig: Rig, job: Iterator[None], happens: Callable[[], None]) -> MotionFault:
    """The fault that ends the job, drivers off within two seconds."""
    happened_s = rig.world.clock.now_s()
    offs: list[float] = []
    rig.world.watchers.append(lambda now_s: offs.append(now_s) if not rig.axes.enabled else None)
    happens()
    with pytest.raises(MotionFault) as fault:
        finish(job)
    rig.world.clock.sleep(0.01)
    rig.world.watchers.pop()
    assert offs[0] - happened_s <= FOUND_S
    return fault.value


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        ("serial_line_lost", BoardLost, "no motion board at .*plug it in"),
        ("serial_garbage", MotionFault, "no GRBL says: check the board's USB cable"),
        ("board_hangs", BoardLost, "does not answer: .*switch it off and on"),
        ("board_restarts", BoardLost, "restarted in mid-job.*check its power supply"),
        ("end_stop_in_move", MotionFault, "end stop closed in mid-move: look whether"),
        ("motor_power_lost", MotionFault, "no longer touches|end stop closed"),
    ],
)
def test_every_fault_in_mid_stroke_ends_safe_with_words_and_is_got_over(
    rig: Rig, fault: str, kind: type[MotionFault], words: str
) -> None:
    told = fails(rig, rig.into_the_stroke(), lambda: rig.world.fault(fault))
    assert isinstance(told, kind) and re.search(words, str(told)), told
    assert_safe(rig)
    rig.world.mend(fault)
    draws_again(rig)


def test_a_line_that_stays_lost_is_told_again_until_the_cable_is_in(rig: Rig) -> None:
    fails(rig, rig.into_the_stroke(), lambda: rig.world.fault("serial_line_lost"))
    with pytest.raises(BoardLost, match="plug it in"):
        finish(rig.draw())
    assert_safe(rig)
    rig.world.mend("serial_line_lost")
    draws_again(rig)


@pytest.mark.parametrize("nth", [1, 4, 8, 10, 17, 22, 27, 34, 45, 59, 76, 83])
def test_a_character_lost_on_the_way_is_harmless_or_a_fault(rig: Rig, nth: int) -> None:
    """Wherever it is lost, from travel to stroke: the tool stops within some millimetres of its line, or is on it."""
    finish(rig.carriage.home())
    rig.world.fault("serial_byte_lost", nth=nth)
    try:
        finish(rig.draw())
    except MotionFault:
        assert_safe(rig)
    assert rig.world.ink is not None
    y = (np.nonzero(rig.world.ink.transmittance < 0.5)[0] + 0.5) / INK_PX_PER_MM
    reach_mm = 5 + FAR_OFF_MM
    assert not len(y) or (y.min() > LINE_MM[0, 1] - reach_mm and y.max() < LINE_MM[0, 1] + reach_mm)
    draws_again(rig)


def test_a_line_that_ends_too_soon_is_noticed(rig: Rig) -> None:
    """With its first digit lost the target 120 is 20, which lies on the line from 10 as well."""
    finish(rig.carriage.home())
    finish(rig.axes.run(np.array([[10.0, 20.0]]), 100.0))
    rig.world.fault("serial_byte_lost", nth=len("G1X1"))
    with pytest.raises(MotionFault, match=r"100\.0 mm off its line"):
        finish(rig.axes.run(np.array([[120.0, 20.0]]), 100.0))


def test_a_tool_that_is_held_down_is_told(rig: Rig) -> None:
    rig.into_the_stroke()
    rig.world.raise_tool = lambda by_mm: None  # type: ignore[method-assign]
    with pytest.raises(MotionFault, match="the tool does not go up: free it by hand"):
        rig.carriage.stop()
    assert rig.off


def test_an_error_in_mid_stream_stops_what_is_queued_behind_it(rig: Rig) -> None:
    finish(rig.carriage.home())
    line = np.array([[30.0, 20.0], [31.0, 20.0], [300.0, 250.0]])
    rig.world.fault("serial_byte_lost", nth=len("G1X30.00Y20.00F6000 ") + 1)
    with pytest.raises(MotionFault, match="GRBL error 1: a command did not begin with a letter"):
        finish(rig.axes.run(line, 100.0))
    rig.carriage.stop()
    assert_safe(rig)
    assert rig.world.tool_mm[0] < 35.0


@pytest.mark.parametrize(
    ("fault", "words"), [("homing_fails", "alarm 9.*motor supply"), ("motor_power_lost", "alarm 8.*motor supply")]
)
def test_homing_that_finds_no_end_stop_says_which_things_to_check(rig: Rig, fault: str, words: str) -> None:
    rig.world.fault(fault)
    with pytest.raises(MotionFault, match=words):
        finish(rig.draw())
    assert_safe(rig)


def test_a_contact_switch_that_never_closes_is_told_as_such(rig: Rig) -> None:
    rig.world.fault("no_contact")
    with pytest.raises(NoContact, match="touched nothing"):
        finish(rig.draw())
    assert_safe(rig)


def test_a_door_on_the_board_and_a_hold_that_nobody_asked_for_are_faults(rig: Rig) -> None:
    assert "door input" in str(fails(rig, rig.into_the_stroke(), lambda: rig.twin.firmware.door(True)))
    assert_safe(rig)
    rig.twin.firmware.door(False)
    assert "on hold" in str(fails(rig, rig.into_the_stroke(), lambda: rig.board._wire.write(b"!")))
    assert_safe(rig)
    draws_again(rig)


def test_where_the_tool_is_while_homing_is_reckoned_for_the_camera(rig: Rig) -> None:
    """A board says nothing while it homes; the watch hides what it knows of the tool, 30 mm to either side."""
    rig.into_the_stroke()
    rig.carriage.stop()
    for _ in rig.carriage.home():
        assert rig.axes.position_mm == pytest.approx(rig.world.tool_mm, abs=15.0)


def test_homing_broken_off_leaves_the_drivers_off(rig: Rig) -> None:
    job = rig.carriage.home()
    for _ in range(4):
        next(job)
    job.close()  # type: ignore[attr-defined]
    assert_safe(rig)
    draws_again(rig)


def test_nothing_is_drawn_with_the_drivers_off(rig: Rig) -> None:
    with pytest.raises(MotionFault, match="drivers off"):
        finish(rig.axes.run(np.array([[10.0, 10.0]]), 50.0))


# -- the wrong board


def connected(version: str = "1.1h", **changed: float) -> None:
    """Connect to a board with another version, or other settings (`s130=200.0` for `$130`)."""
    world = World(1)
    machine = setup(Limits(), None)
    twin = TwinGrbl(world, TwinMotors(world, 1 / 80, (0, 1)), settings(machine), version)
    twin.firmware.settings |= {int(key[1:]): value for key, value in changed.items()}
    enable = OutputDevice(world.lines.enable, active_high=False, initial_value=False, pin_factory=world.pins)
    try:
        GrblAxes(Board(twin.wire.port, machine, world.clock), enable)
        world.clock.sleep(0.02)
        assert not enable.value and not twin.firmware.rig.drivers
    finally:
        enable.close()
        twin.close()


@pytest.mark.parametrize("version", ["1.1f", "1.1h"])
def test_every_letter_of_version_1_1_is_taken(version: str) -> None:
    connected(version)


@pytest.mark.parametrize("version", ["0.9j", "1.0c", "2.0a"])
def test_other_versions_are_refused_by_name(version: str) -> None:
    with pytest.raises(ConfigError, match=f"is Grbl {version}: it must be Grbl 1.1"):
        connected(version)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"s130": 200.0}, r"\$130 \(travel of x, mm\) is 200: it must be 455"),
        ({"s101": 40.0}, r"\$101 \(steps per mm of y\) is 40: it must be 80"),
        ({"s110": 3000.0}, r"\$110 .* is 3000: it must be 6000 to 22500"),
        ({"s122": 9000.0}, r"\$122 .* is 9000: it must be 1 to 3000"),
        ({"s20": 0.0}, r"\$20 \(soft limits\) is 0: it must be 1"),
        ({"s1": 25.0}, r"\$1 .* is 25: it must be 255"),
        ({"s10": 2.0}, r"\$10 .* machine position"),
    ],
)
def test_settings_that_differ_are_refused_by_key_value_and_what_is_allowed(
    changed: dict[str, float], words: str
) -> None:
    with pytest.raises(ConfigError, match=words):
        connected(**changed)


def test_a_board_exchanged_for_another_is_a_fault_in_the_middle_of_the_day(rig: Rig) -> None:
    fails(rig, rig.into_the_stroke(), lambda: rig.world.fault("serial_line_lost"))
    rig.twin.firmware.settings[100] = 40.0
    rig.world.mend("serial_line_lost")
    rig.world.clock.sleep(0.1)
    with pytest.raises(MotionFault, match=r"\$100"):
        finish(rig.draw())
    assert rig.off


def test_every_code_of_grbl_1_1_has_words_of_its_own_that_say_what_to_do() -> None:
    assert set(grbl_words.ERRORS) == {*range(1, 18), *range(20, 39)}
    assert set(grbl_words.ALARMS) == set(range(1, 10))
    told = [*grbl_words.ERRORS.values(), *grbl_words.ALARMS.values()]
    assert len(set(told)) == len(told)
    deeds = ("check", "send", "report", "start", "correct", "close the guard", "reset", "look", "raise")
    assert all(any(deed in words for deed in deeds) for words in told)
