"""The outline of a cleaned text: what each of its sections stands under."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.language.sentences import lines_of
from rag.reading.boilerplate import SALUTATION
from rag.reading.cleaning import CleanedText
from rag.reading.heading_forms import DATELINE, PERIOD_TITLE, number_of
from rag.reading.marks import BODY_CHARS, RANKS, Mark, TextLine, find_marks
from rag.types import Section

NEIGHBOURS = 6
MIN_END_NOTES = 2
LIST_KINDS = frozenset({"dash", "ordinal", "listed", "arabic", "arabic_bracket", "decimal"})


def outline(cleaned: CleanedText) -> tuple[Section, ...]:
    """Cut a cleaned text into sections, in order; they partition it. An empty text gives one empty section.

    A section is what stands between two headings. A numbered or dashed lead that runs into its paragraph is a heading
    whose words stay in the section's body; headings right above one another head one section. The front matter (title,
    date, speaker) is the first section.
    """
    lines = _lines(cleaned)
    front = _front(lines)
    marks = _scoped(find_marks(lines, front), lines)
    return _sections(_with_end_notes(marks, cleaned), cleaned.text)


def _lines(cleaned: CleanedText) -> list[TextLine]:
    levels = {heading.start: heading.level for heading in cleaned.headings}
    taken = [(table.start, table.end) for table in cleaned.tables]
    taken += [(note.start, note.end) for note in cleaned.notes]
    return [
        TextLine(text, start, start + len(text), levels.get(start, 0))
        for start, text in lines_of(cleaned.text)
        if not any(first <= start < last for first, last in taken)
    ]


def _with_end_notes(marks: Sequence[Mark], cleaned: CleanedText) -> list[Mark]:
    """Let notes that end the text without a title stand outside the last chapter."""
    start, num_notes = len(cleaned.text), 0
    for note in reversed(cleaned.notes):
        if cleaned.text[note.end : start].strip():
            break
        start, num_notes = note.start, num_notes + 1
    is_titled = bool(marks) and not cleaned.text[marks[-1].end : start].strip()
    if num_notes < MIN_END_NOTES or is_titled:
        return list(marks)
    return [*marks, Mark(0, start, start, "", RANKS["annex"], "rest", run_in=True)]


def _front(lines: Sequence[TextLine]) -> int:
    """Return how many lines stand before the text proper: title, date, speaker, salutation."""
    for index, line in enumerate(lines):
        text = line.text
        if index and line.level > 1:
            return index
        if SALUTATION.match(text) and len(text) < BODY_CHARS:
            return index + 1
        is_body = len(text) >= BODY_CHARS and set("，。；,;") & set(text) and not DATELINE.match(text)
        is_number = number_of(text)[0] and not DATELINE.match(text)
        if is_body or is_number or (index and PERIOD_TITLE.fullmatch(text) and "报告" not in text):
            return index
    return 0


def _scoped(marks: Sequence[Mark], lines: Sequence[TextLine]) -> list[Mark]:
    """End list items that are one paragraph long where their paragraph ends, and sticky plain headings of a list."""
    result: list[Mark] = []
    for position, mark in enumerate(marks):
        result.append(_sticky(mark, result))
        following = marks[position + 1] if position + 1 < len(marks) else None
        after = mark.line + 1
        is_item = mark.kind in LIST_KINDS and mark.run_in and _is_short_item(marks, position)
        if is_item and after < len(lines) and (following is None or following.line > after):
            line = lines[after]
            result.append(Mark(after, line.start, line.start, "", mark.rank, "rest", run_in=True))
    return result


def _is_short_item(marks: Sequence[Mark], position: int) -> bool:
    """Tell whether the items around are one paragraph each."""
    around = marks[max(0, position - NEIGHBOURS) : position + NEIGHBOURS + 2]
    kind = marks[position].kind
    gaps = [right.line - left.line for left, right in itertools.pairwise(around) if left.kind == right.kind == kind]
    return bool(gaps) and sum(gap == 1 for gap in gaps) * 2 > len(gaps)


def _sticky(mark: Mark, before: Sequence[Mark]) -> Mark:
    """Keep a plain heading on the level of the list of plain headings it goes on."""
    if mark.kind != "plain" or mark.rank != RANKS["plain"] or PERIOD_TITLE.search(mark.heading):
        return mark
    last = next((other for other in reversed(before) if other.kind in ("plain", "han", "bracket")), None)
    return replace(mark, rank=last.rank) if last and last.rank == RANKS["plain"] + 0.5 else mark


def _sections(marks: Sequence[Mark], text: str) -> tuple[Section, ...]:
    starts: list[tuple[int, int, tuple[str, ...]]] = []
    for start, heading_end, path in _paths(marks):
        if starts and starts[-1][0] == start:
            starts.pop()
        if starts and _is_bare(starts[-1], start, path, text):
            start, above, _ = starts.pop()
            heading_end = max(heading_end, above)
        starts.append((start, heading_end, path))
    if not starts or starts[0][0] > 0:
        starts.insert(0, (0, 0, ()))
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    return tuple(
        Section(index, start, heading_end, end, path)
        for index, ((start, heading_end, path), end) in enumerate(zip(starts, ends, strict=True))
    )


def _is_bare(last: tuple[int, int, tuple[str, ...]], start: int, path: tuple[str, ...], text: str) -> bool:
    """Tell whether a heading stands right above a deeper one; both then head one section."""
    _, heading_end, above = last
    return heading_end > last[0] and path[: len(above)] == above and not text[heading_end:start].strip()


def _paths(marks: Sequence[Mark]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    stack: list[Mark] = []
    for mark in marks:
        while stack and stack[-1].rank >= mark.rank:
            stack.pop()
        if mark.heading:
            stack.append(mark)
        heading_end = mark.start if mark.run_in else mark.end
        yield mark.start, heading_end, tuple(entry.heading for entry in stack)
