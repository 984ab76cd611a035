"""Circuit symbols. `way` is +1 where the wire goes on to the right, -1 to the left; each says where it goes on."""

from dataclasses import dataclass

from station.drawings.svg import INK, PAPER, Point, Sheet

V3, V5, V24, GROUND = "#b26a00", "#c62828", "#7b1fa2", "#1f2328"
SUPPLIES = {"3V3": V3, "5V": V5, "6V": V5, "24V": V24}


@dataclass(frozen=True)
class Pen:
    """Draws symbols on a sheet, wires in one colour, outwards along `way`."""

    sheet: Sheet
    way: int
    colour: str

    def wire(self, at: Point, by: float) -> Point:
        """Along the row."""
        end = (at[0] + self.way * by, at[1])
        self.sheet.line(at, end, colour=self.colour)
        return end

    def switch(self, at: Point, closed: bool, name: str = "") -> Point:
        """A contact, 44 px long. What it is called when left out: a closed one NC, an open one NO."""
        x, y = at
        first, second = x + self.way * 6, x + self.way * 38
        tip = (second, y - 4) if closed else (second - self.way * 4, y - 16)
        self.sheet.line((first, y), tip, colour=self.colour, width=2.5)
        for each in (first, second):
            self.sheet.disc(each, y, 4, colour=self.colour)
        self.sheet.text(first, y + 18, name or ("NC" if closed else "NO"), anchor="middle", px=10)
        return (x + self.way * 44, y)

    def resistor(self, at: Point, value: str) -> Point:
        """In the row, 46 px long."""
        x, y = at
        self.sheet.box(min(x, x + self.way * 46), y - 6, 46, 12, colour=self.colour)
        self.sheet.text(x + self.way * 23, y - 10, value, anchor="middle", px=10)
        return (x + self.way * 46, y)

    def pull_up(self, at: Point, value: str) -> None:
        """From the row up to 3V3."""
        x, y = at
        self.sheet.disc(x, y, 3, fill=self.colour, colour=self.colour)
        self.sheet.line((x, y), (x, y - 34), colour=V3)
        self.sheet.box(x - 5, y - 28, 10, 20, colour=V3)
        supply(self.sheet, (x, y - 34), "3V3")
        self.sheet.text(x + 10, y - 14, value, px=10)

    def pull_down(self, at: Point, value: str) -> None:
        """From the row down to ground."""
        x, y = at
        self.sheet.disc(x, y, 3, fill=self.colour, colour=self.colour)
        self.sheet.line((x, y), (x, y + 30), colour=GROUND)
        self.sheet.box(x - 5, y + 6, 10, 20, colour=GROUND)
        self.sheet.text(x - self.way * 10, y + 20, value, anchor="end" if self.way > 0 else "start", px=10)
        ground(self.sheet, (x, y + 30))

    def transistor(self, at: Point) -> Point:
        """An N-channel MOSFET: the row is its gate, its source goes to ground; goes on from its drain, above."""
        x, y = at
        bar, end = x + self.way * 8, x + self.way * 22
        self.sheet.disc(x + self.way * 12, y, 20, colour=self.colour)
        self.sheet.line(at, (x + self.way * 3, y), colour=self.colour)
        self.sheet.line((x + self.way * 3, y - 9), (x + self.way * 3, y + 9), colour=self.colour)
        self.sheet.line((bar, y - 11), (bar, y + 11), colour=self.colour, width=3)
        self.sheet.line((bar, y - 8), (end, y - 8), (end, y - 26), colour=self.colour)
        self.sheet.line((bar, y + 8), (end, y + 8), (end, y + 30), colour=GROUND)
        ground(self.sheet, (end, y + 30))
        return (end, y - 26)

    def part(self, at: Point, words: str, width: float) -> Point:
        """A box with a name."""
        x, y = at
        self.sheet.box(min(x, x + self.way * width), y - 14, width, 28, colour=self.colour, fill=PAPER, round_px=4)
        self.sheet.text(x + self.way * width / 2, y + 4, words, anchor="middle", px=12)
        return (x + self.way * width, y)


def ground(sheet: Sheet, at: Point) -> None:
    """Any ground."""
    x, y = at
    for down, half in ((0, 11), (4, 7), (8, 3)):
        sheet.line((x - half, y + down), (x + half, y + down), colour=GROUND)


def supply(sheet: Sheet, at: Point, name: str) -> None:
    """A bar with the name of a supply above it."""
    x, y = at
    colour = SUPPLIES.get(name, INK)
    sheet.line((x - 11, y), (x + 11, y), colour=colour, width=3)
    sheet.text(x, y - 4, name, anchor="middle", px=11, bold=True, colour=colour)
