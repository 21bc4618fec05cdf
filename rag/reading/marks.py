"""Which lines of a text open a section: headings by their number or form, leads, and changes of period."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.language.periods import load_period_words
from rag.reading.heading_forms import DATELINE, PERIOD_TITLE, looks_like_heading, number_of
from rag.reading.note_forms import heads_notes

RANKS = {
    "annex": 7, "note": 7.5,
    "part": 8, "plain": 9, "han": 10, "bracket": 11, "decimal": 11, "arabic": 12, "arabic_bracket": 13,
    "sentence": 14, "ordinal": 15, "dash": 15, "listed": 16,
}  # fmt: skip
BODY_CHARS = 40
MAX_LEAD_CHARS = 60
MAX_SENTENCE_HEADING_CHARS = 42
MIN_SENTENCE_HEADINGS = 5
LEAD_END = re.compile(r"[。：:；;！!]")
NEVER_A_HEADING = re.compile("[，,]我们|^[（(].*[）)]$|本报记者|通讯员")
ADDRESS = re.compile(r"(?:各位代表|同志们|各位委员|朋友们)[，,！!：:]")
NO_SENTENCE_HEADING = ("19", "20", "今年", "这是", "我们", "现在")
OPENING_REACH_CHARS = 24
YEAR_OPENING = re.compile(r"(?:到|在)?((?:19|20)\d\d)年(?:是|[，,以]|经济|全|我)")
LOWEST = 13.5
ANNEX = re.compile(r"[［\[]\d|附件\s?\d{0,2}[:：]?$|附[:：录注表]")


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


def find_marks(lines: Sequence[TextLine], front: int) -> list[Mark]:
    """Find the lines from ``front`` on that open a section, in order."""
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
            last = marks[-1] if marks else None
            follows_heading = last is not None and last.line == index - 1 and not (last.run_in and last.heading)
            if not follows_heading or is_address:
                rank = (RANKS["plain"] + 0.25 if plain_on_top else RANKS["han"] + 0.5) if is_address else LOWEST
                marks.append(Mark(index, line.start, line.start, "", rank, "period", run_in=True))
    return marks


def _kind(line: TextLine) -> str:
    """Name what makes a line a heading: "level", the kind of its number, "plain", "sentence"; "" if it is none."""
    if line.level:
        return "level"
    if opens_annex(line.text) and len(line.text) < BODY_CHARS:
        return "annex"
    kind, length = number_of(line.text)
    if kind and not DATELINE.match(line.text) and len(line.text) > length:
        return kind
    if (
        looks_like_heading(line.text)
        and len(line.text) >= 3
        and not NEVER_A_HEADING.search(line.text)
        and not ADDRESS.match(line.text)
        and " | " not in line.text
    ):
        return "plain"
    is_short = 5 <= len(line.text) <= MAX_SENTENCE_HEADING_CHARS and line.text.find("。") == len(line.text) - 1
    return (
        "sentence"
        if is_short and not ADDRESS.match(line.text) and not line.text.startswith(NO_SENTENCE_HEADING)
        else ""
    )


def opens_annex(text: str) -> bool:
    """Tell whether a heading opens what is added after a report: an annex, a list of notes."""
    return bool(ANNEX.match(text)) or heads_notes(text)


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
        words = words.replace(",", "，").split("，")[0][:MAX_LEAD_CHARS]
    return words.strip("—―─– 　")


def opening_of(text: str) -> str:
    """Name the period a paragraph begins by speaking of: a year's figures, a reading, or "" if it names none."""
    head = ADDRESS.sub("", text, count=1)[:OPENING_REACH_CHARS]
    if year := YEAR_OPENING.match(head):
        return year.group(1)
    patterns = load_period_words().opening
    return next((reading.value for reading, pattern in patterns.items() if pattern.match(head)), "")
