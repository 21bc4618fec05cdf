"""Failures that others reported of systems and libraries of this kind, on inputs of our own; see docs/field.md."""

from __future__ import annotations

import io
import quopri
import unicodedata
import zipfile
from collections.abc import Callable

import docx
import openpyxl
import pptx
import pytest
from docx.oxml import parse_xml

from rag.reading import read_document
from rag.reading.report import read_report
from tests.rag.reading.made_pdf import make_pdf, rule, text_at

NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
PROSE = (
    "二〇三一年全县完成地区生产总值三百二十亿元按可比价格计算比上",
    "年增长百分之六点五，增速居全市首位，一般公共预算收入稳步增长，",
    "城乡居民收入增速快于经济增速。",
)


def turned(x: float, y: float, text: str, *, cosine: float, sine: float, size: float = 10.5) -> str:
    return f"BT /F1 {size} Tf {cosine} {sine} {-sine} {cosine} {x} {y} Tm <{text.encode('utf-16-be').hex()}> Tj ET\n"


def ruled(rows: list[tuple[str, ...]], x: float, y: float, width: float = 100, height: float = 20) -> str:
    cells = "".join(
        text_at(x + width * column + 8, y - height * line - height + 6, cell)
        for line, row in enumerate(rows)
        for column, cell in enumerate(row)
    )
    right, bottom = x + width * len(rows[0]), y - height * len(rows)
    across = "".join(rule(x, y - height * line, right, y - height * line) for line in range(len(rows) + 1))
    down = "".join(rule(x + width * column, bottom, x + width * column, y) for column in range(len(rows[0]) + 1))
    return cells + across + down


def told(content: bytes, name: str) -> set[tuple[str, float, str, tuple[int, ...]]]:
    return {(each.indicator, each.value, each.unit, each.years) for each in read_report(content, name).figures}


def test_a_cell_merged_over_rows_of_a_pdf_names_each_of_them() -> None:
    rows = [("片区", "乡镇", "人口"), ("", "松岗镇", "23145"), ("", "柳塘镇", "18902"), ("南片", "石门乡", "9034")]
    page = text_at(90, 760, "2031年各片区人口（单位：人）") + text_at(98, 676, "北片")
    page += "".join(
        text_at(98 + 100 * x, 706 - 20 * y, cell) for y, row in enumerate(rows) for x, cell in enumerate(row)
    )
    page += "".join(rule(190 if y == 680 else 90, y, 390, y) for y in (720, 700, 680, 660, 640))
    content = make_pdf(page + "".join(rule(x, 640, x, 720) for x in (90, 190, 290, 390)))
    assert read_document(content, "a.pdf").text.split("\n")[3] == "北片 | 柳塘镇 | 18902"
    assert ("北片柳塘镇人口", 18902, "人", (2031,)) in told(content, "a.pdf")


@pytest.mark.parametrize("with_heads", [False, True])
def test_a_table_that_goes_on_over_the_page_is_one(with_heads: bool) -> None:
    heads = ("乡镇", "小麦", "玉米")
    first = text_at(90, 800, "2031年各乡镇粮食产量（单位：吨）") + ruled([heads, ("柳塘镇", "1200", "800")], 90, 780)
    rows = [heads] * with_heads + [("石门乡", "3200", "2800"), ("松岗镇", "410", "90")]
    content = make_pdf(first, ruled(rows, 90, 790) + text_at(90, 600, "总产量继续增长。"))
    (table,) = read_document(content, "a.pdf").tables
    assert (table.header, table.unit) == ("乡镇 | 小麦 | 玉米", "吨")
    assert read_document(content, "a.pdf").text[table.start : table.end].endswith("松岗镇 | 410 | 90")
    assert read_document(content, "a.pdf").text.count("小麦") == 1


def test_a_watermark_set_aslant_is_no_text() -> None:
    page = "".join(text_at(90, 740 - 20 * index, line) for index, line in enumerate(PROSE))
    page += "".join(turned(150, y, "内部资料请勿外传", cosine=0.707, sine=0.707, size=40) for y in (560, 300))
    assert read_document(make_pdf(page), "a.pdf").text == "".join(PROSE)


