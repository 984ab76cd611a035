"""The unix socket between the station and the page: status out, commands in, one JSON object a line.

A client gets the latest status at once, then every change. It may send `{"command": "stop"}` and its like; whatever
else it sends earns one error line and the end of the connection. The control loop only ever calls `publish`, which
puts a line into a bounded queue: no client can make it wait.
"""

import contextlib
import json
import logging
import selectors
import socket
import stat
import struct
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from hardware.errors import InputError
from station.status import COMMANDS

log = logging.getLogger(__name__)

LINE_LIMIT_BYTES = 4096  # a command is 30 bytes; anything near this is not ours
QUEUE_LINES = 64  # six seconds of a client asleep at 10 changes a second; after that it is dropped
CLIENTS_LIMIT = 16  # the page, a person with `nc`, and room for mistakes
SOCKET_MODE = 0o660  # owner: the station; group: the page
FOLDER_MODE = 0o750
PROBE_TIMEOUT_S = 1.0
CLOSE_TIMEOUT_S = 2.0
_UCRED = struct.Struct("iII")  # pid, uid, gid: unix(7)


@dataclass(frozen=True)
class Peer:
    """Who is at the other end, by the kernel's word (SO_PEERCRED)."""

    pid: int
    uid: int
    gid: int


class BadLine(ValueError):
    """A client sent something that is not a command. The message goes back to it."""


@dataclass
class _Client:
    """One connection: what it has sent so far, and the lines that wait to be sent to it."""

    sock: socket.socket
    peer: Peer
    inbox: bytearray = field(default_factory=bytearray)
    outbox: deque[memoryview] = field(default_factory=deque)

    def send_some(self) -> None:
        """Hand the kernel what it takes now. Raises OSError when the client has gone."""
        while self.outbox:
            try:
                sent = self.sock.send(self.outbox[0])
            except BlockingIOError:
                return
            rest = self.outbox.popleft()[sent:]
            if rest:
                self.outbox.appendleft(rest)


