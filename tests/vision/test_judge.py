"""The judge on inked print whose truth is known."""

from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from hardware.camera.frames import Bgr
from station.evaluate.judging import KINDS as SWEPT
from station.evaluate.judging import judging, some_ink, some_shot
from station.evaluate.told import told
from station.scenes.inked import Ink, Scene, Shot, any_print, code_print, scene, text_print
from station.vision.attacks import decodes
from station.vision.contrast import WHITE, paper_of
from station.vision.judge import Judge, comes_back, cut_out
from station.vision.patch import cut
from station.vision.seen import Place, PlaceVerdict
from station.vision.text import Models, Reading, TextReader
from station.vision.through import share_through

KINDS = ("text", "Code128", "QRCode", "MaxiCode")
PROPER = Ink(layers=2)
REMAINS = {
    "nothing done": None,
    "thin film": Ink(opacity=0.93),
    "gaps of 1 mm": Ink(gap_mm=1.0),
    "gaps of 0.2 mm": Ink(gap_mm=0.2, layers=2),
    "top": Ink(layers=2, bare_mm=(-1, 0.5, -1, -1)),
    "bottom": Ink(layers=2, bare_mm=(-1, -1, -1, 0.5)),
    "left": Ink(layers=2, bare_mm=(1.0, -1, -1, -1)),
    "right": Ink(layers=2, bare_mm=(-1, -1, 1.0, -1)),
    "middle": Ink(layers=2, hole=0.25),
    "dry hairs": Ink(layers=2, dry=0.15),
    "offset strokes": Ink(layers=2, bare_mm=(0.8, 0.8, -0.8, -0.8)),
    "gibberish over it": Ink(layers=2, gibberish=True),
    "beads on tape": Ink(layers=2, beads=0.1, sheen=25.0),
}
TORN = "no print is left and no reader reads any"


@pytest.fixture(scope="module")
def judge() -> Judge:
    return Judge()


def _one(judge: Judge, seen: Scene) -> PlaceVerdict:
    return judge.judge(seen.bgr, [seen.place], seen.px_per_mm).places[0]


def _scene(seed: int, kind: str, ink: Ink | None, shot: Shot | None = None) -> Scene:
    rng = np.random.default_rng(seed)
    return scene(rng, any_print(rng, kind), ink, shot or Shot(turn_deg=float(rng.uniform(-180, 180)), tilt=0.02))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_two_layers_are_clean(judge: Judge, kind: str, seed: int) -> None:
    found = _one(judge, _scene(seed, kind, PROPER))
    assert found.answer == "clean", found.why


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("remains", REMAINS)
def test_what_ink_left_open_is_readable(judge: Judge, kind: str, remains: str) -> None:
    found = _one(judge, _scene(5, kind, REMAINS[remains]))
    assert found.answer == "readable", found.why


def test_a_film_too_good_for_the_measures_is_still_read(judge: Judge) -> None:
    """Contrast of 4/255 passes the measure; the recogniser, told where to look, reads it."""
    rng = np.random.default_rng(1)
    found = _one(judge, scene(rng, text_print("13800001234", 4.0), Ink(opacity=0.98, texture=0.3), Shot(px_per_mm=10)))
    assert found.answer == "readable"
    assert found.why == "a reader still reads 11 characters"


def test_a_name_of_two_characters_is_read(judge: Judge) -> None:
    rng = np.random.default_rng(1)
    found = _one(judge, scene(rng, text_print("张伟", 4.0), Ink(opacity=0.98, texture=0.3), Shot(px_per_mm=10)))
    assert found.why == "a reader still reads 2 characters"


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
def test_read_whichever_way_up(judge: Judge, turn_deg: float) -> None:
    rng = np.random.default_rng(2)
    shot = Shot(px_per_mm=10, turn_deg=turn_deg)
    found = _one(judge, scene(rng, text_print("YT7000111122223", 4.0), Ink(opacity=0.98, texture=0.3), shot))
    assert found.why.startswith("a reader still reads")


