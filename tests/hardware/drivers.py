"""A camera driver whose behaviour is written down call by call."""

import time
from collections.abc import Callable, Iterator
from functools import cache
from itertools import chain, repeat
from threading import Event

import numpy as np

from hardware.camera.flaws import Picture
from hardware.camera.guard import Driver, Taken

SIZE_PX = (1280, 720)
PREVIEW_SHAPE, PHOTO_SHAPE = (360, 640), (720, 1280, 3)


@cache
def scene(shape: tuple[int, ...], level: int = 120) -> Picture:
    """A picture of noise around a grey level, as a sensor gives it."""
    noise = np.random.default_rng(1).integers(-2, 3, shape, np.int8)
    return (noise + level).astype(np.uint8)


def good(shape: tuple[int, ...]) -> Taken:
    return Taken(scene(shape), time.monotonic())


def pictured(picture: Picture) -> Callable[[tuple[int, ...]], Taken]:
    """Hands over this picture, whatever was asked for."""
    return lambda shape: Taken(picture, time.monotonic())


def late(shape: tuple[int, ...]) -> Taken:
    """A picture from ten seconds ago."""
    return Taken(scene(shape), time.monotonic() - 10.0)


def dies(shape: tuple[int, ...]) -> Taken:
    raise OSError(19, "No such device")


class Hang:
    """Does not come back until the test is over."""

    def __init__(self) -> None:
        self.over = Event()

    def __call__(self, shape: tuple[int, ...]) -> Taken:
        self.over.wait()
        return good(shape)


Behaviour = Callable[[tuple[int, ...]], Taken]


class Plan:
    """Opens drivers that behave call by call as planned, and from the last one on alike."""

    def __init__(self, *calls: Behaviour) -> None:
        self.history: list[str] = []
        self.calls: Iterator[Behaviour] = chain(calls, repeat(calls[-1]))

    def __call__(self) -> Driver:
        self.history.append("open")
        return _Planned(self)


class _Planned:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def preview(self) -> Taken:
        return next(self._plan.calls)(PREVIEW_SHAPE)

    def photo(self) -> Taken:
        return next(self._plan.calls)(PHOTO_SHAPE)

    def close(self) -> None:
        self._plan.history.append("close")
