"""A web page as a row of blocks: paragraphs, headings and tables, each with the share of its words that are links."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from rag.reading.formats.assembly import Assembler, one_line
from rag.reading.formats.grids import Cell, holds_values, spread
from rag.reading.note_forms import mark_of

_SKIPPED = (
    "script style noscript template iframe svg canvas button select option textarea input nav footer head audio "
    "video object embed map applet label del s strike rt rp"
)
_INLINE = (
    "a abbr acronym b bdi bdo big cite code data dfn em font i img ins kbd mark nobr o p:span q ruby "
    "samp small span strong sub sup time tt u var wbr"
)
SKIPPED, INLINE = frozenset(_SKIPPED.split()), frozenset(_INLINE.split())
HEADINGS = {f"h{level}": level for level in range(1, 7)}
BLANK_LINE = re.compile(r"(?<=[。！？；：])[^\S\n]*\n\s*\n")
MAX_HIDDEN_CHARS = 200


@dataclass(frozen=True, slots=True)
class Block:
    """A line of a page, or a whole table (``rows`` set, ``text`` its words).

    ``link_share`` is the share of characters inside links, 0 to 1; ``level`` is 1 to 6 for a heading, else 0;
    ``ancestors`` the elements it stands in, innermost first.
    """

    text: str
    link_share: float
    ancestors: tuple[HtmlElement, ...]
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()
    caption: str = ""


def find_blocks(root: HtmlElement) -> list[Block]:
    """Cut a parsed page into blocks in document order; scripts, forms' controls and hidden boxes are left out."""
    walker = _Walker()
    walker.walk(root, in_link=False)
    walker.flush(root)
    return walker.blocks


def write_blocks(blocks: Sequence[Block], assembler: Assembler, headline: Block | None = None) -> None:
    """Add blocks to a document's text; ``headline`` is a heading though its element is none."""
    for block in blocks:
        if block.rows:
            assembler.table(block.rows, caption=block.caption)
        elif block.level or block is headline:
            assembler.heading(block.text, block.level or 1)
        else:
            assembler.paragraph(block.text)


class _Walker:
    """Gathers inline text until a block ends."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._pieces: list[tuple[str, bool]] = []

    def walk(self, element: HtmlElement, *, in_link: bool) -> None:
        self._add(element.text, in_link)
        for child in element:
            self._visit(child, in_link=in_link)
            self._add(child.tail, in_link)

    def flush(self, element: HtmlElement, *, level: int = 0) -> None:
        linked = one_line("".join(piece for piece, in_link in self._pieces if in_link))
        raw = "".join(piece for piece, _ in self._pieces)
        self._pieces = []
        for part in BLANK_LINE.split(raw):
            if text := one_line(part):
                share = min(1.0, len(linked) / len(one_line(raw)))
                self.blocks.append(Block(text, share, _lineage(element), level))

    def _last_piece(self) -> str:
        return self._pieces[-1][0] if self._pieces else ""

    def _add(self, text: str | None, in_link: bool) -> None:
        if text:
            self._pieces.append((text, in_link))

    def _visit(self, element: HtmlElement, *, in_link: bool) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if not tag or tag in SKIPPED or _is_hidden(element):
            return
        if tag == "sup":
            self._add(mark_of(self._last_piece(), element.text_content()), in_link=False)
            return
        if tag in INLINE:
            self.walk(element, in_link=in_link or tag == "a")
            return
        parent = element.getparent()
        self.flush(element if parent is None else parent)
        if tag == "table" and (rows := data_rows(element)):
            self.blocks.append(_table_block(element, rows))
        elif tag == "pre":
            self._walk_lines(element)
        else:
            self.walk(element, in_link=in_link)
            self.flush(element, level=HEADINGS.get(tag, 0))

    def _walk_lines(self, element: HtmlElement) -> None:
        for line in (element.text_content() or "").split("\n"):
            self._add(line, in_link=False)
            self.flush(element)


def data_rows(table: HtmlElement) -> tuple[tuple[str, ...], ...]:
    """Return the rows of a table that holds values; empty for a table that only lays out a page."""
    if next(table.iterdescendants("table"), None) is not None:
        return ()
    rows = spread(_cells(row) for row in table.iterdescendants("tr"))
    return tuple(map(tuple, rows)) if holds_values(rows) else ()


def _cells(row: HtmlElement) -> Iterator[Cell]:
    for cell in row:
        if cell.tag in ("td", "th"):
            text = " ".join(one_line(piece) for piece in cell.itertext() if piece.strip())
            yield Cell(one_line(text), _number(cell.get("colspan")), _number(cell.get("rowspan")))


def _number(value: str | None) -> int:
    return int(value) if value and value.strip().isdecimal() and len(value.strip()) <= 3 else 1


def _table_block(table: HtmlElement, rows: tuple[tuple[str, ...], ...]) -> Block:
    text = " ".join(cell for row in rows for cell in row)
    linked = "".join("".join(link.itertext()) for link in table.iterdescendants("a"))
    caption = next((one_line("".join(found.itertext())) for found in table.iterdescendants("caption")), "")
    share = len("".join(linked.split())) / max(1, len("".join(table.itertext()).replace(" ", "").strip()))
    return Block(text, min(1.0, share), _lineage(table), rows=rows, caption=caption)


def _lineage(element: HtmlElement) -> tuple[HtmlElement, ...]:
    return (element, *element.iterancestors())


def _is_hidden(element: HtmlElement) -> bool:
    if not (
        "display:none" in "".join((element.get("style") or "").split()).lower() or element.get("hidden") is not None
    ):
        return False
    return sum(len(piece.strip()) for piece in element.itertext()) <= MAX_HIDDEN_CHARS
