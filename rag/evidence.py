"""Evidence: the sentences of a report, each with what is around it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from rag.noted import cut_at_notes
from rag.sentences import Span, split_sentences
from rag.types import Figure, Reading, Report

LEAD_MAX_CHARS = 40


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a report with what is around it; ``ordinal`` counts the report's sentences from 0.

    ``lead`` is the first sentence of its paragraph when that is short (run-in heading), ``previous`` the sentence
    before it in the same section, ``path`` the headings above and the term a note explains; all maybe empty.
    """

    report_id: str
    ordinal: int
    section_index: int
    start: int
    end: int
    text: str
    path: str
    lead: str
    previous: str
    years: tuple[int, ...]
    reading: Reading
    figures: tuple[Figure, ...] = ()
    is_heading: bool = False

    @property
    def span(self) -> Span:
        """Where it stands in the report's text."""
        return Span(self.start, self.end)


def sentences_of(report: Report) -> tuple[Sentence, ...]:
    """Return the sentences of a report in text order, headings included; () for an empty text."""
    found: list[Sentence] = []
    figures = _Figures(report.figures)
    for section, term in cut_at_notes(report.sections, report.notes):
        lead, previous, previous_end = "", "", section.start
        for span in split_sentences(report.text, section.start, section.end):
            text = report.text[span.start : span.end]
            if "\n" in report.text[previous_end : span.start] or not previous:
                lead = text if len(text) <= LEAD_MAX_CHARS else ""
            sentence = Sentence(
                report.report_id,
                len(found),
                section.index,
                span.start,
                span.end,
                text,
                " ".join((*section.path, term) if term else section.path),
                "" if lead == text else lead,
                previous,
                section.years,
                section.reading,
                figures.within(span),
                span.end <= section.heading_end,
            )
            found.append(sentence)
            previous, previous_end = text, span.end
    return tuple(found)


class _Figures:
    """The figures of a report, looked up by where they stand."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._figures = sorted(figures, key=lambda figure: figure.start)
        self._starts = [figure.start for figure in self._figures]

    def within(self, span: Span) -> tuple[Figure, ...]:
        first, last = bisect_left(self._starts, span.start), bisect_left(self._starts, span.end)
        return tuple(self._figures[first:last])
