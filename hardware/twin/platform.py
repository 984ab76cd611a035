"""What lies on the twin's platform: a box in a pose, one face up, each face with ink of its own."""

import math

import cv2
import numpy as np

from hardware.camera.frames import Points
from hardware.camera.lens import Lens
from hardware.errors import InputError
from hardware.frame import PLATFORM_MM
from hardware.twin.box import Box, Face, Mark, Pose
from hardware.twin.ink import Ink


class Platform:
    """At most one box. `seed` makes the texture of its ink."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.box: Box | None = None
        self.face_index = 0
        self.pose = Pose(PLATFORM_MM[0] / 2, PLATFORM_MM[1] / 2, 0.0)
        self._inks: list[Ink] = []

    def lay(self, box: Box, face: int) -> None:
        """A fresh box, without any ink, with `face` up."""
        self.box, self.face_index = box, face
        self._inks = [Ink(each, self.seed + i) for i, each in enumerate(box.faces)]

    def clear(self) -> None:
        """No box any more."""
        self.box, self._inks, self.face_index = None, [], 0

    @property
    def face(self) -> Face | None:
        """The face that lies up, if there is a box."""
        return self.box.faces[self.face_index] if self.box else None

    @property
    def ink(self) -> Ink | None:
        """The ink on the face that lies up."""
        return self._inks[self.face_index] if self.box else None

    @property
    def height_mm(self) -> float:
        """The height of the upper face, 0 without a box."""
        return self.box.height_mm if self.box else 0.0

    def coverage(self, mark: Mark) -> float:
        """Share (0 to 1) of a mark's area that is under ink or torn off; the mark is one of the present box."""
        for face, ink in zip(self.box.faces if self.box else (), self._inks, strict=True):
            if any(mark is each for each in face.marks):
                return ink.coverage(mark)
        raise InputError("no such mark on the box that is on the platform")

    def to_platform(self, points_mm: Points) -> Points:
        """Upper face (N x 2, mm) -> platform (N x 2, mm)."""
        around = np.asarray(points_mm, float).reshape(-1, 2) - self._middle()
        out: Points = around @ self._turned().T + np.array([self.pose.x_mm, self.pose.y_mm])
        return out

    def to_face(self, points_mm: Points) -> Points:
        """Platform (N x 2, mm) -> upper face (N x 2, mm)."""
        around = np.asarray(points_mm, float).reshape(-1, 2) - np.array([self.pose.x_mm, self.pose.y_mm])
        out: Points = around @ np.linalg.inv(self._turned()).T + self._middle()
        return out

    def outline_mm(self) -> Points:
        """The corners (4 x 2) of the upper face on the platform."""
        width, height = self.face.size_mm if self.face else (0.0, 0.0)
        return self.to_platform(np.array([[0, 0], [width, 0], [width, height], [0, height]], float))

    def heights_mm(self, points_mm: Points) -> Points:
        """How high (N) the upper face lies over places of the platform (N x 2, mm)."""
        heights: Points = self.height_mm + (points_mm - (self.pose.x_mm, self.pose.y_mm)) @ self._slope()
        return heights

    def seen_mm(self, lens: Lens, points_px: Points) -> Points:
        """The places (N x 2, platform mm) of the upper face that a true lens sees at picture points (N x 2)."""
        on_platform = lens.to_platform(points_px, 0.0)
        # Along a ray that moves by -s sideways for each millimetre up, the face rises by slope . -s.
        meets = self.heights_mm(on_platform) / (1 + lens.slopes(points_px) @ self._slope())
        return lens.to_platform(points_px, meets)

    def surface_mm(self, at_mm: tuple[float, float], radius_mm: float) -> float:
        """Height of what something of `radius_mm` would touch at a place: the face, or the platform beside it."""
        if self.box is None:
            return 0.0
        inside_mm = cv2.pointPolygonTest(self.outline_mm().astype(np.float32), at_mm, True)
        return self.box.height_mm if inside_mm > -radius_mm else 0.0

    def _middle(self) -> Points:
        return np.array(self.face.size_mm if self.face else (0.0, 0.0)) / 2

    def _slope(self) -> Points:
        return np.array(self.box.slope if self.box else (0.0, 0.0))

    def _turned(self) -> Points:
        """From the face's frame to the platform's; what slopes is shorter when seen from above."""
        a = math.radians(self.pose.angle_deg)
        turned = np.array([[math.cos(a), -math.sin(a)], [math.sin(a), math.cos(a)]])
        slope = self._slope()
        rise2 = max(float(slope @ slope), 1e-12)
        shortened = np.eye(2) - np.outer(slope, slope) / rise2 * (1 - 1 / math.sqrt(1 + rise2))
        into: Points = shortened @ turned
        return into
