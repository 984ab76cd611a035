"""One side of a box, photograph by photograph, with the real eye and the real judge."""

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
from shapely import Point

from hardware.camera.frames import Photo, Points
from hardware.machine import Machine, twin_machine
from station.erase.tool import Tool
from station.face import Face
from station.geometry import ErrorBudget, Plane
from station.vision.judge import Judge
from station.vision.look import Eye
from station.visit import Happening
from tests.small_box import small_box

HEIGHT_MM = 60.0
BLACK, THIN = 1.0, 0.7  # opacity


@pytest.fixture
def machine() -> Iterator[Machine]:
    made, world = twin_machine("gantry", seed=3)
    world.place(small_box(HEIGHT_MM))
    made.clock.sleep(5.0)
    yield made
    made.close()


def inked(photo: Photo, plane: Plane, areas_mm: list[Points], opacities: list[float]) -> Photo:
    bgr = photo.bgr.astype(np.float32)
    for points_mm, opacity in zip(areas_mm, opacities, strict=True):
        mask = np.zeros(bgr.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(plane.to_px(points_mm)).astype(np.int32)], 1)
        bgr[mask > 0] *= 1 - opacity
    return Photo(np.asarray(bgr, np.uint8), photo.time_s, photo.face_height_mm)


@pytest.mark.parametrize(("thin", "answer"), [(None, Happening.CLEAN), (0, Happening.READABLE)])
def test_where_ink_lets_one_place_through_all_places_are_gone_over_once_more_crosswise(
    machine: Machine, thin: int | None, answer: Happening
) -> None:
    face = Face(Eye(), Judge(), machine.lens, machine.tool, "personal", 3, ErrorBudget())
    photo = machine.camera.photo(HEIGHT_MM)
    assert face.look(photo).happening is Happening.PLACES
    first, areas_mm = face.plan, face.todo_mm
    opacities = [THIN if place == thin else BLACK for place in range(len(areas_mm))]
    plane = Plane(machine.lens, HEIGHT_MM)
    assert face.check(inked(photo, plane, areas_mm, opacities)).happening is answer
    if thin is None:
        return
    assert face.passes == 2
    assert abs(np.dot(direction(first.strokes[0].points_mm), direction(face.strokes[0].points_mm))) < 0.2
    nib = Tool(machine.tool.width_mm, machine.tool.reach_mm)
    swaths = [nib.swath(stroke.points_mm) for stroke in face.strokes]
    assert all(any(swath.intersects(Point(*area.mean(0))) for swath in swaths) for area in areas_mm)


def direction(line: Points) -> Points:
    way = line[1] - line[0]
    return np.asarray(way / np.linalg.norm(way))


@pytest.mark.parametrize(("left", "answer"), [("", Happening.CLEAN), ("(203) 227-6858", Happening.GIVE_UP)])
def test_what_is_no_label_by_itself_may_be_left_of_one_that_was_torn_off(
    machine: Machine, left: str, answer: Happening
) -> None:
    face = Face(Eye(), Judge(), machine.lens, machine.tool, "personal", 3, ErrorBudget())
    photo = machine.camera.photo(HEIGHT_MM)
    face.look(photo)
    (quad,) = [Plane(machine.lens, HEIGHT_MM).to_px(quad_mm) for quad_mm in face.quads_mm]
    torn = photo.bgr.copy()
    cv2.fillPoly(torn, [np.round(quad + (quad - quad.mean(0)) * 0.1).astype(np.int32)], (128.0, 158.0, 184.0))
    x, y = np.round(quad.mean(0)).astype(int).tolist()
    cv2.putText(torn, left, (x - 200, y), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (20, 20, 20), 3, cv2.LINE_AA)
    assert face.look(Photo(torn, photo.time_s, HEIGHT_MM), torn=True).happening is answer
