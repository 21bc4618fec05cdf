"""Meaning by clause: a long sentence says several things, and its vector is near none of them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.retrieval import QueryEmbedder
from rag.sentences import Span, split_clauses

MIN_PART_CHARS = 14
MAX_KEPT = 20_000


class ClauseEmbedder(QueryEmbedder, Protocol):
    """What this needs of an embedding model: the clauses' vectors beside the query's."""

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed passages: shape ``(len(texts), dimension)``, each of length 1."""


class ClauseMeaning:
    """Tells how near the clauses of a few sentences are to a query; keeps the vectors it made last.

    Clause vectors are made when asked for, not at ingest: the few best sentences of a question need them, the others
    never. Safe to share between threads.
    """

    def __init__(self, embedder: ClauseEmbedder, *, max_kept: int = MAX_KEPT) -> None:
        self._embedder = embedder
        self._max_kept = max_kept
        self._lock = threading.Lock()
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def nearest(self, query: NDArray[np.float32], sentences: Sequence[str]) -> list[tuple[float, Span]]:
        """Return for each sentence the cosine of its nearest part to ``query`` and where in it that part stands."""
        parts = [parts_of(text) or [Span(0, len(text))] for text in sentences]
        words = [[text[slice(*part)] for part in row] for text, row in zip(sentences, parts, strict=True)]
        vectors = self._embed({word for row in words for word in row})
        cosines = [[float(vectors[word] @ query) for word in row] for row in words]
        return [max(zip(near, row, strict=True)) for near, row in zip(cosines, parts, strict=True)]

    def _embed(self, texts: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        wanted = sorted(texts)
        found = {text: kept for text in wanted if (kept := self._vectors.get(text)) is not None}
        if new := [text for text in wanted if text not in found]:
            found |= dict(zip(new, self._embedder.embed_passages(new), strict=True))
            with self._lock:
                if len(self._vectors) + len(new) > self._max_kept:
                    self._vectors.clear()
                self._vectors.update((text, found[text]) for text in new)
        return found


def parts_of(text: str) -> list[Span]:
    """Return the clauses of a sentence, each too short to mean much alone joined with the next; [] for an empty one."""
    parts: list[Span] = []
    for clause in split_clauses(text):
        if parts and parts[-1].end - parts[-1].start < MIN_PART_CHARS:
            parts[-1] = Span(parts[-1].start, clause.end)
        else:
            parts.append(clause)
    return parts
