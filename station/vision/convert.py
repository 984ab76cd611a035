"""Networks for ncnn, made at commissioning of the ONNX files that a machine has: nothing is fetched, nothing shipped.

The converter is the program in the `pnnx` wheel. The wheel asks for torch, which only its Python side wants, so it is
installed with `pip install --no-deps pnnx`.
"""

import importlib.util
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from hardware.errors import ConfigError
from station.vision.apart import apart
from station.vision.network import Converted, Network, Shape, converted, loaded_by_ncnn

MOST_DIFFERENT = 1e-3  # probabilities differ by less than 1e-4, on aarch64 too, the locator's rays by 2e-4 px
_LONGEST_S = 300.0  # seconds; 5 were the longest here


def convert(path: Path, shapes: Sequence[Shape], folder: Path) -> None:
    """Put the conversion of an ONNX file into the folder, unless it is there already.

    `shapes` are two inputs of the network: sides in which they differ may have any length. What does not give the same
    outputs for both of them as onnxruntime is not kept. Raises `ConfigError` with the reason.
    """
    wanted = converted(path, folder)
    if not wanted.missing():
        return
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as work:
        made = _made(path, shapes, Path(work))
        try:
            apart(check, path, shapes, made)
        except ConfigError as error:
            raise ConfigError(f"ncnn cannot run {path.name}: {error}") from error
        made.weights.replace(wanted.weights)
        made.layers.replace(wanted.layers)


def _made(path: Path, shapes: Sequence[Shape], work: Path) -> Converted:
    """Run the converter, which writes a dozen files beside its input."""
    shutil.copy(path, work / "network.onnx")
    inputs = [f"inputshape{number}={list(shape)}" for number, shape in zip(("", "2"), shapes, strict=True)]
    command = [str(_program()), "network.onnx", "fp16=0", *(one.replace(" ", "") for one in inputs)]
    done = subprocess.run(command, cwd=work, capture_output=True, timeout=_LONGEST_S, check=False)
    made = Converted(work / "network.ncnn.param", work / "network.ncnn.bin")
    if done.returncode or made.missing():
        raise ConfigError(f"pnnx cannot convert {path.name} (exit code {done.returncode})")
    return made


def _program() -> Path:
    spec = importlib.util.find_spec("pnnx")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (program := Path(folder) / "pnnx").is_file():
            return program
    raise ConfigError("the converter is not installed: `pip install --no-deps pnnx`")


def check(path: Path, shapes: Sequence[Shape], made: Converted) -> None:
    """Compare the outputs for noise. Raises `ConfigError`, and may crash: ncnn does so on some layers that it lacks."""
    standard, other = Network(path).run, loaded_by_ncnn(made, 1)
    for shape in shapes:
        noise = np.random.default_rng(1).normal(size=shape).astype(np.float32)
        wanted, found = standard(noise), other(noise)
        if wanted.shape != found.shape or not np.allclose(wanted, found, rtol=0, atol=MOST_DIFFERENT):
            raise ConfigError("its outputs are not those of onnxruntime")
