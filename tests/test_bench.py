"""`station bench` measures every stage beside the references, once on one core and once on all."""

import json
import subprocess
import sys

import cv2
import numpy as np
import pytest

from hardware.errors import ConfigError
from station import bench
from station.vision.apart import apart
from station.vision.network import model_path
from tests.vision.pictures import on_background, picture

STAGES = {
    "watch: a preview",
    "locate: maps of a preview",
    "locate: a preview",
    "look",
    *(f"look: {stage}" for stage in ("locate", "rectify", "text", "read", "codes", "personal")),
    "judge: 10 inked places",
    "judge: 10 bare places",
    *(f"reference: {name}" for name in ("cv2.resize to the preview", "zxing-cpp", "RapidOCR", "Tesseract")),
}


@pytest.fixture(scope="module")
def found():
    """Of a label on cardboard, with few previews."""
    cardboard = np.asarray(cv2.resize(picture("cardboard2.jpg"), (1000, 1300)), np.uint8)
    corners = np.array([[240, 150], [700, 130], [720, 900], [260, 920]], float)
    photo = on_background(picture("yunda-76x130.png"), cardboard, corners)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bench, "LOCATED_FRAMES", 3)
        return bench.run([photo], 1)


def test_every_stage_is_measured_on_one_core_and_on_all(found):
    assert found.one_core.keys() == found.all_cores.keys() == STAGES
    assert all(len(each) >= 1 and min(each) >= 0 for each in found.one_core.values())
    assert len(found.one_core["watch: a preview"]) == bench.PREVIEW_FRAMES


def test_the_json_has_ratio_and_memory(found):
    told = json.loads(json.dumps(found.to_json()))
    assert told["one_core"].keys() == STAGES
    look, rapid = (told["one_core"][stage]["median_ms"] for stage in ("look", "reference: RapidOCR"))
    assert told["look_to_rapidocr"]["one_core"] == pytest.approx(look / rapid, abs=0.001)
    assert 100 < told["resident_mb"] < 1000
    assert all(stage in found.table() for stage in STAGES)


def test_time_on_one_core_is_the_processors_with_that_of_programs_that_ran():
    """Sleep costs the processor nothing; work that another program did for the call counts."""
    slept, worked = bench._Meter(1), bench._Meter(1)
    slept.time("sleep", lambda: subprocess.run([sys.executable, "-S", "-c", "import time; time.sleep(2)"], check=True))
    worked.time("work", lambda: subprocess.run([sys.executable, "-S", "-c", "sum(range(30_000_000))"], check=True))
    assert worked.ms["work"][0] > 2 * slept.ms["sleep"][0] > 0


def test_memory_is_that_of_the_work_alone():
    """What this process holds does not count, although the other one is started from it."""
    held = np.ones(400 * 10**6, np.uint8)
    small, large = (apart(np.ones, size, np.uint8) for size in (10**6, 300 * 10**6))
    assert held.size > 0
    assert small < 150
    assert 250 < large - small < 350


def test_work_that_fails_apart_says_why():
    with pytest.raises(ConfigError, match=r"none\.onnx is missing"):
        apart(model_path, "none.onnx")
    with pytest.raises(ConfigError, match="ValueError"):
        apart(int, "no number")
