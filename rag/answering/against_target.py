"""Result against target: was what a report set for a year reached, as a report of the result tells it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from rag.answering.choosing import Case, Chooser
from rag.answering.draft import Draft, Proof, Statement
from rag.answering.table_cells import find_cell
from rag.answering.table_wording import CellWriter
from rag.answering.weighing import AT_MOST, is_met
from rag.answering.wording import framed, romanise_place, tidy
from rag.asking.question import Kind
from rag.folding import fold
from rag.glossary import Glossary, load_glossary
from rag.numerals import base_value, find_numbers
from rag.places import load_gazetteer
from rag.sentences import Span, split_clauses, split_sentences
from rag.types import Figure, Reading, Report

AIM = re.compile(r"目标|任务|计划|预期|定的|定下|设定|\b(?:target|goal|aim)s?\b")
DONE = "达到|完成|实现|达成|兑现|做到|达标|超过|超额|超"
FULFILLED = re.compile(
    rf"(?:{DONE})[^,，。？?]{{0,4}}(?:吗|没有?(?=$|[,，。？?])|没(?=$|[,，。？?])|与否)"
    rf"|(?:是否|是不是|有没有|能否|能不能)[^,，。？?]{{0,12}}(?:{DONE})(?![过到了]*\s*[\d一二三四五六七八九十百])"
    r"|^(?:did|was|were|has|have|is)\b.*\b(?:met|meet|reach|reached|achieved?|hit|miss|missed|exceed|exceeded|fulfil\w*)\b"
)
GROWTH = "增长"
MAX_CLAUSE_CHARS = 90


@dataclass(frozen=True, slots=True)
class _Said:
    """A figure with the report that states it."""

    figure: Figure
    report: Report

    @property
    def amount(self) -> tuple[float, str]:
        """The amount in its base unit and what it measures."""
        numbers = find_numbers(self.figure.text)
        return base_value(numbers[0]) if numbers else (self.figure.value, self.figure.unit)

    @property
    def kind(self) -> tuple[str, bool]:
        """What it measures, and whether it is a rate of change: only figures of one kind compare."""
        return self.amount[1], bool(self.figure.direction) and self.figure.unit == "%"


def draft_against_target(case: Case, chooser: Chooser) -> Draft | None:
    """Say whether a target was met, with the target and the result, both cited; None when that is not asked.

    The result may stand in another report of the place, such as the next year's. Without a result the draft refuses.
    """
    question = case.question
    text = fold(question.standalone)
    if question.kind is Kind.FIGURE or not (AIM.search(text) and FULFILLED.search(text)):
        return None
    target = _target(case, chooser)
    if target is None:
        return None
    result = _result(case, chooser, target)
    return _compared(case, target, result) if result else Draft(reason=_no_result(case, target))


def _target(case: Case, chooser: Chooser) -> _Said | None:
    """Return the target asked about: the figure whose indicator the question names, else the best the reports bear."""
    question = replace(case.question, kind=Kind.FIGURE, reading=Reading.TARGET, certain=True, slots=())
    asked = replace(case, question=question)
    aims = [_Said(figure, report) for figure, report in _figures(asked, chooser) if figure.reading is Reading.TARGET]
    years = set(question.years)
    aims = [row for row in aims if not years or years & set(row.figure.years)]
    glossary = load_glossary()
    named = [row for row in aims if _names(fold(question.standalone), row.figure, glossary)]
    if named:
        return max(named, key=lambda row: (len(row.figure.indicator), max(row.figure.years, default=0)))
    return _in_words_chosen(replace(asked, question=replace(question, kind=case.question.kind)), chooser)


def _in_words_chosen(case: Case, chooser: Chooser) -> _Said | None:
    """Return the target in the words that bear the question best; None where they hold none, or several."""
    for choice in chooser.choose(chooser.find(case), case.corpus, margin=0.0):
        rows = [row for row in choice.report.figures if choice.window.start <= row.start < choice.window.end]
        aims = [row for row in rows if row.reading is Reading.TARGET]
        if len({row.indicator for row in aims}) == 1:
            return _Said(aims[0], choice.report)
    return None


def _names(text: str, figure: Figure, glossary: Glossary) -> bool:
    """Tell whether a question names what a figure measures, growth included, in any wording."""
    indicator = fold(figure.indicator)
    phrases = {indicator, indicator + GROWTH} if figure.direction == "up" else {indicator}
    if any(len(phrase) > 2 and phrase in text for phrase in phrases):
        return True
    matches = glossary.find(text) if not text.isascii() else glossary.find_english(text)
    wordings = {fold(name) for match in matches for name in (match.entry.term, *match.entry.synonyms)}
    rate = indicator + GROWTH if figure.direction == "up" else indicator
    return rate in wordings or (indicator in wordings and (GROWTH not in text or bool(figure.direction)))


def _figures(case: Case, chooser: Chooser) -> Iterator[tuple[Figure, Report]]:
    """Yield the figures of all reports of the place, whatever their year."""
    anytime = replace(case, question=replace(case.question, years=(), report_ids=()))
    for report_id in chooser.reports(anytime):
        report = case.corpus.report(report_id)
        yield from ((figure, report) for figure in report.figures)


def _result(case: Case, chooser: Chooser, target: _Said) -> _Said | None:
    """Return the result for the same indicator, year, place and kind of figure; the latest report's before others."""
    found = []
    for figure, report in _figures(case, chooser):
        said = _Said(figure, report)
        same = fold(figure.indicator) == fold(target.figure.indicator) and report.profile.place == _place(target)
        if same and figure.reading is Reading.RESULT and figure.years == target.figure.years:
            found += [said] if said.kind == target.kind else []
    return max(found, key=lambda row: row.report.profile.year or 0, default=None)


