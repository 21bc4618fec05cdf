"""Which rows of a table a question asks for, and in which order a table is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.finding.piles import Condition, PileQuestion
from rag.finding.tables import bounds
from rag.language.numerals import base_value
from rag.language.units import measure
from rag.types import PileRow, PileTable

TOLERANCE = 1e-9


def chosen(question: PileQuestion, table: PileTable) -> tuple[PileRow, ...]:
    """Return the rows the question asks for, in the order they are named; ties stay together.

    Ranges compare by their lower end, then by their upper end; a bound (高于5%) holds for the lower end.
    """
    wants, rows = question.wants, list(table.found)
    if not table.is_term:
        if "no_range" in wants:
            rows = [row for row in rows if row.low == row.high]
        elif "range" in wants:
            rows = [row for row in rows if row.low != row.high]
        rows = [row for row in rows if fits(question.conditions, row)]
    if "not" in wants:
        rows = list(table.missing)
    if not table.is_term and wants & {"highest", "lowest"}:
        return _ranked(rows, question.top, descending="highest" in wants)
    if wants & {"first", "last"} and (dated := [row for row in rows if row.year]):
        year = (min if "first" in wants else max)(row.year or 0 for row in dated)
        return tuple(row for row in dated if row.year == year)
    return tuple(arranged(question, replace(table, rows=tuple(rows))))


def fits(conditions: Sequence[Condition], row: PileRow) -> bool:
    """Tell whether a row's figure meets the conditions in its dimension: all bounds, and one of the values named."""
    low, high = bounds(row)
    told = [each for each in conditions if measure(each.number.unit)[0] == measure(row.unit)[0]]
    equal = [each for each in told if each.relation == "equal"]
    return all(_holds(each, low, high) for each in told if each.relation != "equal") and (
        not equal or any(_is_equal(each, row) for each in equal)
    )


def _holds(condition: Condition, low: float, high: float) -> bool:
    value = base_value(condition.number)[0]
    slack = TOLERANCE * max(abs(value), abs(low))
    if condition.relation == "above":
        return low > value + slack
    if condition.relation == "at_least":
        return low >= value - slack
    return high < value - slack if condition.relation == "below" else high <= value + slack


def _is_equal(condition: Condition, row: PileRow) -> bool:
    value, ends = base_value(condition.number)[0], bounds(row)
    same = all(abs(end - value) <= TOLERANCE * max(abs(value), 1e-12) for end in ends)
    return same and (not condition.is_around or "左右" in row.words)


def _ranked(rows: Sequence[PileRow], top: int, *, descending: bool) -> tuple[PileRow, ...]:
    ordered = sorted(rows, key=bounds, reverse=descending)
    last = bounds(ordered[min(top, len(ordered)) - 1]) if ordered else None
    return tuple(row for index, row in enumerate(ordered) if index < top or bounds(row) == last)


def arranged(question: PileQuestion, table: PileTable) -> list[PileRow]:
    """Return all rows in the order a table shows them: by year for one place, by figure for one year, the empty last.

    Rows of many places and years stand by place and year, unless they are to be ranked.
    """
    found = list(table.found)
    is_ranked = bool(question.wants & {"highest", "lowest", "ordered"} or question.conditions)
    one_year = len({row.year for row in table.rows}) == 1
    if not table.is_term and (is_ranked or one_year) and len({row.place for row in table.rows}) > 1:
        found.sort(key=bounds, reverse="lowest" not in question.wants)
    return [*found, *table.missing]
