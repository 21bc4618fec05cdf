"""Bilingual words of government reports: synonyms, everyday wording and English, from ``rag/data/glossary.tsv``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from rag.language.folding import fold

SYNONYM_WEIGHT = 0.5
ACTION_WEIGHT = 0.25
EVERYDAY_WEIGHT = 0.6
TRANSLATION_WEIGHT = 1.0
SECOND_TRANSLATION_WEIGHT = 0.4
COMMON = "common"
FREQUENT_KINDS = frozenset({"action", COMMON})
GAP = "…"
MAX_GAP_CHARS = 5
MAX_SYNONYMS = 6
MAX_EXPANSIONS = 24
ENGLISH_WORD = re.compile(r"[a-z0-9&.]*[a-z0-9&](?:['’]s\b)?", re.IGNORECASE)
SPELLINGS = (
    (re.compile(r"(?<=[a-z]{3})is(?=(?:e|ed|es|ing|ation|ations)$)"), "iz"),
    (re.compile(r"(?<=lab|arb|ghb|col|hon|fav)our"), "or"),
    (re.compile(r"(?<=[a-z]{2})tre(?=s?$)"), "ter"),
    (re.compile(r"(?<=program)me(?=s?$)"), ""),
    (re.compile(r"(?<=en)c(?=es?$)"), "s"),
    (re.compile(r"^fibre(?=s?$)"), "fiber"),
    (re.compile(r"^grey$"), "gray"),
    (re.compile(r"^age(?=ing$)"), "ag"),
)


@dataclass(frozen=True, slots=True)
class Expansion:
    """A search term that the question does not hold itself; ``weight`` in (0, 1], 1 for the word's own translation."""

    term: str
    weight: float


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of official wording with its synonyms, everyday wordings and English names; ``kind`` says what it is.

    ``everyday`` wordings may hold "…" for a gap of up to five characters. ``english[0]`` is the name for answers.
    """

    kind: str
    term: str
    synonyms: tuple[str, ...]
    everyday: tuple[str, ...]
    english: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found at ``[start, end)`` of a folded text, by its own wording or by everyday words."""

    start: int
    end: int
    entry: Entry
    everyday: bool


