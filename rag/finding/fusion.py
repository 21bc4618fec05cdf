"""Search: BM25 and cosine, fused by rank."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.finding.corpus import Corpus
from rag.indexing.lexical import LexicalIndex
from rag.indexing.vectors import VectorIndex
from rag.language.glossary import load_glossary
from rag.language.scripts import language_of
from rag.types import Hit

RRF_K = 60
CANDIDATES, REMEMBERED = 60, 1_000


class QueryEmbedder(Protocol):
    """What search needs of an embedding model."""

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """Embed search text: shape ``(dimension,)``, of length 1."""


class Searcher:
    """Finds passages; safe to share between threads."""

    def __init__(self, *, lexical: LexicalIndex, vectors: VectorIndex, embedder: QueryEmbedder) -> None:
        self._lexical = lexical
        self._vectors = vectors
        self._remembered = lru_cache(REMEMBERED)(embedder.embed_query)  # many ask the same, and follow-ups search again
        self._beside = ThreadPoolExecutor(thread_name_prefix="search by words")

    @property
    def is_by_words_alone(self) -> bool:
        """Whether a search within the last second could not look for meaning."""
        return self._vectors.is_away

    def embed(self, text: str) -> NDArray[np.float32]:
        """Embed search text: shape ``(dimension,)``, of length 1."""
        return self._remembered(text)

    def search(
        self,
        text: str,
        corpus: Corpus,
        *,
        limit: int,
        report_ids: Collection[str] | None = None,
        vector: NDArray[np.float32] | None = None,
    ) -> list[Hit]:
        """Return at most ``limit`` passages, best first, ties by passage id; [] when nothing is in scope.

        ``report_ids`` limits hard (None: everything; empty: nothing); ``vector`` is the text's, where it is known.
        Scores are sums of reciprocal ranks, ``Hit.signals`` the ranks in both orders. Words that match nothing
        abstain: then meaning alone decides. What an English text names is looked for in Chinese words too.

        Source: reciprocal rank fusion, k = 60: Cormack, Clarke and Buettcher 2009.
        """
        named = load_glossary().expand(text, "en") if language_of(text) == "en" else {}
        words = " ".join((text, *(term for term, weight in named.items() if weight == 1)))
        by_words = self._beside.submit(self._lexical.search, words, CANDIDATES, report_ids=report_ids)
        vector = self.embed(text) if vector is None else vector
        by_meaning = self._vectors.search(vector, CANDIDATES, report_ids=report_ids)
        ranks: dict[str, dict[str, float]] = {}
        for name, found in (("lexical", by_words.result()), ("dense", by_meaning)):
            for rank, (passage_id, _) in enumerate(found, start=1):
                ranks.setdefault(passage_id, {})[name] = rank
        scored = sorted((-sum(1 / (RRF_K + rank) for rank in row.values()), key) for key, row in ranks.items())[:limit]
        passages = corpus.passages([key for _, key in scored])
        kept = [(score, key) for score, key in scored if key in passages]
        return [Hit(passages[key], -score, rank, ranks[key]) for rank, (score, key) in enumerate(kept, start=1)]
