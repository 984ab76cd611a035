"""Stations that are killed, or frozen, at random moments of a visit; the world goes on, and the next one starts in it.

`station run` itself runs in a process of its own, with page, store and its own eye and judge; the world lies in this
process, which plays the person, and systemd: it kills a frozen station when its watchdog would, and runs `station off`
after every end.
"""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from hardware.frame import PLATFORM_MM
from hardware.twin.apart import WorldApart
from hardware.twin.axes import END_STOP_LOW_MM
from hardware.twin.world import TOOL_UP_MM
from station.evaluate.observer import Observer
from station.scenes.boxes import boxes
from station.visit import State, Visit

EVALUATION_SEED = 7_204
VISIT_S = 35.0  # of which the moment is a random one
FIRST_S = 10.0  # no visit has drawn its last stroke by then
FROZEN_SHARE = 0.3  # of the stations are stopped by SIGSTOP, the others killed by SIGKILL
WATCHDOG_S = 10.0
SPRING_S = 1.0  # until the tool is up once the drivers are off
LIMIT_S = 900.0  # by the wall, on a computer as busy as it likes, for a station to come to where it is awaited
ASK_EVERY_S = 0.2
TICK_S = 0.02
QUIET = subprocess.DEVNULL
STILL_MM = 1e-6
CUT_SHORT = "The last visit was cut short"

CONFIG = """
store = "{folder}/visits.db"
[machine]
kind = "twin"
world = "{folder}"
[motion]
kind = "grbl"
[marker]
drying_s = 2.0
[page]
port = {port}
"""


@dataclass
class Count:
    """What became of the stations."""

    ended: Counter[str] = field(default_factory=Counter)
    drivers_on: int = 0
    tool_down: int = 0
    cut_short: int = 0
    off_s: list[float] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """For JSON. `off_ms`: from the end of a station with drivers on until ENABLE was off, median and longest."""
        off_ms = [round(each * 1000) for each in (float(np.median(self.off_s)), max(self.off_s))] if self.off_s else []
        return {
            "ended": dict(self.ended),
            "drivers_on": self.drivers_on,
            "tool_down": self.tool_down,
            "cut_short": self.cut_short,
            "off_ms": off_ms,
            "violations": self.violations,
        }


def killing(kills: int, seed: int, in_stroke: bool = False) -> Count:
    """So many stations in one world, each killed once, at any moment or in a stroke; one more starts at the end."""
    with TemporaryDirectory(prefix="shred-world-") as folder:
        room = Room(Path(folder), seed, in_stroke)
        try:
            for _ in range(kills):
                room.start()
                room.end_at_random()
            room.start()
            room.stop()
        finally:
            room.close()
        return room.count


