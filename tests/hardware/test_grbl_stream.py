"""Counting characters and taking reports apart: the pure parts of the GRBL back end."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import MotionFault
from hardware.motion.grbl.report import parse
from hardware.motion.grbl.stream import BUFFER_CHARACTERS, Stream

LINES = st.lists(st.integers(0, 78).map(lambda length: "x" * length), max_size=60)


@given(lines=LINES, answers=st.lists(st.integers(0, 3), min_size=400, max_size=400))
def test_never_more_is_unanswered_than_the_buffer_holds_and_every_line_goes_once(
    lines: list[str], answers: list[int]
) -> None:
    """The other end answers a line or some, whenever it likes."""
    stream, waiting, sent = Stream(lines), deque[bytes](), b""
    for some in answers:
        out = stream.due()
        sent += out
        waiting.extend(out.splitlines(keepends=True))
        assert sum(map(len, waiting)) == stream.characters <= BUFFER_CHARACTERS
        for _ in range(min(some, len(waiting))):
            waiting.popleft()
            assert stream.answered()
        if stream.done:
            break
    while waiting:
        waiting.popleft()
        assert stream.answered()
        waiting.extend((out := stream.due()).splitlines(keepends=True))
        sent += out
    assert stream.done and sent == "".join(line + "\n" for line in lines).encode()


def test_the_buffer_is_filled_as_far_as_whole_lines_go() -> None:
    stream = Stream(["x" * 29] * 10)
    assert len(stream.due()) == 120
    assert stream.due() == b""
    stream.answered()
    assert len(stream.due()) == 30


def test_an_answer_that_no_line_waits_for_is_noticed() -> None:
    assert not Stream(()).answered()


def test_a_report_is_taken_apart_whatever_fields_it_has() -> None:
    report = parse("<Hold:1|MPos:-12.000,3.100,0.000|Bf:15,128|FS:6000,0|Pn:PZ|WCO:0.000,1.551,5.664|A:S>")
    assert (report.state, report.position_mm) == ("Hold:1", (-12.0, 3.1, 0.0))
    assert report.contact and report.at_top
    idle = parse("<Idle|MPos:0.000,0.000,0.000|FS:0,0>")
    assert not idle.contact and not idle.at_top


@pytest.mark.parametrize(
    "line", ["<Idle|WPos:0.000,0.000,0.000>", "<Idle|MPos:0.000,0.0>", "<Idle|MPos:0.0,0.0,->", "<>"]
)
def test_a_report_without_a_place_is_refused(line: str) -> None:
    with pytest.raises(MotionFault, match="garbled"):
        parse(line)
