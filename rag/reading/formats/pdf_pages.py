"""Lines and tables of PDF pages with their places; coordinates are points from the page's lower left corner."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from math import pi
from typing import NamedTuple

import pdfplumber
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from pdfplumber.page import Page as PlumberPage
from pdfplumber.table import Table as PlumberTable

from rag.language.folding import RADICALS
from rag.reading.formats.boxes import Box, Grid, Page, line_of, page_of
from rag.reading.formats.grids import holds_values
from rag.reading.note_forms import mark_of

MIN_RULES = 4
MAX_PAGES_WITH_TABLES = 600
MIN_FILLED_SHARE = 0.5
# Shares of a character's height (a gap that parts columns, raised figures) and of a right angle (upright text).
WIDE_GAP = 1
SMALL_SHARE = 4 / 5
MAX_SLANT = 1 / 20
REMOVED = dict.fromkeys([0xFFFE, 0xFFFF, 0x2, 0xAD, 0x200B, 0xFEFF])
Place = Callable[[int], tuple[float, float, float, float]]


class _Word(NamedTuple):
    """A word: the number of its line, its first and last sign, and by how many quarters it is turned."""

    line: int
    text: str
    at: int
    last: int
    turns: int


def read_pages(document: pdfium.PdfDocument, stream: io.BytesIO) -> list[Page]:
    """Read every page. Ruled tables are looked for only on pages that draw lines."""
    with pdfplumber.open(stream) as plumber:
        pages = []
        for index in range(len(document)):
            page = document[index]
            is_ruled = index < MAX_PAGES_WITH_TABLES and _count_rules(page) >= MIN_RULES
            pages.append(_read_page(page, plumber.pages[index] if is_ruled else None))
            page.close()
            plumber.pages[index].close() if is_ruled else None
        return pages


def _read_page(page: pdfium.PdfPage, ruled: PlumberPage | None) -> Page:
    """Read a page, turned so that most of its words stand upright."""
    text_page = page.get_textpage()
    words = list(_words(text_page))
    counts = Counter(word.turns for word in words for _ in word.text)
    turns, rotation = counts.most_common(1)[0][0] if words else 0, page.get_rotation() // 90
    stored = page.get_size()[:: -1 if rotation % 2 else 1]
    width, height = stored[:: -1 if turns % 2 else 1]

    def place(at: int) -> tuple[float, float, float, float]:
        return _upright(text_page.get_charbox(at, loose=True), turns, *stored)

    lines = [list(_runs(text_page, list(line), place)) for _, line in groupby(words, key=lambda word: word.line)]
    text_page.close()
    grids = tuple(_grids(ruled)) if ruled and lines and turns == rotation else ()
    plain = Page(height, tuple(line_of(line, height) for line in lines), grids)
    free = [box for line in lines for box in line if not any(grid.holds(line_of([box], height)) for grid in grids)]
    parted = page_of(free, height, width, grids)
    return parted if parted.num_columns > 1 or len(parted.grids) > len(grids) else plain


def _words(text_page: pdfium.PdfTextPage) -> Iterator[_Word]:
    """Yield the words of a page; those set aslant are a watermark and left out."""
    at, num_chars = 0, text_page.count_chars()
    for line, raw in enumerate(text_page.get_text_range(errors="replace").split("\r\n")):
        for text in raw.split(" "):
            turns = pdfium_c.FPDFText_GetCharAngle(text_page, at) / (pi / 2)
            if text.translate(REMOVED).strip() and abs(turns - round(turns)) < MAX_SLANT:
                yield _Word(line, text, at, min(at + len(text), num_chars) - 1, -round(turns) % 4)
            at += len(text) + 1
        at += 1


def _upright(box: Sequence[float], turns: int, width: float, height: float) -> tuple[float, float, float, float]:
    """Return a box (left, bottom, right, top) of the stored page as it stands from the turned page's upper left."""
    left, bottom, right, top = box
    for _ in range(turns):
        left, bottom, right, top, width, height = bottom, width - right, top, width - left, height, width
    return left, height - top, right, height - bottom


