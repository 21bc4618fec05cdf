"""Web pages and XML feeds: the text they carry, without the page around it."""

from __future__ import annotations

import re
from email import message_from_bytes

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from rag.errors import UnreadableFileError
from rag.reading.decoding import Decoded
from rag.reading.formats.assembly import Assembler, one_line
from rag.reading.formats.grids import MAX_COLUMNS
from rag.reading.formats.page_blocks import Block, find_blocks, write_blocks
from rag.reading.formats.page_selection import is_title, select
from rag.types import Format, SourceText

DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
DECLARATIONS = re.compile(r"^\s*<\?xml[^>]*\?>|<!(?:DOCTYPE[^>\[]*\[.*?\]\s*>|ENTITY[^>]*>)", re.DOTALL | re.IGNORECASE)
HTML_MARK = re.compile(r"<\s*(?:html|body|head|div|p|table|h[1-6]|span|br|ul|a)\b", re.IGNORECASE)
TITLE_TAGS = frozenset({"title", "heading", "headline"})
TECHNICAL = frozenset({"link", "guid", "id", "generator", "docs", "url", "pubdate", "lastbuilddate", "creator", "date"})


def declared_charset(content: bytes) -> str | None:
    """Return the charset that the first 4,096 bytes of a page declare, if any."""
    found = DECLARED.search(content[:4096])
    return found.group(1).decode("ascii") if found else None


def page_of_archive(content: bytes) -> bytes:
    """Return the page of a web archive (MHTML, as browsers save it); other content as it is."""
    if b"\nMIME-Version:" not in b"\n" + content[:4096]:
        return content
    parts = [part for part in message_from_bytes(content).walk() if part.get_content_type() == "text/html"]
    pages = [part.get_payload(decode=True) for part in parts]
    return next((page for page in pages if isinstance(page, bytes)), content)


def read_html(decoded: Decoded, name: str) -> SourceText:
    """Read a page. Headings h1 to h6 and the page's title line are headings, tables of values are tables.

    Raises:
        UnreadableFileError: the page has no text.
    """
    root = _parse(decoded.text, name)
    declared = one_line("".join(next(root.iter("title"), root.makeelement("title")).itertext()))
    blocks = select(find_blocks(root), declared)
    headline = _headline(blocks, declared)
    assembler = Assembler(Format.HTML, encoding=decoded.encoding, title=headline.text if headline else declared)
    write_blocks(blocks, assembler, headline)
    return assembler.finish(decoded.warnings)


def read_xml(decoded: Decoded, name: str) -> SourceText:
    """Read an XML document or feed: titles as headings, everything else as paragraphs; entities are never expanded.

    Raises:
        UnreadableFileError: it is not XML even with errors forgiven.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(_without_declarations(decoded.text).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise UnreadableFileError(f"{name}: not well-formed XML ({error}); save it as HTML or text") from error
    if root is None:
        raise UnreadableFileError(f"{name}: not well-formed XML; save it as HTML or text")
    from rag.reading.formats.spreadsheet import write_rows

    title = next((element.text or "" for element in root.iter() if _local(element) in TITLE_TAGS), "")
    assembler = Assembler(Format.HTML, encoding=decoded.encoding, title=title)
    for sheet in root.iter("{urn:schemas-microsoft-com:office:spreadsheet}Worksheet"):
        write_rows([_sheet_row(row) for row in sheet.iter("{*}Row")], assembler)
    for element in root.iter() if not root.tag.endswith("}Workbook") else ():
        _write_element(element, assembler)
    return assembler.finish(decoded.warnings)


def _parse(text: str, name: str) -> HtmlElement:
    parser = lxml_html.HTMLParser(no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    try:
        root = lxml_html.document_fromstring(_without_declarations(text), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFileError(f"{name}: the page has no readable content ({error}); save it as text") from error
    return root


def _without_declarations(text: str) -> str:
    return DECLARATIONS.sub("", text.replace("\x00", ""))


def _headline(blocks: list[Block], declared: str) -> Block | None:
    """Return the line that is the page's title: the longest one that the HTML title repeats, else the only h1."""
    named = [block for block in blocks[:12] if is_title(block, declared)]
    if named:
        return max(named, key=lambda block: len(block.text))
    highest = [block for block in blocks if block.level == 1]
    return highest[0] if len(highest) == 1 else None


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _sheet_row(row: etree._Element) -> list[str]:
    """Return the cells of a row of an XML spreadsheet of 2003, empty ones where the next names its column."""
    cells: list[str] = []
    for cell in row.iter("{*}Cell"):
        column = next((int(value) for key, value in cell.items() if key.endswith("}Index")), len(cells) + 1)
        cells += [""] * min(column - 1 - len(cells), MAX_COLUMNS)
        cells.append(one_line("".join(cell.itertext())))
    return cells


def _write_element(element: etree._Element, assembler: Assembler) -> None:
    """Write an element's own text; escaped HTML inside it is read as HTML."""
    tag = _local(element)
    if tag in TECHNICAL:
        return
    for text in [(element.text or "") if tag else "", element.tail or ""]:
        if HTML_MARK.search(text):
            fragment = lxml_html.fragment_fromstring(_without_declarations(text), create_parent="div")
            write_blocks(find_blocks(fragment), assembler)
        elif tag in TITLE_TAGS and text == element.text:
            assembler.heading(text, 2)
        else:
            assembler.paragraph(text)
