"""Figures of tables: the indicator is the row's name with the column's, the unit wherever the table tells it."""

from __future__ import annotations

from collections.abc import Iterator

from rag.figures.context import fallback_years
from rag.figures.table_grid import CELL_NUMBER, Grid, Row, joined, read_grid
from rag.language.folding import fold
from rag.language.numerals import YEAR, find_numbers
from rag.language.sentences import Span
from rag.types import Figure, Profile, Reading, Section

SEPARATOR = " | "
CAPTION_CHARS = 120


def is_table_row(line: str) -> bool:
    """Tell whether a line is a row of a table."""
    return SEPARATOR in line or line.startswith("| ") or line.endswith(" |")


def table_figures(report_id: str, text: str, rows: list[Span], section: Section, profile: Profile) -> list[Figure]:
    """Return the figures of a section's table rows, row by row.

    The unit comes from the cell, a unit column, brackets in either name, or the caption, and is "" where the table
    tells none; years from the column's name, the caption, the section, the report. A falling rate has its sign in
    ``value`` and the direction "down".
    """
    found: list[Figure] = []
    for table in _tables(text, rows):
        span = Span(table[0].start, table[-1].end)
        caption = text[max(section.start, span.start - CAPTION_CHARS) : span.start]
        grid = read_grid(text[span.start : span.end], span.start, caption)
        for row in grid.rows:
            found += _row_figures(report_id, text, grid, row, caption_years(caption), section, profile)
    return found


def caption_years(caption: str) -> tuple[int, ...]:
    """Return the years the last lines above a table name, ascending; () where they name none or more than one."""
    lines = [line for line in fold(caption).split("\n") if line.strip()][-2:]
    years = {
        int(number.value) for line in lines if len(line) < 60 for number in find_numbers(line) if number.kind == YEAR
    }
    return tuple(years) if len(years) == 1 else ()


def _tables(text: str, rows: list[Span]) -> Iterator[list[Span]]:
    """Group rows that follow each other with nothing but line breaks between them."""
    table: list[Span] = []
    for row in rows:
        if table and text[table[-1].end : row.start].strip():
            yield table
            table = []
        table.append(row)
    if table:
        yield table


def _row_figures(
    report_id: str, text: str, grid: Grid, row: Row, years: tuple[int, ...], section: Section, profile: Profile
) -> Iterator[Figure]:
    for index, (cell, column) in enumerate(zip(row.cells, grid.columns, strict=True)):
        if not grid.is_amount(row, index):
            continue
        reading = section.reading if column.reading == Reading.UNKNOWN else column.reading
        number = amount(row.values[index])
        direction = ("down" if number < 0 else "up") if column.is_change else ""
        spoken = column.years or row.years or years or fallback_years(section, profile, reading)
        yield Figure(
            report_id, section.index, joined(row.label, column.label), number, grid.unit(row, index),
            text[cell.start : cell.end], "", direction, profile.place, spoken, reading, cell.start, cell.end,
        )  # fmt: skip


def amount(value: str) -> float:
    """Return the number a cell's folded ``value`` holds, with its sign."""
    match = CELL_NUMBER.search(value)
    if match is None:
        return find_numbers(value)[0].value
    return float(match.group().replace(",", "").replace("(", "-").strip(")"))
