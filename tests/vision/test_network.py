"""Every engine gives the same output for every network, and what cannot be trusted is not run."""

import platform
import resource
import shutil

import numpy as np
import pytest

from hardware.errors import ConfigError
from station import engines
from station.vision import convert, maps
from station.vision.network import ENGINES, Engine, Network, converted, model_path
from station.vision.onnx_file import without_subnormals
from station.vision.text import DIRECTION, FINDER, READER, TextFinder
from tests.vision.small_onnx import model, node

SHAPE = (1, 1, 64, 96)
OTHER = (1, 1, 96, 64)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Every network, converted for ncnn."""
    folder = tmp_path_factory.mktemp("networks")
    for usual in engines.usual_networks().values():
        convert.convert(usual.path, (usual.shape, usual.other), folder)
    return folder


@pytest.fixture
def locator(tmp_path):
    """A copy of the locator's weights, which a test may change."""
    return shutil.copy(maps.WEIGHTS, tmp_path / "locator.onnx")


def output(path, shape, engine):
    noise = np.random.default_rng(2).normal(size=shape).astype(np.float32)
    return Network(path, engine).run(noise)


@pytest.mark.parametrize("name", [each for each in ENGINES if each != "onnxruntime"])
@pytest.mark.parametrize("network", list(engines.usual_networks()))
def test_all_engines_agree_on_all_networks(name, network, folder):
    usual = engines.usual_networks()[network]
    for shape in (usual.shape, usual.other):
        wanted, found = (output(usual.path, shape, Engine(each, networks=folder)) for each in ("onnxruntime", name))
        assert wanted.shape == found.shape
        assert np.allclose(wanted, found, rtol=1e-4, atol=2e-4)  # 9e-5 on aarch64; rays are px


@pytest.mark.parametrize("name", [each for each in ENGINES if each != "onnxruntime"])
@pytest.mark.parametrize("columns", [33, 64, 480])
def test_an_engine_takes_lines_of_any_length(name, columns, folder):
    shape = (1, 3, 48, columns)
    one, other = (output(model_path(READER), shape, Engine(each, networks=folder)) for each in ("onnxruntime", name))
    assert one.shape == other.shape
    assert np.allclose(one, other, atol=2e-4)


def test_notes_are_those_that_onnxruntime_reads(tmp_path):
    import onnxruntime  # only now, when `station.vision.network` has told it not to report

    told = onnxruntime.InferenceSession(str(model_path(READER)), providers=["CPUExecutionProvider"]).get_modelmeta()
    assert Network(model_path(READER)).metadata == told.custom_metadata_map
    assert "收" in told.custom_metadata_map["character"].splitlines()
    (tmp_path / "small.onnx").write_bytes(model([node("Relu", ["in"], "out")], {}, SHAPE, {"字": "收" * 100, "": ""}))
    assert Network(tmp_path / "small.onnx").metadata == {"字": "收" * 100, "": ""}


def test_weights_too_small_to_matter_are_zero_and_no_output_shows_it():
    import onnxruntime  # as above

    path, noise = model_path(FINDER), np.random.default_rng(2).normal(size=(1, 3, 64, 64)).astype(np.float32)
    before, after = path.read_bytes(), without_subnormals(path)
    changed = np.flatnonzero(np.frombuffer(before, np.uint8) != np.frombuffer(after, np.uint8))
    assert len(changed) > 250_000  # bytes
    assert not np.frombuffer(after, np.uint8)[changed].any()
    sessions = [onnxruntime.InferenceSession(each, providers=["CPUExecutionProvider"]) for each in (before, after)]
    one, other = (each.run(None, {each.get_inputs()[0].name: noise})[0] for each in sessions)
    assert np.allclose(one, other, rtol=0, atol=1e-7)


def test_ncnn_runs_no_network_that_was_not_converted(locator, tmp_path):
    with pytest.raises(ConfigError, match=r"eye\.networks"):
        Network(locator, Engine("ncnn"))
    with pytest.raises(ConfigError, match=r"no conversion of locator\.onnx"):
        Network(locator, Engine("ncnn", networks=tmp_path))


def test_the_conversion_of_other_weights_is_not_used(locator, tmp_path):
    convert.convert(locator, (SHAPE, OTHER), tmp_path)
    Network(locator, Engine("ncnn", networks=tmp_path))
    weights = bytearray(locator.read_bytes())
    weights[len(weights) // 2] ^= 1
    locator.write_bytes(weights)
    with pytest.raises(ConfigError, match=r"no conversion of locator\.onnx"):
        Network(locator, Engine("ncnn", networks=tmp_path))


def test_a_conversion_with_other_outputs_is_not_kept(locator, tmp_path, monkeypatch):
    program = tmp_path / "spoils"
    program.write_text(f'#!/bin/sh\n{convert._program()} "$@" && head -c 9999999 /dev/zero > network.ncnn.bin\n')
    program.chmod(0o755)
    monkeypatch.setattr(convert, "_program", lambda: program)
    with pytest.raises(ConfigError, match="outputs are not"):
        convert.convert(locator, (SHAPE, OTHER), tmp_path / "networks")
    assert list((tmp_path / "networks").iterdir()) == []


@pytest.mark.parametrize(
    ("kind", "fails"), [("Det", "in the converter"), ("Celu", "ncnn crashes"), ("Sign", "ncnn lacks the layer")]
)
def test_a_network_that_ncnn_cannot_run_is_named(tmp_path, kind, fails):
    path = tmp_path / "odd.onnx"
    path.write_bytes(model([node(kind, ["in"], "out")], {}, SHAPE, {}))
    with pytest.raises(ConfigError, match=r"odd\.onnx"):
        convert.convert(path, (SHAPE, SHAPE), tmp_path / "networks")
    assert converted(path, tmp_path / "networks").missing()


def test_without_the_converter_it_says_what_to_install(locator, tmp_path, monkeypatch):
    monkeypatch.setattr(convert.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="pip install --no-deps pnnx"):
        convert.convert(locator, (SHAPE, OTHER), tmp_path / "networks")


def test_a_batch_is_refused_by_ncnn(folder):
    with pytest.raises(ValueError, match="unpack"):
        output(model_path(DIRECTION), (2, 3, 48, 192), Engine("ncnn", networks=folder))


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told to keep memory")
def test_memory_is_not_asked_for_again_in_every_run():
    finder, picture = TextFinder(), np.zeros((576, 384), np.uint8)
    for _ in range(3):
        finder.map(picture)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    finder.map(picture)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before < 500
