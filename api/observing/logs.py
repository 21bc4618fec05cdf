"""Logs on standard error: a JSON object a line for programs, short lines on a terminal."""

from __future__ import annotations

import logging
import sys

from asgi_correlation_id import CorrelationIdFilter
from pythonjsonlogger.json import JsonFormatter

FIELDS = ("levelname", "name", "message", "correlation_id")
RENAMED = {"levelname": "level", "name": "logger", "correlation_id": "request_id"}


def start_logging() -> None:
    """Write warnings of everything, and a line for each request, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(CorrelationIdFilter())
    handler.setFormatter(make_formatter(for_people=sys.stderr.isatty()))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("report_qa").setLevel(logging.INFO)


def make_formatter(*, for_people: bool) -> logging.Formatter:
    """Return what writes a record: JSON, or a short line where people read it."""
    if for_people:
        return logging.Formatter("%(asctime)s %(levelname).1s %(message)s [%(correlation_id)s]", "%H:%M:%S")
    return JsonFormatter(
        FIELDS, rename_fields=RENAMED, timestamp="time", json_ensure_ascii=False, exc_info_as_array=True
    )
