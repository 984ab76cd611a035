"""The page's end of the station's socket: the latest status, and commands. Connects again for as long as it lives."""

import contextlib
import json
import logging
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

RETRY_S = 1.0  # a station that is started again is on the page within a second or two
LINE_LIMIT_BYTES = 1 << 20  # a status is some 10 kB; a line without end must not fill the memory


@dataclass(frozen=True)
class News:
    """The latest status, or None while the station cannot be reached. `number` grows with every change."""

    number: int
    status: dict[str, Any] | None


class Link:
    """Follows the station at `path` in a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._news = News(0, None)
        self._changed = threading.Condition()
        self._sock: socket.socket | None = None
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="link", daemon=True)

    def start(self) -> None:
        """Begin to follow the station."""
        self._thread.start()

    def close(self) -> None:
        """Stop following."""
        self._closing.set()
        with self._changed:
            if self._sock:
                with contextlib.suppress(OSError):
                    self._sock.shutdown(socket.SHUT_RDWR)

    @property
    def news(self) -> News:
        """What is known now."""
        return self._news

    def wait(self, after: int, timeout_s: float) -> News:
        """The news as soon as its number differs from `after`, or as it stands when the time is up."""
        with self._changed:
            self._changed.wait_for(lambda: self._news.number != after, timeout_s)
            return self._news

    def send(self, command: str) -> bool:
        """Hand a command to the station. False when it cannot be reached."""
        with self._changed:
            if not self._sock:
                return False
            try:  # 30 bytes go whole or not at all; a station that does not read must not hold up the page
                self._sock.send(json.dumps({"command": command}).encode() + b"\n", socket.MSG_DONTWAIT)
            except OSError:
                return False
            return True

    def _run(self) -> None:
        while not self._closing.is_set():
            try:
                self._follow()
            except (OSError, ValueError) as error:
                log.info("station at %s: %s", self._path, error)
            self._tell(None)
            self._closing.wait(RETRY_S)

    def _follow(self) -> None:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as sock:
            sock.connect(str(self._path))
            with self._changed:
                self._sock = sock
            try:
                self._read(sock)
            finally:
                with self._changed:
                    self._sock = None

    def _read(self, sock: socket.socket) -> None:
        with sock.makefile("rb") as lines:
            while line := lines.readline(LINE_LIMIT_BYTES):
                message = json.loads(line)
                if "error" in message:
                    raise ValueError(message["error"])
                self._tell(message)

    def _tell(self, status: dict[str, Any] | None) -> None:
        with self._changed:
            if status is None and self._news.status is None:
                return
            self._news = News(self._news.number + 1, status)
            self._changed.notify_all()
