"""Places written in Latin letters: Yangzhong, Guanyun County, Inner Mongolia, Xi'an."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from rag.language.divisions import Level, Place

WORD = re.compile(r"[A-Za-z]+(?:['’](?!s\b)[A-Za-z]+)*")
MAX_WORDS = 5
KINDS = {
    "county": "县", "city": "市", "district": "区", "province": "省", "prefecture": "州", "banner": "旗",
    "municipality": "市", "region": "区", "town": "镇", "township": "乡",
}  # fmt: skip
ENGLISH_NAMES = {
    "内蒙古自治区": "Inner Mongolia",
    "西藏自治区": "Tibet",
    "香港特别行政区": "Hong Kong",
    "澳门特别行政区": "Macao",
    "全国": "China",
}
MIN_UNCAPITALISED_CHARS = 6


def letters(words: str) -> str:
    """Reduce a romanised name to its letters: ``letters("Xi'an") == "xian"``."""
    return "".join(character for character in words.lower() if "a" <= character <= "z")


@cache
def spelled(name: str) -> str:
    """Return the pinyin of a Chinese name that no list holds, without spaces or tones: "yunting" of 云汀."""
    from pypinyin import lazy_pinyin

    return letters("".join(lazy_pinyin(name)))


def is_spelled(name: str, text: str) -> bool:
    """Tell whether some characters of a Chinese text are spelled like a romanised name: Dongli of 东利机械."""
    from pypinyin import lazy_pinyin

    wanted, syllables = letters(name), lazy_pinyin(text, errors="ignore") if name.isascii() else []
    return any(wanted in itertools.accumulate(syllables[at : at + MAX_WORDS]) for at in range(len(syllables)))


def romanise(place: Place) -> str:
    """Give the usual English spelling of a place's short name; its Chinese name if no pinyin is known."""
    return ENGLISH_NAMES.get(place.name) or place.pinyin.capitalize() or place.name


class RomanisedNames:
    """Finds places by their pinyin or English name."""

    def __init__(self, places: Iterable[Place], aliases: Mapping[str, str], english_words: frozenset[str]) -> None:
        self._index: dict[str, list[Place]] = defaultdict(list)
        by_name: dict[str, Place] = {}
        for place in places:
            by_name.setdefault(place.name, place)
            if place.pinyin:
                self._index[place.pinyin].append(place)
        for alias, name in aliases.items():
            if by_name[name] not in self._index[alias]:
                self._index[alias].insert(0, by_name[name])
        self._english_words = english_words

    def lookup(self, name: str, kind: str = "") -> tuple[Place, ...]:
        """Find the places of a romanised name, largest first; ``kind`` is "county", "city", … or empty."""
        key, suffix = letters(name), KINDS.get(kind, "")
        found = list(self._index.get(key, ()))
        named = [place for place in found if suffix in place.name[-1]] or found
        if suffix == "县" and not any(place.name.endswith("县") for place in named):
            named = list(self._index.get(key + "xian", named))
        named.sort(key=lambda place: (place.former, place.level))
        # A county may have become a district or a city since.
        once = [each for each in found if each not in named and {each.level, named[0].level} == {Level.COUNTY}]
        return (*named, *once)

    def find(self, text: str) -> Iterator[tuple[int, int, tuple[Place, ...]]]:
        """Yield (start, end, places) of the romanised names in ``text``, longest first at each position."""
        words = list(WORD.finditer(text))
        position = 0
        while position < len(words):
            for count in range(min(MAX_WORDS, len(words) - position), 0, -1):
                found = self._match(
                    text, words[position : position + count], words[position + count : position + count + 1]
                )
                if found:
                    yield found
                    break
            position += count

    def _match(
        self, text: str, words: list[re.Match[str]], rest: list[re.Match[str]]
    ) -> tuple[int, int, tuple[Place, ...]] | None:
        start, end = words[0].start(), words[-1].end()
        kind = _kind(text, end, rest)
        if not _joined(text, words) or not (kind or letters(text[start:end]) in self._index):
            return None
        places = self.lookup(text[start:end], kind)
        has_letter = any(word.end() - word.start() == 1 for word in words)  # And a year later: no 安达
        if not places or has_letter or not self._is_name(text[start:end], kind):
            return None
        return start, rest[0].end() if kind else end, places

    def _is_name(self, name: str, kind: str) -> bool:
        if kind:
            return True
        key = letters(name)
        if key in self._english_words:
            return False
        return name[:1].isupper() or len(key) >= MIN_UNCAPITALISED_CHARS


def _joined(text: str, words: list[re.Match[str]]) -> bool:
    gaps = (text[left.end() : right.start()] for left, right in itertools.pairwise(words))
    return all(gap in (" ", "-") for gap in gaps)


def _kind(text: str, end: int, rest: list[re.Match[str]]) -> str:
    kind = rest[0].group().lower() if rest and text[end : rest[0].start()] == " " else ""
    return kind if kind in KINDS else ""
