"""Sums written out in a text: 1186+1269=2455, 1027-873."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.language.folding import fold
from rag.language.numerals import Number

OPERATORS = frozenset("-+=×÷−")
PLUS_MINUS = {"+": 1, "-": -1, "−": -1}


def is_written_sum(number: Number, text: str, numbers: Sequence[Number]) -> bool:
    """Tell whether a number is what a sum written out in the text comes to (1186+1269-8); terms are borne each."""
    last, total = None, 0.0
    for before, after in pairwise([row for row in numbers if row != number]):
        sign = fold(text[before.end : after.start]).strip().removeprefix("以上").removeprefix("左右").strip()
        if last != before:
            total = before.value
        if sign in PLUS_MINUS:
            last, total = after, total + PLUS_MINUS[sign] * after.value
            if round(total, 6) == round(number.value, 6):
                return True
    return False


def is_term_of_sum(number: Number, text: str, others: Sequence[Number]) -> bool:
    """Tell whether a bare number only repeats another's digits beside a sign: 1027 of 1027-873=154万人次."""
    if number.unit:
        return False
    beside = fold(text[: number.start]).rstrip()[-1:] + fold(text[number.end :]).lstrip()[:1]
    return bool(OPERATORS & set(beside)) and any(each.unit and each.value == number.value for each in others)
