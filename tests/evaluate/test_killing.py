"""`station run` is killed in mid-job, in a world that outlives it; `station off` clears up, and the next one homes."""

from station.evaluate.killing import killing

SEED = 7_201  # SIGKILL comes first


def test_a_killed_station_is_cleared_up_behind_and_the_next_one_homes_and_says_so() -> None:
    count = killing(1, SEED, in_stroke=True)
    assert count.violations == []
    assert dict(count.ended) == {"SIGKILL": 1}
    assert count.cut_short == 1
    assert (count.drivers_on, count.tool_down) == (1, 1)
