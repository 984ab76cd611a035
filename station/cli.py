"""The command `station` and its verbs, and nothing else: what they do stands in the modules they call.

Exit codes: 0 done or clean, 1 still readable or job failed, 2 bad usage or bad input (one line, no traceback).
"""

import itertools
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import click
import cv2

from hardware.ending import off_when_told_to_end
from hardware.errors import InputError, ShredError
from hardware.machine import Machine, Marker, Motion, twin_machine
from hardware.twin.box import Box
from hardware.twin.folder import load as load_box
from hardware.twin.world import World
from station import bench as benches
from station import camera as cameras
from station import config, engines, pictures
from station.appliance import Settings
from station.assembly import station
from station.calibrate import file as calibrate_file
from station.calibrate import sheet as calibrate_sheet
from station.calibrate import walk as calibrate_walk
from station.calibrate import words as calibrate_words
from station.calibrate.hands import Hands
from station.calibrate.owner import Owner
from station.commission import cards as commission_cards
from station.commission import file as commission_file
from station.commission import words as commission_words
from station.commission.hands import Hands as CardHands
from station.commission.walk import Ask, Commission, Step, Trial
from station.doctor import bundle as doctor_bundle
from station.doctor import hands as doctor_hands
from station.doctor.ask import Person
from station.doctor.examination import examine
from station.doctor.finding import Finding
from station.doctor.terminal import Terminal
from station.erase.cover import Policy
from station.geometry import ErrorBudget
from station.machine import as_drawn, machine_of
from station.off import off
from station.redact import compared, redact
from station.rehearsal import Rehearsal
from station.scenes.boxes import boxes as rendered_boxes
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.network import STANDARD, Engine
from station.vision.seen import Label, Look, Verdict
from station.vision.text import Models

PATH = click.Path(path_type=Path)
DEMO_PORT = 8080


class OneLine(click.Group):
    """Tells what went wrong in one line: 2 for bad input, 1 for a job that failed."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the verb."""
        try:
            return super().invoke(ctx)
        except InputError as error:
            click.echo(f"station: {error}", err=True)
            ctx.exit(2)
        except ShredError as error:
            click.echo(f"station: {error}", err=True)
            ctx.exit(1)


@click.group(cls=OneLine, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="shred-station")
def main() -> None:
    """Takes the personal data off a parcel's waybill before the box is thrown away.

    Try it without any hardware: station demo
    """
    cv2.setNumThreads(1)


@main.command()
@click.option("--boxes", "count", type=click.IntRange(min=1), help="How many boxes come; without it they never end.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same boxes.")
@click.option("--box", "folders", type=PATH, multiple=True, help="A folder with box.toml; may be repeated.")
@click.option("--marker", type=click.Choice(["gantry", "roller", "none"]), default="gantry", show_default=True)
@click.option("--motion", type=click.Choice(["twin", "grbl"]), default="twin", show_default=True)
@click.option("--headless", is_flag=True, help="No page; as fast as the computer allows.")
@click.option("--port", type=click.IntRange(1, 65535), default=DEMO_PORT, show_default=True)
@click.option("--speed", type=click.FloatRange(min=0.1), help="Times real time; the default is 1, headless unlimited.")
@click.option("--report", type=PATH, help="Write what became of every visit, as JSON.")
@click.option("--save-after", "save", type=PATH, help="Save each visit's pictures and truth in this folder.")
def demo(
    count: int | None,
    seed: int,
    folders: tuple[Path, ...],
    marker: Marker,
    motion: Motion,
    headless: bool,
    port: int,
    speed: float | None,
    report: Path | None,
    save: Path | None,
) -> None:
    """The whole appliance on a simulated machine, boxes coming and going.

    \b
    Example: station demo
             station demo --boxes 20 --seed 11 --headless --report report.json
    """
    queue = _queue([load_box(folder) for folder in folders], seed, count)
    _check_writable(report, save)
    machine, world = twin_machine(marker, seed, speed or (None if headless else 1.0), motion=motion)
    with station(machine, Settings(), STANDARD, None, None if headless else ("127.0.0.1", port)) as ready:
        rehearsal = Rehearsal(machine, world, ready.appliance, ready.judge, save)
        rehearsal.ended.append(lambda row: _tell_visit(len(rehearsal.visits), row))
        if ready.address:
            click.echo(f"The page: {ready.address}  (Ctrl-C ends the demo)", err=True)
        with _until_interrupted():
            rehearsal.run(queue, seed, lambda: True)
    if report:
        report.write_text(json.dumps({"visits": rehearsal.visits}, indent=1) + "\n", encoding="utf-8")
    sys.exit(int(any(row["outcome"] == "fault" for row in rehearsal.visits)))


