"""The amount a question sets as a threshold, and the yes or no that a figure gives to it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.folding import fold
from rag.numerals import QUANTITY, base_value, find_numbers

OVER = re.compile(r"超过|超出|突破|高于|多于|大于|\b(?:more than|over|above|exceed\w*|surpass\w*)\b")
AT_LEAST = re.compile(r"达到|达了?|不低于|不少于|有没有到|到了|\b(?:reach\w*|at least)\b")
UNDER = re.compile(r"低于|少于|小于|不到|不足|\b(?:less than|fewer than|under|below)\b")
NEAR_CHARS = 12
VERDICT = re.compile(r"^(是|否|Yes|No)[,，]\s*")


@dataclass(frozen=True, slots=True)
class Threshold:
    """An ``amount`` in the base unit of ``dimension`` that a figure is asked to be "over", "at least" or "under".

    ``text`` is the amount as the question has it.
    """

    amount: float
    dimension: str
    text: str
    sense: str

    def passed(self, amount: float) -> bool:
        """Tell whether ``amount`` answers yes."""
        if self.sense == "over":
            return amount > self.amount
        return amount >= self.amount if self.sense == "at least" else amount < self.amount


def find_threshold(question: str) -> Threshold | None:
    """Return the one amount with a unit that a question sets as a threshold; None without or with several."""
    folded = fold(question)
    numbers = [row for row in find_numbers(question) if row.kind == QUANTITY and row.unit]
    if len(numbers) != 1:
        return None
    before = folded[max(0, numbers[0].start - NEAR_CHARS) : numbers[0].start]
    for sense, pattern in (("under", UNDER), ("over", OVER), ("at least", AT_LEAST)):
        if pattern.search(before):
            return Threshold(*base_value(numbers[0]), numbers[0].text, sense)
    return None