def _place(said: _Said) -> str | None:
    return said.report.profile.place


def _is_met(target: _Said, result: _Said) -> bool:
    return is_met(
        target.amount[0],
        result.amount[0],
        directions=(target.figure.direction, result.figure.direction),
        at_most=AT_MOST.search(target.figure.qualifier) is not None,
        rates=target.kind[1],
    )


def _compared(case: Case, target: _Said, result: _Said) -> Draft:
    met, english = _is_met(target, result), case.question.language == "en"
    years = "、".join(f"{year}年" for year in target.figure.years)
    place = _place(target) or ""
    if english:
        named = f"{romanise_place(place, load_gazetteer())}, {target.figure.years[-1]}"
        verdict = f"{named}: the target was {'met' if met else 'not met'}"
    else:
        verdict = f"{place}{years}：{'达到了目标' if met else '没有达到目标'}"
    stated = [_state(case, said) for said in (target, result)]
    return Draft((Statement(verdict, tuple(dict.fromkeys(proof for row in stated for proof in row.proofs))), *stated))


def _state(case: Case, said: _Said) -> Statement:
    """State a target or a result in the words of its clause, or as the cell of a table it stands in."""
    for table in said.report.tables:
        if table.start <= said.figure.start < table.end:
            cell = find_cell(said.report, table, said.figure.start)
            if cell is not None:
                return CellWriter(case.question.language, load_glossary(), load_gazetteer()).state(cell)
    return Statement(_words(case, said), (_proof(said),))


def _proof(said: _Said) -> Proof:
    start, end = _sentence(said)
    return Proof(said.report.report_id, start, end, said.figure.years, said.figure.reading)


def _sentence(said: _Said) -> Span:
    """Return the sentence of a figure, from its indicator on where it is long."""
    text, figure = said.report.text, said.figure
    section = said.report.sections[figure.section_index]
    sentences = split_sentences(text, section.start, section.end)
    span = next((row for row in sentences if row.start <= figure.start < row.end), Span(figure.start, figure.end))
    return span if span.end - span.start <= MAX_CLAUSE_CHARS * 3 else _clause(said, span)


def _clause(said: _Said, sentence: Span) -> Span:
    """Return the words from the figure's indicator to the end of its clause."""
    text, figure = said.report.text, said.figure
    clauses = split_clauses(text, sentence.start, sentence.end)
    end = next((row.end for row in clauses if row.start <= figure.start < row.end), figure.end)
    start = next((row.start for row in clauses if row.start <= figure.start < row.end), figure.start)
    named = text.rfind(figure.indicator, sentence.start, figure.start) if figure.indicator else -1
    return Span(named if named >= 0 and end - named <= MAX_CLAUSE_CHARS else start, end)


def _words(case: Case, said: _Said) -> str:
    sentence = _sentence(said)
    start, end = _clause(said, sentence)
    aims = said.figure.reading is Reading.TARGET
    years = "、".join(f"{year}年" for year in said.figure.years)
    if case.question.language == "en":
        prefix = "target" if aims else "result"
    else:
        prefix = f"{_place(said) or ''}{years}{'目标' if aims else '实际'}"
    return framed(prefix, tidy(said.report.text[start:end]), case.question.language)


def _no_result(case: Case, target: _Said) -> str:
    if case.question.language == "en":
        return "The reports set this target but do not say whether it was met."
    years = "、".join(f"{year}年" for year in target.figure.years)
    return f"报告定下了{_place(target) or ''}{years}{target.figure.indicator}的目标，但没有说实际完成了多少。"
