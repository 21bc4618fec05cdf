"""The words that carry the sense of a statement, from ``rag/data/verification_words.toml``."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files


@cache
def _lists() -> dict[str, str | list[str]]:
    return tomllib.loads(files("rag").joinpath("data", "verification_words.toml").read_text("utf-8"))


@cache
def sense_words(name: str) -> tuple[str, ...]:
    """Return the words of a list, longest first; a missing name raises KeyError."""
    words = _lists()[name]
    return tuple(sorted(set(words.split() if isinstance(words, str) else words), key=lambda word: (-len(word), word)))


def _alternation(words: tuple[str, ...]) -> str:
    return "|".join(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word) for word in words)


@cache
def sense_pattern(name: str, *, without: str = "") -> re.Pattern[str]:
    """Return a pattern whose group ``word`` is set for a word of the list, and not for a word of ``without``."""
    words = f"(?P<word>{_alternation(sense_words(name))})"
    return re.compile(f"(?:{_alternation(sense_words(without))})|{words}" if without else words)


def find_words(name: str, text: str, *, without: str = "") -> list[re.Match[str]]:
    """Return the matches of a list's words in folded ``text``, in order."""
    return [match for match in sense_pattern(name, without=without).finditer(text) if match["word"]]


def has_word(name: str, text: str, *, without: str = "") -> bool:
    """Tell whether folded ``text`` holds a word of the list."""
    return bool(find_words(name, text, without=without))


@cache
def opposites() -> tuple[tuple[str, str], ...]:
    """Return the pairs of opposite words, each in both orders."""
    pairs = [pair.split("/") for pair in sense_words("opposites")]
    return tuple((one, other) for one, other in pairs) + tuple((other, one) for one, other in pairs)


@cache
def absence_pattern() -> re.Pattern[str]:
    """Match a sentence that says something is not in the reports."""
    return re.compile("|".join(sense_words("absence_patterns")))
