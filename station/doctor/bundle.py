"""One file to send to whoever helps: what the doctor found, how the station is set up, what it counted, its journal.

Nothing in it is personal: the station writes no picture and no recognised text anywhere, so there is none to take. Of
the configuration go the values, not the file with its comments; keys that sound like a secret stay out, and so does
the name of the folder of whoever runs this.
"""

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from hardware.errors import InputError, ShredError
from station.calibrate import file as calibrate_file
from station.config import load
from station.doctor.finding import Finding
from station.store import totals

SECRET = ("key", "password", "secret", "token")
JOURNAL = ("journalctl", "--unit=shred-station*", "--lines=500", "--output=short-iso", "--no-hostname", "--no-pager")
JOURNAL_TIMEOUT_S = 20.0


def write(bundle: Path, findings: Sequence[Finding], configuration: Path) -> None:
    """Write the ZIP file. What cannot be read is left out. Raises `InputError` where nothing can be written."""
    members = {
        "findings.json": _json([finding.to_json() for finding in findings]),
        "versions.json": _json(versions()),
        "journal.txt": journal(),
    }
    with suppress(ShredError):
        settings = load(configuration)
        members["configuration.json"] = _json(without_secrets(settings.model_dump(mode="json")))
        if settings.store and settings.store.exists():
            members["counts.json"] = _json(totals(settings.store))
    with suppress(ShredError):
        known = calibrate_file.load(calibrate_file.beside(configuration))
        members["calibration.json"] = _json(known.model_dump(mode="json") if known else None)
    try:
        with ZipFile(bundle, "w", ZIP_DEFLATED) as file:
            for name, text in members.items():
                file.writestr(name, _without_home(text))
    except OSError as error:
        raise InputError(f"{bundle}: cannot be written ({error.strerror}); name a file in another folder") from error


def versions() -> dict[str, Any]:
    """Of the system, of Python and of every package."""
    return {
        "system": platform.freedesktop_os_release()["PRETTY_NAME"],
        "kernel": f"{platform.release()} {platform.machine()}",
        "python": platform.python_version(),
        "packages": {each.name: each.version for each in sorted(metadata.distributions(), key=lambda each: each.name)},
    }


def journal() -> str:
    """The last lines of the station's units; nothing where systemd keeps none."""
    try:
        done = subprocess.run(JOURNAL, capture_output=True, text=True, timeout=JOURNAL_TIMEOUT_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


def without_secrets(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a table and of the tables in it, but for those whose key sounds like a secret."""
    return {
        key: without_secrets(value) if isinstance(value, Mapping) else value
        for key, value in values.items()
        if not any(word in key.lower() for word in SECRET)
    }


def _without_home(text: str) -> str:
    home = os.environ.get("HOME", "/")
    return text if home == "/" else text.replace(home, "~")


def _json(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, indent=1) + "\n"
