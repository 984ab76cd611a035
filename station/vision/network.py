"""Where neural networks run: one small seam over the engines, so that a machine can have the one that is faster on it.

On one x86 core onnxruntime is 1.3 to 1.8 times faster than `cv2.dnn`, with the same output; `station bench --engines`
measures both where it runs. ncnn was left out: it reads no ONNX, and every model would have to be shipped twice.
"""

import importlib.util
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.errors import ConfigError

# From 1.29 on, onnxruntime keeps a device number on disk and reports to its maker over the network. The process that
# sees has no business with either. The variable counts only when it is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

Tensor = NDArray[np.float32]  # 1 x 3 x H x W in, whatever the model gives out

Run = Callable[[Tensor], Tensor]
EngineName = Literal["onnxruntime", "opencv"]

_ERRORS_ONLY = 3  # onnxruntime's severity: its warnings about folded constants help nobody


def model_path(name: str) -> Path:
    """A PP-OCR model file inside the installed rapidocr wheel, found without importing rapidocr.

    Raises `ConfigError` when the wheel or the file is missing.
    """
    spec = importlib.util.find_spec("rapidocr")
    folders = (spec.submodule_search_locations or []) if spec else []
    for folder in folders:
        path = Path(folder) / "models" / name
        if path.is_file():
            return path
    raise ConfigError(f"model {name} is missing: install the pinned wheel with `pip install rapidocr==3.10.0`")


@dataclass(frozen=True)
class Engine:
    """The library that runs the networks, and on how many threads."""

    name: EngineName = "onnxruntime"
    threads: int = 1


STANDARD = Engine()


class Network:
    """One ONNX model with one input and one output, on the CPU."""

    def __init__(self, path: Path, engine: Engine = STANDARD) -> None:
        session = _session(path, engine.threads)
        self.metadata: Mapping[str, str] = session.get_modelmeta().custom_metadata_map
        self._run = _by_opencv(path) if engine.name == "opencv" else _by_onnxruntime(session)

    def run(self, tensor: Tensor) -> Tensor:
        """The model's output for one input."""
        return self._run(tensor)


def _session(path: Path, threads: int) -> ort.InferenceSession:
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # Every label has another size: an arena would keep the largest buffers of all of them for ever.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _by_onnxruntime(session: ort.InferenceSession) -> Run:
    name = session.get_inputs()[0].name

    def run(tensor: Tensor) -> Tensor:
        output: Tensor = session.run(None, {name: tensor})[0]
        return output

    return run


def _by_opencv(path: Path) -> Run:
    """OpenCV counts its threads for all of itself (`cv2.setNumThreads`)."""
    net = cv2.dnn.readNetFromONNX(str(path))

    def run(tensor: Tensor) -> Tensor:
        net.setInput(tensor)
        return np.asarray(net.forward(), np.float32)

    return run
