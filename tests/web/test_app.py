"""The page's routes, over a real socket and a real server."""

import json
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.web.station_and_page import IDLE, MARKING, WAIT_S, Station, web_command
from web.app import WATCHERS_LIMIT


def ask(
    address: str, method: str, path: str, body: str | None = None, **headers: str
) -> tuple[int, str, dict[str, str]]:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=WAIT_S)
    connection.request(method, path, body, {key.replace("_", "-"): value for key, value in headers.items()})
    answer = connection.getresponse()
    return answer.status, answer.read().decode(), {key.lower(): value for key, value in answer.getheaders()}


def watch(address: str) -> HTTPConnection:
    connection = HTTPConnection(urlsplit(address).netloc, timeout=WAIT_S)
    connection.request("GET", "/api/v1/events")
    return connection


def read_event(answer) -> tuple[str, dict]:
    """The next event; comments are passed over."""
    while not (line := answer.readline().decode()).startswith("event: "):
        assert line, "the stream has ended"
    return line[len("event: ") :].strip(), json.loads(answer.readline().decode()[len("data: ") :])


def test_page_takes_nothing_from_elsewhere(address: str) -> None:
    code, text, headers = ask(address, "GET", "/")
    assert code == 200
    assert "http://" not in text.replace("http://www.w3.org/", "") and "https://" not in text
    assert "<style" not in text and "style=" not in text and "onclick" not in text
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_status_is_what_the_station_said(station: Station, address: str) -> None:
    assert json.loads(ask(address, "GET", "/api/v1/status")[1]) == IDLE.to_json()
    assert ask(address, "GET", "/healthz")[0] == 200


def test_events_tell_the_latest_and_every_change(station: Station, address: str) -> None:
    answer = watch(address).getresponse()
    assert answer.getheader("Content-Type", "").startswith("text/event-stream")
    assert read_event(answer) == ("status", IDLE.to_json())
    station.say(MARKING)
    assert read_event(answer) == ("status", MARKING.to_json())
    station.service.close()
    assert read_event(answer) == ("lost", {})
    assert ask(address, "GET", "/api/v1/status")[0] == 503
    assert ask(address, "GET", "/healthz")[0] == 503
    assert ask(address, "POST", "/api/v1/command", '{"command": "stop"}', Content_Type="application/json")[0] == 503
    station.start()
    station.say(IDLE)
    assert read_event(answer) == ("status", IDLE.to_json())


def code_of_new_page(address: str) -> int:
    page = watch(address)
    with page.getresponse() as answer:
        page.close()
        return answer.status


def test_pages_that_were_closed_make_room(address: str) -> None:
    deadline = time.monotonic() + WAIT_S
    pages = []
    while len(pages) < WATCHERS_LIMIT:  # a page of an earlier test may still hold its place for a second
        page = watch(address)
        answer = page.getresponse()
        if answer.status == 200:
            pages.append((page, answer))
        assert time.monotonic() < deadline, "places are missing"
    assert {read_event(answer)[0] for _, answer in pages} == {"status"}
    assert code_of_new_page(address) == 503
    assert ask(address, "GET", "/api/v1/status")[0] == 200
    for page, answer in pages:
        answer.close()
        page.close()
    while code_of_new_page(address) != 200:
        assert time.monotonic() < deadline, "the closed pages still hold their places"
        time.sleep(0.1)


def test_commands_reach_the_station(station: Station, address: str) -> None:
    code, _, _ = ask(
        address, "POST", "/api/v1/command", '{"command": "pause"}', Content_Type="application/json", Origin=address
    )
    assert code == 204
    assert station.commands.get(timeout=WAIT_S) == "pause"


@pytest.mark.parametrize(
    ("body", "headers", "code"),
    [
        ('{"command": "stop"}', {"Origin": "http://elsewhere.example"}, 403),
        ('{"command": "stop"}', {"Origin": "null"}, 403),
        ('{"command": "stop"}', {"Sec_Fetch_Site": "cross-site"}, 403),
        ('{"command": "stop"}', {"Content_Type": "text/plain"}, 400),
        ('{"command": "stop"}', {"Host": "elsewhere.example"}, 400),
        ('{"command": "explode"}', {}, 400),
        ('{"command": ["stop"]}', {}, 400),
        ("[]", {}, 400),
        ("not JSON", {}, 400),
        ('{"command": "stop", "fill": "' + "x" * 5000 + '"}', {}, 413),
    ],
)
def test_commands_from_elsewhere_do_not(
    station: Station, address: str, body: str, headers: dict[str, str], code: int
) -> None:
    answer = ask(address, "POST", "/api/v1/command", body, **{"Content_Type": "application/json", **headers})
    assert answer[0] == code
    assert station.commands.empty()


def test_port_in_use(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = subprocess.run(
            web_command(tmp_path / "s", port), capture_output=True, text=True, timeout=WAIT_S, check=False
        )
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert f"port {port}" in ended.stderr and "in use" in ended.stderr


def test_port_that_is_none() -> None:
    command = [sys.executable, "-m", "web", "--socket", "s", "--port", "99999"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=WAIT_S, check=False)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
