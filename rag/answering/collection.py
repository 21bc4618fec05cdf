"""Questions about the collection: which reports there are, of which places and years, and which speak of a thing."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.answering.choosing import Case, Chooser
from rag.answering.draft import Draft, Proof, Statement
from rag.folding import fold
from rag.sentences import Span, split_sentences, strip
from rag.types import Report

ABOUT = re.compile(r"提到|提及|涉及|谈到|讲到|说到|有关|\b(mention|discuss|talk about|speak of|deal with)")
MAX_LISTED = 12
KIND_WORDS = {
    "zh": {
        "work_report": "政府工作报告",
        "article": "文章",
        "speech": "讲话",
        "communique": "统计公报",
        "other": "材料",
    },
    "en": {
        "work_report": "work report",
        "article": "article",
        "speech": "speech",
        "communique": "communique",
        "other": "document",
    },
}


def draft_collection(case: Case, chooser: Chooser) -> Draft | None:
    """List the reports in scope, each cited where it names its year or title; None when there is none."""
    reports = [case.corpus.report(report_id) for report_id in chooser.reports(case)]
    if ABOUT.search(fold(case.question.standalone)):
        reports = _speaking(case, chooser, reports)
    if not reports:
        return None
    shown = reports[:MAX_LISTED]
    listed = [_describe(case, report) for report in shown]
    return Draft((_headline(case, reports), *listed))


def _speaking(case: Case, chooser: Chooser, reports: Sequence[Report]) -> list[Report]:
    """Keep the reports in which a sentence bears what is asked."""
    found = chooser.find(case)
    bearing = {row.sentence.report_id for row in found.scored if row.coverage >= 0.75}
    return [report for report in reports if report.report_id in bearing]


def _headline(case: Case, reports: Sequence[Report]) -> Statement:
    place = "、".join(case.question.places)
    proofs = tuple(_proof(report) for report in reports[:MAX_LISTED])
    if case.question.language == "en":
        return Statement(f"{len(reports)} report{'s' if len(reports) > 1 else ''}", proofs)
    subject = f"{place}的报告" if place else "报告"
    return Statement(f"{subject}共{count_words(len(reports))}份", proofs)


def _describe(case: Case, report: Report) -> Statement:
    profile, language = report.profile, case.question.language
    kind = KIND_WORDS[language][profile.kind.value]
    if language == "en":
        year = f"about {profile.year}" if profile.year else "of an unknown year"
        return Statement(f"{profile.place or ''} {kind} {year}: {profile.title}".strip(), (_proof(report),))
    year = f"讲{profile.year}年" if profile.year else "年份不明"
    by = profile.author or ""
    return Statement(f"{by}{'的' if by else ''}{kind}《{profile.title}》，{year}", (_proof(report),))


def _proof(report: Report) -> Proof:
    span = year_sentence(report) or title_line(report)
    return Proof(report.report_id, span.start, span.end, (report.profile.year,) if report.profile.year else ())


def year_sentence(report: Report) -> Span | None:
    """Return the first sentence that names the report's year, None when none does."""
    if report.profile.year is None:
        return None
    for span in split_sentences(report.text):
        if re.search(rf"{report.profile.year}\s*年", report.text[span.start : span.end]):
            return span
    return None


def title_line(report: Report) -> Span:
    """Return where the title stands, or else the first line."""
    start = max(0, report.text.find(report.profile.title))
    end = report.text.find("\n", start)
    return strip(report.text, Span(start, len(report.text) if end < 0 else end))


def count_words(count: int) -> str:
    """Write a count as people say it: 两 for 2."""
    return "两" if count == 2 else str(count)
