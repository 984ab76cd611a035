"""ONNX files of a few bytes, written by hand: the fields' numbers are those of onnx.proto."""

from collections.abc import Sequence
from math import prod


def model(
    nodes: Sequence[bytes], weights: dict[str, Sequence[int]], shape: Sequence[int], notes: dict[str, str]
) -> bytes:
    """A float network from `in` to `out`, with weights of zeros and notes (metadata_props)."""
    graph = [*_repeated(1, nodes), _field(2, b"small")]
    graph += _repeated(5, [_zeros(name, dims) for name, dims in weights.items()])
    graph += [_field(11, _field(1, b"in") + _field(2, _floats(shape))), _field(12, _field(1, b"out"))]
    parts = [_field(1, 8), _field(7, b"".join(graph)), _field(8, _field(2, 13))]
    parts += _repeated(14, [_field(1, key.encode()) + _field(2, text.encode()) for key, text in notes.items()])
    return b"".join(parts)


def node(kind: str, inputs: Sequence[str], output: str) -> bytes:
    """One operator without attributes."""
    return b"".join(
        [*_repeated(1, [each.encode() for each in inputs]), _field(2, output.encode()), _field(4, kind.encode())]
    )


def _floats(shape: Sequence[int]) -> bytes:
    dims = b"".join(_repeated(1, [_field(1, side) for side in shape]))
    return _field(1, _field(1, 1) + _field(2, dims))


def _zeros(name: str, dims: Sequence[int]) -> bytes:
    return b"".join(
        [_field(1, side) for side in dims] + [_field(2, 1), _field(8, name.encode()), _field(9, bytes(4 * prod(dims)))]
    )


def _repeated(number: int, values: Sequence[bytes]) -> list[bytes]:
    return [_field(number, value) for value in values]


def _field(number: int, value: int | bytes) -> bytes:
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    return bytes([value]) if value < 0x80 else bytes([value & 0x7F | 0x80]) + _varint(value >> 7)
