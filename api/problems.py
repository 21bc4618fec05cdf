"""Errors as problem details. Source: RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from asgi_correlation_id import correlation_id
from starlette.responses import Response

from api.headers import SECURITY_HEADERS

MEDIA_TYPE = "application/problem+json"


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Say what went wrong, never how the server is made inside."""
    body = problem_body(status, detail)
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, status, headers={**SECURITY_HEADERS, **(headers or {})}, media_type=MEDIA_TYPE)


def problem_body(status: int, detail: str) -> dict[str, str | int]:
    """Return the members of a problem; ``request_id`` stands in the log's lines about it too."""
    title, request_id = HTTPStatus(status).phrase, correlation_id.get() or ""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": request_id}