@main.command()
@click.option("--config", "path", type=PATH, required=True, help="The station's TOML file.")
def run(path: Path) -> None:
    """The appliance itself, as the configuration file describes it.

    \b
    Example: station run --config /etc/shred-station/station.toml
    """
    settings = _configured(path)
    known = _calibration(path, settings)
    _warn_of_no_commissioning(path, settings)
    machine, _ = machine_of(settings, known.calibrated() if known else None, 1.0)
    at = (settings.page.host, settings.page.port)
    opened = station(machine, _choice(settings, known), _engine(settings), settings.store, at)
    with off_when_told_to_end(machine), opened as ready, _until_interrupted():
        click.echo(f"The page: {ready.address}", err=True)
        ready.appliance.start(ready.cut_short)
        ready.appliance.run(lambda: True)


@main.command()
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


@main.command("redact")
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


@main.command()
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


@main.command()
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


@main.group()
def calibrate() -> None:
    """Tells the machine where its camera and its axes really are: print a sheet, then `camera`, then `tool`.

    \b
    Example: station calibrate sheet --out sheet.pdf
             station calibrate camera --config /etc/shred-station/station.toml
             station calibrate tool --config /etc/shred-station/station.toml
    """


@calibrate.command("sheet")
@click.option("--out", type=PATH, required=True, help="Where the PDF goes.")
def calibrate_sheet_verb(out: Path) -> None:
    """The sheet to print, A4: at 100 %, never "fit to page". Its ruler tells whether the printer obeyed.

    \b
    Example: station calibrate sheet --out sheet.pdf
    """
    _check_writable(out, None)
    out.write_bytes(calibrate_sheet.pdf())
    click.echo(f"{out}: print it at 100 %, measure its ruler, glue it onto something flat and stiff")


@calibrate.command("camera")
@click.option("--config", "path", type=PATH, required=True, help="The station's TOML file.")
@click.option("--ruler-mm", type=click.FloatRange(150, 250), default=200.0, show_default=True, help="As measured.")
def calibrate_camera_verb(path: Path, ruler_mm: float) -> None:
    """Lens, height and turn of the camera, by eight pictures of the sheet.

    \b
    Example: station calibrate camera --config /etc/shred-station/station.toml --ruler-mm 199.2
    """
    settings = _configured(path)
    drawn = as_drawn(settings)
    machine, world = machine_of(settings, drawn)
    with closing(machine), off_when_told_to_end(machine):
        found = calibrate_walk.camera(machine, _asking(machine, world), ruler_mm / calibrate_sheet.RULER_MM)
    kept = calibrate_file.of_camera(found, drawn.sensor_height_mm)
    then = f"station calibrate tool --config {path}" if settings.marker.kind != "none" else "station run"
    _keep_calibration(path, kept, calibrate_words.camera(found), calibrate_words.camera_findings(found), then)


