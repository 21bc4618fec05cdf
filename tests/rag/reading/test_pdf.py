import importlib.util
from pathlib import Path

import pytest

from rag.errors import UnreadableFileError
from rag.reading import read_document

_spec = importlib.util.spec_from_file_location("made_pdf", Path(__file__).with_name("made_pdf.py"))
made_pdf = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(made_pdf)
make_pdf, rule, text_at = made_pdf.make_pdf, made_pdf.rule, made_pdf.text_at

FULL_LINE = "二〇三一年全县完成地区生产总值三百二十亿元按可比价格计算比上年增长百分之六"


def page(number, *lines):
    head = text_at(200, 810, "青溪县统计公报", 9)
    foot = text_at(290, 30, f"— {number} —", 9)
    body = "".join(text_at(90, 740 - 20 * index, line) for index, line in enumerate(lines))
    return head + body + foot


def test_joins_lines_that_reach_the_margin_also_across_pages():
    source = read_document(make_pdf(page(1, FULL_LINE, FULL_LINE), page(2, "点五，增速居全市首位。")), "a.pdf")
    assert source.text.endswith(FULL_LINE + FULL_LINE + "点五，增速居全市首位。")


def test_says_where_each_page_begins():
    source = read_document(make_pdf(page(1, "第一页的话。"), page(2, "第二页的话。")), "a.pdf")
    assert [source.text[start:][:3] for start in source.page_starts] == ["第一页", "第二页"]


def test_says_where_a_page_begins_inside_a_sentence():
    source = read_document(make_pdf(page(1, FULL_LINE), page(2, "点五。")), "a.pdf")
    assert source.text[source.page_starts[1] :] == "点五。"


def test_drops_running_heads_and_page_numbers():
    pages = [page(number, f"正文第{number}段落的内容。") for number in range(1, 5)]
    text = read_document(make_pdf(*pages), "a.pdf").text
    assert "统计公报" not in text
    assert "—" not in text
    assert text.count("段落的内容。") == 4


def test_reads_ruled_tables_as_rows_with_caption_unit_and_page():
    cells = [["指标", "数值"], ["粮食产量", "52.3"], ["油料产量", "3.1"]]
    drawn = text_at(90, 745, "表1 主要农产品产量（单位：万吨）")
    for row, (name, value) in enumerate(cells):
        drawn += text_at(105, 705 - 30 * row, name) + text_at(255, 705 - 30 * row, value)
    drawn += "".join(rule(90, 730 - 30 * row, 400, 730 - 30 * row) for row in range(4))
    drawn += "".join(rule(x, 730, x, 640) for x in (90, 240, 400))
    source = read_document(make_pdf(page(1, "前文。"), drawn + text_at(90, 600, "表后的正文。")), "a.pdf")
    (table,) = source.tables
    assert source.text[table.start : table.end].splitlines() == [
        "指标 | 数值",
        "粮食产量 | 52.3",
        "油料产量 | 3.1",
    ]
    assert (table.header, table.unit, table.page) == ("指标 | 数值", "万吨", 2)
    assert source.text.endswith("表后的正文。")


def test_marks_lines_in_larger_type_as_headings():
    drawn = text_at(200, 760, "青溪县年度公报", 18) + page(1, FULL_LINE, "点五。")
    source = read_document(make_pdf(drawn), "a.pdf")
    assert [source.text[heading.start : heading.end] for heading in source.headings] == ["青溪县年度公报"]


def test_refuses_pages_on_which_nothing_is_to_be_read_and_names_the_way_out():
    with pytest.raises(UnreadableFileError, match=r"a\.pdf: 2 pages without text; add a sharper scan"):
        read_document(make_pdf(rule(0, 0, 9, 9), rule(0, 0, 9, 9)), "a.pdf")


def test_names_pages_without_text():
    source = read_document(make_pdf(page(1, FULL_LINE), rule(0, 0, 9, 9)), "a.pdf")
    assert source.warnings == ("pages without text: 2",)


def test_refuses_a_pdf_that_is_cut_off():
    with pytest.raises(UnreadableFileError, match=r"a\.pdf: the PDF is damaged or cut off"):
        read_document(make_pdf(page(1, FULL_LINE))[:300], "a.pdf")


def test_refuses_a_pdf_that_asks_for_a_password():
    lock = f"/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<{'41' * 32}>/U<{'42' * 32}>>>/ID[<{'43' * 16}><{'43' * 16}>]"
    locked = make_pdf(page(1, FULL_LINE)).replace(b"/Root 1 0 R", b"/Root 1 0 R" + lock.encode())
    with pytest.raises(UnreadableFileError, match=r"a\.pdf: the PDF is protected by a password; save it without one"):
        read_document(locked, "a.pdf")
