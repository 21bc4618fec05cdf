"""The description of the API at /openapi.json: what FastAPI reads from the routes, completed for its readers.

A route's docstring is its summary (the first line) and its description; which problems it may give follows from what it
takes. Examples stand in ``openapi_examples.json``, by the name of the route's function.
"""

from __future__ import annotations

import json
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.access.keys import needs_key, needs_manage
from api.problems import MEDIA_TYPE, problem_example

DESCRIPTION = """\
Ask a pile of local-government reports a question and get a plain answer in which every figure, place and year is borne
out by words quoted from the reports; or an honest "not in these reports".

Offsets count Unicode code points of the text at `/v1/reports/{report_id}/text`: `text[start:end]` is the quote. Errors
are problem details (RFC 9457). Agents find tools at `/mcp`. Keys, limits, logs and traces: docs/api.md.
"""
TAGS = {
    "ask": "Questions and answers, at once or step by step, and what readers think of them.",
    "search": "Passages of the reports, best first, without an answer.",
    "reports": "What there is to ask about: list, look, upload, remove, and tables over many reports.",
    "openai": "The same answers for clients of OpenAI's chat completions.",
    "health": "For whoever runs the service: does it live, is it ready, what did it count.",
    "page": "What the page at `/` needs to know.",
}
PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457); `request_id` stands in the server's log too.",
    "required": ["type", "title", "status", "detail", "request_id"],
    "properties": {
        "type": {"type": "string", "const": "about:blank"},
        "title": {"type": "string", "description": "The name of the status."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "detail": {"type": "string", "description": "What was wrong, naming the field, and what mends it."},
        "request_id": {"type": "string", "description": "The header `X-Request-ID` of this response."},
    },
}
KEY = {
    "type": "http",
    "scheme": "bearer",
    "description": "`REPORT_QA_API_KEY`, or a key made by `report-qa key add`; ignored where the server has none.",
}
WAIT = {"Retry-After": "Seconds to wait."}
HEADERS = {401: {"WWW-Authenticate": "Always `Bearer`."}, 429: WAIT, 503: WAIT}
Schema = dict[str, Any]


def describe(app: FastAPI) -> Schema:
    """Return the description of an application's routes; made once."""
    if app.openapi_schema is None:
        tags = [{"name": name, "description": text} for name, text in TAGS.items()]
        schema = get_openapi(
            title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes, tags=tags
        )
        components = schema["components"]
        components["schemas"]["Problem"] = PROBLEM
        components["securitySchemes"] = {"key": KEY}
        for unused in ("HTTPValidationError", "ValidationError"):
            components["schemas"].pop(unused, None)
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                _complete(operation, method.upper(), path)
        app.openapi_schema = schema
    return app.openapi_schema


def _complete(operation: Schema, method: str, path: str) -> None:
    summary, _, rest = operation["description"].partition("\n")
    operation["summary"], operation["description"] = summary.rstrip("."), rest.strip() or summary
    if needs_key(path):
        operation["security"] = [{"key": []}]
    example = examples().get(operation["operationId"], {})
    if "request" in example:
        for body in operation["requestBody"]["content"].values():
            body["example"] = example["request"]
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in example.get("parameters", {}):
            parameter["example"] = example["parameters"][parameter["name"]]
    responses = operation["responses"]
    for kind, body in responses[min(responses)].get("content", {}).items():
        if "response" in example and isinstance(example["response"], str) == (kind != "application/json"):
            body["example"] = example["response"]
    responses.pop("422", None)
    responses |= {str(status): _problem(status) for status in _problems(operation, method, path)}


def _problems(operation: Schema, method: str, path: str) -> list[int]:
    """Return the statuses an operation may fail with: by what it takes, and how hard it works."""
    takes_id, takes_body = "{" in path, "requestBody" in operation
    waits_in_line = operation["tags"][0] in {"ask", "search", "openai"}
    found = {
        400: takes_body,
        401: needs_key(path),
        403: method != "GET",
        404: takes_id,
        408: takes_body,
        413: takes_body,
        421: True,
        422: takes_body or bool(operation.get("parameters")),
        429: needs_key(path),
        503: waits_in_line or path == "/health/ready" or needs_manage(method, path),
        507: needs_manage(method, path) or path == "/v1/feedback",
    }
    return [status for status, may_be in found.items() if may_be]


def _problem(status: int) -> Schema:
    body = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": problem_example(status)}
    headers = {
        name: {"schema": {"type": "string"}, "description": description, "required": True}
        for name, description in HEADERS.get(status, {}).items()
    }
    described: Schema = {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: body}}
    return described | ({"headers": headers} if headers else {})


@cache
def examples() -> dict[str, Schema]:
    """Read the examples: of each route its ``request`` body, ``parameters`` and ``response``."""
    read: dict[str, Schema] = json.loads(Path(__file__).with_name("openapi_examples.json").read_text("utf-8"))
    return read