def test_bars_are_measured_after_averaging_along_them(judge: Judge) -> None:
    """3 % of the light comes through: too little for any decoder, enough for an average along the bars."""
    rng = np.random.default_rng(3)
    film = Ink(opacity=0.965, texture=0.3)
    found = _one(judge, scene(rng, code_print("71112223334445", "Code128", 0.3, 12.0), film, Shot()))
    assert found.answer == "readable"
    assert found.why.startswith("print shows through")


def test_reasons_never_repeat_what_was_read(judge: Judge) -> None:
    for remains in REMAINS.values():
        seen = _scene(4, "text", remains)
        why = _one(judge, seen).why
        assert not any(seen.text[i : i + 3] in why for i in range(len(seen.text) - 2))


def test_dimmer_light_after_the_ink_hides_no_print(judge: Judge) -> None:
    """What is left is measured against the paper of the same photo: the light of the one before says nothing."""
    film = Ink(opacity=0.97)
    before, after = (_scene(7, "Code128", ink, Shot()) for ink in (None, film))
    dim = (after.bgr * 0.55).astype(np.uint8)
    stood = cut_out(before.bgr, before.place, before.px_per_mm)
    assert judge.judge(dim, [after.place], after.px_per_mm, [stood]).places[0].answer == "readable"


# -- what cannot be seen has failed


def test_out_of_the_picture_is_unseen(judge: Judge) -> None:
    seen = _scene(6, "text", PROPER)
    cut_off = seen.bgr[:, int(seen.place.polygon[:, 0].mean()) :]
    shifted = replace(seen.place, polygon=seen.place.polygon - [seen.bgr.shape[1] - cut_off.shape[1], 0])
    found = judge.judge(np.ascontiguousarray(cut_off), [shifted], seen.px_per_mm).places[0]
    assert (found.answer, found.why) == ("unseen", "the place is out of the picture")


def test_a_place_of_no_size_is_unseen(judge: Judge) -> None:
    seen = _scene(6, "text", PROPER)
    nothing = Place("name", np.full((4, 2), 50.0))
    assert judge.judge(seen.bgr, [nothing], seen.px_per_mm).answer == "unseen"


def test_darkness_is_unseen(judge: Judge) -> None:
    found = _one(judge, _scene(7, "text", PROPER, Shot(light=0.1)))
    assert (found.answer, found.why) == ("unseen", "the photo is too dark")


def test_glare_over_ink_is_unseen(judge: Judge) -> None:
    found = _one(judge, _scene(8, "Code128", PROPER, Shot(glare=True)))
    assert (found.answer, found.why) == ("unseen", "glare over the place")


@pytest.mark.parametrize("torn", [False, True])
def test_blur_never_makes_clean(judge: Judge, torn: bool) -> None:
    blank = replace(text_print("13800001234", 3.0), mask=np.zeros((60, 500), np.float32))
    rng = np.random.default_rng(9)
    printed, ink = (blank, None) if torn else (text_print("13800001234", 3.0), PROPER)
    assert _one(judge, scene(rng, printed, ink, Shot(blur_mm=0.8))).answer != "clean"
    assert _one(judge, scene(rng, printed, ink, Shot())).answer == "clean"


# -- torn off


def _board(rng: np.random.Generator, fibre: float) -> np.ndarray:
    """Kraft with cloudy fibre of a given deviation (levels), and the edge of a flap to focus on."""
    cloud = cv2.GaussianBlur(rng.normal(size=(500, 900)).astype(np.float32), (0, 0), 3)
    board = np.array([128.0, 158.0, 184.0]) + (cloud / cloud.std() * fibre)[..., None]
    board[:40] *= 0.3
    board[:, :40] *= 0.3
    return np.clip(board + rng.normal(size=board.shape) * 2, 0, 255).astype(np.uint8)


