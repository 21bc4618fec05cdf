"""Do the words that weigh figures (高, 多, 最低, 达到目标) fit the figures the answer gives?"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from rag.answering.claims import Claim, Segment, claims_in
from rag.answering.support import Problem
from rag.answering.thresholds import VERDICT, find_threshold
from rag.answering.weighing import AT_MOST, RANGE, RATES, is_met
from rag.folding import fold
from rag.numerals import QUANTITY, base_value, find_numbers
from rag.types import Reading

AMOUNT = r"\(([^()]*\d[^()]*)\)"
MORE, LESS = "多高大快", "少低小慢"
SET_AGAINST = re.compile(rf"{AMOUNT}比[^,;()]*{AMOUNT}(?:的|要)?(?:降幅|增幅)?更?([{MORE}{LESS}])")
ENGLISH = re.compile(rf"{AMOUNT} is (higher|more|larger|lower|less|smaller) than [^;()]*{AMOUNT}")
RANKED = re.compile(rf"{AMOUNT}(?:降幅|增幅)?最([{MORE}{LESS}])|{AMOUNT} is the (highest|lowest)")
MET = re.compile(r"(?<!没有)(?<![没未])(?:达到|完成)了?目标|the target was met")
MISSED = re.compile(r"(?:没有|没|未)(?:达到|完成)目标|the target was not met")
AIMED = frozenset({Reading.TARGET, Reading.PLAN})
UPWARD = frozenset({"higher", "more", "larger", "highest", *MORE})


def check_comparisons(text: str) -> list[Problem]:
    """Return a problem for each word that says more or less against the amounts in brackets beside it."""
    folded = fold(text)
    problems = []
    for match in SET_AGAINST.finditer(folded):
        problems += _compared(match[1], match[2], match[3], match.group())
    for match in ENGLISH.finditer(folded):
        problems += _compared(match[1], match[3], match[2], match.group())
    for match in RANKED.finditer(folded):
        amounts = [match[1] or match[3], *re.findall(AMOUNT, folded[match.end() :])]
        for one, other in pairwise(amounts):
            problems += _compared(one, other, match[2] or match[4], match.group(), ties=True)
    return problems


def _compared(one: str, other: str, word: str, said: str, *, ties: bool = False) -> list[Problem]:
    first, second = _amount(one), _amount(other)
    if first is None or second is None or first[1] != second[1]:
        return [Problem("comparison", said, "does not compare figures of one kind")]
    if ties and first[0] == second[0]:
        return []
    if (first[0] > second[0]) == (word in UPWARD) and first[0] != second[0]:
        return []
    return [Problem("comparison", said, "the figures say otherwise")]


def _amount(text: str) -> tuple[float, str] | None:
    """Return the last amount of ``text`` in its base unit, of a range the middle; None without any."""
    numbers = [number for number in find_numbers(text) if number.kind == QUANTITY]
    ends = [base_value(number) for number in numbers[-2:]]
    if len(ends) == 2 and RANGE.fullmatch(text, numbers[-2].end, numbers[-1].start):
        return (ends[0][0] + ends[1][0]) / 2, ends[1][1]
    return ends[-1] if ends else None


def check_verdict(text: str, answer: Sequence[Segment]) -> list[Problem]:
    """Return a problem where a target is said to be met, or missed, and the cited target and result say otherwise.

    Only one figure of the target and one of the result that measure the same tell; else nothing is said against it.
    """
    folded = fold(text)
    met, missed = MET.search(folded) is not None, MISSED.search(folded) is not None
    aims, results = (_claims_of(answer, readings) for readings in (AIMED, {Reading.RESULT}))
    pairs = [(aim, result) for aim in aims for result in results if _kind(aim) == _kind(result)]
    if met == missed or len(pairs) != 1:
        return []
    ((aim, result),) = pairs
    fits = is_met(
        base_value(aim.number)[0],
        base_value(result.number)[0],
        directions=(aim.direction, result.direction),
        at_most=aim.bound == "at_most" or AT_MOST.search(aim.clause) is not None,
        rates=bool(aim.direction) and aim.number.unit in RATES,
    )
    return [] if fits == met else [Problem("comparison", text, "the target and the result say otherwise")]


def check_yes_or_no(text: str, question: str) -> list[Problem]:
    """Return a problem where a yes or no to an amount the question names is not what the figure given says."""
    verdict, threshold = VERDICT.match(text), find_threshold(question)
    if verdict is None or threshold is None:
        return []
    amounts = [base_value(claim.number) for claim in claims_in(text)]
    passed = [threshold.passed(amount) for amount, dimension in amounts if dimension == threshold.dimension]
    if passed and passed[0] != (verdict[1] in ("是", "Yes")):
        return [Problem("comparison", verdict.group(), "the figure says otherwise")]
    return []


def _kind(claim: Claim) -> tuple[str, bool]:
    return base_value(claim.number)[1], bool(claim.direction) and claim.number.unit in RATES


def _claims_of(answer: Sequence[Segment], readings: frozenset[Reading] | set[Reading]) -> list[Claim]:
    """Return the figures of the stretches that cite nothing but quotes of these readings."""
    rows = [row for row in answer if row.citations and {citation.reading for citation in row.citations} <= readings]
    return [claim for row in rows for claim in claims_in(row.text)]
