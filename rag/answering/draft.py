"""A draft: what is to be said, sentence by sentence, each with the spans that prove it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rag.corpus import Corpus
from rag.sentences import Span, strip
from rag.types import Citation, Reading, Report

QUOTE_MAX_CHARS = 300


@dataclass(frozen=True, slots=True)
class Proof:
    """A span of a report's text that bears a statement, the years it speaks of and whether as result or target."""

    report_id: str
    start: int
    end: int
    years: tuple[int, ...] = ()
    reading: Reading = Reading.UNKNOWN


@dataclass(frozen=True, slots=True)
class Statement:
    """Words to be said and what proves them; ``text`` has no markers and no closing punctuation."""

    text: str
    proofs: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before verification; without statements it refuses, for the ``reason`` given in a full sentence."""

    statements: tuple[Statement, ...] = ()
    reason: str = ""
    computed: tuple[float, ...] = ()


def cite(draft: Draft, corpus: Corpus, *, language: str) -> tuple[str, tuple[Citation, ...]]:
    """Write a draft out: the text with markers, numbered by first use, and one citation for each distinct proof."""
    numbers: dict[Proof, int] = {}
    parts = []
    for statement in draft.statements:
        markers = [numbers.setdefault(proof, len(numbers) + 1) for proof in dict.fromkeys(statement.proofs)]
        parts.append(statement.text + "".join(f"[{marker}]" for marker in markers))
    stop, joint = (".", "; ") if language == "en" else ("。", "；")
    citations = tuple(make_citation(marker, proof, corpus.report(proof.report_id)) for proof, marker in numbers.items())
    return joint.join(parts) + stop, citations


def make_citation(marker: int, proof: Proof, report: Report) -> Citation:
    """Build a citation; its quote is the proof's span, shortened at its end to 300 characters."""
    start, end = strip(report.text, Span(proof.start, min(proof.end, proof.start + QUOTE_MAX_CHARS)))
    section = next((row for row in report.sections if row.start <= start < row.end), None)
    return Citation(
        marker=marker,
        report_id=report.report_id,
        title=report.profile.title,
        source=report.source,
        place=report.profile.place,
        years=proof.years or _years(report),
        section=section.path if section else (),
        quote=report.text[start:end],
        start=start,
        end=end,
        page=page_of(start, report.page_starts),
        reading=proof.reading,
    )


def _years(report: Report) -> tuple[int, ...]:
    return (report.profile.year,) if report.profile.year else report.profile.years


def page_of(position: int, page_starts: Iterable[int]) -> int | None:
    """Return the page, from 1, on which ``position`` lies; None for a format without pages."""
    return sum(start <= position for start in page_starts) or None
