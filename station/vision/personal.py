"""Which lines of a label are personal. Ink goes by location: every line is personal but those on a short allow list.

What was read decides what may stay, never what may be missed: a line that was read badly, or that nobody knows, is
covered as `remark`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from hardware.camera.frames import Points
from station.vision.seen import Kind

_SURE = 0.75  # a reading below this frees nothing
_IN_CELL_MM = 22.0  # how far right of a lone heading its name or address stands
_CODE_TAIL = 6  # characters of a decoded code that name it

# A mobile number of China, in full or masked
MOBILE = (
    r"(?<!\d)(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4}(?:\s*(?:[-,_#]|转|分机|ext\.?)\s*\d{1,6})?(?!\d)"
    r"|(?<!\d)1[3-9]\d\s?[*xX●•·.]{3,}\s?\d{0,4}(?!\d)"
)
_PHONES = (
    MOBILE,
    r"(?<!\d)\(?0\d{2,3}\)?[-\s]?[2-9]\d{6,7}(?:\s*(?:-|转|分机)\s*\d{1,6})?(?!\d)",
    r"(?<!\d)[48]00[-\s]?\d{3}[-\s]?\d{4}(?!\d)",
    r"\+\d{1,3}[-\s]?\(?\d{1,4}\)?(?:[-\s]?\d{2,4}){2,4}",
    r"(?<!\d)\(?\d{3}\)?[-\s.]\d{3}[-\s.]\d{4}(?!\d)",
    r"(?i:\b(?:tel|phone|mobile|fax)\b|电话|手机|联系方式)[^\d]{0,4}\d",
)
PHONE = "|".join(f"(?:{one})" for one in _PHONES)
_PHONE = re.compile(PHONE)
_ID_NUMBER = re.compile(r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?!\d)")
_NUMBER = re.compile(r"[A-Za-z0-9]{10,34}")  # any run this long identifies a parcel; courier patterns all overlap here
_SPACED_NUMBER = re.compile(r"(?:[A-Za-z0-9]+[ \-.*/]{1,2}){1,12}[A-Za-z0-9]+")
_LEAST_DIGITS = 6
_ORDER = re.compile(r"(?i:订单|单号|编号|order|reference|\bref\b|\bpo\b|invoice|referenz)")
_RECIPIENT = re.compile(
    r"(?i:^\W*(?:收|寄|发|派|到)(?:件|货|方)?(?:人|地址|方)?(?:\W|$)"
    r"|\b(?:ship to|ship from|to|from|an|von|till)\s*:)"
)
_NAME_TITLE = re.compile(r"先生|女士|小姐|老师|[\u4e00-\u9fa5]\*|(?i:\b(?:mr|mrs|ms|dr)\b)")
_ADDRESS_WORDS = (
    "省|自治区|市|盟|区|县|旗|镇|乡|街道|路|街|巷|弄|号|栋|幢|座|楼|单元|层|室|村|小区|苑|花园|大厦|公寓|驿站"
)
_ADDRESS = re.compile(
    rf"{_ADDRESS_WORDS}|(?i:\b(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|blvd|boulevard|suite|apt|strasse|gatan"
    r"|platz|way|court|ct|box)\b|straße|\b[A-Z]{2}\s+\d{5}(?:-\d{4})?\b)"
)

_ROUTINGS = (
    r"\d{3}[A-Z]?[- ][A-Z]?\d{2,3}-\d{2}(?: [A-Z]?\d{1,3})?",  # Chinese couriers
    r"[A-Z]{2,3} \d{3} \d{1,2}-\d{2}",  # UPS: state and routing code
    r"[A-Z]{2}-[A-Z]{3}-[A-Z0-9]{3}",  # DHL: country, gateway, facility
    r"[A-Z]{2} \d{0,2}[A-Z]{3,5}",  # FedEx: ramp
)
ROUTING = "|".join(f"(?:{one})" for one in _ROUTINGS)
_ROUTING = re.compile(ROUTING)
_HUB = re.compile(r"[\u4e00-\u9fa5]{2,8}[-—][\u4e00-\u9fa5]{1,8}(?:集散|分拨|中转|转运)(?:中心|站|场|部)?")
_DATE = re.compile(
    r"(?i:(?:ship ?)?date:? ?)?(?:20)?\d{2}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?: ?\d{1,2}:\d{2}(?::\d{2})?)?"
    r"|\d{1,2}:\d{2}(?::\d{2})?"
)
_WEIGHT = re.compile(
    r"(?i:(?:重量|计费重量|weight|(?:act|bill)?wgt|wt)?:? ?\d{1,3}(?:[.,]\d{1,3})? ?(?:kg|g|lb|lbs|公斤|千克)"
    r"|\d/\d|\d of \d)"
)
_MAY_STAY = """
    顺丰速运 顺丰 中通快递 中通 圆通速递 圆通 申通快递 申通 韵达快递 韵达速递 韵达 极兔速递 极兔 京东物流 京东快递 京东
    中国邮政 中国邮政ems 邮政 ems 德邦快递 德邦 菜鸟 菜鸟速递 丹鸟 百世快递 优速快递 ups fedex usps dhl dpd gls
    dhlpaket ups2nddayair upsground upsnextdayair fedexground priorityovernight standardovernight prioritymail
    express expressworldwide ground 标准快递 特快 特惠 标快 陆运 空运 电子面单 快递包裹 普快 精准卡行 精准 卡行
    标准件 特快专递
    已验视 实名认证 实名验证 已检视 已安检 收 寄 收件 寄件 收件人 寄件人 收方 寄方 发件人 派件 签收 签收人 签收人/时间
    签收栏 签名 收件人签名 客户签收 时间 日期 备注 品名 物品 数量 重量 件数 运费 代收 到付 保价 打印时间 服务
    第一联 第二联 存根联 收件联 寄件联
    to from shipto ship shipfrom tracking trackingnumber tracking# shipment shipmentidnumber shipmentid idnumber
    billing billingpp billing:p/p weight date gewicht anzahl von an leitcode/routingcode identcode/licenseplate
    gogreen kontaktabsender kontaktempfänger
