"""Sections cut where their notes begin and end: each note is explained text of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.types import Note, Section


def cut_at_notes(sections: Sequence[Section], notes: Sequence[Note]) -> Iterator[tuple[Section, str]]:
    """Yield the parts of sections in order, each with the term of the note it is; "" for running text.

    The parts partition each section; a section without notes is its only part.
    """
    for section in sections:
        position = section.start
        for note in notes:
            if section.start <= note.start < section.end:
                if position < note.start:
                    yield _part(section, position, note.start), ""
                position = min(note.end, section.end)
                yield _part(section, note.start, position), note.term
        if position < section.end or position == section.start:
            yield _part(section, position, section.end), ""


def _part(section: Section, start: int, end: int) -> Section:
    return replace(section, start=start, heading_end=min(max(section.heading_end, start), end), end=end)
