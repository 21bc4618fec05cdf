"""Recognise places that no list holds, by their form: 青禾县, 云岭市, 临溪区, 望河镇."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from rag.language.divisions import FormWords, Level, Place

SUFFIXES = frozenset("县市区镇乡")
TOWNSHIP_SUFFIXES = "镇乡"
MAX_STEM_CHARS = 3
DATE_UNITS = "年月日"
DATE_DIGITS = frozenset("0123456789〇零一二三四五六七八九十")


def is_han(character: str) -> bool:
    """Tell whether a character is a Chinese ideograph; an empty string is not."""
    return "一" <= character <= "鿿"


def _run_start(text: str, end: int, floor: int, stops: frozenset[str]) -> int:
    start = end
    while start > floor and end - start < MAX_STEM_CHARS + 2:
        character, before = text[start - 1], text[max(floor, start - 2) : start - 1]
        is_dated = (character in DATE_UNITS and before in DATE_DIGITS) or before + character in ("以来", "年度")
        if is_dated or not is_han(character) or character in stops:
            break
        start -= 1
    return start


def stem_start(text: str, end: int, floor: int, words: FormWords, common: frozenset[str]) -> int | None:
    """Find where the name begins whose suffix stands at ``end``, not before ``floor``; None if there is none."""
    start = _run_start(text, end, floor, words.stops)
    if end - start > MAX_STEM_CHARS:
        start = end - 2
        if text[start - 2 : start] not in common:
            return None
    stem, suffix = text[start:end], text[end]
    if len(stem) < 2 or stem[-1] in words.stems[suffix] or stem in common:
        return None
    if len(stem) == MAX_STEM_CHARS and (stem[1:] in common or stem[:2] in common):
        return None
    return start


def find_by_form(
    text: str, taken: Sequence[tuple[int, int]], words: FormWords, common: frozenset[str]
) -> list[tuple[int, int]]:
    """Find spans that have the form of a place name outside the ``taken`` spans (ascending), in order of position."""
    found = []
    starts = [start for start, _ in taken]
    for end, suffix in enumerate(text):
        if suffix not in SUFFIXES:
            continue
        before = bisect_right(starts, end) - 1
        floor = taken[before][1] if before >= 0 else 0
        if floor > end or text[end + 1 : end + 2] in words.followers[suffix]:
            continue
        start = stem_start(text, end, floor, words, common)
        if start is not None:
            found.append((start, end + 1))
    return found


def place_by_form(name: str, parent: Place | None) -> Place:
    """Make the place an unlisted name stands for, below ``parent`` when one is named right before it."""
    level = Level.TOWNSHIP if name[-1] in TOWNSHIP_SUFFIXES else Level.COUNTY
    path = (*parent.path, name) if parent and parent.level > Level.NATION else (name,)
    return Place(name, name[:-1], path, level, listed=False)
