"""Fusion: one score from what words and meaning say of a passage, each signal only as loud as what it knows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from rag.terms import terms
from rag.types import Hit, Passage

RANGE = 100


@dataclass(frozen=True, slots=True)
class Signals:
    """What is known of one passage.

    ``lexical`` is BM25 (0 without a shared term), ``coverage`` the share in [0, 1] of the query's terms it bears, by
    how rare they are, ``whole`` and ``sentence`` the cosines of the passage and of its nearest sentence.
    """

    lexical: float
    coverage: float
    whole: float
    sentence: float


@dataclass(frozen=True, slots=True)
class FusionWeights:
    """How the signals add up; measured on halves of four question sets, see ``eval/README.md``.

    ``trusted`` is the coverage from which words are believed in full. ``doubted`` is the coverage up to which words of
    a query in another script than the passages (as far as it is) are not believed at all.
    """

    lexical: float = 1.0
    coverage: float = 0.25
    dense: float = 1.0
    sentence: float = 0.6
    trusted: float = 0.4
    doubted: float = 0.3


def fuse(
    found: Mapping[str, Signals], passages: Mapping[str, Passage], *, foreign: float, weights: FusionWeights
) -> list[Hit]:
    """Score passages, best first, ties by id; ``foreign`` is the share of the query's terms in Latin script.

    Words count as a share of the best BM25 score, and meaning by where it lies between the best passage's and that of
    the 100th. ``Hit.signals`` holds "lexical", "coverage", "dense" in [0, 1] and the "trust" in words.
    """
    trust = _trust(found.values(), foreign, weights)
    top = max((each.lexical for each in found.values()), default=0.0) or 1.0
    most = max((each.coverage for each in found.values()), default=0.0) or 1.0
    near = {key: each.whole + weights.sentence * each.sentence for key, each in found.items()}
    low, high = _range(list(near.values()))
    hits = []
    for key, each in found.items():
        word, covered = each.lexical / top, each.coverage / most
        meaning = max(0.0, near[key] - low) / (high - low) if high > low else 0.0
        score = trust * (weights.lexical * word + weights.coverage * covered) + weights.dense * meaning
        signals = {"lexical": word, "coverage": each.coverage, "dense": meaning, "trust": trust}
        hits.append(Hit(passages[key], score, 0, signals))
    return best_first(hits)


def best_first(hits: Sequence[Hit]) -> list[Hit]:
    """Sort by score; ties by passage id."""
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.passage_id))


def foreign_share(text: str) -> float:
    """Return the share of a query's terms that are words in an alphabet, 0 without terms."""
    found = terms(text)
    return sum(term[0].isalpha() and ord(term[0]) < 0x2E80 for term in found) / len(found) if found else 0.0


def _trust(found: Iterable[Signals], foreign: float, weights: FusionWeights) -> float:
    covered = max((each.coverage for each in found), default=0.0)
    floor = weights.doubted * foreign
    return min(1.0, max(0.0, covered - floor) / (weights.trusted - floor))


def _range(values: list[float]) -> tuple[float, float]:
    ordered = sorted(values, reverse=True)[:RANGE]
    return (ordered[-1], ordered[0]) if ordered else (0.0, 0.0)
