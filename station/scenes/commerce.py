"""What shops and makers print on adverts, receipts, packets and pages: no word of a courier, and nobody's data.

Their phones, addresses, sums and numbers are as long as a waybill's: whoever looks for one must tell them apart.
"""

import numpy as np

from station.scenes import people
from station.scenes.fonts import WESTERN, Pair
from station.scenes.people import digits, pick

WEST = (
    "New", "Fresh", "Summer", "Sale", "Free", "Coffee", "Organic", "Edition", "Volume", "Chapter", "Guide", "Energy",
    "Protein", "Sugar", "per 100 g", "Ingredients", "Best before", "Made in", "Warranty", "Model", "Garden",
    "Kitchen", "Garantie", "Neu", "Angebot", "Zutaten", "Rezept", "Recyclable", "Pull here", "This side up", "Fragile",
    "Handle with care", "Shake well", "Open daily", "Learn more", "Limited offer", "the", "and", "for your home",
    "since 1987", "with",
)  # fmt: skip
EAST = (
    "新品上市", "限时特价", "促销", "优惠券", "好评", "关注公众号", "扫码领取", "保质期", "净含量", "配料表",
    "营养成分", "生产日期", "产品说明", "合格证", "型号", "使用方法", "注意事项", "欢迎光临", "会员积分", "洗衣液",
    "牛奶", "茶叶", "运动鞋", "第一章", "目录", "轻拿轻放", "向上", "防潮", "厨房", "阳光", "健康生活", "全场五折起",
)  # fmt: skip
SUMS_WEST = ("Subtotal", "VAT 20 %", "TOTAL", "Card payment", "Cash", "Change")
SUMS_EAST = ("小计", "优惠", "合计", "实收", "找零", "积分")


def said(pair: Pair, rng: np.random.Generator, count: int) -> str:
    """A line of so many words in the script of the fonts, figures among them."""
    west = pair == WESTERN
    words = [pick(rng, WEST if west else EAST) if rng.random() < 0.8 else _nobody(west, rng) for _ in range(count)]
    parts = [word if rng.random() < 0.85 else digits(rng, int(rng.integers(1, 6))) for word in words]
    line = " ".join(parts) if west else "".join(parts)
    return line.upper() if west and rng.random() < 0.3 else line


def _nobody(west: bool, rng: np.random.Generator) -> str:
    """An author, a character of a tale, a cashier."""
    return pick(rng, people.FIRST_NAMES) if west else pick(rng, people.SURNAMES) * 2


def contact(pair: Pair, rng: np.random.Generator) -> str:
    """How a shop or a maker is to be reached, or what it is registered as: one line."""
    west = pair == WESTERN
    lines = (_western if west else _chinese)(rng)
    return lines[int(rng.integers(len(lines)))]


def _western(rng: np.random.Generator) -> tuple[str, ...]:
    city, state, zone = people.US_CITIES[int(rng.integers(len(people.US_CITIES)))]
    return (
        f"Tel: (555) {digits(rng, 3)}-{digits(rng, 4)}",
        "Customer service 1-800-555-0199",
        f"{digits(rng, 3)} {pick(rng, people.US_STREETS)} {pick(rng, people.US_STREET_ENDS)}",
        f"{city}, {state} {zone}{digits(rng, 3)}",
        "www.example.com/offers",
        f"VAT {digits(rng, 3)} {digits(rng, 3)} {digits(rng, 3)}",
        f"S/N {digits(rng, 12)}",
        f"ISBN 978-{digits(rng, 1)}-{digits(rng, 4)}-{digits(rng, 4)}-{digits(rng, 1)}",
    )


def _chinese(rng: np.random.Generator) -> tuple[str, ...]:
    province, city, parts = people.DISTRICTS[int(rng.integers(len(people.DISTRICTS)))]
    street = f"{pick(rng, people.STREET_STARTS)}{pick(rng, people.STREET_ENDS)}{digits(rng, 2)}号"
    return (
        f"客服热线:400-{digits(rng, 3)}-{digits(rng, 4)}",
        f"电话:0{digits(rng, 3)}-8{digits(rng, 6)}",
        f"地址:{province}{city}{pick(rng, parts)}{street}",
        f"产地:{province}{city}",
        "www.example.com",
        f"执行标准:GB/T {digits(rng, 5)}",
        f"许可证编号:SC{digits(rng, 14)}",
        f"流水号:{digits(rng, 16)}",
    )


def price(pair: Pair, rng: np.random.Generator) -> str:
    """What something costs; receipts leave the currency out."""
    sign = pick(rng, ("", "", "$", "€") if pair == WESTERN else ("", "", "¥"))
    return f"{sign}{int(rng.integers(1, 200))}.{digits(rng, 2)}"


def sums(pair: Pair) -> tuple[str, ...]:
    """What stands at the left below the goods of a receipt."""
    return SUMS_WEST if pair == WESTERN else SUMS_EAST
