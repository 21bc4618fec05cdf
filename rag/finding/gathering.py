"""Gathering: the numbered, labelled spans of reports that answer a question, within a budget of characters."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.finding.corpus import Corpus
from rag.finding.fusion import Searcher
from rag.finding.piles import PileQuestion
from rag.finding.scope import QuestionScope
from rag.finding.table_choosing import arranged, chosen
from rag.finding.tables import MAX_ROW_SPANS, TableFinder, located
from rag.language.scripts import wordings
from rag.types import EvidenceSpan, Hit, Passage, PileRow, PileTable, Report, ReportSummary

SCOPED_HITS = 20
UNSCOPED_HITS = 12
MIN_SHARE = 3
MAX_LABEL_CHARS = 40
# What the line above a span takes of the budget.
LABEL_CHARS = 60
# Beside a table, passages get this share of the budget.
BESIDE_TABLES = 0.5
# What a model could take for the marks around the evidence is shown in full-width signs.
MARKS = re.compile(
    r"<(?=/?\s*(?:evidence|question|standalone|reports|table)\b)|^\s*\[(?=\d+\])", re.IGNORECASE | re.MULTILINE
)
FULL_WIDTH = {"<": "＜", "[": "［"}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Spans, best first, numbered from 1; ``reports`` are those of the places and years named, newest first.

    ``tables`` answer ``question``, which is over many reports: rows that have a span carry its number, the ones asked
    for first. ``is_by_words_alone``: meaning could not be looked for.
    """

    spans: tuple[EvidenceSpan, ...] = ()
    reports: tuple[ReportSummary, ...] = ()
    question: PileQuestion | None = None
    tables: tuple[PileTable, ...] = ()
    is_by_words_alone: bool = False

    @property
    def answers_by_table(self) -> bool:
        """Whether a table has what it was made for, and not only words like it."""
        return any(table.found or table.is_term for table in self.tables)

    def span(self, number: int) -> EvidenceSpan | None:
        """Return the span with this number; None where there is none."""
        return self.spans[number - 1] if 1 <= number <= len(self.spans) else None


