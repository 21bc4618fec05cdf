import pytest

from rag.language.periods import plan_years, reading_of, reading_of_headings, resolve_years, with_full_years
from rag.types import Reading


def years(text: str, current: int | None = 2031) -> list[tuple[int, ...]]:
    return [mention.years for mention in resolve_years(text, current)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2030年完成投资", [(2030,)]),
        ("二〇三〇年和２０２９年", [(2030,), (2029,)]),
        ("2026—2030年", [(2026, 2030)]),
        ("去年、今年和明年", [(2030,), (2031,), (2032,)]),
        ("截至去年底", [(2030,)]),
        ("过去五年", [(2026, 2030)]),
        ("一年来，我们", [(2030,)]),
        ("今后五年", [(2031, 2035)]),
        ("“十五五”时期", [(2026, 2030)]),
        ("“十六五”开局之年", [(2031,)]),
        ("“十五五”规划收官之年", [(2030,)]),
        ("第七个五年计划", [(1986, 1990)]),
        ("2019件提案", []),
        ("“七五”普法", []),
        ("三年行动计划", []),
    ],
)
def test_years_are_found_and_relative_ones_resolved(text, expected):
    assert years(text) == expected


def test_relative_years_stay_out_when_the_current_year_is_unknown():
    assert years("去年和2030年", None) == [(2030,)]


def test_a_mention_stands_at_its_span():
    text = "力争到2035年翻一番"
    (mention,) = resolve_years(text, 2031)
    assert text[mention.start : mention.end] == "2035年"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("24年GDP多少", "2024年GDP多少"),
        ("08年和98年", "2008年和98年"),
        ("五四年的报告，二〇年呢", "1954年的报告，2020年呢"),
        ("用了24年，近10年，20年来，七八年，2024年", "用了24年，近10年，20年来，七八年，2024年"),
    ],
)
def test_years_of_two_digits_are_written_out_where_they_are_known(text, written):
    assert with_full_years(text, {1954, 1978, 2007, 2008, 2010, 2020, 2024}) == written


def test_five_year_plans_follow_from_their_number():
    assert [plan_years(number) for number in (1, 2, 6, 15)] == [(1953, 1957), (1958, 1962), (1981, 1985), (2026, 2030)]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("力争产值突破五百亿元", Reading.TARGET),
        ("确保新引进重点项目六十个", Reading.TARGET),
        ("首次突破千亿元大关，同比增长百分之八", Reading.RESULT),
        ("引进了八个项目", Reading.RESULT),
        ("今后五年居民收入突破八万元", Reading.PLAN),
        ("一般公共预算收入增长4.5%", Reading.UNKNOWN),
    ],
)
def test_wording_tells_results_from_targets(text, reading):
    assert reading_of(text) is reading


def test_the_innermost_clear_heading_decides_and_slogans_do_not():
    assert reading_of_headings(("2031年主要工作安排", "二、在创新上取得更大突破")) is Reading.TARGET
    assert reading_of_headings(("一、2030年工作回顾", "（一）发展成效更加显著")) is Reading.RESULT
    assert reading_of_headings(("今后五年的主要目标和任务",)) is Reading.PLAN
    assert reading_of_headings(("加强政府自身建设",)) is Reading.UNKNOWN
