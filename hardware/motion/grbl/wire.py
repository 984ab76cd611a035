"""The serial line to a GRBL board: characters out, whole lines in."""

import serial

from hardware.errors import MotionFault
from hardware.motion.axes import BoardLost
from hardware.motion.grbl.words import FAULTY_LINE

BAUD = 115_200  # what GRBL 1.1 is built with
WRITE_TIMEOUT_S = 0.5
LONGEST_LINE = 200  # characters; a status report with every field has about 120


class Wire:
    """`port` is a device such as /dev/serial/by-id/..., a name that stays the same when the board is plugged in anew.

    Every call raises `BoardLost` when the board is unplugged; the line is closed then, and may be opened again.
    """

    def __init__(self, port: str) -> None:
        self.port = port
        self._serial: serial.Serial | None = None
        self._rest = b""
        self._why = ""

    @property
    def is_open(self) -> bool:
        """Whether the line stands."""
        return self._serial is not None

    def open(self) -> None:
        """Open the port for this process alone."""
        self._rest = b""
        self._why = (
            f"the line to the motion board at {self.port} is lost: check its USB cable and its power, then press reset"
        )
        try:
            self._serial = serial.Serial(self.port, BAUD, timeout=0, write_timeout=WRITE_TIMEOUT_S, exclusive=True)
        except OSError as error:  # SerialException is one, too
            raise BoardLost(
                f"no motion board at {self.port}: plug it in, check its power and the port's name, then start again"
            ) from error

    def close(self, why: str = "") -> None:
        """Let the port go. `why` is what whoever still wants to use it is told."""
        self._why = why or self._why
        port, self._serial = self._serial, None
        if port is not None:
            port.close()

    def write(self, characters: bytes) -> None:
        """Send; blocks half a second at most."""
        try:
            self._opened().write(characters)
        except OSError as error:
            raise self._lost() from error

    def lines(self) -> list[str]:
        """The lines that have come in whole since the last call. Raises `MotionFault` for endless garbage."""
        try:
            came = self._rest + self._opened().read(4096)
        except OSError as error:
            raise self._lost() from error
        *whole, self._rest = came.split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            raise MotionFault(f"what the motion board sends has no line ends: {FAULTY_LINE}")
        return [line.decode("ascii", "replace").strip() for line in whole]

    def _opened(self) -> serial.Serial:
        if self._serial is None:
            raise self._lost()
        return self._serial

    def _lost(self) -> BoardLost:
        self.close()
        return BoardLost(self._why)
