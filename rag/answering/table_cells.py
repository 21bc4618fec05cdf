"""The cells of the reports' tables that a question asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.answering.choosing import Case, Chooser
from rag.answering.table_matching import PLACE_SUFFIX, Borne, Query, find_column, find_row, find_weakly, longest
from rag.figures.context import fallback_years
from rag.figures.table_grid import CELL_NUMBER, Column, Grid, Row, read_grid
from rag.figures.table_rows import amount, caption_years
from rag.numerals import find_numbers
from rag.sentences import Span
from rag.types import Reading, Report, Table
from rag.units import measure
from rag.wanted import compatible

MIN_EXPLAINED = 0.7


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table of a report as a grid, with the years it speaks of where its columns name none."""

    report: Report
    table: Table
    grid: Grid
    years: tuple[int, ...]
    reading: Reading

    @property
    def context(self) -> str:
        """What every cell is about: the caption and the report's title."""
        return f"{self.table.caption} {self.report.profile.title}"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; ``strength`` says how much of the question its row and column bear."""

    source: ReadTable
    row: Row
    index: int
    strength: float = 0.0

    @property
    def column(self) -> Column:
        """The cell's column."""
        return self.source.grid.columns[self.index]

    @property
    def value(self) -> float:
        """The number in the cell, with its sign, in its unit."""
        return amount(self.row.values[self.index])

    @property
    def unit(self) -> str:
        """The unit, "" where the table tells none."""
        return self.source.grid.unit(self.row, self.index)

    @property
    def years(self) -> tuple[int, ...]:
        """The years of the column, else of the table."""
        return self.column.years or self.source.years

    @property
    def written(self) -> str:
        """The number as it stands in the report."""
        span = self.row.cells[self.index]
        return self.source.report.text[span.start : span.end]

    @property
    def is_plain(self) -> bool:
        """Whether the cell holds nothing but a number, so that its unit stands elsewhere."""
        return CELL_NUMBER.fullmatch(self.row.values[self.index]) is not None


def tables_in_scope(case: Case, chooser: Chooser) -> list[ReadTable]:
    """Read the tables of the reports a question is about, or of a larger place's reports; years are no limit yet."""
    question = replace(case.question, years=())
    found = list(chooser.reports(replace(case, question=question)))
    if question.covering:
        found += chooser.reports(replace(case, question=replace(question, places=question.covering)))
    tables = []
    for report_id in dict.fromkeys(found):
        if case.corpus.summaries[report_id].near_duplicate_of in found:
            continue
        report = case.corpus.report(report_id)
        tables += [_read(report, table) for table in report.tables]
    return tables


def _read(report: Report, table: Table) -> ReadTable:
    section = next(row for row in report.sections if row.start <= table.start < row.end or row is report.sections[-1])
    grid = read_grid(report.text[table.start : table.end], table.start, table.caption, table.unit, table.header)
    years = caption_years(table.caption) or fallback_years(section, report.profile, section.reading)
    return ReadTable(report, table, grid, years, section.reading)


def find_cell(report: Report, table: Table, position: int) -> Cell | None:
    """Return the cell of a report's table at ``position`` of its text; None where no row holds it."""
    source = _read(report, table)
    for row in source.grid.rows:
        for index, span in enumerate(row.cells):
            if span.start <= position < span.end:
                return Cell(source, row, index)
    return None


def find_rows(source: ReadTable, query: Query) -> list[tuple[Row, Borne]]:
    """Return the rows a question names, in the table's order; parts of other names (出口 in 进出口) left out."""
    found = [(row, borne) for row in source.grid.rows if (borne := find_row(row.label, query)) is not None]
    return longest(found)


