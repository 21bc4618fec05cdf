"""Numbers in Chinese and English text, their units, and what is no amount."""

import pytest

from rag.language.numerals import QUANTITY, YEAR, base_value, find_numbers, same_quantity

NAMES = (
    "第十八届会议 “三生融合” 一带一路 十分重要 长三角 一二三产业 “十四五”规划 "
    "数十家 千家万户 百家争鸣 双百亿企业 12345热线 6号线 5G基站 G15高速 1+3+N "
    "3.0版 1月15日 九十年代 21世纪 （三）着力 二是加强 一个重要方面 千人计划 万达广场 统一战线"
)


def quantities(text):
    return [(number.value, number.unit) for number in find_numbers(text) if number.kind == QUANTITY]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("新设企业1,505家", 1505, "家"),
        ("总额 38.3 亿元", 38.3, "亿元"),
        ("达８７．５％", 87.5, "%"),
        ("增长百分之六点五", 6.5, "%"),
        ("总产三千五百亿斤", 3500, "亿斤"),
        ("安置二十多万人", 20, "万人"),
        ("是上年的一倍半", 1.5, "倍"),
        ("收入翻两番", 2, "番"),
        ("下降千分之三", 3, "‰"),
        ("达1.2万亿元", 1.2, "万亿元"),
        ("投入3亿5千万元", 3.5, "亿元"),
        ("三万五千人", 35000, "人"),
        ("装机五十万千瓦", 50, "万千瓦"),
        ("回落1.5个百分点", 1.5, "个百分点"),
        ("增速为-0.3%", -0.3, "%"),
        ("历时两年半", 2.5, "年"),
        ("亿元以上项目", 1, "亿元"),
        ("达到千亿元", 1000, "亿元"),
        ("浓度为25微克/立方米", 25, "微克/立方米"),
    ],
)
def test_reads_an_amount_with_its_unit(text, value, unit):
    assert quantities(text) == [(value, unit)]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("up 7.5 percent", 7.5, "%"),
        ("77,800 yuan", 77800, "元"),
        ("10 million people", 1000, "万人"),
        ("RMB 3.5 billion", 35, "亿元"),
        ("in two days", 2, "天"),
        ("by 1.2 percentage points", 1.2, "个百分点"),
    ],
)
def test_reads_english_amounts_into_chinese_units(text, value, unit):
    assert quantities(text) == [(value, unit)]


@pytest.mark.parametrize(
    "text",
    NAMES.split(),
)
def test_reads_no_amount_in_names_dates_and_ordinals(text):
    assert quantities(text) == []


def test_reads_years_in_either_numerals():
    years = [
        number.value for number in find_numbers("2022年、二〇二一年、一九五八年和2023-2025年") if number.kind == YEAR
    ]
    assert years == [2022, 2021, 1958, 2023, 2025]


def test_both_ends_of_a_range_bear_its_unit():
    assert quantities("3-5年，7%—8%，6至8万亩") == [(3, "年"), (5, "年"), (7, "%"), (8, "%"), (6, "万亩"), (8, "万亩")]


def test_tenths_are_amounts_before_any_word_but_those_that_begin_with_their_character():
    assert [number.text for number in find_numbers("租金三成归村集体、七成归农户")] == ["三成", "七成"]
    assert find_numbers("三成立、一成不变、五成员") == []
    assert [(number.value, number.unit) for number in find_numbers("seven tenths go to the farmers")] == [(7, "成")]


def test_neighbouring_digits_are_a_range():
    (number,) = find_numbers("占七八成的")
    assert (number.value, number.high, number.unit) == (7, 8, "成")


def test_offsets_cover_the_figure_as_written():
    text = "进出口总额 ３８.３ 亿元，"
    (number,) = find_numbers(text)
    assert text[number.start : number.end] == number.text == "３８.３ 亿元"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3500万元", "0.35亿元"),
        ("百分之六点五", "6.5%"),
        ("三千五百亿斤", "3500亿斤"),
        ("3.5 billion yuan", "35亿元"),
        ("30亩", "2公顷"),
        ("200,000 people", "20万人"),
        ("二分之一", "50%"),
    ],
)
def test_equal_amounts_are_the_same_quantity(one, other):
    assert same_quantity(find_numbers(one)[0], find_numbers(other)[0])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("38万元", "38亿元"),
        ("30亩", "30公顷"),
        ("5%", "5个百分点"),
        ("12家", "12个"),
        ("2022年", "2022家"),
        ("85%", "87%"),
        ("38.3亿元", "38亿元"),
        ("35亿美元", "35亿元"),
    ],
)
def test_other_amounts_or_units_are_not_the_same_quantity(one, other):
    assert not same_quantity(find_numbers(one)[0], find_numbers(other)[0])


def test_base_values_are_in_the_unit_of_the_dimension():
    (number,) = find_numbers("38.3亿元")
    assert base_value(number) == (pytest.approx(3.83e9), "money")


def test_an_empty_text_has_no_numbers():
    assert find_numbers("") == []
