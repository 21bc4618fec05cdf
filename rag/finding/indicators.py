"""Indicators: every wording of one counts as one, whether reports say 地区生产总值, 全省生产总值 or GDP."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache

from rag.language.folding import fold
from rag.language.glossary import load_glossary

WIDE = re.compile(r"^(?:全(?:国|省|市|县|区|州|旗|年|社会)|[我本][国省市县区]|地方|预计|实现)")
TAIL = re.compile(
    r"(?:(?:预期|主要|增长)?目标|任务|增长率?|增速|增幅|涨幅|岗位|人数|人员|数量|增长预期|定为?|设定为?|[为的])$"
)
RATE = re.compile(r"(?<!新)增长率?|增速|增幅|涨幅|growth")
# English words that only say that something grows, not what.
GROWTH_ALONE = frozenset({"growth rate", "growth rates", "growth target", "growth targets"})
INDICATOR = "indicator"
MIN_UNLISTED_CHARS = 4
MAX_UNLISTED_CHARS = 16


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator as a question names it at ``[start, end)``; ``wordings`` are the cores of all its names.

    ``is_rate`` tells that its name is a rate of growth (经济增速).
    """

    name: str
    wordings: frozenset[str]
    start: int = 0
    end: int = 0
    is_rate: bool = False

    def covers(self, core: str) -> bool:
        """Tell whether a figure's core is one of the wordings, its words maybe in another order."""
        return core in self.wordings or "".join(sorted(core)) in self.wordings


@cache
def core(name: str) -> str:
    """Return an indicator's name without the whole it is of, and without 目标, 增速 or 人数: what it measures."""
    folded, before = WIDE.sub("", fold("".join(name.split()))), ""
    while folded != before:
        before, folded = folded, TAIL.sub("", folded) or folded
    return folded


@cache
def _families() -> dict[str, frozenset[str]]:
    """Map each core to the cores of all names that mean the same, by the glossary's synonyms."""
    families: dict[str, set[str]] = {}
    for entry in load_glossary().entries:
        if entry.kind != INDICATOR:
            continue
        merged = {core(name) for name in entry.words}
        for each in tuple(merged):
            merged |= families.get(each, set())
        families |= dict.fromkeys(merged, merged)
    return {name: frozenset(family) for name, family in families.items()}


def wordings(name: str) -> frozenset[str]:
    """Return the cores of all wordings of an indicator; of longer ones also their characters in order."""
    found = _families().get(core(name), frozenset((core(name),)))
    return found | {"".join(sorted(each)) for each in found if len(each) >= MIN_UNLISTED_CHARS}


def named(name: str, known: Collection[str] = ()) -> Indicator:
    """Return the indicator a name means, Chinese or English: the longest it holds, else the name as it is."""
    found = find_indicators(name, "en" if name.isascii() else "zh", known)
    longest = max(found, key=lambda row: row.end - row.start, default=Indicator(name, wordings(name)))
    return replace(longest, is_rate=bool(RATE.search(name)))


def find_indicators(text: str, language: str, known: Collection[str] = ()) -> list[Indicator]:
    """Find the indicators a text names, in order; ``known`` are cores of figures that no glossary need hold."""
    found = _listed(text, language)
    folded = fold(text)
    for start in range(len(folded)):
        for length in range(MAX_UNLISTED_CHARS, MIN_UNLISTED_CHARS - 1, -1):
            name = folded[start : start + length]
            if len(name) == length and name in known and not TAIL.fullmatch(name):
                found.append(Indicator(name, wordings(name), start, start + length))
                break
    found.sort(key=lambda row: (row.start - row.end, row.start))
    kept: list[Indicator] = []
    for row in found:
        if all(row.end <= other.start or other.end <= row.start for other in kept):
            kept.append(row)
    alone = [row for row in kept if folded[row.start : row.end] not in GROWTH_ALONE]
    one_each: dict[frozenset[str], Indicator] = {}
    for row in sorted(alone or kept, key=lambda row: row.start):
        one_each.setdefault(row.wordings, row)
    return list(one_each.values())


def _listed(text: str, language: str) -> list[Indicator]:
    found = []
    for start, end, entry in (row for each in sorted({"zh", language}) for row in load_glossary().find(text, each)):
        if entry.kind == INDICATOR:
            is_official = fold(text[start:end]) in map(fold, entry.words)
            name = text[start:end] if is_official else entry.term
            found.append(Indicator(name, wordings(entry.term), start, end, bool(RATE.search(text[start:end]))))
    return found


def translated(name: str) -> str:
    """Return the English name of an indicator; the name itself where the glossary has none."""
    same = (entry for entry in load_glossary().entries if core(name) in map(core, entry.words) and entry.english)
    return next((entry.english[0] for entry in same), name)
