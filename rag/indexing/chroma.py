"""The one module that knows Chroma: a collection of passage vectors, embedded in this process or on a server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import HttpUrl

from rag.errors import StorageError
from rag.indexing.chroma_http import HttpCollection

DATABASE = "chroma.sqlite3"
NAME = "passages"
# The first 60 of 16,500 passages of reports: .998 of the true ones; as Chroma comes .957, and some questions lose half.
GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 800}
# Chroma takes 5,461 records a call, SQLite 32,766 values a statement.
RECORDS_A_CALL = 2_000
REPORTS_A_CALL = 10_000
VERSION = "version"

Faults = tuple[type[Exception], ...]


class ChromaCollection:
    """Vectors by passage id, nearest by cosine. Thread-safe; a folder must be open in one process only.

    Every method raises ``StorageError`` where the files are damaged, the disk is full or the server is away.
    """

    def __init__(self, client: Any, collection: Any, place: str, faults: Faults = ()) -> None:
        """Use an open collection and the client to close; messages call it by its ``place``, it fails by ``faults``."""
        self._client = client
        self._collection = collection
        self._place = place
        self._faults = faults

    @classmethod
    def in_folder(cls, folder: Path) -> ChromaCollection:
        """Open or make the collection in ``folder``."""
        import chromadb
        from chromadb.config import Settings
        from chromadb.errors import ChromaError

        faults = (ChromaError, ValueError, RuntimeError, OSError)
        hnsw: Any = {"hnsw": GRAPH}
        with _translated(f"in {folder}", faults):
            client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
            collection = client.get_or_create_collection(NAME, configuration=hnsw, embedding_function=None)
        return cls(client, collection, f"in {folder}", faults)

    @classmethod
    def on_server(cls, url: HttpUrl, name: str, *, timeout_seconds: float) -> ChromaCollection:
        """Open or make the collection ``name`` at ``http://[token@]host:port[/tenant/database]``."""
        collection = HttpCollection(url, name, GRAPH, timeout_seconds=timeout_seconds)
        return cls(collection, collection, collection.place)

    @property
    def version(self) -> int:
        """The catalogue's version that was noted last on a server; -1: none was."""
        return int(self._collection.metadata.get(VERSION, -1))

    def note(self, version: int) -> None:
        """Note on a server the catalogue's version that this is all of."""
        self._collection.modify(metadata={VERSION: version})

    def destroy(self) -> None:
        """Delete the collection from its server, with all it holds."""
        self._collection.destroy()

    def count(self) -> int:
        """Return the number of vectors."""
        with _translated(self._place, self._faults):
            return int(self._collection.count())

    def put(self, passage_ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Write vectors ``(len(passage_ids), dim)``, in place of those of the same ids."""
        for start in range(0, len(passage_ids), RECORDS_A_CALL):
            part = slice(start, start + RECORDS_A_CALL)
            owners: Any = list(map(_metadata, passage_ids[part]))
            with _translated(self._place, self._faults):
                self._collection.upsert(ids=list(passage_ids[part]), embeddings=vectors[part], metadatas=owners)

    def drop(self, report_ids: Sequence[str]) -> None:
        """Delete the vectors of reports; unknown ids are fine."""
        for where in _within(report_ids):
            with _translated(self._place, self._faults):
                self._collection.delete(where=where)

    def report_ids(self) -> set[str]:
        """Return the reports whose first passage is held."""
        with _translated(self._place, self._faults):
            found: Any = self._collection.get(where={"is_first": True}, include=[])
        return {each.partition(":")[0] for each in found["ids"]}

    def nearest(
        self, vector: NDArray[np.float32], limit: int, report_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return passage ids with their cosine to ``vector`` ``(dim,)``, in no order: ``limit`` best or a few more."""
        hits: list[tuple[str, float]] = []
        for where in [None] if report_ids is None else _within(report_ids):
            with _translated(self._place, self._faults):
                found: Any = self._collection.query(
                    query_embeddings=vector[None, :], n_results=limit, where=where, include=["distances"]
                )
            hits += [(each, 1.0 - far) for each, far in zip(found["ids"][0], found["distances"][0], strict=True)]
        return hits

    def close(self) -> None:
        """Let go of the files or the connections."""
        with _translated(self._place, self._faults):
            self._client.close()


@contextmanager
def _translated(place: str, faults: Faults) -> Iterator[None]:
    try:
        yield
    except faults as error:
        raise StorageError(f"the vector index {place} cannot be used: {error}") from error


def _metadata(passage_id: str) -> dict[str, str | bool]:
    report_id, _, position = passage_id.partition(":")
    return {"report_id": report_id, "is_first": int(position) == 0}


def _within(report_ids: Sequence[str]) -> Iterator[Any]:
    rest = iter(report_ids)
    while part := list(islice(rest, REPORTS_A_CALL)):
        yield {"report_id": {"$in": part}}
