"""What a network costs on any machine: multiply-adds, and bytes moved between memory and processor.

onnxruntime runs the graph once and tells the shapes that go into every operator and come out of it.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from math import prod
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from station.vision.network import Shape


@dataclass(frozen=True)
class Cost:
    """Of one run at one input shape.

    `multiply_adds` are those of convolutions and matrix products. `bytes_moved` are the weights read, and the
    activations read and written, once by each operator; an activation function counts as a part of the convolution
    before it, as every engine has it.
    """

    multiply_adds: int
    bytes_moved: int


def cost(path: Path, shape: Shape) -> Cost:
    """The cost of an ONNX file's network for an input of the shape."""
    operators = [_Operator(event["args"]) for event in _profile(path, shape) if "output_size" in event["args"]]
    return Cost(sum(one.multiply_adds() for one in operators), sum(one.bytes_moved() for one in operators))


class _Operator:
    """One line of a profile: kind, shapes (of weights too, as the last inputs) and sizes."""

    def __init__(self, line: dict[str, Any]) -> None:
        self._line = line
        self._kind: str = line["op_name"]
        self._inputs = list(_shapes(line["input_type_shape"]))
        self._outputs = list(_shapes(line["output_type_shape"]))

    def multiply_adds(self) -> int:
        """Of a convolution: a kernel for each output (transposed: input). Of a product: a column for each input."""
        if self._kind.endswith("ConvTranspose"):
            return prod(self._inputs[0]) * prod(self._inputs[1][1:])
        if self._kind.endswith("Conv"):
            return prod(self._outputs[0]) * prod(self._inputs[1][1:])
        if self._kind.endswith(("MatMul", "Gemm")):
            return prod(self._inputs[0]) * self._outputs[0][-1]
        return 0

    def bytes_moved(self) -> int:
        return sum(int(self._line[size]) for size in ("parameter_size", "activation_size", "output_size"))


def _shapes(typed: list[dict[str, list[int]]]) -> Iterator[list[int]]:
    """Of a profile's [{"float": [1, 64, 28, 48]}, ...]."""
    return (shape for one in typed for shape in one.values())


def _profile(path: Path, shape: Shape) -> list[dict[str, Any]]:
    """The events of one run on noise; operators are fused, but neither laid out nor packed for this processor."""
    import onnxruntime as ort  # noqa: PLC0415  (heavy, and only measured here)

    options = ort.SessionOptions()
    options.log_severity_level = 3  # errors
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    options.add_session_config_entry("session.disable_prepacking", "1")  # packed weights have no shape
    options.enable_profiling = True
    with TemporaryDirectory() as work:
        options.profile_file_prefix = str(Path(work) / "profile")
        session = ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        noise = np.random.default_rng(1).normal(size=shape).astype(np.float32)
        session.run(None, {session.get_inputs()[0].name: noise})
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    return [event for event in events if event["cat"] == "Node"]
