"""The station's socket and the page in front of it, for the tests of this folder."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from station_and_page import IDLE, WAIT_S, Station, free_port, wait_for, web_command


@pytest.fixture
def station(tmp_path: Path) -> Iterator[Station]:
    station = Station(tmp_path / "station.sock")
    yield station
    station.service.close()


@pytest.fixture
def address(station: Station) -> Iterator[str]:
    """Where the page stands, once it has heard from the station."""
    port = free_port()
    station.say(IDLE)
    process = subprocess.Popen(web_command(station.path, port))
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(f"{address}/healthz")
        yield address
    finally:
        process.terminate()
        process.wait(WAIT_S)
