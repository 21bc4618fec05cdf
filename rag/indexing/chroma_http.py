"""A collection on a Chroma server over HTTP, in the words of Chroma's own client.

That client waits for ever and takes a second to load. Source: the server's description of its interface, version 2,
``/openapi.json``.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import orjson
from pydantic import HttpUrl

from rag.errors import StorageError

OFFICE = "default_tenant/default_database"


class HttpCollection:
    """A collection, thread-safe; what is asked of it is written as the server wants it.

    Every method raises ``StorageError`` where the server cannot be reached in time, or refuses.
    """

    def __init__(self, url: HttpUrl, name: str, graph: dict[str, Any], *, timeout_seconds: float) -> None:
        """Open or make the collection ``name`` at ``http://[token@]host:port[/tenant/database]``."""
        self.place = f"at {url.host}:{url.port}"
        tenant, _, database = ((url.path or "").strip("/") or OFFICE).partition("/")
        token = httpx.URL(str(url)).username
        headers = {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}
        self._http = httpx.Client(headers={"Content-Type": "application/json"} | headers, timeout=timeout_seconds)
        self._root = f"{url.scheme}://{url.host}:{url.port}/api/v2/tenants/{tenant}/databases/{database}/collections"
        self._named = f"{self._root}/{quote(name)}"
        try:
            made = self._call("POST", self._root, name=name, get_or_create=True, configuration={"hnsw": graph})
        except StorageError:
            self.close()
            raise
        self._self = f"{self._root}/{made['id']}"

    @property
    def metadata(self) -> dict[str, Any]:
        """What was noted last, read anew."""
        return self._call("GET", self._named)["metadata"] or {}

    def modify(self, metadata: dict[str, Any]) -> None:
        """Note something in place of what was noted."""
        self._call("PUT", self._self, new_metadata=metadata)

    def count(self) -> int:
        """Return the number of vectors."""
        return int(self._call("GET", f"{self._self}/count"))

    def upsert(self, **records: Any) -> None:
        """Write records in place of those of the same ids."""
        self._call("POST", f"{self._self}/upsert", **records)

    def delete(self, where: Any) -> None:
        """Delete records."""
        self._call("POST", f"{self._self}/delete", where=where)

    def get(self, **asked: Any) -> Any:
        """Return records."""
        return self._call("POST", f"{self._self}/get", **asked)

    def query(self, **asked: Any) -> Any:
        """Return records near vectors."""
        return self._call("POST", f"{self._self}/query", **asked)

    def destroy(self) -> None:
        """Delete the collection with all it holds."""
        self._call("DELETE", self._named)

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def _call(self, method: str, address: str, **body: Any) -> Any:
        content = orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY) if body else None
        try:
            response = self._http.request(method, address, content=content)
            response.raise_for_status()
            return orjson.loads(response.content)
        except httpx.HTTPStatusError as error:
            said = f"answers {response.status_code}: {response.text[:200]}"
            raise StorageError(f"the vector index {self.place} {said}") from error
        except (httpx.HTTPError, RuntimeError, ValueError) as error:
            raise StorageError(f"the vector index {self.place} cannot be reached ({type(error).__name__})") from error
