"""What a quoted row of a table states once the quoted header is read with it: each cell with its unit and direction."""

from __future__ import annotations

from collections.abc import Iterable

from rag.answering.claims import Claim
from rag.figures.table_grid import Grid, Row, read_grid
from rag.figures.table_rows import amount
from rag.numerals import find_numbers


def cell_claims(row: str, others: Iterable[str]) -> tuple[str, tuple[Claim, ...]]:
    """Return a quoted row's label and its figures as the first of the ``others`` that heads it tells them, else ()."""
    for other in others:
        caption, head = _split(other)
        if not head or head[-1].count("|") != row.count("|") or other == row:
            continue
        grid = read_grid("\n".join([*head, row]), 0, caption)
        if len(grid.rows) == 1:
            return grid.rows[0].label, tuple(_claims(grid, grid.rows[0]))
    return "", ()


def _split(quote: str) -> tuple[str, list[str]]:
    lines = quote.split("\n")
    first = next((index for index, line in enumerate(lines) if "|" in line), len(lines))
    return "\n".join(lines[:first]), lines[first:]


def _claims(grid: Grid, row: Row) -> Iterable[Claim]:
    for index, value in enumerate(row.values):
        if not grid.is_amount(row, index):
            continue
        column = grid.columns[index]
        direction = ("down" if amount(value) < 0 else "up") if column.is_change else ""
        unit = "" if value.endswith(("%", "％")) else grid.unit(row, index)
        told = find_numbers(f"{value.lstrip('+-')}{unit}")
        if told:
            yield Claim(told[0], "", direction, "", column.years)
