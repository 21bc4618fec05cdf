"""Hybrid retrieval: lexical and dense signals, each only as loud as what it knows, under a hard scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.corpus import Corpus
from rag.fusion import FusionWeights, Signals, best_first, foreign_share, fuse
from rag.lexical import LexicalIndex
from rag.lexical_fields import FieldWeights, wanted_terms
from rag.reranking import RERANKED, Wish, rerank
from rag.types import Hit, Passage
from rag.vectors import VectorIndex
from rag.widening import MAX_CHARS, widen

EXACT_MAX_PASSAGES = 30_000
CANDIDATES = 80
CROSS_ENCODED = 20
WITHOUT_POINT = 0.025


class QueryEmbedder(Protocol):
    """What retrieval needs of an embedding model."""

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embed search text: shape ``(dimension,)``, of length 1."""


class Reranker(Protocol):
    """Scores texts against a query, higher is better, one score a text."""

    def score(self, query: str, texts: Sequence[str]) -> list[float]:
        """Return one score for each text, in the order given."""


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for: ``text`` for both signals, ``expansions`` (term, weight) for the lexical one only.

    ``report_ids`` limits hard (None: everything; empty: nothing). ``wish`` is what passages are reranked by, and each
    of ``groups`` (report ids) gets its own best hits in turn; both are used by ``Retriever.search`` only.
    """

    text: str
    expansions: tuple[tuple[str, float], ...] = ()
    report_ids: tuple[str, ...] | None = None
    wish: Wish = field(default_factory=Wish)
    groups: tuple[tuple[str, ...], ...] = ()


class Retriever:
    """Finds passages; safe to share between threads."""

    def __init__(
        self,
        *,
        lexical: LexicalIndex,
        vectors: VectorIndex,
        embedder: QueryEmbedder,
        reranker: Reranker | None = None,
        weights: FusionWeights | None = None,
        fields: FieldWeights | None = None,
        hit_max_chars: int = MAX_CHARS,
    ) -> None:
        """Use finished parts; ``weights``, ``fields`` and ``hit_max_chars`` are set only to measure other values."""
        self._lexical = lexical
        self._vectors = vectors
        self._embedder = embedder
        self._beside = ThreadPoolExecutor(thread_name_prefix="search by words")
        self._reranker = reranker
        self._weights = weights or FusionWeights()
        self._fields = fields or FieldWeights()
        self._hit_max_chars = hit_max_chars

    def search(self, search: Search, corpus: Corpus, *, limit: int = 10) -> list[Hit]:
        """Return hits to read, best first: reranked, each group in turn, widened by their neighbours in the text.

        ``Hit.passage`` keeps the id of the passage found; its span may reach over its neighbours, 450 characters at
        most unless it is longer by itself.
        """
        if len(search.groups) < 2:
            hits = self._reranked(search, corpus)
        else:
            hits = take_turns([self._reranked(replace(search, report_ids=each), corpus) for each in search.groups])
        return _ranked(widen(hits, corpus, limit=limit, max_chars=self._hit_max_chars))

    def _reranked(self, search: Search, corpus: Corpus) -> list[Hit]:
        hits = self._fused(search, corpus)
        hits = rerank(hits, search.wish, corpus.folded(hit.passage for hit in hits[:RERANKED]))
        return _cross_encoded(self._reranker, search.text, hits) if self._reranker is not None and hits else hits

    def find(self, search: Search, corpus: Corpus, *, limit: int = 10) -> list[Hit]:
        """Return the best passages as they are, best first, ties by passage id; [] when nothing is in scope.

        ``Hit.signals`` are those of ``fusion.fuse``.
        """
        return _ranked(self._fused(search, corpus)[:limit])

    def _fused(self, search: Search, corpus: Corpus) -> list[Hit]:
        if search.report_ids is not None and not search.report_ids:
            return []
        by_words = self._beside.submit(self._by_words, search, corpus)
        query = self._embedder.embed_query(search.text)
        lexical, rare, passages, covered = by_words.result()
        near = corpus.passages([key for key in self._near_passages(query, search, corpus) if key not in passages])
        covered |= coverage(rare, corpus.folded(near.values()))
        passages |= near
        dense = themes_and_points(query, list(passages.values()), corpus)
        found = {
            key: Signals(lexical.get(key, 0.0), covered.get(key, 0.0), *dense.get(key, (0.0, 0.0))) for key in passages
        }
        return fuse(found, passages, foreign=foreign_share(search.text), weights=self._weights)

    def _by_words(
        self, search: Search, corpus: Corpus
    ) -> tuple[dict[str, float], dict[str, float], dict[str, Passage], dict[str, float]]:
        """Return the scores of the passages found by words, how rare the query's terms are, the passages, coverages.

        Done while the query is embedded, which leaves Python's lock to this thread.
        """
        scores = self._lexical_scores(search, corpus)
        rare = self._lexical.rareness(wanted_terms(search.text, search.expansions))
        passages = corpus.passages(list(scores))
        return scores, rare, passages, coverage(rare, corpus.folded(passages.values()))

    def _lexical_scores(self, search: Search, corpus: Corpus) -> dict[str, float]:
        limit = None if _is_everything(search, corpus) else search.report_ids
        return dict(
            self._lexical.search(
                search.text, CANDIDATES, report_ids=limit, also=search.expansions, weights=self._fields
            )
        )

    def _near_passages(self, query: NDArray[np.float32], search: Search, corpus: Corpus) -> list[str]:
        """Return the ids of the passages nearest in meaning: exactly while they are few, else by the vector index."""
        report_ids = tuple(corpus.summaries) if search.report_ids is None else search.report_ids
        if corpus.count_passages(report_ids) > EXACT_MAX_PASSAGES:
            return self._near_among_many(query, report_ids, corpus)
        return corpus.matrix(report_ids).nearest(query, CANDIDATES)

    def _near_among_many(self, query: NDArray[np.float32], report_ids: Sequence[str], corpus: Corpus) -> list[str]:
        """Ask the index for a few more than needed and drop those out of scope; exactly where too few are left."""
        if 2 * len(report_ids) > len(corpus.summaries):
            allowed = set(report_ids)
            found = [key for key, _ in self._vectors.search(query, 2 * CANDIDATES) if key.partition(":")[0] in allowed]
            if 2 * len(found) >= CANDIDATES:
                return found[:CANDIDATES]
        return [key for key, _ in self._vectors.search(query, CANDIDATES, report_ids=report_ids)]


def take_turns(rows: Sequence[Sequence[Hit]]) -> list[Hit]:
    """Take the best hit of each row, then the second of each, and so on; in each turn the better score comes first."""
    turns: dict[str, tuple[int, Hit]] = {}
    for row in rows:
        for turn, hit in enumerate(row):
            key = hit.passage.passage_id
            if key not in turns or (turn, -hit.score) < (turns[key][0], -turns[key][1].score):
                turns[key] = (turn, hit)
    ordered = sorted(turns.items(), key=lambda item: (item[1][0], -item[1][1].score, item[0]))
    return [hit for _, (_, hit) in ordered]


def _is_everything(search: Search, corpus: Corpus) -> bool:
    return search.report_ids is None or len(search.report_ids) >= len(corpus.summaries)


def coverage(rare: Mapping[str, float], folded: Mapping[str, str]) -> dict[str, float]:
    """Return for each folded text the share of the terms, weighed by how ``rare`` they are, that stand in it."""
    total = sum(rare.values()) or 1.0
    return {key: _borne(rare, text) / total for key, text in folded.items()}


def _borne(rare: Mapping[str, float], text: str) -> float:
    return sum(weight for term, weight in rare.items() if term in text)


def themes_and_points(
    query: NDArray[np.float32], passages: Sequence[Passage], corpus: Corpus
) -> dict[str, tuple[float, float]]:
    """Return for each passage its own cosine and that of its nearest sentence: the theme, and the point.

    The point is at most a little worse than the theme, and exactly so for a passage of one sentence: headers bring
    short passages near to all that is asked about their title, and would otherwise count twice.
    """
    found = {}
    for key, vectors in corpus.passage_vectors(passages).items():
        theme, *points = (vectors @ query).tolist()
        found[key] = (theme, max([theme - WITHOUT_POINT, *points]))
    return found


def _cross_encoded(reranker: Reranker, text: str, hits: Sequence[Hit]) -> list[Hit]:
    """Order the first hits by the cross-encoder; the others follow as they were."""
    first, rest = hits[:CROSS_ENCODED], hits[CROSS_ENCODED:]
    scores = reranker.score(text, [f"{hit.passage.header}\n{hit.passage.text}" for hit in first])
    scored = [
        replace(hit, score=score, signals=hit.signals | {"cross_encoder": score})
        for hit, score in zip(first, scores, strict=True)
    ]
    return [*best_first(scored), *(replace(hit, score=min(scores) + hit.score - first[-1].score) for hit in rest)]


def _ranked(hits: Sequence[Hit]) -> list[Hit]:
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits, start=1)]
