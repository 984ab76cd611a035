"""A sheet to draw on, written as SVG."""

import xml.etree.ElementTree as ET
from typing import Literal

Point = tuple[float, float]
Anchor = Literal["start", "middle", "end"]

INK, FAINT, PALE, PAPER = "#1f2328", "#6e7781", "#eef1f4", "#ffffff"
TEXT_PX = 13.0


class Sheet:
    """White paper of a size in px, x to the right and y down. `title` is what a screen reader says of it."""

    def __init__(self, width: float, height: float, title: str) -> None:
        size = {"viewBox": f"0 0 {_n(width)} {_n(height)}", "width": _n(width), "height": _n(height)}
        font = {"font-family": "DejaVu Sans, Verdana, Arial, sans-serif", "font-size": _n(TEXT_PX)}
        self._root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img", **size, **font})
        ET.SubElement(self._root, "title").text = title
        self.box(0, 0, width, height, fill=PAPER, colour="none")

    def line(self, *points: Point, colour: str = INK, width: float = 2.0, dashes: str = "", fill: str = "none") -> None:
        """Through all points, corner by corner; `dashes` as SVG has them, `fill` makes an area of it."""
        at = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        look = {"stroke": colour, "stroke-width": _n(width), "fill": fill, "stroke-linejoin": "round"}
        self._add("polyline", points=at, **look, **({"stroke-dasharray": dashes} if dashes else {}))

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str = PAPER,
        colour: str = INK,
        round_px: float = 0.0,
    ) -> None:
        """A rectangle by its upper left corner."""
        size = {"x": _n(x), "y": _n(y), "width": _n(width), "height": _n(height), "rx": _n(round_px)}
        self._add("rect", **size, fill=fill, stroke=colour, **{"stroke-width": "1.5"})

    def disc(self, x: float, y: float, radius: float, *, fill: str = PAPER, colour: str = INK) -> None:
        """A circle around its middle."""
        self._add("circle", cx=_n(x), cy=_n(y), r=_n(radius), fill=fill, stroke=colour, **{"stroke-width": "1.5"})

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        anchor: Anchor = "start",
        px: float = TEXT_PX,
        bold: bool = False,
        colour: str = INK,
        turn_deg: float = 0.0,
    ) -> None:
        """One line of words, y at its foot."""
        look = {"fill": colour, "text-anchor": anchor, "font-size": _n(px), "font-weight": "bold" if bold else "normal"}
        turned = {"transform": f"rotate({_n(turn_deg)} {_n(x)} {_n(y)})"} if turn_deg else {}
        self._add("text", x=_n(x), y=_n(y), **look, **turned).text = words

    def svg(self) -> str:
        """The file."""
        ET.indent(self._root, " ")
        return ET.tostring(self._root, encoding="unicode") + "\n"

    def _add(self, tag: str, **attributes: str) -> ET.Element:
        return ET.SubElement(self._root, tag, attributes)


def _n(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
