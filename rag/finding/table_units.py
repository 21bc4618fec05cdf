"""What gets a row of a table over many reports: each place and year in scope, with the reports that may tell of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rag.finding.corpus import Corpus
from rag.finding.indicators import Indicator
from rag.finding.scope import QuestionScope, speaks_of
from rag.finding.table_words import spoken
from rag.language.folding import fold
from rag.language.periods import resolve_years
from rag.language.places import NATION, Gazetteer, Level
from rag.types import Reading, ReportSummary

LEVELS = {"nation": Level.NATION, "province": Level.PROVINCE, "prefecture": Level.PREFECTURE, "county": Level.COUNTY}
SUFFIXES = {Level.NATION: "国", Level.PROVINCE: "省 自治区", Level.PREFECTURE: "市 州 盟", Level.COUNTY: "县 区 市 旗"}
OF_REPORTS = re.compile(r"[^,。;?(]{0,20}报告|(?: \w+){0,3} reports?\b")


@dataclass(frozen=True, slots=True)
class Unit:
    """What gets one row: a place (else a title) in a year (None: unknown), with the reports that may tell of it."""

    place: str
    year: int | None
    reports: tuple[ReportSummary, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a table is about: an indicator, or (``term``) words that reports may hold, in each of ``units``.

    ``dimension`` is that of the unit asked for, "" where the question leaves it open, as ``reading`` is UNKNOWN then.
    """

    indicator: Indicator | None = None
    term: str = ""
    dimension: str = ""
    reading: Reading = Reading.UNKNOWN
    units: tuple[Unit, ...] = ()

    @property
    def name(self) -> str:
        """The indicator's or the term's words."""
        return self.indicator.name if self.indicator else self.term


def find_units(
    text: str, subject: Subject, scope: QuestionScope, corpus: Corpus, gazetteer: Gazetteer
) -> tuple[Unit, ...]:
    """Return what gets a row: each place and year in scope, by place and year; near-duplicates share one.

    A report of a year sets that year's targets and tells the results of the year before; 今年 and 去年 are counted from
    the newest report of each place.
    """
    pool = [row for row in corpus.summaries.values() if scope.allowed is None or row.report_id in scope.allowed]
    pool = _of_places(pool, text, scope, gazetteer)
    years = _years(text, subject, scope, [row.profile.year for row in pool if row.profile.year])
    of_reports = _report_years(text)
    told_by = [row for row in pool if row.profile.year in of_reports]
    any_year = bool(told_by) and years <= of_reports and not subject.term and subject.reading is not Reading.TARGET
    if told_by and (any_year or set(scope.years) - of_reports):
        pool, years = told_by, years - of_reports
    relative = {row.first for row in resolve_years(text, 0) if row.first == row.last and row.first in (-1, 0)}
    keys = {row.report_id: _key(row, gazetteer) for row in pool}
    newest = {keys[row.report_id]: row.profile.year for row in sorted(pool, key=lambda row: row.profile.year or 0)}
    is_dated = bool(years) or (len(newest) == 1 < len(pool))
    units: dict[tuple[tuple[str, ...], int | None], list[ReportSummary]] = {}
    for row in pool:
        own, place, key = row.profile.year, row.profile.place, keys[row.report_id]
        told: set[int | None] = {None} if any_year else _told_years(row, subject, is_dated=is_dated)
        if not any_year and not years and relative and own:
            meant = {own + each for each in relative if own == newest[key]}
            told = told & meant or _told_years(row, subject, is_dated=True) & meant
        wanted = _own_years(text, place, gazetteer) if len(scope.names) > 1 else set()
        for year in told & (wanted or years) if years else told:
            units.setdefault((key, year), []).append(row)
    return tuple(
        Unit(rows[-1].profile.place or _title(rows[-1]), year, tuple(rows))
        for (_, year), rows in sorted(units.items(), key=lambda item: (item[0][0], item[0][1] or 0))
    )


