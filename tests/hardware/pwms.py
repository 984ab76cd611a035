"""A folder as the kernel shows its PWM chips."""

from pathlib import Path


def channel(folder: Path, number: int = 0) -> Path:
    """One channel of chip 0 that somebody has left on."""
    files = folder / f"pwmchip0/pwm{number}"
    files.mkdir(parents=True)
    for name, value in (("period", 5_000_000), ("duty_cycle", 4_000_000), ("enable", 1)):
        (files / name).write_text(str(value))
    return files


def shown(files: Path) -> list[int]:
    """Period and duty in ns, and whether it is on."""
    return [int((files / name).read_text()) for name in ("period", "duty_cycle", "enable")]
