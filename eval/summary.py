"""From rows to figures: headlines with intervals, and the same by type, language, difficulty and place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from eval.intervals import Estimate, estimate
from eval.metrics import percentile
from eval.scoring import Row

GROUPINGS: dict[str, Callable[[Row], Iterable[str]]] = {
    "type": lambda row: (row.type,),
    "language": lambda row: (row.lang,),
    "difficulty": lambda row: (row.difficulty,),
    "place": lambda row: row.places or ("-",),
}


def _ratio(rows: Sequence[Row], part: Callable[[Row], int], whole: Callable[[Row], int]) -> Estimate:
    """A ratio of sums, with its interval over the single citations or spans."""
    return estimate([value for row in rows if whole(row) for value in _shares(part(row), whole(row))])


def _shares(part: int, whole: int) -> list[float]:
    return [1.0] * min(part, whole) + [0.0] * max(0, whole - part)


def headlines(rows: Sequence[Row]) -> dict[str, Estimate]:
    """The figures of a run, each in [0, 1]; ``wrong_*`` and ``unsupported`` are better when lower.

    A figure over no questions is NaN with ``n`` 0.
    """
    answerable = [row for row in rows if row.answerable]
    refused = [row for row in rows if row.status == "not_found"]
    answered = [row for row in answerable if row.status == "answered"]
    return {
        "right": estimate([row.right for row in rows]),
        "answer_accuracy": estimate([row.accurate for row in answerable]),
        "refusal_recall": estimate([row.status == "not_found" for row in rows if not row.answerable]),
        "refusal_precision": estimate([not row.answerable for row in refused]),
        "citation_valid": _ratio(answerable, lambda row: row.valid, lambda row: row.citations),
        "citation_precision": _ratio(answerable, lambda row: row.covering, lambda row: row.citations),
        "citation_recall": _ratio(answerable, lambda row: row.found, lambda row: row.evidence),
        "concise": estimate([row.concise for row in answerable]),
        "unsupported": estimate([bool(row.unsupported) for row in answerable]),
        "wrong_place": estimate([row.wrong_place for row in answered]),
        "wrong_year": estimate([row.wrong_year for row in answered]),
    }


def right_by(rows: Sequence[Row], grouping: str) -> dict[str, Estimate]:
    """Share of right rows by a grouping of `GROUPINGS`, groups in alphabetical order."""
    groups: dict[str, list[float]] = defaultdict(list)
    for row in rows:
        for name in GROUPINGS[grouping](row):
            groups[name].append(row.right)
    return {name: estimate(groups[name]) for name in sorted(groups)}


def latency_ms(seconds: Sequence[float]) -> dict[str, float]:
    """p50, p95 and p99 in milliseconds; NaN for none."""
    return {f"p{share}": 1000 * percentile(seconds, share / 100) for share in (50, 95, 99)}
