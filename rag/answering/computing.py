"""Answers that compute: sums, differences and comparisons of cited figures, always given with their operands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from rag.answering.choosing import Case, Choice, Chooser
from rag.answering.draft import Draft, Statement
from rag.answering.figuring import Picked, pick_figures
from rag.answering.operands import MIN_OPERAND_COVERAGE, Operand, find_operands
from rag.answering.thresholds import find_threshold
from rag.answering.weighing import Side, rank, set_against
from rag.asking.question import Kind, Question, Slot
from rag.folding import fold
from rag.types import Reading

RISE = "(?:增加|增长|提高|提升|上升|扩大|减少|下降|降低|缩小|收窄|压缩|整合|增|升|降|减|变)(?:到|至|为)|到"
FROM_TO = re.compile(rf"[由从].{{0,12}}?\d.{{0,16}}?(?:{RISE})")
SET_AGAINST = re.compile(r"(?P<one>[^，。？]+)比(?P<other>[^，。？]+?)(?:多|少|高|低|大|小)(?:出|了)?(?:多少|几)")
COMPARATIVE = re.compile(r"[多少高低大小]$")
CHANGE_ASKED = re.compile(
    r"(?:(?:增加|提高|提升|上升|扩大|减少|下降|降低|缩减|多|少)了|净增加?了?|净减少?了?)(?:多少|几)"
)
BOUNDS = ("以上", "以内", "以下", "左右")
GAP_UNITS = {"%": "个百分点", ":1": ""}
WHICH = re.compile(r"哪|谁|\bwhich\b")
LOW_WORDS = re.compile(
    r"更低|更少|更小|更慢|最低|最少|最小|最慢|谁少|谁低|哪个低|哪个少|哪[^，。？]{1,16}[低少小慢]\W*$|\b(lower|less|fewer|least|lowest|smaller)\b"
)


def draft_sum(case: Case, chooser: Chooser) -> Draft | None:
    """Add the figures of the parts a question names; None when the parts do not all measure the same."""
    operands = find_operands(case, chooser)
    figures = [row.picked.figure for row in operands]
    if len(operands) < 2 or len({row.picked.dimension for row in operands}) != 1:
        return None
    total, unit = _in_one_unit(operands, sum(row.picked.amount for row in operands))
    more = "以上" if any("以上" in figure.qualifier for figure in figures) else ""
    joint = "合计" if case.question.language == "zh" else "in total "
    prefixes = {chooser.prefix(case, row.choice) for row in operands}
    shared = prefixes.pop() if len(prefixes) == 1 else ""
    words = _headed(shared, f"{joint}{number_words(total)}{unit}{more}", english=case.question.language == "en")
    return _computed(case, chooser, operands, words, total)


def draft_difference(case: Case, chooser: Chooser) -> Draft | None:
    """Subtract: the two ends of 由…增加到…, or the figures of two places or years; None when there are not two."""
    if (draft := _rise(case, chooser)) is not None:
        return draft
    case = replace(case, question=_with_both_sides(case.question))
    operands = find_operands(case, chooser)
    if len(operands) != 2:
        return None
    return _weighed(case, chooser, operands, ordered=not WHICH.search(case.question.standalone))


def _with_both_sides(question: Question) -> Question:
    """Where one thing is set against another ("支出比收入多多少"), ask for both as topics of their own."""
    match = SET_AGAINST.search(question.standalone)
    if len(question.slots) > 1 or not match:
        return question
    terms = [COMPARATIVE.sub("", term) for term in question.terms]
    sides = [tuple(term for term in terms if term and term in part) for part in match.group("one", "other")]
    if not all(sides):
        return question
    place = question.places[0] if question.places else None
    year = question.years[0] if len(question.years) == 1 else None
    topics = tuple("".join(side[-1:]) for side in sides)
    slots = tuple(Slot(place, year, topic) for topic in topics)
    return replace(question, slots=slots, parts=tuple({*sides[0], *sides[1]}))


def draft_rise(case: Case, chooser: Chooser) -> Draft | None:
    """Answer "增加了多少" from a clause that gives both ends; None for other questions and where none does."""
    return _rise(case, chooser) if CHANGE_ASKED.search(case.question.standalone) else None


def draft_comparison(case: Case, chooser: Chooser) -> Draft | None:
    """State the figure of each place, year or part and which is larger; None when fewer than two are borne."""
    return _weighed(case, chooser, find_operands(case, chooser), ordered=False)


def _weighed(case: Case, chooser: Chooser, operands: Sequence[Operand], *, ordered: bool) -> Draft | None:
    """Weigh two or more figures of one kind against each other; None where they do not compare.

    The largest comes first, or the smallest if that is asked for, unless the operands are ``ordered`` already.
    """
    if not ordered:
        low = bool(LOW_WORDS.search(case.question.standalone))
        operands = sorted(operands, key=lambda row: row.picked.amount if low else -row.picked.amount)
    figures = [row.picked.figure for row in operands]
    if len(set(figures)) < max(2, len(operands)) or len({row.picked.dimension for row in operands}) != 1:
        return None
    head, sides = _named(case, chooser, operands)
    if len({side.name for side in sides}) < len(sides):
        return None
    english = case.question.language == "en"
    change = None
    if len(sides) > 2:
        words = rank(sides, low=sides[0].value < sides[-1].value, english=english)
    else:
        ranged = any(row.picked.upper for row in operands)
        change, unit = _in_one_unit(operands, abs(operands[0].picked.amount - operands[1].picked.amount))
        gap = "" if ranged else f"{number_words(change)}{GAP_UNITS.get(unit, unit)}"
        words = set_against(sides[0], sides[1], gap, english=english)
    return _computed(case, chooser, operands, _headed(head, words, english=english), change)


def _in_one_unit(operands: Sequence[Operand], amount: float) -> tuple[float, str]:
    """Tell an amount in base units in the unit of the largest operand (万亩 for one of 3.8万亩 and one of 5000亩)."""
    largest = max(operands, key=lambda row: row.picked.amount).picked
    scale = largest.figure.value / largest.amount if largest.amount else 1.0
    return round(amount * scale, 6), largest.figure.unit


class _Setting(NamedTuple):
    """Where, when and in which sense a figure is told; a field is empty where it is left unsaid."""

    place: str | None = None
    years: tuple[int, ...] = ()
    reading: Reading = Reading.UNKNOWN


def _setting(operand: Operand) -> _Setting:
    choice, picked, slot = operand
    years = (slot.year,) if slot.year else picked.figure.years or choice.years
    return _Setting(choice.report.profile.place, years, picked.figure.reading)


def _named(case: Case, chooser: Chooser, operands: Sequence[Operand]) -> tuple[str, list[Side]]:
    """Name what the operands share (place, years, result or target), and each by what tells it from the others."""
    settings = [_setting(row) for row in operands]
    places, years, readings = (len(set(column)) == 1 for column in zip(*settings, strict=True))
    sides = []
    for (choice, picked, slot), (place, when, reading) in zip(operands, settings, strict=True):
        own = _Setting(None if places else place, () if years else when, Reading.UNKNOWN if readings else reading)
        name = f"{chooser.name(case, *own)}{slot.topic}" or chooser.prefix(case, choice)
        figure = picked.figure
        bound = next((word for word in BOUNDS if word in figure.qualifier), "")
        sides.append(Side(name, picked.shown + bound, picked.amount, figure.unit, figure.direction == "down"))
    place, when, reading = settings[0]
    shared = _Setting(place if places else None, when if years else (), reading if readings else Reading.UNKNOWN)
    return chooser.name(case, *shared), sides


def _headed(head: str, words: str, *, english: bool) -> str:
    """Put the setting that a conclusion holds for before it."""
    return f"{head}{': ' if english else '：'}{words}" if head else words


def draft_threshold(case: Case, chooser: Chooser) -> Draft | None:
    """Answer yes or no with the figure; None where the question names no amount, or no figure of its kind is borne."""
    question = case.question
    threshold = find_threshold(question.standalone)
    if question.kind is not Kind.YES_NO or threshold is None:
        return None
    said = {*fold(threshold.text).split(), "dollars", "yuan"}
    terms = tuple(term for term in question.terms if term not in said and not re.search(r"\d", term))
    asked = replace(case, question=replace(question, kind=Kind.FIGURE, units=(), terms=terms or question.terms))
    for choice in chooser.choose(chooser.find(asked), case.corpus, margin=0.0):
        fitting = (row for row in pick_figures(choice) if row.dimension == threshold.dimension)
        picked = next((row for row in fitting if row.coverage >= MIN_OPERAND_COVERAGE), None)
        open_ended = picked is not None and "以上" in picked.figure.qualifier and picked.amount < threshold.amount
        if picked is not None and not open_ended:
            stated = chooser.state(case, choice, words=picked.words)
            yes = threshold.passed(picked.amount)
            word = ("Yes, " if yes else "No, ") if question.language == "en" else "是，" if yes else "否，"
            return Draft((Statement(word + stated.text, stated.proofs),))
    return None


def _rise(case: Case, chooser: Chooser) -> Draft | None:
    for choice in chooser.choose(chooser.find(case), case.corpus, margin=0.0):
        figures = pick_figures(choice)
        if not figures:
            continue
        clause = figures[0].clause
        ends = sorted((row for row in figures if row.clause == clause), key=lambda row: row.figure.start)
        if FROM_TO.search(figures[0].words) and len(ends) > 1:
            return _rise_between(case, chooser, choice, ends[:2])
    return None


def _rise_between(case: Case, chooser: Chooser, choice: Choice, ends: Sequence[Picked]) -> Draft | None:
    (before, after), unit = ends, ends[1].figure.unit
    if before.figure.unit != unit:
        return None
    change = round(after.figure.value - before.figure.value, 6)
    verb = ("增加" if change >= 0 else "减少") if case.question.language == "zh" else "change: "
    risen = replace(choice, scored=replace(choice.scored, figure=after.figure))
    statement = chooser.state(case, risen, words=after.words)
    unit = GAP_UNITS.get(unit, unit)
    joint = "，" if case.question.language == "zh" else ", "
    text = f"{statement.text}{joint}{verb}{number_words(abs(change))}{unit}"
    return Draft((Statement(text, statement.proofs),), computed=(abs(change),))


def _computed(
    case: Case, chooser: Chooser, operands: Sequence[Operand], conclusion: str, value: float | None = None
) -> Draft:
    """Say the conclusion, then each clause that bears an operand, once."""
    statements = [chooser.state(case, _around(row), words=row.picked.words) for row in operands]
    proofs = tuple(proof for statement in statements for proof in statement.proofs)
    rows = (Statement(conclusion, proofs), *dict.fromkeys(statements))
    return Draft(rows, computed=() if value is None else (value,))


def _around(operand: Operand) -> Choice:
    """Return the choice with the clause of the figure as its window where that lies outside, to be quoted as proof."""
    window, clause = operand.choice.window, operand.picked.clause
    held = window.start <= clause.start and clause.end <= window.end
    return operand.choice if held else replace(operand.choice, window=clause)


def number_words(value: float) -> str:
    """Write a computed number without needless decimals: 2.8, 248."""
    return f"{round(value, 6):.6f}".rstrip("0").rstrip(".")
