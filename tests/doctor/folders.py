"""Folders that look to the doctor like a computer: a Raspberry Pi 4 on which all is well, to begin with."""

from pathlib import Path

LIMITS = "Max open files 1024 524288 files\nMax realtime priority     {0}                   {0}\n"


def write(root: Path, name: str, text: str) -> None:
    """One file, with the folders above it."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(text)


def healthy_pi(root: Path) -> Path:
    """Everything that a built machine wants of its computer."""
    write(root, "proc/device-tree/model", "Raspberry Pi 4 Model B Rev 1.5\0")
    write(root, "proc/meminfo", "MemTotal: 3884360 kB\nCmaTotal:         524288 kB\nCmaFree:          441276 kB\n")
    write(root, "proc/self/limits", LIMITS.format(10))
    write(root, "sys/devices/platform/soc/soc:firmware/get_throttled", "0\n")
    write(root, "sys/class/hwmon/hwmon0/name", "cpu_thermal\n")
    write(root, "sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    write(root, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "0\n")
    write(root, "sys/class/thermal/thermal_zone0/temp", "48312\n")
    write(root, "sys/class/pwm/pwmchip0/npwm", "2\n")
    write(root, "run/systemd/timesync/synchronized", "")
    for name in ("gpiochip0", "media0", "dma_heap/linux,cma"):
        write(root, f"dev/{name}", "")
    (root / "dev/dma_heap/vidbuf_cached").symlink_to("linux,cma")
    return root
