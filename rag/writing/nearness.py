"""How near a sentence is to spans of reports in meaning: for English sentences about Chinese reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from rag.corpus import Corpus
from rag.retrieval import QueryEmbedder
from rag.types import Citation


class Nearness:
    """Measures meaning by the vectors of the reports' sentences; safe to share between threads."""

    def __init__(self, embedder: QueryEmbedder) -> None:
        self._embedder = embedder

    def measure(self, words: str, citations: Sequence[Citation], corpus: Corpus) -> Mapping[int, float]:
        """Return, by marker, by how many standard deviations each span is nearer than its report's mean sentence."""
        query = self._embedder.embed_query(words)
        return {row.marker: _deviation(row, query, corpus) for row in citations}


def _deviation(citation: Citation, query: np.ndarray, corpus: Corpus) -> float:
    sentences = corpus.sentences(citation.report_id)
    rows = [row.ordinal for row in sentences if row.start < citation.end and citation.start < row.end]
    scores = corpus.sentence_vectors(citation.report_id) @ query
    spread = float(scores.std())
    return float((scores[rows].max() - scores.mean()) / spread) if rows and spread else 0.0
