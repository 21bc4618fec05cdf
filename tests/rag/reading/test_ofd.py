from __future__ import annotations

import io
import zipfile

import pytest

from rag.errors import UnreadableFileError
from rag.reading import read_document

NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'


def words(text: str, x: float, y: float, *, size: float = 4, ctm: str = "") -> str:
    matrix = f' CTM="{ctm}"' if ctm else ""
    code = f'<ofd:TextCode X="0" Y="{size}" DeltaX="g {len(text) - 1} {size}">{text}</ofd:TextCode>'
    return f'<ofd:TextObject ID="1" Boundary="{x} {y} 150 6" Font="1" Size="{size}"{matrix}>{code}</ofd:TextObject>'


def rule(x: float, y: float, width: float, height: float) -> str:
    return f'<ofd:PathObject ID="2" Boundary="{x} {y} {width} {height}"><ofd:AbbreviatedData/></ofd:PathObject>'


def page(*objects: str, template: str = "") -> str:
    under = f'<ofd:Template TemplateID="{template}"/>' if template else ""
    content = f'<ofd:Content><ofd:Layer ID="9">{"".join(objects)}</ofd:Layer></ofd:Content>'
    return f"<ofd:Page {NAMESPACE}>{under}{content}</ofd:Page>"


def make_ofd(*pages: str, template: str = "", **more: str) -> bytes:
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/{n}/Content.xml"/>' for n, _ in enumerate(pages))
    common = "<ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea>"
    common += '<ofd:TemplatePage ID="77" BaseLoc="Tpls/Content.xml"/>' if template else ""
    body = "<ofd:DocInfo><ofd:Title>青岚县公报</ofd:Title></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>"
    parts = {
        "OFD.xml": f"<ofd:OFD {NAMESPACE}><ofd:DocBody>{body}</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f"<ofd:Document {NAMESPACE}><ofd:CommonData>{common}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        **{f"Doc_0/Pages/{n}/Content.xml": each for n, each in enumerate(pages)},
        **({"Doc_0/Tpls/Content.xml": template} if template else {}),
        **more,
    }
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


def test_reads_pages_in_order_and_lines_from_top_to_bottom_wherever_the_file_has_them() -> None:
    first = page(words("增长6.1%。", 30, 60), words("全县产值88.4亿元，", 30, 50))
    source = read_document(make_ofd(first, page(words("第二页的话。", 30, 50))), "a.ofd")
    assert source.text == "全县产值88.4亿元，增长6.1%。\n第二页的话。"
    assert [source.text[start:][:3] for start in source.page_starts] == ["全县产", "第二页"]
    assert source.title == "青岚县公报"


def test_words_of_one_line_in_several_objects_stand_together() -> None:
    pieces = (
        words("2031", 30, 50, size=12, ctm="0.35 0 0 0.35 0 0"),
        words("年", 46, 50, size=12, ctm="0.35 0 0 0.35 0 0"),
    )
    assert read_document(make_ofd(page(*pieces)), "a.ofd").text == "2031年"


def test_a_ruled_table_is_a_table_and_a_signed_file_is_read_too() -> None:
    rules = [rule(20, y, 90, 0.3) for y in (40, 50, 60)] + [rule(x, 40, 0.3, 20) for x in (20, 65, 110)]
    cells = [words("指标", 22, 42), words("亿元", 70, 42), words("总产值", 22, 52), words("88.4", 70, 52)]
    content = make_ofd(page(words("表1 产值", 30, 30), *rules, *cells), **{"Doc_0/Signs/Signatures.xml": "<a/>"})
    source = read_document(content, "a.ofd")
    assert source.text == "表1 产值\n指标 | 亿元\n总产值 | 88.4"
    assert (source.tables[0].header, source.tables[0].caption, source.tables[0].page) == ("指标 | 亿元", "表1 产值", 1)


def test_the_words_of_a_template_stand_on_its_pages() -> None:
    content = make_ofd(page(words("号", 60, 50), template="77"), template=page(words("文件编号：", 30, 50)))
    assert "文件编号：" in read_document(content, "a.ofd").text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (make_ofd(page(), **{"Encryptions.xml": "<a/>"}), "encrypted"),
        (make_ofd("<not closed"), "damaged"),
    ],
)
def test_refuses_by_name_what_cannot_be_read(content: bytes, reason: str) -> None:
    with pytest.raises(UnreadableFileError, match=rf"^a\.ofd: the OFD is {reason}.*; save it"):
        read_document(content, "a.ofd")
