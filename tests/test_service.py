"""The station's socket, with real clients, honest and hostile."""

import json
import os
import socket
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from queue import Queue

import pytest

from hardware.errors import InputError
from station.service import CLIENTS_LIMIT, LINE_LIMIT_BYTES, Service
from station.status import Scene, Status, Words

WAIT_S = 5.0


class Client:
    """A client that reads lines with a time limit."""

    def __init__(self, path: Path) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(WAIT_S)
        self.sock.connect(str(path))
        self.lines = self.sock.makefile("rb")

    def read(self) -> dict | None:
        """The next object, or None at the end."""
        try:
            line = self.lines.readline()
        except ConnectionResetError:
            return None
        return json.loads(line) if line else None

    def ask(self, data: bytes) -> dict | None:
        self.sock.sendall(data)
        return self.read()


@pytest.fixture
def commands() -> Queue[str]:
    return Queue()


@pytest.fixture
def service(tmp_path: Path, commands: Queue[str]) -> Iterator[Service]:
    with Service(tmp_path / "run" / "station.sock", commands.put) as running:
        yield running


@pytest.fixture
def path(service: Service, tmp_path: Path) -> Path:
    return tmp_path / "run" / "station.sock"


def until(condition, what: str) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.005)


def test_latest_at_once_then_changes_only(service: Service, path: Path) -> None:
    service.publish({"n": 1})
    service.publish({"n": 2})
    client = Client(path)
    first = client.read()
    while first == {"n": 1}:  # both may still have been on their way
        first = client.read()
    assert first == {"n": 2}
    service.publish({"n": 2})
    service.publish({"n": 3})
    assert client.read() == {"n": 3}


def test_published_before_start_reaches_a_client(tmp_path: Path) -> None:
    service = Service(tmp_path / "s.sock", print)
    service.publish({"n": 7})
    with service:
        assert Client(tmp_path / "s.sock").read() == {"n": 7}


def test_commands_arrive_in_order_even_in_pieces(service: Service, path: Path, commands: Queue[str]) -> None:
    client = Client(path)
    client.sock.sendall(b'{"command": "pause"}\n{"comm')
    assert commands.get(timeout=WAIT_S) == "pause"
    client.sock.sendall(b'and": "resume"}\n')
    assert commands.get(timeout=WAIT_S) == "resume"


@pytest.mark.parametrize(
    "line",
    [
        b"hello\n",
        b"\xff\xfe\n",
        b"[]\n",
        b'"stop"\n',
        b'{"command": "explode"}\n',
        b'{"command": ["stop"]}\n',
        b'{"command": "stop", "more": 1}\n',
        b"[" * 4000 + b"\n",
        b"\n",
        b"a" * (LINE_LIMIT_BYTES + 1),
        b'{"command": "stop"}\n{"command": "nonsense"}\n',
    ],
)
def test_anything_else_earns_one_error_and_the_end(
    service: Service, path: Path, commands: Queue[str], line: bytes
) -> None:
    client = Client(path)
    answer = client.ask(line)
    assert answer is not None
    assert set(answer) == {"error"}
    assert client.read() is None
    assert commands.empty()
    assert service.alive


def test_slow_reader_is_dropped_and_never_makes_publish_wait(service: Service, path: Path) -> None:
    slow, brisk = Client(path), Client(path)
    seen: list[int] = []
    reader = threading.Thread(target=lambda: [seen.append(m["n"]) for m in iter(brisk.read, None)])
    reader.start()
    until(lambda: len(service.peers) == 2, "both are in")
    longest_s = 0.0
    for n in range(400):
        start_s = time.monotonic()
        service.publish({"n": n, "fill": "x" * 20_000})
        longest_s = max(longest_s, time.monotonic() - start_s)
        if n % 20 == 0:
            until(lambda n=n: seen and seen[-1] >= n, "the brisk client keeps up")
    until(lambda: len(service.peers) == 1, "the slow client is dropped")
    until(lambda: seen[-1] == 399, "the brisk client has all of it")
    service.close()
    reader.join(WAIT_S)
    assert longest_s < 0.5
    slow.sock.close()


def test_client_that_vanishes_leaves_the_service_well(service: Service, path: Path) -> None:
    for _ in range(5):
        Client(path).sock.close()
    service.publish({"n": 1})
    assert Client(path).read() == {"n": 1}


def test_more_clients_than_places(service: Service, path: Path) -> None:
    inside = [Client(path) for _ in range(CLIENTS_LIMIT)]
    until(lambda: len(service.peers) == CLIENTS_LIMIT, "all are in")
    answer = Client(path).read()
    assert answer is not None and "error" in answer
    service.publish({"n": 1})
    assert inside[-1].read() == {"n": 1}


def test_peers_are_the_kernels_word(service: Service, path: Path) -> None:
    Client(path)
    client = Client(path)
    until(lambda: any(peer.pid == os.getpid() and peer.uid == os.getuid() for peer in service.peers), "we are listed")
    client.sock.close()


def test_socket_is_for_the_group_and_goes_with_the_service(service: Service, path: Path) -> None:
    assert stat.S_IMODE(path.stat().st_mode) == 0o660
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o007 == 0
    service.close()
    assert not path.exists()
    assert not service.alive


def test_stale_socket_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "s.sock"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    with Service(path, print) as service:
        service.publish({"n": 1})
        assert Client(path).read() == {"n": 1}


def test_live_socket_is_not(service: Service, path: Path) -> None:
    with pytest.raises(InputError, match="another station listens"):
        Service(path, print).start()
    Client(path)
    assert service.alive


def test_places_that_cannot_be_used(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("precious")
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    for path, why in (
        (file, "something else"),
        (shared / "s", "writable for everyone"),
        (tmp_path / ("x" * 200), "long"),
    ):
        with pytest.raises(InputError, match=why):
            Service(path, print).start()
    assert file.read_text() == "precious"


def test_dead_thread_is_noticed(tmp_path: Path) -> None:
    def explode(_command: str) -> None:
        raise RuntimeError("the station's own mistake")

    with Service(tmp_path / "s.sock", explode) as service:
        client = Client(tmp_path / "s.sock")
        assert service.alive
        client.sock.sendall(b'{"command": "stop"}\n')
        assert client.read() is None
        until(lambda: not service.alive, "the service is dead")
        service.publish({"n": 1})


def test_status_holds_no_text_but_codes() -> None:
    words = {"zh-CN": Words("请稍等"), "en": Words("Please wait")}
    for bad in ("SF1234567890123", "张三", "x" * 41, ""):
        with pytest.raises(ValueError, match="codes"):
            Status(state=bad, words=words, tone="idle", sign="place")
    tree = Status(state="empty", words=words, tone="idle", sign="place", scene=Scene(labels=(((1.0, 2.0),),))).to_json()
    assert json.loads(json.dumps(tree)) == tree
    assert tree["scene"]["labels"] == [[[1.0, 2.0]]]
    assert tree["words"]["en"] == {"title": "Please wait", "detail": ""}
