"""Picking the figure that answers: the one whose indicator bears the question best, in the unit asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.answering.choosing import Choice
from rag.answering.weighing import RANGE
from rag.matching import Matcher
from rag.numerals import base_value, find_numbers
from rag.scoring import CLAUSE_FACTOR, EXACT_BONUS, ITEM_FACTOR, is_named, is_per_head, measures_change
from rag.sentences import Span, split_clauses, split_items
from rag.types import Figure, Reading, Report
from rag.wanted import Wanted, compatible
from rag.windows import part_around

TOPIC_AHEAD = re.compile(r"(?:其中[，,]?)?在(?P<topic>[^，,。；;：:]{2,24})(?:中|方面|领域|上|内|里)[，,]")
TOPIC_FACTOR = 0.75


@dataclass(frozen=True, slots=True)
class Picked:
    """A figure with the clause and the ``item`` of a series it stands in.

    ``amount`` is in the base unit of its ``dimension`` (money in 元); of a range (5%-6%), which ends with the figure
    ``upper``, it is the middle.
    """

    figure: Figure
    clause: Span
    report: Report
    item: str
    coverage: float
    amount: float
    dimension: str
    upper: Figure | None = None

    @property
    def shown(self) -> str:
        """The amount as it stands, a range with both its ends."""
        return self.report.text[self.figure.start : (self.upper or self.figure).end]

    @property
    def words(self) -> str:
        """The clause as it stands."""
        return self.report.text[self.clause.start : self.clause.end]


def pick_figures(choice: Choice, *, within: Span | None = None) -> list[Picked]:
    """Return the figures of the chosen sentence (or of ``within``) that fit, best first, ties in text order."""
    span = within or choice.scored.sentence.span
    wanted = choice.need.wanted
    rows = [row for row in choice.report.figures if span.start <= row.start and row.end <= span.end]
    picked = [_pick(row, choice) for row in rows if _fits(row, wanted)]
    return sorted(picked, key=lambda row: (-row.coverage, row.figure.start))


def _fits(figure: Figure, wanted: Wanted) -> bool:
    if is_per_head(figure, wanted) or (wanted.level and measures_change(figure)):
        return False
    if Reading.UNKNOWN not in (figure.reading, wanted.reading) and figure.reading != wanted.reading:
        return False
    if wanted.years and figure.years and not set(wanted.years) & set(figure.years):
        return False
    return not wanted.units or any(_answers(figure.unit, unit) for unit in wanted.units)


def _answers(unit: str, asked: str) -> bool:
    return compatible(unit, asked) or (asked == "个百分点" and unit == "%")


def _pick(figure: Figure, choice: Choice) -> Picked:
    text = choice.report.text
    clause = part_around(text, choice.scored.sentence.span, figure.start, split_clauses)
    item = part_around(text, choice.scored.sentence.span, figure.start, split_items)
    words = text[item.start : item.end], text[clause.start : clause.end], _topic_ahead(choice)
    coverage = _coverage(choice.matcher, figure, *words, choice.need.wanted.indicators)
    amount, dimension = _amount(figure)
    upper = _upper_end(figure, choice)
    amount = (amount + _amount(upper)[0]) / 2 if upper else amount
    return Picked(figure, clause, choice.report, words[0], coverage, amount, dimension, upper)


def begins_change(figure: Figure) -> bool:
    """Say whether a figure is where a change began (从14家增加到52家), not what was reached."""
    return figure.qualifier.endswith(("从", "由"))


def _upper_end(figure: Figure, choice: Choice) -> Figure | None:
    """Return the figure a range goes up to; None where ``figure`` stands alone or is the start of a change."""
    if begins_change(figure):
        return None
    text = choice.report.text
    later = (row for row in choice.scored.sentence.figures if row.start > figure.end and row.unit == figure.unit)
    following = next(later, None)
    return following if following and RANGE.fullmatch(text, figure.end, following.start) else None


def _topic_ahead(choice: Choice) -> str:
    """Return what the chosen sentence opens with as the topic of all its figures (在固定资产投资中，…); "" for none."""
    match = TOPIC_AHEAD.match(choice.scored.sentence.text)
    return match["topic"] if match else ""


def _coverage(
    matcher: Matcher, figure: Figure, item: str, clause: str, topic: str, indicators: frozenset[str]
) -> float:
    named, near, around, ahead = map(matcher.borne, (figure.indicator, item, clause, topic))
    share = matcher.coverage((named, 1.0), (near, ITEM_FACTOR), (around, CLAUSE_FACTOR), (ahead, TOPIC_FACTOR))
    return share + (EXACT_BONUS if is_named(figure, indicators) else 0.0)


def _amount(figure: Figure) -> tuple[float, str]:
    numbers = find_numbers(figure.text)
    if not numbers:
        return figure.value, figure.unit
    return base_value(numbers[0])
