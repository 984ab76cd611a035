"""Starts and stops the page: a process of its own that knows the station's socket and nothing else."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hardware.errors import InputError

STOP_S = 5.0


@contextmanager
def page(socket_path: Path, host: str, port: int) -> Iterator[str]:
    """The page's address while its process runs. Raises `InputError` when the port is taken."""
    _check_free(host, port)
    command = [sys.executable, "-m", "web", "--socket", str(socket_path), "--host", host, "--port", str(port)]
    process = subprocess.Popen(command)
    try:
        yield f"http://{host}:{port}"
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _check_free(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise InputError(f"port {port} on {host}: {error.strerror}; choose another with --port") from error
