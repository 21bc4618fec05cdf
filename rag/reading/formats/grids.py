"""Rows of cells: spread merged cells, drop what is empty, find the header."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rag.reading.heading_forms import CONTENTS

NUMBER = re.compile(r"[-+−]?\d[\d,，.]*\s*[%％‰]?")
MAX_COLUMNS = 200
MAX_CELL_CHARS = 300
MAX_HEADER_ROWS = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as a format declares it, spanning so many columns and rows."""

    text: str
    num_columns: int = 1
    num_rows: int = 1


def spread(rows: Iterable[Iterable[Cell]]) -> list[list[str]]:
    """Repeat merged cells in every place they cover, so that each value stands under its own header."""
    grid: list[list[str]] = []
    pending: dict[int, tuple[str, int]] = {}
    for row in rows:
        line: list[str] = []
        for cell in row:
            _take_pending(line, pending)
            for _ in range(min(max(cell.num_columns, 1), MAX_COLUMNS)):
                if cell.num_rows > 1:
                    pending[len(line)] = (cell.text, cell.num_rows - 1)
                line.append(cell.text)
        _take_pending(line, pending)
        grid.append(line)
    return grid


def _take_pending(line: list[str], pending: dict[int, tuple[str, int]]) -> None:
    while len(line) in pending and len(line) < MAX_COLUMNS:
        column = len(line)
        text, remaining = pending.pop(column)
        line.append(text)
        if remaining > 1:
            pending[column] = (text, remaining - 1)


def tidy_rows(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Make every cell one line without bars, drop empty rows and columns, and rows that repeat the one before."""
    cells = [[" ".join(str(cell).replace("|", "｜").split()) for cell in row] for row in rows]
    cells = [row for row in cells if any(row)]
    width = max(map(len, cells), default=0)
    padded = [row + [""] * (width - len(row)) for row in cells]
    used = [column for column in range(width) if any(row[column] for row in padded)]
    tidy = with_spread_heads([[row[column] for column in used] for row in padded])
    return [row for index, row in enumerate(tidy) if index == 0 or row != tidy[index - 1]]


def with_spread_heads(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Repeat heads over the columns they head, where a second row of heads follows that names no first column."""
    spread_rows = [list(row) for row in rows]
    if (
        len(rows) > 2
        and rows[0][0]
        and rows[1][0] in ("", rows[0][0])
        and all(rows[1][1:])
        and not holds_amounts(rows[1])
    ):
        head = spread_rows[0]
        head += [""] * (len(rows[1]) - len(head))
        for column in range(1, len(head)):
            head[column] = head[column] or head[column - 1]
        spread_rows[1][0] = head[0]
    return spread_rows


def holds_values(rows: Sequence[Sequence[str]]) -> bool:
    """Tell a table of values from one that lays out a page or lists contents: at least two rows of two short cells."""
    filled = [[cell for cell in row if cell.strip()] for row in rows]
    filled = [row for row in filled if row]
    wide = [row for row in filled if len(row) >= 2]
    longest = max((len(cell) for row in filled for cell in row), default=0)
    listed = wide[1:] if wide and "".join(wide[0]) in CONTENTS else wide
    pages = [int(row[1]) for row in listed if len(row) == 2 and row[1].isdecimal()]
    if len(pages) == len(listed) > 2 and pages == sorted(pages):
        return False
    return len(wide) >= 2 and 2 * len(wide) >= len(filled) and longest <= MAX_CELL_CHARS


def header_row(rows: Sequence[Sequence[str]]) -> tuple[str, int]:
    """Return the header as one line (several header rows are joined by column) and the number of its rows."""
    num_header_rows = 1
    while num_header_rows < min(MAX_HEADER_ROWS, len(rows) - 1) and _continues_header(rows, num_header_rows):
        num_header_rows += 1
    columns = zip(*rows[:num_header_rows], strict=True)
    joined = " | ".join(" ".join(dict.fromkeys(cell for cell in column if cell)) for column in columns)
    return joined.strip(), num_header_rows


def holds_amounts(row: Sequence[str]) -> bool:
    """Tell whether a row holds numbers beside its name, other than years."""
    return any(NUMBER.fullmatch(cell) and not (len(cell) == 4 and "1900" <= cell < "2100") for cell in row[1:])


def _continues_header(rows: Sequence[Sequence[str]], index: int) -> bool:
    """Tell whether row ``index`` refines the merged cells above it instead of holding values."""
    above, row = rows[index - 1], rows[index]
    is_merged = any(left and left == right for left, right in pairwise(above))
    return is_merged and not holds_amounts(row)