class Gatherer:
    """Gathers evidence; safe to share between threads."""

    def __init__(self, searcher: Searcher) -> None:
        self._searcher = searcher
        self._tables = TableFinder(searcher)

    def tables(self, question: PileQuestion, corpus: Corpus) -> tuple[PileTable, ...]:
        """Return the tables a question over many reports asks for, one for each subject."""
        return self._tables.find(question, corpus)

    def tabled(
        self, question: PileQuestion, corpus: Corpus, *, language: str = "zh", known: Evidence | None = None
    ) -> Evidence:
        """Return ``known`` evidence with the tables of a question, each with at most 60 spans for its rows."""
        known = known or Evidence()
        spans = {(span.report_id, span.start, span.end): span for span in known.spans}
        tables = []
        for subject, table in zip(question.subjects, self.tables(question, corpus), strict=True):
            asked_for = chosen(question, table)
            order = dict.fromkeys((*asked_for, *arranged(question, table)))
            rows, last = [], len(spans) + MAX_ROW_SPANS
            for row in order:
                placed = []
                for each in (row, *row.others):
                    if each.words and len(spans) < last:
                        each = located(each, subject.indicator or subject.term, corpus)
                    if each.start < each.end and len(spans) < last:
                        new = _row_span(replace(each, number=len(spans) + 1), corpus, language)
                        span = spans.setdefault((new.report_id, new.start, new.end), new)
                        each = replace(each, number=span.number)
                    placed.append(each)
                rows.append(replace(placed[0], others=tuple(placed[1:])))
            tables.append(replace(table, rows=tuple(rows)))
        if not any(row.number for table in tables for row in table.rows) and not any(each.is_term for each in tables):
            return known
        tables = [*known.tables, *(table for table in tables if table not in known.tables)]
        return replace(known, spans=tuple(spans.values()), question=known.question or question, tables=tuple(tables))

    def gather(
        self,
        texts: Sequence[str],
        scope: QuestionScope,
        corpus: Corpus,
        *,
        max_chars: int,
        language: str = "zh",
        known: Evidence | None = None,
    ) -> Evidence:
        """Search for each of ``texts`` within and without scope and return the best hits, widened up to ``max_chars``.

        ``known`` evidence keeps its numbers and is not shown twice; new spans follow it, ``max_chars`` of them.
        """
        known = known or Evidence()
        depth = 2 if len(known.spans) > sum(bool(row.number) for table in known.tables for row in table.rows) else 1
        max_chars = int(max_chars * BESIDE_TABLES) if known.answers_by_table else max_chars
        found = [self._found(text, scope, corpus, depth=depth) for text in texts]
        hits = list({hit.passage.passage_id: hit for hit in _in_turn(found)}.values())
        hits = [hit for hit in hits if not any(_holds(span, hit.passage) for span in known.spans)]
        stretches = _widened(_within(hits, max_chars), corpus, max_chars)
        spans = [_span(each, corpus, language) for each in stretches]
        first = len(known.spans) + 1
        numbered = tuple(replace(span, number=number) for number, span in enumerate(spans, start=first))
        return replace(
            known,
            spans=known.spans + numbered,
            reports=known.reports or _reports(scope, corpus),
            is_by_words_alone=known.is_by_words_alone or self._searcher.is_by_words_alone,
        )

    def _found(self, text: str, scope: QuestionScope, corpus: Corpus, depth: int) -> list[Hit]:
        """Return the hits within each group in turn, then those of all reports; ``depth`` times as many as usual."""
        vector = self._searcher.embed(text)

        def search(words: str, limit: int, scopes: Sequence[tuple[str, ...] | None]) -> list[Hit]:
            rows = [
                self._searcher.search(words, corpus, limit=depth * limit, report_ids=report_ids, vector=vector)
                for report_ids in scopes
            ]
            return _in_turn(rows)

        if not scope.groups:
            return search(text, SCOPED_HITS + UNSCOPED_HITS, [scope.allowed])
        share = max(MIN_SHARE, SCOPED_HITS // len(scope.groups))
        scoped = search(_without(text, scope.names), share, [group.report_ids for group in scope.groups])
        return [*scoped, *search(text, UNSCOPED_HITS, [scope.allowed])]


def _without(text: str, names: Sequence[str]) -> str:
    """Take the names of places out of search text: within the reports of a place its name tells nothing apart."""
    for name in names:
        text = text.replace(name, "", 1)
    return text.strip() or text


def _in_turn(rows: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Return the first hit of each row, then the second of each, and so on."""
    longest = max(map(len, rows), default=0)
    return [row[place] for place in range(longest) for row in rows if place < len(row)]


def _holds(span: EvidenceSpan, passage: Passage) -> bool:
    return span.report_id == passage.report_id and span.start <= passage.start and passage.end <= span.end


def _within(hits: Sequence[Hit], max_chars: int) -> list[Passage]:
    """Return the passages of the first hits that fit, at least one."""
    kept: list[Passage] = []
    left = max_chars
    for hit in hits:
        left -= len(hit.passage.text) + LABEL_CHARS
        if left < 0 and kept:
            break
        kept.append(hit.passage)
    return kept


@dataclass(slots=True)
class _Stretch:
    """Passages ``first`` to ``last`` of a report, in a row."""

    report: Report
    first: int
    last: int

    @property
    def start(self) -> int:
        return self.report.passages[self.first].start

    @property
    def end(self) -> int:
        return self.report.passages[self.last].end


def _widened(passages: Sequence[Passage], corpus: Corpus, max_chars: int) -> list[_Stretch]:
    """Give each passage the ones after and before it in turn, best first, while there is room; join what meets."""
    stretches = []
    for passage in passages:
        ordinal = int(passage.passage_id.rpartition(":")[2])
        stretches.append(_Stretch(corpus.report(passage.report_id), ordinal, ordinal))
    taken = {(row.report.report_id, row.first) for row in stretches}
    left = max_chars - sum(row.end - row.start + LABEL_CHARS for row in stretches)
    for step in (1, -1):
        for row in stretches:
            near = (row.last if step == 1 else row.first) + step
            if not 0 <= near < len(row.report.passages) or (row.report.report_id, near) in taken:
                continue
            size = len(row.report.passages[near].text)
            if size <= left:
                left -= size
                taken.add((row.report.report_id, near))
                row.first, row.last = min(row.first, near), max(row.last, near)
    return _joined(stretches)


def _joined(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """Join stretches that follow one another in one section of a report; the better one's rank stays."""
    joined: list[_Stretch] = []
    for row in stretches:
        for other in joined:
            if other.report is row.report and _meet(other, row):
                other.first, other.last = min(other.first, row.first), max(other.last, row.last)
                break
        else:
            joined.append(row)
    return joined


def _meet(one: _Stretch, other: _Stretch) -> bool:
    passages = one.report.passages
    low, high = (one, other) if one.first <= other.first else (other, one)
    return high.first <= low.last + 1 and passages[low.last].section_index == passages[high.first].section_index


def _span(row: _Stretch, corpus: Corpus, language: str) -> EvidenceSpan:
    report, passage = row.report, row.report.passages[row.first]
    text = report.text[row.start : row.end]
    return EvidenceSpan(
        number=0,
        report_id=report.report_id,
        start=row.start,
        end=row.end,
        text=text,
        label=_label(report, passage.section_index, passage, language),
        place=passage.place,
        years=passage.years,
        reading=passage.reading,
    )


def _row_span(row: PileRow, corpus: Corpus, language: str) -> EvidenceSpan:
    report = corpus.report(row.report_id)
    section = max(0, bisect_right(report.sections, row.start, key=lambda each: each.start) - 1)
    years: tuple[int, ...] = (row.year,) if row.year else ()
    reading = row.reading
    if not row.words:  # the nearest words speak of what their passage speaks of
        passage = report.passages[max(0, bisect_right(report.passages, row.start, key=lambda each: each.start) - 1)]
        years, reading = passage.years, passage.reading
    span = EvidenceSpan(
        row.number, row.report_id, row.start, row.end, report.text[row.start : row.end], "",
        report.profile.place, years, reading,
    )  # fmt: skip
    return replace(span, label=_label(report, section, span, language))


def _label(report: Report, section: int, said: Passage | EvidenceSpan, language: str) -> str:
    """Say what a span speaks of: place, years, result or target, title and headings, as far as they are known."""
    words = wordings(language)["readings"]
    years = f"{said.years[0]}—{said.years[-1]}" if len(said.years) > 2 else "、".join(map(str, said.years))
    path = report.sections[section].path
    named = " › ".join(_short(each) for each in dict.fromkeys((report.profile.title, *path[-2:])) if each)
    parts = (said.place or "", years, words.get(said.reading, ""), named)
    return " · ".join(shown(part) for part in parts if part)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_LABEL_CHARS else text[: MAX_LABEL_CHARS - 1] + "…"


def shown(text: str) -> str:
    """Return report text as a model is shown it: what looks like our own marks in full-width signs."""
    return MARKS.sub(lambda match: FULL_WIDTH[match.group()[-1]], text)


def _reports(scope: QuestionScope, corpus: Corpus) -> tuple[ReportSummary, ...]:
    rows = (corpus.summaries[key] for key in scope.report_ids if key in corpus.summaries)
    return tuple(sorted(rows, key=lambda row: (-(row.profile.year or 0), row.profile.place or "", row.report_id)))