"""
_PRODUCT_WORDS = """
    ups usps fedex dhl dpd gls ems ground priority first class mail express worldwide saver standard overnight home
    delivery next 2nd day air 2day economy international us postage paid tracking # domestic
"""
_PRODUCTS = frozenset(_PRODUCT_WORDS.split())  # a line of nothing else is a service, in any order
_WORDS = frozenset(_MAY_STAY.split())  # as `allowed` compares them: without blanks, in lower case


@dataclass(frozen=True)
class Line:
    """A line of a label: its quad (4 x 2, mm from the label's upper left), what was read and how surely."""

    quad_mm: Points
    text: str = field(repr=False)
    confidence: float


def kinds(lines: Sequence[Line], code_texts: Sequence[str] = ()) -> list[Kind]:
    """The kind of every line; `code_texts` is what the label's codes hold."""
    texts = [normalised(line.text) for line in lines]
    found = [_kind(text, line.confidence, code_texts) for text, line in zip(texts, lines, strict=True)]
    headings = [one for one, text in zip(lines, texts, strict=True) if len(text) <= 6 and _RECIPIENT.search(text)]
    for index, line in enumerate(lines):
        if found[index] == "remark" and _heading_left(line, headings):
            found[index] = "address" if len(texts[index]) > 6 else "name"
    return found


def normalised(text: str) -> str:
    """Half width, one kind of blank, no blanks at the ends."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text).replace("＊", "*")).strip()


def telling(text: str, articles: Sequence[str] = ()) -> bool:
    """Whether a line is personal by what it says: enough to be covered beside a label, or where one was.

    The number below the code of an article, as cartons carry it, is not.
    """
    plain = normalised(text)
    if _repeats_code(plain, articles):
        return False
    return _identifies(plain) is not None or (bool(_RECIPIENT.search(plain)) and len(plain) > 1)


def _kind(text: str, confidence: float, code_texts: Sequence[str]) -> Kind:
    routing = _ROUTING.fullmatch(text) is not None  # a QR code holds it, too
    sure = None if routing else _identifies(text)
    if sure:
        return "order" if _ORDER.search(text) else sure
    if not routing and _repeats_code(text, code_texts):
        return "number"
    return "other" if may_stay(text, confidence) else _guessed(text)


def _guessed(text: str) -> Kind:
    """What a personal line is most likely; it is covered whatever it is."""
    if _ORDER.search(text):
        return "order"
    if _ADDRESS.search(text):
        return "address"
    return "name" if _NAME_TITLE.search(text) or _RECIPIENT.search(text) else "remark"


def may_stay(text: str, confidence: float) -> bool:
    """Whether a line was read surely enough as something that identifies nobody."""
    return confidence >= _SURE and allowed(normalised(text))


def allowed(text: str) -> bool:
    """Whether a line, normalised, may stay: courier, product, routing code, heading, date, weight; nothing else."""
    if "*" in text:  # masked is not harmless: what it hides behind is somebody
        return False
    bare = text.strip(" :;.,-[]()|#").casefold()
    patterns = (_ROUTING, _HUB, _DATE, _WEIGHT)
    known = bare.replace(" ", "") in _WORDS or (bool(bare) and set(text.casefold().split()) <= _PRODUCTS)
    return known or any(pattern.fullmatch(text.strip(" :")) for pattern in patterns)


def _identifies(text: str) -> Kind | None:
    """Phone or number, whatever else the line says. O and l among digits are read as 0 and 1."""
    readings = (text, _as_digits(text))
    if any(_PHONE.search(reading) for reading in readings):
        return "phone"
    return "number" if any(_ID_NUMBER.search(reading) or _long_number(reading) for reading in readings) else None


def _as_digits(text: str) -> str:
    return re.sub(r"(?<=[\d*])[OoQ](?=[\d*]|$)|(?<=\d)[lI|](?=\d|$)", lambda hit: "0" if hit[0] in "OoQ" else "1", text)


def _long_number(text: str) -> bool:
    if _DATE.fullmatch(text):
        return False
    runs = [hit[0] for hit in _NUMBER.finditer(text)]
    runs += [re.sub(r"[^A-Za-z0-9]", "", hit[0]) for hit in _SPACED_NUMBER.finditer(text)]
    return any(len(run) >= 10 and sum(one.isdigit() for one in run) >= _LEAST_DIGITS for run in runs)


def _repeats_code(text: str, code_texts: Sequence[str]) -> bool:
    bare = re.sub(r"[^A-Za-z0-9]", "", text).upper()
    return len(bare) >= _CODE_TAIL and any(bare in re.sub(r"[^A-Za-z0-9]", "", code).upper() for code in code_texts)


def _heading_left(line: Line, headings: Sequence[Line]) -> bool:
    """Whether a lone 收, 寄, To or From stands left of the line, within its cell."""
    for other in headings:
        gap = line.quad_mm[:, 0].min() - other.quad_mm[:, 0].max()
        centre = other.quad_mm[:, 1].mean()
        top, bottom = line.quad_mm[:, 1].min(), line.quad_mm[:, 1].max()
        if other is not line and -1.0 < gap < _IN_CELL_MM and top - 8 < centre < bottom + 8:
            return True
    return False
