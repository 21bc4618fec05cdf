from __future__ import annotations

import ctypes
import io
import unicodedata
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from rag.errors import UnreadableFileError
from rag.ingesting.sandbox import ParserPool
from rag.reading import read_document
from rag.reading.report import read_report
from rag.types import OCR_WARNING

CJK = Path("/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc")
LINES = (
    "2031年，全县完成地区生产总值186.4亿元，",
    "比上年增长5.7%；城镇新增就业3150人。",
    "改造老旧小区21个，惠及居民4200户。",
)
SCANNED_LEFT = (
    "今年以来全县工业生产保持平 稳，规模以上工业增加值增长 7.1%，其中装备制造业增长 "
    "12.4%，食品加工业增长较快 ，工业投资增长9.9%。"
)
SCANNED_RIGHT = (
    "农业方面，粮食播种面积稳定 在46万亩，总产量21万吨，蔬 菜产量33万吨，生猪出栏19万 "
    "头，水产品产量2.4万吨，高 标准农田达到30万亩。"
)
VERTICAL = (
    "二〇三一年全县粮食总产量五十二万吨，比上年增 长百分之六。新建学校十五所，新增学位三千个。 "
    "全县公路里程达到一千二百公里。"
)
needs_font = pytest.mark.skipif(not CJK.exists(), reason="no font for Chinese characters: fonts-noto-cjk")


def drawn(*lines: str, size: int = 40, width: int = 1200) -> Image.Image:
    font = ImageFont.truetype(CJK, size) if CJK.exists() else ImageFont.load_default(size)
    image = Image.new("RGB", (width, 160 + 2 * size * len(lines)), "white")
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((80, 80 + 2 * size * number), line, fill="black", font=font)
    return image


def saved(*images: Image.Image, kind: str = "PNG") -> bytes:
    stream = io.BytesIO()
    more = {"save_all": True, "append_images": images[1:]} if images[1:] else {}
    images[0].save(stream, kind, **more)
    return stream.getvalue()


def plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text) if sign.isalnum() or sign in "%.")


@needs_font
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_reads_the_words_of_a_picture_and_says_how(kind: str) -> None:
    source = read_document(saved(drawn(*LINES), kind=kind), "扫描.bin")
    assert plain(source.text) == plain("".join(LINES))
    assert source.warnings == (f"{OCR_WARNING}1",)


def test_reads_latin_words_and_each_page_of_a_tiff() -> None:
    pages = drawn("The town built 12 bridges."), drawn("Its library had 3,150 visits.")
    source = read_document(saved(*pages, kind="TIFF"), "scan.tif")
    assert [plain(source.text[start:])[:8] for start in source.page_starts] == ["Thetownb", "Itslibra"]


@needs_font
def test_a_page_on_its_side_is_turned() -> None:
    assert plain(read_document(saved(drawn(*LINES, "", "", "").rotate(90, expand=True)), "a.png").text) == plain(
        "".join(LINES)
    )


@needs_font
def test_cells_beside_each_other_are_a_table() -> None:
    image = drawn("", "", "", "", size=50)
    font = ImageFont.truetype(CJK, 50)
    for row, cells in enumerate([("乡镇", "人口", "企业"), ("柳塘镇", "23145", "12"), ("石桥乡", "9034", "7")]):
        for column, cell in enumerate(cells):
            ImageDraw.Draw(image).text((80 + 350 * column, 80 + 100 * row), cell, fill="black", font=font)
    source = read_document(saved(image), "a.png")
    assert source.text == "乡镇 | 人口 | 企业\n柳塘镇 | 23145 | 12\n石桥乡 | 9034 | 7"
    assert source.tables[0].header == "乡镇 | 人口 | 企业"


@needs_font
def test_a_scan_in_two_columns_is_read_column_by_column_with_its_notes() -> None:
    left, right = SCANNED_LEFT.split(), SCANNED_RIGHT.split()
    image = Image.new("RGB", (1500, 900), "white")
    for text, x, y, size in (
        ("青溪县2031年经济运行情况", 500, 40, 48),
        ("①工业投资不含农户。", 100, 700, 24),
        ("②农田为累计数。", 800, 700, 24),
        *((line, 100, 160 + 70 * row, 36) for row, line in enumerate(left)),
        *((line, 800, 160 + 70 * row, 36) for row, line in enumerate(right)),
    ):
        ImageDraw.Draw(image).text((x, y), text, fill="black", font=ImageFont.truetype(CJK, size))
    lines = [plain(line) for line in read_document(saved(image), "a.png").text.split("\n")]
    wanted = ("青溪县2031年经济运行情况", "".join(left), "①工业投资不含农户。", "".join(right), "②农田为累计数。")
    assert lines == list(map(plain, wanted))


