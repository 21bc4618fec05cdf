"""Does each figure of a stretch stand in its quotes, with unit, direction, bound and year?"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from rag.answering.claims import Claim, Segment, claims_in, without_titles
from rag.answering.sense_words import has_word
from rag.answering.support import Problem, Quoted, Support
from rag.numerals import ARTICLE, QUANTITY, Number, base_value, find_numbers, same_quantity

NOUN_CHARS = 2
REPORT_UNITS = frozenset({"份", "篇", ""})
_TOLERANCE = 1e-6


def check_figures(
    segment: Segment, support: Support, everything: Support, *, computed: Sequence[float], answer: Sequence[Segment]
) -> list[Problem]:
    """Return a problem for each figure no quote of the segment states in the same sense.

    The number of the reports cited may be told. A calculated figure must be declared in ``computed`` and follow from
    two or more figures that ``answer`` states and ``everything`` cited bears.
    """
    problems = []
    for claim in claims_in(without_titles(segment.text)):
        if not any(_same(claim.number, other.number) for quote in support.quotes for other in quote.claims):
            counted = claim.number.unit in REPORT_UNITS and claim.number.value == len(support.quotes)
            if not counted and not _is_computed(claim.number, everything, computed, answer):
                problems.append(Problem("figure", claim.number.text, "stands in no cited quote"))
        elif not _in_its_row(claim, support):
            problems.append(Problem("figure", claim.number.text, "stands in another row of the table"))
        elif reason := _mismatch(claim, support):
            problems.append(Problem(reason, claim.number.text, f"{reason} differs from the quote"))
    return problems + _recounted(segment, support)


def _in_its_row(claim: Claim, support: Support) -> bool:
    """Tell whether a figure stands in the row whose label comes last before it, where labels of quoted rows do."""
    owners = [(claim.clause.rfind(row.row_label), len(row.row_label), row) for row in support.quotes if row.row_label]
    named = [owner for owner in owners if owner[0] >= 0]
    if not named:
        return True
    last = max(start + size for start, size, _ in named)
    rows = [row for start, size, row in named if start + size == last]
    return any(_same(claim.number, other.number) for row in rows for other in row.claims)


def _same(one: Number, other: Number) -> bool:
    return same_quantity(one, other) or (one.text == other.text and one.unit == other.unit and one.value == other.value)


def _mismatch(claim: Claim, support: Support) -> str:
    """Return what keeps every equal figure of the quotes from being the one meant; "" if one fits."""
    reasons = []
    for quote in support.quotes:
        for other in quote.claims:
            if _same(claim.number, other.number):
                reasons.append(_difference(claim, other, quote))
    return "" if "" in reasons else reasons[0]


def _difference(claim: Claim, other: Claim, quote: Quoted) -> str:
    if claim.direction and other.direction and claim.direction != other.direction:
        return "direction"
    if claim.direction and not other.direction and not _direction_fits(claim, other, quote):
        return "direction"
    if claim.bound and other.bound != claim.bound:
        return "bound"
    if claim.years and other.years and not set(claim.years) & (set(other.years) | _shared_years(claim, quote)):
        return "year"
    if claim.years and not other.years and quote.context_years and not set(claim.years) & quote.context_years:
        return "year"
    return ""


def _direction_fits(claim: Claim, other: Claim, quote: Quoted) -> bool:
    """Tell whether a figure without a direction may be told with one: by its sign in a table, else by the quote."""
    if "|" in quote.folded:
        falls = other.number.value < 0 or quote.folded[: other.number.start].endswith("-")
        return falls == (claim.direction == "down")
    return has_word(claim.direction, quote.folded, without="not_direction")


def _shared_years(claim: Claim, quote: Quoted) -> set[int]:
    """The years of the quote's place in the report also count when the quote names each year itself."""
    return (
        set(quote.context_years)
        if set(quote.context_years) <= set(quote.named_years) and len(quote.claims) == 1
        else set()
    )


def _is_computed(number: Number, everything: Support, computed: Sequence[float], answer: Sequence[Segment]) -> bool:
    """Tell whether a figure is declared and is the sum or difference of figures that the answer states and cites."""
    if not any(abs(number.value - value) <= _TOLERANCE * max(1.0, abs(value)) for value in computed):
        return False
    stated = [claim.number for segment in answer for claim in claims_in(segment.text)]
    borne = [other.number for quote in everything.quotes for other in quote.claims]
    operands = [base_value(row) for row in stated if any(_same(row, other) for other in borne)]
    value, dimension = base_value(number)
    values = [operand for operand, kind in operands if _comparable(kind, dimension)]
    if number.unit.endswith("个百分点"):
        values = [operand * 100 if kind == "ratio" else operand for operand, kind in operands]
    close = [abs(total - value) <= _TOLERANCE * max(1.0, abs(value)) for total in _totals(values)]
    return any(close)


def _comparable(kind: str, dimension: str) -> bool:
    return kind == dimension or (kind, dimension) in (("ratio", "points"), (":1", ""))


def _totals(values: Sequence[float]) -> list[float]:
    distinct = list(dict.fromkeys(values))[:12]
    pairs = list(combinations(distinct, 2))
    sums = [sum(group) for size in range(2, len(distinct) + 1) for group in combinations(distinct[:8], size)]
    return [*sums, sum(values), *(abs(one - other) for one, other in pairs), 2 * distinct[0] if distinct else 0.0]


def _recounted(segment: Segment, support: Support) -> list[Problem]:
    """A small count in characters (一个, 两项) must be that of the same thing in the quotes, not of another."""
    problems = []
    for number in find_numbers(segment.text):
        if number.kind not in (ARTICLE, QUANTITY) or number.text[0].isascii():
            continue
        noun = segment.text[number.end : number.end + NOUN_CHARS]
        counts = [row for quote in support.quotes for row in _counted(quote, number.unit, noun)]
        if len(noun) == NOUN_CHARS and counts and all(row.value != number.value for row in counts):
            problems.append(Problem("figure", number.text + noun, "the quote counts another number"))
    return problems


def _counted(quote: Quoted, unit: str, noun: str) -> list[Number]:
    text = quote.citation.quote
    return [row for row in find_numbers(text) if row.unit == unit and text[row.end : row.end + NOUN_CHARS] == noun]
