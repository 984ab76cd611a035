"""Every engine gives the same output for every model."""

import numpy as np
import pytest

from station.bench import engines
from station.vision.network import Engine, Network, model_path
from station.vision.text import READER


def test_all_engines_agree_on_all_networks():
    found = engines()
    assert set(found.differs) >= {"text finder", "text reader", "direction"}
    assert max(found.differs.values()) < 1e-4
    assert all(set(ms) == {"onnxruntime", "opencv"} and min(ms.values()) > 0 for ms in found.ms.values())


@pytest.mark.parametrize("columns", [64, 480])
def test_an_engine_takes_lines_of_any_length(columns):
    one, other = (Network(model_path(READER), Engine(name)) for name in ("onnxruntime", "opencv"))
    line = np.random.default_rng(2).normal(size=(1, 3, 48, columns)).astype(np.float32)
    assert np.allclose(one.run(line), other.run(line), atol=1e-4)
    assert one.metadata["character"]
