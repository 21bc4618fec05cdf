import io
import zipfile

import docx
import pptx
import pytest
import xlsxwriter
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches

from rag.errors import UnreadableFileError
from rag.reading import read_document
from rag.reading.formats.docx_numbering import format_number
from rag.reading.formats.number_formats import show_number
from rag.types import Format


def saved(document):
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def workbook(*sheets):
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for index, row in enumerate(rows):
                sheet.write_row(index, 0, row)
    return stream.getvalue()


def headings(source):
    return [(source.text[heading.start : heading.end], heading.level) for heading in source.headings]


def test_reads_docx_paragraphs_and_heading_styles():
    document = docx.Document()
    document.add_heading("青溪县工作报告", 0)
    document.add_heading("一、去年工作", 1)
    document.add_paragraph("完成投资42亿元。")
    own = document.styles.add_style("自定标题", WD_STYLE_TYPE.PARAGRAPH)
    own.base_style = document.styles["Heading 2"]
    document.add_paragraph("（一）工业", style=own)
    source = read_document(saved(document), "a.docx")
    assert source.text.splitlines() == ["青溪县工作报告", "一、去年工作", "完成投资42亿元。", "（一）工业"]
    assert headings(source) == [("青溪县工作报告", 1), ("一、去年工作", 1), ("（一）工业", 2)]


def test_spreads_merged_cells_of_a_docx_table():
    document = docx.Document()
    document.add_paragraph("表2 财政收支（单位：亿元）")
    table = document.add_table(4, 3)
    values = ["指标", "数值", "", "", "去年", "今年", "收入", "18", "19", "支出", "30", "31"]
    for cell, text in zip((cell for row in table.rows for cell in row.cells), values, strict=True):
        cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(0, 0).merge(table.cell(1, 0))
    source = read_document(saved(document), "a.docx")
    (found,) = source.tables
    assert found.header == "指标 | 数值 去年 | 数值 今年"
    assert found.unit == "亿元"
    assert source.text.endswith("收入 | 18 | 19\n支出 | 30 | 31")


