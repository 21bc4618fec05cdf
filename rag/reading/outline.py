"""The outline of a cleaned text: which lines are headings, and what each section stands under."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rag.reading.boilerplate import SALUTATION
from rag.reading.cleaning import CleanedText
from rag.reading.heading_forms import DATELINE, PERIOD_TITLE, looks_like_heading, number_of
from rag.reading.periods import load_period_words
from rag.types import Section

RANKS = {
    "annex": 7,
    "part": 8, "plain": 9, "han": 10, "bracket": 11, "decimal": 11, "arabic": 12, "arabic_bracket": 13,
    "sentence": 14, "ordinal": 15, "dash": 15, "listed": 16,
}  # fmt: skip
LIST_KINDS = frozenset({"dash", "ordinal", "listed", "arabic", "arabic_bracket", "decimal"})
LOOSE_KINDS = frozenset({"plain", "sentence"})
BODY_CHARS = 40
MAX_LEAD_CHARS = 60
MAX_SENTENCE_HEADING_CHARS = 42
MIN_SENTENCE_HEADINGS = 5
LEAD_END = re.compile(r"[。：:；;！!]")
ADDRESS = re.compile(r"(?:各位代表|同志们|各位委员|朋友们)[，,！!：:]")
OPENING_REACH_CHARS = 24
YEAR_OPENING = re.compile(r"(?:到|在)?((?:19|20)\d\d)年(?:是|[，,以]|经济|全|我)")
NO_SENTENCE_HEADING = re.compile(r"(?:19|20)\d\d年|今年|这是|我们|现在")
LOWEST = 13.5
ANNEX = re.compile(r"附件\s?\d{0,2}[:：]?$|附[:：录注表]|名词解释$|注释?[:：]$")


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that opens a section: its heading (empty for a change of period only), rank and where its body begins."""

    line: int
    start: int
    end: int
    heading: str
    rank: float
    kind: str
    run_in: bool


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of the cleaned text at ``[start, end)``; ``level`` is the format's heading level, 0 without one."""

    text: str
    start: int
    end: int
    level: int


def outline(cleaned: CleanedText) -> tuple[Section, ...]:
    """Cut a cleaned text into sections, in order; they partition it. An empty text gives one empty section.

    A section is what stands between two headings. A numbered or dashed lead that runs into its paragraph is a heading
    whose words stay in the section's body; the front matter (title, date, speaker) is the first section.
    """
    lines = _lines(cleaned)
    front = _front(lines)
    marks = _scoped(_marks(lines, front, cleaned), lines)
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


def _marks(lines: Sequence[TextLine], front: int, cleaned: CleanedText) -> list[Mark]:
    kinds = [_kind(line) for line in lines]
    has_sentence_headings = _has_sentence_headings(lines, kinds)
    plain_on_top = _plain_on_top(lines, kinds, front)
    marks: list[Mark] = []
    period = ""
    for index in range(front, len(lines)):
        line, kind = lines[index], kinds[index]
        if kind == "sentence" and not (has_sentence_headings and _leads(lines, index)):
            kind = ""
        if kind:
            below = bool(index and lines[index - 1].text.endswith((":", "："))) and not line.level
            marks.append(_mark(line, index, kind, plain_on_top=plain_on_top, below=below))
            period = ""
            continue
        opening, is_address = opening_of(line.text), bool(ADDRESS.match(line.text))
        if is_address or opening not in ("", period):
            period = opening
            follows_heading = bool(marks) and marks[-1].line == index - 1 and not marks[-1].run_in
            if not follows_heading:
                rank = (RANKS["plain"] + 0.25 if plain_on_top else RANKS["han"] + 0.5) if is_address else LOWEST
                marks.append(Mark(index, line.start, line.start, "", rank, "period", run_in=True))
    return marks


def _kind(line: TextLine) -> str:
    """Name what makes a line a heading: "level", the kind of its number, "plain", "sentence"; "" if it is none."""
    if line.level:
        return "level"
    if ANNEX.match(line.text) and len(line.text) < BODY_CHARS:
        return "annex"
    kind, length = number_of(line.text)
    if kind and not DATELINE.match(line.text) and len(line.text) > length:
        return kind
    if (
        looks_like_heading(line.text)
        and len(line.text) >= 3
        and not ADDRESS.match(line.text)
        and " | " not in line.text
    ):
        return "plain"
    is_short = 5 <= len(line.text) <= MAX_SENTENCE_HEADING_CHARS and line.text.find("。") == len(line.text) - 1
    return "sentence" if is_short and not ADDRESS.match(line.text) and not NO_SENTENCE_HEADING.match(line.text) else ""


def _leads(lines: Sequence[TextLine], index: int) -> bool:
    """Tell whether a longer paragraph follows."""
    return index + 1 < len(lines) and len(lines[index + 1].text) >= max(60, 2 * len(lines[index].text))


def _has_sentence_headings(lines: Sequence[TextLine], kinds: Sequence[str]) -> bool:
    count = sum(kind == "sentence" and _leads(lines, index) for index, kind in enumerate(kinds))
    return count >= MIN_SENTENCE_HEADINGS


def _plain_on_top(lines: Sequence[TextLine], kinds: Sequence[str], front: int) -> bool:
    """Tell whether headings without a number stand above numbered ones in this text."""
    for index in range(front, len(lines)):
        if kinds[index] == "plain" and PERIOD_TITLE.search(lines[index].text):
            return True
        if kinds[index] in ("plain", "han") and not _is_run_in(lines[index].text):
            return kinds[index] == "plain"
    return True


def _is_run_in(text: str) -> bool:
    end = LEAD_END.search(text)
    return bool(end) and end.end() < len(text) if end else False


def _mark(line: TextLine, index: int, kind: str, *, plain_on_top: bool, below: bool) -> Mark:
    rank = float(line.level) if kind == "level" else float(RANKS[kind])
    if kind == "plain" and (not plain_on_top or below):
        rank = float(RANKS["sentence"]) if not plain_on_top else RANKS["plain"] + 0.5
    run_in = kind not in ("level", "plain", "sentence") and _is_run_in(line.text)
    return Mark(index, line.start, line.end, heading_of(line.text), rank, kind, run_in)


def heading_of(line: str) -> str:
    """Return the words of a heading: the first sentence of a lead, without dashes before and full stop after it."""
    end = LEAD_END.search(line, 1)
    words = line[: end.start()] if end else line
    if len(words) > MAX_LEAD_CHARS:
        words = re.split("[，,]", words)[0][:MAX_LEAD_CHARS]
    return words.strip("—―─– 　")


def opening_of(text: str) -> str:
    """Name the period a paragraph begins by speaking of: a year's figures, a reading, or "" if it names none."""
    head = ADDRESS.sub("", text, count=1)[:OPENING_REACH_CHARS]
    if year := YEAR_OPENING.match(head):
        return year.group(1)
    patterns = load_period_words().opening
    return next((reading.value for reading, pattern in patterns.items() if pattern.match(head)), "")


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