@pytest.mark.parametrize("fibre", [2.0, 8.0, 14.0])
@pytest.mark.parametrize("symbology", ["", "Code128", "QRCode"])
def test_torn_to_the_board_is_clean(judge: Judge, fibre: float, symbology: str) -> None:
    board = _board(np.random.default_rng(10), fibre)
    place = Place("code", np.array([[200.0, 200], [600, 200], [600, 280], [200, 280]]), symbology)
    found = judge.judge(board, [place], 7.4).places[0]
    assert (found.answer, found.why) == ("clean", TORN)


def test_print_on_torn_board_is_readable(judge: Judge) -> None:
    """A faint copy of the line on the layer below: 12 levels darker than the board."""
    rng = np.random.default_rng(11)
    board = _board(rng, 3.0)
    mask = cv2.resize(text_print("13800001234", 4.0).mask, (400, 60))
    board[210:270, 200:600] = np.clip(board[210:270, 200:600] - 25.0 * mask[..., None], 0, 255)
    place = Place("phone", np.array([[200.0, 205], [600, 205], [600, 275], [200, 275]]))
    assert judge.judge(board, [place], 7.4).answer == "readable"


# -- two photos


def test_a_pair_is_judged_where_the_face_went(judge: Judge) -> None:
    before = _page(None)
    turn = cv2.getRotationMatrix2D((500, 350), 15, 0.8)
    for ink, answer in ((PROPER, "clean"), (Ink(gap_mm=1.0), "readable")):
        after = cv2.warpAffine(_page(ink)[0], turn, (1100, 800), borderMode=cv2.BORDER_REFLECT)
        assert judge.judge_pair(before[0], after, [before[1]], 7.4).answer == answer


def test_a_pair_of_different_faces_is_unseen(judge: Judge) -> None:
    bgr, place = _page(None)
    other = _board(np.random.default_rng(12), 14.0)
    verdict = judge.judge_pair(bgr, other, [place], 7.4)
    assert [found.answer for found in verdict.places] == ["unseen"]
    assert verdict.places[0].place is place


def _page(ink: Ink | None) -> tuple[np.ndarray, Place]:
    """A scene on a larger board that has a texture of its own to hold on to."""
    board = _board(np.random.default_rng(13), 14.0)
    board = cv2.resize(board, (1000, 700))
    seen = _scene(14, "text", ink, Shot())
    rows, columns = seen.bgr.shape[:2]
    board[150 : 150 + rows, 200 : 200 + columns] = seen.bgr
    return board, Place("phone", seen.place.polygon + np.array([200, 150]))


# -- a small sweep; `python -m station.evaluate judging` makes larger ones


def test_a_sweep_of_inks_and_cameras() -> None:
    answers = judging(places=30, seed=77).answers
    assert answers["readable", "clean"] == 0
    assert answers["proper", "readable"] + answers["proper", "unseen"] == 0
    assert answers["between", "readable"] >= 5
    assert answers["proper", "clean"] >= 5


# -- codes under a film too faint for the measures, and with their finders covered


def _film_over(kind: str, seed: int, opacity: float, finders: float = 0.0) -> tuple[Scene, Scene]:
    """A code under a film, with what it was before. Corners of a QR code that hold finders are covered for good."""
    printed = any_print(np.random.default_rng(seed), kind)
    film, shot = Ink(opacity=opacity, texture=0.3), Shot(px_per_mm=10)
    before, after = (scene(np.random.default_rng(seed), printed, ink, shot) for ink in (None, film))
    places = after.place.polygon
    for corner, towards in ((0, 2), (1, 3), (3, 1)) if finders else ():
        size = finders * (places[towards] - places[corner])
        first, last = (np.round(each).astype(int) for each in (places[corner], places[corner] + size))
        (left, right), (top, bottom) = sorted((first[0], last[0])), sorted((first[1], last[1]))
        flat = after.bgr[top : bottom + 1, left : right + 1]
        flat[:] = np.random.default_rng(seed).normal(20, 2, flat.shape).astype(np.uint8)
    return before, after


