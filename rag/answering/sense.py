"""Sense: does a claim turn what its quotes say: direction, result or target, order, first of all?"""

from __future__ import annotations

import re
from itertools import pairwise

from rag.answering.borne import Borne
from rag.language.folding import fold
from rag.language.numerals import QUANTITY, Number, base_value, find_numbers, same_quantity
from rag.language.periods import reading_of
from rag.language.sentences import split_sentences
from rag.types import Reading

UP = re.compile(r"增长|上升|提高|增加|提升|上涨|扩大|增幅|增收|新增|\b(?:grew|grow\w*|rose|ris\w+|increas\w+|up)\b")
DOWN = re.compile(
    r"下降|减少|降低|回落|下滑|下跌|缩小|压减|负增长|降幅|减幅|\b(?:fell|fall\w*|declin\w+|decreas\w+|drop\w*|reduc\w+|down)\b"
)
GREATER = re.compile(
    r"高于|超过|多于|大于|快于|超出|\b(?:higher|more|greater|larger|faster) than\b|\bexceed(?:s|ed)?\b"
)
SMALLER = re.compile(r"低于|少于|小于|不及|慢于|\b(?:lower|less|smaller|slower|fewer) than\b")
# A change to above a bound compares nothing: from 18 to more than 32, 由18元提高到高于32元.
TO_BOUND = re.compile(r"(?:\bto|[到至为])\s*(?:more|less|fewer|超过|高于|低于|不低于|多于)\b.*")
REACH_CHARS = 14


def sense_fault(text: str, borne: Borne) -> str:
    """Return the words of the claim that contradict its quotes; "" where none do."""
    return _direction_fault(text, borne) or _reading_fault(text, borne) or _order_fault(text)


def _direction_fault(text: str, borne: Borne) -> str:
    """A figure that every quote gives with the other direction."""
    for number in _amounts(text):
        claimed = _direction(text, number)
        if not claimed:
            continue
        told = [
            _direction(quote, other)
            for quote in borne.texts
            for other in _amounts(quote)
            if same_quantity(number, other)
        ]
        if told and all(each and each != claimed for each in told):
            return text[max(0, number.start - REACH_CHARS) : number.end]
    return ""


def _amounts(text: str) -> list[Number]:
    return [number for number in find_numbers(text) if number.kind == QUANTITY]


def _direction(text: str, number: Number) -> str:
    """Return "up" or "down" by the last such word before a number in its clause, "" without one."""
    before = fold(text[max(0, number.start - REACH_CHARS) : number.start])
    before = before[max(map(before.rfind, ",。;、")) + 1 :]
    up = max((match.end() for match in UP.finditer(before)), default=0)
    down = max((match.end() for match in DOWN.finditer(before)), default=0)
    return "" if up == down else "up" if up > down else "down"


def _reading_fault(text: str, borne: Borne) -> str:
    """A claim that tells a result of what its quotes set as a target, or the other way round, by their own words."""
    opposed = {
        Reading.RESULT: (Reading.TARGET, Reading.PLAN),
        Reading.TARGET: (Reading.RESULT,),
        Reading.PLAN: (Reading.RESULT,),
    }.get(reading_of(text), ())
    for quote in borne.quotes:
        told = _told_reading(quote.span.text, quote.start - quote.span.start, quote.end - quote.span.start)
        if told not in opposed or quote.span.reading not in (told, Reading.UNKNOWN):
            return ""
    return text[:40]


def _told_reading(text: str, start: int, end: int) -> Reading:
    """Return how the clauses of a quote are meant by their own words, or those of their sentence."""
    if (own := reading_of(text[start:end])) is not Reading.UNKNOWN:
        return own
    around = [text[each.start : each.end] for each in split_sentences(text) if each.start < end and start < each.end]
    return reading_of(" ".join(around))


def _order_fault(text: str) -> str:
    """Two figures of one kind that the claim puts in the wrong order: 5%高于6%, or 5%，高于乙县的6%."""
    for left, right in pairwise(_amounts(text)):
        between = fold(text[left.end : right.start]).lstrip()
        compared = TO_BOUND.sub("", between.lstrip(", "))
        (first, kind), (second, other) = base_value(left), base_value(right)
        if kind != other or any(each.isdigit() or each in ",:;、。!?" for each in compared):
            continue
        for pattern, is_wrong in ((GREATER, first < second), (SMALLER, first > second)):
            found = pattern.search(compared)
            if is_wrong and found and not (between.startswith(",") and found.start()):
                return text[left.start : right.end]
    return ""
