"""Prints what pip has to find for the other processor: the run-time dependencies, ncnn's extra, and what tests need.

The `pi` extra is left out: its packages come from Raspberry Pi OS.
"""

import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
tests = [each for each in project["optional-dependencies"]["dev"] if each.startswith(("pytest", "hypothesis"))]
print("\n".join([*project["dependencies"], *project["optional-dependencies"]["ncnn"], *tests]))
