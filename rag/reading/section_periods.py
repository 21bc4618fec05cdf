"""Give every section the years it speaks of and tell whether it reports results or sets targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.reading.boilerplate import SALUTATION
from rag.reading.outline import OPENING_REACH_CHARS, opening_of
from rag.reading.periods import YearMention, reading_of_heading, reading_votes, resolve_years
from rag.sentences import split_sentences
from rag.types import Reading, ReportKind, Section

MIN_VOTES = 3
LEADING_SHARE = 2.0
MAX_HEADINGS_READ = 3


@dataclass(frozen=True, slots=True)
class Clock:
    """What the report's words count from: 今年 is ``current_year``; its targets are for ``target_year``."""

    current_year: int | None
    target_year: int | None
    kind: ReportKind

    @property
    def result_year(self) -> int | None:
        """The year whose results are reported."""
        if self.current_year is None or self.kind in (ReportKind.COMMUNIQUE, ReportKind.ARTICLE, ReportKind.OTHER):
            return self.current_year
        return self.target_year - 1 if self.target_year else self.current_year - 1


def with_periods(text: str, sections: Sequence[Section], clock: Clock) -> tuple[Section, ...]:
    """Return the sections with years and reading.

    The innermost heading that tells decides; the words that open the section come before its headings, the wording of
    its sentences last. A plan carries its first and last year. Where nothing tells, years are empty.
    """
    return tuple(_dated(text, section, clock) for section in sections)


def _dated(text: str, section: Section, clock: Clock) -> Section:
    opening, opening_years = _of_opening(text, section, clock)
    heading, heading_years = _of_headings(section, clock)
    reading = opening if opening is not Reading.UNKNOWN else heading
    years = opening_years if opening is not Reading.UNKNOWN else opening_years or heading_years
    if reading is Reading.UNKNOWN:
        reading = _of_sentences(text, section)
    years = years or (heading_years if heading is reading else ()) or _default_years(reading, clock)
    return replace(section, reading=reading, years=years)


def _of_opening(text: str, section: Section, clock: Clock) -> tuple[Reading, tuple[int, ...]]:
    """Read the words a section begins with: 回首五年, 今后五年, 2031年是…; only where it has no heading of its own."""
    if section.heading_end > section.start:
        return Reading.UNKNOWN, ()
    head = text[section.start : section.start + 2 * OPENING_REACH_CHARS].split("\n")[0]
    opening = opening_of(head)
    if not opening:
        return Reading.UNKNOWN, ()
    mentions = resolve_years(head, clock.current_year)
    mention = mentions[0] if mentions and mentions[0].start < OPENING_REACH_CHARS else None
    reading = Reading(opening) if not opening.isdigit() else Reading.UNKNOWN
    if mention is None:
        return reading, ()
    if mention.reading is not Reading.UNKNOWN:
        reading = mention.reading
    return reading if reading is not Reading.UNKNOWN else _by_year(mention, clock), mention.years


def _of_headings(section: Section, clock: Clock) -> tuple[Reading, tuple[int, ...]]:
    reading = Reading.UNKNOWN
    years: tuple[int, ...] = ()
    for heading in reversed(section.path[-MAX_HEADINGS_READ:]):
        mentions = resolve_years(heading, clock.current_year)
        found = reading_of_heading(heading)
        if mentions and not years:
            years = tuple(sorted({year for mention in mentions for year in mention.years}))
        if reading is Reading.UNKNOWN:
            reading = found if found is not Reading.UNKNOWN else _by_mentions(mentions, clock)
        reading = _plan_if_long(reading, mentions, clock)
    return reading, years


def _plan_if_long(reading: Reading, mentions: Sequence[YearMention], clock: Clock) -> Reading:
    is_plan = any(mention.reading is Reading.PLAN for mention in mentions)
    is_past = any(mention.last < (clock.current_year or 0) for mention in mentions)
    return Reading.PLAN if reading is Reading.TARGET and is_plan and not is_past else reading


def _by_mentions(mentions: Sequence[YearMention], clock: Clock) -> Reading:
    readings = {mention.reading for mention in mentions} - {Reading.UNKNOWN}
    if len(readings) == 1:
        return readings.pop()
    return _by_year(mentions[0], clock) if mentions else Reading.UNKNOWN


def _by_year(mention: YearMention, clock: Clock) -> Reading:
    """A year before the current one is over; the target year is still to come."""
    if clock.current_year is None or mention.first != mention.last:
        return Reading.UNKNOWN
    if mention.first < clock.current_year:
        return Reading.RESULT
    return Reading.TARGET if mention.first >= (clock.target_year or clock.current_year) else Reading.UNKNOWN


def _of_sentences(text: str, section: Section) -> Reading:
    """Let the sentences vote; UNKNOWN unless one reading leads clearly."""
    body = text[section.start : section.end]
    if SALUTATION.match(body):
        return Reading.UNKNOWN
    spans = split_sentences(text, section.start, section.end)
    votes = reading_votes(text[span.start : span.end] for span in spans)
    target, result = votes[Reading.TARGET] + votes[Reading.PLAN], votes[Reading.RESULT]
    if max(target, result) < MIN_VOTES or max(target, result) < LEADING_SHARE * min(target, result):
        return Reading.UNKNOWN
    return Reading.TARGET if target > result else Reading.RESULT


def _default_years(reading: Reading, clock: Clock) -> tuple[int, ...]:
    year = {Reading.RESULT: clock.result_year, Reading.TARGET: clock.target_year}.get(reading)
    return (year,) if year else ()


def spoken_years(sections: Sequence[Section], extra: Sequence[int | None]) -> tuple[int, ...]:
    """Return every year the sections give results or targets for, and the ``extra`` ones, ascending."""
    years = {year for section in sections for year in section.years} | {year for year in extra if year}
    return tuple(sorted(years))


__all__ = ["Clock", "spoken_years", "with_periods"]
