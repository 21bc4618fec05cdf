"""The word lists of this package, from ``rag/data/writing_words.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files


@cache
def _lists() -> dict[str, str | list[str]]:
    return tomllib.loads(files("rag").joinpath("data", "writing_words.toml").read_text("utf-8"))


@cache
def pattern(name: str) -> re.Pattern[str]:
    """Return the pattern that matches any of a list's expressions; a missing name raises KeyError."""
    return re.compile("|".join(_lists()[name]), re.IGNORECASE)


@cache
def patterns(name: str) -> tuple[re.Pattern[str], ...]:
    """Return a list's expressions one by one, for those with groups of the same name."""
    return tuple(re.compile(expression, re.IGNORECASE) for expression in _lists()[name])


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of a list written as one string."""
    return frozenset(str(_lists()[name]).split())
