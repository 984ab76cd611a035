"""Where neural networks run: one small seam over the engine, so that an engine can be swapped in one place.

onnxruntime was measured 1.7 times faster than `cv2.dnn` for the text detector on one x86 core, with the same output.
"""

import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hardware.errors import ConfigError

# From 1.29 on, onnxruntime keeps a device number on disk and reports to its maker over the network. The process that
# sees has no business with either. The variable counts only when it is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime as ort

Tensor = NDArray[np.float32]  # 1 x 3 x H x W in, whatever the model gives out

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


class Network:
    """One ONNX model with one input and one output, on the CPU."""

    def __init__(self, path: Path, threads: int = 1) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        # Every label has another size: an arena would keep the largest buffers of all of them for ever.
        options.enable_cpu_mem_arena = False
        options.enable_mem_pattern = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name

    @property
    def metadata(self) -> Mapping[str, str]:
        """What the model file says about itself."""
        found: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        return found

    def run(self, tensor: Tensor) -> Tensor:
        """The model's output for one input."""
        output: Tensor = self._session.run(None, {self._input: tensor})[0]
        return output