class Glossary:
    """Looks terms up in texts of either language."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        self._chinese: dict[str, list[tuple[str, re.Pattern[str] | None, Entry, bool]]] = defaultdict(list)
        self._english: dict[str, list[tuple[tuple[str, ...], Entry]]] = defaultdict(list)
        self._names: dict[str, Entry] = {}
        for entry in self.entries:
            self._index(entry)
        for candidates in self._chinese.values():
            candidates.sort(key=lambda row: -len(row[0]))
        for phrases in self._english.values():
            phrases.sort(key=lambda row: -len(row[0]))

    def _index(self, entry: Entry) -> None:
        for word in (entry.term, *entry.synonyms):
            self._names.setdefault(fold(word), entry)
            self._add_chinese(fold(word), entry, everyday=False)
        for word in entry.everyday:
            self._add_chinese(fold(word), entry, everyday=True)
        for phrase in entry.english:
            words = tuple(_stem(word) for word in ENGLISH_WORD.findall(phrase.lower()))
            if words:
                self._english[words[0]].append((words, entry))

    def _add_chinese(self, word: str, entry: Entry, *, everyday: bool) -> None:
        gap = f".{{0,{MAX_GAP_CHARS}}}?"
        pattern = re.compile(gap.join(map(re.escape, word.split(GAP)))) if GAP in word else None
        self._chinese[word[:2].replace(GAP, "")].append((word, pattern, entry, everyday))

    def find(self, text: str) -> list[Match]:
        """Find the entries a Chinese text names, the longest at each place, in order.

        Several entries may share a wording. Official wording ends the search within it; common and everyday words do
        not.
        """
        folded, position = fold(text), 0
        found: list[Match] = []
        while position < len(folded):
            matches = self._at(folded, position)
            found += matches
            ends = [match.end for match in matches if not match.everyday and match.entry.kind != COMMON]
            position = ends[0] if ends else position + 1
        return found

    def _at(self, folded: str, position: int) -> list[Match]:
        matches: list[Match] = []
        for head in (folded[position : position + 2], folded[position]):
            for word, pattern, entry, everyday in self._chinese.get(head, ()):
                if (end := _end(folded, position, word, pattern)) is not None:
                    matches.append(Match(position, end, entry, everyday))
        longest = max((match.end for match in matches), default=0)
        return [match for match in matches if match.end == longest]

    def find_english(self, text: str) -> list[Match]:
        """Find the entries an English text names, the longest phrase first at each word, in order."""
        words = [(match.start(), match.end(), _stem(match[0].lower())) for match in ENGLISH_WORD.finditer(text)]
        found, index = [], 0
        while index < len(words):
            length = 0
            for phrase, entry in self._english.get(words[index][2], ()):
                size = len(phrase)
                if (not length or size == length) and tuple(
                    word for _, _, word in words[index : index + size]
                ) == phrase:
                    length = size
                    found.append(Match(words[index][0], words[index + size - 1][1], entry, everyday=False))
            index += length or 1
        return found

    def find_within(self, text: str, match: Match) -> list[Match]:
        """Find the entries that the last or the first words of an English ``match`` of several words name alone."""
        words = list(ENGLISH_WORD.finditer(text, match.start, match.end))
        if len(words) < 2:
            return []
        parts = (words[1].start(), match.end), (match.start, words[-2].end())
        found = [
            replace(inner, start=start + inner.start, end=start + inner.end)
            for start, end in parts
            for inner in self.find_english(text[start:end])
        ]
        return list(dict.fromkeys(inner for inner in found if inner.entry != match.entry))

    def expand(self, text: str, language: str) -> list[Expansion]:
        """Return further Chinese search terms for ``text``, best first: translations, synonyms, official wording.

        ``language`` is "zh" or "en". Terms that ``text`` holds itself are left out; an unknown text gives none.
        """
        weights: dict[str, float] = {}
        rows = self._translations(text) if language == "en" else self._synonyms(text)
        for term, weight in rows:
            if fold(term) not in fold(text):
                weights[term] = max(weight, weights.get(term, 0.0))
        return [
            Expansion(term, weight)
            for term, weight in sorted(weights.items(), key=lambda row: -row[1])[:MAX_EXPANSIONS]
        ]

    def _translations(self, text: str) -> Iterator[tuple[str, float]]:
        for match in self.find_english(text):
            plain = match.entry.kind in FREQUENT_KINDS
            yield match.entry.term, SYNONYM_WEIGHT if plain else TRANSLATION_WEIGHT
            for word in match.entry.synonyms[: MAX_SYNONYMS - 1]:
                yield word, ACTION_WEIGHT if plain else SECOND_TRANSLATION_WEIGHT

    def _synonyms(self, text: str) -> Iterator[tuple[str, float]]:
        for match in self.find(text):
            if match.entry.kind == COMMON and not match.everyday:
                continue
            weight = ACTION_WEIGHT if match.entry.kind in FREQUENT_KINDS else SYNONYM_WEIGHT
            weight = EVERYDAY_WEIGHT if match.everyday else weight
            for word in (match.entry.term, *match.entry.synonyms)[:MAX_SYNONYMS]:
                yield word, weight

    def translate(self, term: str) -> str | None:
        """Give the English name of a Chinese term, composed of parts if need be; None if any part is unknown."""
        entry = self._names.get(fold(term).strip())
        if entry and entry.english:
            return entry.english[0]
        matches: list[Match] = []
        for match in self.find(term):
            if not match.everyday and match.entry.english and (not matches or matches[-1].end <= match.start):
                matches.append(match)
        covered = sum(match.end - match.start for match in matches)
        if not matches or covered < len(re.sub(r"[的\s]", "", term)):
            return None
        return " ".join(match.entry.english[0] for match in matches)


def _end(text: str, position: int, word: str, pattern: re.Pattern[str] | None) -> int | None:
    """Return where ``word`` (with gaps: ``pattern``) ends that begins at ``position``; None if it does not."""
    if pattern is None:
        return position + len(word) if text.startswith(word, position) else None
    match = pattern.match(text, position)
    return match.end() if match else None


def _stem(word: str) -> str:
    """Reduce plural and possessive endings of an English word, and British spelling to American."""
    word = re.sub(r"['’]s$", "", word)
    for british, american in SPELLINGS:
        word = british.sub(american, word)
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is", "news")):
        return word[:-1]
    return word


def read_glossary(text: str) -> tuple[Entry, ...]:
    """Read entries from lines of five tab-separated columns; lists are parted by "|", "#" starts a comment."""
    entries = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        columns = (line.split("\t") + [""] * 5)[:5]
        lists = [tuple(item.strip() for item in column.split("|") if item.strip()) for column in columns[2:]]
        entries.append(Entry(columns[0].strip(), columns[1].strip(), lists[0], lists[1], lists[2]))
    return tuple(entries)


@cache
def load_glossary() -> Glossary:
    """Return the packaged glossary, read at the first call."""
    return Glossary(read_glossary(files("rag").joinpath("data", "glossary.tsv").read_text("utf-8")))
