"""What the station tells the world about itself: one small frozen tree, published over the socket, drawn by the page.

Promise 2 is kept by type: geometry in platform millimetres, counts, words from the visit's own table and codes of a
closed alphabet. There is no field that could hold a picture or what a label says.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from hardware.camera.frames import Points
from hardware.frame import PLATFORM_MM

Language = Literal["zh-CN", "en"]
Tone = Literal["idle", "work", "act", "done", "stop"]
Sign = Literal[
    "place", "hands", "look", "draw", "dry", "check", "turn", "done", "tear", "move", "pause", "fault", "search"
]
Command = Literal["stop", "pause", "resume", "finish", "torn", "reset"]
COMMANDS: tuple[Command, ...] = get_args(Command)

Xy = tuple[float, float]
Polygon = tuple[Xy, ...]

# Letters, blanks, `_` and `-` only: no digit, no Chinese character, so neither a number nor a name fits in.
_CODE = re.compile(r"[a-z][a-z _-]{0,39}")


def is_code(word: str) -> bool:
    """Whether a word is short, lower case and without digits: a code of the project's own, never a label's text."""
    return _CODE.fullmatch(word) is not None


def polygon(points_mm: Points) -> Polygon:
    """N x 2 millimetres as plain pairs, rounded to 0.1 mm, which is finer than any screen."""
    return tuple((round(float(x), 1), round(float(y), 1)) for x, y in points_mm)


@dataclass(frozen=True)
class Words:
    """What the person is told: one sentence, and one line of what to do."""

    title: str
    detail: str = ""


@dataclass(frozen=True)
class TearGuide:
    """Tear off `outline`: begin at `start`, pull along `pull` (a vector); all platform millimetres."""

    outline: Polygon
    start: Xy
    pull: Xy


@dataclass(frozen=True)
class Scene:
    """The platform from above. All in platform millimetres, x right, y down."""

    platform_mm: Xy = PLATFORM_MM
    box: Polygon | None = None
    labels: tuple[Polygon, ...] = ()
    todo: tuple[Polygon, ...] = ()
    done: tuple[Polygon, ...] = ()
    tool: Xy | None = None
    tear: TearGuide | None = None
    move_mm: Xy | None = None


@dataclass(frozen=True)
class Today:
    """Boxes of this calendar day, and how many of them ended `done` and `tear`."""

    boxes: int = 0
    done: int = 0
    tear: int = 0


@dataclass(frozen=True)
class Status:
    """The station at one moment. `progress` runs 0 to 1; `buttons` are the commands that mean something now.

    Raises ValueError when `state` or `fault` is more than a code (see `is_code`).
    """

    state: str
    words: Mapping[Language, Words]
    tone: Tone
    sign: Sign
    side: int = 0
    sides_checked: int = 0
    readable: int = 0
    places: int = 0
    places_done: int = 0
    progress: float | None = None
    seconds_left: float | None = None
    scene: Scene = field(default_factory=Scene)
    today: Today = field(default_factory=Today)
    buttons: tuple[Command, ...] = ()
    fault: str | None = None

    def __post_init__(self) -> None:
        for word in (self.state, self.fault):
            if word is not None and not is_code(word):
                raise ValueError("state and fault are codes: lower-case letters, blank, - and _ only, up to 40")

    def to_json(self) -> dict[str, Any]:
        """The tree as plain dicts, lists and numbers; tuples become lists, None stays."""
        plain: dict[str, Any] = _plain(self)
        return plain


def _plain(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _plain(value) for key, value in node.items()}
    if isinstance(node, tuple):
        return [_plain(value) for value in node]
    if hasattr(node, "__dataclass_fields__"):
        return {name: _plain(getattr(node, name)) for name in node.__dataclass_fields__}
    return node
