"""Lines and tables of PDF pages with their places; coordinates are points from the page's lower left corner."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pdfplumber.page import Page as PlumberPage

from rag.language.folding import RADICALS
from rag.reading.formats.grids import holds_values

MIN_RULES = 4
MAX_PAGES_WITH_TABLES = 600
MIN_FILLED_SHARE = 0.5
REMOVED = dict.fromkeys([0xFFFE, 0xFFFF, 0x2, 0xAD, 0x200B, 0xFEFF])


@dataclass(frozen=True, slots=True)
class Line:
    """A printed line; ``size`` is the font size of its first character in points."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A ruled table: where it stands and its rows."""

    left: float
    right: float
    bottom: float
    top: float
    rows: tuple[tuple[str, ...], ...]

    def holds(self, line: Line) -> bool:
        """Tell whether the middle of a line stands inside."""
        middle, height = (line.left + line.right) / 2, (line.bottom + line.top) / 2
        return self.left - 2 <= middle <= self.right + 2 and self.bottom - 2 <= height <= self.top + 2


@dataclass(frozen=True, slots=True)
class Page:
    """A page's lines in the order the file gives them, and its tables from top to bottom."""

    height: float
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...] = field(default=())

    def items(self) -> Iterator[Line | Grid]:
        """Yield lines and tables in reading order; lines inside a table are part of it."""
        waiting = list(self.grids)
        for line in self.lines:
            inside = next((grid for grid in self.grids if grid.holds(line)), None)
            while waiting and (inside in waiting or waiting[0].top > line.top):
                yield waiting.pop(0)
            if inside is None:
                yield line
        yield from waiting


def read_pages(document: pdfium.PdfDocument, stream: io.BytesIO) -> list[Page]:
    """Read every page. Ruled tables are looked for only on pages that draw lines."""
    with pdfplumber.open(stream) as plumber:
        pages = []
        for index in range(len(document)):
            page = document[index]
            lines = tuple(_lines(page))
            ruled = lines and index < MAX_PAGES_WITH_TABLES and _count_rules(page) >= MIN_RULES
            grids = tuple(_grids(plumber.pages[index])) if ruled else ()
            pages.append(Page(page.get_height(), lines, grids))
            page.close()
            plumber.pages[index].close() if ruled else None
        return pages


def _lines(page: pdfium.PdfPage) -> Iterator[Line]:
    text_page = page.get_textpage()
    try:
        start = 0
        for raw in text_page.get_text_range(errors="replace").split("\r\n"):
            text = raw.translate(REMOVED).translate(RADICALS)
            if text.strip():
                yield _line(text_page, text.strip(), start, raw)
            start += len(raw) + 2
    finally:
        text_page.close()


def _line(text_page: pdfium.PdfTextPage, text: str, start: int, raw: str) -> Line:
    first = start + len(raw) - len(raw.lstrip())
    last = start + len(raw.rstrip()) - 1
    num_chars = text_page.count_chars()
    first, last = min(first, num_chars - 1), min(last, num_chars - 1)
    left, bottom, _, top = text_page.get_charbox(first, loose=True)
    _, _, right, _ = text_page.get_charbox(last, loose=True)
    size = pdfium_c.FPDFText_GetFontSize(text_page, first)
    return Line(text, left, right, bottom, top, max(size, top - bottom) if size <= 1 else size)


def _count_rules(page: pdfium.PdfPage) -> int:
    return sum(1 for _ in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=3))


def _grids(page: PlumberPage) -> Iterator[Grid]:
    height = float(page.height)
    for table in sorted(page.find_tables(), key=lambda found: found.bbox[1]):
        rows = _filled([[(cell or "").replace("\n", "").strip() for cell in row] for row in table.extract()])
        cells = [cell for row in rows for cell in row]
        if holds_values(rows) and sum(map(bool, cells)) >= MIN_FILLED_SHARE * len(cells):
            left, top, right, bottom = table.bbox
            yield Grid(left, right, height - bottom, height - top, tuple(map(tuple, rows)))


def _filled(rows: list[list[str]]) -> list[list[str]]:
    """Drop empty columns, which double rules make."""
    used = [column for column in range(max(map(len, rows), default=0)) if any(row[column] for row in rows)]
    return [[row[column].translate(RADICALS) for column in used] for row in rows if any(row)]
