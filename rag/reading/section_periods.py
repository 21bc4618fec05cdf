"""Give every section the years it speaks of and tell whether it reports results or sets targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.language.periods import YearMention, reading_of_headings, reading_votes, resolve_years
from rag.language.sentences import split_sentences
from rag.reading.boilerplate import SALUTATION
from rag.reading.marks import ADDRESS, OPENING_REACH_CHARS, opening_of, opens_annex
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
    dated: list[Section] = []
    default = Reading.RESULT if clock.kind is ReportKind.COMMUNIQUE else Reading.UNKNOWN
    for section in sections:
        dated.append(_dated(text, section, clock, default))
        default = _default_after(default, dated[-1], clock)
    return tuple(dated)


def _default_after(default: Reading, section: Section, clock: Clock) -> Reading:
    """In a work report, chapters that do not tell follow the first that sets targets; annexes follow nothing."""
    if section.path and opens_annex(section.path[0]):
        return Reading.UNKNOWN
    heads = bool(section.path) and section.heading_end > section.start
    if clock.kind is ReportKind.WORK_REPORT and heads and section.reading is Reading.TARGET:
        return Reading.TARGET
    return default


def _dated(text: str, section: Section, clock: Clock, default: Reading) -> Section:
    opening, opening_years = _of_opening(text, section, clock)
    heading, heading_years = _of_headings(section, clock)
    reading = opening if opening is not Reading.UNKNOWN else heading
    years = opening_years if opening is not Reading.UNKNOWN else opening_years or heading_years
    if reading is Reading.UNKNOWN:
        reading = _of_sentences(text, section) if default is Reading.UNKNOWN else default
    years = years or (heading_years if heading is reading else ()) or _default_years(reading, clock)
    is_over = bool(years) and years[-1] < (clock.current_year or 0) and reading in (Reading.TARGET, Reading.PLAN)
    return replace(section, reading=Reading.RESULT if is_over else reading, years=years)


def _of_opening(text: str, section: Section, clock: Clock) -> tuple[Reading, tuple[int, ...]]:
    """Read the words a section begins with: 回首五年, 今后五年, 2031年是…; only where it has no heading of its own."""
    if section.heading_end > section.start:
        return Reading.UNKNOWN, ()
    head = ADDRESS.sub("", text[section.start : section.start + 3 * OPENING_REACH_CHARS], count=1)
    head = head.lstrip().split("\n")[0]
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
    path = section.path[-MAX_HEADINGS_READ:]
    dated = [mentions for heading in reversed(path) if (mentions := resolve_years(heading, clock.current_year))]
    mentions = dated[0] if dated else ()
    reading = reading_of_headings(path)
    if reading is Reading.UNKNOWN:
        reading = _by_mentions(mentions, clock)
    return _plan_if_long(reading, mentions, clock), _years_of(mentions)


def _years_of(mentions: Sequence[YearMention]) -> tuple[int, ...]:
    """Take the single years a heading names; the ends of its periods only where it names none."""
    single = [mention for mention in mentions if mention.first == mention.last]
    return tuple(sorted({year for mention in single or mentions for year in mention.years}))


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
    if mention.first < clock.current_year or clock.kind is ReportKind.COMMUNIQUE:
        return Reading.RESULT
    if clock.kind is ReportKind.OTHER:
        return Reading.UNKNOWN
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


def spoken_years(text: str, sections: Sequence[Section], extra: Sequence[int | None]) -> tuple[int, ...]:
    """Return every year the sections give results or targets for, and the ``extra`` ones, ascending.

    Of a period that is over only its last year counts: its results are those reached by then. A lone sentence without a
    heading (明年将…) counts for nothing.
    """
    years = {year for year in extra if year}
    for section in sections:
        if section.heading_end == section.start > 0 and len(split_sentences(text, section.start, section.end)) < 2:
            continue
        years.update(section.years[-1:] if section.reading is Reading.RESULT else section.years)
    return tuple(sorted(years))
