"""The kernel's PWM: pulses timed to a microsecond, whatever else the computer does.

gpiozero's own PWM on lgpio knows whole percents of duty, which is six places for a servo, and its periods wander, which
is a lamp that flickers in the picture. The kernel's is the hardware of a Pi's PWM pins (`dtoverlay=pwm-2chan`) or a
timer on any other (`dtoverlay=pwm-gpio`).
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from hardware.errors import MachineFault

PWM_FOLDER = Path("/sys/class/pwm")
UDEV_S = 2.0  # for udev to hand the files of a channel to the group gpio
LOOK_S = 0.02
# A whole number of periods in a half wave of the mains, 10 at 60 Hz and 12 at 50: every row of a picture gets the same.
LAMP_HZ = 1200


@dataclass(frozen=True)
class Channel:
    """Which PWM: `number` of `pwmchip<chip>`."""

    chip: int
    number: int


class KernelPwm:
    """One channel of a PWM chip, off until the first pulse.

    Raises `MachineFault` when there is no such channel, or no right to use it.
    """

    def __init__(self, channel: Channel, period_us: float, folder: Path = PWM_FOLDER) -> None:
        self.period_us = period_us
        self._chip = folder / f"pwmchip{channel.chip}"
        self._number = channel.number
        self._files = self._chip / f"pwm{channel.number}"
        try:
            self._export()
            if int((self._files / "duty_cycle").read_text()):  # of whoever was here before: no period may be below it
                self._write("duty_cycle", 0)
            self._write("period", round(period_us * 1000))  # a new channel refuses all else before it has one
            self._write("enable", 0)
        except OSError as error:
            raise MachineFault(
                f"PWM channel {channel.number} of {self._chip} cannot be used ({error.strerror}): is its overlay in "
                "config.txt, and the user in the group gpio?"
            ) from error

    def pulse(self, width_us: float) -> None:
        """A pulse of this width in every period from now on."""
        self._write("duty_cycle", round(width_us * 1000))
        self._write("enable", 1)

    def off(self) -> None:
        """No more pulses."""
        self._write("enable", 0)

    def close(self) -> None:
        """No more pulses, and the channel is let go."""
        self.off()
        (self._chip / "unexport").write_text(str(self._number))

    def _export(self) -> None:
        if not self._files.exists():
            (self._chip / "export").write_text(str(self._number))
        end_s = time.monotonic() + UDEV_S
        while not os.access(self._files / "period", os.W_OK) and time.monotonic() < end_s:
            time.sleep(LOOK_S)

    def _write(self, name: str, value: int) -> None:
        (self._files / name).write_text(str(value))


class KernelLamp:
    """A lamp dimmed by the kernel's PWM: it does not flicker in the picture. ::

        lamp = KernelLamp(KernelPwm(Channel(0, 0), 1e6 / LAMP_HZ))
        lamp.on()

    Connect it by a transistor to the pin of the channel.
    """

    def __init__(self, pwm: KernelPwm) -> None:
        self._pwm = pwm
        self._share = 0.0

    @property
    def value(self) -> float:
        """How bright, 0 to 1."""
        return self._share

    @value.setter
    def value(self, share: float) -> None:
        self._share = share
        self._pwm.pulse(share * self._pwm.period_us)

    def on(self) -> None:
        """As bright as it gets."""
        self.value = 1.0

    def off(self) -> None:
        """Dark."""
        self._share = 0.0
        self._pwm.off()

    def close(self) -> None:
        """Dark, and its channel let go."""
        self._pwm.close()
