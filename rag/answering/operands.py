"""The figures a computation works with: one for each place, year or part a question names, all of one kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from rag.answering.choosing import Case, Choice, Chooser, distinct, make_choice
from rag.answering.figuring import Picked, begins_change, pick_figures
from rag.asking.question import Kind, Question, Slot
from rag.matching import gram_set
from rag.scoring import ITEM_FACTOR

OPERAND_CHARS = 60
MAX_CANDIDATES = 4
MIN_OPERAND_COVERAGE = 0.5
MIN_PART_COVERAGE = 0.3
GROUP_FACTOR = 0.75
GROWTH_NAME = re.compile(r"(?:增长|增速|增幅)(?:率|速度)?(?:的?(?:预期)?目标)?$")


class Operand(NamedTuple):
    """A figure that stands for one cell of a question."""

    choice: Choice
    picked: Picked
    slot: Slot


def find_operands(case: Case, chooser: Chooser) -> list[Operand]:
    """Pick one figure for each slot, all of one kind; without slots, the distinct figures of clauses that bear it."""
    case = replace(case, question=replace(case.question, kind=Kind.FIGURE))
    if len(case.question.slots) > 1:
        return _of_slots(case, chooser) or _of_slots(_unread(case), chooser)
    found = chooser.find(case)
    choices = distinct(make_choice(row, found, case.corpus) for row in found.scored[:6] if row.has_type)
    rows = [Operand(choice, figures[0], Slot()) for choice in choices if (figures := pick_figures(choice))]
    return [row for row in rows if row.picked.coverage >= max(MIN_OPERAND_COVERAGE, 0.8 * rows[0].picked.coverage)]


def _of_slots(case: Case, chooser: Chooser) -> list[Operand]:
    return _of_one_kind([_candidates(case, chooser, slot) for slot in case.question.slots])


def _unread(case: Case) -> Case:
    """Where years are set against each other, one of them may be told as a target and one as a result."""
    mixed = len({slot.year for slot in case.question.slots}) > 1
    return replace(case, question=replace(case.question, certain=case.question.certain and not mixed))


def _candidates(case: Case, chooser: Chooser, slot: Slot) -> list[Operand]:
    """Return the figures that may stand for a slot, best first."""
    found = chooser.find(case, slot=slot)
    choices = chooser.choose(found, case.corpus, max_chars=OPERAND_CHARS)
    rows = [
        Operand(choice, row, slot)
        for choice in choices
        for row in pick_figures(choice)
        if not begins_change(row.figure)
    ]
    if not slot.topic:
        return [row for row in rows if row.picked.coverage >= MIN_OPERAND_COVERAGE][:MAX_CANDIDATES]
    shares = [(share, row) for row in rows if (share := _bears_part(row, case.question)) is not None]
    return [row for _, row in sorted(shares, key=lambda pair: -pair[0])[:MAX_CANDIDATES]]


def _bears_part(operand: Operand, question: Question) -> float | None:
    """Say how far a figure is of the part its slot names, and of all that is asked; None if of another part.

    What it measures tells first, then its item, then the words of its group (甲类9个，总投资30亿元；乙类…).
    """
    choice, row, slot = operand
    text, name, item = choice.report.text, row.figure.indicator, row.item
    group = re.split(r"[;；:：。]", text[choice.scored.sentence.start : row.figure.start])[-1]
    part = choice.matcher.narrowed(slot.topic)
    around = ((name, 1.0), (item, ITEM_FACTOR), (group + item, GROUP_FACTOR))
    own = part.coverage(*((part.borne(words), factor) for words, factor in around))
    others = [other for other in question.parts if other != slot.topic]
    foreign = max((_share(other, name) for other in others), default=0.0)
    nearer = _share(slot.topic, item) > max((_share(other, item) for other in others), default=0.0)
    if own + row.coverage < MIN_PART_COVERAGE or (own <= foreign >= MIN_OPERAND_COVERAGE and not nearer):
        return None
    return own + row.coverage


def _share(part: str, words: str) -> float:
    """Return the share of the terms of ``part`` that stand in ``words``."""
    grams = gram_set(part)
    return len(grams & gram_set(words)) / len(grams) if grams else 0.0


def _is_like(row: Picked, other: Picked, *, read_alike: bool) -> bool:
    """Say whether two figures measure the same: an amount is not compared with a change of an amount."""
    if read_alike and row.figure.reading is not other.figure.reading:
        return False
    return (row.dimension, _direction(row)) == (other.dimension, _direction(other))


def _direction(row: Picked) -> str:
    """Return which way a figure tells a change, also where what it measures is a growth by name (增长目标为5%)."""
    return row.figure.direction or ("up" if GROWTH_NAME.search(row.figure.indicator) else "")


def _of_one_kind(slots: Sequence[Sequence[Operand]]) -> list[Operand]:
    """Choose one figure a slot so that all measure the same, at best all results or all targets.

    The best of the first slot that allows it wins.
    """
    if not all(slots):
        return []
    for read_alike, first in product((True, False), slots[0]):
        chosen = [first]
        for rows in slots[1:]:
            taken = {row.picked.figure for row in chosen}
            fitting = (
                row
                for row in rows
                if _is_like(row.picked, first.picked, read_alike=read_alike) and row.picked.figure not in taken
            )
            chosen += [row for row in [next(fitting, None)] if row is not None]
        if len(chosen) == len(slots):
            return chosen
    return []
