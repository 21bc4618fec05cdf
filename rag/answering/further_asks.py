"""The further clauses of a question (…多少家，关了几家？): what else of the chosen sentence answers them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from rag.answering.choosing import Choice
from rag.answering.needs import NUMERIC
from rag.asking.question import Ask, Question
from rag.sentences import Span, split_items
from rag.types import Figure
from rag.wanted import compatible
from rag.windows import WINDOW_MAX_CHARS, part_around


def widen(question: Question, choice: Choice) -> Choice:
    """Where a question asks several things, take in the clauses of the sentence that answer each of them."""
    windows, taken = [choice.window], {choice.scored.figure} if choice.scored.figure else set()
    for ask in question.asks[1:]:
        if (figure := _figure_for(ask, choice, taken)) is not None:
            taken.add(figure)
            windows.append(part_around(choice.report.text, choice.scored.sentence.span, figure.start, split_items))
    whole = Span(min(window.start for window in windows), max(window.end for window in windows))
    return replace(choice, window=whole) if whole.end - whole.start <= 1.5 * WINDOW_MAX_CHARS else choice


def _figure_for(ask: Ask, choice: Choice, taken: Collection[Figure]) -> Figure | None:
    """Pick the figure of the chosen sentence that answers one clause of the question, None when it asks for none."""
    if ask.kind not in NUMERIC and not ask.units:
        return None
    matcher = choice.matcher.narrowed(ask.text)
    main = choice.scored.figure
    wordless = matcher is choice.matcher
    if wordless and not ask.units:
        return None
    left = [
        figure
        for figure in choice.scored.sentence.figures
        if figure not in taken and (not ask.units or any(compatible(figure.unit, unit) for unit in ask.units))
    ]
    if wordless and main is not None and any(compatible(main.unit, unit) for unit in ask.units):
        left = [figure for figure in left if figure.start > main.end and set(ask.text) & set(figure.indicator)]

    def fit(figure: Figure) -> tuple[float, bool, int, int]:
        after = figure.start >= choice.window.start
        borne = matcher.borne(figure.indicator)
        shared = len(set(ask.text) & set(figure.indicator))
        return matcher.coverage((borne, 1.0)), after, shared, -abs(figure.start - choice.window.end)

    return max(left, key=fit, default=None)
