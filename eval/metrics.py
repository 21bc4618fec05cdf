"""Retrieval measures over what each rank found. Pure; higher is better; each is in [0, 1].

A ranking is a sequence with one set a rank, best rank first: the relevant items (passage ids, or numbers of evidence
spans) that the hit at this rank holds; the empty set where it holds none. ``relevant`` is how many items there are. A
question without a ranking scores 0: pass an empty ranking, do not leave it out.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from collections.abc import Set as AbstractSet

Ranking = Sequence[AbstractSet[Hashable]]


def found_at(ranking: Ranking, *, k: int) -> frozenset[Hashable]:
    """Collect the relevant items found in the first ``k`` ranks; empty for an empty ranking."""
    return frozenset[Hashable]().union(*ranking[:k])


def any_at(ranking: Ranking, *, k: int) -> float:
    """Say whether the first ``k`` ranks hold any relevant item (success at k)."""
    return float(bool(found_at(ranking, k=k)))


def all_at(ranking: Ranking, *, relevant: int, k: int) -> float:
    """Say whether the first ``k`` ranks hold every relevant item."""
    return float(relevant > 0 and len(found_at(ranking, k=k)) >= relevant)


def recall_at(ranking: Ranking, *, relevant: int, k: int) -> float:
    """Share of the relevant items found in the first ``k`` ranks; 0 when nothing is relevant."""
    return len(found_at(ranking, k=k)) / relevant if relevant else 0.0


def reciprocal_rank_at(ranking: Ranking, *, k: int) -> float:
    """One over the rank of the first hit that holds a relevant item, 0 when none of the first ``k`` does.

    Source: Voorhees 1999, "The TREC-8 Question Answering Track Report".
    """
    return next((1 / rank for rank, items in enumerate(ranking[:k], start=1) if items), 0.0)


def ndcg_at(ranking: Ranking, *, relevant: int, k: int) -> float:
    """Normalised discounted cumulative gain; a hit gains one for each relevant item no hit before it held.

    One hit may hold several evidence spans, so the value is cut at 1.

    Source: Järvelin and Kekäläinen 2002, "Cumulated gain-based evaluation of IR techniques".
    """
    seen: set[Hashable] = set()
    gained = 0.0
    for rank, items in enumerate(ranking[:k], start=1):
        gained += len(items - seen) / math.log2(rank + 1)
        seen |= items
    ideal = sum(1 / math.log2(rank + 1) for rank in range(1, min(relevant, k) + 1))
    return min(1.0, gained / ideal) if ideal else 0.0


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean; not a number for no values, so that an absent figure is never taken for a bad one."""
    return sum(values) / len(values) if values else math.nan


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` (0 to 1) of ``values`` lies, by linear interpolation; NaN for no values."""
    if not values:
        return math.nan
    ordered = sorted(values)
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
