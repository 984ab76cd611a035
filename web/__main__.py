"""`python -m web --socket PATH --port 8080`: the page, in a process of its own."""

import logging
import sys
from pathlib import Path

import click
from waitress.server import create_server

from web.app import WATCHERS_LIMIT, create_app
from web.link import Link

SPARE_THREADS = 4  # for everything that is not an event stream
BAD_USAGE = 2


@click.command()
@click.option("--socket", "path", type=click.Path(path_type=Path), required=True, help="The station's unix socket.")
@click.option("--port", type=click.IntRange(1, 65535), default=8080, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 shows the page to the whole network.")
def main(path: Path, port: int, host: str) -> None:
    """Show the station's page.

    Example: python -m web --socket /run/shred-station/station.sock --port 8080
    """
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    link = Link(path)
    app = create_app(link)
    try:
        # One byte read ahead is how waitress notices, within a request, that the client has gone.
        server = create_server(
            app, host=host, port=port, threads=WATCHERS_LIMIT + SPARE_THREADS, channel_request_lookahead=1, ident=None
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        click.echo(f"page: cannot listen on {host} port {port}: {why}; choose another with --port", err=True)
        sys.exit(BAD_USAGE)
    link.start()
    click.echo(f"page: http://{host}:{port}")
    server.run()


if __name__ == "__main__":
    main()
