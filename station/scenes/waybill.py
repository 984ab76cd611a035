"""One waybill of a courier, drawn as a thermal printer would, with the truth about what is personal on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from hardware.camera.frames import Bgr, Grey
from hardware.errors import InputError
from hardware.twin.box import Mark
from station.scenes.chinese import layout_a, layout_deppon, layout_short, layout_turned, layout_two_parts, layout_yunda
from station.scenes.draw import Sheet
from station.scenes.fonts import WESTERN, chinese_pair
from station.scenes.shipment import WESTERN as WESTERN_COURIERS
from station.scenes.shipment import Shipment, shipment
from station.scenes.western import layout_dhl, layout_fedex, layout_ups, layout_usps

Layout = Callable[[Sheet, Shipment, np.random.Generator], None]


@dataclass(frozen=True)
class Waybill:
    """A printed label, upright. Marks are mm in the label's own frame (origin upper left)."""

    courier: str
    size_mm: tuple[float, float]
    picture: Bgr
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Form:
    """A layout and the paper it is printed on."""

    layout: Layout
    size_mm: tuple[float, float]


SMALL = (76.0, 130.0)
FOUR_BY_SIX = (102.0, 152.0)
FORM_A, FORM_TURNED = Form(layout_a, SMALL), Form(layout_turned, SMALL)
TWO_150, TWO_180 = Form(layout_two_parts, (100.0, 150.0)), Form(layout_two_parts, (100.0, 180.0))

FORMS: Mapping[str, tuple[Form, ...]] = {
    "ZTO": (FORM_A, FORM_TURNED),
    "YTO": (FORM_A, TWO_180),
    "STO": (FORM_TURNED, TWO_180),
    "Yunda": (Form(layout_yunda, SMALL),),
    "SF": (TWO_150, FORM_A),
    "J&T": (FORM_A, FORM_TURNED, TWO_180),
    "JD": (Form(layout_short, (100.0, 110.0)), TWO_180),
    "Deppon": (Form(layout_deppon, SMALL), Form(layout_two_parts, (100.0, 177.0))),
    "EMS": (TWO_150, FORM_TURNED),
    "UPS": (Form(layout_ups, FOUR_BY_SIX),),
    "FedEx": (Form(layout_fedex, FOUR_BY_SIX),),
    "USPS": (Form(layout_usps, FOUR_BY_SIX),),
    "DHL": (Form(layout_dhl, FOUR_BY_SIX),),
}
COURIERS: tuple[str, ...] = tuple(FORMS)

TAIL_SHARE = 0.25  # of one-part Chinese labels come on paper longer than the print
TAIL = (0.2, 0.45)  # blank share of the whole length then
LONGEST_MM = 180.0


def render(courier: str, rng: np.random.Generator, px_per_mm: float = 8.0) -> Waybill:
    """Draw one label of a courier at a scale. Raises `InputError` for a courier not in `COURIERS`.

    8 px/mm is a thermal head of 203 dpi: every module of a code is a whole number of its dots.
    """
    if courier not in FORMS:
        raise InputError(f"No courier {courier!r} among the scenes: take one of {', '.join(COURIERS)}.")
    form = FORMS[courier][int(rng.integers(len(FORMS[courier])))]
    sheet = draw(courier, form, rng, px_per_mm, tail=True)
    rows, columns = sheet.ink.shape
    size_mm = (columns / px_per_mm, rows / px_per_mm)
    return Waybill(courier, size_mm, printed(sheet.ink, px_per_mm, rng), tuple(sheet.marks))


def draw(courier: str, form: Form, rng: np.random.Generator, px_per_mm: float = 8.0, *, tail: bool = False) -> Sheet:
    """The ink of one label, with its marks; `tail` lets the paper be longer than the print now and then."""
    pair = WESTERN if courier in WESTERN_COURIERS else chinese_pair(rng)
    sheet = Sheet.blank(_paper(form, rng) if tail else form.size_mm, px_per_mm, pair)
    form.layout(sheet, shipment(courier, rng), rng)
    return sheet


def printed(ink: Grey, px_per_mm: float, rng: np.random.Generator) -> Bgr:
    """Ink (255 black) as a thermal head puts it on paper: greyish, a little soft, now and then with weak dots."""
    softness_px = rng.uniform(0.03, 0.06) * px_per_mm
    soft = cv2.GaussianBlur(ink, (0, 0), softness_px).astype(np.float32)
    soft *= _density(ink.shape[1], px_per_mm, rng)
    paper = np.float32(rng.uniform(238, 250)) + rng.uniform(-2, 3, 3).astype(np.float32)
    black = np.float32(rng.uniform(22, 52))
    grey = soft[..., None] * (black - paper) / 255 + paper
    return np.asarray(cv2.convertScaleAbs(grey), np.uint8)


def _density(columns: int, px_per_mm: float, rng: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """How black each column of the print head prints: usually 1, sometimes weaker, with weak stripes."""
    density = np.full(columns, 1.0 if rng.random() < 0.8 else rng.uniform(0.8, 0.95), np.float32)
    if rng.random() < 0.25:
        for _ in range(int(rng.integers(1, 4))):
            width = max(1, round(rng.uniform(0.1, 1.5) * px_per_mm))
            at = int(rng.integers(0, columns - width))
            density[at : at + width] *= rng.uniform(0.6, 0.9)
    return density


def _paper(form: Form, rng: np.random.Generator) -> tuple[float, float]:
    """The form's own size, or with a blank tail where nothing is printed."""
    width, height = form.size_mm
    if form.size_mm != SMALL or rng.random() >= TAIL_SHARE:
        return width, height
    return width, min(LONGEST_MM, height / (1 - rng.uniform(*TAIL)))
