"""Find the notes of a report, at a page's foot, under a paragraph or at the end, and tie each to its marks.

A mark is a label (①, ［2］, （注3）) that follows a word of the running text; a note is a line that begins with one.
Where the numbers of a list of terms (名词解释) have no marks, its notes are tied to the places that use the terms.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from rag.language.sentences import find_words, lines_of
from rag.reading.heading_forms import is_unfinished, number_of
from rag.reading.note_forms import (
    LABEL,
    QUOTE_MARKS,
    STOPS,
    Label,
    ends_word,
    heads_notes,
    label_at,
    label_of,
    names_in,
    ordinal_at,
    term_end,
)
from rag.types import Note, Reading, Section

MAX_STEP = 3
MAX_NOTES = 1_000
MAX_CALLS = 12
REACH_OF_TERM = 40
QUOTED_AT_END = re.compile(r"“[^”\n]{2,30}”\s?$")
ANNEX = ("附件", "附表", "附录", "附图")
COUNTED_ALONE = frozenset({"bracketed", "named"})

Line = tuple[int, str]
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Draft:
    """A note while it is looked for: its label and the lines it takes up, as indexes ``[first, last)``."""

    label: Label
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A label that calls a note, at ``[start, end)`` of the text."""

    key: Key
    start: int
    end: int


def find_notes(text: str, taken: Sequence[tuple[int, int]] = ()) -> tuple[Note, ...]:
    """Return the notes of a cleaned text in order, each with its marks; lines in ``taken`` spans are never notes."""
    lines = [line for line in lines_of(text) if not any(start <= line[0] < end for start, end in taken)]
    marks = _marks(text)
    listed = _listed(lines)
    drafts = sorted([*listed, *_called(lines, listed, marks, text)], key=lambda draft: draft.first)[:MAX_NOTES]
    notes = [_note(lines, draft) for draft in drafts]
    running = min((lines[draft.first][0] for draft in listed), default=len(text))
    return _tied(text, notes, [draft.label.key for draft in drafts], marks, running)


def without_periods(sections: Sequence[Section], notes: Sequence[Note]) -> tuple[Section, ...]:
    """Take years and reading from sections that hold notes alone: an explanation is neither result nor target."""
    return tuple(
        replace(section, years=(), reading=Reading.UNKNOWN) if _holds_notes_alone(section, notes) else section
        for section in sections
    )


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


def _holds_notes_alone(section: Section, notes: Sequence[Note]) -> bool:
    inside = sum(note.end - note.start + 1 for note in notes if section.start <= note.start < section.end)
    return 0 < section.end - section.heading_end < 2 * inside


def _marks(text: str) -> list[Mark]:
    """Return the marks of a text in order: labels within a line that follow a word, or a full stop and no list."""
    found = []
    for match in LABEL.finditer(text):
        label, before = label_of(match), text[max(0, match.start() - 2) : match.start()].rstrip(" ")
        ends_line = text[match.end() : match.end() + 1] in ("", "\n")
        follows_word = ends_word(before) or match.group().startswith("＠")
        may_follow_stop = label.family != "circled" or ends_line
        if follows_word or (may_follow_stop and before.endswith(STOPS)):
            found.append(Mark(label.key, match.start(), match.end()))
    return found


def _listed(lines: Sequence[Line]) -> list[Draft]:
    """Find the notes below a title (注释, 名词解释), and runs of labelled terms that count from 1 without a title."""
    found: list[Draft] = []
    index = 0
    while index < len(lines):
        titled = heads_notes(lines[index][1])
        run = _run(lines, index + titled, titled=titled)
        found += run if titled or len(run) > 1 else []
        index = run[-1].last if run else index + 1
    return found


def _run(lines: Sequence[Line], first: int, *, titled: bool) -> list[Draft]:
    """Take the labelled lines from ``first`` on whose numbers ascend; what stands between two belongs to the upper."""
    begun: list[tuple[Label, int]] = []
    for index in range(first, len(lines)):
        line = lines[index][1]
        label = _label_in_list(line) if titled else label_at(line)
        if label and (_follows(label, begun[-1][0]) if begun else _opens(label, line, titled=titled)):
            begun.append((label, index))
        elif not begun or _ends_list(line, begun[-1][0]) or (index - begun[-1][1] > 1 and not titled):
            break
    drafts = [Draft(label, start, end) for (label, start), (_, end) in pairwise(begun)]
    return [*drafts, _last(lines, *begun[-1])] if begun else []


def _label_in_list(line: str) -> Label | None:
    """Read the label of a line below a title, where plain numbers, or terms without any, are labels too."""
    found = label_at(line) or ordinal_at(line)
    is_term = 0 < term_end(line, 0) < len(line) and not is_unfinished(line)
    return found or (Label("term", 0, 0) if is_term else None)


