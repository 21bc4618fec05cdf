"""Coverage: does a claim about all reports (highest, only, none) rest on all of them?"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from rag.answering.borne import COUNTERS
from rag.answering.quotes import quote_at
from rag.finding.gathering import Evidence
from rag.finding.table_words import spoken
from rag.finding.tables import bounds
from rag.language.numerals import QUANTITY, base_value, find_numbers
from rag.language.periods import without_periods
from rag.language.sentences import PART_END, Span
from rag.language.units import measure
from rag.types import PileRow, PileTable, Quote

DENIAL_END = re.compile(r"[；;。\n]|(?<=[一-鿿])[，,](?=[^，,；;。]*没)")
EXTREMES = {"highest": max, "lowest": min}
NamesOf = Callable[[str], Sequence[str]]


def coverage_fault(
    text: str, quotes: Sequence[Quote], named: Sequence[str], evidence: Evidence, names_of: NamesOf
) -> str:
    """Return the claim, or the row that contradicts it, where it says of all reports what they do not show; else "".

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
            denied = _denied(text, table, evidence, names_of)
            if denied and any(_is_told(row, denied, table, names_of) for row in table.found):
                return text
        elif told and len(extremes) == 1 and _tells_only(text, tables):
            kinds = {(row.reading, row.year if _varies(table, "place") else None) for row in told}
            alike = [
                row for row in table.found if (row.reading, row.year if _varies(table, "place") else None) in kinds
            ]
            best = EXTREMES[extremes[0]](alike, key=bounds)
            if not any(bounds(row) == bounds(best) and _is_told(row, text, table, names_of) for row in told):
                return f"{best.place} {best.year or ''} {best.words}"
    return ""


def _tells(row: PileRow, quote: Quote) -> bool:
    return row.report_id == quote.span.report_id and row.start < quote.end and quote.start < row.end


def _tells_only(text: str, tables: Sequence[PileTable]) -> bool:
    """Tell whether all figures of a text are those of rows: of what is reckoned from them no table has the highest."""
    told = {bound / measure(row.unit)[1] for each in tables for row in each.found for bound in bounds(row)}
    figures = [row for row in find_numbers(text) if row.kind == QUANTITY and base_value(row)[1] not in COUNTERS]
    return all(row.value in told for row in figures)


def _varies(table: PileTable, part: str) -> bool:
    return len({getattr(row, part) for row in table.rows}) > 1


def _is_told(row: PileRow, text: str, table: PileTable, names_of: NamesOf) -> bool:
    """Tell whether a text names a row: its place or year, one with the other where the table has several of both."""
    text = without_periods(text).lower()
    names = [name for name in names_of(row.place) if name] if _varies(table, "place") else [""]
    years = (f"{row.year}", f" {row.year}") if _varies(table, "year") else ("",)
    return any(f"{name}{year}".lower() in text for name in names for year in years)


def _denied(text: str, table: PileTable, evidence: Evidence, names_of: NamesOf) -> str:
    """Return the part of a claim that names those that say nothing, by its own words or because that was asked."""
    asked = evidence.question is not None and "not" in evidence.question.wants
    named = any(_is_named(row, text, table, names_of) for row in _absent(table))
    if asked and named and not {"mention", "not"} & spoken("turns", text):
        return text
    parts = [
        part
        for part in DENIAL_END.split(text)
        if "not" in (turns := spoken("turns", part))
        and (
            "mention" in turns
            or table.subject in part
            or any(_is_named(row, part, table, names_of) for row in _absent(table))
        )
    ]
    return "；".join(parts)


def _absent(table: PileTable) -> list[PileRow]:
    """Return the rows of places that have nothing in any year, or of years where there is one place."""
    part = "place" if _varies(table, "place") else "year"
    having = {getattr(row, part) for row in table.found}
    return [row for row in table.missing if getattr(row, part) not in having]


def _is_named(row: PileRow, text: str, table: PileTable, names_of: NamesOf) -> bool:
    """Tell whether a text names the place of a row, or its year where there is one place."""
    names = names_of(row.place) if _varies(table, "place") else (str(row.year or ""),)
    return any(name and name.lower() in without_periods(text).lower() for name in names)


def absence_quotes(text: str, evidence: Evidence, names_of: NamesOf) -> list[Quote]:
    """Return what a claim that names rows without anything rests on: their nearest words, else those of the others."""
    for table in evidence.tables:
        absent = [row for row in _absent(table) if _is_named(row, text, table, names_of)]
        if absent and _denied(text, table, evidence, names_of):
            for rows in (absent, table.found, table.rows):
                if spans := [span for row in rows if (span := evidence.span(row.number))]:
                    return [quote_at(span, Span(span.start, span.end)) for span in spans]
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
    """Tell whether a figure is stated that counts no reports, places or years."""
    numbers = [row for row in find_numbers(text) if row.kind == QUANTITY and row.unit != "年"]
    return any(base_value(row)[1] not in COUNTERS for row in numbers)
