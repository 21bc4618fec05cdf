"""Years that a follow-up counts from the year of the question before it: 第二年, 明年, "the following year"."""

from __future__ import annotations

import re

from rag.asking.periods import FROM_TODAY
from rag.asking.question import Question
from rag.asking.words import word_lists


def name_following_years(text: str, previous: Question) -> str:
    """Replace 第二年, 明年, "the following year" by the year it means after the previous question's year.

    去年 and 今年 stay as they are: they count from today, not from what was asked before.
    """
    years = previous.years or previous.report_years
    if not years:
        return text
    words = word_lists()
    counted = words.relative_years | words.following_years

    def name(match: re.Match[str]) -> str:
        if FROM_TODAY.fullmatch(match[0]) or (match.start() and text[match.start() - 1] in "比较"):
            return match[0]
        year = years[-1] + counted[match["words"].lower()]
        return str(year) if match[0].isascii() else f"{year}年"

    return words.relative_pattern.sub(name, words.following_pattern.sub(name, text))
