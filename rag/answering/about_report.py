"""Answers about a report itself: who wrote or gave it, and when; cited where the report says so."""

from __future__ import annotations

import re

from rag.answering.choosing import Case, Chooser
from rag.answering.draft import Draft, Proof, Statement
from rag.answering.wording import framed
from rag.asking.names import spell_person
from rag.asking.question import Kind
from rag.folding import fold
from rag.sentences import Span
from rag.types import Report

GIVING = re.compile(
    r"作(的|了|这份|这个|政府|工作)?.{0,8}报告|由(谁|哪位|何人)(来)?(作|做|写|讲|宣读|发表)|(报告|文章|讲话|文|稿)(是)?(谁|哪位|由谁|何人|什么人)|(谁|哪位|何人|什么人).{0,6}"
    r"(写|作|讲|撰|署名|发表|执笔)|作者|署名|报告人|讲话人|(讲话|发言|作报告|署名|撰文)的?(人|领导|干部|书记|官员|作者)|(哪天|哪一天|哪日|什么时候|何时|几月几日|几号).{0,12}(作|讲|发表|报告|提交)"
    r"|\b(deliver|wrote|written|author|gave the|give the|presented|signed)",
    re.IGNORECASE,
)
SPOKEN_OF = re.compile(r"报告|文章|讲话|作者|署名|\b(report|article|speech|author|essay)\b", re.IGNORECASE)
TOLD = re.compile(r"提到|谈到|说到|讲到|引用|提及|\b(mention|quote|cite)")
BY_WHOM = re.compile(r"由(谁|哪位|何人)")
HEAD_CHARS = 600
TAIL_CHARS = 200


def draft_about_report(case: Case, chooser: Chooser) -> Draft | None:
    """Name the author or the date of the reports in scope; None when the question is not about that.

    Where no report in scope says it, the draft refuses: another person's name or the page's own date is no answer.
    """
    question = case.question
    words = fold(question.standalone)
    of_kind = question.kind in (Kind.PERSON, Kind.DATE) or BY_WHOM.search(words)
    asked = of_kind and GIVING.search(words) and not TOLD.search(words)
    if not asked:
        return None
    reports = [case.corpus.report(report_id) for report_id in chooser.reports(case)]
    if question.reports_kind is not None:
        reports = [report for report in reports if report.profile.kind == question.reports_kind] or reports
    statements = [row for report in reports if (row := _statement(case, chooser, report)) is not None]
    if not statements and not SPOKEN_OF.search(question.standalone):
        return None
    return Draft(tuple(statements))


def _statement(case: Case, chooser: Chooser, report: Report) -> Statement | None:
    profile, language = report.profile, case.question.language
    dated = case.question.kind is Kind.DATE
    value = profile.date if dated else profile.author
    span = find_date(report.text, value) if dated else find_name(report.text, value)
    if not value or span is None:
        return None
    line = line_around(report.text, span)
    prefix = chooser.frame(case, report)
    words = report.text[line.start : line.end].strip("— \u3000")
    if language == "en" and not dated:
        words = f"{spell_person(value)} ({value})"
        return Statement(f"{prefix}: {words}", (Proof(report.report_id, *line),))
    return Statement(framed(prefix, words, language), (Proof(report.report_id, *line),))


def find_name(text: str, name: str) -> Span | None:
    """Find a person's name, maybe spaced (贾 晟), near the head or the end of ``text``; None when it is not there."""
    if not name:
        return None
    pattern = re.compile(r"\s*".join(map(re.escape, name.replace(" ", ""))))
    match = pattern.search(text, 0, HEAD_CHARS) or pattern.search(text, max(0, len(text) - TAIL_CHARS))
    return Span(*match.span()) if match else None


def find_date(text: str, date: str) -> Span | None:
    """Find an ISO date as 2022年1月10日 near the head of ``text``; None when it is not written there."""
    if not date:
        return None
    year, month, day = (int(part) for part in date.split("-"))
    match = re.search(rf"{year}\s*年\s*0?{month}\s*月\s*0?{day}\s*日", text[:HEAD_CHARS])
    return Span(*match.span()) if match else None


def line_around(text: str, span: Span) -> Span:
    """Return the line in which ``span`` lies, without its line break."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.end)
    return Span(start, len(text) if end < 0 else end)
