"""The station's memory: what became of each visit, and how much ink the tool has drawn. Never text, never pictures.

One SQLite file, owned by one process at a time. `synchronous=FULL` with a write-ahead log: a visit is written three
or four times in a minute, so waiting for the card costs nothing, and a power cut loses at most the step in hand.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal, Self, get_args

from hardware.errors import InputError
from station.status import Today, is_code

Outcome = Literal["done", "tear", "removed", "fault"]
CUT_SHORT = "cut short"  # the outcome of a visit that the power or the process left

_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE visits (
    id INTEGER PRIMARY KEY,
    started_s REAL NOT NULL,            -- wall clock, seconds since 1970
    synchronised INTEGER,               -- 1, 0, or NULL where nobody knows
    outcome TEXT,                       -- NULL while it lasts
    reason TEXT,
    sides INTEGER NOT NULL DEFAULT 0,
    labels INTEGER NOT NULL DEFAULT 0,
    ink_m REAL NOT NULL DEFAULT 0,
    passes INTEGER NOT NULL DEFAULT 0,
    seconds TEXT NOT NULL DEFAULT '{}'  -- {state: seconds}
) STRICT;
CREATE INDEX visits_started ON visits (started_s);
CREATE TABLE tool (drawn_m REAL NOT NULL) STRICT;
INSERT INTO tool VALUES (0);
"""


def wall_clock_synchronised(root: Path = Path("/")) -> bool | None:
    """Whether systemd-timesyncd has set the clock since boot (a Pi has none); None where it is not used.

    `root` is the folder that has `run` in it.
    """
    timesync = root / "run/systemd/timesync"
    return (timesync / "synchronized").exists() if timesync.is_dir() else None


class Store:
    """Visits and counters in `path`, or ":memory:".

    `reasons` is the closed set of codes that may be given as the reason of an outcome: free text could carry what a
    label says, so anything else raises ValueError. Opening marks visits that never ended as `cut short`;
    `cut_short` is how many. Raises InputError when the file cannot be used or another process has it open.
    """

    def __init__(self, path: Path | str, reasons: Iterable[str] = ()) -> None:
        self._reasons = frozenset(reasons)
        bad = sorted(code for code in self._reasons if not is_code(code))
        if bad:
            raise ValueError(f"reasons are codes (lower-case letters, blank, - and _), not {bad}")
        try:
            self._open(str(path))
        except sqlite3.Error as error:
            raise InputError(f"store {path}: {error}; stop the other station, or move the file away") from None

    def _open(self, path: str) -> None:
        self._db = sqlite3.connect(path, timeout=1.0, isolation_level=None)
        try:
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")  # one owner: a second would end its visit
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _SCHEMA.split(";\n"):
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version={_SCHEMA_VERSION}")
        elif version != _SCHEMA_VERSION:
            raise sqlite3.DatabaseError(f"version {version} of the store is not known here")
        open_still = self._db.execute("UPDATE visits SET outcome = ? WHERE outcome IS NULL", (CUT_SHORT,))
        self.cut_short = open_still.rowcount
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def open_visit(self, started: datetime, synchronised: bool | None = None) -> int:
        """Note that a box has come; the number is the visit's. `synchronised`: see `wall_clock_synchronised`."""
        row = self._db.execute(
            "INSERT INTO visits (started_s, synchronised) VALUES (?, ?) RETURNING id",
            (started.timestamp(), synchronised),
        )
        (visit,) = row.fetchall()[0]
        return int(visit)

    def add_pass(self, visit: int, ink_m: float) -> None:
        """Note one pass of the tool and the metres it drew, on the visit and on the tool, at once."""
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("UPDATE visits SET passes = passes + 1, ink_m = ink_m + ? WHERE id = ?", (ink_m, visit))
        self._db.execute("UPDATE tool SET drawn_m = drawn_m + ?", (ink_m,))
        self._db.execute("COMMIT")

    def close_visit(
        self, visit: int, outcome: Outcome, reason: str = "", *, sides: int, labels: int, seconds: Mapping[str, float]
    ) -> None:
        """Note how a visit ended. `seconds` per state. Raises ValueError on words that are no codes."""
        if outcome not in get_args(Outcome):
            raise ValueError(f"no such outcome; known are {get_args(Outcome)}")
        if reason and reason not in self._reasons:
            raise ValueError(f"no such reason; known are {sorted(self._reasons)}")
        if not all(map(is_code, seconds)):
            raise ValueError("seconds are counted by the name of the state")
        self._db.execute(
            "UPDATE visits SET outcome = ?, reason = ?, sides = ?, labels = ?, seconds = ? WHERE id = ?",
            (outcome, reason, sides, labels, json.dumps(dict(seconds)), visit),
        )

    def today(self, now: datetime) -> Today:
        """The boxes since midnight that have ended, by outcome. `now` decides the day and its time zone."""
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        rows = self._db.execute(
            "SELECT outcome, count(*) FROM visits"
            " WHERE outcome IS NOT NULL AND started_s >= ? AND started_s < ? GROUP BY outcome",
            (midnight.timestamp(), (midnight + timedelta(days=1)).timestamp()),
        )
        counts: dict[str, int] = dict(rows.fetchall())
        return Today(boxes=sum(counts.values()), done=counts.get("done", 0), tear=counts.get("tear", 0))

    @property
    def tool_m(self) -> float:
        """Metres of ink that the tool has drawn since it was put in."""
        (drawn_m,) = self._db.execute("SELECT drawn_m FROM tool").fetchone()
        return float(drawn_m)

    def change_tool(self) -> None:
        """A fresh tool has been put in: its metres begin at 0."""
        self._db.execute("UPDATE tool SET drawn_m = 0")


def totals(path: Path) -> dict[str, Any]:
    """What became of all visits in a store, by outcome and reason, and what the tool has drawn. Changes nothing.

    Raises InputError when the file cannot be read; a running station has it for itself alone.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            rows = db.execute("SELECT outcome, reason, count(*) FROM visits GROUP BY outcome, reason").fetchall()
            (drawn_m,) = db.execute("SELECT drawn_m FROM tool").fetchone()
    except sqlite3.Error as error:
        raise InputError(f"store {path}: {error}; stop the station first") from None
    visits = [{"outcome": outcome, "reason": reason, "count": count} for outcome, reason, count in rows]
    return {"visits": visits, "tool_m": drawn_m}
