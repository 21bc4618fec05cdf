"""What a text claims: its segments with their citations, and each figure with direction, bound and year."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.sense_words import find_words
from rag.figures.context import named_years
from rag.folding import fold
from rag.numerals import QUANTITY, YEAR, Number, find_numbers
from rag.reading.periods import YearMention, resolve_years
from rag.types import Citation

MARKERS = re.compile(r"(?:\s*\[\d+\])+")
SENTENCE_END = re.compile(r"[。！？!?]+(?:\s*\[\d+\])*|\n+|(?<=[a-z0-9)\]%”\"])\.(?:\s*\[\d+\])*(?=\s|$)")
CLAUSE_END = re.compile(r"[,，;；:：。！？!?\n](?!\d)")
JOINED = re.compile(r"\s*(?:、|,|和|及|与|以及|and|-+|~|至|到|to|%)?\s*")
TITLE = re.compile(r"《[^》]*》")
BOUNDS = ("at_most", "at_least", "about")
AFTER_ONLY = frozenset({"以上", "以下", "以内", "左右", "上下"})
_NEAR = re.compile(r"[了到达\s]{0,2}")
BESIDE = re.compile(r"[^,，。；;:：()\d]{0,16}")
AFTER_CHARS = 24
ENGLISH_BOUND_CHARS = 18


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the answer and the citations that must bear it; ``cited``: it has markers, itself or near."""

    text: str
    citations: tuple[Citation, ...]
    cited: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A figure as it is stated: ``direction`` "up", "down" or ""; ``bound`` of BOUNDS or ""; ``years`` maybe ()."""

    number: Number
    clause: str
    direction: str
    bound: str
    years: tuple[int, ...]


def split_answer(text: str, citations: Sequence[Citation]) -> list[Segment]:
    """Split an answer at its sentence ends and markers; a stretch is held to the markers right after it.

    Words after a sentence's last marker are held to all its markers; a line that ends with a colon to all citations.
    """
    segments: list[Segment] = []
    for sentence in _sentences(text):
        segments += _segments(sentence, {citation.marker: citation for citation in citations})
    return segments


def _sentences(text: str) -> list[str]:
    found, position = [], 0
    for match in SENTENCE_END.finditer(text):
        inside = text.count("“", position, match.start()) > text.count("”", position, match.start())
        if not inside or "\n" in match.group():
            found.append(text[position : match.end()])
            position = match.end()
    found.append(text[position:])
    return [sentence.strip() for sentence in found if sentence.strip()]


def _segments(sentence: str, by_marker: dict[int, Citation]) -> list[Segment]:
    segments: list[Segment] = []
    position, every = 0, []
    for match in MARKERS.finditer(sentence):
        markers = [int(digits) for digits in re.findall(r"\d+", match.group())]
        cited = [by_marker[marker] for marker in markers if marker in by_marker]
        every += cited
        segments.append(Segment(sentence[position : match.start()], tuple(cited), cited=True))
        position = match.end()
    rest = sentence[position:]
    if re.search(r"[\w\u4e00-\u9fff]", rest):
        heads = not segments and rest.rstrip().endswith((":", "："))
        borne = tuple(by_marker.values()) if heads else tuple(every)
        segments.append(Segment(rest, borne, cited=heads or bool(every)))
    return segments


def claims_in(text: str) -> list[Claim]:
    """Return the figures of ``text`` in order, each with what its clause says of it."""
    folded = fold(text)
    mentions = resolve_years(text, None)
    claims: list[Claim] = []
    last_end = 0
    for number in find_numbers(text):
        if number.kind != QUANTITY:
            continue
        clause_start = max((match.end() for match in CLAUSE_END.finditer(folded, 0, number.start)), default=0)
        before = folded[max(clause_start, last_end) : number.start]
        clause_end = CLAUSE_END.search(folded, number.end)
        after = folded[number.end : clause_end.start() if clause_end else len(folded)][:AFTER_CHARS]
        joined = bool(claims) and last_end >= clause_start and JOINED.fullmatch(before) is not None
        direction = claims[-1].direction if joined else _direction(before, after)
        direction = direction or ("up" if number.unit == "番" else "")
        years = _years_beside(folded, mentions, number.start)
        years = years or named_years(folded, mentions, clause_start, number.start)
        years = years or named_years(folded, mentions, 0, clause_start)
        claims.append(
            Claim(number, folded[clause_start : number.start], direction, _bound(before, number, after), years)
        )
        last_end = number.end
    return claims


def _years_beside(folded: str, mentions: Sequence[YearMention], position: int) -> tuple[int, ...]:
    """Return the years named right before the bracket a figure opens: 比2030年(14个) tells them of the figure."""
    if folded[position - 1 : position] != "(":
        return ()
    named = [row for row in mentions if row.end < position]
    near = [row.years for row in named if BESIDE.fullmatch(folded, row.end, position - 1)]
    return near[-1] if near else ()


def _direction(before: str, after: str) -> str:
    """Return the direction of the last word before the figure, else of the first after it."""
    found = [(match.start(), name) for name in ("up", "down") for match in _directions(name, before)]
    if found:
        return max(found)[1]
    following = re.split(r"\d", after, maxsplit=1)[0][:16]
    found = [(match.start(), name) for name in ("up", "down") for match in _directions(name, following)]
    return min(found)[1] if found and found[0][0] <= 12 else ""


def _directions(name: str, words: str) -> list[re.Match[str]]:
    return [
        match
        for match in find_words(name, words, without="not_direction")
        if len(match["word"]) > 1 or _ends(match, words)
    ]


def _ends(match: re.Match[str], words: str) -> bool:
    """A single character (增, 降) is a direction only right before the figure or before 至, 到, 幅."""
    return match.end() == len(words.rstrip()) or words[match.end() : match.end() + 1] in "至到幅"


def _bound(before: str, number: Number, after: str) -> str:
    """Return how the figure is bounded: by a word right after it (以上), or right before it (不少于)."""
    for name in BOUNDS:
        if any(match.start() <= 1 and match["word"] in AFTER_ONLY for match in find_words(name, after[:5])):
            return name
    near = before[-ENGLISH_BOUND_CHARS:] if before.isascii() else before
    found = [
        (len(match["word"]), name)
        for name in BOUNDS
        for match in find_words(name, near)
        if match["word"].isascii() or (match["word"] not in AFTER_ONLY and _NEAR.fullmatch(near, match.end()))
    ]
    return max(found)[1] if found else "at_least" if number.more else ""


def years_in(text: str) -> list[int]:
    """Return the years ``text`` names, ranges filled in, in order."""
    numbers = [number for number in find_numbers(text) if number.kind == YEAR]
    return [int(number.value) for number in numbers]


def without_titles(text: str) -> str:
    """Blank the titles of works (《…》), which may name any year or place, keeping offsets."""
    return TITLE.sub(lambda match: " " * len(match.group()), text)
