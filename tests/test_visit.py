"""The visit is pure: these tests play happenings into it and look at where it stands."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from station.visit import MOST_PAUSES, RULES, Happening, State, Visit, overdue, step
from station.words import SAYINGS, saying

H, S = Happening, State
PUT = (H.BOX, H.STILL, H.LIT)
INKED = (*PUT, H.PLACES, H.MARKED, H.DRY)


def play(*happenings: Happening, visit: Visit | None = None) -> Visit:
    now = visit or Visit()
    for k, happening in enumerate(happenings):
        now = step(now, happening, now.since_s + k * 0.1)
    return now


def wait(visit: Visit) -> Visit:
    return overdue(visit, visit.since_s + RULES[visit.state].limit_s + 0.01)


@pytest.mark.parametrize(
    ("happenings", "state"),
    [
        (PUT, S.LOOKING),
        ((*PUT, H.NOTHING), S.NO_LABEL),
        ((*PUT, H.BY_HAND), S.TEAR),
        (INKED, S.CHECKING),
        ((*INKED, H.CLEAN), S.PASSED),
        ((*INKED, H.READABLE), S.MARKING),
        ((*INKED, H.READABLE, H.MARKED, H.DRY, H.GIVE_UP), S.TEAR),
        ((*INKED, H.BEYOND), S.MOVE),
        ((*INKED, H.BEYOND, H.MOVING, H.STILL, H.LIT), S.LOOKING),
        ((*INKED, H.CLEAN, H.GONE), S.TURNING),
        ((*PUT, H.PLACES, H.GONE), S.LIFTED),
        ((*PUT, H.PLACES, H.PAUSE), S.PAUSED),
        ((*PUT, H.PLACES, H.PAUSE, H.RESUME), S.MARKING),
        ((*PUT, H.PLACES, H.PAUSE, H.SHIFTED), S.ARRIVING),
        ((*PUT, H.PAUSE, H.RESUME), S.SETTLED),
        ((*PUT, H.PLACES, H.FAULT), S.FAULT),
        ((*PUT, H.PLACES, H.FAULT, H.RESUME), S.FAULT),
        ((*PUT, H.PLACES, H.FAULT, H.RESET), S.STARTING),
        ((*PUT, H.PLACES, H.FAULT, H.RESET, H.PARKED), S.EMPTY),
    ],
)
def test_where_happenings_lead(happenings: tuple[Happening, ...], state: State) -> None:
    assert play(*happenings).state is state


def test_a_side_erased_and_the_box_taken_away_is_done() -> None:
    gone = wait(play(*INKED, H.CLEAN, H.GONE))
    assert (gone.state, gone.outcome, gone.sides_checked) == (S.DONE, "done", 1)


def test_a_box_without_any_label_is_never_called_done() -> None:
    gone = wait(play(*PUT, H.NOTHING, H.GONE))
    assert (gone.state, gone.outcome, gone.sides_checked) == (S.DONE, "removed", 1)
    assert "No label" in saying(gone).en[0]


def test_a_box_lifted_in_mid_job_is_removed_not_done() -> None:
    gone = wait(play(*PUT, H.PLACES, H.GONE))
    assert (gone.state, gone.outcome, gone.reason) == (S.REMOVED, "removed", "lifted")


def test_a_second_side_counts_only_after_the_box_has_left_the_platform() -> None:
    passed = play(*INKED, H.CLEAN)
    nudged = play(H.MOVING, H.STILL, H.LIT, H.NOTHING, visit=passed)
    turned = play(H.GONE, *PUT, H.NOTHING, visit=passed)
    assert (nudged.sides_checked, turned.sides_checked) == (1, 2)


def test_a_second_side_left_unfinished_spoils_the_first() -> None:
    lifted = play(H.GONE, *PUT, H.PLACES, H.GONE, visit=play(*INKED, H.CLEAN))
    assert wait(lifted).outcome == "removed"


def test_tearing_stays_the_outcome_after_a_clean_look() -> None:
    checked = play(H.MOVING, H.STILL, H.LIT, H.CLEAN, visit=play(*INKED, H.GIVE_UP))
    gone = wait(play(H.GONE, visit=checked))
    assert (checked.state, gone.outcome, gone.unresolved) == (S.PASSED, "tear", False)


def test_the_next_box_starts_from_nothing() -> None:
    done = wait(play(*INKED, H.CLEAN, H.GONE))
    fresh = play(H.GONE, H.BOX, visit=done)
    assert (fresh.state, fresh.side, fresh.sides_checked, fresh.outcome) == (S.ARRIVING, 1, 0, None)


@pytest.mark.parametrize("state", State)
def test_no_state_lasts_for_ever(state: State) -> None:
    visit, seen = Visit(state=state), set()
    while visit.state not in seen:
        seen.add(visit.state)
        visit = wait(visit)
    assert visit.state in {S.STARTING, S.CUT_SHORT, S.EMPTY, S.FAULT}


def test_a_face_that_is_interrupted_again_and_again_is_torn_and_the_next_one_begins_anew() -> None:
    visit = play(H.BOX, H.STILL, H.LIT, H.PLACES)
    for _ in range(MOST_PAUSES):
        visit = step(visit, H.PAUSE, visit.since_s + 1, "hand")
        assert visit.state is S.PAUSED
        visit = step(visit, H.RESUME, visit.since_s + 1)
        assert visit.state is S.MARKING
    visit = step(visit, H.PAUSE, visit.since_s + 1, "hand")
    assert (visit.state, visit.reason) == (S.TEAR, "never_still")
    assert play(H.GONE, H.BOX, visit=visit).pauses == 0


@pytest.mark.parametrize("state", State)
def test_every_state_has_words_in_both_languages(state: State) -> None:
    told = SAYINGS[state]
    assert told.zh[0] and told.en[0]


@pytest.mark.parametrize(("state", "happening"), list(product(State, [H.FAULT])))
def test_a_fault_stops_every_state(state: State, happening: Happening) -> None:
    assert step(Visit(state=state), happening, 1.0).state is S.FAULT


@given(st.lists(st.sampled_from([*Happening, None]), max_size=60))
@settings(max_examples=400, deadline=None)
def test_done_is_never_said_over_a_readable_face(happenings: list[Happening | None]) -> None:
    """Whatever happens in whatever order (None: nothing, until the time is up), an unresolved face is never done."""
    visit = Visit()
    for happening in happenings:
        visit = wait(visit) if happening is None else step(visit, happening, visit.since_s + 0.1)
        if visit.state is S.DONE:
            assert not (visit.unresolved and visit.outcome == "done")
        if visit.outcome == "done":
            assert visit.sides_erased > 0
