"""A machine of real parts. They are had one after the other; when one cannot be had, the others are let go.

ENABLE comes first and is off until a job begins: whoever was here before may have left it on. The camera comes last,
for it opens in the lamp's light.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from gpiozero import DigitalInputDevice, OutputDevice

from hardware.camera.frames import Camera
from hardware.clock import WallClock
from hardware.distance import UltrasonicDistance
from hardware.errors import MachineFault, ShredError
from hardware.machine import Calibrated, Machine, Tool, quietly
from hardware.motion.carriage import Carriage
from hardware.motion.gpio import axes as gpio
from hardware.motion.gpio.lift import PERIOD_US, ServoLift
from hardware.motion.grbl.axes import GrblAxes, GrblLift
from hardware.motion.grbl.board import Board
from hardware.motion.hand import Hand, OnBoard, OnLines
from hardware.panel import LAMP_STEADY_S, Panel
from hardware.pins import Pins
from hardware.pwm import LAMP_HZ, PWM_FOLDER, Channel, KernelLamp, KernelPwm


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
        bench = _Bench(parts, header, pwm_folder, held)
        enable = bench.enable() if parts.hand else None
        lamp = bench.keep(KernelLamp(bench.pwm(parts.lamp, 1e6 / LAMP_HZ)))
        panel = bench.panel(lamp, known.sensor_height_mm)
        carriage = bench.carriage(parts.hand, enable) if parts.hand else None
        lamp.on()
        bench.clock.sleep(LAMP_STEADY_S)
        camera = parts.camera()
        lamp.off()
        return Machine(bench.clock, camera, known.lens, panel, carriage, parts.tool, (held.pop_all().close,))


class _Bench:
    """Where the parts are put together. What is kept is let go when `held` ends, the last first."""

    def __init__(self, parts: Parts, header: Header, pwm_folder: Path, held: ExitStack) -> None:
        self.parts, self.header, self.pwm_folder, self.held = parts, header, pwm_folder, held
        self.clock = WallClock()
        self.keep(header)

    def keep(self, part: P) -> P:
        self.held.callback(quietly, part.close)
        return part

    def had(self, name: str, make: Callable[..., P], *numbers: int, **more: object) -> P:
        """A part on pins, kept. What gpiozero and lgpio raise is told as a fault that names it."""
        try:
            return self.keep(make(*numbers, pin_factory=self.header.pins, **more))
        except ShredError:
            raise
        except Exception as error:
            raise MachineFault(
                f"{name} cannot be had ({error}): look which pins the configuration gives it and what else uses them"
            ) from error

    def pwm(self, channel: Channel, period_us: float) -> KernelPwm:
        return KernelPwm(channel, period_us, self.pwm_folder)

    def enable(self) -> OutputDevice:
        return self.had("ENABLE", OutputDevice, self.parts.pins.enable, active_high=False, initial_value=False)

    def panel(self, lamp: KernelLamp, sensor_height_mm: float) -> Panel:
        pins = self.parts.pins
        distance = self.had("the distance sensor", UltrasonicDistance, pins.trigger, pins.echo)
        return self.had("the panel", Panel, distance=distance, lamp=lamp, sensor_height_mm=sensor_height_mm, pins=pins)

    def carriage(self, hand: Hand, enable: OutputDevice) -> Carriage:
        return self.on_lines(hand, enable) if isinstance(hand, OnLines) else self.on_board(hand, enable)

    def on_lines(self, hand: OnLines, enable: OutputDevice) -> Carriage:
        pins, setup = self.parts.pins, hand.setup
        axes = 1 if self.parts.tool.kind == "roller" else 2
        steps = [pins.step_x, pins.direction_x, pins.step_y, pins.direction_y][: 2 * axes]
        ends = [pins.end_stop_x, pins.end_stop_y][:axes]
        end_stops = tuple(self.had("an end stop", gpio.EndStop, pin) for pin in ends)
        lift = ServoLift(
            hand.servo,
            self.keep(self.pwm(hand.channel, PERIOD_US)),
            self.had("the contact switch", DigitalInputDevice, pins.contact, pull_up=True),
            self.had("the switch at the top of the lift", DigitalInputDevice, pins.top, pull_up=True),
            self.clock,
        )
        moves = self.keep(gpio.GpioAxes(setup, self.header.waves(steps), enable, end_stops, self.clock))
        x, y = setup.home_mm
        park_mm = (x + gpio.BACK_OFF_MM, y + gpio.BACK_OFF_MM if axes == 2 else y)
        return Carriage(moves, lift, setup.limits, self.parts.tool.reach_mm, park_mm)

    def on_board(self, hand: OnBoard, enable: OutputDevice) -> Carriage:
        setup = hand.setup
        board = self.keep(Board(hand.port, setup, self.clock))
        lift = GrblLift(board, setup, self.clock)
        moves = self.keep(GrblAxes(board, enable))
        return Carriage(moves, lift, setup.limits, self.parts.tool.reach_mm, setup.home_mm[:2])
