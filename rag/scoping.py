"""Which reports may be cited: a hard filter by place, year and id that never widens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rag.places import Gazetteer
from rag.types import ReportSummary, Scope


def in_scope(summary: ReportSummary, scope: Scope, gazetteer: Gazetteer) -> bool:
    """Say whether a report may be cited under ``scope``.

    A report whose place or years are unknown is not filtered by them: its passages' own words decide later.
    """
    profile = summary.profile
    if scope.report_ids and summary.report_id not in scope.report_ids:
        return False
    if (
        scope.places
        and profile.place
        and not any(_covers(profile.place_path, profile.place, area, gazetteer) for area in scope.places)
    ):
        return False
    return not (scope.years and profile.years and not set(scope.years) & set(profile.years))


def _covers(path: tuple[str, ...], place: str, area: str, gazetteer: Gazetteer) -> bool:
    return area == place or area in path or gazetteer.is_within(place, area)


def select_reports(summaries: Iterable[ReportSummary], scope: Scope, gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the ids of the reports in scope, without near-duplicates of others; an empty result stays empty.

    A report in the words of another, but of another place or year, is no duplicate of it.
    """
    chosen = {summary.report_id: summary for summary in summaries if in_scope(summary, scope, gazetteer)}
    return tuple(row.report_id for row in chosen.values() if not _is_repeated(row, chosen))


def _is_repeated(row: ReportSummary, chosen: Mapping[str, ReportSummary]) -> bool:
    original = chosen.get(row.near_duplicate_of or "")
    if original is None:
        return False
    return (row.profile.place, row.profile.year) == (original.profile.place, original.profile.year)
