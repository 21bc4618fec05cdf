"""A report's text with everything its figures are read from, found once."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

from rag.language.folding import fold
from rag.language.numerals import Number, find_numbers
from rag.language.periods import YearMention, resolve_years
from rag.language.sentences import Span
from rag.types import Profile, Reading, Section


@dataclass(frozen=True, slots=True)
class SourceNumbers:
    """Text, folded text, numbers and mentions of years of one report."""

    report_id: str
    text: str
    folded: str
    profile: Profile
    numbers: tuple[Number, ...]
    mentions: tuple[YearMention, ...]
    _number_starts: tuple[int, ...]
    _mention_starts: tuple[int, ...]

    def numbers_within(self, start: int, end: int) -> tuple[Number, ...]:
        """Return the numbers that begin in ``[start, end)``, in order."""
        return self.numbers[bisect_left(self._number_starts, start) : bisect_left(self._number_starts, end)]

    def mentions_within(self, start: int, end: int) -> tuple[YearMention, ...]:
        """Return the mentions of years that begin in ``[start, end)``, in order."""
        return self.mentions[bisect_left(self._mention_starts, start) : bisect_left(self._mention_starts, end)]


def read_source(report_id: str, text: str, profile: Profile) -> SourceNumbers:
    """Find the numbers and years of a text."""
    numbers = tuple(find_numbers(text))
    mentions = resolve_years(text, profile.current_year)
    number_starts = tuple(number.start for number in numbers)
    mention_starts = tuple(mention.start for mention in mentions)
    return SourceNumbers(report_id, text, fold(text), profile, numbers, mentions, number_starts, mention_starts)


@dataclass(slots=True)
class Carried:
    """What is carried from figure to figure inside one sentence.

    ``subject`` is the last indicator, ``thing`` the noun in it, ``main`` the last one outside 其中, ``counted`` what
    was counted last, ``history`` all of them; ``queue`` holds the indicators that 分别 still owes a figure. Words
    before ``cursor`` belong to earlier figures; ``cursor_before`` is what it was for the figure before;
    ``paragraph_years`` the paragraph named before, ``opening_years`` the year one of its sentences opened with.
    """

    span: Span
    section: Section
    cursor: int
    cursor_before: int = 0
    paragraph_years: tuple[int, ...] = ()
    opening_years: tuple[int, ...] = ()
    subject: str = ""
    thing: str = ""
    main: str = ""
    counted: str = ""
    direction: str = ""
    years: tuple[int, ...] = ()
    reading: Reading = Reading.UNKNOWN
    queue: list[str] = field(default_factory=list)
    history: list[str] = field(default_factory=list)
