"""What an ONNX file says about itself, without a library for it.

The file is one protobuf message (https://protobuf.dev/programming-guides/encoding/): a row of fields, each a number, a
wire type and a value.
"""

from collections.abc import Iterator
from pathlib import Path

_METADATA = 14  # ModelProto.metadata_props in onnx.proto: messages of a key (1) and a value (2)
_VARINT, _LENGTH = 0, 2  # wire types
_FIXED_BYTES = {1: 8, 5: 4}


def metadata(path: Path) -> dict[str, str]:
    """The notes in a model, such as the characters that a reader knows."""
    notes = (dict(_parts(value)) for number, value in _parts(memoryview(path.read_bytes())) if number == _METADATA)
    return {bytes(note[1]).decode(): bytes(note[2]).decode() for note in notes}


def _parts(message: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The texts, bytes and messages in a message, with their field numbers; numbers are passed over."""
    at = 0
    while at < len(message):
        key, at = _varint(message, at)
        number, wire_type = key >> 3, key & 7
        if wire_type == _VARINT:
            _, at = _varint(message, at)
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