class Room:
    """The world, the person, systemd, and one station at a time."""

    def __init__(self, folder: Path, seed: int, in_stroke: bool) -> None:
        self.count = Count()
        self._in_stroke = in_stroke
        self._rng = np.random.default_rng(seed)
        self._boxes = boxes(seed)
        self._apart = WorldApart(folder, seed)
        self._world = self._apart.world
        self._observer = Observer(self._world, (0.0, 0.0, *PLATFORM_MM))
        self._store, self._port = folder / "visits.db", _free_port()
        self._config = folder / "station.toml"
        self._config.write_text(CONFIG.format(folder=folder, port=self._port))
        self._station: subprocess.Popen[bytes] | None = None
        self._visit = Visit(State.MARKING)  # what the observer takes for granted: anything may move, or nothing
        self._due_s, self._signal = np.inf, signal.SIGKILL
        self._ends = [False, False]  # of the axes: whether they were at their end stops since the station started
        self._world.watchers.append(self._look)

    # -- a station's life

    def start(self) -> None:
        """Start a station, see what it says and whether it homes; ends when it waits for a box."""
        expected = self._left_open()
        self._visit, self._ends = Visit(State.MARKING), [False, False]
        command = [sys.executable, "-m", "station.cli", "run", "--config", str(self._config)]
        self._station = subprocess.Popen(command, start_new_session=True, stdout=QUIET, stderr=QUIET)
        if expected:
            self.count.cut_short += 1
            if not self._until(lambda: self._told()[1] == CUT_SHORT):
                self._say(f"a visit was cut short, but told is {self._told()}")
            self._world.press_button()
        if not self._until(lambda: self._told()[0] == "empty"):
            self._say(f"it never waits for a box: {self._told()}")
        if not all(self._ends):
            self._say("it waits for a box without having homed")

    def end_at_random(self) -> None:
        """A box comes, and some time after that the station is killed or frozen; then everything is put right."""
        self._world.place(next(self._boxes))
        self._signal = signal.SIGSTOP if self._rng.random() < FROZEN_SHARE else signal.SIGKILL
        self._due_s = self._world.clock.now_s() + float(self._rng.uniform(0, FIRST_S if self._in_stroke else VISIT_S))
        if not self._until(lambda: self._due_s == np.inf):
            self._say("the visit never came to the moment of its end")
            self._due_s = np.inf
        if self._signal is signal.SIGSTOP:
            self._pass(WATCHDOG_S)
        self.count.ended[self._signal.name] += 1
        self.count.drivers_on += self._world.enabled
        self.count.tool_down += self._world.touching
        self._clean_up()
        self._world.take_away()
        self._pass(3.0)
        self.count.violations += self._observer.taken().violations

    def stop(self) -> None:
        """The station is told to end, as by `systemctl stop`."""
        assert self._station is not None
        self._station.terminate()
        self._until(lambda: self._station is None or self._station.poll() is not None)
        self._clean_up()
        self.count.violations += self._observer.taken().violations

    def close(self) -> None:
        """Let everything go."""
        if self._station is not None:
            self._kill_all(self._station)
        self._apart.close()

    # -- systemd

    def _clean_up(self) -> None:
        """Kill what is left of the service, then switch its outputs off."""
        assert self._station is not None
        self._kill_all(self._station)
        self._station = None
        ended_s, was_on = self._world.clock.now_s(), self._world.enabled
        off = subprocess.Popen([sys.executable, "-m", "station.verbs.off", "--config", str(self._config)])
        while off.poll() is None:
            if not self._apart.serve(TICK_S):
                self._world.clock.sleep(TICK_S)  # at the wall's pace: how long the command takes is part of it
        self._visit = Visit(State.FAULT, self._world.clock.now_s())
        if was_on:
            self.count.off_s.append(self._visit.since_s - ended_s)
        if off.returncode or self._world.enabled:
            self._say(f"`station off` has ended with {off.returncode} and left ENABLE {self._world.enabled}")
        self._pass(SPRING_S)
        if self._world.tool_z_mm < TOOL_UP_MM:
            self._say("the tool is not up after the end of its station")

    def _kill_all(self, station: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(station.pid, signal.SIGKILL)
        station.wait()

    # -- the room

    def _pass(self, duration_s: float) -> None:
        """Time goes by, whether a station asks for it or not."""
        end_s = self._world.clock.now_s() + duration_s
        while self._world.clock.now_s() < end_s:
            self._world.clock.sleep(TICK_S)

    def _until(self, happened: Callable[[], bool]) -> bool:
        """Answer the station's calls until something has happened; whether it has."""
        end_s, ask_s = time.monotonic() + LIMIT_S, 0.0
        while time.monotonic() < end_s:
            self._apart.serve(TICK_S)
            if time.monotonic() > ask_s:
                ask_s = time.monotonic() + ASK_EVERY_S
                if happened():
                    return True
        return False

    def _look(self, now_s: float) -> None:
        x, y = self._world.tool_mm
        self._ends[0] |= x <= END_STOP_LOW_MM[0] + STILL_MM
        self._ends[1] |= y <= END_STOP_LOW_MM[1] + STILL_MM
        self._observer.look(now_s, self._visit)
        if now_s >= self._due_s and self._station is not None and (self._world.touching or not self._in_stroke):
            self._due_s = np.inf
            os.kill(self._station.pid, self._signal)

    # -- what the station says

    def _told(self) -> tuple[str, str]:
        """State and title that the page shows; empty while there is none."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/api/v1/status", timeout=5.0) as answer:
                status = json.load(answer)
        except (urllib.error.URLError, OSError):
            return "", ""
        return status["state"], status["words"]["en"]["title"]

    def _left_open(self) -> bool:
        """Whether the store has a visit that never ended."""
        if not self._store.exists():
            return False
        with closing(sqlite3.connect(self._store)) as store:
            (number,) = store.execute("SELECT count(*) FROM visits WHERE outcome IS NULL").fetchone()
        return bool(number)

    def _say(self, violation: str) -> None:
        number = self.count.ended.total()
        self.count.violations.append(f"station {number}, {self._signal.name}: {violation}")


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        return int(probe.getsockname()[1])
