"""Saying what a cell of a table tells, with its row and the header of its table as proof."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.computing import number_words
from rag.answering.draft import Proof, Statement
from rag.answering.table_cells import Cell
from rag.answering.table_matching import PLACE_SUFFIX, english_name
from rag.answering.wording import frame
from rag.glossary import Glossary
from rag.places import Gazetteer, load_gazetteer
from rag.types import Reading

UNIT_CHARS = 100
SHORT_LABEL_CHARS = 4
MEASURE = re.compile(r"[额值量]$|收入|支出|人口|面积|产值|率$")
CAPTION_FRAME = re.compile(
    r"^表\s*[\d一二三四五六七八九十—-]+\s*[:：]?\s*|(?:19|20)\d\d年|[（(][^（()）]*单位[^（()）]*[）)]|单位[:：].*$"
)


class CellWriter:
    """Words cells in the language of a question."""

    def __init__(self, language: str, glossary: Glossary, gazetteer: Gazetteer) -> None:
        self._english = language == "en"
        self._language = language
        self._glossary = glossary
        self._gazetteer = gazetteer

    def state(self, cell: Cell) -> Statement:
        """State one cell: place, year, row, column, amount with its unit."""
        return Statement(self._behind(self.prefix(cell), self.fact(cell)), proofs([cell]))

    def prefix(self, cell: Cell) -> str:
        """Name the report's place and the year the cell speaks of."""
        profile = cell.source.report.profile
        return frame(profile.place, cell.years[-1:], reading_of(cell), self._gazetteer, self._language)

    def _behind(self, prefix: str, words: str) -> str:
        joint = ": " if self._english else "："
        return f"{prefix}{joint}{words}" if prefix else words

    def fact(self, cell: Cell) -> str:
        """Say row, column and amount: 松溪镇常住人口3.8万人, 水泥产量下降12.3%."""
        words = f"{self.subject(cell)}{' ' if self._english else ''}{self.amount(cell)}"
        caption = _caption_words(cell)
        return f"{words}（{caption}）" if caption and not self._english else words

    def subject(self, cell: Cell) -> str:
        """Name what the cell measures by its row and column."""
        row, column = cell.row.label, cell.column.label
        if PLACE_SUFFIX.search(column) and not PLACE_SUFFIX.search(row):
            row, column = column, row
        if self._english:
            return " ".join(dict.fromkeys(self._named(name) for name in (row, column) if name))
        whole = f"{cell.row.whole}中的" if cell.row.whole and row not in cell.row.whole and len(row) <= 2 else ""
        return whole + row + ("" if row.endswith(column) else column)

    def _named(self, name: str) -> str:
        english = english_name(name, self._glossary)
        return name if english == name else f"{english} ({name})"

    def label(self, cell: Cell) -> str:
        """Name the row alone, or the place at the head of its column."""
        by_column = PLACE_SUFFIX.search(cell.column.label) and not PLACE_SUFFIX.search(cell.row.label)
        name = cell.column.label if by_column else cell.row.label
        return self._named(name) if self._english else name

    def measure(self, cell: Cell) -> str:
        """Name the column alone, with 增速 for a rate of change."""
        column = cell.column.label
        if PLACE_SUFFIX.search(column) and not PLACE_SUFFIX.search(cell.row.label):
            column = cell.row.label
        if self._english:
            return self._named(column) + (" growth" if cell.column.is_change else "")
        return column + ("增速" if cell.column.is_change else "")

    def amount(self, cell: Cell) -> str:
        """Say the amount with its unit, a rate of change by its direction; as written, its sign in words."""
        if not cell.column.is_change:
            return cell.written if not cell.is_plain else self._spaced(cell.written, cell.unit)
        digits = cell.written.lstrip("+-－＋") + ("" if cell.written.endswith(("%", "％")) else cell.unit)
        if self._english:
            return f"{'down' if cell.value < 0 else 'up'} {digits}"
        up, down = ("上涨", "下降") if "涨" in cell.column.name else ("增长", "下降")
        return f"{down if cell.value < 0 else up}{digits}"

    def _spaced(self, number: str, unit: str) -> str:
        return f"{number}{unit}"

    def total(self, cells: Sequence[Cell], value: float) -> Statement:
        """State a computed sum; its proofs are those of all operands."""
        joint = "In total " if self._english else "合计"
        return Statement(f"{joint}{number_words(value)}{cells[0].unit}", proofs(cells))

    def gap(self, one: Cell, other: Cell, value: float) -> Statement:
        """State a computed difference between two cells."""
        unit = "个百分点" if one.unit == "%" else one.unit
        amount = f"{number_words(abs(value))}{unit}"
        if self._english:
            return Statement(f"Difference: {amount}", proofs([one, other]))
        names = [self.label(cell) for cell in (one, other)]
        if names[0] == names[1]:
            names = [_year(cell) if one.row == other.row else cell.row.label for cell in (one, other)]
        if value == 0:
            return Statement(f"{names[0]}与{names[1]}相同", proofs([one, other]))
        return Statement(f"{names[0]}比{names[1]}{'多' if value > 0 else '少'}{amount}", proofs([one, other]))

    def extreme(self, cells: Sequence[Cell], word: str) -> Statement:
        """State which rows are highest or lowest in one column."""
        first = cells[0]
        named = ("; " if self._english else "、").join(self._with_amount(cell) for cell in cells)
        words = f"{word}: {named}" if self._english else f"{self.measure(first)}{word}的是{named}"
        if self._english:
            words = f"{self.measure(first)}, {words}"
        return Statement(self._behind(self.prefix(first), words), proofs(cells))

    def compare(self, ordered: Sequence[Cell], *, low: bool) -> Statement:
        """State which row of several has more (or less, if ``low``) of one column."""
        word = ("lower" if low else "higher") if self._english else f"更{_degree(ordered[0], low=low)}"
        return self.extreme(ordered[:1], word)

    def listing(self, cells: Sequence[Cell]) -> Statement:
        """State the rows that meet a condition, each with its amount."""
        first = cells[0]
        named = ("; " if self._english else "、").join(self._with_amount(cell) for cell in cells)
        measured = f"{self.measure(first)}{': ' if self._english else '：'}" if first.column.label else ""
        return Statement(self._behind(self.prefix(first), measured + named), proofs(cells))

    def _with_amount(self, cell: Cell) -> str:
        label, amount = self.label(cell), self.amount(cell)
        return f"{label} ({amount})" if self._english else f"{label}（{amount}）"


