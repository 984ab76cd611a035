"""What `station bench --engines` says on this machine, and where an engine is missing."""

import json

import numpy as np
import pytest

from hardware.errors import ConfigError
from station import engines
from station.engines import Run, measured, usual_networks
from station.vision.network import ENGINES, STANDARD


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("networks")


@pytest.fixture(scope="module")
def found(folder):
    return measured(folder)


def test_every_engine_is_measured_on_every_network(found):
    assert found.runs.keys() == found.costs.keys() == usual_networks().keys()
    for outcomes in found.runs.values():
        assert tuple(outcomes) == ENGINES
        assert all(isinstance(each, Run) and each.ms > 0 and each.differs < 1e-3 for each in outcomes.values())
    assert all(20 < found.resident_mb[engine] < 500 for engine in ENGINES)
    assert found.costs["text finder"].multiply_adds > 10 * found.costs["label locator"].multiply_adds


def test_what_was_converted_is_kept(found, folder):
    assert len(list(folder.iterdir())) == 2 * len(usual_networks())


def test_the_table_and_the_json_say_the_same(found):
    told = json.loads(json.dumps(found.to_json()))
    for name, costs in found.costs.items():
        assert f"{costs.multiply_adds / 1e6:.1f}" in found.table()
        assert told["networks"][name]["multiply_adds"] == costs.multiply_adds
        assert told["networks"][name]["ncnn"]["ms"] > 0
    assert f'engine = "{told["fastest"]}"' in found.table()


@pytest.fixture
def direction_alone(monkeypatch):
    networks = {"direction": usual_networks()["direction"]}
    monkeypatch.setattr(engines, "usual_networks", lambda: networks)


def test_an_engine_that_fails_is_named_and_never_the_fastest(direction_alone, monkeypatch):
    def convert(*_):
        raise ConfigError("it is not installed")

    monkeypatch.setattr(engines, "convert", convert)
    found = measured(None)
    assert "ncnn does not run the direction: it is not installed" in found.table()
    assert found.to_json()["networks"]["direction"]["ncnn"] == {"fails": "it is not installed"}
    assert found.fastest != "ncnn"
    assert "ncnn" not in found.resident_mb


def test_an_engine_with_other_outputs_is_never_the_fastest(direction_alone, monkeypatch):
    right = engines.Network

    def network(path, engine=STANDARD):
        made = right(path)
        if engine.name == "opencv":
            made.run = lambda tensor: np.full((1, 2), np.nan, np.float32)
        return made

    monkeypatch.setattr(engines, "Network", network)
    found = measured(None)
    assert "opencv does not run the direction: its output is nan from onnxruntime's" in found.table()
    assert found.fastest != "opencv"


@pytest.mark.parametrize("fastest", ENGINES)
def test_the_fastest_is_chosen(fastest, direction_alone, monkeypatch):
    monkeypatch.setattr(engines, "_outcome", lambda usual, engine, *_: Run(1.0 + (engine.name != fastest), 0.0))
    monkeypatch.setattr(engines, "apart", lambda *_: 100.0)
    assert measured(None).fastest == fastest