@calibrate.command("tool")
@click.option("--config", "path", type=PATH, required=True, help="The station's TOML file.")
def calibrate_tool_verb(path: Path) -> None:
    """Where the axes really take the tool, by fiducials that it draws at two heights; the error budget.

    \b
    Example: station calibrate tool --config /etc/shred-station/station.toml
    """
    settings = _configured(path)
    camera = _known(path, settings)
    if settings.marker.kind == "none":
        raise InputError(f"{path}: marker.kind is none: there is no tool to calibrate")
    if camera is None:
        raise InputError(f"{calibrate_file.beside(path)}: not there yet: run `station calibrate camera` first")
    machine, world = machine_of(settings, camera.calibrated())
    with closing(machine), off_when_told_to_end(machine):
        found = calibrate_walk.tool(machine, camera.calibrated().lens, _asking(machine, world))
    kept = calibrate_file.of_tool(found, camera, settings.marker.kind)
    told = calibrate_words.tool(found, kept.budget())
    _keep_calibration(path, kept, told, calibrate_words.tool_findings(found), f"station run --config {path}")


@main.command()
@click.option("--out", type=PATH, required=True, help="The folder for the PDF files, one a card.")
@click.option("--cards", "count", type=click.IntRange(1, 99), default=8, show_default=True, help="From number 1 on.")
@click.option("--paper", type=click.Choice(["a4", "label"]), default="a4", show_default=True)
def testcards(out: Path, count: int, paper: commission_cards.Paper) -> None:
    """Waybills of invented people to print, cut out and stick on boxes: the station knows each by its number.

    On A4 with marks to cut along, or on pages of the label's own size for a label printer, whose stock is what the
    couriers use.

    \b
    Example: station testcards --out cards
    """
    _check_writable(None, out)
    for number in range(1, count + 1):
        card = commission_cards.card(number)
        width, height = card.size_mm
        file = out / f"card-{number}-{width:g}x{height:g}.pdf"
        file.write_bytes(commission_cards.pdf(card, paper))
    click.echo(f"{count} cards in {out}: print at 100 %; then: station commission --config station.toml")


@main.command()
@click.option("--config", "path", type=PATH, required=True, help="The station's TOML file.")
@click.option("--cards", "count", type=click.IntRange(1, 99), default=8, show_default=True, help="As many as printed.")
@click.option("--json", "as_json", is_flag=True, help="The report as JSON instead of sentences.")
@click.option("--report", type=PATH, help="Write the report there, as JSON.")
def commission(path: Path, count: int, as_json: bool, report: Path | None) -> None:
    """Real visits with test cards, real ink and light, measured by what is known of the cards: fit for people or not.

    Exit code 0 is a pass, 1 a fail with what to adjust.

    \b
    Example: station commission --config /etc/shred-station/station.toml
    """
    settings = _configured(path)
    if settings.marker.kind == "none":
        raise InputError(f"{path}: marker.kind is none: there is no ink to commission")
    _check_writable(report, None)
    known = _calibration(path, settings)
    machine, world = machine_of(settings, known.calibrated() if known else None)
    cards = [commission_cards.card(number) for number in range(1, count + 1)]
    opened = station(machine, _choice(settings, known), _engine(settings), None, None)
    with off_when_told_to_end(machine), opened as ready:
        walk = Commission(machine, ready.appliance, ready.judge, cards, _laying(world), _aside)
        walk.run(count)
    findings = commission_words.findings(walk.trials)
    found = commission_file.of_trials(walk.trials, not findings, date.today(), settings.marker.kind)
    commission_file.save(commission_file.beside(path), found)
    _tell_commissioning(walk.trials, findings, found, as_json, report)


@main.command()
@click.option("--config", "path", type=PATH, required=True, help="The station's TOML file, with its [camera].")
@click.option("--json", "as_json", is_flag=True)
def camera(path: Path, as_json: bool) -> None:
    """Does the configured camera give pictures, how large, how fast? It keeps none. Put the lamp on first.

    \b
    Example: station camera --config /etc/shred-station/station.toml
    """
    trial = cameras.tried(config.load(path).camera)
    click.echo(json.dumps(trial.to_json()) if as_json else trial.told())


