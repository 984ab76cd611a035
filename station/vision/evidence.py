"""Is a sheet a waybill? What stands on it speaks for it or against it, and no single weak sign decides.

A receipt has a phone, an address and long numbers as a waybill has, a packet has bars, an advert has a QR code: each
is one kind of sign, and counts once however often it stands there. What names a person or a parcel decides alone.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from station.vision import codes
from station.vision.personal import MOBILE, PHONE, ROUTING, normalised, telling

Named = tuple[str, str]  # a code: zxing-cpp's name, or "1D" or "2D" when undecoded, and what it holds

ENOUGH = 2  # two kinds of weak signs, or one that is as good as both
_LOOKS = 0.85  # confidence: of 271 photographs and scenes without a label the locator was so sure of 4
_DECIDES = 12  # more than all that speaks against a label can outweigh


@dataclass(frozen=True)
class Sign:
    """What a line says for a label (weight above 0) or against it. Of a kind only the weightiest sign counts."""

    kind: str
    weight: int
    pattern: re.Pattern[str]


def _sign(kind: str, weight: int, *patterns: str) -> Sign:
    return Sign(kind, weight, re.compile("|".join(f"(?:{one})" for one in patterns), re.IGNORECASE))


SIGNS = (
    # A mobile number, masked or not, is somebody's: shops and makers mostly print others.
    _sign("mobile", _DECIDES, MOBILE),
    # Who gets or sends a parcel is said on labels only; in the prose of shops, 收货 and "we ship to" are, too.
    _sign(
        "people",
        _DECIDES,
        r"[收寄发派]件(?:人|地址|方|公司|网点|电话|信息)|收货(?:人|地址|信息)|发货(?:人|地址|库房)|^\W*[收寄]方",
        r"^\W*ship ?(?:to|from)\b|\bship ?(?:to|from) ?:|^\W*(?:deliver to|recipient|consignee|return address)\b",
        r"\babsender|\bempf(?:ä|ae)nger|\bdestinataire|\bexp[ée]diteur|\bdestinatari[oa]|\bremitente|\bmittente",
    ),
    # Numbers of one courier's form, and what numbers of parcels are called.
    _sign(
        "parcel",
        _DECIDES,
        r"(?<![A-Z0-9])(?:SF[A-Z0-9]\d{12}|YT\d{13}|JT\d{12,13}|JD[A-Z0-9]{2}\d{11}|DPK\d{11,12}|TB[ACM]\d{12})(?!\d)",
        r"(?<![A-Z0-9])1Z(?: ?[A-Z0-9]){16}(?![A-Z0-9])|(?<!\d)9[1-5]\d{2}(?: ?\d{4}){4} ?\d{2}(?!\d)",
        r"(?-i:(?<![A-Z0-9])[A-Z]{2} ?\d{3} ?\d{3} ?\d{3} ?[A-Z]{2}(?![A-Z0-9]))",
        r"\b(?:tracking|trk) ?(?:#|no\b|nr\b|num|id\b)|\bawb\b|\bwaybill\b|\b(?:sendungs|paket)(?:nummer|nr)\b",
        r"\bidentcode\b|(?:运|快递|面)单(?:号|编号)|物流单号",
    ),
    # A courier and its service in one line; its packaging has them apart.
    _sign(
        "courier",
        2,
        r"\b(?:usps|ups|fedex|dhl)\b.*\b(?:first[- ]class|media mail|priority mail|ground|2nd day|next day|overnight)",
    ),
    # A courier's name also stands on its bags, boxes and tape.
    _sign(
        "courier",
        1,
        r"\b(?:usps|ups|fedex|dhl|dpd|gls|ems)\b|priority mail|ground advantage|overnight",
        r"顺丰|中通|圆通|申通|韵达|极兔|京东物流|京东快递|中国邮政|德邦|菜鸟|丹鸟|百世|优速|(?:标准|经济)快递|特快",
    ),
    # What a courier notes about a parcel.
    _sign(
        "note",
        1,
        r"计费重量|签收|代收货款|到付|已验视|已检视|已安检|实名|打印时间|集包|分拨|中转|派送|^\W*[收寄]\W*$",
        r"\b(?:act ?)?wgt\b|\bbilling\b|\bpostage\b|\bship(?:ping)? date|\bpin ?code\b|\b(?:order|packet|p\.?o\.?) ?id",
        r"\breturn code|\bleitcode|\bsendung|\bgewicht|\bcolis\b|^\W*(?:to|from|an|von|attn)\W*:",
    ),
    _sign("routing", 1, rf"^\W*(?=.*\d)(?-i:{ROUTING})\W*$"),
    # Phones of shops and makers are landlines; a free number is nobody's, and said on labels and packets alike.
    _sign("phone", 1, rf"^(?!.*(?:客服|热线|hotline|customer|(?<!\d)[48]00[-\s]?\d{{3}}|1-8\d\d)).*(?:{PHONE})"),
    # Shops and makers have addresses, too.
    _sign(
        "address",
        1,
        r"[省市区县].*(?:路|街|道|巷|村|镇|号|小区|栋|单元|室|大厦|公寓|驿站)",
        r"(?-i:\b[A-Z]{2},? +\d{5}(?: ?-\d{4})?\b|\b\d{5} [A-ZÄÖÜ][a-zäöü]+|\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b)",
        r"\b\d{1,5} .*\b(?:st|street|rd|road|ave|avenue|ln|lane|dr|drive|blvd|ct)\b|str(?:asse|aße|\.) ?\d+|\bplatz\b",
    ),
    # Receipts, serial plates and documents have long numbers, too.
    _sign(
        "number",
        1,
        rf"^(?!.*(?:{PHONE})).*(?<![A-Z0-9])(?=(?:[A-Z]*\d){{8}})[A-Z0-9]{{10,34}}(?![A-Z0-9])",
        rf"^(?!.*(?:{PHONE})).*(?<!\d)\d{{3,5}}(?: \d{{3,5}}){{2,5}}(?: \d{{1,4}})?(?!\d)",
    ),
    # What is paid stands on receipts, price tags and adverts; on labels only where parcels are paid at the door.
    _sign("price", -1, r"[¥$€£] ?\d|\d ?(?:元|€|eur\b|usd\b)|^\W*\d{1,4}[.,]\d\d\W*[A-Z]?$|[\d一-九]折|特价|% ?off\b"),
    _sign(
        "sum",
        -2,
        r"\b(?:sub ?)?total\b|\b(?:vat|tva|tax|mwst|cash|change|visa|mastercard|tip)\b|\bcard payment",
        r"合计|总计|小计|实收|实付|找零|应收|优惠|税率|税额",
    ),
    _sign(
        "receipt",
        -1,
        r"\breceipt\b|\bticket\b|\bthank you\b|\bcustomer copy\b|\bcashier\b|\btill\b|\bqt[eéy]\b",
        r"小票|收银|谢谢惠顾|欢迎光临|发票|会员|购物",
    ),
    # Packets say what is in them, plates what a machine is, books which one.
    _sign(
        "goods",
        -2,
        r"净含量|保质期|生产日期|配料|营养|产地|制造商|执行标准|许可证|\bGB/?T? ?\d{4}|能效|批号|型号|机身编号|序列号",
        r"\bingredient|\bnutrition|\bkcal\b|\bbest before|\bmade in\b|\bdistr(?:ib|\.)|\brecycl|\bnet ?wt\b|\bisbn\b",
        r"[毛净]重|\b[gn]\.w\.",
        r"\bmodel\b|\bserial\b|\bcarton\b|\bs/n\b|\bimei\b|\bwarranty\b|\bvolts?\b|^\W*\d\W{1,2}\d{6}\W{1,2}\d{6}\W*$",
    ),
    # Postal boxes, before anybody has sent them: their bars and number are the box's own.
    _sign("goods", -2, r"\bflat rate box|\bany weight\b|(?<![A-Z0-9])PS\d{11}\b"),
    # Adverts want to be visited, scanned and followed.
    _sign(
        "advert",
        -1,
        r"\bwww\.|\bhttps?:|\.(?:com|cn|net|org|de|fr|it)\b|\bfollow us\b|\bscan\b",
        r"微信|公众号|二维码|扫码|扫一扫|关注|优惠券|领取|好评|返现",
    ),
)

_ARTICLE = ("goods", -2)  # what an article's code says,
_ITS_NUMBER = ("goods", -1)  # and the number below bars that were not read: one parcel's of ten looks like one, too
_LINEAR = ("Code128", "Code39", "Code93", "Codabar", "ITF", "ITF14", "DataBar", "DataBarExpanded")
# What a parcel's bars hold at least: fewer characters are read in any grain.
_PARCEL_CODE = re.compile(r"(?=(?:\D*\d){6}).{10,}")


def is_label(texts: Sequence[str], named: Sequence[Named], confidence: float = 0.0) -> bool:
    """Whether lines and codes, all of one sheet, make it a label.

    `confidence` is the locator's, from the sheet's look alone: high, it is one more weak sign.
    """
    return weight(texts, named) + (confidence >= _LOOKS) >= ENOUGH


def hints(texts: Sequence[str], named: Sequence[Named]) -> bool:
    """Whether a line or a code could be of a label: enough where there is one. Those of articles could not."""
    articles = [text for symbology, text in named if codes.is_article(symbology, text)]
    return len(articles) < len(named) or any(telling(text, articles) for text in texts)


def weight(texts: Sequence[str], named: Sequence[Named]) -> int:
    """What lines and codes weigh together, from far below 0 to far above `ENOUGH`."""
    weights: dict[str, int] = {}
    of_lines = [sign for text in texts for sign in _of_line(text)]
    of_codes = [sign for one in named for sign in _of_code(one)]
    for kind, each in of_lines + of_codes:
        weights[kind] = max(weights.get(kind, 0), each, key=abs)
    return sum(weights.values())


def _of_line(text: str) -> list[tuple[str, int]]:
    """Kinds and weights of its signs. What speaks against a label takes its line with it: a serial number says so."""
    line = normalised(text)
    if codes.is_gtin(re.sub(r"\W", "", line)):
        return [_ITS_NUMBER]
    found = [(sign.kind, sign.weight) for sign in SIGNS if sign.pattern.search(line)]
    against = any(each < 0 for _, each in found)
    return [(kind, each) for kind, each in found if not against or not 0 < each < _DECIDES]


def _of_code(one: Named) -> list[tuple[str, int]]:
    """Codes of all sorts are one kind: an undecoded one may be a product's, a QR code an advert's."""
    symbology, text = one
    if codes.is_article(symbology, text):
        return [_ARTICLE]
    if symbology == "MaxiCode":  # UPS alone prints them
        return [("parcel", _DECIDES)]
    is_long = symbology == "PDF417" or (symbology in _LINEAR and _PARCEL_CODE.fullmatch(text) is not None)
    held = [sign for sign in _of_line(text) if sign[0] != "number"]  # that it holds one is no second sign
    return [("code", 2 if is_long else 1), *held]
