"""Matrix codes whose finders were inked: their modules are sampled on a grid, and what is the same in every code of
that size is painted anew, as an attacker would who knows where the code was.
"""

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from hardware.camera.frames import Bgr, Grey
from station.vision.patch import Mask

Modules = NDArray[np.bool_]  # N x N, dark is True

_MODULE_MM = (0.25, 1.0)  # printed in the field
_EDGES_MM = (0.0, 0.4)  # a located code is given half a blur on every side (codes.py)
_SAYS_VERSION = 45  # modules: from here on a QR code says its version beside two finders
_MATRIX = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.DataMatrix])
_DATA_MATRIX = (10, 12, 14, 16, 18, 20, 22, 24, 26)  # modules; larger ones have finders inside as well
_SAMPLE_PX = 4  # per module, of which the middle counts
_GRIDS = 4  # the most telling ones are tried
_AROUND = 9  # modules of the local mean: ink is not equally dense everywhere
_PX = 3  # per module of the painted code; the decoder is told that nothing else is in the picture


@dataclass(frozen=True)
class Symbol:
    """What a code was before the ink. `template` is another QR code of the same version, correction and mask."""

    format: str
    text: str
    template: Modules | None


def known_symbol(bgr: Bgr) -> Symbol | None:
    """The QR code or Data Matrix that decodes in a picture."""
    found = zxingcpp.read_barcodes(bgr, formats=_MATRIX)
    return _symbol(found[0]) if found else None


def redrawn(grey: Grey, inside: Mask, px_per_mm: float, stood: Symbol) -> bool:
    """Whether the code that stood there is read again once its finders are painted anew. `grey` is H x W, lifted."""
    sizes = _DATA_MATRIX if stood.template is None else (len(stood.template),)
    grids = _grids(grey, inside, px_per_mm, sizes)
    codes = (_painted(np.rot90(modules, turns), stood) for modules in grids for turns in range(4))
    return any(stood.text in _decoded(code, stood.format) for code in codes)


def _symbol(code: zxingcpp.Barcode) -> Symbol:
    if code.format != zxingcpp.BarcodeFormat.QRCode:
        return Symbol(code.format.name, code.text, None)
    extra = cast(dict[str, str], code.extra)
    same = {"version": extra["Version"], "ec_level": extra["ECLevel"], "data_mask": extra["DataMask"]}
    template = zxingcpp.create_barcode("0", code.format, **same).to_image(scale=1, add_quiet_zones=False)
    return Symbol(code.format.name, code.text, np.array(template) < 128)


def _grids(grey: Grey, inside: Mask, px_per_mm: float, sizes: tuple[int, ...]) -> list[Modules]:
    """Modules on the grids that fit the place; the right one has the clearest light and dark."""
    corners = _corners(inside)
    side_px = float(np.linalg.norm(corners[1] - corners[0]) + np.linalg.norm(corners[3] - corners[0])) / 2
    found = []
    for edge_mm in _EDGES_MM:
        middle = corners.mean(axis=0)
        shrunk = middle + (corners - middle) * (1 - 2 * edge_mm * px_per_mm / side_px)
        for size in sizes:
            module_mm = side_px / px_per_mm / size
            if _MODULE_MM[0] <= module_mm <= _MODULE_MM[1]:
                found.append(_sampled(grey, shrunk.astype(np.float32), size))
    found.sort(key=lambda one: -float(np.abs(one).mean()))
    return [one < 0 for one in found[:_GRIDS]]


def _corners(inside: Mask) -> NDArray[np.float32]:
    """The place's corners, clockwise from the upper left, in px."""
    rows, columns = np.nonzero(inside)
    ends = [(columns + rows).argmin(), (columns - rows).argmax(), (columns + rows).argmax(), (columns - rows).argmin()]
    beyond = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
    return np.array([(columns[end], rows[end]) for end in ends], np.float32) + beyond.astype(np.float32)


def _sampled(grey: Grey, corners: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """The level of each module's middle above the mean around it."""
    full = size * _SAMPLE_PX
    target = np.array([[0, 0], [full, 0], [full, full], [0, full]], np.float32)
    flat = cv2.warpPerspective(grey, cv2.getPerspectiveTransform(corners - 0.5, target - 0.5), (full, full))
    cells = flat.astype(np.float32).reshape(size, _SAMPLE_PX, size, _SAMPLE_PX)[:, 1:-1, :, 1:-1].mean(axis=(1, 3))
    return np.asarray(cells - cv2.blur(cells, (_AROUND, _AROUND)), np.float32)


def _painted(modules: Modules, stood: Symbol) -> Modules:
    return _painted_data_matrix(modules) if stood.template is None else _painted_qr(modules, stood.template)


def _painted_qr(modules: Modules, template: Modules) -> Modules:
    """With finders, timing, and what is said of the correction and the mask beside the finders."""
    fixed = np.zeros(template.shape, np.bool_)
    fixed[:9, :9] = fixed[:9, -8:] = fixed[-8:, :9] = True
    fixed[6] = fixed[:, 6] = True
    if len(template) >= _SAYS_VERSION:
        fixed[:6, -11:] = fixed[-11:, :6] = True
    return np.where(fixed, template, modules)


def _painted_data_matrix(modules: Modules) -> Modules:
    """With its L and the dotted sides opposite."""
    code, steps = modules.copy(), np.arange(len(modules))
    code[0], code[:, -1] = steps % 2 == 0, steps % 2 == 1
    code[:, 0] = code[-1] = True
    return code


def _decoded(modules: Modules, symbology: str) -> list[str]:
    small = np.where(modules, 0, 255).astype(np.uint8).repeat(_PX, axis=0).repeat(_PX, axis=1)
    picture = np.pad(small, 4 * _PX, constant_values=255)
    format_ = getattr(zxingcpp.BarcodeFormat, symbology)
    return [one.text for one in zxingcpp.read_barcodes(picture, formats=format_, is_pure=True, try_invert=False)]
