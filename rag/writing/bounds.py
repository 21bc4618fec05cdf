"""Is a bounded figure told with its bound? "7% or more" is not 7%."""

from __future__ import annotations

from rag.answering.claims import CLAUSE_END, claims_in
from rag.answering.support import Problem, Support
from rag.folding import fold
from rag.numerals import same_quantity
from rag.writing.words import pattern


def check_bounds(words: str, support: Support) -> list[Problem]:
    """Return a problem for each figure told bare that every quote gives with 以上, 不超过, 左右 or their like."""
    folded = fold(words)
    problems = []
    for claim in claims_in(words):
        others = [row for quote in support.quotes for row in quote.claims if same_quantity(row.number, claim.number)]
        bare = not claim.bound and not _is_bounded(folded, claim.number.start, claim.number.end)
        if bare and others and all(row.bound for row in others):
            problems.append(Problem("bound", claim.number.text, "the quote gives this figure with a bound; keep it"))
    return problems


def _is_bounded(folded: str, start: int, end: int) -> bool:
    before = CLAUSE_END.split(folded[:start])[-1]
    return bool(pattern("bound_before").search(before) or pattern("bound_after").match(folded, end))
