"""A twin's world in a thread of its own, at the wall's pace, and machines of real parts wired to its pins."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hardware.built import Parts
from hardware.camera.frames import Camera, Photo, Preview
from hardware.camera.guard import GuardedCamera
from hardware.errors import MotionFault
from hardware.machine import Marker, tool_as_drawn
from hardware.motion.gpio.axes import Setup, Waves
from hardware.motion.gpio.lift import Servo
from hardware.motion.gpio.train import Train
from hardware.motion.hand import Hand, OnBoard, OnLines
from hardware.motion.profile import Limits
from hardware.pins import Pins
from hardware.pwm import Channel
from hardware.twin.axes import TwinMotors
from hardware.twin.camera import TwinCamera
from hardware.twin.distance import TwinDistance
from hardware.twin.grbl.board import TwinGrbl
from hardware.twin.grbl.hand import STEPS_PER_MM, settings, setup
from hardware.twin.world import World
from tests.hardware.drivers import SIZE_PX, Plan, good
from tests.hardware.echoes import sensor_on
from tests.hardware.pwms import channel

LAMP, LIFT = Channel(0, 0), Channel(0, 1)
ON_LINES = OnLines(Setup(Limits(), home_mm=(-45.0, -15.0), travel_mm=455.0), Servo(2000.0, 1000.0, 250.0, -5.0), LIFT)


class Trains:
    """A group of lines that nothing hangs on."""

    queued = 0

    def __init__(self, lines: Sequence[int]) -> None:
        self.lines = list(lines)
        self.closed = False

    def send(self, train: Train) -> None:
        raise MotionFault("nothing hangs on these lines")

    def close(self) -> None:
        self.closed = True


class Header:
    """The world's pins, as a chip gives them."""

    def __init__(self, world: World) -> None:
        self.pins = world.pins
        self.groups: list[Trains] = []
        self.closed = False

    def waves(self, lines: Sequence[int]) -> Waves:
        self.groups.append(Trains(lines))
        return self.groups[-1]

    def close(self) -> None:
        self.closed = True


class Onlooker(TwinCamera):
    """The world's camera, from another thread than the world's own."""

    def __init__(self, world: World, moment: threading.Lock) -> None:
        super().__init__(world)
        self._moment = moment
        self.previews = 0

    def preview(self) -> Preview:
        self.previews += 1
        with self._moment:
            return super().preview()

    def photo(self, face_height_mm: float) -> Photo:
        with self._moment:
            return super().photo(face_height_mm)


class Bench:
    """A world that a real machine stands in: `header` has its pins, `pwm_folder` its PWM, `port` its GRBL board."""

    def __init__(self, folder: Path) -> None:
        self.world = World(1, speed=1.0)
        self.world.drive_pins()
        self.header = Header(self.world)
        self.pwm_folder = folder
        self.lamp, self.lift = channel(folder, LAMP.number), channel(folder, LIFT.number)
        self.distance = TwinDistance(self.world)
        sensor_on(self.world.pins, self.distance.distance_mm)
        self.setup = setup(Limits(), None)
        self.board = TwinGrbl(self.world, TwinMotors(self.world, 1 / STEPS_PER_MM, (0, 1)), settings(self.setup))
        self.moment = threading.Lock()  # whoever has it moves the world
        self.camera = Onlooker(self.world, self.moment)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._live)

    def on_board(self) -> OnBoard:
        return OnBoard(self.setup, self.board.wire.port)

    # -- time

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time passes in the world."""
        self._thread.start()
        try:
            yield
        finally:
            self._over.set()
            self._thread.join()
            self.board.close()

    def _live(self) -> None:
        while not self._over.is_set():
            with self.moment:
                self.world.clock.sleep(0.02)


def parts(hand: Hand | None, kind: Marker = "gantry", camera: Callable[[], Camera] | None = None) -> Parts:
    """A machine as drawn, with a camera that gives good pictures."""
    return Parts(tool_as_drawn(kind, 100.0), hand, camera or (lambda: GuardedCamera(Plan(good), SIZE_PX)), LAMP, Pins())
