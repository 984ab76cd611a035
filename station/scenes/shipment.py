"""What one label says: who sends what to whom under which number."""

from dataclasses import dataclass

import numpy as np

from station.scenes.numbers import NUMBERS, sort_code
from station.scenes.people import STREET_STARTS, Person, chinese_person, digits, masked, pick, western_person

WESTERN = ("UPS", "FedEx", "USPS", "DHL")
GOODS = (
    "日用品", "服装 女款 连衣裙 黑色", "文件", "数码配件 数据线*2", "食品 坚果礼盒",
    "图书 3本", "鞋 42码 白色", "化妆品", "母婴用品", "汽车配件",
)  # fmt: skip
REMARKS = (
    "麻烦送到门口，不要放驿站", "易碎品轻拿轻放，谢谢", "送朋友的生日礼物，别放小票", "下班后再送，家里有老人休息",
    "请电话联系后派送", "帮我挑新鲜一点的，谢谢老板", "放门卫老张处即可",
)  # fmt: skip
MASKED_SHARE = 0.35
REMARK_SHARE = 0.5
ORDER_SHARE = 0.6


@dataclass(frozen=True)
class Shipment:
    """The words of one label. `remark` and `order` may be empty; the other fields never are."""

    courier: str
    number: str
    recipient: Person
    sender: Person
    sort_code: str
    hub: str
    goods: str
    remark: str
    order: str
    date: str
    weight: str


def shipment(courier: str, rng: np.random.Generator) -> Shipment:
    """An invented shipment with a courier."""
    make = western_person if courier in WESTERN else chinese_person
    recipient, sender = make(rng), make(rng)
    if courier not in WESTERN and rng.random() < MASKED_SHARE:
        recipient, sender = masked(recipient), masked(sender)
    return Shipment(
        courier=courier,
        number=NUMBERS[courier](rng),
        recipient=recipient,
        sender=sender,
        sort_code=sort_code(rng),
        hub=f"{recipient.town}-{pick(rng, STREET_STARTS)}集散",
        goods=pick(rng, GOODS),
        remark=pick(rng, REMARKS) if rng.random() < REMARK_SHARE else "",
        order=digits(rng, 18) if rng.random() < ORDER_SHARE else "",
        date=_date(rng),
        weight=f"{rng.uniform(0.1, 9):.2f}",
    )


def _date(rng: np.random.Generator) -> str:
    """A moment of 2025, to the second."""
    month, day, hour = rng.integers(1, 13), rng.integers(1, 29), rng.integers(24)
    return f"2025-{month:02d}-{day:02d} {hour:02d}:{rng.integers(60):02d}:{rng.integers(60):02d}"
