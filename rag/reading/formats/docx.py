"""Word documents: paragraphs with heading styles, tables with merged cells, footnotes under their paragraphs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import docx
from docx.document import Document
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml import etree

from rag.errors import UnreadableFileError
from rag.reading.archives import ODD_PARTS, mended_package
from rag.reading.formats.assembly import Assembler, one_line
from rag.reading.formats.docx_numbering import Numbering
from rag.reading.formats.grids import Cell, holds_values, spread
from rag.reading.note_forms import mark_of
from rag.types import Format, SourceText

PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
WRAPPERS = frozenset(map(qn, ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:smartTag", "w:customXml")))
TEXT_BOX, FALLBACK = qn("w:txbxContent"), "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
# What a reader does not see: words struck or moved elsewhere, and how a character is read.
UNSEEN = frozenset({TEXT_BOX, FALLBACK, *map(qn, ("w:del", "w:moveFrom", "w:rt", "w:pPr"))})
MATH_TEXT = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
BLANKS = {qn("w:tab"): " ", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
REFERENCES = {qn("w:footnoteReference"): "footnotes", qn("w:endnoteReference"): "endnotes"}
PIECES_BEFORE = 8
CLOSED = ("、", "）", ")", "章", "节", "条", "：")
HEADING_STYLE = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
CONTENTS_STYLE = re.compile(r"(?:toc|目录)\s*\d", re.IGNORECASE)


def read_docx(content: bytes, name: str) -> SourceText:
    """Read a DOCX. Headers, footers, tables of contents and deleted words are left out.

    Raises:
        UnreadableFileError: the file is damaged.
    """
    try:
        document = docx.Document(io.BytesIO(mended_package(content)))
        reader = _Reader(document)
        reader.read_blocks(document.element.body)
    except (OpcError, *ODD_PARTS) as error:
        raise UnreadableFileError(f"{name}: the DOCX is damaged ({error}); save it again from Word") from error
    return reader.assembler.finish()


class _Reader:
    """Walks a document's body in order and writes what it finds."""

    def __init__(self, document: Document) -> None:
        self.assembler = Assembler(Format.DOCX, title=document.core_properties.title or "")
        self._levels = _style_levels(document)
        self._skipped_styles = {style.style_id for style in document.styles if CONTENTS_STYLE.match(style.name or "")}
        self._notes = _read_notes(document)
        self._numbering = Numbering(_part_root(document, "numbering"), _part_root(document, "styles"))
        self._num_notes = 0

    def read_blocks(self, container: etree._Element) -> None:
        for element in container:
            if element.tag == PARAGRAPH:
                self._read_paragraph(element)
            elif element.tag == TABLE:
                self._read_table(element)
            elif element.tag in WRAPPERS:
                self.read_blocks(element)

    def _read_paragraph(self, element: etree._Element) -> None:
        style = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        style_id = style.get(qn("w:val")) if style is not None else ""
        if style_id in self._skipped_styles:
            return
        text, notes = self._text(element)
        if number := self._numbering.number_of(element, style_id) if text.strip() else "":
            text = f"{number}{'' if number.endswith(CLOSED) else ' '}{text.lstrip()}"
        level = _own_level(element) or self._levels.get(style_id, 0)
        if level:
            self.assembler.heading(text, level)
        else:
            for line in text.split("\n"):
                self.assembler.paragraph(line)
        for note in notes:
            self.assembler.paragraph(note)
        for box in _text_boxes(element):
            self.read_blocks(box)

    def _text(self, element: etree._Element) -> tuple[str, list[str]]:
        """Return a paragraph's words with ``[n]`` for each footnote, and the notes themselves."""
        pieces: list[str] = []
        notes: list[str] = []
        for node in _own_nodes(element):
            words = _words(node)
            pieces.append(mark_of("".join(pieces[-PIECES_BEFORE:]), words) if _is_raised(node) else words)
            if node.tag in REFERENCES:
                note = self._notes.get((REFERENCES[node.tag], node.get(qn("w:id"))), "")
                self._num_notes += 1
                pieces.append(f"[{self._num_notes}]")
                notes.append(f"[{self._num_notes}] {note}" if note else "")
        return "".join(pieces), notes

    def _read_table(self, table: etree._Element) -> None:
        rows, notes = self._rows(table)
        if holds_values(rows):
            self.assembler.table(rows)
            for note in notes:
                self.assembler.paragraph(note)
            return
        for cell in table.iter(CELL):
            if next(cell.iterancestors(TABLE)) is table:
                self.read_blocks(cell)

    def _rows(self, table: etree._Element) -> tuple[list[list[str]], list[str]]:
        """Return a table's rows, those struck left out, and the notes of its cells."""
        grid: list[list[str]] = []
        found: list[str] = []
        for row in (row for row in table.iter(ROW) if next(row.iterancestors(TABLE)) is table):
            if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
                continue
            cells: list[Cell] = []
            for cell in (cell for cell in row.iter(CELL) if next(cell.iterancestors(ROW)) is row):
                column = sum(other.num_columns for other in cells)
                lines = [self._text(line) for line in cell.iter(PARAGRAPH)]
                found += [note for _, notes in lines for note in notes]
                above = grid[-1][column] if grid and column < len(grid[-1]) else ""
                cells.append(_cell(cell, one_line("\n".join(text for text, _ in lines)), above))
            grid.extend(spread([cells]))
        return grid, found


