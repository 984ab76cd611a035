"""What must be covered: each kind by its rule, grown by the margin, nothing else."""

import numpy as np
import pytest
from shapely.geometry import Polygon

from hardware.camera.frames import Points
from station.erase import cover
from station.vision.seen import Code, Kind, Label, Look, Place, Region

PX_MM = 4.0


def rect(x: float, y: float, w: float, h: float) -> Points:
    return np.array([[x, y], [x + w, y], [x + w, y + h], [x, y + h]]) * PX_MM


def to_mm(points: Points) -> Points:
    return points / PX_MM


def line(kind: Kind, x: float, y: float) -> Region:
    return Region(kind, rect(x, y, 40, 4), 0.9)


BAR = Code("Code128", rect(5, 14, 60, 10), True)
QR = Code("QRCode", rect(57, 43, 18, 18), False)


def look(*regions: Region, codes: tuple[Code, ...] = (), whole: bool = False) -> Look:
    return Look((Label(rect(0, 0, 76, 130), 0.9, regions, codes, whole),), {})


def size(polygon: Points) -> tuple[float, float]:
    w, h = np.ptp(polygon, axis=0).tolist()
    return w, h


def test_what_may_stay_stays_and_the_rest_keeps_its_kind() -> None:
    seen = look(line("other", 0, 0), line("phone", 6, 42), line("name", 6, 47), codes=(BAR,))
    assert [a.kind for a in cover.areas(seen, to_mm, 0.5, "personal")] == ["phone", "name", "code"]


@pytest.mark.parametrize(("code", "beyond"), [(BAR, 1.0), (QR, 2.0), (Code("1D", BAR.polygon, False), 1.0),
                                              (Code("Micro QR Code", QR.polygon, True), 2.0)])  # fmt: skip
def test_codes_grow_by_their_rule_and_the_margin(code: Code, beyond: float) -> None:
    (area,) = cover.areas(look(codes=(code,)), to_mm, 0.7, "personal")
    assert size(area.polygon_mm) == pytest.approx(np.add(size(to_mm(code.polygon)), 2 * (beyond + 0.7)))


def test_a_margin_may_depend_on_the_place() -> None:
    seen = look(line("name", 0, 10), line("name", 0, 100))
    near, far = cover.areas(seen, to_mm, lambda mm: float(mm[:, 1].max()) / 50, "personal")
    assert size(far.polygon_mm)[1] > size(near.polygon_mm)[1] + 2


@pytest.mark.parametrize(("whole", "policy"), [(True, "personal"), (False, "label")])
def test_a_whole_label_is_one_area(whole: bool, policy: cover.Policy) -> None:
    (area,) = cover.areas(look(line("other", 6, 6), codes=(QR,), whole=whole), to_mm, 0.5, policy)
    assert Polygon(area.polygon_mm).contains(Polygon(to_mm(rect(0, 0, 76, 130))))
    assert area.kind != "other"


def test_a_self_crossing_or_flat_outline_is_covered_all_the_same() -> None:
    crossed = np.array([[0, 0], [40, 4], [40, 0], [0, 4]]) * PX_MM
    flat = np.array([[0, 20], [30, 20], [30, 20], [0, 20]]) * PX_MM
    areas = cover.areas(look(Region("name", crossed, 0.5), Region("phone", flat, 0.5)), to_mm, 0.5, "personal")
    assert Polygon(areas[0].polygon_mm).area == pytest.approx((43 + 2 * 1.8) * 7)
    assert Polygon(areas[1].polygon_mm).area > 30 * 2


def test_the_judge_checks_what_is_personal() -> None:
    seen = look(line("other", 0, 0), line("phone", 6, 42), codes=(BAR, QR))
    assert [(p.kind, p.symbology) for p in cover.places(seen)] == [
        ("phone", ""), ("code", "Code128"), ("code", "QRCode"),
    ]  # fmt: skip


def test_on_a_whole_label_the_judge_checks_every_line_and_none_may_stay() -> None:
    kinds = [p.kind for p in cover.places(look(line("other", 0, 0), line("phone", 6, 42), whole=True))]
    assert len(kinds) == 2 and "other" not in kinds


def test_a_whole_label_without_parts_is_one_place_and_an_innocent_one_none() -> None:
    (place,) = cover.places(look(whole=True))
    assert size(to_mm(place.polygon)) == (76, 130)
    assert cover.places(look(line("other", 0, 0))) == ()


def test_a_place_gives_the_same_area_as_the_look_it_came_from() -> None:
    seen = look(line("phone", 6, 42), codes=(BAR,))
    again = [cover.area(place, to_mm, 0.5) for place in cover.places(seen)]
    for one, other in zip(again, cover.areas(seen, to_mm, 0.5, "personal"), strict=True):
        assert (one.polygon_mm == other.polygon_mm).all()


def test_an_unknown_symbology_is_treated_as_bars() -> None:
    assert cover.rule_of(Place("code", BAR.polygon, "Telepen")) is cover.BARS
