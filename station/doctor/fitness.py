"""Is it fit for the work? Values in, findings out: pure. What each value has to be stands at the top."""

import statistics
from collections.abc import Sequence

from hardware.power import Throttled
from station.doctor.computer import Computer, Node
from station.doctor.finding import Finding, ok, problem, warning

HOT_C, TOO_HOT_C = 75.0, 84.0  # a Pi slows itself down at 80 to 85 C
DISK_LOW_MB, DISK_FULL_MB = 1000.0, 100.0
CMA_SPARE_MB = 20.0  # the screen's own buffers
DARK, BRIGHT = 40.0, 250.0  # grey levels: of the brightest part of a picture, and of the middle one
SENSOR_OFF_MM, SENSOR_WRONG_MM = 10.0, 20.0  # of the empty platform: sound makes 8 mm of 10 K
SENSOR_NOISE_MM = 3.0  # standard deviation of one reading: of 16 a millimetre is left

POWER_SUPPLY = "use the Raspberry Pi's own power supply, a short thick cable, and a supply apart for motors and lamp"


def supply(throttled: Throttled | None) -> Finding:
    """The 5 V: jobs are refused while they are too low, and a Pi that reboots in mid-job leaves a wet tool."""
    name = "power"
    if throttled is None:
        return warning(name, "nobody knows whether the supply is strong enough", "update the kernel")
    if Throttled.UNDERVOLTAGE in throttled:
        return problem(name, "the supply is too weak at this moment", POWER_SUPPLY)
    if Throttled.UNDERVOLTAGE_SINCE in throttled:
        return warning(name, "the supply was too weak at some time since the start", POWER_SUPPLY)
    return ok(name, "no undervoltage since the start")


def speed(throttled: Throttled) -> Finding:
    """Whether the processor is slowed down."""
    name = "processor speed"
    if throttled & (Throttled.CAPPED | Throttled.SLOWED | Throttled.WARM):
        return warning(name, "the processor is slowed down at this moment", "cool it, and see `power`")
    return ok(name, "the processor is not slowed down")


def temperature(celsius: float) -> Finding:
    """The processor's, in degrees Celsius."""
    name, seen = "temperature", f"{celsius:.0f} C"
    if celsius >= TOO_HOT_C:
        return problem(name, seen, "switch it off, let it cool, give it a heat sink with a fan")
    if celsius >= HOT_C:
        return warning(name, seen, "give it a heat sink with a fan, and the case some holes")
    return ok(name, seen)


def clock(synchronised: bool | None) -> Finding:
    """The calendar: a Pi has no clock of its own, and counts by the day come from it."""
    name = "clock"
    if synchronised is None:
        return warning(name, "nobody knows whether it is right", "sudo timedatectl set-ntp true")
    if not synchronised:
        return warning(name, "not set since the start", "connect the network once, or give it a clock with a battery")
    return ok(name, "set by the network")


def camera_memory(computer: Computer, needed_mb: float) -> Finding:
    """What the kernel keeps for the camera, against what its buffers need."""
    name = "camera memory"
    if not computer.camera_heap:
        return problem(name, "the kernel has no heap for the camera", "update Raspberry Pi OS")
    if computer.camera_heap == "system":
        return ok(name, "taken from all of the memory")
    seen = f"{computer.cma_free_mb:.0f} of {computer.cma_total_mb:.0f} MB are free, {needed_mb:.0f} are needed"
    if computer.cma_total_mb < needed_mb + CMA_SPARE_MB:
        more = "dtoverlay=vc4-kms-v3d,cma-384 in /boot/firmware/config.txt, or a smaller camera.width_px and height_px"
        return problem(name, seen, more)
    if computer.cma_free_mb < needed_mb:
        return problem(name, seen, "end whatever else uses camera or screen; restart the Raspberry Pi")
    return ok(name, seen)


def priority(highest: int, needed: int) -> Finding:
    """Of the real-time queue: without it steps come late."""
    name, seen = "real-time priority", f"{highest} may be had, {needed} is needed"
    if highest < needed:
        remedy = f"LimitRTPRIO={needed} in the unit, or `rtprio {needed}` for the user in /etc/security/limits.d"
        return problem(name, seen, remedy)
    return ok(name, seen)


def pwm(channels: int) -> Finding:
    """The kernel's own PWM, which dims the lamp and holds the lift without a flicker."""
    if not channels:
        return problem("pwm", "the kernel has no channel", "dtoverlay=pwm-2chan in /boot/firmware/config.txt, restart")
    return ok("pwm", f"{channels} channels")


def node(name: str, found: Node, connect: str) -> Finding:
    """A device file; `connect` is what to do where there is none."""
    if found.access == "missing":
        return problem(name, f"there is no {found.path}", connect)
    if found.access == "denied":
        return problem(
            name,
            f"{found.path} is there, but this user may not use it",
            f"sudo usermod -aG {found.group or 'GROUP'} USER with the user's name, then log in again",
        )
    return ok(name, f"{found.path} can be used")


def disk(free_mb: float, writable: bool, where: str) -> Finding:
    """Space and rights where counts are kept."""
    name, seen = "disk", f"{where}: {free_mb:.0f} MB free"
    if not writable:
        return problem(
            name, f"{where}: cannot be written", "give the folder to the station's user; is the card worn out?"
        )
    if free_mb < DISK_FULL_MB:
        return problem(name, seen, "make room: sudo journalctl --vacuum-size=100M, sudo apt clean")
    if free_mb < DISK_LOW_MB:
        return warning(name, seen, "make room: sudo journalctl --vacuum-size=100M, sudo apt clean")
    return ok(name, seen)


def light(brightest: float, middle: float, seen: str) -> Finding:
    """Of a picture in the lamp's light: the grey levels (0 to 255) of its brightest part and of its middle one."""
    name = "camera"
    if brightest < DARK:
        return problem(name, f"{seen}, all of it dark", "take the cap off the lens, see that the lamp shines")
    if middle > BRIGHT:
        return problem(name, f"{seen}, all of it white", "shade the platform; open the camera with the lamp on")
    return ok(name, seen)


def empty_platform(heights_mm: Sequence[float]) -> Finding:
    """What the distance sensor says of the empty platform, which is 0 mm high."""
    name = "distance sensor"
    mean_mm, noise_mm = statistics.fmean(heights_mm), statistics.stdev(heights_mm)
    seen = f"the empty platform is {mean_mm:+.1f} mm high, one reading differs from another by {noise_mm:.1f} mm"
    hang = "see that it hangs upright above an empty platform and nothing is in its way; clean it"
    if noise_mm > SENSOR_NOISE_MM or abs(mean_mm) > SENSOR_WRONG_MM:
        return problem(name, seen, f"{hang}; then `station calibrate camera`")
    if abs(mean_mm) > SENSOR_OFF_MM:
        return warning(name, seen, "station calibrate camera")
    return ok(name, seen)


def pins(factory: str, wanted: str) -> Finding:
    """By what the pins are driven: on a machine by lgpio, never by anything that only pretends."""
    if factory != wanted:
        remedy = "apt install python3-lgpio, in a venv that sees it; unset GPIOZERO_PIN_FACTORY"
        return problem("pins", f"driven by {factory}, not by {wanted}", remedy)
    return ok("pins", f"driven by {factory}")
