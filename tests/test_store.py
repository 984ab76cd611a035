"""The store: what it counts, what it refuses, and what is left after the power has gone."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from hardware.errors import InputError
from station.status import Today
from station.store import CUT_SHORT, Store, totals

CHINA = timezone(timedelta(hours=8))
NOON = datetime(2026, 3, 4, 12, tzinfo=CHINA)
REASONS = ("ink would not cover", "out of reach")


def end(store: Store, visit: int, outcome: str = "done", reason: str = "") -> None:
    store.close_visit(visit, outcome, reason, sides=2, labels=1, seconds={"marking": 12.5})


def rows(path: Path) -> list[tuple]:
    with closing(sqlite3.connect(path)) as db:
        return db.execute("SELECT outcome, reason, sides, labels, passes, seconds, synchronised FROM visits").fetchall()


def test_a_visit_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store(path, REASONS) as store:
        visit = store.open_visit(NOON, synchronised=False)
        store.add_pass(visit, 1.5)
        store.add_pass(visit, 0.25)
        end(store, visit, "tear", "out of reach")
        assert store.tool_m == pytest.approx(1.75)
    assert rows(path) == [("tear", "out of reach", 2, 1, 2, '{"marking": 12.5}', 0)]


def test_today_is_the_calendar_day_of_now() -> None:
    with Store(":memory:") as store:
        for hours, outcome in ((-13, "done"), (-11, "done"), (0, "tear"), (1, "done"), (2, "removed"), (12, "done")):
            end(store, store.open_visit(NOON + timedelta(hours=hours)), outcome)
        store.open_visit(NOON)  # still going on
        assert store.today(NOON) == Today(boxes=4, done=2, tear=1)
        assert store.today(NOON + timedelta(days=1)) == Today(boxes=1, done=1)


def test_a_new_tool_begins_at_nothing(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store(path) as store:
        store.add_pass(store.open_visit(NOON), 3.0)
        store.change_tool()
        store.add_pass(store.open_visit(NOON), 0.5)
    with Store(path) as store:
        assert store.tool_m == 0.5


def test_only_codes_are_taken() -> None:
    with Store(":memory:", REASONS) as store:
        visit = store.open_visit(NOON)
        for reason in ("张三", "SF1234567890123", "another reason"):
            with pytest.raises(ValueError, match="no such reason"):
                end(store, visit, "tear", reason)
        with pytest.raises(ValueError, match="no such outcome"):
            end(store, visit, CUT_SHORT)
        with pytest.raises(ValueError, match="name of the state"):
            store.close_visit(visit, "done", sides=1, labels=1, seconds={"13800000000": 1.0})
        assert store.today(NOON) == Today()
    with pytest.raises(ValueError, match="codes"):
        Store(":memory:", ["Label of 张三"])


def test_one_owner_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store(path) as store:
        visit = store.open_visit(NOON)
        with pytest.raises(InputError, match="locked"):
            Store(path)
        end(store, visit)
    assert rows(path)[0][0] == "done"


@pytest.mark.parametrize("content", [b"not a database, but long enough to be looked at" * 40, b""])
def test_what_is_no_store(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.db"
    path.write_bytes(content)
    if content:
        with pytest.raises(InputError, match="not a database"):
            Store(path)
        assert path.read_bytes() == content
    else:  # an empty file is what a crash within the first second leaves
        with Store(path) as store:
            assert store.today(NOON) == Today()


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="unable to open"):
        Store(tmp_path / "no" / "s.db")


WRITER = """
import sys
from datetime import datetime, timezone
from station.store import Store
store = Store(sys.argv[1])
now = datetime(2026, 3, 4, 12, tzinfo=timezone.utc)
while True:
    visit = store.open_visit(now)
    store.add_pass(visit, 0.5)
    store.add_pass(visit, 0.5)
    store.close_visit(visit, "done", sides=1, labels=1, seconds={})
    print(visit, flush=True)
"""


def test_killed_in_the_middle_of_writing(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    told = 0
    for kill_after in (3, 17, 40):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            told = [int(writer.stdout.readline()) for _ in range(kill_after)][-1]
            writer.send_signal(signal.SIGKILL)
        with Store(path) as store:
            store.close()
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            last = db.execute("SELECT outcome FROM visits WHERE id = ?", (told,)).fetchone()
            (cut,) = db.execute("SELECT count(*) FROM visits WHERE outcome = ?", (CUT_SHORT,)).fetchone()
            (ink, drawn) = db.execute("SELECT (SELECT sum(ink_m) FROM visits), drawn_m FROM tool").fetchone()
            assert db.execute("SELECT count(*) FROM visits WHERE outcome IS NULL").fetchone() == (0,)
        assert last == ("done",), "what was said to be written is written"
        assert cut <= 3, "no more than the visit in hand is cut short, each time"
        assert ink == pytest.approx(drawn), "a pass is on the visit and on the tool, or on neither"


def test_visit_left_open_is_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store(path) as store:
        store.add_pass(store.open_visit(NOON), 2.0)
        assert store.cut_short == 0
    with Store(path) as store:
        assert store.cut_short == 1
        assert store.tool_m == 2.0
        assert store.today(NOON) == Today(boxes=1)
    assert rows(path)[0][0] == CUT_SHORT


def test_all_visits_are_counted_by_outcome_and_reason_without_a_change(tmp_path: Path) -> None:
    path = tmp_path / "s.db"
    with Store(path, REASONS) as store:
        for outcome, reason in (("done", ""), ("done", ""), ("tear", "out of reach")):
            end(store, store.open_visit(NOON), outcome, reason)
        store.add_pass(store.open_visit(NOON), 2.5)
    before = path.read_bytes()
    found = totals(path)
    assert found["visits"] == [
        {"outcome": None, "reason": None, "count": 1},
        {"outcome": "done", "reason": "", "count": 2},
        {"outcome": "tear", "reason": "out of reach", "count": 1},
    ]
    assert found["tool_m"] == 2.5 and path.read_bytes() == before


def test_what_is_no_store_is_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_text("no database")
    with pytest.raises(InputError, match=r"s\.db"):
        totals(tmp_path / "s.db")
