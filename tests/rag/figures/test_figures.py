"""Figures found in report text: indicator, value, unit, qualifier, direction, years and reading."""

import pytest

from rag.figures import extract_figures
from rag.types import Profile, Reading, ReportKind, Section

PROFILE = Profile("云溪县政府工作报告", place="云溪县", year=2023, current_year=2023, kind=ReportKind.WORK_REPORT)


def figures(text, *, years=(), reading=Reading.UNKNOWN):
    section = Section(0, 0, 0, len(text), years=years, reading=reading)
    return extract_figures("r", text, (section,), PROFILE)


def rows(text, **how):
    return [(figure.indicator, figure.value, figure.unit, figure.direction) for figure in figures(text, **how)]


def test_a_second_figure_inherits_the_indicator_of_the_first():
    assert rows("规上工业总产值 675 亿元、增长 37%，税收下降百分之二点一。") == [
        ("规上工业总产值", 675, "亿元", ""),
        ("规上工业总产值", 37, "%", "up"),
        ("税收", 2.1, "%", "down"),
    ]


def test_an_attribute_belongs_to_the_indicator_and_is_no_figure():
    found = rows("全年引进重点产业项目32个以上，其中过10亿元15个以上。")
    assert [value for _, value, _, _ in found] == [32, 15]
    assert found[1][0].startswith("引进重点产业项目")


def test_both_ends_of_a_change_are_figures():
    first, second = figures("光伏用户由2.7万户增加到5.5万户。")
    assert (first.indicator, first.value, first.qualifier) == ("光伏用户", 2.7, "由")
    assert (second.indicator, second.value, second.qualifier) == ("光伏用户", 5.5, "增加到")


def test_distributed_figures_go_to_their_own_indicators():
    assert rows("粮食产量、蔬菜产量分别增长3.2%、5.1%。") == [
        ("粮食产量", 3.2, "%", "up"),
        ("蔬菜产量", 5.1, "%", "up"),
    ]


def test_a_counted_noun_after_the_figure_is_the_indicator():
    assert rows("建成6座污水处理厂，关停12家小造纸厂。") == [
        ("建成污水处理厂", 6, "座", ""),
        ("关停小造纸厂", 12, "家", ""),
    ]


def test_qualifiers_before_and_after_are_kept():
    (figure,) = figures("力争一般公共预算收入增长5%左右。")
    assert (figure.qualifier, figure.direction, figure.reading) == ("力争 左右", "up", Reading.TARGET)


def test_the_year_named_in_the_clause_wins_over_the_section():
    first, second = figures("2019年接待游客30万人次，2020年接待游客12万人次。", years=(2022,))
    assert (first.years, second.years) == ((2019,), (2020,))


def test_a_base_of_comparison_is_not_the_year_of_the_figure():
    (figure,) = figures("城镇化率比2015年提高6.2个百分点。", years=(2022,))
    assert figure.years == (2022,)


def test_relative_years_count_from_the_report():
    (figure,) = figures("去年新建公园4个。")
    assert figure.years == (2022,)


def test_the_reading_comes_from_the_section_where_the_clause_is_silent():
    (figure,) = figures("造林3.8万亩。", years=(2023,), reading=Reading.TARGET)
    assert figure.reading == Reading.TARGET


def test_the_head_of_a_list_says_how_its_figures_are_meant():
    found = figures("主要预期目标是：地区生产总值增长6%；进出口总额增长3%。")
    assert {figure.reading for figure in found} == {Reading.TARGET}


@pytest.mark.parametrize(
    "text", ["坚持两个结合，抓好三个方面工作。", "开展三年行动计划。", "五年来成绩显著。", "对65岁以上老人免费。"]
)
def test_slogans_spans_of_time_and_age_groups_are_no_figures(text):
    assert figures(text) == ()


def test_a_table_row_gives_a_figure_for_each_year():
    text = (
        "指标 | 单位 | 2021年完成 | 2022年目标\n粮食总产量 | 万吨 | 41.5 | 42\n绿化面积（公顷） | 公顷 | 1,204 | 1,300"
    )
    found = figures(text)
    assert [(figure.indicator, figure.value, figure.unit, figure.years, figure.reading) for figure in found[:2]] == [
        ("粮食总产量", 41.5, "万吨", (2021,), Reading.RESULT),
        ("粮食总产量", 42, "万吨", (2022,), Reading.TARGET),
    ]
    assert found[2].value == 1204


def test_the_caption_gives_the_unit_and_two_header_rows_name_the_columns():
    text = "表1 出口情况（单位：亿元）\n指标 | 全年 | 全年\n指标 | 绝对数 | 比上年增长（%）\n出口额 | 132.8 | 6.9"
    assert rows(text) == [("出口额", 132.8, "亿元", ""), ("出口额", 6.9, "%", "up")]


def test_the_column_completes_the_indicator_of_a_row_that_names_a_place():
    text = "乡镇 | 常住人口（万人） | 企业（家）\n云溪镇 | 4.2 | 31"
    assert rows(text) == [("云溪镇常住人口", 4.2, "万人", ""), ("云溪镇企业", 31, "家", "")]


def test_the_span_covers_the_figure_as_written():
    text = "全年植树 1,204 万株。"
    (figure,) = figures(text)
    assert text[figure.start : figure.end] == figure.text == "1,204 万株"


def test_an_empty_text_has_no_figures():
    assert figures("") == ()
