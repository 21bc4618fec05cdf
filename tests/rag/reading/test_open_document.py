from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from rag.errors import UnreadableFileError
from rag.reading import read_document

SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text", "table")
)
BODY = """
<text:tracked-changes><text:p>删去的话。</text:p></text:tracked-changes>
<text:h text:outline-level="2">一、去年工作</text:h>
<text:p>全县<text:span>产值</text:span>88.4亿元<text:note><text:note-citation>1</text:note-citation>
<text:note-body><text:p>含飞地。</text:p></text:note-body></text:note>，<text:s text:c="2"/>增长6.1%。</text:p>
<table:table><table:table-row>
<table:table-cell table:number-columns-spanned="2"><text:p>产量</text:p></table:table-cell><table:covered-table-cell/>
</table:table-row><table:table-row><table:table-cell><text:p>粮食</text:p></table:table-cell>
<table:table-cell><text:p>12.8</text:p></table:table-cell></table:table-row>
<table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>9</text:p></table:table-cell>
</table:table-row></table:table>
<text:list><text:list-item><text:p>修路58公里。</text:p></text:list-item></text:list>
"""
CHAPTER = "<html><body><h1>{}</h1><p>{}</p></body></html>"


def packed(mimetype: str, **parts: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("mimetype", mimetype)
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def odt(manifest: str = "<a/>") -> bytes:
    text = f"<office:body><office:text>{BODY}</office:text></office:body>"
    content = f"<office:document-content {SPACES}>{text}</office:document-content>"
    return packed(
        "application/vnd.oasis.opendocument.text", **{"META-INF/manifest.xml": manifest, "content.xml": content}
    )


def epub(**more: str) -> bytes:
    items = '<item id="a" href="one%20.xhtml"/><item id="b" href="two.xhtml"/>'
    spine = '<itemref idref="b"/><itemref idref="a"/>'
    return packed(
        "application/epub+zip",
        **{
            "META-INF/container.xml": '<container><rootfile full-path="in/book.opf"/></container>',
            "in/book.opf": f"<package><title>县志</title><manifest>{items}</manifest><spine>{spine}</spine></package>",
            "in/one .xhtml": CHAPTER.format("第二章", "桥有三座。"),
            "in/two.xhtml": CHAPTER.format("第一章", "渠有五条。"),
        },
        **more,
    )


def test_reads_headings_words_notes_and_merged_cells_of_an_odt() -> None:
    source = read_document(odt(), "a.odt")
    assert source.text.split("\n") == [
        "一、去年工作",
        "全县产值88.4亿元， 增长6.1%。", "含飞地。", "产量 | 产量", "粮食 | 12.8", "9 | 9", "修路58公里。",
    ]  # fmt: skip
    assert [heading.level for heading in source.headings] == [2]
    assert source.tables[0].header == "产量 | 产量"


def test_reads_the_chapters_of_a_book_in_the_order_of_its_spine() -> None:
    source = read_document(epub(), "a.epub")
    assert source.text == "第一章\n渠有五条。\n第二章\n桥有三座。"
    assert (source.title, len(source.headings)) == ("县志", 2)


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        (odt("<manifest><encryption-data/></manifest>"), "a.odt", "protected by a password"),
        (epub(**{"META-INF/rights.xml": "<a/>"}), "a.epub", "the book is locked"),
        (packed("application/epub+zip"), "a.epub", "the book is damaged"),
    ],
)
def test_refuses_what_is_locked_or_damaged(content: bytes, name: str, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=rf"^{name}: .*{reason}.*; "):
        read_document(content, name)


def test_a_legacy_word_file_is_refused_with_the_way_out_where_libreoffice_is_missing(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    name = "WordDocument".encode("utf-16-le") + b"\x00\x00"
    entry = name.ljust(64, b"\x00") + len(name).to_bytes(2, "little") + b"\x02"
    content = (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\x00") + entry.ljust(128, b"\x00")).ljust(2048, b"\x00")
    with pytest.raises(UnreadableFileError, match=r"old\.wps: .* without LibreOffice; .*soffice --headless"):
        read_document(content, "old.wps")


@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_a_legacy_word_file_is_read_by_libreoffice(tmp_path: Path) -> None:
    made = tmp_path / "made.html"
    rows = "<tr><th>指标</th><th>数值</th></tr><tr><td>粮食</td><td>12.8</td></tr>"
    made.write_text(f"<meta charset=utf-8><p>全县产值88.4亿元。</p><table>{rows}</table>", "utf-8")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    formats = ["--infilter=HTML (StarWriter)", "--convert-to", "doc:MS Word 97", "--outdir", str(tmp_path)]
    subprocess.run(["soffice", profile, "--headless", *formats, str(made)], check=True, capture_output=True, timeout=90)
    source = read_document((tmp_path / "made.doc").read_bytes(), "made.doc")
    assert "全县产值88.4亿元" in source.text
    assert "粮食 | 12.8" in source.text
