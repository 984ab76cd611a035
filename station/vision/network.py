"""Where neural networks run: one small seam over the engines, so that a machine can have the one that is fastest on it.

All engines give the same outputs; which is fastest depends on the processor, so `station bench --engines` measures them
where they run. ncnn reads no ONNX: it needs networks that `station.vision.convert` has made of the ONNX files.
"""

import ctypes
import hashlib
import importlib.util
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import cv2
import numpy as np
from numpy.typing import NDArray

from hardware.errors import ConfigError, MachineFault
from station.vision.onnx_file import metadata, without_subnormals

# From 1.29 on, onnxruntime keeps a device number on disk and reports to its maker over the network. The process that
# sees has no business with either. The variable counts only when it is set before the library is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

Tensor = NDArray[np.float32]  # 1 x 3 x H x W in, whatever the model gives out

Shape = tuple[int, ...]
Run = Callable[[Tensor], Tensor]
EngineName = Literal["onnxruntime", "opencv", "ncnn"]
ENGINES: tuple[EngineName, ...] = get_args(EngineName)

_MAKE_ONE = "make one with `station bench --engines --networks FOLDER`"
# What a network's layers hand on is tens of megabytes a run. By its own rules the C library gives freed memory back at
# once, and a look spent an eighth of its time on getting it again, page by page. glibc's <malloc.h> names the settings.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
_KEPT_BYTES = 128 << 20  # freed at the heap's end, before any is given back
_ON_HEAP_BYTES = 32 << 20  # of one block; glibc's own limit
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
    """The library that runs the networks, on how many threads, and the folder of the networks converted for ncnn."""

    name: EngineName = "onnxruntime"
    threads: int = 1
    networks: Path | None = None


STANDARD = Engine()


class Network:
    """One ONNX model with one input and one output, on the CPU. Raises `ConfigError` if the engine lacks something."""

    def __init__(self, path: Path, engine: Engine = STANDARD) -> None:
        self.metadata = metadata(path)
        self._run = _LOADERS[engine.name](path, engine)

    def run(self, tensor: Tensor) -> Tensor:
        """The model's output for one input (a batch of one)."""
        return self._run(tensor)


def _keep_freed_memory() -> None:
    """Have the process keep memory that it will want again; a C library other than glibc goes on by its own rules."""
    settings = getattr(ctypes.CDLL(None), "mallopt", None)
    if settings is not None:
        settings(_M_MMAP_THRESHOLD, _ON_HEAP_BYTES)
        settings(_M_TRIM_THRESHOLD, _KEPT_BYTES)


def _by_onnxruntime(path: Path, engine: Engine) -> Run:
    import onnxruntime as ort  # noqa: PLC0415  (tens of megabytes that the other engines do without)

    _keep_freed_memory()
    options = ort.SessionOptions()
    options.intra_op_num_threads = engine.threads
    options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    # Every label has another size: an arena would keep the largest buffers of all of them for ever.
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    session = ort.InferenceSession(without_subnormals(path), options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name

    def run(tensor: Tensor) -> Tensor:
        output: Tensor = session.run(None, {name: tensor})[0]
        return output

    return run


def _by_opencv(path: Path, _: Engine) -> Run:
    """OpenCV counts its threads for all of itself (`cv2.setNumThreads`)."""
    net = cv2.dnn.readNetFromONNX(str(path))

    def run(tensor: Tensor) -> Tensor:
        net.setInput(tensor)
        return np.asarray(net.forward(), np.float32)

    return run


@dataclass(frozen=True)
class Converted:
    """A network as ncnn wants it."""

    layers: Path
    weights: Path

    def missing(self) -> bool:
        """Whether one of the two files is not there."""
        return not (self.layers.is_file() and self.weights.is_file())


def converted(path: Path, folder: Path) -> Converted:
    """Where the conversion of an ONNX file belongs. Another content has another name: nothing stale is ever run."""
    name = f"{path.stem}-{hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"
    return Converted(folder / f"{name}.param", folder / f"{name}.bin")


def _by_ncnn(path: Path, engine: Engine) -> Run:
    if engine.networks is None:
        raise ConfigError(f"ncnn needs a folder of converted networks: {_MAKE_ONE}, and name it in eye.networks")
    files = converted(path, engine.networks)
    if files.missing():
        raise ConfigError(f"{engine.networks} has no conversion of {path.name} as it is now: {_MAKE_ONE}")
    return loaded_by_ncnn(files, engine.threads)


def loaded_by_ncnn(files: Converted, threads: int) -> Run:
    """A network from ncnn's own files, in full precision: half precision changed a probability by 0.0006."""
    ncnn = _ncnn()
    net = ncnn.Net()
    net.opt.num_threads = threads
    net.opt.openmp_blocktime = 0  # threads that wait do not spin: other work wants the cores
    net.opt.use_fp16_packed = net.opt.use_fp16_storage = net.opt.use_fp16_arithmetic = False
    if net.load_param(str(files.layers)) or net.load_model(str(files.weights)):
        raise ConfigError(f"ncnn cannot load {files.layers}: it lacks a layer or the file is broken")

    def run(tensor: Tensor) -> Tensor:
        """ncnn knows no batches, and its output is gone with its extractor."""
        (picture,) = np.ascontiguousarray(tensor)
        with net.create_extractor() as extractor:
            extractor.input("in0", ncnn.Mat(picture))
            failed, output = extractor.extract("out0")
            if failed:
                raise MachineFault(f"ncnn cannot run {files.layers} on an input of {tensor.shape}")
            return np.array(output, np.float32)[None]

    return run


def _ncnn() -> Any:
    try:
        import ncnn  # noqa: PLC0415  (an extra)
    except ModuleNotFoundError as error:
        raise ConfigError("ncnn is not installed: `pip install 'shred-station[ncnn]'`") from error
    return ncnn


_LOADERS: dict[EngineName, Callable[[Path, Engine], Run]] = {
    "onnxruntime": _by_onnxruntime,
    "opencv": _by_opencv,
    "ncnn": _by_ncnn,
}
