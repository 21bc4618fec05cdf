"""How an answer is worded: a short frame of place and period around the report's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.asking.names import spell_place
from rag.places import Gazetteer
from rag.types import Reading

READING_WORDS = {
    "zh": {Reading.TARGET: "目标", Reading.PLAN: "规划目标"},
    "en": {Reading.TARGET: "target", Reading.PLAN: "goal"},
}
TAG = re.compile(r"<\s*/?\s*[a-z!][^<>]*>", re.IGNORECASE)
JOINT = re.compile(r"^(?:以及|和|及)(?=\d)")
TRAILING = "，。；：、,;:.。 　"
OPENING = "，。；：、,;:)）”’ "
PAIRS = {"“": "”", "（": "）", "(": ")", "《": "》", "「": "」", "『": "』", "‘": "’"}


def year_words(years: Sequence[int], language: str) -> str:
    """Name the years: one as "2022年", a run by its ends, none as ""."""
    if not years:
        return ""
    span = f"{years[0]}" if len(years) == 1 else f"{min(years)}—{max(years)}"
    return f"{span}年" if language == "zh" else span.replace("—", "–")


def frame(place: str | None, years: Sequence[int], reading: Reading, gazetteer: Gazetteer, language: str) -> str:
    """Name place, period and reading: "扬中市2022年目标" or "Yangzhong, 2022 target"; "" when nothing is known."""
    kind = READING_WORDS[language].get(reading, "")
    when = year_words(years, language)
    if language == "zh":
        return f"{place or ''}{when}{kind}"
    name = romanise_place(place, gazetteer) if place else ""
    return ", ".join(part for part in (name, f"{when} {kind}".strip()) if part)


def romanise_place(place: str, gazetteer: Gazetteer) -> str:
    """Spell a place in Latin letters, also one that no list holds."""
    name = gazetteer.romanise(place)
    return name if name != place else spell_place(place)


def tidy(words: str) -> str:
    """Trim a quote for use inside a sentence: no tags, no loose punctuation at its ends, no half pairs of quotes."""
    words = JOINT.sub("", " ".join(TAG.sub("", words).split()).strip(TRAILING))
    for opener, closer in PAIRS.items():
        if words.count(closer) > words.count(opener) and words.endswith(closer):
            words = words[: -len(closer)]
        if words.count(closer) > words.count(opener) and words.startswith(closer):
            words = words[len(closer) :]
        if words.count(opener) > words.count(closer):
            words = words + closer
    return words.strip(TRAILING)


def framed(prefix: str, words: str, language: str) -> str:
    """Put a quote behind its frame."""
    if language == "en":
        return f"{prefix}: “{words}”" if prefix else f"“{words}”"
    return f"{prefix}：{words}" if prefix else words