def test_the_raised_mark_of_a_note_is_no_digit() -> None:
    page = (
        text_at(90, 740, "2031年全县粮食总产量52.3") + text_at(252, 744, "1", 6) + text_at(258, 740, "万吨，增长6.5%")
    )
    page += text_at(358, 744, "2", 6) + text_at(364, 740, "。") + text_at(90, 60, "1粮食产量为抽样调查数。", 8)
    assert ("粮食总产量", 52.3, "万吨", (2031,)) in told(make_pdf(page), "a.pdf")
    html = "<h1>青禾县2031年公报</h1><p>总产量52.3<sup>1</sup>万吨，水面12km<sup>2</sup>，"
    html += "库容10<sup>3</sup>方，增长6%<sup>2</sup>。</p>"
    assert read_document(f"<html><body>{html}</body></html>".encode(), "a.html").text.endswith(
        "总产量52.3万吨，水面12km²，库容10³方，增长6%[2]。"
    )
    assert ("水面", 12, "平方公里", (2031,)) in told(f"<html><body>{html}</body></html>".encode(), "a.html")


@pytest.mark.parametrize("rotated", [b"/Rotate 90", b""])
def test_a_table_on_a_page_on_its_side_keeps_its_rows(rotated: bytes) -> None:
    rows = [("指标", "数值"), ("粮食产量", "52.3"), ("油料产量", "3.1")]
    page = turned(80, 90, "2031年主要农产品产量（单位：万吨）", cosine=0, sine=1)
    page += "".join(
        turned(120 + 24 * y, 90 + 120 * x, cell, cosine=0, sine=1)
        for y, row in enumerate(rows)
        for x, cell in enumerate(row)
    )
    source = read_document(make_pdf(page).replace(b"/MediaBox", rotated + b"/MediaBox"), "a.pdf")
    assert source.text.split("\n")[1:] == ["指标 | 数值", "粮食产量 | 52.3", "油料产量 | 3.1"]


@pytest.mark.parametrize("rules", [(748, 724, 660), ()])
def test_columns_without_rules_between_them_are_a_table(rules: tuple[int, ...]) -> None:
    rows = [
        ("指标", "单位", "2030年", "2031年"),
        ("粮食产量", "万吨", "51.2", "52.3"),
        ("油料产量", "万吨", "2.9", "3.1"),
    ]
    page = text_at(90, 760, "表1主要农产品产量") + "".join(rule(90, y, 480, y) for y in rules)
    page += "".join(
        text_at(90 + 100 * x, 730 - 20 * y, cell) for y, row in enumerate(rows) for x, cell in enumerate(row)
    )
    content = make_pdf(page + text_at(90, 630, "粮食生产再获丰收。"))
    assert [table.caption for table in read_document(content, "a.pdf").tables] == ["表1主要农产品产量"]
    assert ("油料产量", 3.1, "万吨", (2031,)) in told(content, "a.pdf")


def test_bold_made_by_printing_twice_is_read_once() -> None:
    page = "".join(text_at(90 + x, 740, "2031年全县接待游客82万人次。") for x in (0, 0.4))
    page += "".join(text_at(90 + 11 * index + x, 700, sign) for index, sign in enumerate("新建学校") for x in (0, 0.3))
    assert read_document(make_pdf(page), "a.pdf").text.replace("\n", "") == "2031年全县接待游客82万人次。新建学校"


def word(*runs: str) -> bytes:
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:p {NAMESPACE}>{''.join(runs)}</w:p>"))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def run(text: str, style: str = "") -> str:
    return f"<w:r><w:rPr>{style}</w:rPr><w:t>{text}</w:t></w:r>"


@pytest.mark.parametrize(
    "unseen",
    [
        f'<w:moveFrom w:id="1" w:author="a">{run("15所，")}</w:moveFrom>',
        run("草稿：15所，", "<w:vanish/>"),
        f"<w:r><w:ruby><w:rt>{run('xué')}</w:rt></w:ruby></w:r>",
    ],
)
def test_words_moved_away_hidden_or_read_aloud_are_not_read_twice(unseen: str) -> None:
    moved = f'<w:moveTo w:id="2" w:author="a">{run("12所。")}</w:moveTo>'
    assert read_document(word(run("新建学校"), unseen, moved), "a.docx").text == "新建学校12所。"


