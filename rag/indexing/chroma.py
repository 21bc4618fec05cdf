"""The one module that knows Chroma: a collection of passage vectors, embedded in this process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import StorageError

DATABASE = "chroma.sqlite3"
NAME = "passages"
# The first 60 of 16,500 passages of reports: .998 of the true ones; as Chroma comes .957, and some questions lose half.
GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 800}
# Chroma takes 5,461 records a call, SQLite 32,766 values a statement.
RECORDS_A_CALL = 2_000
REPORTS_A_CALL = 10_000
FIRST: Any = {"is_first": True}


class ChromaCollection:
    """Vectors by passage id, nearest by cosine. Thread-safe; its folder must be open in one process only."""

    def __init__(self, folder: Path) -> None:
        """Open or make the collection in ``folder``.

        Raises:
            StorageError: the files are damaged or cannot be written.
        """
        import chromadb
        from chromadb.config import Settings

        self._folder = folder
        hnsw: Any = {"hnsw": GRAPH}
        with self._translated():
            self._client: Any = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
            self._collection = self._client.get_or_create_collection(NAME, configuration=hnsw, embedding_function=None)

    def count(self) -> int:
        """Return the number of vectors."""
        with self._translated():
            return int(self._collection.count())

    def put(self, passage_ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Write vectors ``(len(passage_ids), dim)``, in place of those of the same ids.

        Raises:
            StorageError: the disk is full.
        """
        for start in range(0, len(passage_ids), RECORDS_A_CALL):
            part = slice(start, start + RECORDS_A_CALL)
            owners: Any = list(map(metadata, passage_ids[part]))
            with self._translated():
                self._collection.upsert(ids=list(passage_ids[part]), embeddings=vectors[part], metadatas=owners)

    def drop(self, report_ids: Sequence[str]) -> None:
        """Delete the vectors of reports; unknown ids are fine.

        Raises:
            StorageError: the disk is full.
        """
        for where in within(report_ids):
            with self._translated():
                self._collection.delete(where=where)

    def report_ids(self) -> set[str]:
        """Return the reports whose first passage is held.

        Raises:
            StorageError: the collection cannot be read.
        """
        with self._translated():
            return {each.partition(":")[0] for each in self._collection.get(where=FIRST, include=[])["ids"]}

    def nearest(
        self, vector: NDArray[np.float32], limit: int, report_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return passage ids with their cosine to ``vector`` ``(dim,)``, in no order: ``limit`` best or a few more.

        Raises:
            StorageError: the collection cannot be read.
        """
        hits: list[tuple[str, float]] = []
        for where in [None] if report_ids is None else within(report_ids):
            with self._translated():
                found: Any = self._collection.query(
                    query_embeddings=vector[None, :], n_results=limit, where=where, include=["distances"]
                )
            hits += [(each, 1.0 - far) for each, far in zip(found["ids"][0], found["distances"][0], strict=True)]
        return hits

    def close(self) -> None:
        """Let go of the files."""
        with self._translated():
            self._client.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        from chromadb.errors import ChromaError

        try:
            yield
        except (ChromaError, ValueError, RuntimeError, OSError) as error:
            raise StorageError(f"the vector index in {self._folder} cannot be used: {error}") from error


def metadata(passage_id: str) -> dict[str, str | bool]:
    """Return what Chroma keeps beside a vector."""
    report_id, _, position = passage_id.partition(":")
    return {"report_id": report_id, "is_first": int(position) == 0}


def within(report_ids: Sequence[str]) -> Iterator[Any]:
    """Yield conditions that together hold for all vectors of these reports, each for one of them."""
    rest = iter(report_ids)
    while part := list(islice(rest, REPORTS_A_CALL)):
        yield {"report_id": {"$in": part}}
