"""`station off`: a verb of its own, because it has to be quick: it loads nothing that sees."""

import sys
import tempfile
from pathlib import Path

import click

from hardware.errors import InputError, ShredError
from hardware.motion.gpio.chip import pins_of_chip
from hardware.outputs import outputs_off
from hardware.twin.link import Link
from station import config


@click.command()
@click.option("--config", "path", type=click.Path(path_type=Path), required=True, help="The station's TOML file.")
def off(path: Path) -> None:
    """Drivers, lamp and buzzer off, after the station has ended in whatever way: systemd's ExecStopPost=.

    \b
    Example: station off --config /etc/shred-station/station.toml
    """
    settings = config.load(path)
    if settings.machine.kind == "built":
        with tempfile.TemporaryDirectory() as folder:  # the runtime folder may have gone with the station
            chip = pins_of_chip(Path(folder), settings.gpio.chip)
            outputs_off(settings.pins.pins(), chip, settings.channels())
    elif settings.machine.world:
        link = Link(settings.machine.world)
        outputs_off(settings.pins.pins(), link.pins)
        link.call("now_s")
        link.close()


def main() -> None:
    """What `station-off` calls: the verb alone, without all that `station` loads."""
    try:
        off()
    except ShredError as error:
        click.echo(f"station: {error}", err=True)
        sys.exit(2 if isinstance(error, InputError) else 1)


if __name__ == "__main__":
    main()
