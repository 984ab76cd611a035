"""The frame in two views with its dimensions: what the station relies on comes from the machine and the configuration.

What only a builder has to know (profiles, rails, lights) stands here, with the reason.
"""

from dataclasses import dataclass

from hardware.camera.lens import Lens
from hardware.frame import BEAM_HEIGHT_MM, PLATFORM_MM, ROLLER_LANE_Y_MM, ROLLER_MM
from hardware.twin.distance import SENSOR_HEIGHT_MM
from station.config import Config, MotionSection
from station.drawings.svg import FAINT, INK, PALE, PAPER, Point, Sheet
from station.drawings.wiring import NAMES

PROFILE_MM = 20.0
OUTER_X_MM, OUTER_Y_MM = (-130.0, 490.0), (-160.0, 460.0)
FEET_MM, TOP_MM = -38.0, 542.0
BOARD_MM = 18.0  # thickness of the platform
RAIL_MM = 13.0  # an MGN12 with its block, between the beam and what carries the rail
CARRIER_TOP_MM = BEAM_HEIGHT_MM - PROFILE_MM / 2 - RAIL_MM
# Where a glossy label mirrors these lights into the camera, there is no platform any more, at whatever height.
LIGHT_Y_MM, LIGHT_HEIGHT_MM = (-130.0, 430.0), 400.0
# Two stages slide into each other: one long rod would meet the camera when it is up.
LIFT_TOP_MM = 440.0
HEAD_MM = 40.0
TALLEST_BOX_MM = 200.0
SENSOR_BESIDE_MM = 45.0

MARGIN_X, FRONT_TOP, VIEWS_APART = 150.0, 90.0, 110.0
WIDTH = 1010.0
CAMERA, TOOL, LIGHT, BOX = "#0369a1", "#7e22ce", "#b26a00", "#8d6e63"


@dataclass(frozen=True)
class View:
    """A view at 1 px a mm: `across` and `down` are where the origin of the platform is on the sheet."""

    sheet: Sheet
    across: float
    down: float
    flipped: bool  # the front view, in which the second measure counts upwards

    def at(self, x_mm: float, y_mm: float) -> Point:
        """Millimetres to px."""
        return (self.across + x_mm, self.down - y_mm if self.flipped else self.down + y_mm)

    def box(self, x_mm: tuple[float, float], y_mm: tuple[float, float], fill: str = PAPER, colour: str = INK) -> None:
        """A rectangle by its spans."""
        corners = [self.at(x_mm[0], y_mm[0]), self.at(x_mm[1], y_mm[1])]
        (left, right), (top, bottom) = (sorted(values) for values in zip(*corners, strict=True))
        self.sheet.box(left, top, right - left, bottom - top, fill=fill, colour=colour)

    def wide(self, x_mm: tuple[float, float], y_mm: float, words: str = "", share: float = 0.5) -> None:
        """A dimension across, its words at a share of its length."""
        (x0, y), (x1, _) = self.at(x_mm[0], y_mm), self.at(x_mm[1], y_mm)
        self.sheet.line((x0, y), (x1, y), colour=FAINT, width=1)
        for x in (x0, x1):
            self.sheet.line((x, y - 5), (x, y + 5), colour=FAINT, width=1)
        told = f"{words} {x_mm[1] - x_mm[0]:g}".strip()
        self.sheet.text(x0 + (x1 - x0) * share, y - 4, told, anchor="middle", px=12)

    def high(self, x_mm: float, y_mm: tuple[float, float], words: str = "") -> None:
        """A dimension up or down, its words turned along it."""
        (x, y0), (_, y1) = self.at(x_mm, y_mm[0]), self.at(x_mm, y_mm[1])
        self.sheet.line((x, y0), (x, y1), colour=FAINT, width=1)
        for y in (y0, y1):
            self.sheet.line((x - 5, y), (x + 5, y), colour=FAINT, width=1)
        told = f"{words} {abs(y_mm[1] - y_mm[0]):g}".strip()
        self.sheet.text(x - 4, (y0 + y1) / 2, told, anchor="middle", px=12, turn_deg=-90)


def frame(built: Config) -> str:
    """The drawing as SVG."""
    name = NAMES[built.marker.kind]
    high = TOP_MM - FEET_MM
    deep = OUTER_Y_MM[1] - OUTER_Y_MM[0]
    sheet = Sheet(WIDTH, FRONT_TOP + high + VIEWS_APART + deep + 90, f"Frame of the {name}")
    sheet.text(24, 38, f"Frame: {name}", px=24, bold=True)
    told = "Millimetres, heights above the platform. x to the right, y to the front, where the person stands."
    sheet.text(24, 60, told, colour=FAINT)
    across = MARGIN_X - OUTER_X_MM[0]
    _front(View(sheet, across, FRONT_TOP + TOP_MM, True), built)
    _above(View(sheet, across, FRONT_TOP + high + VIEWS_APART - OUTER_Y_MM[0], False), built)
    return sheet.svg()


