"""Errors as problem details. Source: RFC 9457."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from asgi_correlation_id import correlation_id
from starlette.responses import Response

from api.headers import SECURITY_HEADERS

MEDIA_TYPE = "application/problem+json"
DETAILS = {
    400: "Too many files. Maximum number of files is 1.",
    401: "this server needs a key: send it as `Authorization: Bearer KEY`",
    403: "the key 'dashboard' may ask only; POST /v1/reports needs one with manage",
    404: "no report has the id '0123456789abcdef'",
    408: "the body came slower than 1,000 bytes a second; send it again",
    413: "the body may have 1,000,000 bytes at most; send less",
    421: "this server does not answer for 'reports.example'; use http://127.0.0.1 or configure a key",
    422: "question is empty; ask something about the reports",
    429: "60 requests a minute are answered; come back in 12 seconds",
    503: "264 questions are open already; try again in a moment",
    507: "data/catalogue.sqlite3 cannot be written (database or disk is full); free some disk space and run it again",
}


def problem(status: int, detail: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Say what went wrong, never how the server is made inside."""
    body = problem_body(status, detail)
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(content, status, headers={**SECURITY_HEADERS, **(headers or {})}, media_type=MEDIA_TYPE)


def problem_body(status: int, detail: str) -> dict[str, str | int]:
    """Return the members of a problem; ``request_id`` stands in the log's lines about it too."""
    title, request_id = HTTPStatus(status).phrase, correlation_id.get() or ""
    return {"type": "about:blank", "title": title, "status": status, "detail": detail, "request_id": request_id}


def problem_example(status: int) -> dict[str, str | int]:
    """Return a problem as a client may meet it."""
    return problem_body(status, DETAILS[status]) | {"request_id": "5c9f6ad3a1f94fd0b1b0a4f6d7c1e2a8"}
