"""Sense: does a claim turn what its quotes say: direction, result or target, order, first of all?"""

from __future__ import annotations

import re

from rag.answering.borne import Borne
from rag.language.folding import fold
from rag.language.numerals import QUANTITY, Number, base_value, find_numbers, same_quantity
from rag.language.periods import reading_of
from rag.language.sentences import split_clauses, split_sentences
from rag.types import Reading

UP = re.compile(r"增长|上升|提高|增加|提升|上涨|扩大|增幅|增收|新增|\b(?:grew|grow\w*|rose|ris\w+|increas\w+|up)\b")
DOWN = re.compile(
    r"下降|减少|降低|回落|下滑|下跌|缩小|压减|负增长|降幅|减幅|\b(?:fell|fall\w*|declin\w+|decreas\w+|drop\w*|reduc\w+|down)\b"
)
GREATER = re.compile(
    r"高于|超过|多于|大于|快于|超出|\b(?:higher|more|greater|larger|faster) than\b|\bexceed(?:s|ed)?\b"
)
SMALLER = re.compile(r"低于|少于|小于|不及|慢于|\b(?:lower|less|smaller|slower|fewer) than\b")
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
    before = re.split(r"[，,。；;、]", before)[-1]
    up = max((match.end() for match in UP.finditer(before)), default=0)
    down = max((match.end() for match in DOWN.finditer(before)), default=0)
    return "" if up == down else "up" if up > down else "down"


def _reading_fault(text: str, borne: Borne) -> str:
    """A claim that tells a result of what the quote sets as a target, or the other way round, by their own words."""
    if len(borne.quotes) != 1:
        return ""
    quote = borne.quotes[0]
    claimed, told = (
        reading_of(text),
        _told_reading(quote.span.text, quote.start - quote.span.start, quote.end - quote.span.start),
    )
    opposed = {
        Reading.RESULT: (Reading.TARGET, Reading.PLAN),
        Reading.TARGET: (Reading.RESULT,),
        Reading.PLAN: (Reading.RESULT,),
    }
    if told in opposed.get(claimed, ()) and quote.span.reading in (told, Reading.UNKNOWN):
        return text[:40]
    return ""


def _told_reading(text: str, start: int, end: int) -> Reading:
    """Return how the clauses of a quote are meant by their own words, or those of their sentence."""
    if (own := reading_of(text[start:end])) is not Reading.UNKNOWN:
        return own
    around = [text[each.start : each.end] for each in split_sentences(text) if each.start < end and start < each.end]
    return reading_of(" ".join(around))


def _order_fault(text: str) -> str:
    """Two figures of one kind that the claim puts in the wrong order: 5%高于6%."""
    for clause in split_clauses(text):
        words = text[clause.start : clause.end]
        numbers = _amounts(words)
        if len(numbers) != 2:
            continue
        (first, kind), (second, other) = map(base_value, numbers)
        between = fold(words[numbers[0].end : numbers[1].start])
        wrong = (GREATER.search(between) and first < second) or (SMALLER.search(between) and first > second)
        if kind == other and wrong and not _is_difference(between):
            return words
    return ""


def _is_difference(between: str) -> bool:
    return re.search(r"\d", between) is not None