class Service:
    """Publishes the station's status and takes commands.

    `path`: where the socket stands; its folder is made with mode 0750 and must not be writable for everyone.
    `on_command`: called in the service's own thread with one of `COMMANDS`; it must only note the command and return.
    An exception in it ends the service, which `alive` shows.
    """

    def __init__(self, path: Path, on_command: Callable[[str], None]) -> None:
        self._path = path
        self._on_command = on_command
        self._clients: dict[int, _Client] = {}
        self._latest = b""
        self._pending: deque[bytes] = deque(maxlen=QUEUE_LINES)
        self._lock = threading.Lock()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="service", daemon=True)

    # --- start and stop

    def start(self) -> None:
        """Open the socket and serve it. Raises InputError when the place cannot be used or another station has it."""
        self._listener = _listen(self._path)
        self._inode = self._path.stat().st_ino
        self._wake_in, self._wake_out = socket.socketpair()
        self._wake_in.setblocking(False)
        self._wake_out.setblocking(False)
        self._thread.start()
        self._wake()  # for what was published before

    def close(self) -> None:
        """Send every client to its end and take the socket away. May be called twice."""
        self._closing = True
        if self._thread.is_alive():
            self._wake()
            self._thread.join(CLOSE_TIMEOUT_S)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # --- the station's side

    @property
    def alive(self) -> bool:
        """Whether the thread still serves. False before `start` and after its death: the daemon should end then."""
        return self._thread.is_alive()

    @property
    def peers(self) -> tuple[Peer, ...]:
        """Who is connected now."""
        return tuple(client.peer for client in list(self._clients.values()))

    def publish(self, status: dict[str, Any]) -> None:
        """Tell every client, if anything has changed since the last time. Never blocks; any thread may call it."""
        line = json.dumps(status, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"
        with self._lock:
            if line == self._latest:
                return
            self._latest = line
            self._pending.append(line)
        if self.alive:
            self._wake()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # full means that it will wake anyway; closed that nobody is there
            self._wake_in.send(b"\0")

    # --- the thread

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            self._selector = selector
            selector.register(self._listener, selectors.EVENT_READ, self._accept)
            selector.register(self._wake_out, selectors.EVENT_READ, self._spread)
            try:
                while not self._closing:
                    for key, events in selector.select():
                        key.data(events)
            except Exception:
                log.exception("the status service has died; the station should end and be started again")
            finally:
                self._hang_up()

    def _hang_up(self) -> None:
        for client in list(self._clients.values()):
            self._drop(client)
        for sock in (self._listener, self._wake_in, self._wake_out):
            sock.close()
        with contextlib.suppress(FileNotFoundError):
            if self._path.stat().st_ino == self._inode:  # not the socket of a station that came after us
                self._path.unlink()

    def _accept(self, _events: int) -> None:
        try:
            sock, _ = self._listener.accept()
        except OSError:  # gone again before we looked
            return
        sock.setblocking(False)
        client = _Client(sock, _peer(sock))
        if len(self._clients) >= CLIENTS_LIMIT:
            self._refuse(client, f"more than {CLIENTS_LIMIT} clients; close one first")
            return
        self._clients[sock.fileno()] = client
        self._selector.register(sock, selectors.EVENT_READ, lambda events: self._serve(client, events))
        with self._lock:
            self._pending_for_new(client)

    def _pending_for_new(self, client: _Client) -> None:
        """A newcomer gets the latest status, unless it is on its way to everybody already."""
        if self._latest and not self._pending:
            self._queue(client, self._latest)

    def _spread(self, _events: int) -> None:
        with contextlib.suppress(BlockingIOError):
            while self._wake_out.recv(LINE_LIMIT_BYTES):
                pass
        with self._lock:
            lines = list(self._pending)
            self._pending.clear()
        for client in list(self._clients.values()):
            for line in lines:
                self._queue(client, line)

    def _queue(self, client: _Client, line: bytes) -> None:
        if client.sock.fileno() < 0:
            return
        if len(client.outbox) >= QUEUE_LINES:
            log.warning("client pid %d does not read; dropped", client.peer.pid)
            self._drop(client)
            return
        client.outbox.append(memoryview(line))
        self._flush(client)

    def _flush(self, client: _Client) -> None:
        try:
            client.send_some()
        except OSError:
            self._drop(client)
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.outbox else 0)
        key = self._selector.get_key(client.sock)
        if key.events != events:
            self._selector.modify(client.sock, events, key.data)

    def _serve(self, client: _Client, events: int) -> None:
        if events & selectors.EVENT_WRITE:
            self._flush(client)
        if events & selectors.EVENT_READ and client.sock.fileno() >= 0:
            self._read(client)

    def _read(self, client: _Client) -> None:
        try:
            data = client.sock.recv(LINE_LIMIT_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(client)
            return
        client.inbox += data
        try:
            commands = _take_commands(client.inbox)
        except BadLine as bad:
            self._refuse(client, str(bad))
            return
        for command in commands:
            self._on_command(command)

    def _refuse(self, client: _Client, why: str) -> None:
        log.warning("client pid %d uid %d refused: %s", client.peer.pid, client.peer.uid, why)
        if not client.outbox:  # else a line is half sent, and an error in its middle would be garbage
            with contextlib.suppress(OSError):
                client.sock.send(json.dumps({"error": why}).encode() + b"\n")
        self._drop(client)

    def _drop(self, client: _Client) -> None:
        if self._clients.pop(client.sock.fileno(), None):
            self._selector.unregister(client.sock)
        client.sock.close()


def _take_commands(inbox: bytearray) -> list[str]:
    """Cut the whole lines off the inbox. Raises BadLine; what came before the bad line is not obeyed either."""
    *lines, rest = bytes(inbox).split(b"\n")
    if max(map(len, (*lines, rest))) > LINE_LIMIT_BYTES:
        raise BadLine(f"a line is longer than {LINE_LIMIT_BYTES} bytes")
    inbox[:] = rest
    return [_command(line) for line in lines]


def _command(line: bytes) -> str:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine("not a JSON object in UTF-8") from None
    if not isinstance(message, dict) or set(message) != {"command"} or message["command"] not in COMMANDS:
        raise BadLine('expected {"command": one of ' + ", ".join(COMMANDS) + "}")
    return str(message["command"])


def _peer(sock: socket.socket) -> Peer:
    return Peer(*_UCRED.unpack(sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _UCRED.size)))


def _listen(path: Path) -> socket.socket:
    """A listening socket at `path`, mode 0660. Raises InputError."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
    try:
        _make_room(path)
        listener.bind(str(path))
        path.chmod(SOCKET_MODE)  # before listen: until then every connection is refused
        listener.listen()
    except OSError as error:
        listener.close()
        raise InputError(f"socket {path}: {error.strerror or error}; choose another place") from None
    except InputError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _make_room(path: Path) -> None:
    path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    if path.parent.stat().st_mode & stat.S_IWOTH:
        raise InputError(f"socket {path}: {path.parent} is writable for everyone; use a folder of the station's own")
    if not path.exists() and not path.is_symlink():
        return
    if not stat.S_ISSOCK(path.lstat().st_mode):
        raise InputError(f"socket {path}: something else stands there; move it away or choose another place")
    if _somebody_listens(path):
        raise InputError(f"socket {path}: another station listens there; stop it first")
    path.unlink()  # left behind by a station that was killed


def _somebody_listens(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(PROBE_TIMEOUT_S)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            return False
        except OSError as error:  # no permission, or a full backlog: somebody is there
            log.warning("socket %s: %s", path, error.strerror)
        return True