def _front(view: View, built: Config) -> None:
    view.sheet.text(24, FRONT_TOP + 10, "from the front", bold=True)
    _cone(view)
    for x in (OUTER_X_MM[0], OUTER_X_MM[1] - PROFILE_MM):
        view.box((x, x + PROFILE_MM), (FEET_MM, TOP_MM), fill=PALE)
    inner = (OUTER_X_MM[0] + PROFILE_MM, OUTER_X_MM[1] - PROFILE_MM)
    for y in (TOP_MM - PROFILE_MM, FEET_MM):
        view.box(inner, (y, y + PROFILE_MM), fill=PALE)
    view.box((0, PLATFORM_MM[0]), (-BOARD_MM, 0), fill=PALE)
    view.box((0, PLATFORM_MM[0]), (LIGHT_HEIGHT_MM - 6, LIGHT_HEIGHT_MM + 6), fill="#fff3d6", colour=LIGHT)
    _camera_in_front(view)
    if built.marker.kind != "none":
        _axes_in_front(view, inner, built)
    _heights(view, built)
    view.wide((0, PLATFORM_MM[0]), -62)
    view.wide(OUTER_X_MM, -88)


def _cone(view: View) -> None:
    """What the camera sees down to the platform."""
    lens = Lens()
    half_mm = lens.size_px[0] / 2 / lens.px_per_mm(0)
    x, height = lens.above_mm[0], lens.camera_height_mm
    for side in (-1, 1):
        view.sheet.line(view.at(x, height), view.at(x + side * half_mm, 0), colour=CAMERA, width=1, dashes="4 5")


def _camera_in_front(view: View) -> None:
    lens = Lens()
    x, height = lens.above_mm[0], lens.camera_height_mm
    view.sheet.line(view.at(x, height + 12), view.at(x, TOP_MM - PROFILE_MM), width=6, colour=FAINT)
    view.box((x - 14, x + 14), (height, height + 14), fill=CAMERA)
    view.sheet.text(*view.at(x - 22, height + 3), "camera", anchor="end", px=12, colour=CAMERA)
    view.box((x + SENSOR_BESIDE_MM - 22, x + SENSOR_BESIDE_MM + 22), (SENSOR_HEIGHT_MM, SENSOR_HEIGHT_MM + 14))
    view.sheet.text(*view.at(x + SENSOR_BESIDE_MM + 28, height + 3), "distance sensor", px=12)
    view.sheet.text(*view.at(PLATFORM_MM[0] - 4, LIGHT_HEIGHT_MM - 20), "LED bars", anchor="end", px=12, colour=LIGHT)


def _axes_in_front(view: View, inner: tuple[float, float], built: Config) -> None:
    """Parked to the left, and once more over the tallest box."""
    view.box(inner, (CARRIER_TOP_MM - PROFILE_MM, CARRIER_TOP_MM), fill="#f6f0fc", colour=TOOL)
    view.box(inner, (CARRIER_TOP_MM, CARRIER_TOP_MM + 8), colour=TOOL)
    view.sheet.text(*view.at(inner[1] - 6, CARRIER_TOP_MM - 15), "rails of x", anchor="end", px=12, colour=TOOL)
    view.box((110, 290), (0, TALLEST_BOX_MM), fill="#f7f1ec", colour=BOX)
    view.sheet.text(*view.at(200, 90), f"tallest box {TALLEST_BOX_MM:g}", anchor="middle", px=12, colour=BOX)
    low, high = ends_mm(built.motion, 0)
    park, up = low + built.motion.pull_off_mm, built.lift.up_mm
    _head(view, park, up, up)
    view.sheet.text(*view.at(park - 14, CARRIER_TOP_MM - 42), "parked", anchor="end", px=12, colour=TOOL)
    _head(view, 200, TALLEST_BOX_MM, up)
    for x in (low, high):
        view.sheet.line(view.at(x, BEAM_HEIGHT_MM - 42), view.at(x, BEAM_HEIGHT_MM + 22), colour=TOOL, dashes="3 3")
    view.wide((low, high), BEAM_HEIGHT_MM + 34, "end stops of x", 0.66)


def ends_mm(motion: MotionSection, axis: int) -> tuple[float, float]:
    """Where the end stops of x (0) or y (1) close."""
    low = motion.end_stops_mm[axis]
    return low, low + motion.travel_mm[axis]


def _head(view: View, x_mm: float, nib_mm: float, up_mm: float) -> None:
    """The beam from its end, the lift on it, the nib at a height."""
    lift_top = LIFT_TOP_MM - (up_mm - nib_mm) / 2  # the first stage goes half of the nib's way
    view.box((x_mm - 7, x_mm + 7), (nib_mm + 20, lift_top), fill="#efe3fb", colour=TOOL)
    view.box((x_mm - 10, x_mm + 10), (BEAM_HEIGHT_MM - 10, BEAM_HEIGHT_MM + 10), fill=TOOL, colour=TOOL)
    view.box((x_mm - 5, x_mm + 5), (nib_mm, nib_mm + 24), fill=INK)


