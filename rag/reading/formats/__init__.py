"""A module a format. Pages read by OCR take seconds each, where all else takes none: they are told one by one."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

# Called after each page with how many are done, and of how many.
on_page: ContextVar[Callable[[int, int], None]] = ContextVar("on_page", default=lambda done, total: None)
