"""The work of the tool: areas to cover, the strokes that cover them, and where to tear when ink will not do."""

from dataclasses import dataclass

from hardware.camera.frames import Points
from station.vision.seen import Kind


@dataclass(frozen=True)
class Area:
    """Something personal, grown by the margin. `polygon_mm` (N x 2) lies in the platform frame."""

    kind: Kind
    polygon_mm: Points


@dataclass(frozen=True)
class Stroke:
    """The tool goes down at the first point, along the line, and up at the last. N x 2 mm, platform frame."""

    points_mm: Points


@dataclass(frozen=True)
class Tear:
    """Tear off what is inside `outline_mm` (N x 2): begin at `start_mm`, pull along `pull_mm` (both x, y)."""

    outline_mm: Points
    start_mm: tuple[float, float]
    pull_mm: tuple[float, float]
