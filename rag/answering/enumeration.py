"""Enumerations: where a report unfolds a list, in a sentence, over ordinals, or over headings and paragraph leads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.folding import fold
from rag.sentences import Span, split_clauses, split_sentences

ITEM = r"[^，。；：、,;:！？!?\n]{1,24}"
SERIES = re.compile(rf"{ITEM}(?:、{ITEM})+")
QUOTED = re.compile(r"“([^”]{1,16})”")
ADJACENT_QUOTED = re.compile(r"“[^”]{1,24}”(?:[、和及与]?“[^”]{1,24}”)+")
LAST_LINK = re.compile(r"(?:和|以及|及|与)")
LEAD_MARK = re.compile(
    r"^\s*(?:[—-]{1,2}|[（(]?[一二三四五六七八九十\d]{1,2}[)）、.．]|第[一二三四五六七八九十]+[，、,]?|[一二三四五六七八九十]+是)\s*"
)


COUNTING = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十")
BARE_NUMERALS = re.compile(r"[一二三四五六七八九十]、[一二三四五六七八九十]")
MAX_ITEM_CHARS = 2_500


@dataclass(frozen=True, slots=True)
class Enumeration:
    """A list at ``[start, end)`` with the number of its items as far as marks tell."""

    start: int
    end: int
    num_items: int


def series_in(text: str, start: int, end: int) -> list[Enumeration]:
    """Return the runs of items parted by 、 in ``text[start:end]``; the last link 和 counts as one more item."""
    found = []
    for match in SERIES.finditer(text, start, end):
        if BARE_NUMERALS.search(match[0]):
            continue
        num_items = match[0].count("、") + 1
        num_items += bool(LAST_LINK.search(match[0].rsplit("、", 1)[1]))
        found.append(Enumeration(match.start(), match.end(), num_items))
    for match in ADJACENT_QUOTED.finditer(text, start, end):
        found.append(Enumeration(match.start(), match.end(), len(QUOTED.findall(match[0]))))
    return found


def numbered(text: str, start: int, count: int) -> list[Span]:
    """Return the clauses that 一是, 二是 … or 第一, 第二 … introduce from ``start`` on, in order, without the mark.

    Each is looked for behind the one before; where the first begins a line, so do the others. Up to ``count``.
    """
    found: list[Span] = []
    own_line = ""
    for number in COUNTING[:count]:
        mark = rf"(?:(?<=[，。；：:,;\n“])|^)\s*(?:{number}是|第{number}[，、,是]|其{number}[，、,是])"
        match = re.compile(own_line + mark).search(text, start, start + MAX_ITEM_CHARS)
        clauses = split_clauses(text, match.end(), min(len(text), match.end() + MAX_ITEM_CHARS)) if match else []
        if match is None or not clauses:
            return found
        if not found and text[: match.start()].rstrip(" \u3000").endswith("\n"):
            own_line = r"(?<=\n)"
        found.append(clauses[0])
        start = clauses[0].end
    return found


def paragraphs_after(text: str, position: int, end: int) -> Iterator[Span]:
    """Yield the lines of ``text`` that begin at or after ``position``, before ``end``, empty ones left out."""
    for match in re.finditer(r"[^\n]+", text[position:end]):
        if match[0].strip():
            yield Span(position + match.start(), position + match.end())


def lead_of(text: str, paragraph: Span, *, max_chars: int = 32) -> Span | None:
    """Return the lead of a paragraph: its first sentence without list mark, if that is short; else its first clause."""
    mark = LEAD_MARK.match(text[paragraph.start : paragraph.end])
    start = paragraph.start + (mark.end() if mark else 0)
    for split in (split_sentences, split_clauses):
        parts = split(text, start, paragraph.end)
        if parts and parts[0].end - parts[0].start <= max_chars:
            return parts[0]
    return None


def suffixed(text: str, start: int, end: int, suffix: str) -> list[Span]:
    """Return the quoted words, or the items of a series, in ``text[start:end]`` that end with ``suffix``."""
    found = [Span(match.start(1), match.end(1)) for match in QUOTED.finditer(text, start, end)]
    for match in SERIES.finditer(text, start, end):
        position = match.start()
        for item in re.split(r"、", match[0]):
            found.append(Span(position, position + len(item)))
            position += len(item) + 1
    return [span for span in found if fold(text[span.start : span.end]).rstrip("等").endswith(fold(suffix))]


def most_items(enumerations: Sequence[Enumeration]) -> int:
    """Return the number of items of the longest enumeration, 0 without any."""
    return max((row.num_items for row in enumerations), default=0)
