"""Other wordings and translations of what a text names, from ``data/glossary.tsv``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rag.language.folding import fold

FREQUENT_KINDS = frozenset({"action", "common"})
GAP = "…"
MAX_GAP_CHARS = 5
ENGLISH_WORD = re.compile(r"[a-z0-9&.]*[a-z0-9&]")
PLURAL = re.compile(r"(?<=[a-z]{3})(?:(?<=ch|sh|ss)es|(?<![sui])s)$|['’]s$")
COLUMNS = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of official wording with its synonyms, everyday wordings and English names; ``kind`` says what it is.

    Everyday wordings may hold "…" for a gap of up to five characters.
    """

    kind: str
    term: str
    synonyms: tuple[str, ...]
    everyday: tuple[str, ...]
    english: tuple[str, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """The term and its synonyms."""
        return (self.term, *self.synonyms)


class Glossary:
    """Looks up what texts of either language name."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._chinese: dict[str, list[tuple[re.Pattern[str], Entry]]] = defaultdict(list)
        self._english: dict[str, list[tuple[tuple[str, ...], Entry]]] = defaultdict(list)
        for entry in self.entries:
            for word in (*entry.words, *entry.everyday):
                pattern = f".{{0,{MAX_GAP_CHARS}}}?".join(map(re.escape, fold(word).split(GAP)))
                self._chinese[fold(word)[:1]].append((re.compile(pattern), entry))
            for phrase in entry.english:
                words = _english_words(phrase)
                self._english[words[0]].append((words, entry))

    def expand(self, text: str, language: str) -> dict[str, float]:
        """Return other Chinese words for what a text names, each with a weight up to 1.

        A translation weighs 1, another wording 0.5, and half of it where the word is a frequent one.
        """
        weights: dict[str, float] = {}
        named = {entry for _, _, entry in self.find(text, language)}
        for entry in named:
            scale = 0.5 if entry.kind in FREQUENT_KINDS else 1.0
            for place, word in enumerate(entry.words):
                weight = scale if language == "en" and not place else scale / 2
                weights[word] = max(weight, weights.get(word, 0.0))
        return weights

    def find(self, text: str, language: str) -> Iterator[tuple[int, int, Entry]]:
        """Yield start, end and entry of the longest wording at each place of a text, Chinese or English."""
        return self._named_in_english(text) if language == "en" else self._named(fold(text))

    def _named(self, folded: str) -> Iterator[tuple[int, int, Entry]]:
        for start, character in enumerate(folded):
            found = [(match.end(), entry) for pattern, entry in self._chinese.get(character, ())
                     if (match := pattern.match(folded, start))]  # fmt: skip
            longest = max((end for end, _ in found), default=0)
            yield from ((start, end, entry) for end, entry in found if end == longest)

    def _named_in_english(self, text: str) -> Iterator[tuple[int, int, Entry]]:
        words, places = _english_words(text), list(ENGLISH_WORD.finditer(text.lower()))
        at = 0
        while at < len(words):
            found = [row for row in self._english.get(words[at], ()) if words[at : at + len(row[0])] == row[0]]
            longest = max((len(phrase) for phrase, _ in found), default=1)
            start, end = places[at].start(), places[at + longest - 1].end()
            yield from ((start, end, entry) for phrase, entry in found if len(phrase) == longest)
            at += longest


def _english_words(text: str) -> tuple[str, ...]:
    """Return the words in lower case, without endings of the plural and the possessive."""
    return tuple(PLURAL.sub("", word) for word in ENGLISH_WORD.findall(text.lower()))


def read_glossary(text: str) -> tuple[Entry, ...]:
    """Read entries from lines of five tab-separated columns; lists are parted by "|", "#" starts a comment."""
    entries = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            kind, term, *lists = (line.split("\t") + [""] * COLUMNS)[:COLUMNS]
            parted = [tuple(item.strip() for item in column.split("|") if item.strip()) for column in lists]
            entries.append(Entry(kind.strip(), term.strip(), *parted))
    return tuple(entries)


@cache
def load_glossary() -> Glossary:
    """Return the packaged glossary, read at the first call."""
    return Glossary(read_glossary(files("rag").joinpath("data", "glossary.tsv").read_text("utf-8")))