def _opens(label: Label, line: str, *, titled: bool) -> bool:
    is_first = label.number <= 1
    return is_first and (titled or (label.family in COUNTED_ALONE and term_end(line, label.end) > 0))


def _follows(label: Label, last: Label) -> bool:
    return label.family == last.family and (label.number == 0 or 0 < label.number - last.number <= MAX_STEP)


def _ends_list(line: str, last: Label) -> bool:
    opens_other = heads_notes(line) or line.startswith(ANNEX) or number_of(line)[0] in ("part", "han")
    return last.family == "term" or bool(opens_other)


def _last(lines: Sequence[Line], label: Label, first: int) -> Draft:
    """End the last note of a list where its sentence ends: what stands below may be the page's."""
    last = first + 1
    while last < len(lines) and is_unfinished(lines[last - 1][1]) and not is_unfinished(lines[last][1]):
        last += 1
    return Draft(label, first, last)


def _called(lines: Sequence[Line], listed: Sequence[Draft], marks: Sequence[Mark], text: str) -> list[Draft]:
    """Find the labelled lines outside lists that a mark above them calls.

    Circled numbers count items as well, so the term of such a note must stand before the mark.
    """
    within = {index for draft in listed for index in range(draft.first, draft.last)}
    by_key: dict[Key, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_key[mark.key].append(mark)
    found = []
    for index, (start, line) in enumerate(lines):
        label = label_at(line)
        if label is None or index in within:
            continue
        draft = Draft(label, index, index + 1)
        above = bisect_left(by_key[label.key], start, key=lambda mark: mark.start)
        calling = by_key[label.key][max(0, above - MAX_CALLS) : above]
        is_counted = label.family == "circled" and not line.startswith("＠")
        if calling and (not is_counted or any(_bears(mark, _note(lines, draft).term, text) for mark in calling)):
            found.append(draft)
    return found


def _bears(mark: Mark, term: str, text: str) -> bool:
    before = text[max(0, mark.start - REACH_OF_TERM) : mark.start].translate(QUOTE_MARKS)
    return any(name in before for name in names_in(term))


def _note(lines: Sequence[Line], draft: Draft) -> Note:
    start, line = lines[draft.first]
    last_start, last_line = lines[draft.last - 1]
    body = term_end(line, draft.label.end)
    term = line[draft.label.end : body].strip(" 　：:—，") if body else ""
    return Note(start, last_start + len(last_line), start + (body or draft.label.end), term)


def _tied(
    text: str, notes: Sequence[Note], keys: Sequence[Key], marks: Sequence[Mark], running: int
) -> tuple[Note, ...]:
    """Give each note its marks: those with its label since the last note that had it, else the uses of its term."""
    spans = [(note.start, note.end) for note in notes]
    outside: dict[Key, list[tuple[int, int]]] = defaultdict(list)
    for mark in marks:
        place = bisect_left(spans, (mark.start, mark.end)) - 1
        if place < 0 or spans[place][1] <= mark.start:
            outside[mark.key].append((mark.start, mark.end))
            outside[("ordinal", mark.key[1])].append((mark.start, mark.end))
    words = _Words(text[:running] if notes else "")
    last_end: dict[Key, int] = {}
    tied = []
    for note, key in zip(notes, keys, strict=True):
        first = bisect_left(outside[key], (last_end.get(key, 0), 0))
        calling = tuple(outside[key][first : bisect_left(outside[key], (note.start, 0))][:MAX_CALLS])
        last_end[key] = note.end
        term = note.term or _marked_term(text, calling)
        tied.append(replace(note, term=term, marks=calling or words.uses(term)))
    return tuple(tied)


def _marked_term(text: str, marks: Sequence[tuple[int, int]]) -> str:
    """Return the quoted term right before the first mark: “一图三清单”①."""
    match = QUOTED_AT_END.search(text[max(0, marks[0][0] - REACH_OF_TERM) : marks[0][0]]) if marks else None
    return match.group().strip() if match else ""


class _Words:
    """A text without its quotation marks, and where its characters stood."""

    def __init__(self, text: str) -> None:
        self._origin = [index for index, character in enumerate(text) if character.translate(QUOTE_MARKS)]
        self._bare = text.translate(QUOTE_MARKS)

    def uses(self, term: str) -> tuple[tuple[int, int], ...]:
        """Return where the text uses a term: as a whole, else by its first quoted part that stands there."""
        for name in names_in(term):
            if used := list(find_words(self._bare, name)):
                return tuple((self._origin[start], self._origin[end - 1] + 1) for start, end in used)
        return ()
