"""Follow-ups without a model: what a question leaves out is taken from the questions before it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.finding.scope import QuestionScope, read_scope
from rag.language.places import Gazetteer
from rag.types import ReportSummary, Scope, Turn

REMEMBERED_TURNS = 2


def with_history(
    scope: QuestionScope,
    question: str,
    history: Sequence[Turn],
    reports: Sequence[ReportSummary],
    gazetteer: Gazetteer,
    given: Scope,
) -> QuestionScope:
    """Return the scope of a question with the places, or else the years, that only earlier questions named."""
    earlier = [turn.question for turn in history[-REMEMBERED_TURNS:]]
    if not scope.places:
        return read_scope(" ".join([*earlier, question]), reports, gazetteer, given)
    if not scope.years:
        years = " ".join(f"{year}年" for year in read_scope(earlier[-1], reports, gazetteer, given).years)
        return read_scope(f"{question} {years}", reports, gazetteer, given)
    return scope


def searches(question: str, history: Sequence[Turn]) -> tuple[str, ...]:
    """Return the texts to search for: the question, and with the ones before it where there are any."""
    earlier = [turn.question for turn in history[-REMEMBERED_TURNS:]]
    return (question, " ".join([*earlier[-1:], question])) if earlier else (question,)
