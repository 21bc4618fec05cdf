"""Pages as they are set: columns, vertical lines, notes at the foot, contents, running heads."""

from __future__ import annotations

import pytest

from rag.reading import read_document
from rag.reading.report import read_report
from tests.rag.reading.made_pdf import make_pdf, text_at

LEFT = (
    "今年以来，全县工业生产保持平稳，", "规模以上工业增加值比上年增长百分", "之七，装备制造业增长百分之十二，",
    "食品加工业增长百分之五，工业用电", "量增长百分之四，工业投资增长较快", "，园区新签项目二十一个，其中",
)  # fmt: skip
RIGHT = (
    "外资项目三个。农业方面，粮食面积", "稳定在四十六万亩，总产量二十一万", "吨，蔬菜产量三十三万吨，生猪出栏",
    "十九万头，水产品产量二万吨，高标", "准农田三十万亩，农机总动力达到五", "十五万千瓦。",
)  # fmt: skip


def set_in_columns(*, row_by_row: bool, notes: bool) -> bytes:
    places = [(70, line, 740 - 18 * index) for index, line in enumerate(LEFT)]
    places += [(320, line, 740 - 18 * index) for index, line in enumerate(RIGHT)]
    if row_by_row:
        places.sort(key=lambda place: -place[2])
    page = text_at(180, 790, "青溪县二〇三一年经济运行情况", 16)
    page += "".join(text_at(x, y, line) for x, line, y in places)
    foot = text_at(70, 90, "①工业用电量为全社会口径，含居民。", 8) + text_at(320, 90, "②高标准农田为历年累计数。", 8)
    return make_pdf(page + foot * notes)


@pytest.mark.parametrize("row_by_row", [False, True])
def test_columns_are_read_one_after_the_other_however_they_were_drawn(row_by_row: bool) -> None:
    text = read_document(set_in_columns(row_by_row=row_by_row, notes=False), "a.pdf").text
    assert text == "青溪县二〇三一年经济运行情况\n" + "".join((*LEFT, *RIGHT))


def test_notes_at_the_foot_of_columns_stay_with_their_column() -> None:
    lines = read_document(set_in_columns(row_by_row=True, notes=True), "a.pdf").text.split("\n")
    assert lines[1] == "".join(LEFT)
    assert lines[2] == "①工业用电量为全社会口径，含居民。"
    assert lines[3:] == ["".join(RIGHT), "②高标准农田为历年累计数。"]


def test_lines_that_run_down_the_page_are_read_from_right_to_left() -> None:
    columns = ("二〇三一年全县粮食总产量五十二万吨，", "比上年增长百分之六，", "新建学校十五所。")
    page = "".join(
        text_at(480 - 24 * column, 740 - 14 * row, sign, 12)
        for column, line in enumerate(columns)
        for row, sign in enumerate(line)
    )
    assert read_document(make_pdf(page), "a.pdf").text == "".join(columns)


def test_a_line_that_begins_with_a_decimal_goes_on() -> None:
    line = "全县地区生产总值达到三百二十亿元按可比价格计算比上年同期增长"
    page = text_at(90, 740, line) + text_at(90, 720, "7.1%，好于预期。")
    assert read_document(make_pdf(page), "a.pdf").text == line + "7.1%，好于预期。"


HEADINGS = ("一、综合", "二、农业", "三、工业和建筑业")
BODIES = ("全年地区生产总值320亿元，增长6%。", "全年粮食产量52.3万吨。", "全部工业增加值98.6亿元。")


@pytest.mark.parametrize("entry", ["{}\t{}", "{}……………………{}", "{} ........ {}", "{}    {}"])
def test_a_table_of_contents_opens_no_section_and_states_no_figure(entry: str) -> None:
    contents = "\n".join(entry.format(heading, page) for page, heading in enumerate(HEADINGS, 1))
    parts = "\n".join(f"{heading}\n{body}" for heading, body in zip(HEADINGS, BODIES, strict=True))
    report = read_report(f"青溪县2031年公报\n\n目  录\n{contents}\n\n{parts}\n".encode(), "a.txt")
    assert [section.path[-1] for section in report.sections if section.path] == list(HEADINGS)
    assert [figure.text for figure in report.figures] == ["320亿元", "6%", "52.3万吨", "98.6亿元"]
    assert "目录" not in report.text


def test_running_heads_with_the_year_of_printing_date_nothing() -> None:
    contents = text_at(90, 740, "目录") + "".join(
        text_at(90, 720 - 20 * index, heading) + text_at(450, 720 - 20 * index, str(index + 1))
        for index, heading in enumerate(HEADINGS)
    )
    pages = [
        text_at(200, 810, "青溪县统计公报  2033年6月印", 9)
        + text_at(90, 740, heading)
        + text_at(90, 720, f"2031年{body}")
        for heading, body in zip(HEADINGS, BODIES, strict=True)
    ]
    report = read_report(make_pdf(contents, *pages), "青溪县公报.pdf")
    assert report.profile.years == (2031,)
    assert "2033" not in report.text
    assert [section.path[-1] for section in report.sections if section.path] == list(HEADINGS)
