"""Grids of tables: names, units and years of columns, rows and parts of rows."""

from __future__ import annotations

from rag.old.answering.table_support import cell_claims
from rag.figures import extract_figures
from rag.figures.table_grid import read_grid
from rag.figures.table_rows import table_figures
from rag.language.sentences import Span
from rag.types import Profile, Reading, Section


def figures(text: str) -> list[tuple[str, float, str, str, tuple[int, ...]]]:
    section = Section(0, 0, 0, len(text), reading=Reading.RESULT)
    rows, position = [], 0
    for line in text.split("\n"):
        if " | " in line:
            rows.append(Span(position, position + len(line)))
        position += len(line) + 1
    found = table_figures("r", text, rows, section, Profile("报告", year=2031))
    return [(row.indicator, row.value, row.unit, row.direction, row.years) for row in found]


def test_a_list_of_units_names_those_of_the_columns_each_fits_alone() -> None:
    grid = read_grid("乡镇 | 总产值 | 人口 | 面积 | 说明\n苔石镇 | 3 | 4 | 5 | 6", 0, "单位：亿元、万人、公顷")
    assert [column.unit for column in grid.columns[1:]] == ["亿元", "万人", "公顷", ""]


def test_two_units_of_one_kind_are_not_guessed() -> None:
    grid = read_grid("乡镇 | 总产值\n苔石镇 | 3", 0, "单位：亿元、万元")
    assert grid.columns[1].unit == ""


def test_a_figure_holds_row_and_column_and_a_fall_is_down() -> None:
    text = "乡镇 | 总产值（亿元） | 比上年增长（%） | 农场\n苔石镇 | 3.5 | -1.2 | 8"
    assert figures(text) == [
        ("苔石镇总产值", 3.5, "亿元", "", (2031,)),
        ("苔石镇总产值", -1.2, "%", "down", (2031,)),
        ("苔石镇农场", 8, "", "", (2031,)),
    ]


def test_the_year_of_the_caption_comes_before_that_of_the_report() -> None:
    text = "2029年乡镇情况\n乡镇 | 人口（万人）\n苔石镇 | 3.5"
    assert figures(text) == [("苔石镇人口", 3.5, "万人", "", (2029,))]


def test_the_numbers_of_rows_are_no_figures() -> None:
    assert figures("序号 | 名称 | 户数（户）\n1 | 苔石村 | 35")[0][:3] == ("苔石村户数", 35, "户")


def test_parts_know_their_whole_and_numbering_is_no_name() -> None:
    grid = read_grid("指标 | 数值\n（一）收入 | 5\n其中：税收 | 3\n1.非税 | 2", 0)
    assert [(row.label, row.whole, row.under) for row in grid.rows] == [
        ("收入", "", ""),
        ("税收", "收入", "收入"),
        ("非税", "", "收入"),
    ]


def test_a_header_broken_over_lines_is_taken_from_the_reader_of_the_format() -> None:
    grid = read_grid("专业 | 甲类\n最高 | 乙类\n木工 | 7 | 8", 0, header="专业 | 甲类最高 | 乙类")
    assert [column.name for column in grid.columns] == ["专业", "甲类最高", "乙类"]
    assert len(grid.rows) == 1


def test_a_table_without_a_header_gives_its_rows() -> None:
    grid = read_grid("在校学生（人） | 120\n教师（人） | 9", 0)
    assert [(row.label, grid.unit(row, 1)) for row in grid.rows] == [("在校学生", "人"), ("教师", "人")]


def test_a_quoted_row_states_what_the_quoted_header_makes_of_it() -> None:
    label, claims = cell_claims("苔石镇 | 3.5 | -1.2", ["单位：亿元\n乡镇 | 总产值 | 比上年增长（%）"])
    assert label == "苔石镇"
    assert [(claim.number.value, claim.number.unit, claim.direction) for claim in claims] == [
        (3.5, "亿元", ""),
        (1.2, "%", "down"),
    ]


def test_a_look_back_that_opens_a_paragraph_of_plans_is_of_the_year_it_names() -> None:
    text = "二、明年怎么干\n即将过去的2031年，是不平凡的一年。全县栽桑2.4万亩。\n要栽桑3万亩。"
    section = Section(0, 0, 7, len(text), years=(2032,), reading=Reading.TARGET)
    found = extract_figures("r", text, (section,), Profile("讲话", year=2032, current_year=2031))
    assert [(row.value, row.years, row.reading) for row in found] == [
        (2.4, (2031,), Reading.RESULT),
        (3, (2032,), Reading.TARGET),
    ]
