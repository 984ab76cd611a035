"""Exposure that goes with the mains: lamps flicker twice a period, and a row exposed for whole flickers shows none."""

from dataclasses import dataclass

Mains = int  # Hz: 50 or 60


@dataclass(frozen=True)
class Light:
    """What automatic exposure and white balance settled on, to be kept from then on. `colour_gains`: red, blue."""

    exposure_us: int
    gain: float
    colour_gains: tuple[float, float]


def flicker_us(mains_hz: Mains) -> int:
    """From one flicker of a lamp to the next: 10,000 at 50 Hz, 8,333 at 60 Hz."""
    return 500_000 // mains_hz


def without_flicker(found: Light, mains_hz: Mains) -> Light:
    """The same brightness, exposed for whole flickers: the longest time that is no longer than what was found.

    Light so strong that it is exposed for less than one flicker stays as it was found: it would clip.
    """
    flickers = found.exposure_us // flicker_us(mains_hz)
    if not flickers:
        return found
    exposure_us = flickers * flicker_us(mains_hz)
    return Light(exposure_us, found.gain * found.exposure_us / exposure_us, found.colour_gains)
