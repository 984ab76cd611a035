import cv2
import numpy as np
import pytest

from hardware.errors import ConfigError
from station.vision.network import model_path
from station.vision.text import Direction, TesseractReader, TextFinder, TextReader, crop, ordered, tightened
from tests.vision.pictures import box, covered, picture


@pytest.fixture(scope="module")
def finder():
    return TextFinder()


@pytest.fixture(scope="module")
def reader():
    return TextReader()


def line(text: str):
    bgr = np.full((60, 40 + 21 * len(text), 3), 255, np.uint8)
    cv2.putText(bgr, text, (20, 42), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2, cv2.LINE_AA)
    return bgr


def test_finds_the_lines_of_a_template_in_both_directions(finder):
    found = [quad for quad, _ in finder.find(picture("yunda-76x130.png"))]
    recipient, left_margin, bottom = box(110, 389, 230, 404), box(8, 232, 21, 350), box(30, 818, 150, 831)
    assert all(covered(place, found) > 0.95 for place in (recipient, left_margin, bottom))


def test_blank_paper_and_a_single_pixel_have_no_text(finder):
    assert finder.find(np.full((400, 300, 3), 250, np.uint8)) == []
    assert finder.find(np.zeros((1, 1, 3), np.uint8)) == []


def test_reads_what_is_written(reader):
    first, second = reader.read([line("SF1234567890123"), line("Elm Street 12")])
    assert (first.text, second.text) == ("SF1234567890123", "Elm Street 12")
    assert first.confidence > 0.9


def test_reads_nothing_on_blank_paper_and_on_a_sliver(reader):
    blank, sliver = reader.read([np.full((48, 200, 3), 255, np.uint8), np.zeros((1, 30, 3), np.uint8)])
    assert (blank.text, sliver.text) == ("", "")


def test_tells_head_down_lines(reader):
    upright = line("Reference 4711 paid")
    right, wrong = Direction().upside_down([upright, cv2.rotate(upright, cv2.ROTATE_180)])
    assert right < 0.5 < wrong


def test_tesseract_reads_through_pipes_and_keeps_its_time(tmp_path, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    (reading,) = TesseractReader("eng").read([line("ELM STREET 12")])
    assert reading.text.replace(" ", "") == "ELMSTREET12"
    assert list(tmp_path.iterdir()) == []
    assert TesseractReader("eng", timeout_s=0.001).read([line("LATE")])[0].text == ""


def test_a_missing_language_is_named():
    with pytest.raises(ConfigError, match="tesseract"):
        TesseractReader("no_such_language").read([line("A")])


def test_a_missing_model_is_named():
    with pytest.raises(ConfigError, match=r"no-such\.onnx"):
        model_path("no-such.onnx")


def test_a_line_that_runs_down_is_turned():
    down = cv2.rotate(line("HELLO"), cv2.ROTATE_90_CLOCKWISE)
    rows, columns = down.shape[:2]
    upright = crop(down, box(0, 0, columns, rows))
    assert np.mean(np.abs(upright.astype(int) - line("HELLO"))) < 2


def test_corners_start_upper_left_and_go_clockwise():
    assert ordered(box(2, 3, 9, 5)[[2, 0, 3, 1]]).tolist() == box(2, 3, 9, 5).tolist()


@pytest.mark.parametrize("down", [False, True])
def test_a_line_is_framed_without_the_tiny_number_beside_it(down):
    picture = np.full((120, 400), 240, np.uint8)
    cv2.putText(picture, "GROUND", (60, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.6, 20, 4, cv2.LINE_AA)
    cv2.putText(picture, "1234567890123", (60, 100), cv2.FONT_HERSHEY_SIMPLEX, 0.4, 20, 1, cv2.LINE_AA)
    cv2.line(picture, (45, 0), (45, 119), 20, 2)
    line, number = box(62, 47, 250, 80), box(60, 91, 165, 101)
    around = box(40, 36, 290, 106)
    if down:
        picture = np.ascontiguousarray(picture.T)
        line, number, around = (ordered(each[:, ::-1]) for each in (line, number, around))
    own = tightened(picture, around)
    assert covered(line, [own]) > 0.9
    assert covered(number, [own]) < 0.05
    assert covered(own, [around]) > 0.99
