"""Find and resolve the places a text or a question names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from rag.language.divisions import (
    NATION,
    FormWords,
    Level,
    Place,
    load_aliases,
    load_common_words,
    load_divisions,
    load_form_words,
)
from rag.language.folding import fold
from rag.language.place_forms import SUFFIXES, TOWNSHIP_SUFFIXES, find_by_form, is_han, place_by_form
from rag.language.romanisation import RomanisedNames, letters, romanise

NATION_NAMES = ("国务院", "中央人民政府", "中华人民共和国", "全国", "中国", "我国")
MAX_RESOLVED = 20_000
FUNCTION_WORDS = frozenset("和在与等的了要中下上为以及是有对向把将从到由")


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named at ``[start, end)``; ``candidates`` holds every place the name fits, the likeliest first."""

    start: int
    end: int
    text: str
    candidates: tuple[Place, ...]

    @property
    def place(self) -> Place:
        """The likeliest candidate."""
        return self.candidates[0]

    @property
    def name(self) -> str:
        """The full name of the likeliest candidate."""
        return self.place.name

    @property
    def path(self) -> tuple[str, ...]:
        """The full names from the province down to the likeliest candidate."""
        return self.place.path


class Gazetteer:
    """Knows the divisions of China by full, short and romanised name, and other places by their form."""

    def __init__(
        self, places: Iterable[Place], aliases: Mapping[str, str], common_words: frozenset[str], words: FormWords
    ) -> None:
        self._places = tuple(places)
        self._common, self._words = common_words, words
        self._romanised = RomanisedNames(self._places, aliases, words.english)
        self._by_name: dict[str, list[Place]] = defaultdict(list)
        for place in self._places:
            for name in {fold(place.name), fold(place.short)}:
                self._by_name[name].append(place)
        starts: dict[str, list[str]] = defaultdict(list)
        for name, found in self._by_name.items():
            found.sort(key=lambda place: (fold(place.name) != name, place.former, place.level))
            starts[name[:2]].append(name)
        for name in NATION_NAMES:
            self._by_name[name] = [self._places[0]]
            starts[name[:2]].append(name)
        self._starts = {start: tuple(sorted(set(names), key=len, reverse=True)) for start, names in starts.items()}
        self._resolved = lru_cache(maxsize=MAX_RESOLVED)(self._resolve)

    def find_places(self, text: str) -> list[PlaceMention]:
        """Find the places ``text`` names, in order of position; overlapping names give the longest."""
        folded = fold(text)
        spans = self._listed(folded)
        taken = [(start, end) for start, end, _ in spans]
        parents = {end: places[0] for _, end, places in spans}
        for start, end in find_by_form(folded, taken, self._words, self._common):
            spans.append((start, end, (place_by_form(text[start:end], parents.get(start)),)))
        spans += self._romanised.find(text)
        spans.sort(key=lambda span: span[:2])
        return _in_context([PlaceMention(start, end, text[start:end], places) for start, end, places in spans])

    def resolve(self, name: str) -> tuple[Place, ...]:
        """Give every place a name fits, the likeliest first; empty if it names none.

        Takes full, short and romanised names, chains ("江苏省连云港市灌云县", "Guanyun County, Jiangsu") and names
        for the nation (全国, 国务院, China, national). The last names asked for are kept.
        """
        return self._resolved(name)

    def _resolve(self, name: str) -> tuple[Place, ...]:
        wanted = fold(name).strip()
        if exact := self._by_name.get(wanted):
            return tuple(exact)
        if romanised := self._romanised.lookup(wanted):
            return romanised
        mentions = self.find_places(name.strip())
        if not mentions:
            return ()
        return max(mentions, key=lambda mention: (mention.place.level, mention.end)).candidates

    def is_word(self, name: str) -> bool:
        """Tell whether a two-character name is an everyday word."""
        return fold(name) in self._common

    def is_within(self, place: Place | str, area: Place | str) -> bool:
        """Tell whether ``place`` is ``area`` or lies in it; a name that fits several places counts for any of them.

        The nation holds only itself: what the State Council reports is not what a county reports.
        """
        inner, outer = self._candidates(place), self._candidates(area)
        return any(small.path[: len(large.path)] == large.path for small in inner for large in outer)

    def are_one(self, place: Place | str, other: Place | str) -> bool:
        """Tell whether two names mean one place: the same, or a county and the district or city it became."""
        return any(_are_one(one, two) for one in self._candidates(place) for two in self._candidates(other))

    def is_listed(self, place: Place | str) -> bool:
        """Tell whether a list holds a place; others are known by their form alone."""
        return any(candidate.listed for candidate in self._candidates(place))

    def short_name(self, place: Place | str) -> str:
        """Give the everyday name ("灌云" for "灌云县"); an unknown name is returned as it is."""
        candidates = self._candidates(place)
        return candidates[0].short if candidates else str(place)

    def romanise(self, place: Place | str) -> str:
        """Give the usual English spelling ("Yangzhong"); an unknown name is returned as it is."""
        candidates = self._candidates(place)
        return romanise(candidates[0]) if candidates else str(place)

    def _candidates(self, place: Place | str) -> tuple[Place, ...]:
        return (place,) if isinstance(place, Place) else self.resolve(place)

    def _listed(self, folded: str) -> list[tuple[int, int, tuple[Place, ...]]]:
        spans: list[tuple[int, int, tuple[Place, ...]]] = []
        position, end_of_last, last = 0, -1, ""
        while position < len(folded) - 1:
            name = self._name_at(folded, position, last if end_of_last == position else "")
            if name:
                last, end_of_last = name, position + len(name)
                if not self._is_institution(folded, end_of_last):
                    spans.append((position, end_of_last, tuple(self._by_name[name])))
            position += len(name) or 1
        return spans

    def _name_at(self, folded: str, position: int, before: str) -> str:
        for name in self._starts.get(folded[position : position + 2], ()):
            if folded.startswith(name, position) and self._stands(folded, position, name, before):
                return name
        return ""

    def _stands(self, folded: str, start: int, name: str, before: str) -> bool:
        """Tell whether a name is used as a place; ``before`` is the name of the place that ends where it starts."""
        if name in NATION_NAMES:
            return self._is_nation(folded, start, name)
        if len(name) > 2:
            return True
        if name in self._common or all(place.ordinary and name == fold(place.short) for place in self._by_name[name]):
            lies_there = before and any(self.is_within(place, before) for place in self._by_name[name])
            if not lies_there:
                return False
        end = start + len(name)
        return not self._is_seam(folded, start, end) and not self._opens_another(folded, start, end)

    def _opens_another(self, folded: str, start: int, end: int) -> bool:
        """Tell whether a short name only opens the longer name of another place (青浦|岭县, 海安|镇)."""
        suffix, follower = folded[end : end + 1], folded[end + 1 : end + 2]
        if suffix and suffix in TOWNSHIP_SUFFIXES and follower not in self._words.followers[suffix]:
            return True
        if not is_han(suffix) or suffix + follower in self._common:
            return False
        longer = find_by_form(folded[start : end + 3], [], self._words, self._common)
        return (0, end - start + 2) in longer

    def _is_seam(self, folded: str, start: int, end: int) -> bool:
        """Tell whether a two-character name is only the seam of two words (提|高要|求)."""
        before, after = folded[max(0, start - 1) : start], folded[end : end + 1]
        joined, last = before + folded[start : start + 1], folded[end - 1]
        if folded[start] in FUNCTION_WORDS and last + after in self._common:  # 和|县级
            return True
        if not is_han(before) or (joined not in self._common and joined not in self._by_name):
            return False
        return last in SUFFIXES or last in FUNCTION_WORDS or last + after in self._common

    def _is_nation(self, folded: str, start: int, name: str) -> bool:
        if name not in ("全国", "中国", "我国"):
            return True
        before, after = folded[max(0, start - 1) : start], folded[start + len(name) :]
        return before not in self._words.nation_before and not after.startswith(self._words.nation_after)

    def _is_institution(self, folded: str, end: int) -> bool:
        return bool(self._words.institutions.match(folded, end))


def _in_context(mentions: list[PlaceMention]) -> list[PlaceMention]:
    """Put first the candidate that lies in another place the same text names."""
    named = {mention.name for mention in mentions}
    return [
        replace(each, candidates=tuple(sorted(each.candidates, key=lambda place: not named & set(place.path[:-1]))))
        for each in mentions
    ]


def _are_one(one: Place, two: Place) -> bool:
    """Take a place of one stem, in either script, for the same; one known by its form alone may lie anywhere."""
    if fold(one.name) == fold(two.name) or fold(one.short) != fold(two.short) or one.level != two.level:
        return fold(one.name) == fold(two.name)
    return one.path[:-1] == two.path[:-1] or len(one.path) == 1 or len(two.path) == 1


def load_gazetteer() -> Gazetteer:
    """Build the gazetteer of the packaged lists; takes well under 200 ms."""
    return Gazetteer(load_divisions(), load_aliases(), load_common_words(), load_form_words())


__all__ = ["NATION", "Gazetteer", "Level", "Place", "PlaceMention", "letters", "load_gazetteer", "romanise"]
