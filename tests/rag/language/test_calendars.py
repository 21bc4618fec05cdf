from __future__ import annotations

import pytest

from rag.finding.scope import named_years
from rag.language.periods import resolve_years


def years(text: str, current: int | None = None) -> list[tuple[int, ...]]:
    return [mention.years for mention in resolve_years(text, current)]


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("民國98年度決算", 2009),
        ("105年度總預算", 2016),
        ("至113年底完成", 2024),
        ("民国一百零三年的学校", 2014),
        ("令和4年度の予算", 2022),
        ("令和元年の実績", 2019),
        ("平成30年度", 2018),
        ("昭和60年", 1985),
        ("一百十一年度歲入", 2022),
        ("至一百零五年底", 2016),
        ("2021—2022学年在校生", 2022),
        ("2021/22学年", 2022),
        ("FY2021-22 revenue", 2022),
        ("the 2019/20 budget", 2020),
        ("FY19 accounts", 2019),
        ("the FY2025 plan", 2025),
        ("2021년 예산", 2021),
        ("Dân số năm 2021 tăng", 2021),
        ("الميزانية في عام 2021", 2021),
    ],
)
def test_a_year_is_understood_in_any_calendar(text: str, year: int) -> None:
    assert years(text) == [(year,)]


@pytest.mark.parametrize("text", ["十三五要建多少公里路", "“十三五”时期", "十三五规划", "the 13th Five-Year Plan"])
def test_a_five_year_plan_is_its_years_however_it_is_asked_for(text: str) -> None:
    assert named_years(text) == (2016, 2017, 2018, 2019, 2020)


@pytest.mark.parametrize(
    "text",
    [
        "建校112年",
        "招收二十四五个人",
        "发布于2011-12",
        "2,023 people",
        "a budget of $2023.5 million",
        "第112号",
        "一百一十年校庆",
    ],
)
def test_what_only_looks_like_a_year_is_none(text: str) -> None:
    assert years(text) == []


@pytest.mark.parametrize(
    "text", ["in the next year", "내년에는", "来年度の計画", "trong năm tới", "el próximo año", "في العام المقبل"]
)
def test_next_year_is_counted_from_the_reports_own(text: str) -> None:
    assert years(text, 2031) == [(2032,)]


@pytest.mark.parametrize("text", ["前年度比1.8%増", "前年の37人から9人に減少", "전년보다 5.3% 늘었다"])
def test_a_year_that_is_only_compared_with_is_not_spoken_of(text: str) -> None:
    assert years(text, 2031) == []
