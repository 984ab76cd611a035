"""What an ONNX file says about itself, and its weights, without a library for it.

The file is one protobuf message (https://protobuf.dev/programming-guides/encoding/): a row of fields, each a number, a
wire type and a value. Field numbers are those of onnx.proto.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

_METADATA = 14  # ModelProto.metadata_props: messages of a key (1) and a value (2)
_GRAPH, _INITIALIZER = 7, 5  # ModelProto.graph, GraphProto.initializer: the weights
_DATA_TYPE, _RAW_DATA, _FLOAT = 2, 9, b"\x01"  # of a TensorProto; 32 bits
_VARINT, _LENGTH = 0, 2  # wire types
_FIXED_BYTES = {1: 8, 5: 4}


def metadata(path: Path) -> dict[str, str]:
    """The notes in a model, such as the characters that a reader knows."""
    notes = (dict(_parts(value)) for value in _parts_of(memoryview(path.read_bytes()), _METADATA))
    return {bytes(note[1]).decode(): bytes(note[2]).decode() for note in notes}


def without_subnormals(path: Path) -> bytes:
    """The model with 0 for every weight below the normal range of 32 bits (IEEE 754), 1.2e-38.

    No output shows the difference, but x86 processors take a hundred times as long for each product with such a weight.
    """
    model = bytearray(path.read_bytes())
    for graph in _parts_of(memoryview(model), _GRAPH):
        for tensor in _parts_of(graph, _INITIALIZER):
            _flush(tensor)
    return bytes(model)


def _flush(tensor: memoryview) -> None:
    """Write the zeros into a TensorProto."""
    fields = dict(_parts(tensor))
    if bytes(fields.get(_DATA_TYPE, b"")) == _FLOAT and _RAW_DATA in fields:
        weights = np.frombuffer(fields[_RAW_DATA], "<f4")
        weights[np.abs(weights) < np.finfo(np.float32).tiny] = 0


def _parts_of(message: memoryview, number: int) -> Iterator[memoryview]:
    return (value for each, value in _parts(message) if each == number)


def _parts(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The texts, bytes and messages in a message, with their field numbers, and numbers as they are written."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire_type = key >> 3, key & 7
        if wire_type == _VARINT:
            start, at = at, _varint(message, at)[1]
            yield number, message[start:at]
        elif wire_type == _LENGTH:
            length, at = _varint(message, at)
            yield number, message[at : at + length]
            at += length
        else:
            at += _FIXED_BYTES[wire_type]


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number that begins at a byte, seven bits a byte and the lowest first, and where it ends."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if byte < 0x80:
            return value, at
