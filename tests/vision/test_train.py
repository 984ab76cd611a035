"""Needs torch: `pip install torch onnx`, then `pytest -m train`."""

import cv2
import numpy as np
import pytest

from station.scenes.training import TRAINING, Amounts, batches, stock

pytestmark = pytest.mark.train

FEW = Amounts(labels=30, papers=8, surfaces=10)


def test_half_a_minute_of_training_lowers_the_loss_and_writes_weights(tmp_path):
    from station.vision.maps import Maps
    from station.vision.train import Render, new_run, resumed, train

    weights, checkpoint = tmp_path / "locator.onnx", tmp_path / "checkpoint"
    losses = train(new_run(), 0.4, checkpoint, weights, Render(FEW))
    assert np.mean(losses[-5:]) < 0.95 * np.mean(losses[:5])
    assert weights.stat().st_size < 1_000_000
    assert Maps(weights).of(np.zeros((360, 640), np.uint8)).label.shape == (48, 80)
    assert resumed(checkpoint).steps == len(losses)


def a_lesson():
    from station.vision.train import lesson

    return lesson(next(batches(stock(TRAINING.start, FEW), 1, 2)), np.random.default_rng(0))


def test_a_run_goes_on_from_its_checkpoint(tmp_path):
    import torch

    from station.vision.train import new_run, resumed

    run = new_run()
    run.learn(a_lesson())
    run.share = 0.7
    run.save(tmp_path / "checkpoint")
    later = resumed(tmp_path / "checkpoint")
    assert (later.steps, later.share) == (1, 0.7)
    for one, other in zip(run.net.parameters(), later.net.parameters(), strict=True):
        assert torch.equal(one, other)


@pytest.mark.parametrize("quarters", range(4))
def test_a_lesson_is_turned_with_all_its_truth(quarters):
    from station.vision.train import lesson

    class Chosen:
        def integers(self, _):
            return quarters

        def uniform(self, low, _):
            return low

    batch = next(batches(stock(TRAINING.start, FEW), 2, 6))
    truth = lesson(batch, Chosen())
    for label, quads in zip(truth.maps[:, 0].numpy(), truth.quads, strict=True):
        drawn = np.zeros(label.shape, np.uint8)
        for quad in quads:
            cv2.fillConvexPoly(drawn, np.round(quad / 4 - 0.5).astype(np.int32), 1)
        assert np.mean((drawn > 0) != (label > 0.5)) < 0.04


def test_true_rays_cost_nothing_and_score_the_whole_overlap():
    import torch

    from station.vision.maps import CELL_PX, RAYS, rays_px
    from station.vision.train import OUTPUTS, RAY_PX, _quads

    quad = np.array([[60, 40], [200, 56], [184, 150], [44, 134]], float)
    y, x = np.mgrid[:24, :40]
    middles = (np.stack([x.ravel(), y.ravel()], 1) + 0.5) * CELL_PX
    raw = torch.full((1, OUTPUTS, 24, 40), -8.0)
    raw[0, 1 : 1 + RAYS] = torch.from_numpy(np.log(rays_px(middles, quad) / RAY_PX).T.reshape(RAYS, 24, 40))
    unspoken, rays = _quads(raw, (quad[None],))
    assert float(rays) < 0.02
    inside = np.zeros((24, 40), np.uint8)
    cv2.fillConvexPoly(inside, np.round((quad.mean(0) + 0.6 * (quad - quad.mean(0))) / 8 - 0.5).astype(np.int32), 1)
    raw[0, 0][torch.from_numpy(inside > 0)] = 8.0
    spoken, _ = _quads(raw, (quad[None],))
    assert float(spoken) < 0.1 * float(unspoken)


def test_the_rate_warms_up_and_falls():
    from station.vision.train import LAST_SHARE, RATE, rate

    assert rate(0.0) < rate(0.01) < rate(0.02) == pytest.approx(RATE)
    assert rate(1.0) == pytest.approx(RATE * LAST_SHARE)
