"""Answers that compute: sums, differences and comparisons of cited figures, always given with their operands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rag.answering.choosing import Case, Choice, Chooser, distinct, make_choice
from rag.answering.draft import Draft, Statement
from rag.answering.figuring import Picked, pick_figures
from rag.asking.question import Kind, Question, Slot

RISE = (
    "增加到|增长到|提高到|提升到|上升到|扩大到|减少到|下降到|降低到|降到|增至|升至|降至|减至|整合为|减为|增为|变为|到"
)
FROM_TO = re.compile(rf"[由从].{{0,12}}?\d.{{0,16}}?(?:{RISE})")
SET_AGAINST = re.compile(r"(?P<one>[^，。？]+)比(?P<other>[^，。？]+?)(?:多|少|高|低|大|小)(?:出|了)?(?:多少|几)")
COMPARATIVE = re.compile(r"[多少高低大小]$")
CHANGE_ASKED = re.compile(r"(?:增加|提高|提升|上升|扩大|减少|下降|降低|缩减|多|少)了(?:多少|几)")
OPERAND_CHARS = 60
MAX_CANDIDATES = 4
Operand = tuple[Choice, Picked]
MIN_OPERAND_COVERAGE = 0.5
LOW_WORDS = re.compile(
    r"更低|更少|最低|最少|谁少|谁低|哪个低|哪个少|哪[^，。？]{1,16}[低少]\W*$|\b(lower|less|fewer|least|lowest|smaller)\b"
)


def draft_sum(case: Case, chooser: Chooser) -> Draft | None:
    """Add the figures of the parts a question names; None when the parts are not all borne in one unit."""
    operands = _operands(case, chooser)
    if len(operands) < 2 or len({row.figure.unit for _, row in operands}) != 1:
        return None
    total = sum(row.figure.value for _, row in operands)
    unit, more = operands[0][1].figure.unit, _shared_qualifier([row for _, row in operands])
    joint = "合计" if case.question.language == "zh" else "in total "
    prefixes = {chooser.prefix(case, choice) for choice, _ in operands}
    shared = prefixes.pop() if len(prefixes) == 1 else ""
    prefix = shared + ("：" if case.question.language == "zh" else ": ") if shared else ""
    return _computed(case, chooser, operands, f"{prefix}{joint}{number_words(total)}{unit}{more}", total)


def draft_difference(case: Case, chooser: Chooser) -> Draft | None:
    """Subtract: the two ends of 由…增加到…, or the figures of two places or years; None when there are not two."""
    if (draft := _rise(case, chooser)) is not None:
        return draft
    case = replace(case, question=_with_both_sides(case.question))
    operands = _operands(case, chooser)
    if len(operands) != 2 or operands[0][1].dimension != operands[1][1].dimension:
        return None
    first, second = (row for _, row in operands)
    if first.figure == second.figure:
        return None
    if first.figure.unit != second.figure.unit:
        return None
    change = round(first.figure.value - second.figure.value, 6)
    unit = "个百分点" if first.figure.unit == "%" else first.figure.unit
    return _computed(case, chooser, operands, _gap_words(case, operands, change, unit), abs(change))


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
    """State the figure of each place or year and which is larger; None when fewer than two are borne."""
    operands = _operands(case, chooser)
    if len(operands) < 2 or len({row.dimension for _, row in operands}) != 1:
        return None
    return _computed(case, chooser, operands, _larger_words(case, operands), None)


def _operands(case: Case, chooser: Chooser) -> list[Operand]:
    """Pick one figure for each slot, all of one kind; without slots, the distinct figures of clauses that bear it."""
    mixed = len({slot.year for slot in case.question.slots}) > 1
    certain = case.question.certain and not mixed
    case = replace(case, question=replace(case.question, kind=Kind.FIGURE, certain=certain))
    if len(case.question.slots) > 1:
        return _of_one_kind([_candidates(case, chooser, slot) for slot in case.question.slots])
    found = chooser.find(case)
    choices = distinct(make_choice(row, found, case.corpus) for row in found.scored[:6] if row.has_type)
    rows = [(choice, figures[0]) for choice in choices if (figures := pick_figures(choice))]
    return [row for row in rows if row[1].coverage >= max(MIN_OPERAND_COVERAGE, 0.8 * rows[0][1].coverage)]


def _candidates(case: Case, chooser: Chooser, slot: Slot) -> list[Operand]:
    """Return the figures that may stand for a slot, best first."""
    found = chooser.find(case, slot=slot)
    choices = chooser.choose(found, case.corpus, max_chars=OPERAND_CHARS, margin=0.0)
    rows = [(choice, row) for choice in choices for row in pick_figures(choice)]
    rows = [row for row in rows if row[1].coverage >= MIN_OPERAND_COVERAGE or slot.topic]
    return sorted(rows, key=lambda row: -_bears_topic(row[0], row[1], slot.topic))[:MAX_CANDIDATES]


def _bears_topic(choice: Choice, row: Picked, topic: str) -> float:
    """Say how far a figure's own item bears the topic of its slot; the same for all without a topic."""
    matcher = choice.matcher.narrowed(topic)
    return matcher.coverage((matcher.borne(f"{row.figure.indicator} {row.item}"), 1.0)) if topic else 0.0


