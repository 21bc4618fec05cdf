"""Prompts: one text file each, filled in by ``string.Template``; retrieved text is numbered, delimited material."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template

HASH_CHARS = 12
PROMPTS: Mapping[str, frozenset[str]] = {
    "rules": frozenset(),
    "answer": frozenset({"evidence", "question"}),
    "compare": frozenset({"evidence", "question"}),
    "summarise": frozenset({"evidence", "question", "points"}),
    "explain": frozenset({"evidence", "question"}),
    "repair": frozenset({"problems", "question"}),
    "standalone": frozenset({"history", "question"}),
    "judge": frozenset({"where", "quote", "sentence"}),
}
LANGUAGES = ("zh", "en")
BRACKETS = str.maketrans("<>[]", "‹›〔〕")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's ``name`` ("answer.zh"), its text with ``$variables`` and the hash of that text (12 hex digits)."""

    name: str
    text: str
    hash: str

    @property
    def variables(self) -> frozenset[str]:
        """The names of the variables the text holds."""
        return frozenset(Template(self.text).get_identifiers())

    def fill(self, values: Mapping[str, str]) -> str:
        """Put values in; a value is never read as a template.

        Raises:
            KeyError: a variable has no value.
        """
        return Template(self.text).substitute(values).strip()


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A piece of a report for a prompt: the words, and where they stand ("云川省青岚县 · 2031年 · 标题 > 小节")."""

    where: str
    words: str


def load_prompt(name: str, language: str) -> Prompt:
    """Read a prompt of PROMPTS in "zh" or "en".

    Raises:
        KeyError: there is no such prompt.
    """
    if name not in PROMPTS or language not in LANGUAGES:
        raise KeyError(f"{name}.{language}")
    text = files("prompts").joinpath(f"{name}.{language}.txt").read_text("utf-8")
    return Prompt(f"{name}.{language}", text, hashlib.sha256(text.encode()).hexdigest()[:HASH_CHARS])


def as_material(text: str) -> str:
    """Make report text one line that can neither close its delimiter nor look like one of our numbers."""
    return re.sub(r"\s+", " ", text.translate(BRACKETS)).strip()


def number_excerpts(excerpts: Sequence[Excerpt]) -> str:
    """Write excerpts one a line, numbered from 1; "" for none."""
    rows = (f"[{n}] {as_material(row.where)}：{as_material(row.words)}" for n, row in enumerate(excerpts, start=1))
    return "\n".join(rows)
