"""Coverage: does a claim about all reports (highest, only, none) rest on all of them?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answering.borne import COUNTERS
from rag.answering.quotes import quote_at
from rag.finding.gathering import Evidence
from rag.finding.piles import spoken
from rag.finding.tables import bounds
from rag.language.numerals import QUANTITY, base_value, find_numbers
from rag.language.sentences import PART_END, Span
from rag.types import PileRow, PileTable, Quote

DENIAL_END = re.compile(r"[；;。\n]|(?<=[一-鿿])[，,](?=[^，,；;。]*没)")
EXTREMES = {"highest": max, "lowest": min}
NamesOf = Callable[[str], Sequence[str]]


def coverage_fault(
    text: str, quotes: Sequence[Quote], named: Sequence[str], evidence: Evidence, names_of: NamesOf
) -> str:
    """Return the claim where it says of all reports what the evidence does not show of each; "" where it may.

    ``named`` are the places the question names; ``names_of(place)`` gives every name of one.
    """
    said = spoken("claims", text) - {each for quote in quotes for each in spoken("claims", quote.text)}
    tables = [table for table in evidence.tables if table.found or table.is_term]
    if tables:
        return _table_fault(text, quotes, said, tables, evidence, names_of)
    quoted = {quote.span.place for quote in quotes}
    if not said or len(quoted) < 2:
        return ""
    held = {name for place in quoted for name in names_of(str(place))}
    return "" if named and all(held & set(names_of(place)) for place in named) else text


def _table_fault(
    text: str,
    quotes: Sequence[Quote],
    said: frozenset[str],
    tables: Sequence[PileTable],
    evidence: Evidence,
    names_of: NamesOf,
) -> str:
    for table in tables:
        told = [row for row in table.found if any(_tells(row, quote) for quote in quotes)]
        extremes = [name for name in EXTREMES if name in said]
        if table.is_term:
            denied = _denied(text, evidence)
            if denied and any(_is_told(row, denied, table, names_of) for row in table.found):
                return text
        elif told and len(extremes) == 1:
            best = EXTREMES[extremes[0]](bounds(row) for row in table.found)
            if not any(bounds(row) == best and _is_told(row, text, table, names_of) for row in told):
                return text
    return ""


def _tells(row: PileRow, quote: Quote) -> bool:
    return row.report_id == quote.span.report_id and row.start < quote.end and quote.start < row.end


def _is_told(row: PileRow, text: str, table: PileTable, names_of: NamesOf) -> bool:
    """Tell whether a text names a row: its place or year, one with the other where the table has several of both."""
    many_places, many_years = (len({getattr(each, part) for each in table.rows}) > 1 for part in ("place", "year"))
    names = [name for name in names_of(row.place) if name] if many_places else [""]
    years = (f"{row.year}", f" {row.year}") if many_years else ("",)
    return any(f"{name}{year}".lower() in text.lower() for name in names for year in years)


def _denied(text: str, evidence: Evidence) -> str:
    """Return the part of a claim that names those that say nothing, by its own words or because that was asked."""
    asked = evidence.question is not None and "not" in evidence.question.wants
    if asked and not {"mention", "not"} & spoken("turns", text):
        return text
    parts = [part for part in DENIAL_END.split(text) if "not" in spoken("turns", part)]
    return "；".join(parts)


def absence_quotes(text: str, evidence: Evidence, names_of: NamesOf) -> list[Quote]:
    """Return what a claim that names rows without anything rests on: their nearest words, else those of the others."""
    for table in evidence.tables:
        absent = [row for row in table.missing if _is_told(row, text, table, names_of)]
        if absent and _denied(text, evidence):
            near = absent if all(row.number for row in absent) else table.found
            spans = [evidence.span(row.number) for row in near]
            return [quote_at(span, Span(span.start, span.end)) for span in spans if span]
    return []


def without_absent(text: str, evidence: Evidence, names_of: NamesOf) -> str:
    """Return a claim without the places and years of rows that have nothing: no quote can bear them.

    They go only from clauses without a figure: of a place without one, none may be said.
    """
    names = {
        name
        for table in evidence.tables
        for row in table.missing
        for name in (*names_of(row.place), f"{row.year}年", str(row.year or ""))
        if name
    }
    if not names:
        return text
    pattern = re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))
    parts = PART_END.split(text)
    return "".join(part if _has_amount(part) else pattern.sub("", part) for part in parts)


def _has_amount(text: str) -> bool:
    """Tell whether a figure is stated that counts no reports or places."""
    return any(row.kind == QUANTITY and base_value(row)[1] not in COUNTERS for row in find_numbers(text))
