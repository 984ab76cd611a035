"""How often the judge is wrong, by an ink sweep.

The truth is not the judge's: a recogniser that knows what was printed tells whether any attack gives back 40 % of it;
a code is readable when a decoder gives its text, with more ways of calming than the judge tries. A place is proper
when ink covers all of it, no glare lies over it and not even that reader reads it. What lies between (bare, but not
read) counts for neither.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from station.scenes.inked import Ink, Scene, Shot, any_print, scene
from station.vision.attacks import averaged, lifted, texts, turned, views_of_text
from station.vision.judge import Judge, cut_out
from station.vision.patch import Patch, cut
from station.vision.redraw import known_symbol, redrawn
from station.vision.text import TextReader

EVALUATION_SEED = 4_011  # nothing was tuned on it
READ_SHARE = 0.4
KINDS = ("text", "text", "text", "Code128", "QRCode", "PDF417", "MaxiCode", "DataMatrix")
_FATES = ["full", "full", "full", "full", "thin", "gap", "bare", "hole", "dry", "offset", "gibberish", "tape", "none"]
_GLARE_SHARE = 0.06  # of the photos have glare over the place
_CALM_MM = (0.06, 0.15, 0.3)  # none of them the judge's
WRONG = (("readable", "clean"), ("proper", "readable"), ("proper", "unseen"))


@dataclass
class Count:
    """Places by what they truly are and what the judge said; `wrong` says which inks went wrong."""

    answers: Counter[tuple[str, str]] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def report(self) -> dict[str, Any]:
        """For JSON."""
        counts = {f"{truth} -> {answer}": n for (truth, answer), n in sorted(self.answers.items())}
        return {"places": self.answers.total(), **counts, "wrong": self.wrong}


def judging(places: int, seed: int) -> Count:
    """Judge as many places, each inked and seen at random. The judge is told what they looked like before."""
    judge, reader, count = Judge(), TextReader(), Count()
    for number in range(places):
        rng = np.random.default_rng([seed, number])
        ink, full = some_ink(rng)
        printed, shot = any_print(rng, str(rng.choice(KINDS))), some_shot(rng)
        one, before = scene(rng, printed, ink, shot), scene(rng, printed, None, shot)
        proper = full and not shot.glare
        truth = "readable" if readable(reader, one, before) else "proper" if proper else "between"
        stood = [cut_out(before.bgr, before.place, before.px_per_mm)]
        found = judge.judge(one.bgr, [one.place], one.px_per_mm, stood).places[0]
        count.answers[truth, found.answer] += 1
        if (truth, found.answer) in WRONG:
            count.wrong.append(f"{number}: {truth} {printed.symbology or 'text'} {ink}: {found.answer}, {found.why}")
    return count


def some_ink(rng: np.random.Generator) -> tuple[Ink | None, bool]:
    """A way of inking, and whether it covers all of the place."""
    fate = str(rng.choice(_FATES))
    film = Ink(
        opacity=float(rng.choice([0.985, 0.99, 0.995])),
        layers=int(rng.integers(1, 4)),
        texture=float(rng.uniform(0.3, 1.5)),
        sheen=float(rng.uniform(0, 15)),
        across=bool(rng.random() < 0.5),
    )
    sides = np.where(rng.random(4) < 0.4, rng.uniform(0.2, 3.0, 4), -1.0)
    off = (float(rng.uniform(-2.5, 2.5)), float(rng.uniform(-2.5, 2.5)))
    inks = {
        "full": film,
        "thin": replace(film, opacity=float(rng.uniform(0.5, 0.98)), layers=1),
        "gap": replace(film, gap_mm=float(rng.uniform(0.1, 1.5)), pitch_mm=float(rng.uniform(2, 6))),
        "bare": replace(film, bare_mm=(float(sides[0]), float(sides[1]), float(sides[2]), float(sides[3]))),
        "hole": replace(film, hole=float(rng.uniform(0.1, 0.5))),
        "dry": replace(film, dry=float(rng.uniform(0.05, 0.5))),
        "offset": replace(film, bare_mm=(off[0], off[1], -off[0], -off[1])),
        "gibberish": replace(film, gibberish=True),
        "tape": replace(film, beads=float(rng.uniform(0.02, 0.4)), sheen=float(rng.uniform(10, 40))),
        "none": None,
    }
    return inks[fate], fate == "full"


def some_shot(rng: np.random.Generator) -> Shot:
    """A camera like ours, under some light."""
    return Shot(
        px_per_mm=float(rng.uniform(7.4, 13)),
        turn_deg=float(rng.uniform(-180, 180)),
        tilt=float(rng.uniform(0, 0.04)),
        light=float(rng.uniform(0.6, 1.05)),
        shade=float(rng.uniform(0, 0.25)),
        blur_mm=float(rng.uniform(0.02, 0.12)),
        noise=float(rng.uniform(1, 3)),
        glare=bool(rng.random() < _GLARE_SHARE),
    )


def readable(reader: TextReader, one: Scene, before: Scene) -> bool:
    """Whether a reader that knows the truth gets enough of it back."""
    patch = cut(one.bgr, one.place.polygon, one.px_per_mm, 3.0)
    if one.place.symbology:
        return _decodable(patch, cut(before.bgr, before.place.polygon, before.px_per_mm, 3.0), one.text)
    line = patch.tight(0.4)
    guises = [guise for view in views_of_text(line, patch.px_per_mm) for guise in turned(view)]
    return any(_share(one.text, reading.text) >= READ_SHARE for reading in reader.read(guises))


def _decodable(patch: Patch, before: Patch, text: str) -> bool:
    views = [lifted(patch.grey, patch.inside, sigma_mm * patch.px_per_mm) for sigma_mm in _CALM_MM]
    if any(text in texts(view) for view in (patch.grey, *views, *averaged(patch))):
        return True
    symbol = known_symbol(before.bgr)
    return symbol is not None and any(redrawn(view, patch.inside, patch.px_per_mm, symbol) for view in views)


def _share(truth: str, got: str) -> float:
    """The share of the longer of the two that agrees in order.

    Of digits and Latin letters only runs count: eleven digits of babble agree with eleven others in four by chance.
    """
    wanted, given = ([one for one in text if one.isalnum()] for text in (truth, got))
    blocks = SequenceMatcher(None, wanted, given, autojunk=False).get_matching_blocks()
    counted = sum(block.size for block in blocks if block.size > 1 or not "".join(wanted[block.a :][:1]).isascii())
    return counted / max(len(wanted), len(given))
