"""Work in a process of its own: what crashes there does no harm here, and its memory is all its own."""

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hardware.errors import ConfigError, ShredError


def apart(work: Callable[..., object], *arguments: object) -> float:
    """Call `work` in a fresh process; the megabytes (10^6 bytes) that it had resident at most.

    What travels, does so in a pipe. Raises `ConfigError` with what a process that failed said last.
    """
    command = [sys.executable, "-m", "station.vision.apart"]
    done = subprocess.run(command, input=pickle.dumps((work, arguments)), capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise ConfigError(f"{said or 'it crashed'} (exit code {done.returncode})")
    return float(done.stdout.split()[-1])


def _high_water_mb() -> float:
    """As the kernel counts it: VmHWM, for `ru_maxrss` begins with what the process had that started this one."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024 / 1e6


def _main() -> None:
    work, arguments = pickle.load(sys.stdin.buffer)
    try:
        work(*arguments)
    except ShredError as error:
        sys.exit(str(error))
    print(_high_water_mb())


if __name__ == "__main__":
    _main()
