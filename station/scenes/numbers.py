"""Tracking numbers in the narrow forms of each courier, and the small codes printed around them."""

from collections.abc import Callable, Mapping

import numpy as np

from station.scenes.people import digits, pick

LETTERS = tuple("ABCDEFGHJKLMNPQRSTUVWXYZ")
S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)

Maker = Callable[[np.random.Generator], str]


def ups_number(rng: np.random.Generator) -> str:
    """`1Z`, 15 characters and the check digit (letters count (code - 3) mod 10, every second is doubled)."""
    body = "".join(pick(rng, LETTERS + tuple("0123456789")) for _ in range(6)) + digits(rng, 9)
    values = [int(c) if c.isdigit() else (ord(c) - 3) % 10 for c in body]
    total = sum(value * (1 + place % 2) for place, value in enumerate(values))
    return f"1Z{body}{-total % 10}"


def s10_number(rng: np.random.Generator) -> str:
    """A postal union item number: two letters, eight digits, check digit, CN."""
    body = digits(rng, 8)
    check = 11 - sum(int(c) * weight for c, weight in zip(body, S10_WEIGHTS, strict=True)) % 11
    return f"E{pick(rng, LETTERS)}{body}{ {10: 0, 11: 5}.get(check, check) }CN"


NUMBERS: Mapping[str, Maker] = {
    "ZTO": lambda rng: f"7{pick(rng, '34568')}{digits(rng, 12)}",
    "YTO": lambda rng: f"YT{digits(rng, 13)}",
    "STO": lambda rng: f"{pick(rng, ('77', '43'))}{digits(rng, 13)}",
    "Yunda": lambda rng: f"{pick(rng, '34')}{digits(rng, 14)}",
    "SF": lambda rng: f"SF{pick(rng, '12467')}{digits(rng, 12)}",
    "J&T": lambda rng: f"JT{digits(rng, 13)}",
    "JD": lambda rng: f"JDV{pick(rng, LETTERS)}{digits(rng, 11)}",
    "Deppon": lambda rng: f"DPK{digits(rng, 12)}",
    "EMS": lambda rng: s10_number(rng) if rng.random() < 0.4 else f"{pick(rng, '19')}{digits(rng, 12)}",
    "UPS": ups_number,
    "FedEx": lambda rng: digits(rng, 12),
    "USPS": lambda rng: f"94{digits(rng, 20)}",
    "DHL": lambda rng: digits(rng, 10),
}


def grouped(number: str, *sizes: int) -> str:
    """A number in groups as it is printed; the rest goes in fours."""
    groups: list[str] = []
    at = 0
    while at < len(number):
        size = sizes[len(groups)] if len(groups) < len(sizes) else 4
        groups.append(number[at : at + size])
        at += size
    return " ".join(groups)


def sort_code(rng: np.random.Generator) -> str:
    """A Chinese routing code such as `342-081-00 052` or `300A G262-00 F3`; not personal."""
    if rng.random() < 0.5:
        return f"{digits(rng, 3)}-{digits(rng, 3)}-00 {digits(rng, 3)}"
    hall, gate = f"{digits(rng, 3)}{pick(rng, 'ABC')}", f"{pick(rng, 'ABCDF')}{rng.integers(1, 9)}"
    return f"{hall} G{digits(rng, 3)}-{digits(rng, 2)} {gate}"
