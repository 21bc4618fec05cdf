"""Every request is counted, followed and logged, in one line, without the words of questions unless they are wanted."""

from __future__ import annotations

import logging
import time
from contextvars import ContextVar

from asgi_correlation_id import correlation_id
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.keys import OPEN_PATHS
from api.observing.metrics import Metrics
from rag.tracing import Tracer

LOG = logging.getLogger("report_qa.requests")
KNOWN_METHODS = frozenset({"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PUT", "PATCH"})
MAX_LOGGED_CHARS = 2_000
MAX_ID_CHARS = 128
_noted: ContextVar[dict[str, str | int]] = ContextVar("noted")


def note(**values: str | int) -> None:
    """Add to the line that is logged of the request under way."""
    _noted.get({}).update(values)


def is_request_id(given: str) -> bool:
    """Tell whether a client's ``X-Request-ID`` is kept: 1 to 128 printable ASCII characters, no space."""
    return len(given) <= MAX_ID_CHARS and given.isascii() and given.isprintable() and " " not in given


class Observe:
    """Counts each request under its route's template, so that ids make no new series, and logs its line."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, tracer: Tracer) -> None:
        """Wrap ``app``."""
        self._app = app
        self._metrics = metrics
        self._tracer = tracer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and tell of it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        began, status = time.perf_counter(), 500

        async def send_and_note(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        method = scope["method"] if scope["method"] in KNOWN_METHODS else "other"
        noted: dict[str, str | int] = {}
        _noted.set(noted)
        with self._tracer.span(method, received=dict(Headers(scope=scope))) as learnt:
            try:
                await self._app(scope, receive, send_and_note)
            finally:
                seconds, route = time.perf_counter() - began, getattr(scope.get("route"), "path", "other")
                learnt(_attributes(method, route, status))
                self._metrics.count_request(method, route, status, seconds)
                if status >= 400 or not scope["path"].startswith(OPEN_PATHS):
                    _log(scope, {"method": method, "route": route, "status": status}, seconds, noted)


def _attributes(method: str, route: str, status: int) -> dict[str, str | int]:
    values: dict[str, str | int] = {"http.request.method": method, "http.route": route}
    return values | {"http.response.status_code": status, "report_qa.request_id": correlation_id.get() or ""}


def _log(scope: Scope, request: dict[str, str | int], seconds: float, noted: dict[str, str | int]) -> None:
    line = {
        **request,
        "path": scope["path"][:MAX_LOGGED_CHARS],  # never the query string: questions stand there
        "milliseconds": round(1000 * seconds),
        "client": scope["client"][0] if scope.get("client") else "",
        **noted,
    }
    LOG.info("%s %s %s", request["method"], request["route"], request["status"], extra=line)