def test_writes_footnotes_under_their_paragraph():
    document = docx.Document()
    document.add_paragraph("实施“三园一带”工程")
    content = saved(document)
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    words = "<w:p><w:r><w:t>三个园区和一条产业带。</w:t></w:r></w:p>"
    note = f'<w:footnotes {space}><w:footnote w:id="2">{words}</w:footnote></w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"
    edits = {
        "word/document.xml": ("</w:t></w:r></w:p>", '</w:t></w:r><w:r><w:footnoteReference w:id="2"/></w:r></w:p>'),
        "[Content_Types].xml": ("</Types>", f'<Override PartName="/word/footnotes.xml" ContentType="{kind}"/></Types>'),
        "word/_rels/document.xml.rels": (
            "</Relationships>",
            f'<Relationship Id="rId99" Type="{relation}" Target="footnotes.xml"/></Relationships>',
        ),
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in old.namelist():
            text = old.read(name)
            if name in edits:
                text = text.decode().replace(*edits[name], 1).encode()
            new.writestr(name, text)
        new.writestr("word/footnotes.xml", note)
    source = read_document(stream.getvalue(), "a.docx")
    assert source.text == "实施“三园一带”工程[1]\n[1] 三个园区和一条产业带。"


def test_reads_a_docx_whatever_its_name_says():
    document = docx.Document()
    document.add_paragraph("内容才算数。")
    assert read_document(saved(document), "a.pdf").format is Format.DOCX


def test_reads_a_sheet_as_table_with_caption_unit_and_note():
    rows = [
        ["青溪县主要农产品产量"],
        ["单位：万吨"],
        ["指标", "2030", "2031"],
        ["粮食", 51, 52.3],
        ["油料", 3.1, 3.25],
        ["注：2031年为快报数。"],
    ]
    source = read_document(workbook(("产量", rows), ("空表", [])), "a.xlsx")
    (table,) = source.tables
    assert headings(source) == [("产量", 2)]
    assert (table.caption, table.unit, table.note) == ("青溪县主要农产品产量", "万吨", "注：2031年为快报数。")
    assert source.text[table.start : table.end] == "指标 | 2030 | 2031\n粮食 | 51 | 52.3\n油料 | 3.1 | 3.25"


def test_starts_a_new_table_after_an_empty_row_and_a_title():
    rows = [["甲", "乙"], ["一", 1], [], ["第二张表"], ["丙", "丁"], ["二", 2]]
    source = read_document(workbook(("Sheet1", rows)), "a.xlsx")
    assert [table.header for table in source.tables] == ["甲 | 乙", "丙 | 丁"]
    assert source.tables[1].caption == "第二张表"
    assert source.headings == ()


def test_fills_merged_cells_of_a_sheet():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.merge_range("A1:A2", "指标")
        sheet.merge_range("B1:C1", "数值")
        sheet.write_row("B2", ["去年", "今年"])
        sheet.write_row("A3", ["收入", 18, 19])
    (table,) = read_document(stream.getvalue(), "a.xlsx").tables
    assert table.header == "指标 | 数值 去年 | 数值 今年"


@pytest.mark.parametrize(("mark", "encoding"), [(",", "utf-8-sig"), ("\t", "gb18030"), (";", "utf-16")])
def test_reads_csv_with_any_delimiter_and_encoding(mark, encoding):
    text = (
        mark.join(["指标", "数值"]) + "\n" + mark.join(["粮食产量", "52.3"]) + "\n" + mark.join(['"油料"', "3"]) + "\n"
    )
    source = read_document(text.encode(encoding), "a.csv")
    assert source.text == "指标 | 数值\n粮食产量 | 52.3\n油料 | 3"


def test_reads_slides_in_order_with_titles_tables_charts_and_notes():
    presentation = pptx.Presentation()
    slide = presentation.slides.add_slide(presentation.slide_layouts[5])
    slide.shapes.title.text = "工业运行"
    box = slide.shapes.add_textbox(Inches(1), Inches(6), Inches(4), Inches(1))
    box.text_frame.text = "规模以上工业增加值增长8%。"
    table = slide.shapes.add_table(2, 2, Inches(1), Inches(2), Inches(4), Inches(1)).table
    for cell, text in zip(table.iter_cells(), ["指标", "数值", "产值", "42亿元"], strict=True):
        cell.text = text
    values = CategoryChartData()
    values.categories = ["一季度", "二季度"]
    values.add_series("用电量", (3, 5))
    slide.shapes.add_chart(XL_CHART_TYPE.LINE, Inches(1), Inches(4), Inches(4), Inches(1), values)
    slide.notes_slide.notes_text_frame.text = "备注里的话。"
    presentation.slides.add_slide(presentation.slide_layouts[5]).shapes.title.text = "第二页"
    source = read_document(saved(presentation), "a.pptx")
    rows = ["工业运行", "指标 | 数值", "产值 | 42亿元", "| 用电量", "一季度 | 3", "二季度 | 5"]
    assert source.text.splitlines() == [*rows, "规模以上工业增加值增长8%。", "备注里的话。", "第二页"]
    assert [table.page for table in source.tables] == [1, 1]
    assert source.text[source.page_starts[1] :] == "第二页"


@pytest.mark.parametrize("name", ["a.docx", "a.xlsx", "a.pptx"])
def test_refuses_a_damaged_office_file(name):
    parts = {"a.docx": "word/document.xml", "a.xlsx": "xl/workbook.xml", "a.pptx": "ppt/presentation.xml"}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(parts[name], "<broken")
    with pytest.raises(UnreadableFileError, match=rf"{name}: .*save it again"):
        read_document(stream.getvalue(), name)


TEXT = "青溪县去年完成投资42亿元。"


@pytest.mark.parametrize("page", [936, 1252])
def test_reads_rtf_in_gbk_by_code_page_or_font(page):
    escaped = "".join(chr(byte) if byte < 128 else f"\\'{byte:02x}" for byte in TEXT.encode("gbk"))
    fonts = "{\\fonttbl{\\f0\\fnil\\fcharset134 SimSun;}}"
    content = f"{{\\rtf1\\ansi\\ansicpg{page}\\deff0{fonts}\\f0 {escaped}\\par {escaped}\\par}}"
    assert read_document(content.encode("ascii"), "a.rtf").text == f"{TEXT}\n{TEXT}"


def test_reads_rtf_with_raw_bytes_and_rows():
    rows = "\\trowd 指标\\cell 数值\\cell\\row\\trowd 人口\\cell 3万\\cell\\row"
    content = f"{{\\rtf1\\ansi\\ansicpg936 前文\\par{rows}\\pard 后文\\par}}"
    source = read_document(content.encode("gbk"), "a.rtf")
    assert source.text == "前文\n指标 | 数值\n人口 | 3万\n后文"
    assert source.tables[0].header == "指标 | 数值"


NUMBERING = """<w:abstractNum w:abstractNumId="90">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%3."/></w:lvl></w:abstractNum>"""


def test_writes_the_numbers_that_word_counts_by_itself():
    document = docx.Document()
    root = document.part.numbering_part.element
    space = f'xmlns:w="{root.nsmap["w"]}"'
    root.insert(0, parse_xml(NUMBERING.replace("<w:abstractNum ", f"<w:abstractNum {space} ", 1)))
    root.append(parse_xml(f'<w:num {space} w:numId="91"><w:abstractNumId w:val="90"/></w:num>'))
    for depth, text in [(0, "去年工作"), (1, "工业"), (2, "项目"), (1, "农业"), (0, "今年工作"), (1, "目标")]:
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        place = f'<w:numPr {space}><w:ilvl w:val="{depth}"/><w:numId w:val="91"/></w:numPr>'
        properties.append(parse_xml(place))
    lines = ["一、去年工作", "（一）工业", "1. 项目", "（二）农业", "二、今年工作", "（一）目标"]
    assert read_document(saved(document), "a.docx").text.splitlines() == lines


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (10, "chineseCounting", "十"),
        (21, "chineseCountingThousand", "二十一"),
        (4, "upperRoman", "IV"),
        (3, "decimalEnclosedCircle", "③"),
        (2, "upperLetter", "B"),
        (100, "japaneseCounting", "一〇〇"),
    ],
)
def test_writes_numbers_in_words_formats(value, kind, written):
    assert format_number(value, kind) == written


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.065, "0.0%", "6.5%"),
        (0.0651, "0.00%", "6.51%"),
        (12.345, "0.00", "12.35"),
        (1234567.8, "#,##0", "1234568"),
        (3.14159, "", "3.14159"),
        (0.1 + 0.2, "", "0.3"),
        (5, "0.0", "5.0"),
        (5.25, "0.0##", "5.25"),
        (7, "@", "7"),
        (-2.5, "0.0_ ;[Red]-0.0", "-2.5"),
        (2020, 'yyyy"年"', "2020"),
        (9.5, '0.0"亿元"', "9.5亿元"),
    ],
)
def test_shows_numbers_as_the_office_does(value, code, shown):
    assert show_number(value, code) == shown


def test_reads_percentages_and_rounded_numbers_as_shown():
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet("增速")
        sheet.write_row("B2", ["指标", "增长"])
        sheet.write("B3", "产值")
        sheet.write_number("C3", 0.06512, book.add_format({"num_format": "0.0%"}))
        sheet.write("B4", "投资")
        sheet.write_number("C4", 12.3456, book.add_format({"num_format": "0.0"}))
    source = read_document(stream.getvalue(), "a.xlsx")
    assert source.text == "增速\n指标 | 增长\n产值 | 6.5%\n投资 | 12.3"


def test_raised_digits_of_a_docx_after_a_word_are_marks_and_units_stay():
    document = docx.Document()
    paragraph = document.add_paragraph("推进“三链”")
    paragraph.add_run("1").font.superscript = True
    paragraph.add_run("建设，新建厂房3万m")
    paragraph.add_run("2").font.superscript = True
    assert read_document(saved(document), "a.docx").text == "推进“三链”[1]建设，新建厂房3万m²"
