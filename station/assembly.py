"""Puts a station together: machine, eye, judge, store, socket, page. The one place where they all meet."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import get_args

from hardware.machine import Machine
from station.appliance import Appliance, Record, Settings
from station.page import page
from station.service import Service
from station.store import Store, wall_clock_synchronised
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.network import Engine
from station.vision.text import Models
from station.visit import Reason, State, Visit


@dataclass(frozen=True)
class Station:
    """A station that is ready to run."""

    appliance: Appliance
    judge: Judge
    address: str | None
    cut_short: bool  # the visit in which the last station ended


@contextmanager
def station(
    machine: Machine, settings: Settings, engine: Engine, store: Path | None, at: tuple[str, int] | None
) -> Iterator[Station]:
    """A station on a machine, with its page at `at` (host, port) or without any. Leaves the machine safe."""
    with ExitStack() as stack:
        stack.callback(machine.close)
        memory = stack.enter_context(Store(store or ":memory:", [code for code in get_args(Reason) if code]))
        models = Models(engine)
        judge = Judge(models)
        appliance = Appliance(
            machine, Eye(models), judge, settings, today=lambda: memory.today(datetime.now().astimezone())
        )
        _Diary(memory, appliance)
        yield Station(appliance, judge, _serve(stack, appliance, at) if at else None, memory.cut_short > 0)


def _serve(stack: ExitStack, appliance: Appliance, at: tuple[str, int]) -> str:
    """Socket and page; gives the page's address."""
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shred-station-")))
    service = stack.enter_context(Service(folder / "station.sock", appliance.command))
    appliance.told.append(lambda status: service.publish(status.to_json()))
    return stack.enter_context(page(folder / "station.sock", *at))


class _Diary:
    """Writes each visit to the store as it begins and ends."""

    def __init__(self, store: Store, appliance: Appliance) -> None:
        self._store = store
        self._open: int | None = None
        appliance.entered.append(self._begin)
        appliance.ended.append(self._end)

    def _begin(self, visit: Visit) -> None:
        if visit.state is State.ARRIVING and self._open is None:
            self._open = self._store.open_visit(datetime.now().astimezone(), wall_clock_synchronised())

    def _end(self, record: Record) -> None:
        visit, self._open = self._open, None
        if visit is None or record.visit.outcome is None:
            return
        self._store.add_pass(visit, record.ink_m)
        self._store.close_visit(
            visit,
            record.visit.outcome,
            record.visit.reason,
            sides=record.visit.sides_checked,
            labels=record.labels,
            seconds=record.seconds,
        )
