"""Citing: markers by first use, and the exact words they stand for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rag.finding.corpus import Corpus
from rag.types import Citation, EvidenceSpan, Quote, Report


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
