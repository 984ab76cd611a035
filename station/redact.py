"""A photograph with the ink where the tool would put it, and the judge's verdict on that.

A photograph of unknown origin has no camera model: each label's own plane takes its place, with the label's size as
`rectify` estimates it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np
from shapely.geometry.base import BaseGeometry

from hardware.camera.frames import Bgr, Points
from hardware.frame import NIB_MM
from station.erase import cover, strokes
from station.erase.cover import Policy
from station.erase.tool import Tool, outline, polygons
from station.vision.judge import Judge
from station.vision.look import Eye
from station.vision.rectify import size_mm
from station.vision.seen import Label, Look, Place, Verdict

INK_BGR = (18, 16, 17)
# Drawn ink lies where it is meant to: only the outlines' own error, about a pixel at 4 px/mm, is left of the budget.
MARGIN_MM = 0.25
EVERYWHERE_MM = (-1000.0, -1000.0, 1000.0, 1000.0)


@dataclass(frozen=True)
class Redacted:
    """The inked picture, what was seen on it before, and the verdict."""

    picture: Bgr
    look: Look
    verdict: Verdict


def redact(bgr: Bgr, policy: Policy, eye: Eye, judge: Judge) -> Redacted:
    """Ink everything personal on a photograph (H x W x 3); the photograph itself is left alone."""
    look = eye.look(bgr)
    inked = bgr.copy()
    for label in look.labels:
        _ink(inked, label, policy)
    return Redacted(inked, look, compared(bgr, inked, look, judge))


def compared(before: Bgr, after: Bgr, look: Look, judge: Judge) -> Verdict:
    """The judge's verdict on all places of a look at `before`, as `after` shows them, each label at its own scale."""
    return _joined(judge.judge_pair(before, after, _places(label), px_per_mm(label)) for label in look.labels)


def _places(label: Label) -> tuple[Place, ...]:
    return cover.places(Look((label,), {}))


def _joined(verdicts: Iterable[Verdict]) -> Verdict:
    return Verdict(tuple(place for verdict in verdicts for place in verdict.places))


def px_per_mm(label: Label) -> float:
    """Scale of a label in its photograph, from its area."""
    width, height = size_mm(label.quad)
    return float(np.sqrt(cv2.contourArea(label.quad.astype(np.float32)) / (width * height)))


def _ink(picture: Bgr, label: Label, policy: Policy) -> None:
    """Draw the swaths of the tool's strokes onto the picture, in place."""
    width, height = size_mm(label.quad)
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    to_mm = np.asarray(cv2.getPerspectiveTransform(label.quad.astype(np.float32), corners), float)
    areas = cover.areas(Look((label,), {}), lambda points: _mapped(points, to_mm), MARGIN_MM, policy)
    plan = strokes.plan(areas, NIB_MM, EVERYWHERE_MM)
    tool = Tool(NIB_MM, EVERYWHERE_MM)
    to_px = np.asarray(np.linalg.inv(to_mm), float)
    for stroke in plan.strokes:
        _fill(picture, tool.swath(stroke.points_mm), to_px)


def _fill(picture: Bgr, swath: BaseGeometry, to_px: Points) -> None:
    for part in polygons(swath):
        cv2.fillPoly(picture, [np.round(_mapped(outline(part), to_px)).astype(np.int32)], INK_BGR, cv2.LINE_AA)


def _mapped(points: Points, matrix: Points) -> Points:
    return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(float), matrix), float).reshape(-1, 2)
