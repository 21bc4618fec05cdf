"""Coverage: does a claim about all reports rest on all of them? Highest, only, none and the like are held to the table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.finding.evidence import Evidence
from rag.finding.piles import spoken
from rag.finding.tables import bounds
from rag.language.numerals import QUANTITY, find_numbers
from rag.types import PileRow, PileTable, Quote

EXTREMES = {"highest": max, "lowest": min}
IsNamed = Callable[[str, str], bool]
NamesOf = Callable[[str], Sequence[str]]
CLAUSE = re.compile(r"([，；。：（）();]|,(?!\d))")


def coverage_fault(
    text: str, quotes: Sequence[Quote], named: Sequence[str], evidence: Evidence, is_named: IsNamed
) -> str:
    """Return the claim where it says of all reports what the evidence does not show of each; "" where it may.

    ``named`` are the places the question names; ``is_named(place, text)`` tells whether a text names one.
    """
    said = spoken("claims", text) - {each for quote in quotes for each in spoken("claims", quote.text)}
    tables = [table for table in evidence.tables if table.found or table.is_term]
    if tables:
        return _table_fault(text, quotes, said, tables, evidence, is_named)
    quoted = {quote.span.place for quote in quotes}
    if not said or len(quoted) < 2:
        return ""
    return "" if named and all(any(is_named(place, str(each)) for each in quoted) for place in named) else text


def _table_fault(
    text: str,
    quotes: Sequence[Quote],
    said: frozenset[str],
    tables: Sequence[PileTable],
    evidence: Evidence,
    is_named: IsNamed,
) -> str:
    for table in tables:
        told = [row for row in table.found if any(_tells(row, quote) for quote in quotes)]
        extremes = [name for name in EXTREMES if name in said]
        if table.is_term:
            if _denies(text, evidence) and any(_is_told(row, text, table, is_named) for row in table.found):
                return text
        elif told and len(extremes) == 1:
            best = EXTREMES[extremes[0]](bounds(row) for row in table.found)
            if not any(bounds(row) == best and _is_told(row, text, table, is_named) for row in told):
                return text
    return ""


def _tells(row: PileRow, quote: Quote) -> bool:
    return row.report_id == quote.span.report_id and row.start < quote.end and quote.start < row.end


def _is_told(row: PileRow, text: str, table: PileTable, is_named: IsNamed) -> bool:
    if len({each.place for each in table.rows}) > 1:
        return bool(row.place) and is_named(str(row.place), text)
    return str(row.year) in text


def _denies(text: str, evidence: Evidence) -> bool:
    """Tell whether a claim names those that say nothing: by its own words, or because that was asked."""
    asked = evidence.question is not None and "not" in evidence.question.wants
    return "not" in spoken("turns", text) or (asked and "mention" not in spoken("turns", text))


def without_absent(text: str, evidence: Evidence, names_of: NamesOf) -> str:
    """Return a claim without the places and years of rows that have nothing: no quote can bear them.

    They go only from clauses without a figure: of a place without one, none may be said.
    """
    names = {
        name
        for table in evidence.tables
        for row in table.missing
        for name in (*names_of(row.place or ""), f"{row.year}年", str(row.year or ""))
        if name
    }
    if not names:
        return text
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    parts = CLAUSE.split(text)
    return "".join(part if _has_amount(part) else pattern.sub("", part) for part in parts)


def _has_amount(text: str) -> bool:
    return any(number.kind == QUANTITY for number in find_numbers(text))
