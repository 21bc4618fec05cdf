"""Answers from the tables of reports: a cell, the highest row, sums and differences, rows that meet a condition."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.choosing import Case, Chooser
from rag.answering.draft import Draft
from rag.answering.table_cells import (
    Cell,
    ReadTable,
    distinct_spans,
    find_cells,
    find_rows,
    latest,
    tables_in_scope,
)
from rag.answering.table_choices import draft_extreme, draft_listing, draft_total
from rag.answering.table_computing import MAX_LISTED, TOTAL_WORDS, compare, compute
from rag.answering.table_matching import PLACE_SUFFIX, Borne, Query, make_query
from rag.answering.table_wording import CellWriter
from rag.asking.question import Kind
from rag.figures.table_grid import Row
from rag.glossary import load_glossary
from rag.places import load_gazetteer
from rag.sentences import Span

KINDS = frozenset(
    {Kind.FIGURE, Kind.FACT, Kind.SUM, Kind.DIFFERENCE, Kind.COMPARISON, Kind.RANKING, Kind.LIST, Kind.PLACE}
)
REASONS = re.compile(r"为什么|为何|原因|怎么回事|\bwhy\b")
GAP = re.compile(r"比|相比|增加|减少|差|\b(?:than|difference|increase[ds]?|from)\b")
MAX_STATEMENTS = 4
PLACE_LABEL_CHARS = 3


def draft_table(case: Case, chooser: Chooser) -> Draft | None:
    """Answer from the tables of the reports in scope; None when no table bears the question.

    Every statement cites the row and the rows that name the columns. A question that names a place which only a
    table's row tells of, but nothing the table tells of it, is refused with what the table has.
    """
    if case.question.kind not in KINDS or REASONS.search(case.question.standalone):
        return None
    tables = tables_in_scope(case, chooser)
    if not tables:
        return None
    glossary = load_glossary()
    query = make_query(case.question, glossary)
    writer = CellWriter(case.question.language, glossary, load_gazetteer())
    named = [(source, rows) for source in tables if (rows := find_rows(source, query))]
    cells = [_asked(source, rows, query) for source, rows in named]
    chosen = [group for group in cells if group]
    if not _covers(case, chosen or [[Cell(source, row, 0)] for source in tables for row in source.grid.rows[:1]]):
        return None
    if chosen:
        return _from_rows(chosen, query, writer)
    for source in tables:
        for write in (draft_extreme, draft_total, draft_listing):
            if (draft := write(source, query, writer)) is not None:
                return draft
    return _refusal(case, named)


def _covers(case: Case, groups: Sequence[list[Cell]]) -> bool:
    """Tell whether the cells are about each place asked about: as their report's place or as their row."""
    told = {cell.source.report.profile.place for group in groups for cell in group}
    told |= {cell.row.label for group in groups for cell in group}
    return len(case.question.places) < 2 or set(case.question.places) <= told


def _asked(source: ReadTable, rows: Sequence[tuple[Row, Borne]], query: Query) -> list[Cell]:
    """Return the cells asked for, row by row in the question's order; [] unless the rest of the question fits."""
    found: list[Cell] = []
    spans = distinct_spans(rows)
    for span in spans:
        group = [(row, borne) for row, borne in rows if borne.spans[0] == span]
        named = [(row, borne) for row, borne in group if row.whole and row.whole in query.text] or group
        others = tuple(other for other in spans if other != span)
        options = [find_cells(source, row, _with(borne, others), query) for row, borne in named]
        cells = [cell for option in options for cell in latest(option, query)]
        best = max((cell.strength for cell in cells), default=0.0)
        found += [cell for cell in cells if cell.strength == best]
    wholes = {cell.row.whole for cell in found} - {""}
    return [cell for cell in found if cell.row.label not in wholes] or found


def _with(borne: Borne, others: tuple[Span, ...]) -> Borne:
    """Count the words that name other rows as borne as well."""
    return Borne((*borne.spans, *others), borne.share)


def _from_rows(tables: Sequence[list[Cell]], query: Query, writer: CellWriter) -> Draft | None:
    best = max(cells[0].strength for cells in tables)
    chosen = [cells for cells in tables if cells[0].strength >= 0.9 * best]
    kind = query.question.kind
    rate_alone = len(chosen[0]) == 1 and chosen[0][0].column.is_change
    if _asks_gap(chosen[0], query):
        kind = Kind.DIFFERENCE
    elif len(chosen[0]) > 1 and TOTAL_WORDS.search(query.text):
        kind = Kind.SUM
    if kind in (Kind.SUM, Kind.DIFFERENCE) and not rate_alone:
        return next((draft for cells in chosen if (draft := compute(cells, kind, writer)) is not None), None)
    if kind in (Kind.COMPARISON, Kind.RANKING) and len(chosen[0]) > 1:
        return compare(chosen[0], query, writer)
    cells = list(
        {(cell.source.report.report_id, cell.row.span, cell.index): cell for group in chosen for cell in group}.values()
    )
    if len(cells) > MAX_STATEMENTS and not query.question.parts:
        return None
    stated = {statement.text: statement for statement in map(writer.state, reversed(cells[:MAX_LISTED]))}
    return Draft(tuple(reversed(stated.values())))


def _asks_gap(cells: Sequence[Cell], query: Query) -> bool:
    """Tell whether two years of one row are asked to be set against each other (比2020年增加多少)."""
    years = {cell.years for cell in cells}
    return len(cells) == 2 == len(years) and cells[0].row == cells[1].row and GAP.search(query.text) is not None


def _refusal(case: Case, named: Sequence[tuple[ReadTable, list[tuple[Row, Borne]]]]) -> Draft | None:
    """Refuse where the question names a place that only a table's row tells of, saying what the table has."""
    for source, rows in named:
        for row, borne in rows:
            is_place = borne.share == 1.0 and len(row.label) >= PLACE_LABEL_CHARS and PLACE_SUFFIX.search(row.label)
            if is_place and not _told_elsewhere(case, row.label):
                return Draft(reason=_reason(case, source, row))
    return None


def _told_elsewhere(case: Case, label: str) -> bool:
    """Tell whether running text of a report held speaks of a row's place, or a report is about it."""
    for report_id, summary in case.corpus.summaries.items():
        report = case.corpus.report(report_id)
        if summary.profile.place == label:
            return True
        outside = (line for line in report.text.split("\n") if " | " not in line)
        if any(label in line for line in outside):
            return True
    return False


def _reason(case: Case, source: ReadTable, row: Row) -> str:
    labels = dict.fromkeys(column.label for column in source.grid.columns[row.label_index + 1 :] if column.label)
    if case.question.language == "en":
        years = ", ".join(str(year) for year in source.years)
        return f"The reports do not say this; a table for {years} has, for {row.label}, only {', '.join(labels)}."
    years = "、".join(f"{year}年" for year in source.years)
    return f"报告中没有找到这一内容；表中关于{row.label}的只有{years}的{'、'.join(labels)}。"
