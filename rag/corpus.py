"""A snapshot of the catalogue for one question: profiles at once, texts and vectors when first asked for."""

from __future__ import annotations

import threading
from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.catalogue import Catalogue, text_hash
from rag.embedded_texts import sentence_vector_texts
from rag.errors import StorageError
from rag.evidence import Sentence, sentences_of
from rag.folding import fold
from rag.matrix import Matrix
from rag.passage_cache import PassageCache
from rag.types import Passage, Report, ReportSummary

MAX_MATRICES = 16


class Corpus:
    """Reports of one catalogue version, cached in memory; safe to share between threads.

    ``max_cached_reports`` bounds the reports kept with text and vectors (a report of 20,000 characters with 150
    passages takes about 0.5 MB).
    """

    def __init__(self, catalogue: Catalogue, *, max_cached_reports: int = 2_000) -> None:
        self._catalogue = catalogue
        self._max_cached_reports = max_cached_reports
        self._lock = threading.Lock()
        self.version = catalogue.version
        self.summaries: dict[str, ReportSummary] = {row.report_id: row for row in catalogue.reports()}
        self._reports: dict[str, Report] = {}
        self._folded: dict[str, str] = {}
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self._sentences: dict[str, tuple[Sentence, ...]] = {}
        self._sentence_vectors: dict[str, NDArray[np.float32]] = {}
        self._matrices: dict[tuple[str, ...], Matrix] = {}
        self._kept = PassageCache(catalogue)

    def count_passages(self, report_ids: Sequence[str]) -> int:
        """Return the number of passages in these reports; unknown ids count nothing."""
        return sum(self.summaries[key].num_passages for key in report_ids if key in self.summaries)

    def report(self, report_id: str) -> Report:
        """Return a report with its text, sections, passages and figures.

        Raises:
            NotFoundError: no report has this id.
        """
        if (report := self._reports.get(report_id)) is None:
            report = self._catalogue.report(report_id)
            with self._lock:
                self._make_room()
                self._reports[report_id] = report
        return report

    def text(self, report_id: str) -> str:
        """Return a report's cleaned text.

        Raises:
            NotFoundError: no report has this id.
        """
        return self.report(report_id).text

    def folded_text(self, report_id: str) -> str:
        """Return a report's cleaned text as it is compared: folded; kept, as folding a long one takes a while.

        Raises:
            NotFoundError: no report has this id.
        """
        if (folded := self._folded.get(report_id)) is None:
            folded = fold(self.text(report_id))
            with self._lock:
                self._make_room()
                self._folded[report_id] = folded
        return folded

    def vectors(self, report_id: str) -> NDArray[np.float32]:
        """Return the vectors of a report's passages, shape ``(num_passages, dim)``, in passage order."""
        if (vectors := self._vectors.get(report_id)) is None:
            vectors = self._catalogue.vectors(report_id)
            with self._lock:
                self._make_room()
                self._vectors[report_id] = vectors
        return vectors

    def matrix(self, report_ids: Sequence[str]) -> Matrix:
        """Return the passages' vectors of these reports in one matrix; the last few are kept."""
        key = tuple(report_id for report_id in report_ids if report_id in self.summaries)
        if (matrix := self._matrices.get(key)) is None:
            read = [self._catalogue.passage_vectors(report_id) for report_id in key]
            ids = [passage_id for passage_ids, _ in read for passage_id in passage_ids]
            parts = [vectors for _, vectors in read if vectors.size]
            stacked = np.concatenate(parts) if parts else np.zeros((0, 0), dtype=np.float32)
            matrix = Matrix(ids, stacked)
            with self._lock:
                while len(self._matrices) >= MAX_MATRICES:
                    self._matrices.pop(next(iter(self._matrices)))
                self._matrices[key] = matrix
        return matrix

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        """Return the passages with these ids; unknown ids are left out."""
        return self._kept.passages([key for key in passage_ids if key.partition(":")[0] in self.summaries])

    def passage_vectors(self, passages: Sequence[Passage]) -> dict[str, NDArray[np.float32]]:
        """Return by passage id ``(1 + num_sentences, dim)``: a passage's vector, then those of its own sentences."""
        return self._kept.vectors(passages)

    def folded(self, passages: Iterable[Passage]) -> dict[str, str]:
        """Return the folded texts of passages by id."""
        return self._kept.folded(passages)

    def sentences(self, report_id: str) -> tuple[Sentence, ...]:
        """Return a report's sentences in text order."""
        if (sentences := self._sentences.get(report_id)) is None:
            sentences = sentences_of(self.report(report_id))
            with self._lock:
                self._make_room()
                self._sentences[report_id] = sentences
        return sentences

    def sentence_vectors(self, report_id: str) -> NDArray[np.float32]:
        """Return the vectors of a report's sentences, shape ``(num_sentences, dim)``, in text order.

        Raises:
            StorageError: some are not in the catalogue.
        """
        if (vectors := self._sentence_vectors.get(report_id)) is None:
            hashes = [text_hash(text) for text in sentence_vector_texts(self.report(report_id))]
            model, dimension = self._catalogue.model or ("", 0)
            kept = self._catalogue.cached_vectors(model, list(set(hashes)))
            if missing := sum(digest not in kept for digest in hashes):
                raise StorageError(f"{missing} sentence vectors of {report_id} are missing; run `report-qa reindex`")
            vectors = np.array([kept[digest] for digest in hashes], np.float32).reshape(len(hashes), dimension)
            with self._lock:
                self._make_room()
                self._sentence_vectors[report_id] = vectors
        return vectors

    def sentences_between(self, report_id: str, start: int, end: int) -> tuple[Sentence, ...]:
        """Return the sentences that begin within ``[start, end)`` of a report's text."""
        sentences = self.sentences(report_id)
        first = bisect_left(sentences, start, key=_start)
        return sentences[first : bisect_left(sentences, end, lo=first, key=_start)]

    def _make_room(self) -> None:
        for cache in (self._reports, self._folded, self._vectors, self._sentences, self._sentence_vectors):
            while len(cache) >= self._max_cached_reports:
                cache.pop(next(iter(cache)))


def _start(sentence: Sentence) -> int:
    return sentence.start
