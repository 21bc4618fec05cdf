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
ORDINAL = re.compile(
    r"(?:^|(?<=[，。；：:,;\n“]))\s*(?:[一二三四五六七八九十]+是|第[一二三四五六七八九十]+[，、,是]|其[一二三四五六七八九][，、,是])"
)
LAST_LINK = re.compile(r"(?:和|以及|及|与)")
LEAD_MARK = re.compile(
    r"^\s*(?:[—-]{1,2}|[（(]?[一二三四五六七八九十\d]{1,2}[)）、.．]|第[一二三四五六七八九十]+[，、,]?|[一二三四五六七八九十]+是)\s*"
)


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
        num_items = match[0].count("、") + 1
        num_items += bool(LAST_LINK.search(match[0].rsplit("、", 1)[1]))
        found.append(Enumeration(match.start(), match.end(), num_items))
    for match in ADJACENT_QUOTED.finditer(text, start, end):
        found.append(Enumeration(match.start(), match.end(), len(QUOTED.findall(match[0]))))
    return found


def ordinals_in(text: str, start: int, end: int) -> list[Span]:
    """Return the clauses that 一是, 第二, 其三 introduce in ``text[start:end]``, in order, without the mark."""
    found = []
    for match in ORDINAL.finditer(text, start, end):
        clause = split_clauses(text, match.end(), end)
        if clause:
            found.append(clause[0])
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
