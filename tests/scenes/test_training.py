from itertools import islice, pairwise

import cv2
import numpy as np
import pytest

from station.scenes.compose import compose, visible_share
from station.scenes.fonts import WESTERN
from station.scenes.freeform import Recorded, freeform, size_at_random
from station.scenes.surfaces import photographs
from station.scenes.textures import OTHERS
from station.scenes.training import (
    EVALUATION,
    FOLDS,
    MAPS,
    STRIDE,
    TRAINING,
    TUNING,
    Amounts,
    batches,
    held_out,
    learned_from,
    maps,
    stock,
)
from station.vision.maps import NAMES
from tests.vision.pictures import DATA

FEW = Amounts(labels=12, papers=4, surfaces=6)


@pytest.fixture(scope="module")
def pictures():
    return stock(TRAINING.start, FEW)


def scenes(pictures, count, labelled):
    rng = np.random.default_rng(11)
    return [compose(pictures, rng, (384, 224), labelled) for _ in range(count)]


def test_seeds_of_training_tuning_and_evaluation_are_apart():
    ranges = (TRAINING, TUNING, EVALUATION)
    assert all(a.stop <= b.start for a, b in pairwise(ranges))


def test_the_locator_reads_the_maps_in_the_order_they_are_taught():
    assert NAMES == MAPS


def test_one_seed_gives_one_batch(pictures):
    one, other = (next(batches(pictures, 1, 3)) for _ in range(2))
    assert np.array_equal(one.frames, other.frames)
    assert np.array_equal(one.maps, other.maps)


def test_frames_of_every_aspect_are_taught(pictures):
    shapes = {batch.frames.shape[1:] for batch in islice(batches(pictures, 2, 1), 30)}
    assert any(rows > columns for rows, columns in shapes)
    assert any(rows < columns for rows, columns in shapes)
    assert all(rows % 32 == 0 and columns % 32 == 0 for rows, columns in shapes)


def test_the_label_map_is_the_paper(pictures):
    for scene in scenes(pictures, 12, labelled=True):
        area = sum(
            visible_share(one.quad, (384, 224)) * cv2.contourArea(one.quad.astype(np.float32)) for one in scene.labels
        )
        assert maps(scene)[0].sum() / 255 * STRIDE**2 == pytest.approx(area, rel=0.06, abs=150)


def test_what_is_printed_lies_on_the_paper(pictures):
    for scene in scenes(pictures, 12, labelled=True):
        label, *kinds = maps(scene)[:4]
        assert all((kind[label == 0] == 0).all() for kind in kinds)
    assert any(maps(scene)[2].any() for scene in scenes(pictures, 12, labelled=True))


def test_a_scene_without_a_label_has_nothing_to_find(pictures):
    for scene in scenes(pictures, 12, labelled=False):
        assert scene.labels == ()
        assert not maps(scene)[:4].any()


def test_the_paper_lies_where_its_quad_says(pictures):
    """Black squares drawn into a texture's corners come to lie inside the quad's corners."""
    for scene in scenes(pictures, 8, labelled=True):
        (one, *_) = scene.labels
        rows, columns = one.texture.grey.shape
        edges = np.array([[-0.5, -0.5], [columns - 0.5, -0.5], [columns - 0.5, rows - 0.5], [-0.5, rows - 0.5]])
        seen = cv2.perspectiveTransform(edges[:, None], one.to_frame)[:, 0] + 0.5
        assert np.allclose(seen, one.quad, atol=0.01)


def test_blank_tails_are_taught():
    tails = [one.tail for one in stock(TRAINING.start + 1, Amounts(60, 0, 1)).labels]
    assert 0.1 < np.mean([0.2 < tail < 0.6 for tail in tails]) < 0.6


def test_free_labels_fit_their_paper_and_carry_text_and_codes():
    kinds = set()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        size_mm = size_at_random(rng)
        sheet = freeform(size_mm, 4.0, rng)
        for mark in sheet.marks:
            kinds.add(mark.symbology)
            assert (mark.polygon_mm >= 0).all()
            assert (mark.polygon_mm <= np.array(size_mm) + 0.5).all()
    assert {"", "Code128", "QRCode"} <= kinds


def test_photographs_are_learned_from_but_for_one_fold():
    paths = [DATA / f"{k}.jpg" for k in range(12)]
    for fold in range(FOLDS):
        assert set(learned_from(paths, fold)) | set(held_out(paths, fold)) == set(paths)
        assert not set(learned_from(paths, fold)) & set(held_out(paths, fold))
    assert learned_from(paths, None) == paths


def test_quads_of_a_batch_are_where_its_label_maps_are(pictures):
    batch = next(batches(pictures, 4, 8))
    drawn = np.zeros_like(batch.maps[:, 0])
    for one, quads in zip(drawn, batch.quads, strict=True):
        for quad in quads:
            cv2.fillConvexPoly(one, np.round(quad / STRIDE - 0.5).astype(np.int32), 255)
    assert np.mean((drawn > 127) != (batch.maps[:, 0] > 127)) < 0.02
    assert any(len(quads) for quads in batch.quads)


def test_a_camera_meters_its_scenes(pictures):
    """Nearly every label keeps print that can be told from its paper: it is neither black nor blown out."""
    told = [
        float(np.ptp(np.percentile(scene.grey[maps(scene)[0].repeat(4, 0).repeat(4, 1) > 127], [5, 90]))) > 25
        for scene in scenes(pictures, 40, labelled=True)
        if maps(scene)[0].any()
    ]
    assert np.mean(told) > 0.85


def test_backgrounds_are_photographs(tmp_path):
    for name in ("cardboard2.jpg", "cardboard55.jpg"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    assert len(stock(TRAINING.start, Amounts(1, 1, 1), photographs(tmp_path)).real) == 6


@pytest.mark.parametrize("maker", range(len(OTHERS)))
def test_every_other_paper_can_be_drawn_at_every_size(maker):
    draw, size = OTHERS[maker]
    for seed in range(12):
        rng = np.random.default_rng(seed)
        size_mm = size(rng)
        sheet = Recorded(np.zeros((round(3 * size_mm[1]), round(3 * size_mm[0])), np.uint8), 3.0, WESTERN)
        grey = draw(sheet, size_mm, rng)
        assert grey.dtype == np.uint8
        assert grey.shape == sheet.ink.shape
