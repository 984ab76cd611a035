"""The sheet: what is printed is what is looked for, to a hundredth of a millimetre."""

import re

import cv2
import numpy as np

from station.calibrate import sheet

POINT_MM = 25.4 / 72


def printed_mm() -> np.ndarray:
    """All black rectangles of the PDF (N x 4: left, top, width, height), mm from the paper's upper left."""
    numbers = re.findall(rb"([\d.]+) ([\d.]+) ([\d.]+) ([\d.]+) re f", sheet.pdf())
    x, y, width, height = np.array(numbers, float).T * POINT_MM
    return np.column_stack([x, sheet.PAPER_MM[1] - y - height, width, height])


def test_the_printed_sheet_shows_every_corner_where_it_is_said_to_be() -> None:
    px_per_mm = 8
    paper = np.full([int(side * px_per_mm) for side in sheet.PAPER_MM[::-1]], 255, np.uint8)
    for x, y, width, height in np.round(printed_mm() * px_per_mm).astype(int):
        paper[y : y + height, x : x + width] = 0
    seen = sheet.find(paper)
    assert len(seen.px) == sheet.CORNERS
    expected = (seen.board_mm + sheet.BOARD_AT_MM) * px_per_mm - 0.5
    assert np.abs(seen.px - expected).max() < 0.01 * px_per_mm


def test_the_page_is_a4_and_its_ruler_200_mm_long() -> None:
    box = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", sheet.pdf())
    assert box is not None
    assert np.allclose(np.array(box.groups(), float) * POINT_MM, (297, 210), atol=0.001)
    longest = max(printed_mm(), key=lambda rectangle: rectangle[2])
    assert abs(longest[2] - 200) < 0.001
    board = [each for each in printed_mm() if each[1] + each[3] < longest[1] - 3]
    assert len(board) > 1000 and all(x >= 10 and x + width <= 287 for x, _, width, _ in board)


def test_every_offset_of_the_pdf_points_at_its_object() -> None:
    pdf = sheet.pdf()
    table = pdf[int(pdf.rsplit(b"startxref\n", 1)[1].split()[0]) :]
    offsets = [int(entry) for entry in re.findall(rb"(\d{10}) 00000 n", table)]
    assert len(offsets) == 5
    for number, offset in enumerate(offsets, 1):
        assert pdf[offset:].startswith(b"%d 0 obj" % number)


def test_a_picture_without_the_sheet_shows_no_corners() -> None:
    grey = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 255, (400, 600), np.uint8), (0, 0), 3)
    assert sheet.find(np.asarray(grey)).px.shape == (0, 2)
