"""Put a document's text together line by line, keeping where its headings, tables and pages stand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.reading.formats.grids import header_row, holds_amounts, tidy_rows
from rag.types import Format, Heading, SourceText, Table

_INVISIBLE = (0xAD, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0xFFFC)
INVISIBLE = dict.fromkeys(_INVISIBLE)
CJK = "\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uff60"
BROKEN_LINE = re.compile(rf"(?<=[{CJK}])[^\S\n]*\n\s*(?=[{CJK}])")
UNIT = re.compile(
    r"(?:(?:计量)?(?:单位|單位|単位|단위|[Uu]nits?)\s*[:：]|[(（](?=(?:in\s|\$\s?)(?:thou|mill|bill)))\s*([^（）()，。；]{1,30})"
)
NOTE = re.compile(r"^[*（(]?\s*(?:注|备注|附注|说明|资料来源|数据来源)\s*\d*\s*[:：]")
MADE_UP_TITLE = re.compile(
    r"^(?:microsoft word\b|untitled|无标题|文档\s*\d|powerpoint\s*(?:演示文稿|presentation)|slide \d|幻灯片)"
    r"|\.(?:docx?|pdf|wps|xlsx?|pptx?|indd)$",
    re.IGNORECASE,
)
MAX_CAPTION_CHARS = 60
NO_CAPTION = re.compile(r"来源|时间|日期|点击|浏览|[。；，！？：]$")


def one_line(text: str) -> str:
    """Make one line of a run of text: breaks between Chinese characters vanish, other white space becomes a space."""
    return " ".join(BROKEN_LINE.sub("", text.translate(INVISIBLE)).split())


class Assembler:
    """Collects lines in reading order; ``finish`` gives the ``SourceText``. Empty lines and rows are left out."""

    def __init__(self, format: Format, *, encoding: str | None = None, title: str = "") -> None:  # noqa: A002
        self._format = format
        self._encoding = encoding
        self._title = "" if MADE_UP_TITLE.search(one_line(title)) else one_line(title)
        self._lines: list[str] = []
        self._length = 0
        self._headings: list[Heading] = []
        self._tables: list[Table] = []
        self._page_starts: list[int] = []
        self._is_after_table = False

    def paragraph(self, text: str) -> None:
        """Add a line of running text; a line such as 注：… right after a table becomes the table's note as well."""
        line = one_line(text)
        if not line:
            return
        if self._is_after_table and NOTE.match(line):
            self._tables[-1] = replace(self._tables[-1], note=line)
        self._is_after_table = False
        self._add(line)

    def extend(self, text: str) -> None:
        """Go on with the last line; Latin words are parted by a space, Chinese ones are not."""
        line = one_line(text)
        if not self._lines:
            self.paragraph(line)
        elif line:
            self._extend(self._gap(line) + line)

    def extend_on_new_page(self, text: str) -> None:
        """Go on with the last line after a page break: the page begins inside the line."""
        line = one_line(text)
        if self._lines:
            self._extend(self._gap(line))
            self._length -= 1
            self.page()
            self._length += 1
            self._extend(line)
        else:
            self.page()
            self.paragraph(line)

    def _gap(self, line: str) -> str:
        return " " if line and line[0].isascii() and self._lines[-1][-1:].isascii() else ""

    def _extend(self, text: str) -> None:
        self._lines[-1] += text
        self._length += len(text)

    def heading(self, text: str, level: int) -> None:
        """Add a line that the format marks as a heading; level 1 is the highest."""
        line = one_line(text)
        if line:
            self._is_after_table = False
            start = self._add(line)
            self._headings.append(Heading(start, start + len(line), level))

    def table(self, rows: Sequence[Sequence[str]], *, caption: str = "", may_go_on: bool = False) -> None:
        """Add a table, one row a line; caption and unit are taken from the lines before it unless given."""
        tidy = tidy_rows(rows)
        if not tidy:
            return
        if may_go_on and self._is_after_table and self._go_on_with_table(tidy):
            return
        around, unit = self._caption_and_unit()
        header, num_header_rows = header_row(tidy)
        lines = [" | ".join(row).strip() for row in tidy]
        starts = [self._add(line) for line in lines]
        page = len(self._page_starts) or None
        unit = unit or _unit_in(caption) or _unit_in(" ".join(lines[:num_header_rows]))
        end = starts[-1] + len(lines[-1])
        caption = one_line(caption) or around
        self._tables.append(Table(starts[0], end, len(self._tables) + 1, header, caption, unit, page=page))
        self._is_after_table = True

    def _go_on_with_table(self, rows: Sequence[Sequence[str]]) -> bool:
        """Add rows to the table right before them if they are its own: without heads, or with the same again."""
        last, lines = self._tables[-1], [" | ".join(row).strip() for row in rows]
        repeats = lines[0] == last.header
        if lines[0].count("|") != last.header.count("|") or not (repeats or holds_amounts(rows[0])):
            return False
        for line in lines[repeats:]:
            self._tables[-1] = replace(last, end=self._add(line) + len(line))
        return True

    def page(self) -> None:
        """Begin a page."""
        self._page_starts.append(self._length)

    def finish(self, warnings: Sequence[str] = ()) -> SourceText:
        """Return what was collected."""
        text = "\n".join(self._lines)
        return SourceText(
            text=text,
            format=self._format,
            encoding=self._encoding,
            title=self._title,
            headings=tuple(self._headings),
            tables=tuple(self._tables),
            page_starts=tuple(min(start, len(text)) for start in self._page_starts),
            warnings=tuple(warnings),
        )

    def _add(self, line: str) -> int:
        start = self._length
        self._lines.append(line)
        self._length += len(line) + 1
        return start

    def _caption_and_unit(self) -> tuple[str, str]:
        """Read the lines right before a table: 表1 …, 单位：亿元."""
        caption = unit = ""
        for line in reversed([] if self._is_after_table else self._lines[-2:]):
            if not unit and len(line) <= MAX_CAPTION_CHARS and UNIT.search(line):
                unit = _unit_in(line)
                if UNIT.sub("", line).strip(" （）()"):
                    caption = line
            elif not caption and len(line) <= MAX_CAPTION_CHARS and not NO_CAPTION.search(line):
                caption = line
            if caption:
                break
        return caption, unit


def _unit_in(text: str) -> str:
    found = UNIT.search(text)
    return found.group(1).split("|")[0].strip() if found else ""
