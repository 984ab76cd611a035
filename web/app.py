"""The page: one kiosk view, the status as JSON and as server-sent events, and the commands that a person may give."""

import json
import socket
import threading
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from flask import Flask, Response, render_template, request
from flask.typing import ResponseReturnValue

from station.status import COMMANDS
from web.link import Link, News

WATCHERS_LIMIT = 12  # pages open at once; each one keeps a server thread
KEEP_ALIVE_S = 5.0  # a comment this often tells a sleeping connection from a dead one
LOOK_UP_S = 1.0  # how soon a page that was closed is noticed
BODY_LIMIT_BYTES = 1024
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def create_app(link: Link) -> Flask:
    """The Flask application in front of `link`."""
    app = Flask(__name__)
    app.config["MAX_CONTENT_LENGTH"] = BODY_LIMIT_BYTES
    watchers = threading.BoundedSemaphore(WATCHERS_LIMIT)
    app.before_request(_refuse_strange_hosts)
    app.after_request(_with_headers)
    app.add_url_rule("/", "kiosk", lambda: render_template("kiosk.html"))
    app.add_url_rule("/healthz", "healthz", lambda: _health(link))
    app.add_url_rule("/api/v1/status", "status", lambda: _status(link))
    app.add_url_rule("/api/v1/events", "events", lambda: _events(link, watchers))
    app.add_url_rule("/api/v1/command", "command", lambda: _command(link), methods=["POST"])
    return app


# --- who may ask


def _refuse_strange_hosts() -> ResponseReturnValue | None:
    """A page elsewhere may point its own name at this machine (DNS rebinding); its Host header gives it away."""
    name = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    return None if _is_this_machine(name.strip("[]").lower()) else _error(400, "unknown host name")


def _is_this_machine(name: str) -> bool:
    own = socket.gethostname().lower()
    if name in {"localhost", own, f"{own}.local"}:
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


def _same_origin() -> bool:
    """Browsers name the page that asks; a request that names none does not come from a page."""
    origin = request.headers.get("Origin")
    site = request.headers.get("Sec-Fetch-Site")
    return (origin is None or origin == request.host_url.rstrip("/")) and site in {None, "same-origin"}


def _with_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    if request.path.startswith("/api/") or request.path == "/healthz":
        response.headers["Cache-Control"] = "no-store"
    return response


def _error(code: int, why: str) -> ResponseReturnValue:
    return {"error": why}, code


# --- what they get


def _health(link: Link) -> ResponseReturnValue:
    reached = link.news.status is not None
    return {"station": reached}, 200 if reached else 503


def _status(link: Link) -> ResponseReturnValue:
    status = link.news.status
    return _error(503, "the station cannot be reached") if status is None else (status, 200)


def _command(link: Link) -> ResponseReturnValue:
    if not _same_origin():
        return _error(403, "commands are taken from the station's own page only")
    body: Any = request.get_json(silent=True)
    if not isinstance(body, dict) or body.get("command") not in COMMANDS:
        return _error(400, 'expected JSON {"command": one of ' + ", ".join(COMMANDS) + "}")
    if not link.send(body["command"]):
        return _error(503, "the station cannot be reached")
    return "", 204


def _events(link: Link, watchers: threading.BoundedSemaphore) -> ResponseReturnValue:
    if not watchers.acquire(blocking=False):
        return _error(503, f"more than {WATCHERS_LIMIT} pages are open; close one")
    response = Response(_stream(link, request.environ), mimetype="text/event-stream")
    response.call_on_close(watchers.release)
    return response


def _stream(link: Link, environ: dict[str, Any]) -> Iterator[bytes]:
    """Each change as an event, a comment when nothing changes, and an end when the client has gone."""
    gone = environ.get("waitress.client_disconnected", lambda: False)
    news, quiet_s = link.news, 0.0
    yield _event(news)
    while not gone():
        latest = link.wait(news.number, LOOK_UP_S)
        if latest.number != news.number:
            news, quiet_s = latest, 0.0
            yield _event(news)
            continue
        quiet_s += LOOK_UP_S
        if quiet_s >= KEEP_ALIVE_S:
            quiet_s = 0.0
            yield b": still here\n\n"


def _event(news: News) -> bytes:
    if news.status is None:
        return b"event: lost\ndata: {}\n\n"
    return b"event: status\ndata: " + json.dumps(news.status, ensure_ascii=False).encode() + b"\n\n"