def _is_like(row: Picked, other: Picked) -> bool:
    """Say whether two figures measure the same: an amount is not compared with a change of an amount."""
    return (row.dimension, row.figure.direction) == (other.dimension, other.figure.direction)


def _of_one_kind(slots: Sequence[Sequence[Operand]]) -> list[Operand]:
    """Choose one figure a slot so that all measure the same; the best of the first slot that allows it wins."""
    if not all(slots):
        return []
    for first in slots[0]:
        chosen = [first]
        for rows in slots[1:]:
            taken = {row.figure for _, row in chosen}
            fitting = (row for row in rows if _is_like(row[1], first[1]) and row[1].figure not in taken)
            chosen += [row for row in [next(fitting, None)] if row is not None]
        if len(chosen) == len(slots):
            return chosen
    return []


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
    unit = "个百分点" if unit == "%" else unit
    joint = "，" if case.question.language == "zh" else ", "
    text = f"{statement.text}{joint}{verb}{number_words(abs(change))}{unit}"
    return Draft((Statement(text, statement.proofs),), computed=(abs(change),))


def _computed(case: Case, chooser: Chooser, operands: Sequence[Operand], conclusion: str, value: float | None) -> Draft:
    statements = [_operand_statement(case, chooser, choice, row) for choice, row in operands]
    proofs = tuple(proof for statement in statements for proof in statement.proofs)
    merged = _merge(statements)
    return Draft((Statement(conclusion, proofs), *merged), computed=() if value is None else (value,))


def _merge(statements: Sequence[Statement]) -> list[Statement]:
    """Say a clause that bears two operands once."""
    return list(dict.fromkeys(statements))


def _operand_statement(case: Case, chooser: Chooser, choice: Choice, row: Picked) -> Statement:
    return chooser.state(case, choice, words=row.words)


def _shared_qualifier(rows: Sequence[Picked]) -> str:
    qualifiers = {row.figure.qualifier for row in rows}
    return "以上" if any("以上" in qualifier for qualifier in qualifiers) else ""


def _gap_words(case: Case, operands: Sequence[Operand], change: float, unit: str) -> str:
    amount = f"{number_words(abs(change))}{unit}"
    first, second = (choice.report.profile.place or choice.report.profile.title for choice, _ in operands)
    if case.question.language == "en":
        return f"Difference: {amount}"
    if first == second:
        return f"相差{amount}"
    return f"{first}比{second}{'高' if change >= 0 else '低'}{amount}"


def _larger_words(case: Case, operands: Sequence[Operand]) -> str:
    ordered = sorted(operands, key=lambda row: -row[1].amount)
    if any(abs(one[1].amount - two[1].amount) < 1e-9 for one, two in pairwise(ordered)):
        return "两者相同" if case.question.language == "zh" else "They are equal"
    low = bool(LOW_WORDS.search(case.question.standalone))
    choice = ordered[-1 if low else 0][0]
    place = choice.report.profile.place or choice.report.profile.title
    if len({row.report.profile.place for row, _ in operands}) == 1:
        place += "".join(f"{year}年" for year in choice.years[:1])
    if case.question.language == "en":
        return f"{chooser_name(choice)} is {'lower' if low else 'higher'}"
    word = ("低" if low else "高") if operands[0][1].dimension in ("ratio", "points") else ("少" if low else "多")
    return f"{place}更{word}"


def chooser_name(choice: Choice) -> str:
    """Name a choice's place for an English sentence, as the report writes it."""
    return choice.report.profile.place or choice.report.profile.title


def number_words(value: float) -> str:
    """Write a computed number without needless decimals: 2.8, 248."""
    return f"{round(value, 6):.6f}".rstrip("0").rstrip(".")