def _years(text: str, subject: Subject, scope: QuestionScope, own: Collection[int]) -> set[int]:
    """Return the years named, with those after where it says since when, those before where words are looked for."""
    years, turns = set(scope.years), spoken("turns", text)
    if len(years) == 1 and own and subject.term and "until" in turns:
        return set(range(min(own), max(years) + 1))
    if years and own and "since" in turns:
        return set(range(min(years), max(own) + 1)) or years
    return years


def _report_years(text: str) -> set[int]:
    """Return the years that say which reports are meant (2026年各省报告写的2025年…), not what they tell of."""
    mentions = [row for row in resolve_years(text, None) if OF_REPORTS.match(fold(text[row.end :]))]
    return {year for row in mentions for year in range(row.first, row.last + 1)}


def _told_years(row: ReportSummary, subject: Subject, *, is_dated: bool) -> set[int | None]:
    """Return the years a report may tell of a subject for; where no year is asked about, the likeliest alone."""
    own = row.profile.year
    if not own or subject.term or subject.reading is Reading.TARGET:
        return {own}
    if is_dated:
        return {own, own - 1}
    return {own - 1 if subject.reading is Reading.RESULT and own - 1 in row.profile.years else own}


def _key(row: ReportSummary, gazetteer: Gazetteer) -> tuple[str, ...]:
    place = row.profile.place
    return (*row.profile.place_path[:-1], gazetteer.short_name(place)) if place else (row.report_id,)


def _own_years(text: str, place: str | None, gazetteer: Gazetteer) -> set[int]:
    """Return the years a question names with this place alone (灌云2025年和扬中2022年)."""
    names = "|".join(re.escape(name) for name in (place, gazetteer.short_name(place)) if name) if place else "$^"
    return {int(year) for year in re.findall(rf"(?:{names})(?:在|的)?((?:19|20)\d\d)年(?!至|到|[-—])", fold(text))}


def _of_places(
    pool: Sequence[ReportSummary], text: str, scope: QuestionScope, gazetteer: Gazetteer
) -> list[ReportSummary]:
    """Keep the reports of the places named, else of the author or title named, else of the kind of place, else all."""
    levels = {LEVELS[name] for name in spoken("places", text)}
    owners = _owners(pool, scope, gazetteer)
    if levels and Level.NATION not in levels and "全国" in scope.names:  # 全国哪几个省: only where they lie
        owners = {place: own for place, own in owners.items() if place != NATION}
    if levels == {Level.NATION} and NATION not in owners:  # State Council reports on the Guangdong … Bay Area
        owners = {}
    if not owners:
        named = () if scope.years else scope.report_ids
        pool = [row for row in pool if row.report_id in named] or pool
        return [row for row in pool if not levels or _is_of_level(row, levels, gazetteer)]
    rows: dict[str, ReportSummary] = {}
    for place, own in owners.items():
        within = () if own else [row for row in pool if speaks_of(row, place, gazetteer)]
        if rows and any(row.report_id in rows for row in within):  # it only says where a smaller one lies
            continue
        found = own or [row for row in within if _is_of_level(row, levels, gazetteer)] or within
        rows |= {row.report_id: row for row in found}
    return list(rows.values())


def _owners(
    pool: Sequence[ReportSummary], scope: QuestionScope, gazetteer: Gazetteer
) -> dict[str, list[ReportSummary]]:
    """Return the places named that have reports, those with reports of their own first, each with these."""
    own = {
        place: [row for row in pool if row.profile.place and gazetteer.are_one(row.profile.place, place)]
        for place in scope.places
        if place not in scope.missing
    }
    return dict(sorted(own.items(), key=lambda item: not item[1]))


def _is_of_level(row: ReportSummary, levels: Collection[Level], gazetteer: Gazetteer) -> bool:
    """Tell whether a report is of such a place; where none is known, by how the places in its title end."""
    if not row.profile.place:
        return any(each in _title(row) for level in levels for each in SUFFIXES[level].split())
    return any(place.level in levels for place in gazetteer.resolve(row.profile.place)[:1])


def _title(row: ReportSummary) -> str:
    return row.profile.title or row.source