@pytest.mark.parametrize("kind", ["Code128", "QRCode", "DataMatrix"])
def test_a_code_under_a_faint_film_is_lifted(judge: Judge, kind: str) -> None:
    """3 to 4 of 255 are left: below what the measures allow, enough for a decoder that looks at nothing else."""
    _, after = _film_over(kind, 21, 0.98)
    assert _one(judge, after).why == "a code there still decodes"


def test_covered_finders_are_painted_anew() -> None:
    before, after = _film_over("QRCode", 21, 0.98, finders=0.2)
    assert not decodes(cut(after.bgr, after.place.polygon, after.px_per_mm, 3.0))
    stood = cut_out(before.bgr, before.place, before.px_per_mm)
    assert comes_back(cut_out(after.bgr, after.place, after.px_per_mm), stood)


@pytest.mark.parametrize("kind", ["QRCode", "DataMatrix"])
def test_painted_finders_on_bare_ink_are_no_code(judge: Judge, kind: str) -> None:
    before, after = (_scene(22, kind, ink, Shot()) for ink in (None, PROPER))
    stood = cut_out(before.bgr, before.place, before.px_per_mm)
    assert not comes_back(cut_out(after.bgr, after.place, after.px_per_mm), stood)
    assert judge.judge(after.bgr, [after.place], after.px_per_mm, [stood]).places[0].answer == "clean"


def test_modules_are_sampled_in_more_than_one_calming() -> None:
    """One film of 0.985 over a Data Matrix: read after smoothing by 0.08 or 0.12 mm, and not after 0.1 mm."""
    one, before = _swept(5_200, 111)
    known = cut_out(before.bgr, before.place, before.px_per_mm)
    assert comes_back(cut_out(one.bgr, one.place, one.px_per_mm), known)


# -- films too faint for the readers: what stood there is known


def _swept(seed: int, number: int) -> tuple[Scene, Scene]:
    """A place of the sweep and what it was before."""
    rng = np.random.default_rng([seed, number])
    ink, _ = some_ink(rng)
    printed, shot = any_print(rng, str(rng.choice(SWEPT))), some_shot(rng)
    return scene(rng, printed, ink, shot), scene(rng, printed, None, shot)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("opacity", [0.985, 0.995])
def test_one_film_is_not_enough(judge: Judge, kind: str, opacity: float) -> None:
    """Half a percent of the print is one level of 255, under ink whose own colour varies by more."""
    printed = any_print(np.random.default_rng(31), kind)
    rng = np.random.default_rng(32)
    before, after = (scene(rng, printed, ink, Shot()) for ink in (None, Ink(opacity=opacity)))
    stood = cut_out(before.bgr, before.place, before.px_per_mm)
    found = judge.judge(after.bgr, [after.place], after.px_per_mm, [stood]).places[0]
    assert found.answer == "readable"
    assert found.why.endswith("% of the print shows through")


@pytest.mark.parametrize("turn_deg", [0, 85, 95, 180, 275])
def test_print_is_known_again_whichever_way_the_face_was_turned(turn_deg: float) -> None:
    """A place's longer side may be cut out the other way round than before."""
    rng = np.random.default_rng(32)
    line = text_print("13800001234", 3.0)
    before = scene(rng, line, None, Shot(tilt=0.03))
    after = scene(rng, line, Ink(opacity=0.99), Shot(tilt=0.03, turn_deg=turn_deg))
    stood, patch = (cut_out(one.bgr, one.place, one.px_per_mm) for one in (before, after))
    share = share_through(patch, stood, patch.inside, paper_of(stood.grey))
    assert share == pytest.approx(0.01, abs=0.003)


def test_dimmer_light_lets_no_less_through() -> None:
    rng = np.random.default_rng(33)
    line = text_print("13800001234", 3.0)
    before, after = scene(rng, line, None, Shot()), scene(rng, line, Ink(opacity=0.98), Shot(light=0.5))
    stood, patch = (cut_out(one.bgr, one.place, one.px_per_mm) for one in (before, after))
    share = share_through(patch, stood, patch.inside, paper_of(stood.grey) / 2)
    assert share == pytest.approx(0.02, abs=0.004)


