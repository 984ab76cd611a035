"""A machine of real parts. They are had one after the other; when one cannot be had, the others are let go.

ENABLE comes first and is off until a job begins: whoever was here before may have left it on. The camera comes last,
for it opens in the lamp's light.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from gpiozero import DigitalInputDevice, OutputDevice

from hardware.camera.frames import Camera
from hardware.clock import Clock, WallClock
from hardware.distance import UltrasonicDistance
from hardware.errors import MachineFault, ShredError
from hardware.machine import Calibrated, Machine, Tool, quietly
from hardware.motion.carriage import Carriage
from hardware.motion.gpio import axes as gpio
from hardware.motion.gpio.lift import PERIOD_US, Servo, ServoLift
from hardware.motion.grbl import settings as grbl
from hardware.motion.grbl.axes import GrblAxes, GrblLift
from hardware.motion.grbl.board import Board
from hardware.panel import Panel
from hardware.pins import Pins
from hardware.pwm import LAMP_HZ, PWM_FOLDER, Channel, KernelLamp, KernelPwm

LAMP_STEADY_S = 0.5  # until it is as bright as it gets


@dataclass(frozen=True)
class OnLines:
    """Motors on step and direction lines, and a servo on a PWM channel that lifts."""

    setup: gpio.Setup
    servo: Servo
    channel: Channel


@dataclass(frozen=True)
class OnBoard:
    """Motors on a GRBL board at a serial port."""

    setup: grbl.Setup
    port: str


Hand = OnLines | OnBoard


@dataclass(frozen=True)
class Parts:
    """What the machine is built of. `camera` opens the camera; `hand` is None where nothing moves."""

    tool: Tool
    hand: Hand | None
    camera: Callable[[], Camera]
    lamp: Channel
    pins: Pins


class Header(Protocol):
    """The pins of a Pi: `pins` is the factory for gpiozero, `waves` gives a group of lines that plays trains."""

    pins: Any

    def waves(self, lines: Sequence[int]) -> gpio.Waves: ...

    def close(self) -> None: ...


class Part(Protocol):
    """Whatever has to be let go."""

    def close(self) -> None: ...


P = TypeVar("P", bound=Part)


def built_machine(parts: Parts, known: Calibrated, header: Header, pwm_folder: Path = PWM_FOLDER) -> Machine:
    """The machine, drivers off, ready to home. `header` belongs to it from here on.

    Raises `MachineFault` or `ConfigError` for the part that cannot be had.
    """
    with ExitStack() as held:
        bench = _Bench(parts, header, held, pwm_folder)
        enable = None if parts.hand is None else bench.enable()
        lamp = bench.keep(KernelLamp(bench.pwm(parts.lamp, 1e6 / LAMP_HZ)))
        panel = bench.panel(lamp, known.sensor_height_mm)
        carriage = None if parts.hand is None else bench.carriage(parts.hand, enable)
        lamp.on()
        bench.clock.sleep(LAMP_STEADY_S)
        camera = parts.camera()
        lamp.off()
        return Machine(bench.clock, camera, known.lens, panel, carriage, parts.tool, (held.pop_all().close,))


@dataclass
class _Bench:
    """Where the parts are put together; what is kept is let go with `held`."""

    parts: Parts
    header: Header
    held: ExitStack
    pwm_folder: Path
    clock: Clock = field(default_factory=WallClock)

    def __post_init__(self) -> None:
        self.keep(self.header)

    def keep(self, part: P) -> P:
        self.held.callback(quietly, part.close)
        return part

    def pwm(self, channel: Channel, period_us: float) -> KernelPwm:
        return KernelPwm(channel, period_us, self.pwm_folder)

    def enable(self) -> OutputDevice:
        with _told("ENABLE"):
            pin = OutputDevice(
                self.parts.pins.enable, active_high=False, initial_value=False, pin_factory=self.header.pins
            )
        return self.keep(pin)

    def panel(self, lamp: KernelLamp, sensor_height_mm: float) -> Panel:
        pins, factory = self.parts.pins, self.header.pins
        with _told("the distance sensor"):
            distance = self.keep(UltrasonicDistance(pins.trigger, pins.echo, pin_factory=factory))
        with _told("the panel"):
            return self.keep(Panel(factory, distance, lamp, sensor_height_mm, pins))

    def carriage(self, hand: Hand, enable: OutputDevice) -> Carriage:
        return self.on_lines(hand, enable) if isinstance(hand, OnLines) else self.on_board(hand, enable)

    def on_lines(self, hand: OnLines, enable: OutputDevice) -> Carriage:
        pins, setup = self.parts.pins, hand.setup
        axes = 1 if self.parts.tool.kind == "roller" else 2
        steps = [pins.step_x, pins.direction_x, pins.step_y, pins.direction_y][: 2 * axes]
        end_stops = tuple(self.end_stop(pin) for pin in [pins.end_stop_x, pins.end_stop_y][:axes])
        lift = ServoLift(
            hand.servo,
            self.keep(self.pwm(hand.channel, PERIOD_US)),
            self.switch("the contact switch", pins.contact),
            self.switch("the switch at the top of the lift", pins.top),
            self.clock,
        )
        moves = self.keep(gpio.GpioAxes(setup, self.header.waves(steps), enable, end_stops, self.clock))
        x, y = setup.home_mm
        park_mm = (x + gpio.BACK_OFF_MM, y + gpio.BACK_OFF_MM if axes == 2 else y)
        return Carriage(moves, lift, setup.limits, self.parts.tool.reach_mm, park_mm)

    def end_stop(self, pin: int) -> gpio.EndStop:
        with _told("an end stop"):
            return self.keep(gpio.EndStop(pin, pin_factory=self.header.pins))

    def switch(self, name: str, pin: int) -> DigitalInputDevice:
        with _told(name):
            return self.keep(DigitalInputDevice(pin, pull_up=True, pin_factory=self.header.pins))

    def on_board(self, hand: OnBoard, enable: OutputDevice) -> Carriage:
        setup = hand.setup
        board = self.keep(Board(hand.port, setup, self.clock))
        lift = GrblLift(board, setup, self.clock)
        moves = self.keep(GrblAxes(board, enable))
        return Carriage(moves, lift, setup.limits, self.parts.tool.reach_mm, setup.home_mm[:2])


@contextmanager
def _told(part: str) -> Iterator[None]:
    """What gpiozero and lgpio raise, as a fault that names the part."""
    try:
        yield
    except ShredError:
        raise
    except Exception as error:
        raise MachineFault(
            f"{part} cannot be had ({error}): look which pins the configuration gives it and what else uses them"
        ) from error
