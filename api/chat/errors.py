"""Errors as OpenAI's clients expect them: the key ``error`` beside the members of a problem."""

from __future__ import annotations

import json
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import MEDIA_TYPE
from api.streaming import sse

PATHS = ("/v1/chat/", "/v1/models")
KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
CODES = {401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"}


class OpenAIErrors:
    """Adds OpenAI's shape to the problems of its routes; whoever reads problems finds them as elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap ``app``."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PATHS):
            return await self._app(scope, receive, send)
        start: Message | None = None

        async def send_shaped(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_problem(message):
                start = message
            elif start is not None and message["type"] == "http.response.body":
                held, start = start, None
                body = _shaped(message["body"])
                MutableHeaders(raw=held["headers"])["content-length"] = str(len(body))
                await send(held)
                await send({"type": "http.response.body", "body": body})
            else:
                await send(message)

        return await self._app(scope, receive, send_shaped)


def shaped(path: str, response: Response) -> Response:
    """Add OpenAI's shape to a problem of one of its routes, for what is made outside of the routes."""
    if path.startswith(PATHS):
        response.body = _shaped(bytes(response.body))
        response.headers["content-length"] = str(len(response.body))
    return response


def error_event(status: int, detail: str) -> bytes:
    """Write what went wrong in the middle of a stream; OpenAI's clients raise it as an error."""
    return sse({"error": openai_error(status, detail)})


def openai_error(status: int, detail: str) -> dict[str, Any]:
    """Return an error in OpenAI's shape."""
    kind = KINDS.get(status, "invalid_request_error" if status < 500 else "server_error")
    return {"message": detail, "type": kind, "param": None, "code": CODES.get(status)}


def _is_problem(start: Message) -> bool:
    return MutableHeaders(raw=start["headers"]).get("content-type", "").startswith(MEDIA_TYPE)


def _shaped(body: bytes) -> bytes:
    """Add the key to a problem; a HEAD request has no body."""
    if not body:
        return body
    problem = json.loads(body)
    problem["error"] = openai_error(problem["status"], problem["detail"])
    return json.dumps(problem, ensure_ascii=False).encode()
