import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.vision.evidence import SIGNS, hints, is_label, weight

BARS, QR, LONG, EAN = ("1D", ""), ("QRCode", "https://example.com/1"), ("Code128", "7700173785506"), ("EAN13", "1" * 13)
RECEIPT = [
    "WHOLE FOODS MARKET", "399 Post Rd", "Westport, CT 06880", "(203) 227-6858", "Coffee", "4.99", "4.99", "TOTAL",
    "9.98", "VISA", "REF 004512348871", "Thank you",
]  # fmt: skip
ADVERT = ["新品上市 全场五折", "客服热线:400-820-1234", "地址:浙江省杭州市余杭区云栖路12号", "扫码关注公众号", "¥19.90"]
PACKET = ["牛奶", "净含量:250ml", "配料表", "产地:江苏省苏州市", "电话:0512-88001234", "执行标准:GB/T 25190"]
BOOK = ["Introduction to Gardens", "Chapter", "ISBN 978-3-1679-5040-7", "€ 19,90"]
BOX = ["UNITED STATES POSTAL SERVICE", "PRIORITY", "MAIL", "MEDIUM FLAT RATE BOX", "PS00011000001"]
PLATE = ["中国能效标识", "机身编号 D1100000A7514801840934", "生产日期2014年08月", "GB12021.3-2010"]


@pytest.mark.parametrize(
    "line",
    [
        "13912345678",
        "139-1234-5678转123",
        "收** 199****0001",
        "收件人：王萍",
        "寄件地址 上海市浦东新区",
        "SHIP TO: NOBODY",
        "USPS TRACKING # EP",
        "1Z 888 99K 23 2425 2627",
        "9205 5902 6120 2364 1064 61",
        "SF1234567890123",
        "YT9056893530008",
        "RR123456785CN",
        "USPS FIRST-CLASS PKG",
        "Absender: Niemand",
    ],
)
def test_what_names_a_person_or_a_parcel_decides_alone(line):
    assert is_label([line], [])


@pytest.mark.parametrize("code", [("MaxiCode", "9"), LONG, ("PDF417", "somebody"), ("QRCode", "YT9056893530008")])
def test_codes_of_parcels_decide_alone(code):
    assert is_label([], [code])


WEAK = (
    "0755-26543210",
    "399 Post Rd",
    "234095333191049",
    "中通快递",
    "已验视",
    "342-081-00 052",
)  # a line of each weak kind


@pytest.mark.parametrize("line", WEAK)
def test_a_weak_line_takes_another_kind(line):
    assert not is_label([line, line], [])
    assert is_label([line], [BARS])
    assert all(is_label([line, other], []) for other in WEAK if other != line)


@pytest.mark.parametrize("line", WEAK)
def test_the_look_of_a_sheet_is_another_weak_sign(line):
    assert is_label([line], [], 0.9)
    assert not is_label([line], [], 0.6)
    assert not is_label([], [], 1.0)


@pytest.mark.parametrize("code", [BARS, ("2D", ""), QR, ("Code128", "B41"), EAN, ("ITF", "10012345678902")])
def test_no_code_that_may_be_a_products_or_an_adverts_decides_alone(code):
    assert not is_label([], [code, code])


@pytest.mark.parametrize("paper", [RECEIPT, ADVERT, PACKET, BOOK, BOX, PLATE])
@pytest.mark.parametrize("code", [[], [EAN], [QR], [BARS]])
def test_papers_of_shops_and_makers_are_no_labels(paper, code):
    assert not is_label(paper, code, 0.9)


def test_the_number_of_a_purchase_in_code_128_makes_no_label_of_a_receipt():
    assert not is_label(RECEIPT, [("Code128", "17038221004417290016")])


def test_bars_with_an_articles_number_below_are_the_articles():
    assert not is_label(["8 004020 931773"], [BARS])
    assert not is_label(["6901234567892"], [BARS])
    assert is_label(["6901234567893"], [BARS])  # its check digit is another


PERSONAL = st.sampled_from(["13912345678", "收件人 王萍", "SHIP TO: NOBODY", "YT9056893530008", "1Z88899K2324252627"])
PAPERS = st.sampled_from([RECEIPT, ADVERT, PACKET, BOOK, BOX, PLATE])


@given(PERSONAL, PAPERS, PAPERS, st.lists(st.sampled_from([EAN, QR, BARS]), max_size=3))
def test_nothing_outweighs_who_gets_a_parcel(line, one, other, found):
    assert is_label([*one, *other, line], found)


LINES = st.sampled_from([*WEAK, *RECEIPT, *ADVERT, *PACKET])


@given(st.lists(LINES | st.text(max_size=20), max_size=6), st.lists(st.sampled_from([BARS, QR, LONG, EAN]), max_size=3))
def test_order_and_number_of_lines_say_nothing(lines, found):
    assert weight(lines, found) == weight([*reversed(lines), *lines], [*found, *found])


@given(st.lists(LINES | st.text(max_size=20), max_size=6), PERSONAL)
def test_a_label_stays_one_with_more_seen_of_who_gets_it(lines, line):
    assert weight([*lines, line], []) >= weight(lines, [])


def test_nothing_is_no_label():
    assert weight([], []) == 0
    assert not hints(["", "牛奶"], [EAN])


def test_a_single_line_or_code_is_enough_where_there_is_a_label():
    assert hints(["0755-26543210"], [])
    assert hints([], [BARS])


def test_no_sign_is_blank_and_none_is_found_in_an_empty_line():
    assert not [sign for sign in SIGNS if sign.weight == 0 or sign.pattern.search("")]
