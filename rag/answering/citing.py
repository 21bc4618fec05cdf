"""Citing: markers by first use, and the exact words they stand for."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from rag.finding.corpus import Corpus
from rag.language.scripts import wordings
from rag.types import Answer, Citation, EvidenceSpan, Quote, Report

MARKED = re.compile(r".*?((?:\[\d+\])+)", re.DOTALL)
MARKER = re.compile(r"\[(\d+)\]")


class Citer:
    """Numbers the quotes of one answer."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._citations: dict[tuple[str, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """What has been cited, by marker."""
        return tuple(self._citations.values())

    def cite(self, quotes: Sequence[Quote]) -> tuple[int, ...]:
        """Return the markers of quotes, ascending; words cited before, or within words cited before, keep theirs."""
        return tuple(sorted({self._marker(quote) for quote in quotes}))

    def looked_at(self, span: EvidenceSpan) -> Citation:
        """Return a span that was looked at, numbered as it was shown."""
        return _citation(span.number, span, span.start, span.end, self._corpus.report(span.report_id))

    def _marker(self, quote: Quote) -> int:
        for (report_id, start, end), citation in self._citations.items():
            if report_id == quote.span.report_id and start <= quote.start and quote.end <= end:
                return citation.marker
        key = (quote.span.report_id, quote.start, quote.end)
        marker = len(self._citations) + 1
        report = self._corpus.report(quote.span.report_id)
        self._citations[key] = _citation(marker, quote.span, quote.start, quote.end, report)
        return marker


def _citation(marker: int, span: EvidenceSpan, start: int, end: int, report: Report) -> Citation:
    section = report.sections[max(0, bisect_right(report.sections, start, key=lambda each: each.start) - 1)]
    page = bisect_right(report.page_starts, start) if report.page_starts else None
    return Citation(
        marker=marker,
        report_id=report.report_id,
        title=report.profile.title,
        source=report.source,
        place=report.profile.place,
        years=section.years or span.years,
        section=section.path,
        quote=report.text[start:end],
        start=start,
        end=end,
        page=page,
        reading=section.reading,
        ocr=report.was_recognised(page),
    )


def signs(markers: Iterable[int]) -> str:
    """Write markers as they stand in an answer: [1][2]."""
    return "".join(f"[{marker}]" for marker in markers)


def shorten(answer: Answer, limit: int) -> Answer:
    """Return ``answer`` up to the last statement whose citations are among the first ``limit``.

    The first statement stays whole, with all that proves it, even where that is more than ``limit``. An answer with few
    enough citations comes back as it is.
    """
    if len(answer.citations) <= limit:
        return answer
    end, highest = 0, 0
    for piece in MARKED.finditer(answer.text):
        reached = max(highest, *map(int, MARKER.findall(piece[1])))
        if reached > limit and end:
            break
        end, highest = piece.end(), reached
    stop = wordings(answer.understood.language)["stop"]
    kept = tuple(row for row in answer.citations if row.marker <= highest)
    if (table := answer.table) is not None:
        rows = [replace(row, markers=tuple(each for each in row.markers if each <= highest)) for row in table.rows]
        table = replace(table, rows=tuple(rows))
    return replace(answer, text=answer.text[:end] + stop, citations=kept, table=table)