def _own_nodes(element: etree._Element) -> Iterator[etree._Element]:
    """Yield the nodes of a paragraph in order, without those of text boxes and of fallbacks for old programs."""
    for child in element:
        if child.tag in UNSEEN or child.find(f"{qn('w:rPr')}/{qn('w:vanish')}") is not None:
            continue
        yield child
        yield from _own_nodes(child)


def _is_raised(node: etree._Element) -> bool:
    align = node.find(f"../{qn('w:rPr')}/{qn('w:vertAlign')}") if node.tag == qn("w:t") else None
    return align is not None and align.get(qn("w:val")) == "superscript"


def _text_boxes(element: etree._Element) -> list[etree._Element]:
    boxes = element.iter(TEXT_BOX)
    return [box for box in boxes if not any(parent.tag in (FALLBACK, TEXT_BOX) for parent in box.iterancestors())]


def _cell(cell: etree._Element, text: str, above: str) -> Cell:
    """Make a cell; one that continues a vertical merge holds what stands above it."""
    properties = f"{qn('w:tcPr')}/"
    span = cell.find(properties + qn("w:gridSpan"))
    merge = cell.find(properties + qn("w:vMerge"))
    is_continued = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
    return Cell(above if is_continued else text, int(span.get(qn("w:val"), "1")) if span is not None else 1)


def _words(node: etree._Element) -> str:
    return (node.text or "") if node.tag in (qn("w:t"), MATH_TEXT) else BLANKS.get(node.tag, "")


def _own_level(element: etree._Element) -> int:
    level = element.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    return int(level.get(qn("w:val"))) % 9 + 1 if level is not None and int(level.get(qn("w:val"))) < 9 else 0


def _style_levels(document: Document) -> dict[str, int]:
    """Return the heading level of each style that is a heading or based on one; a title is of level 1."""
    levels: dict[str, int] = {}
    for style in document.styles:
        ancestor, num_steps = style, 0
        while ancestor is not None and num_steps < 10:
            found = HEADING_STYLE.match(ancestor.name or "")
            if found or ancestor.name == "Title":
                levels[style.style_id] = int(found.group(1)) if found else 1
                break
            ancestor, num_steps = getattr(ancestor, "base_style", None), num_steps + 1
    return levels


def _read_notes(document: Document) -> dict[tuple[str, str], str]:
    notes = {}
    for kind in REFERENCES.values():
        root = _part_root(document, kind)
        for note in [] if root is None else root:
            text = one_line("".join(node.text or "" for node in note.iter(qn("w:t"))))
            notes[(kind, note.get(qn("w:id")))] = text
    return notes


def _part_root(document: Document, kind: str) -> etree._Element | None:
    """Return the root of a part such as word/numbering.xml, None if the document has none."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    for part in document.part.package.iter_parts():
        if part.partname.rpartition("/")[2] == f"{kind}.xml":
            return etree.fromstring(part.blob, parser)
    return None
