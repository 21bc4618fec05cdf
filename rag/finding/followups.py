"""Follow-ups without a model: what a question leaves out is taken from the questions before it."""

from __future__ import annotations

from collections.abc import Sequence

from rag.finding.scope import QuestionScope, read_scope
from rag.language.periods import resolve_years
from rag.language.places import Gazetteer
from rag.language.terms import stop_terms, terms
from rag.types import ReportSummary, Scope, Turn

REMEMBERED_TURNS = 2
ANY_YEAR = 2000  # only where 去年 and its like stand matters here, not which year they mean


def with_history(
    scope: QuestionScope,
    question: str,
    history: Sequence[Turn],
    reports: Sequence[ReportSummary],
    gazetteer: Gazetteer,
    given: Scope,
) -> QuestionScope:
    """Return the scope of a question with what it leaves out of where and when, as an earlier question said it last.

    One that names neither may be about all that was named before; 下一年 is that of the year asked about last.
    """
    if (scope.places and scope.years) or (scope.groups and not scope.places and not scope.years):
        return scope
    earlier = [turn.question for turn in history[-REMEMBERED_TURNS:]]
    told = [read_scope(each, reports, gazetteer, given) for each in reversed(earlier)]
    years = {*next((row.years for row in told if row.years), ())}
    if years:
        years |= {year for mention in resolve_years(question, max(years)) for year in mention.years}
    words: Sequence[str] = [f"{year}年" for year in sorted(years)]
    if scope.years:
        words = next((row.names or row.places for row in told if row.places), ())
    elif not scope.places:
        words = [*earlier, *words]
    return read_scope(" ".join([question, *words]), reports, gazetteer, given)


def searches(question: str, history: Sequence[Turn], gazetteer: Gazetteer) -> tuple[str, ...]:
    """Return the texts to search for: the question, and with the ones before it that it leans on where there are any.

    It leans on the one before it, and on those which that leans on in turn while it tells nothing but where and when.
    """
    leaned: list[str] = []
    for turn in reversed(history):
        leaned.insert(0, turn.question)
        if _tells_what(turn.question, gazetteer):
            break
    return (question, " ".join([*leaned, question])) if leaned else (question,)


def _tells_what(question: str, gazetteer: Gazetteer) -> bool:
    """Tell whether a question speaks of more than places and years."""
    places = [(mention.start, mention.end) for mention in gazetteer.find_places(question)]
    years = [(mention.start, mention.end) for mention in resolve_years(question, ANY_YEAR)]
    rest = list(question)
    for start, end in [*places, *years]:
        rest[start:end] = " " * (end - start)
    return any(len(term) > 1 and term not in stop_terms() for term in terms("".join(rest)))
