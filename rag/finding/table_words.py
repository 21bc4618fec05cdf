"""Words that make a question one over many reports, as patterns over folded text."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from rag.language.folding import fold


@cache
def words(table: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of one table of ``table_words.toml`` by name."""
    tables = tomllib.loads(files("rag").joinpath("data", "table_words.toml").read_text("utf-8"))
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in tables[table].items()}


def spoken(table: str, text: str) -> frozenset[str]:
    """Return the names of the patterns of ``table`` that ``text`` matches."""
    return frozenset(name for name, pattern in words(table).items() if pattern.search(fold(text)))
