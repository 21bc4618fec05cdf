"""Whose request it is and what it may do: a key decides; without any key, only this machine's own pages and programs.

``REPORT_QA_API_KEY`` is a key of the scope manage; ``report-qa key add`` makes more, which the catalogue keeps hashed.
"""

from __future__ import annotations

import secrets

from starlette.datastructures import Headers

from api.access.guard import SAFE_METHODS, require_own_host, require_own_origin
from api.errors import ForbiddenScopeError, UnauthorizedError
from rag.storing.key_table import AccessKey, KeyTable

OPEN_PATHS = ("/health/", "/static/")
ASKING_PATHS = frozenset({"/v1/ask", "/v1/ask/stream", "/v1/chat/completions", "/v1/feedback", "/mcp"})


class Access:
    """Lets requests in. A server that has asked for a key once never stops asking: removing the last opens nothing."""

    def __init__(self, api_key: str | None, keys: KeyTable) -> None:
        """Use the key of the settings, where there is one, and those of the catalogue."""
        self._api_key = api_key
        self._keys = keys
        self._asks_for_a_key = api_key is not None or bool(keys.all())

    def admit(self, headers: Headers, method: str, path: str) -> AccessKey | None:
        """Return the key a request came with; None where none is needed.

        Raises:
            UnauthorizedError: the key is missing or wrong.
            ForbiddenScopeError: the key may only ask.
            UnknownHostError, ForeignOriginError: no key is in use, and another machine's name or page sent this.
        """
        if not self._needs_a_key(path):
            require_own_host(headers)
            require_own_origin(headers, method)
            return None
        if not needs_key(path):
            return None
        key = self._find(headers)
        if key.scope != "manage" and needs_manage(method, path):
            raise ForbiddenScopeError(f"the key {key.name!r} may ask only; {method} {path[:100]} needs one with manage")
        return key

    def _needs_a_key(self, path: str) -> bool:
        if not self._asks_for_a_key and needs_key(path):
            self._asks_for_a_key = bool(self._keys.all())
        return self._asks_for_a_key

    def _find(self, headers: Headers) -> AccessKey:
        scheme, _, given = headers.get("authorization", "").partition(" ")
        given = given.strip()
        if scheme.lower() == "bearer" and given:
            if self._api_key and secrets.compare_digest(given.encode(), self._api_key.encode()):
                return AccessKey("REPORT_QA_API_KEY", "manage", "")
            if key := self._keys.find(given):
                return key
        raise UnauthorizedError("this server needs a key: send it as `Authorization: Bearer KEY`")


def needs_key(path: str) -> bool:
    """Tell whether a path is for holders of a key only: all but the page, its files and the health checks."""
    return path != "/" and not path.startswith(OPEN_PATHS)


def needs_manage(method: str, path: str) -> bool:
    """Tell whether a request may change what reports there are: whatever does not only read or ask."""
    return method not in SAFE_METHODS and path not in ASKING_PATHS
