"""The gate every request passes before a route sees it: host, origin, key, rate and size."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import BodyTooLargeError
from api.guard import needs_key, require_key, require_own_host, require_own_origin
from api.limits import RateLimit
from rag.config import Settings
from rag.errors import ReportQAError

MAX_JSON_BYTES = 1_000_000
MULTIPART_EXTRA_BYTES = 64_000
UPLOAD_PATH = "/v1/reports"


class Gate:
    """Lets through what is allowed; ``refuse`` makes the response for what is not."""

    def __init__(self, app: ASGIApp, *, settings: Settings, refuse: Callable[[ReportQAError], Response]) -> None:
        """Wrap ``app``."""
        self._app = app
        self._key = settings.api_key
        self._rate = RateLimit(settings.requests_per_minute)
        self._max_upload_bytes = settings.max_file_bytes + MULTIPART_EXTRA_BYTES
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            self._check(scope)
        except ReportQAError as error:
            return await self._refuse(error)(scope, receive, send)
        return await self._app(scope, _limited(receive, self._max_bytes(scope["path"])), send)

    def _check(self, scope: Scope) -> None:
        headers, path = Headers(scope=scope), scope["path"]
        if self._key is None:
            require_own_host(headers)
            require_own_origin(headers, scope["method"])
        elif needs_key(path):
            require_key(headers, self._key)
        if needs_key(path):
            self._rate.count(scope["client"][0] if scope.get("client") else "")
        declared = headers.get("content-length", "0")
        if not declared.isascii() or not declared.isdigit() or int(declared[:20]) > self._max_bytes(path):
            raise _too_large(self._max_bytes(path))

    def _max_bytes(self, path: str) -> int:
        return self._max_upload_bytes if path == UPLOAD_PATH else MAX_JSON_BYTES


def _limited(receive: Receive, max_bytes: int) -> Receive:
    """Count what arrives, for bodies that do not declare their length."""
    seen = 0

    async def receive_limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > max_bytes:
            raise _too_large(max_bytes)
        return message

    return receive_limited


def _too_large(max_bytes: int) -> BodyTooLargeError:
    return BodyTooLargeError(f"the body may have {max_bytes:,} bytes at most; send less")