def test_a_line_that_shows_alone_on_a_label_is_found() -> None:
    """Ink of two layers over a whole label, but for one line that has only one."""
    lines = [text_print(f"1380000{number}", 3.0).mask for number in range(1000, 1012)]
    sheet = np.concatenate([np.pad(line, ((20, 20), (20, 20)))[:100, :400] for line in lines])
    through = np.full(sheet.shape, 0.0001)
    through[500:600] = 0.01
    rng = np.random.default_rng(34)
    before, after = (
        np.repeat((level + rng.normal(size=sheet.shape) * 2)[..., None], 3, axis=2).clip(0, 255).astype(np.uint8)
        for level in (230 - 200 * sheet, 20 + (230 - 200 * sheet) * through)
    )
    outline = np.array([[0.0, 0], [sheet.shape[1], 0], [sheet.shape[1], sheet.shape[0]], [0, sheet.shape[0]]])
    stood, patch = (cut(bgr, outline, 10.0, 0.0) for bgr in (before, after))
    share = share_through(patch, stood, patch.inside, paper=WHITE)
    assert share is not None and share > 0.005, "of the line's own print 1 % shows, of what is around it less"


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_comes_through_two_layers(kind: str) -> None:
    before, after = (_scene(35, kind, ink) for ink in (None, PROPER))
    stood, patch = (cut_out(one.bgr, one.place, one.px_per_mm) for one in (before, after))
    assert share_through(patch, stood, patch.inside, paper=WHITE) == 0.0


def test_a_place_that_was_blank_tells_nothing() -> None:
    """Without print there is nothing to compare with: the readers have to look."""
    rng = np.random.default_rng(36)
    blank = replace(text_print("13800001234", 3.0), mask=np.zeros((60, 500), np.float32))
    stood, patch = (
        cut_out(one.bgr, one.place, one.px_per_mm)
        for one in (scene(rng, blank, None, Shot()), scene(rng, blank, PROPER, Shot()))
    )
    assert share_through(patch, stood, patch.inside, paper=WHITE) is None


class _Counting(TextReader):
    """Counts what it is given to read."""

    crops = 0

    def read(self, crops: Sequence[Bgr]) -> list[Reading]:
        self.crops += len(crops)
        return super().read(crops)


def test_one_look_is_enough_only_where_the_print_was_seen_before_the_ink() -> None:
    """Glare on the first photo may have hidden print that the filter then does not look for."""
    models = Models()
    models.reader = reader = _Counting()
    judge = Judge(models)
    rng = np.random.default_rng(38)
    line = text_print("13800001234", 3.0)
    before, after = scene(rng, line, None, Shot()), scene(rng, line, PROPER, Shot())
    dazzled = before.bgr.copy()
    left, top = before.place.polygon.min(axis=0).astype(int)
    dazzled[top : top + 20, left : left + 40] = 255
    counts = []
    for bgr in (before.bgr, dazzled):
        reader.crops = 0
        stood = cut_out(bgr, before.place, before.px_per_mm)
        assert judge.judge(after.bgr, [after.place], after.px_per_mm, [stood]).answer == "clean"
        counts.append(reader.crops)
    assert counts[0] == 1
    assert counts[1] >= 8


@pytest.mark.parametrize(("opacity", "layers", "read"), [(0.985, 1, True), (0.985, 2, False)])
def test_a_reader_told_all_but_the_characters(opacity: float, layers: int, read: bool) -> None:
    rng = np.random.default_rng(37)
    line = text_print("YT7000111122223", 3.0)
    film = Ink(opacity=opacity, layers=layers, texture=1.2)
    assert told(scene(rng, line, film, Shot(tilt=0.02)), line) == read
