"""A small catalogue of made-up profiles for the tests of questions."""

from __future__ import annotations

from rag.old.asking.knowledge import Knowledge
from rag.language.places import Gazetteer
from rag.types import Profile, ReportKind, ReportSummary


def summary(
    report_id: str,
    place: str,
    year: int,
    *,
    current_year: int | None = None,
    author: str = "",
    kind: ReportKind = ReportKind.WORK_REPORT,
) -> ReportSummary:
    profile = Profile(
        title=f"{place}{year}年报告",
        place=place,
        year=year,
        current_year=current_year or year,
        years=(year - 1, year),
        author=author,
        kind=kind,
    )
    return ReportSummary(report_id, f"{report_id}.txt", f"/reports/{report_id}.txt", profile, 1000, 10)


def make_knowledge(gazetteer: Gazetteer) -> Knowledge:
    return Knowledge(
        gazetteer=gazetteer,
        reports=(
            summary("dongtai-2031", "东台市", 2031, author="闻小满"),
            summary("dongtai-2033", "东台市", 2033, current_year=2032, kind=ReportKind.SPEECH),
            summary("haian-2031", "海安市", 2031, author="陆 遥"),
            summary("yunting-2031", "云汀县", 2031, kind=ReportKind.ARTICLE),
            summary("anhui-2031", "安徽省", 2031),
        ),
    )
