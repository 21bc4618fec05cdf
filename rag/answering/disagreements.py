"""Where a question and a report, or two reports, disagree: said plainly, with the words of both."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from rag.answering.choosing import Case, Choice, Chooser
from rag.answering.computing import number_words
from rag.answering.draft import Proof, Statement
from rag.answering.wording import frame
from rag.matching import gram_set
from rag.numerals import QUANTITY, Number, find_numbers, same_quantity
from rag.places import Gazetteer
from rag.scoring import bare_indicator, fits_years
from rag.types import Figure, Reading


def conflicts(case: Case, choices: Sequence[Choice]) -> list[tuple[Statement, float]]:
    """Name the difference where two reports give different figures for one fact, with its value; [] without any."""
    found = []
    for one, other in combinations(choices, 2):
        first, second = one.scored.figure, other.scored.figure
        if first is None or second is None or not _same_fact(one, first, other, second) or first.value == second.value:
            continue
        gap = round(abs(first.value - second.value), 6)
        unit = "个百分点" if first.unit == "%" else first.unit
        words = f"the reports differ by {number_words(gap)}{unit}"
        text = words if case.question.language == "en" else f"报告之间数字不同，相差{number_words(gap)}{unit}"
        proofs = tuple(Proof(row.report.report_id, *row.window, row.years, row.reading) for row in (one, other))
        found.append((Statement(text, proofs), gap))
    return found


def _same_fact(one: Choice, first: Figure, other: Choice, second: Figure) -> bool:
    """Same place, years, reading, unit and indicator, in two reports."""
    if one.report.report_id == other.report.report_id or one.report.profile.place != other.report.profile.place:
        return False
    facts = [(bare_indicator(row), row.years, row.unit) for row in (first, second)]
    alike = Reading.UNKNOWN in (first.reading, second.reading) or first.reading == second.reading
    return facts[0] == facts[1] and alike and bool(first.years)


def false_premise(case: Case, chooser: Chooser, gazetteer: Gazetteer) -> str:
    """Say what a figure in the question really is, when a report gives it for other years than asked; "" otherwise."""
    question = case.question
    stated = [number for number in find_numbers(question.standalone) if number.kind == QUANTITY and number.unit]
    if not stated or not question.years:
        return ""
    asked = frozenset(gram for term in question.terms for gram in gram_set(term))
    for report_id in chooser.reports_of(case, question.places):
        for figure in case.corpus.report(report_id).figures:
            elsewhen = figure.years and not fits_years(figure.years, figure.reading, question.years)
            if elsewhen and _is(figure, stated) and asked & gram_set(figure.indicator):
                return _correction(case, figure, gazetteer)
    return ""


def _is(figure: Figure, stated: Sequence[Number]) -> bool:
    return any(same_quantity(number, row) for number in stated for row in find_numbers(figure.text)[:1])


def _correction(case: Case, figure: Figure, gazetteer: Gazetteer) -> str:
    language = case.question.language
    where = frame(figure.place, figure.years, figure.reading, gazetteer, language)
    asked = frame(None, case.question.years, figure.reading, gazetteer, language)
    if language == "en":
        return f"The premise does not hold: “{figure.indicator}{figure.text}” is of {where}, not of {asked}."
    return f"前提与报告不符：“{figure.indicator}{figure.text}”是{where}，不是{asked}。"
