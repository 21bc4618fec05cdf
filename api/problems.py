"""Errors as problem details. Source: RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

from api.headers import SECURITY_HEADERS

MEDIA_TYPE = "application/problem+json"


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Say what went wrong: ``type``, ``title``, ``status`` and ``detail``, never how the server is made inside."""
    body = problem_body(status, detail)
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, status, headers={**SECURITY_HEADERS, **(headers or {})}, media_type=MEDIA_TYPE)


def problem_body(status: int, detail: str) -> dict[str, str | int]:
    """Return the four members of a problem."""
    return {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
