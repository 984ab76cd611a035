"""What the eye hands over: a `Look` of what is where, and a `Verdict` on whether it can still be read.

Recognised text is kept only where a caller asked for it in so many words (`reveal`); everywhere else it dies
inside `look` and `judge`. All polygons are N x 2 pixels of the photo they were seen in.
"""

from dataclasses import dataclass, field
from typing import Literal

from hardware.camera.frames import Points

Kind = Literal["name", "phone", "address", "number", "code", "order", "remark", "other"]
Answer = Literal["clean", "readable", "unseen"]


@dataclass(frozen=True)
class Candidate:
    """What may be a label: corners (4 x 2 px of the photo) by angle, clockwise, and 0 to 1."""

    quad: Points
    confidence: float


@dataclass(frozen=True)
class Region:
    """One line of text. `other` may stay on the box; every other kind is personal."""

    kind: Kind
    polygon: Points
    confidence: float
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Code:
    """A 1D or 2D code, decoded or not. `symbology` is zxing-cpp's name, or "1D" or "2D" when undecoded."""

    symbology: str
    polygon: Points
    decoded: bool
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class Label:
    """A waybill. `quad` (4 x 2) starts at the label's own top left and goes clockwise.

    `whole` says that its parts did not agree or were too weak to trust: all of it is personal.
    """

    quad: Points
    confidence: float
    regions: tuple[Region, ...]
    codes: tuple[Code, ...]
    whole: bool = False


@dataclass(frozen=True)
class Look:
    """All labels on one photo; `ms` has the milliseconds of every stage."""

    labels: tuple[Label, ...]
    ms: dict[str, float]


@dataclass(frozen=True)
class Place:
    """Where something personal was; the judge looks there again. `symbology` is empty for text."""

    kind: Kind
    polygon: Points
    symbology: str = ""


@dataclass(frozen=True)
class PlaceVerdict:
    """The judge's answer on one place, and why in a few words that never repeat what was read."""

    place: Place
    answer: Answer
    why: str


@dataclass(frozen=True)
class Verdict:
    """The judge's answer on every place of a face."""

    places: tuple[PlaceVerdict, ...]

    @property
    def answer(self) -> Answer:
        """The worst of all places: readable before unseen before clean."""
        answers = {place.answer for place in self.places}
        return "readable" if "readable" in answers else "unseen" if "unseen" in answers else "clean"
