"""How much of a question a span of text bears: coverage of its terms, weighted by how rare they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache

from rag.folding import fold
from rag.terms import terms

UNKNOWN_SHARE = 0.4


@lru_cache(maxsize=200_000)
def gram_set(text: str) -> frozenset[str]:
    """Return the distinct terms of ``text``; cached, for sentences are asked about again and again."""
    return frozenset(terms(text))


def stands_in(phrase: str, text: str) -> bool:
    """Say whether ``phrase`` stands in ``text``, not as part of a longer Latin word or number: 5g, but not in 35gw."""
    start = text.find(phrase)
    while start >= 0:
        end = start + len(phrase)
        if not (_goes_on(text[start - 1 : start] + phrase[0]) or _goes_on(phrase[-1] + text[end : end + 1])):
            return True
        start = text.find(phrase, start + 1)
    return False


def _goes_on(seam: str) -> bool:
    return len(seam) == 2 and seam.isascii() and seam.isalnum()


@dataclass(frozen=True, slots=True)
class Synonym:
    """Another wording: where ``phrase`` stands in a text, the grams of ``source`` count as borne, times ``weight``."""

    phrase: str
    source: str
    weight: float = 0.9


@dataclass(frozen=True, slots=True)
class Matcher:
    """The weighted terms of one question.

    ``weights`` maps each gram of the question to its rarity (inverse document frequency). Coverage is the share of the
    total weight that a text bears, in [0, 1].
    """

    weights: Mapping[str, float]
    synonyms: tuple[tuple[str, frozenset[str], float], ...] = ()

    def borne(self, text: str) -> dict[str, float]:
        """Return the share in (0, 1] of each gram that ``text`` bears, by its own words or by a synonym."""
        present = gram_set(text)
        shares = {gram: 1.0 for gram in self.weights if gram in present}
        folded = fold(text)
        for phrase, source, weight in self.synonyms:
            if stands_in(phrase, folded):
                for gram in source:
                    shares[gram] = max(shares.get(gram, 0.0), weight)
        return shares

    def narrowed(self, text: str) -> Matcher:
        """Return a matcher for what ``text``, a part of the question, asks; this one if that is nothing."""
        return self._keeping(self.weights.keys() & gram_set(text))

    def without(self, text: str) -> Matcher:
        """Return a matcher that does not ask for the grams of ``text``; this one if nothing else is asked."""
        return self._keeping(self.weights.keys() - gram_set(text))

    def _keeping(self, grams: Set[str]) -> Matcher:
        weights = {gram: weight for gram, weight in self.weights.items() if gram in grams}
        synonyms = tuple((phrase, kept, share) for phrase, source, share in self.synonyms if (kept := source & grams))
        return Matcher(weights, synonyms) if weights else self

    def precision(self, text: str) -> float:
        """Return the share of the grams of ``text`` that the question asks for, by its own words or a synonym's."""
        found = gram_set(text)
        if not found:
            return 0.0
        folded = fold(text)
        asked = {gram for phrase, _, _ in self.synonyms if stands_in(phrase, folded) for gram in gram_set(phrase)}
        return len(found & (self.weights.keys() | asked)) / len(found)

    def coverage(self, *shares: tuple[Mapping[str, float], float]) -> float:
        """Combine what several texts bear, each with a factor; the best per gram counts. 0 when nothing is asked."""
        best: dict[str, float] = {}
        for borne, factor in shares:
            for gram, share in borne.items():
                best[gram] = max(best.get(gram, 0.0), share * factor)
        total = sum(self.weights.values())
        return sum(share * self.weights[gram] for gram, share in best.items()) / total if total else 0.0


def make_matcher(
    phrases: Iterable[str],
    *,
    synonyms: Iterable[Synonym] = (),
    document_frequency: Callable[[str], int],
    num_documents: int,
) -> Matcher:
    """Weigh the grams of the question's content ``phrases``.

    Source: idf = ln(1 + N / (df + 0.5)), the weighting of BM25 without its probabilistic odds.
    """
    asked = {gram for phrase in phrases for gram in terms(phrase)}
    weights = {gram: _rarity(document_frequency(gram), num_documents) for gram in sorted(asked)}
    return Matcher(weights, _kept(synonyms, weights))


def make_translated_matcher(
    words: Iterable[str],
    *,
    synonyms: Iterable[Synonym],
    document_frequency: Callable[[str], int],
    num_documents: int,
) -> Matcher:
    """Weigh the ``words`` of a question in another language than the texts: each as rare as its commonest translation.

    A word that no text holds and that ``synonyms`` do not translate may be said in the texts all the same: its rarity
    is unknown, and it weighs little.
    """
    asked = {gram for word in words for gram in terms(word)}
    found = {gram: document_frequency(gram) for gram in asked}
    weights = {
        gram: _rarity(count, num_documents) * (1.0 if count else UNKNOWN_SHARE) for gram, count in sorted(found.items())
    }
    kept = _kept(synonyms, weights)
    best = {gram: max(share for _, source, share in kept if gram in source) for gram in _sources(kept)}
    told: dict[str, float] = {}
    for phrase, source, share in kept:
        rarest = max((_rarity(document_frequency(gram), num_documents) for gram in gram_set(phrase)), default=0.0)
        for gram in source:
            if share == best[gram]:
                told[gram] = min(rarest, told.get(gram, rarest))
    return Matcher(weights | {gram: weight for gram, weight in told.items() if not found[gram]}, kept)


def _sources(synonyms: Iterable[tuple[str, frozenset[str], float]]) -> frozenset[str]:
    return frozenset(gram for _, source, _ in synonyms for gram in source)


def _rarity(document_frequency: int, num_documents: int) -> float:
    return math.log(1 + num_documents / (document_frequency + 0.5))


def _kept(synonyms: Iterable[Synonym], weights: Mapping[str, float]) -> tuple[tuple[str, frozenset[str], float], ...]:
    rows = [(fold(row.phrase), frozenset(terms(row.source)) & weights.keys(), row.weight) for row in synonyms]
    return tuple((phrase, source, weight) for phrase, source, weight in rows if source)
