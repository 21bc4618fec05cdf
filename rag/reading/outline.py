"""The outline of a cleaned text: what each of its sections stands under."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from rag.reading.boilerplate import SALUTATION
from rag.reading.cleaning import CleanedText
from rag.reading.heading_forms import DATELINE, PERIOD_TITLE, number_of
from rag.reading.marks import BODY_CHARS, RANKS, Mark, TextLine, find_marks
from rag.types import Section

LIST_KINDS = frozenset({"dash", "ordinal", "listed", "arabic", "arabic_bracket", "decimal"})


def outline(cleaned: CleanedText) -> tuple[Section, ...]:
    """Cut a cleaned text into sections, in order; they partition it. An empty text gives one empty section.

    A section is what stands between two headings. A numbered or dashed lead that runs into its paragraph is a heading
    whose words stay in the section's body; the front matter (title, date, speaker) is the first section.
    """
    lines = _lines(cleaned)
    front = _front(lines)
    marks = _scoped(find_marks(lines, front), lines)
    return _sections(marks, len(cleaned.text))


def _lines(cleaned: CleanedText) -> list[TextLine]:
    levels = {heading.start: heading.level for heading in cleaned.headings}
    in_table = [(table.start, table.end) for table in cleaned.tables]
    lines, start = [], 0
    for text in cleaned.text.split("\n"):
        if not any(first <= start < last for first, last in in_table):
            lines.append(TextLine(text, start, start + len(text), levels.get(start, 0)))
        start += len(text) + 1
    return lines


def _front(lines: Sequence[TextLine]) -> int:
    """Return how many lines stand before the text proper: title, date, speaker, salutation."""
    for index, line in enumerate(lines):
        text = line.text
        if index and line.level > 1:
            return index
        if SALUTATION.match(text) and len(text) < BODY_CHARS:
            return index + 1
        is_body = len(text) >= BODY_CHARS and re.search("[，。；,;]", text) and not DATELINE.match(text)
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
    mark = marks[position]
    gaps = [
        right.line - left.line
        for left, right in itertools.pairwise(marks)
        if left.kind == right.kind == mark.kind and abs(marks.index(left) - position) <= 6
    ]
    return bool(gaps) and sum(gap == 1 for gap in gaps) * 2 > len(gaps)


def _sticky(mark: Mark, before: Sequence[Mark]) -> Mark:
    """Keep a plain heading on the level of the list of plain headings it goes on."""
    if mark.kind != "plain" or mark.rank != RANKS["plain"] or PERIOD_TITLE.search(mark.heading):
        return mark
    last = next((other for other in reversed(before) if other.kind in ("plain", "han", "bracket")), None)
    return replace(mark, rank=last.rank) if last and last.rank == RANKS["plain"] + 0.5 else mark


def _sections(marks: Sequence[Mark], length: int) -> tuple[Section, ...]:
    starts: list[tuple[int, int, tuple[str, ...]]] = []
    for start, heading_end, path in _paths(marks):
        if starts and starts[-1][0] == start:
            starts.pop()
        starts.append((start, heading_end, path))
    if not starts or starts[0][0] > 0:
        starts.insert(0, (0, 0, ()))
    ends = [start for start, _, _ in starts[1:]] + [length]
    return tuple(
        Section(index, start, heading_end, end, path)
        for index, ((start, heading_end, path), end) in enumerate(zip(starts, ends, strict=True))
    )


def _paths(marks: Sequence[Mark]) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    stack: list[Mark] = []
    for mark in marks:
        while stack and stack[-1].rank >= mark.rank:
            stack.pop()
        if mark.heading:
            stack.append(mark)
        heading_end = mark.start if mark.run_in else mark.end
        yield mark.start, heading_end, tuple(entry.heading for entry in stack)
