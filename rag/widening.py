"""Widening: a hit takes in its neighbours in the text, so that whole statements, and several of them, stand in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rag.corpus import Corpus
from rag.terms import terms
from rag.types import Hit, Passage

MAX_CHARS = 450
REACH = 4
ALIKE = 0.9


def widen(hits: Sequence[Hit], corpus: Corpus, *, limit: int, max_chars: int = MAX_CHARS) -> list[Hit]:
    """Return at most ``limit`` hits, best first, each with the neighbours that fit into ``max_chars`` characters.

    The better neighbour comes first; one of another period or reading, or within an earlier hit, is left. A hit within
    an earlier one is dropped; one that says what an earlier one of its place and period says comes after all others.
    """
    scores = {hit.passage.passage_id: hit.score for hit in hits}
    near = corpus.passages(list(dict.fromkeys(key for hit in hits[: 2 * limit] for key in _around(hit.passage))))
    taken: set[str] = set()
    said: list[Passage] = []
    words = _Words()
    chosen: list[Hit] = []
    repeated: list[Hit] = []
    for hit in hits:
        if len(chosen) >= limit:
            break
        if hit.passage.passage_id in taken:
            continue
        if any(words.alike(hit.passage, other) for other in said):
            repeated.append(hit)
            continue
        parts = _grow(hit.passage, near, scores, taken, max_chars)
        taken.update(part.passage_id for part in parts)
        said.append(hit.passage)
        chosen.append(replace(hit, passage=_joined(hit.passage, parts, corpus)))
    return [*chosen, *repeated][:limit]


def _around(passage: Passage) -> list[str]:
    ordinal = int(passage.passage_id.rpartition(":")[2])
    return [f"{passage.report_id}:{n:05d}" for n in range(max(0, ordinal - REACH), ordinal + REACH + 1)]


def _grow(
    passage: Passage, near: Mapping[str, Passage], scores: Mapping[str, float], taken: set[str], max_chars: int
) -> list[Passage]:
    """Return the passage with its chosen neighbours, in text order."""
    row = [near[key] for key in _around(passage) if key in near] or [passage]
    first = last = next((n for n, each in enumerate(row) if each.passage_id == passage.passage_id), 0)
    while True:
        ends = [(max(first - 1, 0), last), (first, min(last + 1, len(row) - 1))]
        new = [
            (low, high, row[low] if low < first else row[high]) for low, high in ends if (low, high) != (first, last)
        ]
        fit = [
            (scores.get(each.passage_id, 0.0), high, low)
            for low, high, each in new
            if row[high].end - row[low].start <= max_chars and each.passage_id not in taken and _joins(each, passage)
        ]
        if not fit:
            return row[first : last + 1]
        _, last, first = max(fit)


def _joins(other: Passage, passage: Passage) -> bool:
    return (other.years, other.reading) == (passage.years, passage.reading)


def _joined(passage: Passage, parts: Sequence[Passage], corpus: Corpus) -> Passage:
    if len(parts) < 2:
        return passage
    start, end = parts[0].start, parts[-1].end
    return replace(passage, start=start, end=end, text=corpus.report(passage.report_id).text[start:end])


class _Words:
    """The terms of passages, each found once and only when it is compared."""

    def __init__(self) -> None:
        self._found: dict[str, frozenset[str]] = {}

    def alike(self, passage: Passage, other: Passage) -> bool:
        """Say whether two passages of one place and period are made of the same words and figures."""
        if (passage.place, passage.years) != (other.place, other.years):
            return False
        words, others = self._of(passage), self._of(other)
        return bool(words) and len(words & others) >= ALIKE * len(words | others)

    def _of(self, passage: Passage) -> frozenset[str]:
        if (words := self._found.get(passage.passage_id)) is None:
            words = self._found[passage.passage_id] = frozenset(terms(passage.text))
        return words
