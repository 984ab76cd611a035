"""Stands between the station and any real camera: what hangs, is late, broken or gone is found within two seconds.

A driver's calls run in threads of their own, since a camera's library may wait for ever, and closing it as well. A call
that hangs leaves its thread behind, by design: nothing in Python can end it. What fails is closed and opened anew
within the call that finds it, what gives bad pictures before the next one; an opening that takes longer serves a later
call.
"""

import contextlib
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import Protocol, TypeVar

from hardware.camera.flaws import Picture, flaw, preview_flaw
from hardware.camera.frames import Photo, Preview
from hardware.errors import CameraFault, CameraLost

T = TypeVar("T")
Flaw = Callable[[Picture, tuple[int, ...]], str]

PREVIEW_PX = 640  # wide
LIMIT_S = 2.0  # of every call: a camera that gives nothing good for so long is lost
ANSWER_S = 0.9  # of one try, so that there is time for another
OPEN_LIMIT_S = 15.0  # the first opening waits until exposure has settled
CLOSE_LIMIT_S = 1.0
LATE_S = 0.5  # a preview frame older than this shows where a hand was, not where it is
AGAIN_S = 0.1  # before the next try; a camera that was plugged in needs a moment
MOST_FAULTS = 3  # in a row, with a call that still hangs: this process will not get the camera back


@dataclass(frozen=True)
class Taken:
    """A picture, and when its exposure began (s, `time.monotonic`)."""

    picture: Picture
    time_s: float


class Driver(Protocol):
    """An open camera as its library drives it. Any call may hang, raise anything or hand over nonsense."""

    def preview(self) -> Taken: ...

    def photo(self) -> Taken: ...

    def close(self) -> None: ...


def preview_size(size_px: tuple[int, int]) -> tuple[int, int]:
    """Width and height of the preview of a picture of this size; both even, as YUV420 wants them."""
    return PREVIEW_PX, round(PREVIEW_PX * size_px[1] / size_px[0] / 2) * 2


class GuardedCamera:
    """A `Camera` whose every call ends within `limit_s`, with a fresh and whole picture or with a fault that says why.

    `open_driver` opens the camera; photographs are `size_px` (width, height). Raises `CameraFault` when the camera
    cannot be opened. A call raises `CameraFault` when there is no good picture, and `CameraLost` when calls hang and
    opening anew did not help.
    """

    def __init__(self, open_driver: Callable[[], Driver], size_px: tuple[int, int], limit_s: float = LIMIT_S) -> None:
        self._open_driver, self._limit_s = open_driver, limit_s
        width, height = preview_size(size_px)
        self._preview_shape, self._photo_shape = (height, width), (size_px[1], size_px[0], 3)
        self._hanging: set[Future[Taken]] = set()  # calls that have not come back
        self._faults = 0
        self._driver = _begun(open_driver)
        try:
            self._driver.result(OPEN_LIMIT_S)
        except Exception as error:
            raise _fault(_words(error)) from error

    def preview(self) -> Preview:
        """A grey frame (H x 640) that shows what is there now."""
        after_s = time.monotonic() - LATE_S
        taken = self._good(lambda driver: driver.preview(), preview_flaw, self._preview_shape, after_s)
        return Preview(taken.picture, taken.time_s)

    def photo(self, face_height_mm: float) -> Photo:
        """A full picture that was exposed after the call began."""
        taken = self._good(lambda driver: driver.photo(), flaw, self._photo_shape, time.monotonic())
        return Photo(taken.picture, taken.time_s, face_height_mm)

    def close(self) -> None:
        """Let the camera go; one that hangs is left to the end of the process."""
        with contextlib.suppress(Exception):
            _begun(lambda: self._driver.result(0).close()).result(CLOSE_LIMIT_S)

    # -- one good picture

    def _good(self, call: Callable[[Driver], Taken], flaw_of: Flaw, shape: tuple[int, ...], after_s: float) -> Taken:
        """Try until there is one, or the time is over; then the first trouble is told: others may follow from it."""
        until_s, first = time.monotonic() + self._limit_s, ""
        while (left_s := until_s - time.monotonic()) > AGAIN_S:
            try:
                taken = self._answer(call, left_s)
                trouble = "are late" if taken.time_s < after_s else flaw_of(taken.picture, shape)
                if not trouble:
                    self._faults = 0
                    return taken
                trouble = f"gives pictures that {trouble}"
            except Exception as error:
                trouble = _words(error)
                self._reopen()
            first = first or trouble
            time.sleep(AGAIN_S)
        self._reopen()
        raise self._counted(first)

    def _answer(self, call: Callable[[Driver], Taken], left_s: float) -> Taken:
        until_s = time.monotonic() + left_s
        driver = self._driver.result(left_s)
        answer = _begun(lambda: call(driver))
        self._hanging.add(answer)
        answer.add_done_callback(self._hanging.discard)
        return answer.result(min(ANSWER_S, self._limit_s / 2, until_s - time.monotonic()))

    def _reopen(self) -> None:
        """Close and open anew, unless that is already under way."""
        old = self._driver
        if old.done():
            self._driver = _begun(lambda: self._renewed(old))

    def _renewed(self, old: Future[Driver]) -> Driver:
        with contextlib.suppress(Exception):
            old.result().close()
        return self._open_driver()

    def _counted(self, trouble: str) -> CameraFault | CameraLost:
        """The fault, or the loss when faults repeat and something hangs that only the end of the process frees."""
        self._faults += 1
        if self._faults >= MOST_FAULTS and (self._hanging or not self._driver.done()):
            return CameraLost(f"the camera {trouble} and its driver hangs: restart the station, then the machine")
        return _fault(trouble)


def _begun(call: Callable[[], T]) -> Future[T]:
    """The call, under way in a thread that does not keep the process alive."""
    future: Future[T] = Future()

    def answer() -> None:
        try:
            future.set_result(call())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=answer, name="camera", daemon=True).start()
    return future


def _fault(trouble: str) -> CameraFault:
    return CameraFault(f"the camera {trouble}: check its cable and the light, then press reset")


def _words(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "gave no picture in time"
    return f"fails ({' '.join(str(error).split()) or type(error).__name__})"
