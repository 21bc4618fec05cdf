"""Clean a source: join what was wrapped, drop what the page added, and keep an exact map of offsets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rag.reading.boilerplate import drop_boilerplate
from rag.reading.joining import join_lines
from rag.reading.lines import IS_CJK, Line, read_lines
from rag.reading.notes import find_notes
from rag.reading.offsets import OffsetMap
from rag.types import Heading, Note, SourceText, Table


@dataclass(frozen=True, slots=True)
class CleanedText:
    """A report's text as it is stored, one paragraph, heading or table row a line.

    ``headings``, ``tables`` and ``page_starts`` are the source's, moved to offsets of ``text``; ``title`` is what the
    format declared, maybe empty. ``notes`` are those found in ``text``.
    """

    text: str
    offsets: OffsetMap
    title: str = ""
    headings: tuple[Heading, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()
    page_starts: tuple[int, ...] = ()


def clean(source: SourceText) -> CleanedText:
    """Clean a source. Sentences of the report are never dropped; a source without text gives an empty text."""
    tables = [(table.start, table.end) for table in source.tables]
    headings = [(heading.start, heading.end) for heading in source.headings]
    lines = drop_boilerplate(read_lines(source.text, tables), [*tables, *headings])
    text, offsets = _assemble(source.text, join_lines(lines, [*tables, *headings]))
    moved = _move_tables(source.tables, offsets)
    marked = (Heading(line.start, line.end, line.level) for line in lines if line.level)
    return CleanedText(
        text,
        offsets,
        title=" ".join(source.title.split()),
        headings=_move_headings([*source.headings, *marked], offsets),
        tables=moved,
        notes=find_notes(text, [(table.start, table.end) for table in moved]),
        page_starts=tuple(offsets.to_cleaned(start, start)[0] for start in source.page_starts),
    )


def _assemble(original: str, paragraphs: Iterable[Sequence[Line]]) -> tuple[str, OffsetMap]:
    shown: list[str] = []
    runs: list[tuple[int, int, int]] = []
    length = 0
    for number, paragraph in enumerate(paragraphs):
        for index, line in enumerate(paragraph):
            glue = _glue(paragraph[index - 1], line) if index else ("\n" if number else "")
            shown.append(glue)
            length += len(glue)
            for piece in line.pieces:
                shown.append(piece.shown or original[piece.start : piece.end])
                runs.append((length, piece.start, piece.end - piece.start))
                length += piece.end - piece.start
    return "".join(shown), OffsetMap(runs)


def _glue(line: Line, following: Line) -> str:
    """Part words of scripts that have spaces, and two figures unless the first ends in its decimal point."""
    left, right = line.text[-1], following.text[0]
    if IS_CJK.match(left) or IS_CJK.match(right) or (left == "." and right.isdigit()):
        return ""
    return " " if right.isalnum() and (left.isalnum() or left in ".,;:!?)]%'\"") else ""


def _move_headings(headings: Iterable[Heading], offsets: OffsetMap) -> tuple[Heading, ...]:
    moved = ((heading, *offsets.to_cleaned(heading.start, heading.end)) for heading in headings)
    found = {start: replace(heading, start=start, end=end) for heading, start, end in moved if start < end}
    return tuple(found[start] for start in sorted(found))


def _move_tables(tables: Iterable[Table], offsets: OffsetMap) -> tuple[Table, ...]:
    moved = ((table, *offsets.to_cleaned(table.start, table.end)) for table in tables)
    return tuple(replace(table, start=start, end=end) for table, start, end in moved if start < end)
