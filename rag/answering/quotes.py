"""Where the words of a quote stand in a span, but for white space and widths; and which words bear a sentence."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.language.numerals import find_numbers, same_quantity
from rag.language.scripts import language_of
from rag.language.sentences import Span, split_clauses, split_sentences, strip
from rag.language.terms import content_terms, terms
from rag.types import EvidenceSpan, Quote

MAX_QUOTE_CHARS = 300
MIN_QUOTE_CHARS = 8
MIN_ALIKE = 0.5
MAX_FOUND = 3
MIN_SHARED = 0.3


@dataclass(frozen=True, slots=True)
class _Squeezed:
    """A text without white space, in one width and case, with the place each character came from."""

    text: str
    places: tuple[int, ...]


@lru_cache(maxsize=512)
def _squeeze(text: str) -> _Squeezed:
    kept, places = [], []
    for place, sign in enumerate(text):
        for part in unicodedata.normalize("NFKC", sign).lower():
            if not part.isspace():
                kept.append(part)
                places.append(place)
    return _Squeezed("".join(kept), tuple(places))


def locate(words: str, span: EvidenceSpan) -> Span | None:
    """Return where ``words`` stand in the report of ``span``, within it; None where they do not."""
    wanted, held = _squeeze(words.strip('“”"…. ')).text, _squeeze(span.text)
    at = held.text.find(wanted) if wanted else -1
    if at < 0:
        return None
    return Span(span.start + held.places[at], span.start + held.places[at + len(wanted) - 1] + 1)


def located(quotes: Sequence[tuple[int, str]], spans: Sequence[EvidenceSpan]) -> list[Quote]:
    """Return the quotes that stand where they say, or else in another span that was shown; the others are left out.

    A very short one grows to its clause, one longer than 300 characters is cut into its sentences.
    """
    found: list[Quote] = []
    for number, words in quotes:
        ordered = sorted(spans, key=lambda span: span.number != number)
        for span in ordered:
            if place := locate(words, span):
                found += [quote_at(span, each) for each in _as_quotes(span, place)]
                break
    return list(dict.fromkeys(found))


def repeated(quotes: Sequence[tuple[int, str]], spans: Iterable[EvidenceSpan]) -> list[Quote]:
    """Return every place in ``spans`` where words of the quotes stand."""
    places = [(span, place) for _, words in quotes for span in spans if (place := locate(words, span))]
    return list(dict.fromkeys(quote_at(span, each) for span, place in places for each in _as_quotes(span, place)))


def quote_at(span: EvidenceSpan, place: Span) -> Quote:
    """Return the words at ``place`` of the span's report as a quote."""
    return Quote(span, place.start, place.end, span.text[place.start - span.start : place.end - span.start])


def _as_quotes(span: EvidenceSpan, place: Span) -> list[Span]:
    start, end = place.start - span.start, place.end - span.start
    if end - start < MIN_QUOTE_CHARS:
        around = [each for each in split_clauses(span.text) if each.start < end and start < each.end]
        start, end = min([start, *(each.start for each in around)]), max([end, *(each.end for each in around)])
    return [Span(span.start + each.start, span.start + each.end) for each in bounded(span.text, Span(start, end))]


def bounded(text: str, place: Span) -> list[Span]:
    """Cut a place of ``text`` into sentences, and those into runs of clauses, until none exceeds 300 characters."""
    if place.end - place.start <= MAX_QUOTE_CHARS:
        return [strip(text, place)]
    parts = split_sentences(text, *place)
    if len(parts) > 1:
        return [each for part in parts for each in bounded(text, part)]
    runs: list[Span] = []
    for clause in split_clauses(text, *place):
        if runs and clause.end - runs[-1].start <= MAX_QUOTE_CHARS:
            runs[-1] = Span(runs[-1].start, clause.end)
        else:
            runs.append(Span(clause.start, min(clause.end, clause.start + MAX_QUOTE_CHARS)))
    return runs


def find_quotes(sentence: str, spans: Iterable[EvidenceSpan]) -> list[Quote]:
    """Return the sentences of the evidence that bear ``sentence``: every figure, and the most of its words.

    Few sentences: one that says nearly the same, then one that bears all figures, else as many as add figures; [] where
    too little fits. A figure alone bears nothing: in one language, a word must be shared too.
    """
    wanted = set(content_terms(sentence))
    words = {term for term in wanted if not any(sign.isdigit() for sign in term)}
    numbers = [number for number in find_numbers(sentence) if number.kind != "article"]
    rows = []
    for span in spans:
        for place in split_sentences(span.text):
            text = span.text[place.start : place.end]
            borne = frozenset(
                index
                for index, number in enumerate(numbers)
                if any(same_quantity(number, other) for other in find_numbers(text)) or _labelled(number.text, span)
            )
            held = set(terms(text))
            if words.isdisjoint(held) and language_of(text) == language_of(sentence):
                continue
            shared = len(wanted & held) / max(len(wanted), 1)
            rows.append((len(borne), shared, -span.number, borne, span, place))
    rows.sort(key=lambda row: row[:3], reverse=True)
    # A sentence that says nearly the same is quoted in any case: it shows whether a figure was altered.
    rows.sort(key=lambda row: row[1] < MIN_ALIKE)
    found: list[Quote] = []
    left = set(range(len(numbers)))
    for _, shared, _, borne, span, place in rows:
        if found and not (left & borne):
            break
        if shared < MIN_SHARED and not (left & borne):
            break
        left -= borne
        found += [
            quote_at(span, each) for each in _as_quotes(span, Span(span.start + place.start, span.start + place.end))
        ]
        if not left or len(found) >= MAX_FOUND:
            break
    return found


def narrowed(sentence: str, quote: Quote) -> Quote:
    """Return the shortest run of a quote's clauses that holds every figure and word the quote shares with ``sentence``.

    A quote in another language, whose words cannot be told apart, and what would be very short stay as they are.
    """
    wanted, numbers = set(content_terms(sentence)), find_numbers(sentence)

    def shared(part: str) -> set[str]:
        figures = find_numbers(part)
        borne = {each.text for each in numbers if any(same_quantity(each, other) for other in figures)}
        return borne | wanted & set(terms(part))

    clauses = split_clauses(quote.text)
    held = [shared(quote.text[place.start : place.end]) for place in clauses]
    whole = set().union(*held)
    if not whole or language_of(sentence) != language_of(quote.text):
        return quote
    ends = range(len(clauses))
    runs = [(b - a, a, b) for a in ends for b in ends[a:] if set().union(*held[a : b + 1]) == whole]
    _, first, last = min(runs)
    text = quote.text[clauses[first].start : clauses[last].end].rstrip("，；：、,;: ")
    start = quote.start + clauses[first].start
    return Quote(quote.span, start, start + len(text), text) if len(text) >= MIN_QUOTE_CHARS else quote


def _labelled(words: str, span: EvidenceSpan) -> bool:
    return words.strip("年 ") in span.label
