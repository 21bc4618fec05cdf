"""Which reports may be cited: a hard filter by place, year and id that never widens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from rag.folding import fold
from rag.places import Gazetteer
from rag.types import ReportKind, ReportSummary, Scope

Words = Callable[[str], str]
NATION = "全国"


def in_scope(summary: ReportSummary, scope: Scope, gazetteer: Gazetteer, words: Words) -> bool:
    """Say whether a report may be cited under ``scope``; ``words`` gives a report's folded text by its id.

    A report whose place or years are unknown is not filtered by them: its passages' own words decide later. Where it is
    no report of a government (an encyclopaedia's page, a table), its profile is a guess, and its words count too.
    """
    profile = summary.profile
    if scope.report_ids and summary.report_id not in scope.report_ids:
        return False
    place, path = profile.place, profile.place_path
    fits_place = not (scope.places and place) or any(_covers(path, place, area, gazetteer) for area in scope.places)
    fits_years = not (scope.years and profile.years) or bool(set(scope.years) & set(profile.years))
    if (fits_place and fits_years) or profile.kind is not ReportKind.OTHER:
        return fits_place and fits_years
    text = words(summary.report_id)
    named = any(area == NATION or fold(gazetteer.short_name(area)) in text for area in scope.places)
    return (fits_place or named) and (fits_years or any(str(year) in text for year in scope.years))


def _covers(path: tuple[str, ...], place: str, area: str, gazetteer: Gazetteer) -> bool:
    return area == place or area in path or gazetteer.is_within(place, area)


def select_reports(
    summaries: Iterable[ReportSummary], scope: Scope, gazetteer: Gazetteer, words: Words
) -> tuple[str, ...]:
    """Return the ids of the reports in scope, without near-duplicates of others; an empty result stays empty.

    A report in the words of another, but of another place or year, is no duplicate of it.
    """
    chosen = {summary.report_id: summary for summary in summaries if in_scope(summary, scope, gazetteer, words)}
    return tuple(row.report_id for row in chosen.values() if not _is_repeated(row, chosen))


def _is_repeated(row: ReportSummary, chosen: Mapping[str, ReportSummary]) -> bool:
    original = chosen.get(row.near_duplicate_of or "")
    if original is None:
        return False
    return (row.profile.place, row.profile.year) == (original.profile.place, original.profile.year)
