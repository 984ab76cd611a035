"""Invented people: names, phone numbers and addresses that belong to nobody."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

T = TypeVar("T")

SURNAMES = tuple(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段"
)
SURNAMES += ("欧阳", "上官", "司马", "诸葛")
GIVEN = tuple(
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文辉玲峰宇浩然欣怡子涵梓轩雨桐思雅婷晨曦嘉俊"
    "豪佳琪诗琦一诺雪梅晓东志鹏海燕春兰国栋振宁"
)
# Prefixes in the shape of Chinese mobile numbers that, as far as is known, no carrier hands out to persons.
MOBILE_PREFIXES = ("142", "143", "160", "161", "163", "164", "168", "169", "179")

# Real places down to the district, so that addresses read like addresses; streets and estates are invented.
DISTRICTS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("浙江省", "杭州市", ("余杭区", "滨江区", "萧山区", "拱墅区")),
    ("浙江省", "金华市", ("义乌市", "婺城区", "东阳市")),
    ("广东省", "广州市", ("白云区", "天河区", "番禺区", "海珠区")),
    ("广东省", "深圳市", ("宝安区", "龙岗区", "南山区", "龙华区")),
    ("江苏省", "苏州市", ("吴江区", "昆山市", "相城区", "吴中区")),
    ("江苏省", "南京市", ("江宁区", "鼓楼区", "栖霞区")),
    ("四川省", "成都市", ("武侯区", "双流区", "郫都区", "青羊区")),
    ("湖北省", "武汉市", ("洪山区", "江夏区", "汉阳区")),
    ("山东省", "青岛市", ("市北区", "黄岛区", "即墨区")),
    ("河南省", "郑州市", ("金水区", "二七区", "中原区")),
    ("福建省", "厦门市", ("思明区", "集美区", "湖里区")),
    ("陕西省", "西安市", ("雁塔区", "未央区", "长安区")),
    ("上海", "上海市", ("浦东新区", "闵行区", "松江区", "嘉定区")),
    ("北京", "北京市", ("朝阳区", "海淀区", "通州区", "大兴区")),
    ("重庆", "重庆市", ("渝北区", "沙坪坝区", "九龙坡区")),
    ("新疆维吾尔自治区", "乌鲁木齐市", ("沙依巴克区", "新市区")),
)
STREET_STARTS = (
    "青枫", "云栖", "听松", "望湖", "星澜", "碧溪", "晴川", "锦桐",
    "梧月", "竹影", "白鹭", "采薇", "鹿鸣", "揽翠", "朝颜", "南絮",
)  # fmt: skip
STREET_ENDS = ("路", "街", "大道", "东路", "西街", "巷")
ESTATES = ("雅苑", "花园", "小区", "公寓", "家园", "华府", "新村", "国际城", "科技园", "大厦")
POINTS = ("门卫代收", "菜鸟驿站", "丰巢柜", "快递超市", "前台")

FIRST_NAMES = (
    "Alice", "Brian", "Carol", "Derek", "Elena", "Frank", "Gloria", "Henry", "Irene", "Jason", "Karen", "Leon",
    "Maria", "Nolan", "Olivia", "Peter", "Rosa", "Samuel", "Teresa", "Victor", "Wendy", "Xavier", "Yvonne", "Zachary",
)  # fmt: skip
LAST_NAMES = (
    "Abernal", "Brockwell", "Castellan", "Dunmore", "Eastlake", "Fairburn", "Garrow", "Hollins", "Ingleby", "Jessop",
    "Kimball", "Lorimer", "Marchetti", "Northcote", "Ormsby", "Pellegrin", "Quillan", "Rosewall", "Stanway", "Tremont",
)  # fmt: skip
US_STREETS = ("Larkmoor", "Old Quarry", "Pinehollow", "Copper Mill", "Wren Hill", "Saltmarsh", "Fallow Creek")
US_STREET_ENDS = ("St", "Ave", "Rd", "Ln", "Blvd", "Ct")
US_CITIES = (
    ("PORTLAND", "OR", 97), ("AUSTIN", "TX", 78), ("COLUMBUS", "OH", 43), ("DENVER", "CO", 80), ("TAMPA", "FL", 33),
    ("ALBANY", "NY", 12), ("FRESNO", "CA", 93), ("RALEIGH", "NC", 27), ("BOISE", "ID", 83), ("OMAHA", "NE", 68),
)  # fmt: skip
COMPANIES = ("Bluefinch Goods", "Tallow & Reed", "Northgate Parts", "Quince Paper Co", "Harbor Lamp Works")


@dataclass(frozen=True)
class Person:
    """Someone on a label. `place` is the city part of the address (`town` and more), `street` the rest."""

    name: str
    phone: str
    town: str
    place: str
    street: str
    postcode: str = ""
    company: str = ""

    @property
    def address(self) -> str:
        """Place and street in one line, as Chinese labels print them."""
        return self.place + self.street


def pick(rng: np.random.Generator, choices: Sequence[T]) -> T:
    """One of `choices`, all alike likely."""
    return choices[int(rng.integers(len(choices)))]


def digits(rng: np.random.Generator, count: int) -> str:
    """`count` random digits."""
    return "".join(map(str, rng.integers(0, 10, count)))


def chinese_person(rng: np.random.Generator) -> Person:
    """Someone with a Chinese name, a mobile (now and then a virtual or a landline number) and an address."""
    given = "".join(pick(rng, GIVEN) for _ in range(1 if rng.random() < 0.25 else 2))
    province, city, counties = pick(rng, DISTRICTS)
    name = pick(rng, SURNAMES) + given
    return Person(name, _chinese_phone(rng), city, province + city + pick(rng, counties), _chinese_street(rng))


def western_person(rng: np.random.Generator) -> Person:
    """Someone with a western name and a US address; the phone is from the 555-01xx range kept for fiction."""
    city, state, zone = pick(rng, US_CITIES)
    postcode = f"{zone}{digits(rng, 3)}-{digits(rng, 4)}"
    street = f"{rng.integers(100, 9999)} {pick(rng, US_STREETS)} {pick(rng, US_STREET_ENDS)}"
    if rng.random() < 0.3:
        street += f" Apt {rng.integers(1, 40)}"
    phone = f"({rng.integers(201, 989)}) 555-01{digits(rng, 2)}"
    name = f"{pick(rng, FIRST_NAMES)} {pick(rng, LAST_NAMES)}"
    company = pick(rng, COMPANIES) if rng.random() < 0.4 else ""
    return Person(name, phone, city, f"{city} {state} {postcode}", street, postcode, company)


def masked(person: Person) -> Person:
    """The same person as labels with privacy print them: `王**`, `142****0001`, the address in full."""
    stars = "*" * max(1, len(person.name) - 1)
    phone = person.phone
    hidden = phone[:3] + "****" + phone[7:] if len(phone) >= 11 and phone[0] == "1" else phone[:5] + "****"
    return replace(person, name=person.name[0] + stars, phone=hidden)


def _chinese_phone(rng: np.random.Generator) -> str:
    mobile = pick(rng, MOBILE_PREFIXES) + digits(rng, 8)
    kind = rng.random()
    if kind < 0.25:
        return f"{mobile}-{digits(rng, 4)}"
    return f"0{rng.integers(310, 999)}-{rng.integers(2, 9)}{digits(rng, 6)}" if kind < 0.3 else mobile


def _chinese_street(rng: np.random.Generator) -> str:
    road = f"{pick(rng, STREET_STARTS)}{pick(rng, STREET_ENDS)}{rng.integers(1, 999)}号"
    estate = f"{pick(rng, STREET_STARTS)}{pick(rng, ESTATES)}"
    flat = f"{rng.integers(1, 40)}栋{rng.integers(1, 6)}单元{rng.integers(1, 33)}0{rng.integers(1, 6)}室"
    return road + estate + flat + (pick(rng, POINTS) if rng.random() < 0.2 else "")
