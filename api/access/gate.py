"""The gate every request passes before a route sees it: host, origin, key, rate and size."""

from __future__ import annotations

import math
from collections.abc import Callable

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access.keys import Access, needs_key
from api.errors import BodyTooLargeError, SlowClientError
from api.limits import RateLimit
from api.observing.requests import note
from rag.config import Settings
from rag.errors import ReportQAError

MAX_JSON_BYTES = 1_000_000
BODY_SECONDS = 30
MIN_BYTES_A_SECOND = 1_000
MULTIPART_EXTRA_BYTES = 64_000
UPLOAD_PATH = "/v1/reports"


class Gate:
    """Lets through what is allowed; ``refuse`` makes the response for what is not."""

    def __init__(
        self, app: ASGIApp, *, settings: Settings, access: Access, refuse: Callable[[ReportQAError], Response]
    ) -> None:
        """Wrap ``app``."""
        self._app = app
        self._access = access
        self._rate = RateLimit(settings.requests_per_minute)
        self._max_upload_bytes = settings.max_file_bytes + MULTIPART_EXTRA_BYTES
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        try:
            await self._check(scope)
        except ReportQAError as error:
            return await self._refuse(error)(scope, receive, send)
        return await self._app(scope, _limited(receive, self._max_bytes(scope["path"])), send)

    async def _check(self, scope: Scope) -> None:
        headers, path = Headers(scope=scope), scope["path"]
        if not needs_key(path):
            self._access.admit(headers, scope["method"], path)
        else:
            key = await run_in_threadpool(self._access.admit, headers, scope["method"], path)
            address = scope["client"][0] if scope.get("client") else ""
            note(key=key.name if key else "")
            self._rate.count(f"key {key.name}" if key else address)
        declared = headers.get("content-length", "0")
        if not declared.isascii() or not declared.isdigit() or int(declared[:20]) > self._max_bytes(path):
            raise _too_large(self._max_bytes(path))

    def _max_bytes(self, path: str) -> int:
        return self._max_upload_bytes if path == UPLOAD_PATH else MAX_JSON_BYTES


def _limited(receive: Receive, max_bytes: int) -> Receive:
    """Count what arrives, for bodies that do not declare their length, and hold it to a lowest speed."""
    began, seen, has_all = anyio.current_time(), 0, False

    async def receive_limited() -> Message:
        nonlocal seen, has_all
        until = math.inf if has_all else began + BODY_SECONDS + seen / MIN_BYTES_A_SECOND
        with anyio.CancelScope(deadline=until) as waiting:
            message = await receive()
        if waiting.cancelled_caught:
            raise SlowClientError(f"the body came slower than {MIN_BYTES_A_SECOND:,} bytes a second; send it again")
        has_all = not message.get("more_body", False)
        seen += len(message.get("body", b""))
        if seen > max_bytes:
            raise _too_large(max_bytes)
        return message

    return receive_limited


def _too_large(max_bytes: int) -> BodyTooLargeError:
    return BodyTooLargeError(f"the body may have {max_bytes:,} bytes at most; send less")