@main.command()
@click.option("--config", "path", type=PATH, required=True, help="The station's TOML file.")
@click.option("--json", "as_json", is_flag=True, help="All findings as one JSON object.")
@click.option("--bundle", type=PATH, help="Write a ZIP file for whoever helps: nothing in it is personal.")
@click.option("--no-ask", "alone", is_flag=True, help="Nobody is asked for anything, and nothing moves.")
def doctor(path: Path, as_json: bool, bundle: Path | None, alone: bool) -> None:
    """Finds out what is wrong: the computer, the programs, the camera, and every switch and light together with you.

    \b
    Example: station doctor --config /etc/shred-station/station.toml
             station doctor --config /etc/shred-station/station.toml --no-ask --bundle for-help.zip
    """
    _check_writable(bundle, None)

    def opened(known: calibrate_file.Calibration | None) -> tuple[Machine, Person | None]:
        settings = _configured(path)
        machine, world = machine_of(settings, known.calibrated() if known else as_drawn(settings))
        return machine, None if alone else _in_front(world)

    found: list[Finding] = []
    with closing(examine(path, lambda: _calibration(path, config.load(path)), opened)) as findings:
        for finding in findings:
            found.append(finding)
            if not as_json:
                click.echo(finding.told())
    if as_json:
        click.echo(json.dumps({"findings": [finding.to_json() for finding in found]}, indent=1))
    if bundle:
        doctor_bundle.write(bundle, found, path)
    sys.exit(int(any(finding.level == "problem" for finding in found)))


main.add_command(off)


# -- what goes in


def _configured(path: Path) -> config.Config:
    """The configuration of a station that has a machine."""
    settings = config.load(path)
    if settings.machine.kind == "none":
        raise InputError(f"{path}: machine.kind is none: no hardware is configured; try `station demo`")
    return settings


def _calibration(path: Path, settings: config.Config) -> calibrate_file.Calibration | None:
    """What is known of the machine; a machine built by hand must not run before it is calibrated."""
    known = _known(path, settings)
    if known and settings.marker.kind in {"none", known.drawn_by}:
        return known
    if known or settings.machine.kind == "built" or settings.machine.askew:
        verb = "tool" if known else "camera"
        raise InputError(
            f"{path}: the machine is not calibrated for marker.kind {settings.marker.kind}: run "
            f"`station calibrate {verb} --config {path}` first"
        )
    return None


def _known(path: Path, settings: config.Config) -> calibrate_file.Calibration | None:
    """What calibration has found out so far, if it is true of the configured camera."""
    known = calibrate_file.load(calibrate_file.beside(path))
    size_px = (settings.camera.width_px, settings.camera.height_px)
    if known and settings.machine.kind == "built" and known.lens.size_px != size_px:
        width, height = known.lens.size_px
        raise InputError(
            f"{path}: the machine is calibrated for pictures of {width} x {height}, [camera] has another size: "
            f"correct it, or move {calibrate_file.NAME} away and calibrate again"
        )
    return known


def _asking(machine: Machine, world: World | None) -> calibrate_walk.Ask:
    """Steps are told, and done by the owner of a built machine or by the hands of a twin's world."""
    if world is None:
        return Owner(machine.panel.button, sys.stdin)
    hands = Hands(world)

    def ask(step: calibrate_walk.Step) -> None:
        click.echo(step.told)
        hands(step)

    return ask


def _in_front(world: World | None) -> Person:
    """Who does what the doctor asks for: the owner of a built machine, or the hands of a twin's world."""
    if world is None:
        return Terminal(sys.stdin, lambda told: click.echo(told, err=True))
    return doctor_hands.Hands(world)


def _laying(world: World | None) -> Ask:
    """Steps are told, and done by whoever stands there or by the hands of a twin's world."""
    hands = CardHands(world) if world else None

    def ask(step: Step) -> None:
        _aside(step.told)
        if hands:
            hands(step)

    return ask


