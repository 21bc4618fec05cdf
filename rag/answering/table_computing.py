"""Sums, differences and comparisons of cells, given with the cells they come from."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.computing import LOW_WORDS
from rag.answering.draft import Draft
from rag.answering.table_cells import Cell, base_amount
from rag.answering.table_matching import Query
from rag.answering.table_wording import CellWriter
from rag.asking.question import Kind

LOWEST = re.compile(r"最[低小少慢差]|末位|倒数第一|垫底|\b(?:lowest|smallest|least|slowest|fewest)\b")
TOTAL_WORDS = re.compile(r"合计|总共|一共|总计|加起来|\b(?:total|together|combined)\b")
MAX_LISTED = 12


def compare(cells: Sequence[Cell], query: Query, writer: CellWriter) -> Draft | None:
    """State which of the rows a question names has more, or less, and the amount of each."""
    if len({cell.column for cell in cells}) != 1:
        return None
    low = LOW_WORDS.search(query.text) is not None or LOWEST.search(query.text) is not None
    ordered = sorted(cells, key=base_amount, reverse=not low)
    return Draft((writer.compare(ordered, low=low), *(writer.state(cell) for cell in ordered[1:MAX_LISTED])))


def compute(cells: Sequence[Cell], kind: Kind, writer: CellWriter) -> Draft | None:
    """Add or subtract two or more cells in one unit; a single cell answers a sum the table has itself."""
    if len(cells) < 2 or len({cell.unit for cell in cells}) != 1:
        return (
            Draft((writer.state(cells[0]),)) if kind is Kind.SUM and len(cells) == 1 and cells[0].row.is_total else None
        )
    stated = tuple(writer.state(cell) for cell in cells)
    if kind is Kind.SUM:
        if cells[0].unit == "%":
            return None
        value = round(sum(cell.value for cell in cells), 6)
        return Draft((writer.total(cells, value), *stated), computed=(value,))
    if len(cells) != 2:
        return None
    if cells[0].row == cells[1].row and cells[0].years < cells[1].years:
        cells, stated = cells[::-1], stated[::-1]
    value = round(cells[0].value - cells[1].value, 6)
    return Draft((writer.gap(cells[0], cells[1], value), *stated), computed=(abs(value),))
