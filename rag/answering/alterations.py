"""Alterations: is a claim the words of its quotes with one of them altered?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from importlib.resources import files
from itertools import zip_longest

from rag.answering.borne import DIGITS, Borne, cells_of, is_computed, is_same, loose_digits, numbers_of
from rag.figures.words import word_list
from rag.finding.scope import named_years
from rag.language.folding import fold
from rag.language.numerals import YEAR, Number, base_value, find_numbers
from rag.language.sentences import PART_END, POINT
from rag.language.sums import is_written_sum

TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[a-z]+|[^\W\d_]")
COPY_SHARE = 0.7
MIN_COPY_TOKENS = 5
# Words that a claim may not have in place of each other where it repeats a quote.
OPPOSITES = tuple(
    frozenset(line.split("/")) for line in files("rag").joinpath("data", "opposites.txt").read_text("utf-8").split()
)


def altered_words(text: str, borne: Borne) -> str:
    """Return what a claim altered where it else repeats a quote: a figure, a unit, or a word into its opposite.

    An alteration counts only where no quote has the claim's version there, with more than a figure and its unit.
    """
    text, quotes = POINT.sub("", text), [POINT.sub("", quote) for quote in borne.texts]
    claimed, stated, told = _tokens(text), find_numbers(text), numbers_of(borne)
    computed = {each.value for each in stated if is_computed(each, told, stated, text, borne)}
    figure = max((len(_tokens(each.text)) for each in stated), default=2)
    faults, cleared = [], set()
    for quote in quotes:
        original = _tokens(quote)
        matcher = SequenceMatcher(None, original, claimed, autojunk=False)
        blocks = matcher.get_opcodes()
        equal = [range(low, high) for tag, _, _, low, high in blocks if tag == "equal"]
        same = sum(map(len, equal))
        cleared |= {place for run in equal if len(run) > figure for place in run}
        if same < COPY_SHARE * min(len(claimed), len(original)) or same < 4:
            continue
        for tag, old_low, old_high, low, high in blocks:
            if tag == "replace" and _is_altered(original, old_low, old_high, claimed, low, high, computed):
                faults.append((low, high))
    for low, high in faults:
        if not set(range(low, high)) <= cleared:
            return "".join(claimed[max(0, low - 4) : high + 4])
    return _other_figure(text, stated, quotes, borne)


def _other_figure(text: str, stated: Sequence[Number], quotes: Sequence[str], borne: Borne) -> str:
    """Return a clause that has another figure than the quoted clauses it repeats best."""
    told_by = [
        (quote.span, [row for row in _statements(words) if DIGITS.search(row[0])])
        for quote, words in zip(borne.quotes, quotes, strict=True)
    ]
    for clause in PART_END.split(text):
        named = [each for each in told_by if each[0].place and each[0].place[:-1] in clause] or told_by
        originals = [row for _, rows in named for row in rows]
        numbers = find_numbers(clause)
        figures = [each for each in numbers if each.kind != YEAR and each.unit != "年"]
        words = _words(clause)
        if words.total() < MIN_COPY_TOKENS or not DIGITS.search(clause):
            continue
        shares = [(sum((words & Counter(_tokens(each))).values()), whole) for each, whole in originals]
        most = max((same for same, _ in shares), default=0)
        if most < COPY_SHARE * words.total():
            continue
        best = [each for same, each in shares if same == most]
        dated = [rows for span, rows in named if {*span.years} & {*named_years(clause)}]
        best += [each for rows in dated for _, each in rows]
        told = [number for each in (*best, borne.question) for number in find_numbers(each)] + cells_of(borne)
        is_copy = most == words.total()
        if len(figures) > 1 and len(quotes) > 1 and not is_copy:  # a list: each quote tells one of its figures
            told = numbers_of(borne)
        for figure in figures:
            if not any(is_same(figure, other) or figure.text == other.text for other in told):
                may_be_reckoned = not is_copy or base_value(figure)[1] == "points"
                is_reckoned = may_be_reckoned and is_computed(figure, numbers_of(borne), stated, text, borne)
                return "" if is_reckoned or is_written_sum(figure, text, stated) else clause
        if loose_digits(clause, numbers, best):
            return clause
    return ""


def _statements(quote: str) -> list[tuple[str, str]]:
    """Return the clauses of a quote, each also with the one after it where that only goes on: ，达到62661亿元."""
    parts = PART_END.split(quote)
    following = [each if each.startswith(word_list("qualifiers")) else "" for each in parts[2:]]
    return list(zip(parts, map("".join, zip_longest(parts, following, fillvalue="")), strict=False))


def _words(text: str) -> Counter[str]:
    return Counter(each for each in _tokens(text) if not each[0].isdigit())


def _tokens(text: str) -> list[str]:
    return TOKEN.findall(fold(text))


def _is_altered(
    original: Sequence[str],
    old_low: int,
    old_high: int,
    claimed: Sequence[str],
    low: int,
    high: int,
    computed: Collection[float],
) -> bool:
    """Tell whether one stretch of words stands for another with another figure, not ``computed``, or the opposite."""
    old_figures = [each.replace(",", "") for each in original[old_low:old_high] if each[0].isdigit()]
    new_figures = [each.replace(",", "") for each in claimed[low:high] if each[0].isdigit()]
    aligned = len(old_figures) == len(new_figures) and old_high - old_low == high - low
    pairs = zip(old_figures, new_figures, strict=True) if aligned else ()
    if any(float(old) != float(new) and float(new) not in computed for old, new in pairs):
        return True
    # A pair of opposites may share a character with its neighbours: 以上 and 以下 differ in the second one alone.
    for reach in (0, 1):
        was = "".join(original[max(0, old_low - reach) : old_high])
        now = "".join(claimed[max(0, low - reach) : high])
        if any(was != now and {was, now} == pair for pair in OPPOSITES):
            return True
    return False