def reading_of(cell: Cell) -> Reading:
    """Return the reading of a cell: its column's, else its section's."""
    return cell.source.reading if cell.column.reading is Reading.UNKNOWN else cell.column.reading


def _degree(cell: Cell, *, low: bool) -> str:
    return ("低" if low else "高") if cell.unit in ("%", "‰") else "少" if low else "多"


def _year(cell: Cell) -> str:
    return "".join(f"{year}年" for year in cell.years[:1])


def proofs(cells: Sequence[Cell]) -> tuple[Proof, ...]:
    """Return what proves cells: their rows, then the rows that name the columns, from the line that tells the unit."""
    rows = [Proof(cell.source.report.report_id, *cell.row.span, cell.years, reading_of(cell)) for cell in cells]
    heads = [_head_proof(cell) for cell in cells if cell.source.grid.head is not None]
    return tuple(dict.fromkeys((*rows, *heads)))


def _head_proof(cell: Cell) -> Proof:
    source = cell.source
    start, end = source.grid.head or cell.row.span
    before = source.report.text[max(0, start - UNIT_CHARS) : start]
    told = before.rfind("单位") if cell.is_plain and not cell.row.unit and cell.unit != "%" else -1
    told = told if told >= 0 else _caption_start(cell) if _needs_caption(cell) else -1
    if told >= 0:
        start -= len(before) - max(before.rfind(mark, 0, told) + 1 for mark in "\n。；")
    return Proof(source.report.report_id, start, end, source.years)


def _needs_caption(cell: Cell) -> bool:
    """Tell whether row and column alone do not say what a cell measures, or the caption names another place."""
    caption, place = cell.source.table.caption, cell.source.report.profile.place
    others = {mention.name for mention in load_gazetteer().find_places(caption)} - {place}
    short = not cell.column.label and len(cell.row.label) <= SHORT_LABEL_CHARS and not MEASURE.search(cell.row.label)
    return bool(caption) and (short or bool(others))


def _caption_start(cell: Cell) -> int:
    """Return where the caption stands in the words right above the header, -1 where it does not."""
    start = (cell.source.grid.head or cell.row.span).start
    before = cell.source.report.text[max(0, start - UNIT_CHARS) : start]
    caption = r"\s*".join(map(re.escape, re.sub(r"\s", "", cell.source.table.caption)))
    match = re.search(caption, before) if caption else None
    return match.start() if match else -1


def _caption_words(cell: Cell) -> str:
    """Return a caption without number, year and unit where it is needed and cited with the header; else ""."""
    shown = _needs_caption(cell) and _caption_start(cell) >= 0
    return CAPTION_FRAME.sub("", cell.source.table.caption).strip() if shown else ""
