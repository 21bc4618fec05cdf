"""Saying honestly that the reports do not tell, and what they do have."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.choosing import Case, Chooser
from rag.answering.defining import terms_to_define, uses
from rag.answering.disagreements import false_premise
from rag.answering.draft import Draft
from rag.answering.wording import frame
from rag.asking.question import Kind, Question
from rag.places import Gazetteer
from rag.types import Reading, ReportSummary

MAX_NAMED = 4


def draft_refusal(case: Case, chooser: Chooser, gazetteer: Gazetteer) -> Draft:
    """Refuse with one sentence: what was looked for, and what there is of the place asked about."""
    question = case.question
    topic = "".join(question.terms[:4]) if question.language == "zh" else " ".join(question.terms[:6])
    if not case.corpus.summaries:
        return Draft(reason=_say(question, "还没有收入任何报告。", "There are no reports yet."))
    if not chooser.reports(case):
        return Draft(reason=_nothing_in_scope(case, chooser, gazetteer))
    if correction := false_premise(case, chooser, gazetteer):
        return Draft(reason=correction)
    if term := _unexplained(case, chooser):
        return Draft(reason=f"报告提到了“{term}”，但没有说明它指什么。")
    where = _where(question, gazetteer)
    if question.language == "en":
        about = f" ({topic})" if topic else ""
        return Draft(reason=f"The reports do not say this{f' for {where}' if where else ''}{about}.")
    if not topic:
        return Draft(reason=f"报告中没有找到{where}的答案；请说明想问什么。")
    return Draft(reason=f"报告中没有找到{where}{'关于' if where else ''}“{topic}”的内容。")


def _unexplained(case: Case, chooser: Chooser) -> str:
    """Return the term a definition was asked of when the reports use it; "" else."""
    if case.question.kind is not Kind.DEFINITION or case.question.language != "zh":
        return ""
    terms = terms_to_define(case.question)
    return next((term for key in chooser.reports(case) for term in terms if uses(case.corpus.text(key), term)), "")


def _nothing_in_scope(case: Case, chooser: Chooser, gazetteer: Gazetteer) -> str:
    """Say why no report may be cited: the one asked for is silent, lies beyond the scope set, or there is none."""
    question = case.question
    rows = [case.corpus.summaries[report_id] for report_id in chooser.reports_of(case, question.places)]
    where, held = _where(question, gazetteer), _held(rows, question, gazetteer)
    if named := _held([row for row in rows if row.report_id in question.report_ids], question, gazetteer):
        when = frame(None, question.years, Reading.UNKNOWN, gazetteer, question.language)
        return _say(
            question,
            f"所问的报告（{named}）没有讲到{when or where}。",
            f"The report asked about ({named}) does not speak of {when or where}.",
        )
    if any(row.profile.year in question.years for row in rows):
        return _say(question, f"所选范围内没有{where}的报告。", f"The scope set holds no report for {where}.")
    if held:
        return _say(
            question,
            f"没有{where}的报告；现有{held}的报告。",
            f"There is no report for {where}; there is one for {held}.",
        )
    return _say(question, f"没有{where}的报告。", f"There is no report for {where}.")


def _held(summaries: Sequence[ReportSummary], question: Question, gazetteer: Gazetteer) -> str:
    dated = [(row.profile.place, row.profile.year) for row in summaries if row.profile.year]
    named = [frame(place, (year,), Reading.UNKNOWN, gazetteer, question.language) for place, year in dated]
    return _joint(question).join(dict.fromkeys(named[:MAX_NAMED]))


def _where(question: Question, gazetteer: Gazetteer) -> str:
    """Name the places and years asked about: "甲县、乙县2030年", "Jia and Yi, 2030"."""
    names = [frame(place, (), Reading.UNKNOWN, gazetteer, question.language) for place in question.places]
    when = frame(None, question.years, Reading.UNKNOWN, gazetteer, question.language)
    joined = _joint(question).join(names)
    return ", ".join(filter(None, (joined, when))) if question.language == "en" else joined + when


def _joint(question: Question) -> str:
    return " and " if question.language == "en" else "、"


def _say(question: Question, chinese: str, english: str) -> str:
    return english if question.language == "en" else chinese
