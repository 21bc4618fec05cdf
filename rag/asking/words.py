"""The lists of question words, read once from ``rag/data/question_words.toml``."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.types import ReportKind


@dataclass(frozen=True, slots=True)
class WordLists:
    """Word lists and compiled patterns; every pattern runs on folded text.

    ``patterns`` maps a name ("date", "sum", "target") to one alternation. ``stop`` and ``keep`` are the Chinese words
    without content and the words that only look like them, both by first character, longest first. ``literal`` words
    must stand in an answer's evidence, ``offices`` with a name; ``demands_english`` maps English words to both.
    """

    patterns: dict[str, re.Pattern[str]]
    measures: str
    scales: str
    english_units: dict[str, str]
    noun_units: dict[str, str]
    counts: dict[str, int]
    relative_years: dict[str, int]
    following_years: dict[str, int]
    english_subperiods: dict[str, str]
    relative_pattern: re.Pattern[str]
    following_pattern: re.Pattern[str]
    report_words: tuple[tuple[str, ReportKind], ...]
    scanner: dict[str, tuple[tuple[str, bool], ...]]
    english_stop: frozenset[str]
    attributes: tuple[str, ...]
    heads: tuple[str, ...]
    literal: tuple[str, ...]
    offices: tuple[str, ...]
    demands_english: dict[str, str]


def _alternation(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _measures(units: list[str], beginnings: dict[str, str]) -> str:
    """Match a measure word that does not begin a longer word (多少|项|, but not 多少|项目)."""
    ordered = sorted(units, key=len, reverse=True)
    return "|".join(re.escape(unit) + (f"(?!{beginnings[unit]})" if unit in beginnings else "") for unit in ordered)


def _years_pattern(words: dict[str, int]) -> re.Pattern[str]:
    """Match any of the words (group "words"), English ones only whole."""
    english = _alternation([word for word in words if word.isascii()])
    chinese = _alternation([word for word in words if not word.isascii()])
    return re.compile(rf"(?P<words>{chinese}|\b(?:{english})\b)", re.IGNORECASE)


def _scanner(stop: list[str], keep: list[str]) -> dict[str, tuple[tuple[str, bool], ...]]:
    """Index words by first character, longest first; True marks a word without content."""
    words = dict.fromkeys(stop, True) | {word: False for word in keep if word not in stop}
    index: dict[str, list[tuple[str, bool]]] = {}
    for word in sorted(words, key=len, reverse=True):
        index.setdefault(word[0], []).append((word, words[word]))
    return {first: tuple(entries) for first, entries in index.items()}


@cache
def word_lists() -> WordLists:
    """Return the lists; read and compiled at the first call."""
    raw = tomllib.loads(files("rag").joinpath("data", "question_words.toml").read_text("utf-8"))
    kinds = raw["kinds"] | raw["follow_ups"] | raw["asides"]
    patterns = {name.removesuffix("_patterns"): re.compile("|".join(kinds[name]), re.IGNORECASE) for name in kinds}
    return WordLists(
        patterns=patterns,
        measures=_measures(raw["units"]["chinese"], raw["units"]["beginnings"]),
        scales=_alternation(raw["units"]["scales"]),
        english_units=raw["units"]["english"],
        noun_units=raw["units"]["nouns"],
        counts=raw["counts"],
        relative_years=raw["relative_years"],
        following_years=raw["following_years"],
        english_subperiods=raw["subperiods"]["english"],
        relative_pattern=_years_pattern(raw["relative_years"]),
        following_pattern=_years_pattern(raw["following_years"]),
        report_words=tuple((word, ReportKind(kind)) for kind, words in raw["reports"].items() for word in words),
        scanner=_scanner(raw["stop"]["chinese"], raw["stop"]["keep"]),
        english_stop=frozenset(raw["stop"]["english"]),
        attributes=tuple(raw["attributes"]["words"]),
        heads=tuple(raw["heads"]["words"]),
        literal=tuple(raw["demands"]["literal"]),
        offices=tuple(raw["demands"]["offices"]),
        demands_english=raw["demands"]["english"],
    )
