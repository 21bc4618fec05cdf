"""Sentences and clauses as spans of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

CLOSERS = "”’」』）)》】»\"'"
# A full stop ends a sentence before white space and a letter that is not small; after a lone letter or a title it is
# part of an abbreviation (U.S. Census, Mr. Lee).
_ABBREVIATED = "".join(rf"(?<!\b{each})" for each in ("[A-Z]", "Mr", "Dr", "St", "Mt", "No", "Sr", "Mrs", "Art", "Núm"))
FULL_STOP = rf"(?<=[^\W_]|[)%\]”\"’']){_ABBREVIATED}\.[{CLOSERS}]*(?=\s+[\"'“‘«(¿¡]?[^\W_a-zß-öø-ÿ])"
SENTENCE_END = re.compile(rf"[。！？!?؟۔।…]+[{CLOSERS}]*|\n+|{FULL_STOP}")
THOUSANDS = r"(?<=\d)，(?=\d{3}(?!\d))"
CLAUSE_END = re.compile(
    rf"(?!{THOUSANDS})[。！？!?؟۔।…；;؛，،：]+[{CLOSERS}]*|\n+|(?<!\d),|,(?!\d)|(?<=[^\d\s]):(?!\d)|{FULL_STOP}"
)
# What clauses and brackets end at; a split keeps the marks.
PART_END = re.compile(r"([，；;。：（）()\n]|,(?!\d))")
# 第二，  二是  其三是  第一条：  2.  （2）  - open a point.
POINT = re.compile(
    r"(?:^|[。；;：:\n])\s*(?:[其第]?[一二三四五六七八九十]{1,3}[条点项件个]?[是，,、：:]|[（(]?(?P<number>\d{1,2})[.、)）](?!\d)"
    r"|[*•]|-(?=\s))\s*"
)


class Span(NamedTuple):
    """A half-open range of code points."""

    start: int
    end: int


def _split(text: str, start: int, end: int, boundary: re.Pattern[str]) -> list[Span]:
    spans, position = [], start
    for match in boundary.finditer(text, start, end):
        spans.append(Span(position, match.end()))
        position = match.end()
    spans.append(Span(position, end))
    return [stripped for span in spans if (stripped := strip(text, span)).end > stripped.start]


def strip(text: str, span: Span) -> Span:
    """Shrink ``span`` so that it neither begins nor ends with white space."""
    start, end = span
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each line of a text begins, and its words."""
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def find_words(text: str, words: str) -> Iterator[Span]:
    """Yield where ``words`` stand in a text, in order; no words stand nowhere."""
    start = text.find(words) if words else -1
    while start >= 0:
        yield Span(start, start + len(words))
        start = text.find(words, start + len(words))


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the sentences of ``text[start:end]`` in order, without surrounding white space; [] for an empty range.

    A sentence ends at 。！？ (with closing quotes), at a line break, or at a full stop before a letter that is
    not small.
    """
    return _split(text, start, len(text) if end is None else end, SENTENCE_END)


def split_clauses(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the clauses of ``text[start:end]`` in order; they also end at commas, semicolons and colons.

    A comma or colon between digits (1,505 or 9:30) ends nothing.
    """
    return _split(text, start, len(text) if end is None else end, CLAUSE_END)
