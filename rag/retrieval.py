"""Hybrid retrieval: lexical and dense signals, each only as loud as what it knows, under a hard scope."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.corpus import Corpus
from rag.lexical import LexicalIndex
from rag.terms import terms
from rag.types import Hit, Passage
from rag.vectors import VectorIndex

EXACT_MAX_PASSAGES = 30_000
CANDIDATES = 100
LEXICAL_WEIGHT = 1.0
DENSE_WEIGHT = 0.6


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

    ``report_ids`` limits hard (None: everything; empty: nothing).
    """

    text: str
    expansions: tuple[tuple[str, float], ...] = ()
    report_ids: tuple[str, ...] | None = None


class Retriever:
    """Finds passages; safe to share between threads."""

    def __init__(
        self, *, lexical: LexicalIndex, vectors: VectorIndex, embedder: QueryEmbedder, reranker: Reranker | None = None
    ) -> None:
        self._lexical = lexical
        self._vectors = vectors
        self._embedder = embedder
        self._reranker = reranker

    def find(self, search: Search, corpus: Corpus, *, limit: int = 10) -> list[Hit]:
        """Return the best passages, best first, ties by passage id; [] when nothing is in scope.

        ``Hit.signals`` holds "lexical" and "dense" as shares of the best in [0, 1], and the "trust" in the lexical one.
        """
        if search.report_ids is not None and not search.report_ids:
            return []
        query = self._embedder.embed_query(search.text)
        lexical = dict(self._lexical_scores(search))
        near = self._near_passages(query, search, corpus)
        passages = corpus.passages(list(lexical | dict.fromkeys(near)))
        dense = {key: _nearness(passage, query, corpus) for key, passage in passages.items()}
        trust = self._trust(search.text, [passages[key] for key in list(lexical)[:3] if key in passages])
        hits = _fuse(lexical, dense, trust, passages)
        hits = self._rerank(search.text, hits[: max(limit, 20)]) if self._reranker else hits
        return [replace(hit, rank=rank) for rank, hit in enumerate(hits[:limit], start=1)]

    def _lexical_scores(self, search: Search) -> list[tuple[str, float]]:
        return self._lexical.search(search.text, CANDIDATES, report_ids=search.report_ids, also=search.expansions)

    def _near_passages(self, query: NDArray[np.float32], search: Search, corpus: Corpus) -> list[str]:
        """Return the ids of the passages nearest in meaning: exactly while they are few, else by the vector index."""
        report_ids = tuple(corpus.summaries) if search.report_ids is None else search.report_ids
        if corpus.count_passages(report_ids) > EXACT_MAX_PASSAGES:
            return [key for key, _ in self._vectors.search(query, CANDIDATES, report_ids=search.report_ids)]
        matrix = corpus.matrix(report_ids)
        if not matrix.ids:
            return []
        best = np.argsort(-(matrix.vectors @ query), kind="stable")[:CANDIDATES]
        return [matrix.ids[int(row)] for row in best]

    def _trust(self, text: str, best: Sequence[Passage]) -> float:
        """Say how far the lexical signal may be trusted: the share of the query's terms its best passages bear."""
        asked = set(terms(text))
        if not asked or not best:
            return 0.0
        shares = [len(asked & set(terms(f"{passage.header} {passage.text}"))) / len(asked) for passage in best]
        return min(1.0, 2.5 * max(shares))

    def _rerank(self, text: str, hits: list[Hit]) -> list[Hit]:
        assert self._reranker is not None
        scores = self._reranker.score(text, [f"{hit.passage.header}\n{hit.passage.text}" for hit in hits])
        scored = [
            replace(hit, score=score, signals=hit.signals | {"reranker": score})
            for hit, score in zip(hits, scores, strict=True)
        ]
        return sorted(scored, key=lambda hit: (-hit.score, hit.passage.passage_id))


def _nearness(passage: Passage, query: NDArray[np.float32], corpus: Corpus) -> float:
    """Add the cosines of the passage and of its best sentence: the one knows the theme, the other the point."""
    ordinal = int(passage.passage_id.rpartition(":")[2])
    whole = float(corpus.vectors(passage.report_id)[ordinal] @ query)
    sentences = corpus.sentences_between(passage.report_id, passage.start, passage.end)
    if not sentences:
        return 2 * whole
    vectors = corpus.sentence_vectors(passage.report_id)[sentences[0].ordinal : sentences[-1].ordinal + 1]
    return whole + float((vectors @ query).max())


def _fuse(lexical: dict[str, float], dense: dict[str, float], trust: float, passages: dict[str, Passage]) -> list[Hit]:
    """Add both signals, each scaled to its best; a signal that is silent for a passage adds nothing."""
    top = max(lexical.values(), default=0.0)
    high, low = max(dense.values(), default=0.0), min(dense.values(), default=0.0)
    hits = []
    for key, passage in passages.items():
        word = lexical.get(key, 0.0) / top if top else 0.0
        meaning = (dense[key] - low) / (high - low) if key in dense and high > low else 0.0
        score = LEXICAL_WEIGHT * trust * word + DENSE_WEIGHT * meaning
        hits.append(Hit(passage, score, 0, {"lexical": word, "dense": meaning, "trust": trust}))
    return sorted(hits, key=lambda hit: (-hit.score, hit.passage.passage_id))
