"""What the computer says of itself, read from `/proc`, `/sys` and `/dev`. Nothing here judges."""

import os
import re
import shutil
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from hardware.power import Throttled, throttled
from station.store import wall_clock_synchronised

VCGENCMD = "usr/bin/vcgencmd"
VCGENCMD_TIMEOUT_S = 5.0
CAP_SYS_NICE = 1 << 23  # capabilities(7)
HIGHEST_PRIORITY = 99  # sched(7)

Access = Literal["usable", "denied", "missing"]


@dataclass(frozen=True)
class Computer:
    """None, 0 or nothing stands for what this computer does not tell.

    `model` is that of a Raspberry Pi; `camera_heap` the kernel's heap from which picamera2 takes its buffers;
    `priority` the highest of the real-time queue that this user may have.
    """

    model: str
    throttled: Throttled | None
    celsius: float | None
    cma_total_mb: float
    cma_free_mb: float
    camera_heap: str
    priority: int
    synchronised: bool | None
    pwm_channels: int


@dataclass(frozen=True)
class Node:
    """A device file: may this user read and write it, and which group does it belong to?"""

    path: str
    access: Access
    group: str = ""


def read(root: Path = Path("/")) -> Computer:
    """All of it. `root` is the folder that has `proc`, `sys`, `dev`, `run` and `usr` in it."""
    memory = _text(root / "proc/meminfo")
    return Computer(
        model=_text(root / "proc/device-tree/model").strip("\0\n"),
        throttled=_throttled(root),
        celsius=_hottest_c(root),
        cma_total_mb=_number(r"CmaTotal:\s+(\d+) kB", memory) / 1024,
        cma_free_mb=_number(r"CmaFree:\s+(\d+) kB", memory) / 1024,
        camera_heap=_camera_heap(root / "dev/dma_heap"),
        priority=_priority(root / "proc/self"),
        synchronised=wall_clock_synchronised(root),
        pwm_channels=sum(int(_text(file) or 0) for file in root.glob("sys/class/pwm/pwmchip*/npwm")),
    )


def node(path: str, root: Path = Path("/")) -> Node:
    """A device file; for a pattern the first that fits it."""
    found = min(root.glob(path.lstrip("/")), default=None)
    if found is None:
        return Node(path, "missing")
    usable = os.access(found, os.R_OK | os.W_OK)
    return Node(f"/{found.relative_to(root)}", "usable" if usable else "denied", _group(found))


def free_mb(folder: Path) -> float:
    """Space that is left on the disk of a folder."""
    return shutil.disk_usage(folder).free / 1e6


def _throttled(root: Path) -> Throttled | None:
    """From the kernel, else from the firmware's own program, which a Pi with another kernel has."""
    told = throttled(root)
    if told is not None or not (root / VCGENCMD).exists():
        return told
    with suppress(OSError, subprocess.SubprocessError):
        command = [str(root / VCGENCMD), "get_throttled"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=VCGENCMD_TIMEOUT_S, check=True)
        found = re.search(r"throttled=0x([0-9a-fA-F]+)", done.stdout)
        return Throttled(int(found[1], 16)) if found else None
    return None


def _hottest_c(root: Path) -> float | None:
    told = [_text(file) for file in root.glob("sys/class/thermal/thermal_zone*/temp")]
    return max((int(text) / 1e3 for text in told if text), default=None)


def _priority(process: Path) -> int:
    """Up to the limit, or any that there is with the right to it."""
    rights = re.search(r"CapEff:\s+([0-9a-f]+)", _text(process / "status"))
    if rights and int(rights[1], 16) & CAP_SYS_NICE:
        return HIGHEST_PRIORITY
    return _number(r"Max realtime priority\s+(\d+)", _text(process / "limits"))


def _camera_heap(folder: Path) -> str:
    """`vidbuf_cached` leads to the system's memory on a Pi 5, and on older ones to what is kept for the camera."""
    for name in ("vidbuf_cached", "linux,cma"):
        if (folder / name).exists():
            return (folder / name).resolve().name
    return ""


def _group(file: Path) -> str:
    with suppress(KeyError):  # a group without a name
        return file.group()
    return ""


def _number(pattern: str, text: str) -> int:
    found = re.search(pattern, text)
    return int(found[1]) if found else 0


def _text(file: Path) -> str:
    """What a file says; nothing where it is not there or says nothing."""
    try:
        return file.read_text(errors="replace").strip()
    except OSError:
        return ""