@needs_font
def test_a_scan_set_vertically_is_read_from_right_to_left() -> None:
    image = Image.new("RGB", (1500, 1000), "white")
    for column, line in enumerate(VERTICAL.split()):
        for row, sign in enumerate(line):
            font = ImageFont.truetype(CJK, 36)
            ImageDraw.Draw(image).text((1300 - 90 * column, 40 + 42 * row), sign, fill="black", font=font)
    assert plain(read_document(saved(image), "a.png").text) == plain(VERTICAL)


@pytest.mark.parametrize(("layer", "warned"), [("The town built 12 bridges.", False), ("Lorem ipsum dolor 999", True)])
def test_a_hidden_text_layer_unlike_its_picture_is_named(layer: str, warned: bool) -> None:
    import pypdfium2 as pdfium
    import pypdfium2.raw as pdfium_c

    scan, stream = io.BytesIO(), io.BytesIO()
    drawn(*5 * ["The town built 12 bridges."]).save(scan, "PDF")
    document = pdfium.PdfDocument(scan.getvalue())
    page = document[0]
    for line in range(5):
        hidden = pdfium_c.FPDFPageObj_NewTextObj(document, b"Helvetica", 12)
        pdfium_c.FPDFText_SetText(hidden, (ctypes.c_ushort * (len(layer) + 1))(*map(ord, layer)))
        pdfium_c.FPDFTextObj_SetTextRenderMode(hidden, pdfium_c.FPDF_TEXTRENDERMODE_INVISIBLE)
        pdfium_c.FPDFPageObj_Transform(hidden, 1, 0, 0, 1, 50, 50 + 20 * line)
        pdfium_c.FPDFPage_InsertObject(page, hidden)
    page.gen_content()
    document.save(stream)
    warnings = read_document(stream.getvalue(), "a.pdf").warnings
    assert ("hidden text unlike the picture on pages: 1" in warnings) is warned


def test_only_pages_without_words_of_a_pdf_are_recognised_and_cited_so(make_mixed_pdf) -> None:
    report = read_report(make_mixed_pdf, "混合.pdf")
    assert (report.was_recognised(1), report.was_recognised(2)) == (False, True)
    assert "visits" in report.text[report.page_starts[1] :]


@pytest.fixture
def make_mixed_pdf() -> bytes:
    import pypdfium2 as pdfium

    from tests.rag.reading.test_pdf import FULL_LINE, make_pdf, page

    mixed = pdfium.PdfDocument(make_pdf(page(1, FULL_LINE, FULL_LINE, FULL_LINE)))
    scan = io.BytesIO()
    drawn("Its library had 3,150 visits.").save(scan, "PDF")
    mixed.import_pages(pdfium.PdfDocument(scan.getvalue()))
    stream = io.BytesIO()
    mixed.save(stream)
    return stream.getvalue()


def test_a_page_with_few_sure_characters_is_named() -> None:
    blurred = drawn("Its library had 3,150 visits.").resize((150, 30)).resize((1200, 240))
    source = read_document(saved(drawn("The town built 12 bridges."), blurred, kind="TIFF"), "scan.tif")
    assert "few sure characters on pages: 2" in source.warnings


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (saved(Image.new("RGB", (300, 300), "white")), "OCR finds no text in the picture; add"),
        (saved(drawn("The town."))[:400], "the picture is damaged; scan"),
    ],
)
def test_refuses_a_picture_without_words(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=rf"^a\.png: {reason}"):
        read_document(content, "a.png")


def test_tells_of_each_page_from_the_parser_process() -> None:
    told: list[tuple[int, int]] = []
    pages = drawn("The town built 12 bridges."), drawn("Its library had 3,150 visits.")
    with ParserPool(1, 60, 2_000_000_000, work=read_document) as pool:
        future = pool.submit(
            saved(*pages, kind="TIFF"), "scan.tif", on_page=lambda done, total: told.append((done, total))
        )
        assert "bridges" in future.result().text
    assert told == [(1, 2), (2, 2)]
