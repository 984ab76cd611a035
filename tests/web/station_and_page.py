"""A real station socket, a real web process in front of it, and statuses of a visit with invented geometry."""

import json
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path
from queue import Queue
from socket import create_server
from typing import Any

from station.service import Service
from station.status import Scene, Status, TearGuide, Today, Words

WAIT_S = 15.0
BOX = ((80.0, 40.0), (320.0, 40.0), (320.0, 260.0), (80.0, 260.0))
LABEL = ((150.0, 80.0), (226.0, 80.0), (226.0, 210.0), (150.0, 210.0))
LINES = tuple(((155.0, y), (215.0, y), (215.0, y + 8), (155.0, y + 8)) for y in (90.0, 105.0, 120.0, 135.0, 150.0))


def told(zh: str, zh_detail: str, en: str, en_detail: str) -> dict[Any, Words]:
    return {"zh-CN": Words(zh, zh_detail), "en": Words(en, en_detail)}


TODAY = Today(42, 38, 4)
IDLE = Status(
    state="empty",
    words=told(
        "擦掉面单，再扔纸箱",
        "面单朝上，放在框内",
        "Erase the label before you bin the box",
        "Label up, inside the frame",
    ),
    tone="idle",
    sign="place",
    today=TODAY,
)
MARKING = Status(
    state="marking",
    words=told("正在涂抹，请勿移动", "手请不要伸进来", "Erasing: do not move the box", "Keep your hands out"),
    tone="work",
    sign="draw",
    side=1,
    places=5,
    places_done=2,
    progress=0.4,
    seconds_left=8.3,
    scene=Scene(box=BOX, labels=(LABEL,), done=LINES[:2], todo=LINES[2:], tool=(180.0, 124.0)),
    today=TODAY,
    buttons=("pause", "stop"),
)
TEAR = Status(
    state="tear",
    words=told(
        "没有涂干净，请撕下橙框部分",
        "从圆点开始，沿箭头撕",
        "Not fully erased: tear off the framed part",
        "Start at the dot, follow the arrow",
    ),
    tone="act",
    sign="tear",
    side=1,
    readable=2,
    scene=Scene(box=BOX, labels=(LABEL,), done=LINES[:2], tear=TearGuide(LABEL, (226.0, 80.0), (-60.0, 40.0))),
    today=TODAY,
    buttons=("torn", "finish"),
)
MOVE = Status(
    state="move",
    words=told("请移动纸箱", "按箭头方向移动", "Move the box", "Follow the arrow"),
    tone="act",
    sign="move",
    side=1,
    scene=Scene(box=BOX, labels=(LABEL,), move_mm=(32.0, 0.0)),
    today=TODAY,
    buttons=("finish",),
)
DONE = Status(
    state="done",
    words=told("可以丢弃纸箱", "已检查 2 面", "The box can go", "2 sides checked"),
    tone="done",
    sign="done",
    side=2,
    sides_checked=2,
    today=TODAY,
)


class Station:
    """The station's side of the socket; `commands` is what the page has sent."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.commands: Queue[str] = Queue()
        self.start()

    def start(self) -> None:
        self.service = Service(self.path, self.commands.put)
        self.service.start()

    def say(self, status: Status) -> None:
        self.service.publish(status.to_json())


def free_port() -> int:
    with closing(create_server(("127.0.0.1", 0))) as sock:
        return int(sock.getsockname()[1])


def web_command(path: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "web", "--socket", str(path), "--port", str(port)]


def wait_until_told(address: str, status: Status) -> None:
    """Until the page knows `status`."""
    deadline = time.monotonic() + WAIT_S
    while told_by(address) != status.to_json():
        assert time.monotonic() < deadline, f"{address} does not tell the status"
        time.sleep(0.05)


def told_by(address: str) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(f"{address}/api/v1/status", timeout=WAIT_S) as answer:
            return dict(json.load(answer))
    except urllib.error.URLError:
        return None