def _runs(text_page: pdfium.PdfTextPage, words: Sequence[_Word], place: Place) -> Iterator[Box]:
    """Yield what stands together in a line: a gap as wide as a character parts it. Raised figures are marks."""
    tallest = max((place(at) for word in words for at in (word.at, word.last)), key=lambda box: box[3] - box[1])
    run: Box | None = None
    for word in words:
        left, top, right, bottom = place(word.at)
        if run and left - run.right >= WIDE_GAP * run.height:
            yield run
            run = None
        text = _with_marks(f"{run.text} " if run else "", word, place, tallest).translate(REMOVED).translate(RADICALS)
        right = place(word.last)[2]
        size = pdfium_c.FPDFText_GetFontSize(text_page, word.at)
        run = replace(run, text=text, right=right) if run else Box(text, left, top, right, bottom, size)
        if size <= 1:
            run = replace(run, size=run.height)
    if run:
        yield run


def _with_marks(text: str, word: _Word, place: Place, usual: Sequence[float]) -> str:
    """Return ``text`` with a word added; its small raised figures are the mark of a note, or a power."""
    height = usual[3] - usual[1]

    def is_raised(at: int) -> bool:
        _, top, _, bottom = place(at)
        return bottom - top < SMALL_SHARE * height and bottom < usual[3] - (1 - SMALL_SHARE) * height

    signs = enumerate(word.text[: word.last + 1 - word.at], word.at)
    for raised, run in groupby(signs, key=lambda each: each[1].isdigit() and is_raised(each[0])):
        piece = "".join(sign for _, sign in run)
        text = text.rstrip() + mark_of(text, piece) if raised else text + piece
    return text


def _count_rules(page: pdfium.PdfPage) -> int:
    return sum(1 for _ in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_PATH], max_depth=3))


def _grids(page: PlumberPage) -> Iterator[Grid]:
    height = float(page.height)
    for table in sorted(page.find_tables(), key=lambda found: found.bbox[1]):
        texts = table.extract(char_dir_rotated=_turned(page))
        own = _filled([[(text or "").replace("\n", "").strip() for text in row] for row in texts])
        cells = [cell for row in own for cell in row]
        if holds_values(own) and sum(map(bool, cells)) >= MIN_FILLED_SHARE * len(cells):
            rows = _filled(_cells(table, texts))
            left, top, right, bottom = table.bbox
            yield Grid(left, right, height - bottom, height - top, tuple(map(tuple, rows)))


def _cells(table: PlumberTable, extracted: list[list[str | None]]) -> list[list[str]]:
    """Return a table's cells; places that a merged cell covers hold what it holds."""
    starts = [min(cell[0] for cell in column.cells if cell) for column in table.columns]
    rows: list[list[str]] = []
    for row, texts in zip(table.rows, extracted, strict=True):
        cells: list[str] = []
        reach = 0.0
        for start, cell, text in zip(starts, row.cells, texts, strict=True):
            above = rows[-1][len(cells)] if rows else ""
            merged = cells[-1] if cells and start < reach - 1 else above
            cells.append(merged if cell is None else (text or "").replace("\n", "").strip())
            reach = cell[2] if cell else reach
        rows.append(cells)
    return rows


def _turned(page: PlumberPage) -> str:
    """Tell which way heads that are turned in an upright table are read: upwards or down."""
    return "btt" if sum(char["matrix"][1] for char in page.chars if not char["upright"]) > 0 else "ttb"


def _filled(rows: list[list[str]]) -> list[list[str]]:
    """Drop empty columns, which double rules make."""
    used = [column for column in range(max(map(len, rows), default=0)) if any(row[column] for row in rows)]
    return [[row[column].translate(RADICALS) for column in used] for row in rows if any(row)]
