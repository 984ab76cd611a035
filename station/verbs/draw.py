"""`station draw`: what somebody needs who builds a machine."""

from pathlib import Path

import click

from station import config
from station.drawings.drawn import DRAWINGS, What, drawn
from station.verbs.given import CONFIG, PATH, check_writable


@click.command()
@click.argument("what", type=click.Choice(list(DRAWINGS)))
@CONFIG
@click.option("--out", type=PATH, required=True, help="Where the SVG goes.")
def draw(what: What, path: Path, out: Path) -> None:
    """The wiring, the emergency stop or the frame of the configured machine.

    \b
    Example: station draw wiring --config hardware/gantry.toml --out wiring.svg
    """
    drawing = drawn(what, config.load(path), str(path))
    check_writable(out, None)
    out.write_text(drawing, encoding="utf-8")
