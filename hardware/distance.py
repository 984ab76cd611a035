"""The real distance sensor: sound goes down to whatever lies under it, and comes back."""

import time
from collections import deque
from statistics import median
from threading import Event, Thread

from gpiozero import InputDevice, OutputDevice

from hardware.errors import MachineFault

SOUND_MM_S = 343_260.0  # in dry air of 20 degrees; `Panel.learn_empty` makes up for other weather
PULSE_S = 10e-6  # of the trigger (data sheet of the HC-SR04)
ECHO_S = 0.1  # the longest echo has 40 ms: nothing was there
GAP_S = 0.05  # until the last echo has died away
NEAREST_MM, FARTHEST_MM = 20.0, 1000.0  # what it can tell at all; the platform is half as far
KEPT, LEAST = 5, 3  # pings whose median is told, a third of a second of them, and below which it is none
FRESH_S = 2.0  # a box in somebody's hands throws the sound aside for a while
BEGINNING_S = 1.0


class UltrasonicDistance:
    """An ultrasonic sensor with trigger and echo, as the HC-SR04P or the RCWL-1601.

    Connect trigger and echo to a pin each. The echo must have 3.3 V: run the sensor on 3.3 V, or put a divider into
    the echo of one for 5 V. ::

        sensor = UltrasonicDistance(12, 7, pin_factory=chip.pins)
        print(sensor.distance_mm())

    `trigger` and `echo` are BCM numbers, `pin_factory` the gpiozero factory that owns them. It pings in a thread of
    its own; the kernel's times of the echo's edges count, so that a busy computer makes no box higher. gpiozero's
    own `DistanceSensor` repeats its last values for ever when no echo comes any more.

    Raises `MachineFault` when there is no echo within a second.
    """

    def __init__(self, trigger: int, echo: int, *, pin_factory: object) -> None:
        self._where = f"on pins {trigger} and {echo}"
        self._heard: deque[tuple[float, float]] = deque(maxlen=KEPT)  # when, mm
        self._rose: float | None = None  # of the echo, in ticks of the factory
        self._fell: float | None = None
        self._answered, self._over = Event(), Event()
        self._thread = Thread(target=self._listen, name="distance", daemon=True)
        self._trigger = OutputDevice(trigger, pin_factory=pin_factory)
        try:
            self._echo = InputDevice(echo, pull_up=False, pin_factory=pin_factory)
        except BaseException:
            self._trigger.close()
            raise
        self._echo.pin.edges = "both"
        self._echo.pin.when_changed = self._changed
        self._thread.start()
        self._await_first()

    def distance_mm(self) -> float:
        """The median of the last pings. Raises `MachineFault` when they found nothing within a metre."""
        since_s = time.monotonic() - FRESH_S
        fresh = [mm for at_s, mm in self._heard.copy() if at_s > since_s]
        if len(fresh) < LEAST:
            raise MachineFault(
                f"the distance sensor {self._where} hears no echo from within a metre: check its plug and its supply, "
                "look whether something soft or slanted lies under it, then press reset"
            )
        return median(fresh)

    def close(self) -> None:
        """No more pings, and the pins let go."""
        self._over.set()
        self._thread.join()
        self._trigger.close()
        self._echo.close()

    # -- the thread

    def _listen(self) -> None:
        while not self._over.wait(GAP_S):
            distance_mm = self._ping()
            if distance_mm is not None and NEAREST_MM <= distance_mm <= FARTHEST_MM:
                self._heard.append((time.monotonic(), distance_mm))

    def _ping(self) -> float | None:
        """One echo's way, mm; None when there is none, or it began before anybody listened."""
        self._answered.clear()
        self._rose = self._fell = None
        self._trigger.on()
        time.sleep(PULSE_S)
        self._trigger.off()
        self._answered.wait(ECHO_S)
        if self._rose is None or self._fell is None:
            return None
        return float(self._echo.pin_factory.ticks_diff(self._fell, self._rose)) * SOUND_MM_S / 2

    def _changed(self, ticks: float, high: int) -> None:
        if high:
            self._rose = ticks
        else:
            self._fell = ticks
            self._answered.set()

    def _await_first(self) -> None:
        end_s = time.monotonic() + BEGINNING_S
        while len(self._heard) < LEAST and time.monotonic() < end_s:
            time.sleep(GAP_S)
        try:
            self.distance_mm()
        except MachineFault:
            self.close()
            raise
