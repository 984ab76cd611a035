"""One page of PDF, exact in mm: black rectangles, lines of words, pictures in ink.

Lengths are mm from the paper's upper left, x right, y down; the file counts points (1/72 inch) from the lower left. Its
structure is that of PDF 1.4 (ISO 32000-1, chapter 7).
"""

import zlib

import numpy as np

from hardware.camera.frames import Grey

MM_TO_PT = 72 / 25.4
FONT_PT = 8.0


class Page:
    """A blank page. Print it at 100 %, "actual size", never "fit to page": the file asks for that, too."""

    def __init__(self, paper_mm: tuple[float, float]) -> None:
        self._paper_mm = paper_mm
        self._drawn: list[str] = []
        self._pictures: list[bytes] = []

    def rectangle(self, x: float, y: float, width: float, height: float) -> None:
        """A black one, its upper left at x, y."""
        self._drawn.append(f"{self._placed(x, y + height)} {_points(width, height)} re f\n")

    def words(self, x: float, y: float, told: str) -> None:
        """A line of ASCII in 8 points that begins at x and stands on y."""
        escaped = told.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
        self._drawn.append(f"BT /F1 {FONT_PT:g} Tf {self._placed(x, y)} Td ({escaped}) Tj ET\n")

    def picture(self, x: float, y: float, size_mm: tuple[float, float], ink: Grey) -> None:
        """Ink (H x W, 255 black) over a rectangle with its upper left at x, y."""
        width, height = size_mm
        name = f"Im{len(self._pictures)}"
        scale = f"{_points(width)} 0 0 {_points(height)} {self._placed(x, y + height)}"
        self._drawn.append(f"q {scale} cm /{name} Do Q\n")
        self._pictures.append(_image(ink))

    def pdf(self) -> bytes:
        """The file."""
        content = "".join(["0 g\n", *self._drawn]).encode("ascii")
        names = " ".join(f"/Im{k} {k + 6} 0 R" for k in range(len(self._pictures)))
        page = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {_points(*self._paper_mm)}] /Contents 4 0 R "
            f"/Resources << /Font << /F1 5 0 R >> /XObject << {names} >> >> >>"
        )
        return _document(
            b"<< /Type /Catalog /Pages 2 0 R /ViewerPreferences << /PrintScaling /None >> >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            page.encode("ascii"),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            *self._pictures,
        )

    def _placed(self, x: float, y: float) -> str:
        return _points(x, self._paper_mm[1] - y)


def _points(*lengths_mm: float) -> str:
    return " ".join(f"{length * MM_TO_PT:.4f}" for length in lengths_mm)


def _image(ink: Grey) -> bytes:
    """An image object; its rows from the top, as in an array."""
    rows, columns = ink.shape
    packed = zlib.compress(np.ascontiguousarray(255 - ink).tobytes(), 9)
    head = (
        f"<< /Type /XObject /Subtype /Image /Width {columns} /Height {rows} /ColorSpace /DeviceGray "
        f"/BitsPerComponent 8 /Filter /FlateDecode /Length {len(packed)} >>"
    )
    return b"%s\nstream\n%s\nendstream" % (head.encode("ascii"), packed)


def _document(*objects: bytes) -> bytes:
    """A PDF file of numbered objects, the first of which is its catalogue."""
    out, starts = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % start for start in starts)
    end = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return bytes(out) + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table) + end
