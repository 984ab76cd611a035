"""Needs torch: `pip install torch onnx`, then `pytest -m train`."""

import numpy as np
import pytest

from station.scenes.training import Amounts

pytestmark = pytest.mark.train

FEW = Amounts(labels=30, papers=8, surfaces=10)


def test_half_a_minute_of_training_lowers_the_loss_and_writes_weights(tmp_path):
    from station.vision.maps import Maps
    from station.vision.train import new_run, resumed, train

    weights, checkpoint = tmp_path / "locator.onnx", tmp_path / "checkpoint"
    losses = train(new_run(), 0.4, checkpoint, weights, FEW, None)
    assert np.mean(losses[-5:]) < 0.95 * np.mean(losses[:5])
    assert weights.stat().st_size < 1_000_000
    assert Maps(weights).of(np.zeros((360, 640), np.uint8)).label.shape == (56, 96)
    assert resumed(checkpoint).steps == len(losses)


def test_a_run_goes_on_from_its_checkpoint(tmp_path):
    import torch

    from station.vision.train import new_run, resumed

    run = new_run()
    run.learn(torch.randn(2, 1, 96, 96), torch.rand(2, 7, 24, 24), 0.5)
    run.seconds = 7.0
    run.save(tmp_path / "checkpoint")
    later = resumed(tmp_path / "checkpoint")
    assert (later.steps, later.seconds) == (1, 7.0)
    for one, other in zip(run.net.parameters(), later.net.parameters(), strict=True):
        assert torch.equal(one, other)


def test_the_rate_warms_up_and_falls():
    from station.vision.train import LAST_SHARE, RATE, rate

    assert rate(0.0) < rate(0.01) < rate(0.02) == pytest.approx(RATE)
    assert rate(1.0) == pytest.approx(RATE * LAST_SHARE)
