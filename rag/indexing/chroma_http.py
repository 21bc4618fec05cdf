"""A collection on a Chroma server, over its HTTP interface, version 2, where each call has its time.

Source: the server's own description of it, ``/openapi.json``. Chroma's client waits for ever, and is slow to import.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import httpx
import numpy as np
import orjson
from numpy.typing import NDArray
from pydantic import HttpUrl

from rag.errors import StorageError
from rag.indexing.chroma import FIRST, GRAPH, RECORDS_A_CALL, metadata, within

OFFICE = "default_tenant/default_database"


class RemoteCollection:
    """Vectors by passage id, nearest by cosine. Thread-safe; every method raises ``StorageError`` where it fails."""

    def __init__(self, url: HttpUrl, name: str, *, timeout_seconds: float) -> None:
        """Open or make the collection ``name`` at ``http://[token@]host:port[/tenant/database]``."""
        self._place = f"the vector index at {url.host}:{url.port}"
        tenant, _, database = ((url.path or "").strip("/") or OFFICE).partition("/")
        token = httpx.URL(str(url)).username
        self._root = f"{url.scheme}://{url.host}:{url.port}/api/v2/tenants/{tenant}/databases/{database}/collections"
        self._http = httpx.Client(
            headers={"Content-Type": "application/json"}
            | ({"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}),
            timeout=timeout_seconds,
        )
        self._name = name
        try:
            made = self._call("POST", "", {"name": name, "get_or_create": True, "configuration": {"hnsw": GRAPH}})
        except StorageError:
            self.close()
            raise
        self._path = f"/{made['id']}"

    @property
    def version(self) -> int:
        """The catalogue's version that was noted last, read anew; -1: none was."""
        return int((self._call("GET", f"/{quote(self._name)}")["metadata"] or {}).get("version", -1))

    def note(self, version: int) -> None:
        """Note the catalogue's version that this is all of."""
        self._call("PUT", self._path, {"new_metadata": {"version": version}})

    def count(self) -> int:
        """Return the number of vectors."""
        return int(self._call("GET", f"{self._path}/count"))

    def put(self, passage_ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
        """Write vectors ``(len(passage_ids), dim)``, in place of those of the same ids."""
        for start in range(0, len(passage_ids), RECORDS_A_CALL):
            ids = list(passage_ids[start : start + RECORDS_A_CALL])
            matrix = np.ascontiguousarray(vectors[start : start + RECORDS_A_CALL])
            body = {"ids": ids, "embeddings": matrix, "metadatas": list(map(metadata, ids))}
            self._call("POST", f"{self._path}/upsert", body)

    def drop(self, report_ids: Sequence[str]) -> None:
        """Delete the vectors of reports; unknown ids are fine."""
        for where in within(report_ids):
            self._call("POST", f"{self._path}/delete", {"where": where})

    def report_ids(self) -> set[str]:
        """Return the reports whose first passage is held."""
        found = self._call("POST", f"{self._path}/get", {"where": FIRST, "include": []})
        return {each.partition(":")[0] for each in found["ids"]}

    def nearest(
        self, vector: NDArray[np.float32], limit: int, report_ids: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Return passage ids with their cosine to ``vector`` ``(dim,)``, in no order: ``limit`` best or a few more."""
        hits: list[tuple[str, float]] = []
        for where in [None] if report_ids is None else within(report_ids):
            body = {"query_embeddings": [vector], "n_results": limit, "where": where, "include": ["distances"]}
            found = self._call("POST", f"{self._path}/query", body)
            hits += [(each, 1.0 - far) for each, far in zip(found["ids"][0], found["distances"][0], strict=True)]
        return hits

    def destroy(self) -> None:
        """Delete the collection with all it holds."""
        self._call("DELETE", f"/{quote(self._name)}")

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        content = None if body is None else orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
        try:
            response = self._http.request(method, self._root + path, content=content)
            response.raise_for_status()
            return orjson.loads(response.content)
        except httpx.HTTPStatusError as error:
            raise StorageError(f"{self._place} answers {response.status_code}: {response.text[:200]}") from error
        except (httpx.HTTPError, RuntimeError, ValueError) as error:
            raise StorageError(f"{self._place} cannot be reached ({type(error).__name__})") from error
