"""Passages: sentence-aligned spans of one section, each with what it speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.language.sentences import Span, split_clauses, split_sentences, strip
from rag.reading.notes import cut_at_notes
from rag.types import Note, Passage, Profile, Section, Table

TARGET_CHARS = 180
MAX_CHARS = 480


def make_passages(
    report_id: str,
    text: str,
    sections: Sequence[Section],
    tables: Sequence[Table],
    profile: Profile,
    notes: Sequence[Note] = (),
) -> tuple[Passage, ...]:
    """Cut a report into passages, in text order.

    A passage aims at 180 characters and never exceeds 480; it never crosses a section; a table's passages hold whole
    rows, and their header repeats caption, header row, unit and note; a note has passages of its own under its term.
    An empty text gives no passages.
    """
    passages: list[Passage] = []
    for section, term in cut_at_notes(sections, notes):
        for span, table in _spans(text, section, tables):
            header = _header(profile, section, term, table)
            passages.append(_passage(report_id, len(passages), text, section, span, header, profile))
    return tuple(passages)


def _passage(
    report_id: str, ordinal: int, text: str, section: Section, span: Span, header: str, profile: Profile
) -> Passage:
    return Passage(
        passage_id=f"{report_id}:{ordinal:05d}",
        report_id=report_id,
        section_index=section.index,
        start=span.start,
        end=span.end,
        text=text[span.start : span.end],
        header=header,
        place=profile.place,
        years=_years(profile, section),
        reading=section.reading,
    )


def _years(profile: Profile, section: Section) -> tuple[int, ...]:
    return section.years or ((profile.year,) if profile.year else ())


def _header(profile: Profile, section: Section, term: str, table: Table | None) -> str:
    period = "、".join(f"{year}年" for year in _years(profile, section)[:3])
    title = "" if profile.place and profile.place in profile.title else profile.title
    parts = [profile.place or "", period, title, term]
    if table is not None:
        parts += [table.caption, table.header, table.unit, table.note]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def _spans(text: str, section: Section, tables: Sequence[Table]) -> Iterator[tuple[Span, Table | None]]:
    """Yield the passages' spans of one section, running text and tables in text order."""
    position = section.start
    for table in sorted(tables, key=lambda table: table.start):
        start, end = max(table.start, section.start), min(table.end, section.end)
        if start >= end:
            continue
        yield from ((span, None) for span in _pack(text, _units(text, position, start)))
        yield from ((span, table) for span in _pack(text, _rows(text, start, end)))
        position = end
    yield from ((span, None) for span in _pack(text, _units(text, position, section.end)))


def _rows(text: str, start: int, end: int) -> Iterator[Span]:
    for line in text[start:end].splitlines(keepends=True):
        row = strip(text, Span(start, start + len(line)))
        start += len(line)
        if row.end > row.start:
            yield from _shorten(text, row)


def _units(text: str, start: int, end: int) -> Iterator[Span]:
    for sentence in split_sentences(text, start, end):
        yield from _shorten(text, sentence)


def _shorten(text: str, span: Span) -> Iterator[Span]:
    """Yield ``span`` itself, or its clauses packed, or equal cuts, so that nothing exceeds ``MAX_CHARS``."""
    if span.end - span.start <= MAX_CHARS:
        yield span
        return
    for clause in split_clauses(text, span.start, span.end):
        for start in range(clause.start, clause.end, MAX_CHARS):
            cut = strip(text, Span(start, min(start + MAX_CHARS, clause.end)))
            if cut.end > cut.start:
                yield cut


def _pack(text: str, units: Iterator[Span]) -> Iterator[Span]:
    """Join neighbouring units until ``TARGET_CHARS`` is reached."""
    current: Span | None = None
    for unit in units:
        if current is None:
            current = unit
        elif unit.end - current.start <= TARGET_CHARS or current.end - current.start < TARGET_CHARS // 3:
            joined = Span(current.start, unit.end)
            if joined.end - joined.start > MAX_CHARS:
                yield current
                joined = unit
            current = joined
        else:
            yield current
            current = unit
    if current is not None:
        yield current
