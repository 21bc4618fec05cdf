from __future__ import annotations

import io

import openpyxl
import pytest

from rag.reading import read_document
from rag.reading.report import read_report

ROWS = [("乡镇", "人口", "增长%"), ("柳塘镇", "23145", "1.2"), ("石门乡", "9034", "-0.4")]


@pytest.mark.parametrize("gap", ["\t", "    ", "　　", " | ", "｜"])
def test_columns_parted_by_any_gap_are_a_table(gap: str) -> None:
    lines = "\n".join(gap.join(row) for row in ROWS)
    source = read_document(f"表3 2031年人口（单位：人）\n\n{lines}\n以上为年末数。\n".encode(), "a.txt")
    (table,) = source.tables
    assert source.text[table.start : table.end].split("\n") == [" | ".join(row) for row in ROWS]
    assert (table.header, table.unit, table.caption) == ("乡镇 | 人口 | 增长%", "人", "表3 2031年人口（单位：人）")
    assert source.text.endswith("以上为年末数。\n")


def test_a_markdown_table_without_edges_loses_its_rule_only() -> None:
    source = read_document("指标 | 数值\n--- | ---\n粮食（万吨） | 12.8\n蔬菜（万吨） | 9.6\n".encode(), "a.txt")
    assert source.text == "指标 | 数值\n粮食（万吨） | 12.8\n蔬菜（万吨） | 9.6\n"


def test_an_empty_cell_keeps_its_place() -> None:
    source = read_document("项目\t上年\t本年\n桥\t\t3\n渠\t5\t\n井\t2\t4\n".encode(), "a.txt")
    assert source.text.split("\n")[1] == "桥 |  | 3"


def test_heads_of_two_rows_name_each_column_and_the_unit_above_holds() -> None:
    text = "产量表\n单位：万吨\n品种\t产量\t产量\n品种\t2030年\t2031年\n稻谷\t31.5\t33.2\n小麦\t12.7\t11.9\n"
    report = read_report(text.encode(), "菱湖县2031年统计.txt")
    told = {(figure.indicator, figure.text, figure.unit, figure.years) for figure in report.figures}
    assert ("稻谷产量", "33.2", "万吨", (2031,)) in told
    assert ("小麦产量", "12.7", "万吨", (2030,)) in told


@pytest.mark.parametrize(
    "text",
    [
        "各位代表：\n  现在  我向大会报告工作。\n  过去一年  成绩不小。\n",
        "县长  何明\n2031年2月10日\n",
        "第一章\t总则\n第二章\t任务\n第三章\t附则\n",
    ],
)
def test_gaps_in_running_text_make_no_table(text: str) -> None:
    source = read_document(text.encode(), "a.txt")
    assert source.tables == ()
    assert source.text == text


def test_a_sheet_a_year_gives_each_figure_its_year() -> None:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for year, amount in ((2030, 31.5), (2031, 32.5)):
        sheet = book.create_sheet(f"{year}年")
        for row in (["菱湖县主要农产品"], ["单位：万吨"], ["品种", "产量"], ["稻谷", amount], ["油料", 3.1]):
            sheet.append(row)
    book.save(stream)
    told = {
        (each.indicator, each.text, each.unit, each.years) for each in read_report(stream.getvalue(), "a.xlsx").figures
    }
    assert {("稻谷产量", "31.5", "万吨", (2030,)), ("稻谷产量", "32.5", "万吨", (2031,))} <= told


@pytest.mark.parametrize(
    "rows",
    [
        "乡镇        企业数（家）        产值（万元）\n            2030     2031       2030      2031\n"
        "柳塘镇      14       17         8210      9033\n石门乡      5        6          1980      2475\n",
        "乡镇\t企业数（家）\t\t产值（万元）\t\n\t2030\t2031\t2030\t2031\n柳塘镇\t14\t17\t8210\t9033\n石门乡\t5\t6\t1980\t2475\n",
    ],
)
def test_heads_of_two_rows_stand_over_their_columns_though_cells_are_missing(rows: str) -> None:
    report = read_report(f"菱湖县统计\n\n工业企业情况\n{rows}".encode(), "菱湖县统计.txt")
    told = {(each.indicator, each.text, each.unit, each.years) for each in report.figures}
    assert {("石门乡企业数", "5", "家", (2030,)), ("石门乡产值", "2475", "万元", (2031,))} <= told


def test_rows_that_years_name_give_figures_of_those_years() -> None:
    text = "历年产量（单位：吨）\n年份\t小麦\t玉米\n2030\t41200\t36800\n2031\t43050\t35120\n"
    told = {(each.indicator, each.text, each.unit, each.years) for each in read_report(text.encode(), "a.txt").figures}
    assert {("玉米", "36800", "吨", (2030,)), ("小麦", "43050", "吨", (2031,))} <= told
