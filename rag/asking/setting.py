"""Where and when a question plays: places, periods, and the reports that an author or a year points to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.asking import periods
from rag.asking.areas import QUOTED, Area, find_areas, find_authors
from rag.asking.knowledge import Knowledge
from rag.asking.question import Period
from rag.folding import fold
from rag.types import ReportSummary


@dataclass(frozen=True, slots=True)
class Setting:
    """Where and when a question plays: its areas, periods, and the reports an author or a year points to."""

    areas: tuple[Area, ...]
    periods: tuple[Period, ...]
    author_ids: tuple[str, ...]
    report_ids: tuple[str, ...]


def find_setting(text: str, knowledge: Knowledge) -> Setting:
    """Find the places, periods and reports that ``text`` names."""
    folded = fold(text)
    areas = find_areas(text, knowledge)
    found = tuple(_outside_quotes(folded, periods.find_periods(folded)))
    author_ids = find_authors(text, knowledge)
    if author_ids and not any(area.scope and area.held for area in areas):
        areas += _author_areas(author_ids, knowledge)
    report_ids, found = _reports_of_year(areas, found, author_ids, knowledge)
    return Setting(areas, found, author_ids, report_ids)


def _outside_quotes(folded: str, found: Sequence[Period]) -> list[Period]:
    quotes = [match.span() for match in QUOTED.finditer(folded)]
    return [
        period for period in found if not period.hard or not any(a < period.start and period.end < b for a, b in quotes)
    ]


def _author_areas(report_ids: Sequence[str], knowledge: Knowledge) -> tuple[Area, ...]:
    rows = [row.profile for row in knowledge.reports if row.report_id in report_ids and row.profile.place]
    paths = {row.place: row.place_path or (row.place,) for row in rows if row.place}
    return tuple(Area(0, 0, place, path, held=True, scope=True) for place, path in paths.items())


def _reports_of_year(
    areas: Sequence[Area], found: tuple[Period, ...], author_ids: tuple[str, ...], knowledge: Knowledge
) -> tuple[tuple[str, ...], tuple[Period, ...]]:
    """Turn "the report of 2022" into report ids; where no such report is held the year stays a limit on the facts."""
    years = {year for period in found if period.report for year in period.years}
    rows = [row for row in scope_reports(areas, knowledge) if not author_ids or _may_be_by(row, author_ids)]
    named = [row for row in rows if row.profile.year in years] or [r for r in rows if r.profile.current_year in years]
    ids = tuple(row.report_id for row in named)
    if years and not ids:
        found = tuple(replace(period, hard=period.hard or period.report, report=False) for period in found)
    return ids or author_ids, found


def _may_be_by(row: ReportSummary, author_ids: tuple[str, ...]) -> bool:
    return row.report_id in author_ids or not row.profile.author


def scope_reports(areas: Sequence[Area], knowledge: Knowledge) -> list[ReportSummary]:
    """Return the reports of the places asked about; all reports when none is."""
    names = [area.name for area in areas if area.scope]
    if not names:
        return list(knowledge.reports)
    return [row for name in names for row in knowledge.of_place(name)]


def name_relative_years(text: str, knowledge: Knowledge) -> str:
    """Replace 去年, 今年, "last year" outside quotation marks by the year.

    上年, 下一年 and what follows 比 count from the one year the text names; all else from the newest report in scope.
    """
    folded = fold(text)
    outside = _outside_quotes(folded, periods.find_periods(folded))
    named = {year for period in outside if period.hard for year in period.years}
    for period in reversed([p for p in outside if p.hard and not p.years]):
        compared = folded[max(0, period.start - 1) : period.start] in ("比", "较")
        leans = len(named) == 1 and (compared or not periods.FROM_TODAY.match(period.text))
        base = next(iter(named)) if leans else _base_year(text, knowledge)
        if base is not None:
            counted = next(p for p in periods.find_periods(folded, base=base) if p.start == period.start)
            text = text[: period.start] + _year_words(counted) + text[period.end :]
    return text


def _year_words(period: Period) -> str:
    year = str(period.years[0])
    if period.text.isascii():
        return year
    return year + "年" + (period.text[-1] if period.text[-1] in "底末初" else "")


def _base_year(text: str, knowledge: Knowledge) -> int | None:
    setting = find_setting(text, knowledge)
    rows = [
        row
        for row in scope_reports(setting.areas, knowledge)
        if not setting.report_ids or row.report_id in setting.report_ids
    ]
    oldest_first = sorted(rows, key=lambda row: row.profile.year or 0)
    bases = {row.profile.place: row.profile.current_year or row.profile.year for row in oldest_first}
    return _shared_by_most([year for year in bases.values() if year])


def _shared_by_most(years: Sequence[int]) -> int | None:
    """Return the year that more than half of the places share: what 今年 means when none is named."""
    year, count = Counter(years).most_common(1)[0] if years else (None, 0)
    return year if 2 * count > len(years) else None
