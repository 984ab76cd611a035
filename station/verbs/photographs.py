"""Verbs for photographs: what is on one, what it looks like inked, whether ink has worked, how fast all that is."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from hardware.errors import InputError
from station import bench as benches
from station import engines, pictures
from station.erase.cover import Policy
from station.redact import compared, redact
from station.verbs.given import PATH
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.seen import Label, Look, Verdict
from station.vision.text import Models


@click.command()
@click.argument("photos", type=PATH, nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a photo, a line each.")
@click.option("--reveal", is_flag=True, help="Show recognised text too. It is personal data: mind who reads along.")
def scan(photos: tuple[Path, ...], as_json: bool, reveal: bool) -> None:
    """What is where on a photo of a parcel.

    \b
    Example: station scan box.jpg --json
    """
    loaded = [(photo, pictures.load(photo)) for photo in photos]
    eye = Eye()
    for photo, bgr in _progress(loaded):
        look = eye.look(bgr, reveal=reveal)
        height, width = bgr.shape[:2]
        if as_json:
            click.echo(json.dumps(_scan_json(photo, (width, height), look, reveal), ensure_ascii=False))
        else:
            _tell_look(photo, look, reveal)


@click.command("redact")
@click.argument("photo", type=PATH)
@click.option("-o", "--out", type=PATH, required=True, help="Where the redacted picture goes.")
@click.option("--policy", type=click.Choice(["personal", "label"]), default="personal", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The judge's verdict as JSON.")
def redact_verb(photo: Path, out: Path, policy: Policy, as_json: bool) -> None:
    """A photo of a parcel with ink over everything personal, and the judge's verdict on it.

    \b
    Example: station redact box.jpg -o safe.jpg
    """
    models = Models()
    done = redact(pictures.load(photo), policy, Eye(models), Judge(models))
    if not done.look.labels:
        click.echo(f"station: {photo}: no label seen, so nothing was inked and nothing written", err=True)
        sys.exit(1)
    pictures.save(out, done.picture)
    _tell_verdict(done.verdict, as_json)


@click.command()
@click.argument("before", type=PATH)
@click.argument("after", type=PATH)
@click.option("--json", "as_json", is_flag=True, help="The verdict as JSON.")
def judge(before: Path, after: Path, as_json: bool) -> None:
    """Can anything personal on the photo BEFORE still be read on the photo AFTER?

    \b
    Example: station judge before.jpg after.jpg
    """
    first, second = pictures.load(before), pictures.load(after)
    models = Models()
    look = Eye(models).look(first)
    if not look.labels:
        raise InputError(f"{before}: no label seen, so there is nothing to compare; give a photo that shows one")
    _tell_verdict(compared(first, second, look, Judge(models)), as_json)


@click.command()
@click.argument("photos", type=PATH, nargs=-1)
@click.option("--rounds", type=click.IntRange(1, 100), default=3, show_default=True)
@click.option("--json", "as_json", is_flag=True)
@click.option("--engines", "by_engine", is_flag=True, help="Which library runs the networks fastest here, on one core.")
@click.option("--networks", type=PATH, help="With --engines: keep the networks converted for ncnn in this folder.")
def bench(photos: tuple[Path, ...], rounds: int, as_json: bool, by_engine: bool, networks: Path | None) -> None:
    """Milliseconds of every stage, on one core and on all; on a rendered box when no photo is given.

    \b
    Example: station bench box.jpg
             station bench --engines --networks /var/lib/shred-station/networks
    """
    taken = [pictures.load(photo) for photo in photos]
    found = engines.measured(networks) if by_engine else benches.run(taken, rounds)
    click.echo(json.dumps(found.to_json()) if as_json else found.table())


def _progress(loaded: Sequence[tuple[Path, Any]]) -> Iterator[tuple[Path, Any]]:
    """A bar on standard error where a person looks on and there is something to wait for."""
    if len(loaded) < 2 or not sys.stderr.isatty():
        yield from loaded
        return
    with click.progressbar(loaded, file=sys.stderr, label="Looking") as bar:
        yield from bar


def _scan_json(photo: Path, size: tuple[int, int], look: Look, reveal: bool) -> dict[str, Any]:
    labels = [_label_json(label, reveal) for label in look.labels]
    ms = {stage: round(value, 1) for stage, value in look.ms.items()}
    return {"photo": str(photo), "size": list(size), "labels": labels, "ms": ms}


def _label_json(label: Label, reveal: bool) -> dict[str, Any]:
    def text(of: Any) -> dict[str, str]:
        return {"text": of.text} if reveal else {}

    return {
        "quad": label.quad.round(1).tolist(),
        "confidence": round(label.confidence, 3),
        "regions": [
            {"kind": r.kind, "polygon": r.polygon.round(1).tolist(), "confidence": round(r.confidence, 3)} | text(r)
            for r in label.regions
        ],
        "codes": [
            {"symbology": c.symbology, "polygon": c.polygon.round(1).tolist(), "decoded": c.decoded} | text(c)
            for c in label.codes
        ],
    }


def _tell_look(photo: Path, look: Look, reveal: bool) -> None:
    click.echo(f"{photo}: {len(look.labels)} label(s), {sum(look.ms.values()):.0f} ms")
    for label in look.labels:
        personal = sum(region.kind != "other" for region in label.regions)
        whole = ", personal as a whole" if label.whole else ""
        click.echo(f"  label: {personal} personal lines of {len(label.regions)}, {len(label.codes)} codes{whole}")
        for kind, text in _read(label) if reveal else []:
            click.echo(f"    {kind:10} {text}")


def _read(label: Label) -> list[tuple[str, str]]:
    return [(r.kind, r.text) for r in label.regions] + [(c.symbology, c.text) for c in label.codes]


def _tell_verdict(verdict: Verdict, as_json: bool) -> None:
    """Print a verdict and leave with its exit code."""
    if as_json:
        places = [
            {"kind": p.place.kind, "polygon": p.place.polygon.round(1).tolist(), "verdict": p.answer, "why": p.why}
            for p in verdict.places
        ]
        click.echo(json.dumps({"verdict": verdict.answer, "places": places}))
    else:
        for place in verdict.places:
            click.echo(f"  {place.place.kind:8} {place.answer:9} {place.why}")
        click.echo(f"{verdict.answer}: {len(verdict.places)} places judged")
    sys.exit(int(verdict.answer != "clean"))