def _heights(view: View, built: Config) -> None:
    right = OUTER_X_MM[1]
    view.high(right + 40, (0, LIGHT_HEIGHT_MM), "lights")
    view.high(right + 75, (0, Lens().camera_height_mm), "camera, sensor")
    view.high(right + 110, (0, TOP_MM), "frame")
    view.high(right + 145, (FEET_MM, TOP_MM), "uprights")
    if built.marker.kind != "none":
        left = OUTER_X_MM[0]
        view.high(left - 25, (0, built.lift.up_mm), "nib up")
        view.high(left - 60, (0, BEAM_HEIGHT_MM), "beam")
        view.high(left - 95, (0, LIFT_TOP_MM), "top of the lift, up")


def _above(view: View, built: Config) -> None:
    view.sheet.text(24, view.at(0, OUTER_Y_MM[0])[1] - 12, "from above", bold=True)
    _profiles(view)
    view.box((0, PLATFORM_MM[0]), (0, PLATFORM_MM[1]), fill="#fbfaf7")
    for y in LIGHT_Y_MM:
        view.box((0, PLATFORM_MM[0]), (y - 6, y + 6), fill="#fff3d6", colour=LIGHT)
    view.sheet.text(*view.at(PLATFORM_MM[0] + 8, LIGHT_Y_MM[1] + 4), "LED bar", px=12, colour=LIGHT)
    view.sheet.text(*view.at(8, PLATFORM_MM[1] - 10), "platform", px=12, colour=FAINT)
    if built.marker.kind != "none":
        _axes_above(view, built)
    _camera_above(view)
    view.wide((0, PLATFORM_MM[0]), OUTER_Y_MM[1] + 25)
    view.wide(OUTER_X_MM, OUTER_Y_MM[1] + 50)
    view.high(OUTER_X_MM[1] + 40, (0, PLATFORM_MM[1]))
    view.high(OUTER_X_MM[1] + 75, LIGHT_Y_MM, "lights")
    view.high(OUTER_X_MM[1] + 110, OUTER_Y_MM)


def _profiles(view: View) -> None:
    for y in (OUTER_Y_MM[0], OUTER_Y_MM[1] - PROFILE_MM):
        view.box(OUTER_X_MM, (y, y + PROFILE_MM), fill=PALE)
    for x in (OUTER_X_MM[0], OUTER_X_MM[1] - PROFILE_MM):
        view.box((x, x + PROFILE_MM), (OUTER_Y_MM[0] + PROFILE_MM, OUTER_Y_MM[1] - PROFILE_MM), fill=PALE)


def _axes_above(view: View, built: Config) -> None:
    sheet, motion, roller = view.sheet, built.motion, built.marker.kind == "roller"
    x, y = (ends_mm(motion, axis)[0] + motion.pull_off_mm for axis in (0, 1))
    if roller:
        y = ROLLER_LANE_Y_MM
        _lane(view, built.marker.width_mm or ROLLER_MM)
    else:
        sheet.text(*view.at(8, 20), "the nib reaches all of it", px=12, colour=TOOL)
        view.high(-85, ends_mm(motion, 1), "end stops of y")
    view.box((x - 10, x + 10), (OUTER_Y_MM[0], OUTER_Y_MM[1]), fill="#efe3fb", colour=TOOL)
    sheet.disc(*view.at(x, y), HEAD_MM / 2, fill=TOOL, colour=TOOL)
    named = (8, y + 40) if roller else (x + 26, y - 12)
    sheet.text(*view.at(*named), f"parked at {x:g}, {y:g}", px=12, colour=TOOL)
    sheet.text(*view.at(x + 16, OUTER_Y_MM[1] - 40), "beam, runs along x", px=12, colour=TOOL)
    view.wide(ends_mm(motion, 0), -70, "end stops of x", 0.25)


def _lane(view: View, width_mm: float) -> None:
    half = width_mm / 2
    view.box((0, PLATFORM_MM[0]), (ROLLER_LANE_Y_MM - half, ROLLER_LANE_Y_MM + half), fill="#f3e8ff", colour=TOOL)
    at = view.at(330, ROLLER_LANE_Y_MM + 4)
    view.sheet.text(*at, f"lane {width_mm:g}", anchor="middle", px=12, colour=TOOL)


def _camera_above(view: View) -> None:
    x, y = Lens().above_mm
    for edge in (x - PROFILE_MM / 2, x + PROFILE_MM / 2):
        ends = [view.at(edge, end) for end in (OUTER_Y_MM[0] + PROFILE_MM, OUTER_Y_MM[1] - PROFILE_MM)]
        view.sheet.line(*ends, colour=FAINT, width=1, dashes="6 4")
    view.box((x - 12, x + 12), (y - 12, y + 12), fill=CAMERA)
    view.sheet.text(*view.at(x - 18, y - 28), f"camera {x:g}, {y:g}", anchor="end", px=12, colour=CAMERA)
    view.box((x + SENSOR_BESIDE_MM - 22, x + SENSOR_BESIDE_MM + 22), (y - 10, y + 10))
