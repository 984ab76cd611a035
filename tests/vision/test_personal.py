import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from station.vision.personal import Line, allowed, kinds, normalised, telling
from tests.vision.pictures import box


def kind(text: str, confidence: float = 0.99, codes: tuple[str, ...] = ()):
    return kinds([Line(box(6, 43, 40, 46), text, confidence)], codes)[0]


@pytest.mark.parametrize(
    "text",
    [
        "13912345678",
        "139 1234 5678",
        "139-1234-5678转123",
        "+86 139 1234 5678",
        "１３９１２３４５６７８",
        "199****0001",
        "收** 199****0001",
        "0755-26543210",
        "400-820-1234",
        "(646) 555-0172",
        "Tel: 030 901820",
        "139O2345678",
    ],
)
def test_phones(text):
    assert kind(text) == "phone"


@pytest.mark.parametrize(
    "text",
    [
        "SF1234567890123",
        "* 31213671370856",
        "YT9056893530008",
        "JD0123456789012-1-1",
        "1Z 888 99K 23 2425 2627",
        "8889 9K7D H3K0",
        "RR123456785CN",
        "9400 1000 0000 0000 0000 00",
    ],
)
def test_numbers(text):
    assert kind(text) == "number"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("上海市浦东新区云栖大道154号", "address"),
        ("451 LARKMOOR CT", "address"),
        ("收件人：王萍", "name"),
        ("张* 先生", "name"),
        ("SHIP TO: NOBODY", "name"),
        ("订单号：4711", "order"),
        ("订单号：045182325036", "order"),
        ("下班后再送，家里有老人", "remark"),
        ("", "remark"),
    ],
)
def test_other_personal_lines(text, expected):
    assert kind(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "中通快递",
        "UPS 2nd Day Air",
        "342-081-00 052",
        "300A G262-00 F3",
        "收件人：",
        "寄",
        "2023-11-27 19:07:26",
        "1.5kg",
        "ID 451 1-39",
        "US-RAL-397",
        "XH 55RAA",
        "上海市-揽翠集散",
        "USPS PRIORITY MAIL",
        "SHIP DATE: 2025-07-16",
        "ACTWGT: 8.82 LB",
        "6.15 kg",
    ],
)
def test_what_may_stay(text):
    assert kind(text) == "other"


@pytest.mark.parametrize("text", ["中通快递", "342-081-00 052", "2023-11-27 19:07:26"])
def test_a_poor_reading_frees_nothing(text):
    assert kind(text, confidence=0.5) != "other"


def test_a_piece_of_a_decoded_code_is_a_number():
    assert kind("1370856", codes=("31213671370856",)) == "number"
    assert kind("1370856", codes=("99999999999999",)) != "number"


def test_a_routing_code_may_stay_though_a_code_holds_it():
    assert kind("143A G058-32 F8", codes=("143A G058-32 F8 776509159155321",)) == "other"


def test_right_of_a_lone_heading_stand_name_and_address():
    lines = [
        Line(box(2, 44, 6, 48), "收", 0.99),
        Line(box(8, 43, 20, 46), "云中鹤", 0.9),
        Line(box(8, 47, 50, 50), "天涯海角没有人知道", 0.9),
        Line(box(8, 90, 20, 94), "云中鹤", 0.9),
    ]
    assert kinds(lines) == ["other", "name", "address", "remark"]


@pytest.mark.parametrize(("text", "expected"), [("ＡＢＣ　１２", "ABC 12"), ("  a \n b ", "a b"), ("收＊＊", "收**")])
def test_normalising(text, expected):
    assert normalised(text) == expected


def test_only_telling_lines_count_outside_labels():
    assert telling("13912345678")
    assert telling("收件人：王萍")
    assert not telling("THIS SIDE UP")
    assert not telling("收")


MAY_STAY = st.sampled_from(["中通快递", "EXPRESS", "收件人", "2023-11-27", "1.5kg", "342-081-00 052", "签收", "TO"])


@given(MAY_STAY, st.from_regex(r"1[3-9]\d{9}", fullmatch=True), st.sampled_from(["", " ", ":", "："]))
def test_no_word_frees_a_phone(word, phone, between):
    assert kind(word + between + phone) != "other"
    assert kind(phone + between + word) != "other"


@given(MAY_STAY, st.from_regex(r"[A-Z]{0,3}\d{10,20}", fullmatch=True), st.sampled_from(["", " ", ":", "*"]))
def test_no_word_frees_a_long_number(word, number, between):
    assert kind(word + between + number) != "other"


@given(st.text(alphabet="王李张刘陈杨赵黄周吴一丁小明丽华强*", min_size=2, max_size=4))
def test_no_name_may_stay(name):
    assert not allowed(name)
    assert kind(f"收件人 {name}") != "other"


@given(st.text(max_size=40), st.floats(0, 1))
def test_every_text_has_a_kind_and_only_the_allow_list_frees(text, confidence):
    found = kind(text, confidence)
    assert found != "other" or allowed(normalised(text))


def test_no_lines_no_kinds():
    assert kinds([]) == []
    assert kinds([Line(np.zeros((4, 2)), "", 0.0)]) == ["remark"]
