"""The station's socket and the page in front of it: one pair a file, back at idle before each test."""

import subprocess
from collections.abc import Iterator

import pytest

from tests.web.station_and_page import IDLE, WAIT_S, Station, free_port, wait_until_told, web_command


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Station, str]]:
    station = Station(tmp_path_factory.mktemp("run") / "station.sock")
    port = free_port()
    process = subprocess.Popen(web_command(station.path, port))
    try:
        yield station, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(WAIT_S)
        station.service.close()


@pytest.fixture
def station(pair: tuple[Station, str]) -> Station:
    station, _ = pair
    if not station.service.alive:
        station.start()
    station.say(IDLE)
    station.commands.queue.clear()
    return station


@pytest.fixture
def address(station: Station, pair: tuple[Station, str]) -> str:
    """Where the page stands, once it has heard that the station is idle."""
    _, address = pair
    wait_until_told(address, IDLE)
    return address