def _choice(settings: config.Config, known: calibrate_file.Calibration | None) -> Settings:
    """What the owner has chosen, and what calibration has found the machine to miss by."""
    marker, budget = settings.marker, known.budget() if known else ErrorBudget()
    return Settings(settings.eye.policy, marker.passes, marker.drying_s, budget)


def _engine(settings: config.Config) -> Engine:
    return Engine(settings.eye.engine, settings.eye.threads, settings.eye.networks)


def _queue(own: Sequence[Box], seed: int, count: int | None) -> Iterator[Box]:
    """The boxes that come: the given folders, or rendered ones; as many as asked for, else for ever."""
    if own:
        return itertools.islice(itertools.cycle(own), count or len(own))
    return itertools.islice(rendered_boxes(seed), count)


def _check_writable(report: Path | None, save: Path | None) -> None:
    """Say before the work begins that its result could not be kept."""
    if report and (report.is_dir() or not report.absolute().parent.is_dir()):
        raise InputError(f"{report}: cannot be written there; name a file in a folder that exists")
    if save:
        try:
            save.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{save}: {error.strerror}; name a folder that can be made") from error


@contextmanager
def _until_interrupted() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        click.echo("Stopped.", err=True)


def _progress(loaded: Sequence[tuple[Path, Any]]) -> Iterator[tuple[Path, Any]]:
    """A bar on standard error where a person looks on and there is something to wait for."""
    if len(loaded) < 2 or not sys.stderr.isatty():
        yield from loaded
        return
    with click.progressbar(loaded, file=sys.stderr, label="Looking") as bar:
        yield from bar


# -- what comes out


def _keep_calibration(
    path: Path, found: calibrate_file.Calibration, told: str, findings: Sequence[str], then: str
) -> None:
    """Tell how good a calibration is; keep it where nothing is wrong with it, else leave with 1."""
    click.echo(told)
    for finding in findings:
        click.echo(f"station: {finding}", err=True)
    if findings:
        click.echo("Nothing was changed.", err=True)
        sys.exit(1)
    kept = calibrate_file.beside(path)
    calibrate_file.save(kept, found)
    click.echo(f"Kept in {kept}. Next: {then}")


def _warn_of_no_commissioning(path: Path, settings: config.Config) -> None:
    """A machine built by hand runs without a commissioning, but never in silence."""
    if settings.machine.kind == "built" or settings.machine.askew:
        kept = commission_file.load(commission_file.beside(path))
        warning = commission_words.warning(kept, settings.marker.kind, path)
        if warning:
            _aside(f"station: {warning}")


def _tell_commissioning(
    trials: Sequence[Trial],
    findings: Sequence[str],
    found: commission_file.Commissioning,
    as_json: bool,
    report: Path | None,
) -> None:
    """Tell the verdict with what it stands on; leave with 1 where it is a fail."""
    whole = {
        "verdict": "pass" if found.passed else "fail",
        "findings": list(findings),
        "figures": found.model_dump(),
        "visits": [asdict(trial) for trial in trials],
    }
    if report:
        report.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
    if as_json:
        click.echo(json.dumps(whole))
    else:
        for line in commission_words.told(trials, findings, found):
            click.echo(line)
    sys.exit(int(not found.passed))


def _aside(told: str) -> None:
    """To the person, beside what the verb gives."""
    click.echo(told, err=True)


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


def _tell_visit(number: int, row: dict[str, Any]) -> None:
    truth, covered = row["truth"], row["covered"]
    click.echo(
        f"box {number:3}: {row['outcome']:8}{row['reason']:16} fields {covered['fields']}/{truth['fields']}"
        f"  codes {covered['codes']}/{truth['codes']}  readable {row['readable']}  ink {row['ink_m']:.1f} m",
        err=True,
    )


if __name__ == "__main__":
    main()
