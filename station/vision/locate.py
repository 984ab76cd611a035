"""Where the labels are on a photograph: the network says, and where it says too little, light sheets with text do."""

import cv2
import numpy as np

from hardware.camera.frames import Bgr
from station.vision.framed import LearnedLocator, fine_frame, shared
from station.vision.maps import Maps
from station.vision.network import STANDARD, Engine
from station.vision.seen import Candidate
from station.vision.sheets import SheetLocator, is_bordered_by_paper, whole
from station.vision.text import TextFinder

_UNEXPLAINED = 0.001  # of the frame: a label's print is more; of 190 frames whose labels were all found none had it
_MOST = 0.4  # of a picture, for labels in it, when it may be a label itself
_SAME_PLACE = 0.35  # of the smaller of two quads


class Locator:
    """Finds labels of any direction on photographs of any size."""

    def __init__(self, finder: TextFinder, engine: Engine = STANDARD) -> None:
        self._learned = LearnedLocator(Maps(engine=engine))
        self._sheets = SheetLocator(finder)

    def locate(self, bgr: Bgr) -> list[Candidate]:
        """Labels on a photo (H x W x 3), the surest first.

        Sheets are looked for, ten times as slowly, where the network sees no label or print outside of labels.
        """
        framed = self._learned.locate(bgr)
        if _fills(framed.labels, bgr):
            return [Candidate(whole(bgr.shape), framed.labels[0].confidence)]
        if framed.labels and framed.unexplained < _UNEXPLAINED:
            return framed.labels
        more = self._sheets.locate(bgr)
        return framed.labels + [one for one in more if _is_elsewhere(one, framed.labels)]


def _fills(labels: list[Candidate], bgr: Bgr) -> bool:
    """Whether the picture is a label from edge to edge: a network that looks for outlines finds none there."""
    share = sum(shared(one.quad, whole(bgr.shape)) * cv2.contourArea(one.quad.astype(np.float32)) for one in labels)
    return share > _MOST * bgr.shape[0] * bgr.shape[1] and is_bordered_by_paper(fine_frame(bgr)[0])


def _is_elsewhere(one: Candidate, labels: list[Candidate]) -> bool:
    return all(shared(one.quad, label.quad) < _SAME_PLACE for label in labels)
