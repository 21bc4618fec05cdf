"""Figures of tables: one row a line, cells joined by `` | ``, the first row naming the columns."""

from __future__ import annotations

import re
from itertools import groupby

from rag.figures.context import fallback_years
from rag.folding import fold
from rag.numerals import YEAR, find_numbers
from rag.sentences import Span
from rag.types import Figure, Profile, Reading, Section

SEPARATOR = " | "
CELL_NUMBER = re.compile(r"^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$|^[+-]?\d+(?:\.\d+)?$")
UNIT_COLUMN = re.compile(r"单位|计量")
IN_BRACKETS = re.compile(r"[(](?:单位[:：]?)?([^()]{1,10})[)]")
CHANGE = re.compile(r"增长|增幅|增速|同比|±|升降")


def is_table_row(line: str) -> bool:
    """Tell whether a line is a row of a table."""
    return SEPARATOR in line or line.startswith("| ") or line.endswith(" |")


def _cells(text: str, row: Span) -> list[Span]:
    cells, position = [], row.start
    for part in text[row.start : row.end].split("|"):
        stripped = part.strip()
        start = position + len(part) - len(part.lstrip())
        cells.append(Span(start, start + len(stripped)))
        position += len(part) + 1
    return cells


def _column_reading(name: str) -> Reading:
    if re.search(r"目标|计划|预期", name):
        return Reading.TARGET
    return Reading.RESULT if re.search(r"完成|实绩|实际|累计|执行", name) else Reading.UNKNOWN


def _tables(text: str, rows: list[Span]) -> list[list[Span]]:
    """Group rows that follow each other with nothing but line breaks between them."""
    groups, key, previous = [], 0, 0
    for row in rows:
        key += bool(text[previous : row.start].strip()) or not previous
        groups.append((key, row))
        previous = row.end
    return [[row for _, row in members] for _, members in groupby(groups, key=lambda pair: pair[0])]


def table_figures(report_id: str, text: str, rows: list[Span], section: Section, profile: Profile) -> list[Figure]:
    """Return the figures of a section's table rows, row by row.

    The indicator is the row's first cell; the unit comes from the cell, the unit column, or brackets in the row's or
    the column's name; years and reading from the column's name. A cell without a unit is no figure.
    """
    found = []
    for table in _tables(text, rows):
        names = [fold(text[cell.start : cell.end]) for cell in _cells(text, table[0])]
        for row in table[1:]:
            found += _row_figures(report_id, text, row, names, section, profile)
    return found


def _row_figures(
    report_id: str, text: str, row: Span, names: list[str], section: Section, profile: Profile
) -> list[Figure]:
    cells = _cells(text, row)
    values = [fold(text[cell.start : cell.end]) for cell in cells]
    label = next((value for value in values if value and not CELL_NUMBER.match(value)), "")
    if len(cells) != len(names) or not label:
        return []
    row_unit = next((value for name, value in zip(names, values, strict=True) if UNIT_COLUMN.search(name)), "")
    found = []
    for cell, name, value in zip(cells, names, values, strict=True):
        unit = _unit(value, name, label, row_unit)
        if not unit or value == label:
            continue
        reading = _column_reading(name)
        reading = section.reading if reading == Reading.UNKNOWN else reading
        years = tuple(int(number.value) for number in find_numbers(name) if number.kind == YEAR)
        direction = "up" if CHANGE.search(name) and unit == "%" and not value.startswith("-") else ""
        indicator = IN_BRACKETS.sub("", label).strip()
        number = float(re.sub(r"[^\d.+-]", "", value))
        found.append(
            Figure(
                report_id, section.index, indicator, number, unit, text[cell.start : cell.end], "", direction,
                profile.place, years or fallback_years(section, profile, reading), reading, cell.start, cell.end,
            )
        )  # fmt: skip
    return found


def _unit(value: str, name: str, label: str, row_unit: str) -> str:
    """Return the unit of a cell, "" if it is no amount."""
    if not CELL_NUMBER.match(value):
        numbers = find_numbers(value)
        return numbers[0].unit if len(numbers) == 1 and len(numbers[0].text) == len(value) else ""
    if CHANGE.search(name):
        return "%"
    bracketed = IN_BRACKETS.search(name) or IN_BRACKETS.search(label)
    return row_unit or (bracketed[1] if bracketed else "")
