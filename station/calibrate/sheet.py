"""The calibration sheet: a chequered board with markers (ChArUco) on A4, as a PDF exact in mm, and found in a picture.

The board is drawn from its cells, so that print and picture have the same edges: a square of 15 mm is 8 cells, a
marker 6 of them. A ruler beside it shows whether the printer has kept the scale.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from hardware.camera.frames import Bgr, Grey, Points
from station.pdf import Page

PAPER_MM = (297.0, 210.0)  # A4, lying
SQUARES = (18, 12)
CELLS_A_SQUARE, CELLS_A_MARKER = 8, 6  # a marker of DICT_4X4 is 4 cells and its border wide
CELL_MM = 1.875
SQUARE_MM = CELL_MM * CELLS_A_SQUARE
BOARD_AT_MM = (13.5, 12.0)  # from the paper's upper left
RULER_MM = 200.0
RULER_AT_MM = (48.5, 199.0)
TICK_MM = 10.0
LINE_MM = 0.25
REFINE_PX = 5  # half of the window around a corner: a cell is 13 px wide
REFINED = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 30, 0.005)
MIDDLE_MM = (PAPER_MM[0] / 2 - BOARD_AT_MM[0], PAPER_MM[1] / 2 - BOARD_AT_MM[1])  # of the paper, in the board's frame
CORNERS = (SQUARES[0] - 1) * (SQUARES[1] - 1)


@dataclass(frozen=True)
class Seen:
    """Corners of the board in one picture: `board_mm` (N x 2) from the board's upper left, `px` (N x 2) where seen."""

    board_mm: Points
    px: Points


def find(grey: Grey) -> Seen:
    """All inner corners of the board that a picture shows; none is an empty `Seen`."""
    board = _board()
    corners, numbers, _, _ = cv2.aruco.CharucoDetector(board).detectBoard(grey)
    if numbers is None or corners is None:
        return Seen(np.zeros((0, 2)), np.zeros((0, 2)))
    # OpenCV 4 and 5 disagree by half a pixel about where a pixel is; this counts from its middle in both.
    corners = cv2.cornerSubPix(grey, corners, (REFINE_PX, REFINE_PX), (-1, -1), REFINED)
    known = np.asarray(board.getChessboardCorners(), float)[np.ravel(numbers), :2]
    return Seen(known * CELL_MM, np.asarray(corners, float).reshape(-1, 2))


def picture(px_per_mm: float) -> Bgr:
    """The printed sheet as a picture, without its ruler."""
    paper = np.full([round(side * px_per_mm) for side in PAPER_MM[::-1]], 255, np.uint8)
    x, y = (round(at * px_per_mm) for at in BOARD_AT_MM)
    cells = _cells()
    size = (round(cells.shape[1] * CELL_MM * px_per_mm), round(cells.shape[0] * CELL_MM * px_per_mm))
    paper[y : y + size[1], x : x + size[0]] = cv2.resize(cells, size, interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.cvtColor(paper, cv2.COLOR_GRAY2BGR), np.uint8)


def pdf() -> bytes:
    """The sheet as one page of PDF. Print it at 100 %, "actual size", never "fit to page"."""
    page = Page(PAPER_MM)
    for black in [*_black_mm(), *_ruler_mm()]:
        page.rectangle(*black)
    told = f"Print at 100 % (actual size). This ruler, end to end, must measure {RULER_MM:g} mm."
    page.words(RULER_AT_MM[0], RULER_AT_MM[1] + 5.5, told)
    return page.pdf()


def _board() -> cv2.aruco.CharucoBoard:
    """The board with a cell as its unit of length."""
    markers = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_250)
    return cv2.aruco.CharucoBoard(SQUARES, CELLS_A_SQUARE, CELLS_A_MARKER, markers)


def _cells() -> Grey:
    """The board at one pixel a cell."""
    size = (SQUARES[0] * CELLS_A_SQUARE, SQUARES[1] * CELLS_A_SQUARE)
    return np.asarray(_board().generateImage(size, None, 0, 1), np.uint8)


def _black_mm() -> list[tuple[float, float, float, float]]:
    """x, y, width, height on the paper of each run of black cells."""
    found = []
    for row, cells in enumerate(_cells()):
        edges = np.flatnonzero(np.diff(np.pad(cells == 0, 1).astype(np.int8)))
        for start, end in edges.reshape(-1, 2).tolist():
            x, y = BOARD_AT_MM[0] + start * CELL_MM, BOARD_AT_MM[1] + row * CELL_MM
            found.append((x, y, (end - start) * CELL_MM, CELL_MM))
    return found


def _ruler_mm() -> list[tuple[float, float, float, float]]:
    """A line with a tick at each centimetre; the outer edges of its two longest are `RULER_MM` apart."""
    x, y = RULER_AT_MM
    ticks = []
    for at in np.arange(TICK_MM, RULER_MM, TICK_MM).tolist():
        ticks.append((x + at - LINE_MM / 2, y, LINE_MM, 2.0))
    ends = [(x, y - 2.0, LINE_MM, 4.0), (x + RULER_MM - LINE_MM, y - 2.0, LINE_MM, 4.0)]
    return [(x, y - LINE_MM / 2, RULER_MM, LINE_MM), *ticks, *ends]