def test_a_struck_row_goes_and_a_mark_in_a_cell_is_no_digit() -> None:
    cell = "<w:tc><w:p>{}</w:p></w:tc>".format
    struck = f'<w:tr><w:trPr><w:del w:id="5" w:author="c"/></w:trPr>{cell(run("油料"))}{cell(run("77"))}</w:tr>'
    mark = run("1", '<w:vertAlign w:val="superscript"/>')
    rows = f"<w:tr>{cell(run('指标'))}{cell(run('万吨'))}</w:tr>{struck}"
    rows += f"<w:tr>{cell(run('粮食'))}{cell(run('12.3') + mark)}</w:tr>"
    document = docx.Document()
    document.element.body.insert(0, parse_xml(f"<w:tbl {NAMESPACE}>{rows}</w:tbl>"))
    stream = io.BytesIO()
    document.save(stream)
    assert read_document(stream.getvalue(), "a.docx").text == "指标 | 万吨\n粮食 | 12.3"


def changed(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as one, zipfile.ZipFile(stream, "w") as other:
        for name in one.namelist():
            other.writestr(name, change(name, one.read(name)))
    return stream.getvalue()


def strict(_: str, part: bytes) -> bytes:
    part = part.replace(b"schemas.openxmlformats.org/officeDocument/2006/", b"purl.oclc.org/ooxml/officeDocument/")
    for kind in (b"wordprocessingml", b"presentationml", b"drawingml"):
        part = part.replace(b"schemas.openxmlformats.org/" + kind + b"/2006/", b"purl.oclc.org/ooxml/" + kind + b"/")
    return part


def dangling(name: str, part: bytes) -> bytes:
    lost = b'<!-- a comment --><Relationship Id="lost" Type="http://a/image" Target="NULL"/></Relationships>'
    return part.replace(b"</Relationships>", lost) if name.endswith(".xml.rels") else part


def with_macros(_: str, part: bytes) -> bytes:
    part = part.replace(
        b"officedocument.presentationml.presentation.main", b"officedocument.presentationml.slideshow.main"
    )
    return part.replace(
        b"vnd.openxmlformats-officedocument.wordprocessingml.document.main", b"vnd.ms-word.document.macroEnabled.main"
    )


@pytest.mark.parametrize("change", [strict, dangling, with_macros])
def test_office_files_that_their_libraries_refuse_are_read(change: Callable[[str, bytes], bytes]) -> None:
    assert read_document(changed(word(run("修路12公里。")), change), "a.docx").text == "修路12公里。"
    show, stream = pptx.Presentation(), io.BytesIO()
    slide = show.slides.add_slide(show.slide_layouts[5])
    slide.shapes.title.text = "2031年指标"
    show.save(stream)
    assert read_document(changed(stream.getvalue(), change), "a.pptx").text == "2031年指标"


def workbook(*rows: tuple[object, ...], formats: dict[str, str] | None = None) -> bytes:
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    for cell, code in (formats or {}).items():
        book.active[cell].number_format = code
    book.save(stream)
    return stream.getvalue()


def test_numbers_are_shown_in_the_unit_their_format_gives() -> None:
    formats = {"B2": '0!.0,"万元"', "B3": '#,##0,"千元"', "B4": '0.0"%"'}
    content = workbook(("指标", "数额"), ("产值", 1234567), ("税收", 98765), ("增速", 6.5), formats=formats)
    assert read_document(content, "a.xlsx").text.split("\n")[1:] == ["产值 | 123.5万元", "税收 | 99千元", "增速 | 6.5%"]


def test_formulas_whose_value_was_never_stored_are_named() -> None:
    source = read_document(workbook(("指标", "一季度", "全年"), ("粮食", 51, "=B2*4"), ("油料", 3, 12)), "a.xlsx")
    assert source.warnings == ("formulas without a value: 1; open the workbook in its program and save it",)


def test_an_xml_spreadsheet_of_2003_is_a_table() -> None:
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    cell = "<Cell{}><Data>{}</Data></Cell>".format
    heads = "".join(cell("", head) for head in ("指标", "2030年", "2031年"))
    rows = f"<Row>{heads}</Row><Row>{cell('', '粮食')}{cell(' s:Index=' + chr(34) + '3' + chr(34), '52.3')}</Row>"
    book = f'<Workbook xmlns="{name}" xmlns:s="{name}"><Author>甲</Author><Worksheet><Table>{rows}</Table></Worksheet>'
    source = read_document(f'<?xml version="1.0"?>{book}</Workbook>'.encode(), "a.xls")
    assert source.text == "指标 | 2030年 | 2031年\n粮食 |  | 52.3"


def test_a_web_archive_is_its_page() -> None:
    page = (
        "<html><body><h1>青禾县2031年公报</h1><p>全县粮食总产量52.3万吨，比上年增长6.5%，为历年最高。</p></body></html>"
    )
    content = b'From: <saved>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="=_X"\r\n\r\n--=_X\r\n'
    content += b'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n'
    content += quopri.encodestring(page.encode()) + b"\r\n--=_X--\r\n"
    assert read_document(content, "a.mht").text.startswith("青禾县2031年公报\n全县粮食总产量52.3万吨")


def test_tables_and_figures_as_converters_write_them_into_markdown() -> None:
    table = "<table><tr><td>指标</td><td>2031年</td></tr><tr><td>粮食</td><td>52.3</td></tr></table>"
    text = f"# 青禾县统计\n\n{table}\n\n增长 $6 . 5 \\%$，投资$1,234 \\text{{亿元}}$；书价 $5，笔价 $6。\n"
    source = read_document(text.encode(), "a.md")
    assert source.text.split("\n")[1:] == [
        "指标 | 2031年",
        "粮食 | 52.3",
        "增长 6.5%，投资1,234亿元；书价 $5，笔价 $6。",
    ]
    assert [each.header for each in source.tables] == ["指标 | 2031年"]


def test_words_struck_out_of_a_page_and_how_signs_are_read_aloud_go() -> None:
    page = (
        "<html><body><p>产量<del>50</del><s>51</s>52.3万吨，<ruby>汾<rt>fén</rt></ruby>河治理完成。</p></body></html>"
    )
    assert read_document(page.encode(), "a.html").text == "产量52.3万吨，汾河治理完成。"


@pytest.mark.parametrize(
    ("sign", "value"), [("▲3.2", -3.2), ("△3.2", -3.2), ("−3.2", -3.2), ("(3.2)", -3.2), ("3.2", 3.2)]
)
def test_every_way_to_write_less_than_nothing_is_one(sign: str, value: float) -> None:
    text = f"青禾县2031年\n\n指标\t产值（万元）\t增长%\n工业\t1234\t{sign}\n农业\t567\t1.0\n"
    assert ("工业产值", value, "%", (2031,)) in told(text.encode(), "a.txt")


@pytest.mark.parametrize(
    ("caption", "unit"),
    [
        ("（単位：千円）", "千円"),
        ("(단위: 백만원)", "백만원"),
        ("Spending (in thousands of dollars)", "in thousands of dollars"),
    ],
)
def test_a_tables_unit_is_read_in_any_language(caption: str, unit: str) -> None:
    (table,) = read_document(f"{caption}\nItem\t2030\t2031\nA\t6118\t5990\nB\t1118\t990\n".encode(), "a.txt").tables
    assert table.unit == unit
    assert {each[2] for each in told(f"{caption}\nItem\t2030\t2031\nA\t6118\t5990\n".encode(), "a.txt")} == {unit}


def test_text_that_was_decoded_wrongly_once_and_letters_taken_apart_are_put_right() -> None:
    text = "青禾县2031年粮食总产量52.3万吨，农民收入继续增加。\n"
    assert read_document(text.encode().decode("latin-1").encode(), "a.txt").text == text
    korean = "새벽시 2031년 예산은 3조 1,870억 원입니다.\n"
    assert read_document(unicodedata.normalize("NFD", korean).encode(), "a.txt").text == korean
    assert read_document("Año 2031: déjà vu, straße.\n".encode(), "a.txt").text == "Año 2031: déjà vu, straße.\n"
