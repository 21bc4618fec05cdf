"""Sentences and clauses as spans of a text."""

from __future__ import annotations

import re
from typing import NamedTuple

CLOSERS = "”’」』）)》】\"'"
SENTENCE_END = re.compile(rf"[。！？!?…]+[{CLOSERS}]*|\n+|(?<=[a-z0-9)])\.(?=\s+[A-Z])")
THOUSANDS = r"(?<=\d)，(?=\d{3}(?!\d))"
CLAUSE_END = re.compile(
    rf"(?!{THOUSANDS})[。！？!?…；;，：]+[{CLOSERS}]*|\n+|(?<!\d),|,(?!\d)|(?<=[^\d\s]):(?!\d)"
    r"|(?<=[a-z0-9)])\.(?=\s+[A-Z])"
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


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the sentences of ``text[start:end]`` in order, without surrounding white space; [] for an empty range.

    A sentence ends at 。！？ (with closing quotes), at a line break, or at a full stop before a capital.
    """
    return _split(text, start, len(text) if end is None else end, SENTENCE_END)


def split_clauses(text: str, start: int = 0, end: int | None = None) -> list[Span]:
    """Return the clauses of ``text[start:end]`` in order; they also end at commas, semicolons and colons.

    A comma or colon between digits (1,505 or 9:30) ends nothing.
    """
    return _split(text, start, len(text) if end is None else end, CLAUSE_END)
