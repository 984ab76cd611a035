"""Promise 2, under a watch on every file and socket: no picture and no recognised text leaves the process's memory."""

import re
import subprocess
import sys
from pathlib import Path

from station.scenes.boxes import boxes

SEED = 5
PRIVATE = ("/dev/shm/", "/dev/null", "/proc/self/")
OPENED = re.compile(r'open(?:at)?\((?:AT_FDCWD, )?"([^"]+)", [^)]*(?:O_WRONLY|O_RDWR|O_CREAT)')
SHORTEST_TEXT = 6


def run_under_watch(tmp_path: Path) -> tuple[str, str]:
    """One visit of a rendered box; gives strace's log of files, sockets and writes, and all that was printed."""
    log = tmp_path / "strace.log"
    watch = ["strace", "-f", "-qq", "-s", "65536", "-e", "trace=open,openat,creat,socket,write,pwrite64,sendto,sendmsg"]
    demo = ["-m", "station.cli", "demo", "--boxes", "1", "--seed", str(SEED), "--headless"]
    report = ["--report", str(tmp_path / "report.json")]
    command = [*watch, "-o", str(log), sys.executable, *demo, *report]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=True)
    return log.read_text(errors="replace"), done.stdout + done.stderr + (tmp_path / "report.json").read_text()


def test_a_whole_visit_leaves_no_picture_and_no_text_behind(tmp_path: Path) -> None:
    log, printed = run_under_watch(tmp_path)
    written = {path for path in OPENED.findall(log) if not path.startswith(PRIVATE)}
    assert written == {str(tmp_path / "report.json")}
    assert "AF_INET" not in log
    texts = [mark.text for face in next(boxes(SEED)).faces for mark in face.marks]
    assert len(texts) > 5
    for text in [text for text in texts if len(text) >= SHORTEST_TEXT]:
        assert text not in printed
        assert _as_traced(text) not in log


def _as_traced(text: str) -> str:
    """The text as strace prints it: octal where it is not ASCII."""
    return "".join(chr(byte) if 32 <= byte < 127 else f"\\{byte:o}" for byte in text.encode())
