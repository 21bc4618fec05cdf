"""Answers about a report itself: who wrote or gave it, when, its title and its place; cited where it says so."""

from __future__ import annotations

import re
from collections.abc import Callable

from rag.answering.choosing import Case, Chooser
from rag.answering.draft import Draft, Proof, Statement
from rag.answering.wording import framed
from rag.asking.names import SUFFIX, spell_person
from rag.asking.question import Kind, Question
from rag.folding import fold
from rag.sentences import Span, split_sentences
from rag.types import Report

GIVING = re.compile(
    r"(?<!工)作(的|了|这份|这个|政府|工作)?.{0,8}报告|报告是?(什么时候|何时|哪天|哪一天|几月几[日号])|由(谁|哪位|何人)(来)?(作|做|写|讲|宣读|发表)|(报告|文章|讲话|文|稿)(是)?(谁|哪位|由谁|何人|什么人)|(谁|哪位|何人|什么人).{0,6}"
    r"(写|作(?!家|用|业|风|物)|讲|撰|署名|发表|执笔)|作者|署名|报告人|讲话人|(讲话|发言|作报告|署名|撰文)的?(人|领导|干部|书记|官员|作者)|(哪天|哪一天|哪日|什么时候|何时|几月几日|几号).{0,12}(作|讲|发表|报告|提交)"
    r"|向[^，。,？?]{0,6}(?:人大|人民代表大会|大会|代表)[^。？?]{0,6}报告.{0,40}(?:谁|哪位|什么人)"
    r"|\b(deliver|wrote|written|author|gave the|give the|presented|signed)",
    re.IGNORECASE,
)
SPOKEN_OF = re.compile(r"报告|文章|讲话|作者|署名|\b(report|article|speech|author|essay)\b", re.IGNORECASE)
TOLD = re.compile(r"提到|谈到|说到|讲到|引用|提及|\b(mention|quote|cite)")
BY_WHOM = re.compile(r"由(谁|哪位|何人)")
TITLE = re.compile(
    r"(报告|文章|讲话|材料|公报|[篇份]|稿)[^，。？]{0,6}(标题|题目|篇名)|(标题|题目)(是|叫|为)(什么|啥)|题为什么"
    r"|\b(title|headline)\b[^?]*\b(report|article|speech|essay)|\b(report|article|speech|essay)\b[^?]*\b(titled?|headline)\b"
)
WHOSE = re.compile(
    r"(讲|写|说|谈|介绍|反映)的?(是|了)?(哪(里|儿|个?(地方|县|市|省|区|城市))|什么地方)"
    r"|\b(what|which) (place|county|city|province|district)\b[^?]*\b(about|speak)"
)
HEAD_CHARS = 600
MIN_PLACE_CHARS = 2
TAIL_CHARS = 200


def draft_about_report(case: Case, chooser: Chooser) -> Draft | None:
    """Name what is asked of the reports in scope: author, date, title, place; None when the question is not about them.

    Where no report in scope says it, the draft refuses: another person's name or the page's own date is no answer.
    """
    question = case.question
    aspects = [aspect for aspect, is_asked in ASPECTS.items() if is_asked(question)]
    if not aspects:
        return None
    reports = [case.corpus.report(report_id) for report_id in chooser.reports(case)]
    if question.reports_kind is not None:
        reports = [report for report in reports if report.profile.kind == question.reports_kind] or reports
    found = [_statement(case, chooser, report, aspect) for report in reports for aspect in aspects]
    statements = tuple(row for row in found if row is not None)
    if not statements and not SPOKEN_OF.search(question.standalone):
        return None
    return Draft(statements)


def _gives(question: Question) -> bool:
    words = fold(question.standalone)
    return bool(GIVING.search(words)) and not TOLD.search(words)


def _asks_author(question: Question) -> bool:
    return _gives(question) and (question.kind is Kind.PERSON or bool(BY_WHOM.search(fold(question.standalone))))


def _asks_date(question: Question) -> bool:
    return _gives(question) and question.kind is Kind.DATE


def _asks_title(question: Question) -> bool:
    return bool(TITLE.search(fold(question.standalone)))


def _asks_place(question: Question) -> bool:
    return bool(question.report_ids) and bool(WHOSE.search(fold(question.standalone)))


ASPECTS: dict[str, Callable[[Question], bool]] = {
    "author": _asks_author,
    "date": _asks_date,
    "title": _asks_title,
    "place": _asks_place,
}


def _statement(case: Case, chooser: Chooser, report: Report, aspect: str) -> Statement | None:
    profile, language = report.profile, case.question.language
    value = {"author": profile.author, "date": profile.date, "title": profile.title, "place": profile.place}[aspect]
    span = _find(report.text, value or "", aspect)
    if not value or span is None:
        return None
    line = span if aspect == "place" else line_around(report.text, span)
    words = value if aspect in ("title", "place") else report.text[line.start : line.end].strip("— \u3000")
    if language == "en" and aspect == "author":
        words = f"{spell_person(value)} ({value})"
        return Statement(f"{chooser.frame(case, report)}: {words}", (Proof(report.report_id, *line),))
    proofs = (Proof(report.report_id, *line),)
    return Statement(framed(chooser.frame(case, report), words, language), proofs)


def _find(text: str, value: str, aspect: str) -> Span | None:
    """Find where a report says what its profile holds; None where its text does not."""
    if aspect == "author":
        return find_name(text, value)
    if aspect == "date":
        return find_date(text, value)
    if aspect == "title":
        start = text.find(value, 0, HEAD_CHARS) if value else -1
        return Span(start, start + len(value)) if start >= 0 else None
    name = SUFFIX.sub("", value) if len(value) > MIN_PLACE_CHARS else value
    return next((row for row in split_sentences(text) if name and name in text[row.start : row.end]), None)


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