def find_cells(source: ReadTable, row: Row, borne: Borne | None, query: Query) -> list[Cell]:
    """Return the cells of ``row`` in the columns that bear the rest of the question best; several for several years."""
    columns = _best(_columns(source, row, borne, query), source)
    row_strength = borne.strength if borne else 0.0
    cells = [Cell(source, row, index, row_strength + match.strength) for index, match in columns]
    taken = [*(borne.spans if borne else ()), *(span for _, match in columns for span in match.spans)]
    head = source.grid.columns[row.label_index].name
    context = " ".join((source.context, head, row.whole, row.under, *(cell.unit for cell in cells)))
    if not cells or query.explained(taken, context) < MIN_EXPLAINED:
        return []
    if any(PLACE_SUFFIX.search(cell.column.label) for cell in cells):
        return cells
    cells = _results_first(cells, query)
    return cells if any(cell.column.years for cell in cells) else cells[:1]


def _best(columns: Sequence[tuple[int, Borne]], source: ReadTable) -> list[tuple[int, Borne]]:
    """Keep the columns borne best, and every column of a place that the question names in full."""
    best = max((match.strength for _, match in columns), default=0.0)
    return [
        (index, match)
        for index, match in columns
        if match.strength == best or (match.share == 1.0 and PLACE_SUFFIX.search(source.grid.columns[index].label))
    ]


def _results_first(cells: Sequence[Cell], query: Query) -> list[Cell]:
    """Leave out targets where the table has results and the question does not ask for targets."""
    if query.question.reading is Reading.TARGET:
        return list(cells)
    return [cell for cell in cells if cell.column.reading is not Reading.TARGET] or list(cells)


def _columns(source: ReadTable, row: Row, borne: Borne | None, query: Query) -> list[tuple[int, Borne]]:
    """Return the columns whose names the question bears; else the only one that fits what is asked at all."""
    taken = borne.spans if borne else ()
    fitting = [
        (index, source.grid.columns[index].label)
        for index in range(len(row.values))
        if source.grid.is_amount(row, index) and fits(Cell(source, row, index), query)
    ]
    matches = [(index, find_column(label, query, taken)) for index, label in fitting if label]
    strong = [(index, match) for index, match in matches if match is not None]
    if strong:
        return strong
    if len({label for _, label in fitting}) != 1 or (borne is None and not query.asks_change):
        return []
    return [(index, find_weakly(label, query, taken)) for index, label in fitting]


def fits(cell: Cell, query: Query) -> bool:
    """Tell whether a cell has the kind, unit, year and reading asked for."""
    question, column = query.question, cell.column
    if column.is_change != query.asks_change:
        return False
    if question.years and cell.years and not set(question.years) & set(cell.years):
        return False
    reading = cell.source.reading if column.reading is Reading.UNKNOWN else column.reading
    wanted = question.reading if question.certain else Reading.UNKNOWN
    if Reading.UNKNOWN not in (reading, wanted) and reading is not wanted:
        return False
    return not question.units or not cell.unit or any(same_kind(cell.unit, unit) for unit in question.units)


def same_kind(unit: str, asked: str) -> bool:
    """Tell whether an amount in ``unit`` answers a question for ``asked``: 亿元 and 万元 measure the same."""
    if compatible(unit, asked) or {unit, asked} == {"%", "个百分点"}:
        return True
    return measure(unit)[0] == measure(asked)[0] != ""


def latest(cells: Sequence[Cell], query: Query) -> list[Cell]:
    """Of cells that differ in their column's year, keep those asked for, else those of the report's own year."""
    if query.question.years or len(cells) < 2:
        return list(cells)
    newest = cells[0].source.report.profile.year
    own = [cell for cell in cells if newest in cell.years]
    last = max((max(cell.years, default=0) for cell in cells), default=0)
    return own or [cell for cell in cells if last in cell.years]


def distinct_spans(found: Sequence[tuple[Row, Borne]]) -> list[Span]:
    """Return the different places of a question that name a row, in the question's order."""
    return sorted({borne.spans[0] for _, borne in found}, key=lambda span: span.start)


def base_amount(cell: Cell) -> float:
    """Return a cell's amount in the base unit of what it measures, for comparing."""
    return (
        cell.value * measure(cell.unit)[1]
        if cell.is_plain
        else cell.value * measure(find_numbers(cell.written)[0].unit)[1]
    )
