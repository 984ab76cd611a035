"""What the person touches and what the machine shows: guard, emergency stop, button, lamp, light, buzzer, distance."""

import statistics
from collections.abc import Callable
from typing import Protocol, TypeVar

from gpiozero import LED, Buzzer, Device, DigitalInputDevice

from hardware.pins import Pins

READINGS = 16  # their mean is a quarter of a reading's noise
LAMP_STEADY_S = 0.5  # until it is as bright as it gets
WEATHER = 0.04  # of the distance: 24 K away from where it was calibrated

D = TypeVar("D", bound=Device)


class Distance(Protocol):
    """A sensor beside the camera that looks straight down."""

    def distance_mm(self) -> float:
        """From the sensor to the nearest surface below it, mm. Raises `MachineFault` when it finds none."""


class Lamp(Protocol):
    """What lights the platform; `value` is how bright, 0 to 1."""

    value: float

    def on(self) -> None:
        """As bright as it gets."""

    def off(self) -> None:
        """Dark."""


class Contact(DigitalInputDevice):  # type: ignore[misc]  # gpiozero has no types
    """A contact to ground that is closed while all is well: what the guard and the emergency stop have in common.

    An opening, however short, is remembered until somebody asks, and `on_opening` is called at once, in the thread in
    which the pin factory tells of edges.
    """

    def __init__(self, pin: int, *, pin_factory: object = None) -> None:
        self._has_opened = False
        self.on_opening: Callable[[], None] = lambda: None
        super().__init__(pin, pull_up=True, pin_factory=pin_factory)
        self.when_deactivated = self._open

    def take_opening(self) -> bool:
        """Whether it is open, or was since the last call."""
        opened, self._has_opened = self._has_opened or not self.is_active, False
        return opened

    def _open(self) -> None:
        self._has_opened = True
        self.on_opening()


class Guard(Contact):
    """The switch on the lid or door of the machine.

    Connect one leg of a normally open switch, closed by the shut lid, to the pin and the other to ground. A broken
    wire then reads as an open lid. ::

        guard = Guard(5)
        print(guard.closed)

    `pin` is the BCM number, `pin_factory` the gpiozero factory that owns it.
    """

    @property
    def closed(self) -> bool:
        """True while the lid is shut."""
        return bool(self.is_active)


class EmergencyStop(Contact):
    """The red mushroom button, as sensed: its first contact cuts the motor supply without any software.

    Connect its second, normally closed contact between the pin and ground. Pressed, or with a broken wire, the pin
    is pulled high. ::

        emergency_stop = EmergencyStop(6)
        print(emergency_stop.pressed)

    `pin` is the BCM number, `pin_factory` the gpiozero factory that owns it.
    """

    @property
    def pressed(self) -> bool:
        """True from the press until the button is turned out again."""
        return not self.is_active


class PushButton(DigitalInputDevice):  # type: ignore[misc]
    """The start and pause button, which remembers a press until somebody asks.

    Connect one leg to the pin and the other to ground. ::

        button = PushButton(13)
        if button.take_press():
            print("pressed since last time")

    `pin` is the BCM number, `bounce_s` how long contacts may rattle and still count as one press (20 ms suits
    cheap ones), `pin_factory` the gpiozero factory that owns the pin.
    """

    def __init__(self, pin: int, *, bounce_s: float = 0.02, pin_factory: object = None) -> None:
        self._presses = 0
        super().__init__(pin, pull_up=True, bounce_time=bounce_s, pin_factory=pin_factory)
        self.when_activated = self._remember

    def take_press(self) -> bool:
        """Whether it was pressed since the last call."""
        pressed, self._presses = self._presses > 0, 0
        return pressed

    def _remember(self) -> None:
        self._presses += 1


class Panel:
    """All of the panel on one pin factory.

    Wire the parts as their classes say; status light and buzzer hang on the pin by a transistor each. ::

        from gpiozero.pins.lgpio import LGPIOFactory
        panel = Panel(LGPIOFactory(), distance=sensor, lamp=lamp)
        panel.lamp.value = 1.0
        if panel.guard.closed and not panel.emergency_stop.pressed:
            print(f"a box of {panel.height_mm():.0f} mm")

    `pin_factory` has no default, so that nothing ever falls back to a mock in silence; `distance` is the sensor that
    looks down, `sensor_height_mm` its height above the platform, `pins` the BCM numbers. Sensor and lamp belong to
    whoever made them.
    """

    def __init__(
        self,
        pin_factory: object,
        distance: Distance,
        lamp: Lamp,
        sensor_height_mm: float = 480.0,
        pins: Pins | None = None,
    ) -> None:
        pins = pins or Pins()
        self.lamp = lamp
        self._distance = distance
        self._sensor_height_mm = sensor_height_mm
        self._scale = 1.0  # of what the sensor says
        self._devices: list[Device] = []
        try:
            self.guard = self._own(Guard(pins.guard, pin_factory=pin_factory))
            self.emergency_stop = self._own(EmergencyStop(pins.emergency_stop, pin_factory=pin_factory))
            self.button = self._own(PushButton(pins.button, pin_factory=pin_factory))
            self.status = self._own(LED(pins.status, pin_factory=pin_factory))
            self.buzzer = self._own(Buzzer(pins.buzzer, pin_factory=pin_factory))
        except BaseException:
            self.close()
            raise

    def height_mm(self) -> float:
        """Height of whatever lies under the sensor above the platform, mm; about 0 for an empty platform."""
        return self._sensor_height_mm - self._scale * self._distance.distance_mm()

    def learn_empty(self) -> None:
        """Take what the sensor says now for the distance of the empty platform.

        The speed of sound changes by 0.17 % for each kelvin: 10 K are 8 mm on the platform. What is further off than
        any weather is no empty platform, or a fault of the sensor, and changes nothing.
        """
        said_mm = statistics.fmean(self._distance.distance_mm() for _ in range(READINGS))
        scale = self._sensor_height_mm / said_mm
        if abs(scale - 1) <= WEATHER:
            self._scale = scale

    def on_danger(self, let_go: Callable[[], None]) -> None:
        """Call `let_go` as soon as the guard opens or the emergency stop is pressed, whatever the program is doing."""
        self.guard.on_opening = self.emergency_stop.on_opening = let_go

    def dark(self) -> None:
        """Lamp, status light and buzzer off."""
        for device in (self.lamp, self.status, self.buzzer):
            device.off()

    def close(self) -> None:
        """Let all pins go."""
        while self._devices:
            self._devices.pop().close()

    def _own(self, device: D) -> D:
        self._devices.append(device)
        return device
