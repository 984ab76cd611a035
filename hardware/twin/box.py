"""A box of the twin: its size, its faces with their pictures, and the truth about what is printed on them."""

from dataclasses import dataclass

from hardware.camera.frames import Bgr, Points


@dataclass(frozen=True)
class Mark:
    """A place on a face whose fate under the tool is counted. `polygon_mm` (N x 2) is in the face's own frame.

    `kind` is a word the twin does not interpret, `text` what stands there; `symbology` is empty for text.
    """

    kind: str
    polygon_mm: Points
    text: str
    symbology: str = ""


@dataclass(frozen=True)
class Face:
    """One side of a box, drawn at `px_per_mm`; its frame is mm from its own top left, x right, y down."""

    picture: Bgr
    px_per_mm: float
    marks: tuple[Mark, ...] = ()
    outlines_mm: tuple[Points, ...] = ()

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        rows, columns = self.picture.shape[:2]
        return columns / self.px_per_mm, rows / self.px_per_mm


@dataclass(frozen=True)
class Pose:
    """Where the centre of the upper face lies on the platform, turned clockwise (seen from above)."""

    x_mm: float
    y_mm: float
    angle_deg: float


@dataclass(frozen=True)
class Box:
    """A parcel: the faces that a person will show one after the other, all at `height_mm` above the platform.

    `slope` is how much higher its top gets for each millimetre to the right and down: a sheet that is propped up has
    one, `height_mm` is then the height of its middle.
    """

    name: str
    height_mm: float
    faces: tuple[Face, ...]
    pose: Pose = Pose(200.0, 150.0, 0.0)
    light: float = 1.0
    slope: tuple[float, float] = (0.0, 0.0)
