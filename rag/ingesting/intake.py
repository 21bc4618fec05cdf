"""One ingest under way: candidates are read ahead, embedded over several files at once, and committed one by one."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from rag.errors import UnreadableFileError
from rag.indexing.embedding import Embedder
from rag.indexing.reindexing import Index
from rag.ingesting.candidates import Candidate
from rag.ingesting.duplicates import fingerprint, to_bytes
from rag.ingesting.progress import Tally
from rag.ingesting.sandbox import OnPage
from rag.storing import Catalogue, FileRecord, embedded_text, text_hash
from rag.types import Report

EMBED_PASSAGES = 256
INDEX_PASSAGES = 2_000
AHEAD_BYTES = 50_000_000
AHEAD_FILES = 16


class Parser(Protocol):
    """Whatever reads files, each on its own."""

    def read(self, candidate: Candidate, on_page: OnPage) -> Future[Report]:
        """Begin to read; the future raises ``UnreadableFileError`` when the file is refused."""


@dataclass(frozen=True, slots=True)
class IntakeParts:
    """The finished objects an ingest works with; ``recipe`` names the way files become reports."""

    catalogue: Catalogue
    embedder: Embedder
    parser: Parser
    indexes: Sequence[Index]
    recipe: str


class Intake:
    """Takes candidates in; its user holds the writer's lock."""

    def __init__(self, parts: IntakeParts, tally: Tally) -> None:
        """Begin an ingest.

        Raises:
            IndexMismatchError: the stored vectors are another model's.
        """
        self._parts = parts
        self._catalogue = parts.catalogue
        self._tally = tally
        self._catalogue.require_model(parts.embedder.name, parts.embedder.dimension)
        self._known = self._catalogue.files()
        self._refused_before = {refusal.path for refusal in self._catalogue.refusals()}
        self._contents = {_key(file) for file in self._known.values() if file.recipe == parts.recipe}
        self._reasons: dict[str, str] = {}
        self._batch: list[tuple[Candidate, Report]] = []
        self._passages_unindexed = 0

    def take(self, candidates: Iterator[Candidate]) -> None:
        """Take all candidates in, in order.

        Raises:
            StorageError: the disk is full; what was committed before stays.
        """
        for candidate, future in self._read_ahead(candidates):
            if future is None:
                self._link(candidate)
                continue
            if not future.done() and self._batch_passages() >= EMBED_PASSAGES // 4:
                self._commit()
            self._receive(candidate, future)
            if self._batch_passages() >= EMBED_PASSAGES:
                self._commit()
        self._commit()

    def refresh(self) -> None:
        """Bring the indexes to the catalogue's state.

        Raises:
            StorageError: an index cannot be written.
        """
        self._passages_unindexed = 0
        for index in self._parts.indexes:
            index.refresh()

    def _read_ahead(self, candidates: Iterator[Candidate]) -> Iterator[tuple[Candidate, Future[Report] | None]]:
        """Yield what is not in yet while later files are being read; without a future where the bytes are known."""
        waiting: deque[tuple[Candidate, Future[Report] | None]] = deque()
        for candidate in candidates:
            if self._is_unchanged(candidate):
                self._tally.unchanged.append(candidate.path)
                self._tally.finish(candidate.path, len(candidate.content))
                continue
            waiting.append((candidate, self._begin(candidate)))
            while len(waiting) > AHEAD_FILES or sum(len(each.content) for each, _ in waiting) > AHEAD_BYTES:
                yield waiting.popleft()
        while waiting:
            yield waiting.popleft()

    def _is_unchanged(self, candidate: Candidate) -> bool:
        known = self._known.get(candidate.path)
        same = known is not None and (_key(known), known.recipe) == (_key(candidate), self._parts.recipe)
        return same and candidate.path not in self._refused_before

    def _begin(self, candidate: Candidate) -> Future[Report] | None:
        if _key(candidate) in self._contents:
            return None
        self._contents.add(_key(candidate))
        return self._parts.parser.read(candidate, partial(self._tally.count_pages, candidate.path))

    def _receive(self, candidate: Candidate, future: Future[Report]) -> None:
        try:
            self._batch.append((candidate, replace(future.result(), source=candidate.source)))
        except UnreadableFileError as error:
            self._reasons[candidate.content_hash] = str(error)
            self._refuse(candidate, str(error))

    def _link(self, candidate: Candidate) -> None:
        """Note another place of a report that is in, or refuse what was refused a moment ago under another name."""
        self._commit()
        if candidate.content_hash in self._reasons:
            self._refuse(candidate, self._reasons[candidate.content_hash])
            return
        self._catalogue.add_file(self._record(candidate, candidate.content_hash[:16]))
        self._accept(candidate)

    def _refuse(self, candidate: Candidate, reason: str) -> None:
        self._tally.refused.append(self._catalogue.refuse(candidate.path, candidate.source, reason))
        self._tally.finish(candidate.path, len(candidate.content))

    def _accept(self, candidate: Candidate) -> None:
        (self._tally.changed if candidate.path in self._known else self._tally.new).append(candidate.path)
        self._tally.finish(candidate.path, len(candidate.content))

    def _record(self, candidate: Candidate, report_id: str) -> FileRecord:
        hashes = (candidate.content_hash, candidate.sidecar_hash, self._parts.recipe)
        return FileRecord(candidate.path, candidate.source, report_id, *hashes)

    def _batch_passages(self) -> int:
        return sum(len(report.passages) for _, report in self._batch)

    def _commit(self) -> None:
        """Embed what is read and commit it, a report at a time."""
        batch, self._batch = self._batch, []
        vectors = self._embed(batch)
        for candidate, report in batch:
            self._add(candidate, report, vectors)
        if self._passages_unindexed >= INDEX_PASSAGES:
            self.refresh()

    def _add(self, candidate: Candidate, report: Report, vectors: dict[str, NDArray[np.float32]]) -> None:
        passages = [embedded_text(passage) for passage in report.passages]
        self._catalogue.add(
            report,
            np.array([vectors[text] for text in passages], np.float32),
            file=self._record(candidate, report.report_id),
            model=self._parts.embedder.name,
            fingerprint=to_bytes(fingerprint(report.text)),
        )
        self._passages_unindexed += len(passages)
        self._accept(candidate)

    def _embed(self, batch: Sequence[tuple[Candidate, Report]]) -> dict[str, NDArray[np.float32]]:
        """Return the vectors of all texts of some reports; only those never seen before are computed."""
        texts = dict.fromkeys(embedded_text(passage) for _, report in batch for passage in report.passages)
        hashes = {text: text_hash(text) for text in texts}
        kept = self._catalogue.cached_vectors(self._parts.embedder.name, list(hashes.values()))
        new = [text for text, digest in hashes.items() if digest not in kept]
        passages = sum(len(report.passages) for _, report in batch)
        share = passages / max(len(texts), 1)
        self._tally.count_passages((len(texts) - len(new)) * share)
        found = {text: kept[digest] for text, digest in hashes.items() if digest in kept}
        if new:
            vectors = self._parts.embedder.embed_passages(new, lambda count: self._tally.count_passages(count * share))
            found |= dict(zip(new, vectors, strict=True))
        return found


def _key(file: Candidate | FileRecord) -> tuple[str, str]:
    return file.content_hash, file.sidecar_hash
