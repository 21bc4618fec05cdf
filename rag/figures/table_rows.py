"""Figures of tables: one row a line, cells joined by `` | ``, the first rows naming the columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.figures.context import fallback_years
from rag.folding import fold
from rag.numerals import YEAR, find_numbers
from rag.sentences import Span
from rag.types import Figure, Profile, Reading, Section

SEPARATOR = " | "
CELL_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")
UNIT_COLUMN = re.compile(r"单位|计量")
IN_BRACKETS = re.compile(r"[(](?:单位[:：]?)?([^()]{1,10})[)]")
CAPTION_UNIT = re.compile(r"单位[:：]?\s*([^\s()、,|]{1,8})\s*[)]?\s*$")
CAPTION_CHARS = 120
CHANGE = re.compile(r"增长|增幅|增速|同比|±|升降")
PART = re.compile(r"^(?:其中|#)[:：]?\s*")
NO_NAME = re.compile(
    r"(?:19|20)\d\d年?|绝对数|全年|数值|完成情况|完成|实绩|实际|目标|计划|预期|累计|合计|数量|指标值|[()%、\s]|本年|本期"
)


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    unit: str
    is_change: bool
    years: tuple[int, ...]
    reading: Reading


def is_table_row(line: str) -> bool:
    """Tell whether a line is a row of a table."""
    return SEPARATOR in line or line.startswith("| ") or line.endswith(" |")


def table_figures(report_id: str, text: str, rows: list[Span], section: Section, profile: Profile) -> list[Figure]:
    """Return the figures of a section's table rows, row by row.

    The indicator is the row's name with the column's; the unit comes from the cell, a unit column, brackets in either
    name, or the caption; years and reading from the column's name. A cell without a unit is no figure.
    """
    found: list[Figure] = []
    for table in _tables(text, rows):
        caption = fold(text[max(0, table[0].start - CAPTION_CHARS) : table[0].start]).rstrip()
        columns, body = _columns(text, table, caption)
        for row in body:
            found += _row_figures(report_id, text, _cells(text, row), columns, section, profile)
    return found


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


def _cells(text: str, row: Span) -> list[Span]:
    cells, position = [], row.start
    for part in text[row.start : row.end].split("|"):
        stripped = part.strip()
        start = position + len(part) - len(part.lstrip())
        cells.append(Span(start, start + len(stripped)))
        position += len(part) + 1
    return cells


def _columns(text: str, table: Sequence[Span], caption: str) -> tuple[list[_Column], Sequence[Span]]:
    """Read the rows before the first with a number in it as the names of the columns; return the other rows too."""
    split = [[fold(text[cell.start : cell.end]) for cell in _cells(text, row)] for row in table]
    heads = 1
    while heads < len(split) and not any(CELL_NUMBER.fullmatch(value) for value in split[heads][1:]):
        heads += 1
    names = split[0]
    for row in split[1:heads]:
        names = [name if name == more else name + more for name, more in zip(names, row, strict=False)]
    match = CAPTION_UNIT.search(caption)
    return [_column(name, match[1] if match else "") for name in names], table[heads:]


def _column(name: str, caption_unit: str) -> _Column:
    bracketed = IN_BRACKETS.search(name)
    is_change = CHANGE.search(name) is not None
    unit = "%" if is_change else bracketed[1] if bracketed else caption_unit
    years = tuple(int(number.value) for number in find_numbers(name) if number.kind == YEAR)
    named = NO_NAME.sub("", IN_BRACKETS.sub("", name)).strip()
    reading = Reading.UNKNOWN
    if re.search(r"目标|计划|预期", name):
        reading = Reading.TARGET
    elif re.search(r"完成|实绩|实际|累计|执行", name):
        reading = Reading.RESULT
    return _Column(named, "单位" if UNIT_COLUMN.search(name) else unit, is_change, years, reading)


def _row_figures(
    report_id: str, text: str, cells: list[Span], columns: list[_Column], section: Section, profile: Profile
) -> Iterator[Figure]:
    values = [fold(text[cell.start : cell.end]) for cell in cells]
    label = next((value for value in values if value and not CELL_NUMBER.fullmatch(value)), "")
    if len(cells) != len(columns) or not label:
        return
    row_unit = next((value for column, value in zip(columns, values, strict=True) if column.unit == "单位"), "")
    bracketed = IN_BRACKETS.search(label)
    measured = ""
    for cell, column, value in zip(cells, columns, values, strict=True):
        measured = measured if column.is_change else column.name
        unit = _unit(value, column, row_unit or (bracketed[1] if bracketed else ""))
        if not unit or value == label:
            continue
        reading = section.reading if column.reading == Reading.UNKNOWN else column.reading
        number = float(re.sub(r"[^\d.+-]", "", value))
        yield Figure(
            report_id, section.index, PART.sub("", IN_BRACKETS.sub("", label)).strip() + measured, number, unit,
            text[cell.start : cell.end], "", "up" if column.is_change and number >= 0 else "", profile.place,
            column.years or fallback_years(section, profile, reading), reading, cell.start, cell.end,
        )  # fmt: skip


def _unit(value: str, column: _Column, row_unit: str) -> str:
    """Return the unit of a cell, "" if it is no amount."""
    if column.unit == "单位":
        return ""
    if CELL_NUMBER.fullmatch(value):
        return "%" if column.is_change else row_unit or column.unit
    numbers = find_numbers(value)
    return numbers[0].unit if len(numbers) == 1 and len(numbers[0].text) == len(value) else ""
