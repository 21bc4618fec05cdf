"""The years a figure is for and whether it is a result or a target: clause, sentence, section, report."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.figures.words import word_list
from rag.language.periods import YearMention
from rag.types import Profile, Reading, ReportKind, Section

BASELINE_BEFORE = re.compile(
    r"(?:(?P<compared>[比较与同])|[以从由自]|\b(?:than|over|above|below|from|to)(?: the)?)[“\"]?\s*$"
)
BASELINE_ENDS = re.compile(r"[”\"]?(?:底|末|初)?(?:到|至|起|以来|开始)")
TIMES = re.compile(r"的\d[\d.]*倍")  # 是2015年的1.19倍
SECTION_WORDS = frozenset({"全年", "年内"})
OPENING_CHARS = 8
NOT_AIMED = re.compile(r"主要|需要|要求|要素|重要|只要|要点|拟定|模拟")


def base_years(mentions: Sequence[YearMention], start: int, end: int) -> tuple[int, ...]:
    """Return the years of the last mention in ``[start, end)``, the base of a change (由2015年的…); () if none."""
    found = [mention.years for mention in mentions if start <= mention.start and mention.end <= end]
    return found[-1] if found else ()


def named_years(folded: str, mentions: Sequence[YearMention], start: int, end: int) -> tuple[int, ...]:
    """Return the years of the last mention in ``folded[start:end]`` that is no base of comparison; () if none.

    A longer period gives its first and last year.
    全年 and 年内 name no year of their own: they mean the year of their section.
    """
    for mention in reversed(mentions):
        if not (start <= mention.start and mention.end <= end) or folded[mention.start : mention.end] in SECTION_WORDS:
            continue
        before = BASELINE_BEFORE.search(folded, max(start, mention.start - 12), mention.start)
        is_base = before and (mention.first == mention.last or before["compared"])
        is_base = is_base or TIMES.match(folded, mention.end) is not None
        if not is_base or BASELINE_ENDS.match(folded, mention.end, mention.end + 4):
            return mention.years
    return ()


def reading_of_words(words: str) -> Reading:
    """Tell result from target by the words of a clause; UNKNOWN if they do not say, or say both."""
    aimed = NOT_AIMED.sub("", words)
    target, result = any(map(aimed.count, word_list("targets"))), any(map(words.count, word_list("results")))
    if target == result:
        return Reading.UNKNOWN
    return Reading.TARGET if target else Reading.RESULT


def settled_reading(reading: Reading, years: Sequence[int], section: Section, profile: Profile) -> Reading:
    """Return the reading of a figure: a RESULT for years that are over, the section's where the words are silent.

    A target for years after the report's own is a PLAN.
    """
    over = bool(years) and profile.current_year is not None and max(years) < profile.current_year
    before = bool(years) and bool(section.years) and max(years) < min(section.years)
    if over or (before and reading == Reading.UNKNOWN):
        reading = Reading.RESULT
    elif reading == Reading.UNKNOWN:
        reading = section.reading
    newest = max((year for year in (profile.year, profile.current_year) if year is not None), default=None)
    later = bool(years) and newest is not None and max(years) > newest
    return Reading.PLAN if later and reading in (Reading.TARGET, Reading.UNKNOWN) else reading


def fallback_years(section: Section, profile: Profile, reading: Reading) -> tuple[int, ...]:
    """Return the section's years, else what the report's year implies for this reading."""
    if section.years:
        return section.years
    if profile.year is None:
        return () if profile.current_year is None else (profile.current_year,)
    back = profile.kind == ReportKind.WORK_REPORT and reading == Reading.RESULT
    return (profile.year - 1,) if back else (profile.year,)


def opening_years(folded: str, mentions: Sequence[YearMention], start: int, end: int) -> tuple[int, ...]:
    """Return the year a sentence opens with (即将过去的2023年,是… or 过去一年,…); () if it opens otherwise."""
    comma = folded.find(",", start, end)
    found = [row.years for row in mentions if start <= row.start <= start + OPENING_CHARS and row.end == comma]
    return found[0] if found and len(found[0]) == 1 else ()


def looked_back(opening: Sequence[int], section: Section) -> tuple[int, ...]:
    """Return the year a paragraph opened with if it lies before those its section plans for; else ()."""
    return tuple(opening) if opening and section.years and max(opening) < min(section.years) else ()


def refined_years(paragraph_years: Sequence[int], section: Section) -> tuple[int, ...]:
    """Return years an earlier sentence of the paragraph named, if they lie within the longer period of the section."""
    if not paragraph_years or len(section.years) < 2 or tuple(paragraph_years) == section.years:
        return ()
    within = min(section.years) <= min(paragraph_years) and max(paragraph_years) <= max(section.years)
    return tuple(paragraph_years) if within else ()
