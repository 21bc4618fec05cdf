"""The years a figure is for and whether it is a result or a target: clause, sentence, section, report."""

from __future__ import annotations

import re
from functools import cache

from rag.figures.words import any_of
from rag.numerals import YEAR, Number
from rag.types import Profile, Reading, ReportKind, Section

RELATIVE = {"今年": 0, "本年": 0, "当年": 0, "去年": -1, "上年": -1, "明年": 1, "前年": -2}
BASELINE_BEFORE = re.compile(r"(?:比|较|与|同|以|从|由|自)\s*$")
LONG_GOAL = re.compile(
    r"今后[三五十\d]|未来[三五十\d]|“?十[一二三四五六]?五”?(?:时期|期间|规划|末)|到20\d\d年|五年内|三年内"
)
MAX_RANGE_YEARS = 15


@cache
def _strong(name: str) -> re.Pattern[str]:
    return re.compile(any_of(name))


def explicit_years(folded: str, numbers: list[Number], start: int, end: int) -> tuple[int, ...]:
    """Return the last year or range of years named in ``folded[start:end]`` that is no base of comparison."""
    years = [number for number in numbers if number.kind == YEAR and start <= number.start and number.end <= end]
    for index in range(len(years) - 1, -1, -1):
        year = years[index]
        compared = BASELINE_BEFORE.search(folded, max(start, year.start - 3), year.start)
        if compared and not re.match(r"(?:底|末)?(?:到|至|起|以来)", folded[year.end : year.end + 3]):
            continue
        first = years[index - 1] if index else None
        if first and re.fullmatch(r"\s*(?:-+|~|至|到)\s*", folded[first.end : year.start]):
            span = range(int(first.value), int(year.value) + 1)
            return tuple(span) if len(span) <= MAX_RANGE_YEARS else (int(year.value),)
        return (int(year.value),)
    return ()


def relative_years(folded: str, start: int, end: int, current_year: int | None) -> tuple[int, ...]:
    """Return the year the last relative word (今年, 去年) of ``folded[start:end]`` means; () if none or unknown."""
    if current_year is None:
        return ()
    found = list(re.finditer("|".join(RELATIVE), folded[start:end]))
    for match in reversed(found):
        before = folded[max(0, start + match.start() - 3) : start + match.start()]
        if not re.search(r"(?:比|较|与|同)$", before):
            return (current_year + RELATIVE[match.group()],)
    return ()


def reading_of_words(words: str) -> Reading:
    """Tell result from target by the words of a clause; UNKNOWN if they do not say."""
    target, result = _strong("targets").search(words), _strong("results").search(words)
    if target and not result:
        return Reading.PLAN if LONG_GOAL.search(words) else Reading.TARGET
    return Reading.RESULT if result and not target else Reading.UNKNOWN


def fallback_years(section: Section, profile: Profile, reading: Reading) -> tuple[int, ...]:
    """Return the section's years, else what the report's year implies for this reading."""
    if section.years:
        return section.years
    if profile.year is None:
        return () if profile.current_year is None else (profile.current_year,)
    back = profile.kind == ReportKind.WORK_REPORT and reading == Reading.RESULT
    return (profile.year - 1,) if back else (profile.year,)
