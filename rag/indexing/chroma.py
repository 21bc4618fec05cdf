"""The one module that knows Chroma: a collection of passage vectors, embedded in this process or on a server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from rag.errors import ConfigurationError, StorageError

if TYPE_CHECKING:
    from chromadb.api import ClientAPI

BATCH = 2_000
SEARCH_BREADTH = 200
DATABASE = "chroma.sqlite3"


class ChromaCollection:
    """Vectors by passage id, nearest by cosine. Thread-safe; an embedded one must be open in one process only."""

    def __init__(self, client: ClientAPI, name: str, place: str) -> None:
        """Open or make the collection ``name``; ``place`` is what messages call its home.

        Raises:
            StorageError: Chroma cannot be reached or its files are damaged.
        """
        self._client: Any = client
        self._place = place
        with translated(place):
            self._collection = client.get_or_create_collection(
                name, configuration={"hnsw": {"space": "cosine", "ef_search": SEARCH_BREADTH}}, embedding_function=None
            )

    def count(self) -> int:
        """Return the number of vectors."""
        with translated(self._place):
            return int(self._collection.count())

    def put(self, passage_ids: Sequence[str], report_ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Write vectors ``(len(passage_ids), dim)``, in place of those of the same ids.

        Raises:
            StorageError: the disk is full or the server cannot be reached.
        """
        for start in range(0, len(passage_ids), BATCH):
            part = slice(start, start + BATCH)
            with translated(self._place):
                self._collection.upsert(
                    ids=list(passage_ids[part]),
                    embeddings=vectors[part],
                    metadatas=[{"report_id": report_id} for report_id in report_ids[part]],
                )

    def drop(self, report_ids: Sequence[str]) -> None:
        """Delete the vectors of reports; unknown ids are fine.

        Raises:
            StorageError: the disk is full or the server cannot be reached.
        """
        for start in range(0, len(report_ids), BATCH):
            with translated(self._place):
                wanted: Any = {"report_id": {"$in": list(report_ids[start : start + BATCH])}}
                self._collection.delete(where=wanted)

    def nearest(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """Return at most ``limit`` passage ids with their cosine similarity in [-1, 1], best first.

        Raises:
            StorageError: the collection cannot be read.
        """
        with translated(self._place):
            found = self._collection.query(query_embeddings=vector[None, :], n_results=limit, include=["distances"])
        distances = (found["distances"] or [[]])[0]
        return [(each, 1.0 - float(distance)) for each, distance in zip(found["ids"][0], distances, strict=True)]

    def clear(self) -> None:
        """Drop every vector.

        Raises:
            StorageError: Chroma cannot be reached.
        """
        with translated(self._place):
            while ids := self._collection.get(limit=BATCH, include=[])["ids"]:
                self._collection.delete(ids=ids)

    def close(self) -> None:
        """Let go of the files or the connection."""
        with translated(self._place):
            self._client.close()


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn Chroma's errors into ours inside a ``with`` block.

    Raises:
        StorageError: Chroma failed; the message says where.
    """
    import httpx
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, httpx.HTTPError, ValueError, RuntimeError, OSError) as error:
        raise StorageError(f"the vector index at {place} cannot be used: {error}") from error


def open_embedded(folder: Path, name: str) -> ChromaCollection:
    """Open a collection in ``folder`` inside this process.

    Raises:
        StorageError: the files are damaged or cannot be written.
    """
    import chromadb
    from chromadb.config import Settings

    with translated(str(folder)):
        client = chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))
    return ChromaCollection(client, name, str(folder))


def open_server(url: str, name: str) -> ChromaCollection:
    """Open a collection on the Chroma server at ``url`` ("http://127.0.0.1:8900").

    Raises:
        ConfigurationError: the URL has no host or another scheme than http(s).
        StorageError: the server cannot be reached.
    """
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigurationError(f"setting REPORT_QA_CHROMA_URL: {url!r} is no address like http://127.0.0.1:8900")
    secure = parts.scheme == "https"
    with translated(url):
        client = chromadb.HttpClient(
            host=parts.hostname,
            port=parts.port or (443 if secure else 80),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )
    return ChromaCollection(client, name, url)


def is_sound(folder: Path) -> bool:
    """Tell whether the database of an embedded Chroma, which no process may have open, passes SQLite's quick check."""
    path = folder / DATABASE
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except sqlite3.Error:
        return False
