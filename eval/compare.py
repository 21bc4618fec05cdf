"""Two runs side by side: paired differences with intervals, and the questions that changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval import metrics
from eval.intervals import Estimate, paired_difference
from eval.run_retrieval import DEPTH


@dataclass(frozen=True, slots=True)
class Change:
    """A question whose outcome differs: what each run said, and whether it was right."""

    id: str
    question: str
    before: str
    after: str
    gained: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """Differences ``after - before`` by figure, over the questions both runs have, and what changed."""

    differences: dict[str, Estimate]
    changes: tuple[Change, ...]
    shared: int


def _values(row: Mapping[str, Any]) -> dict[str, float]:
    if "ranking" not in row:
        return {"right": row["right"], "accurate": row["accurate"], "refused": row["status"] == "not_found"}
    ranking = [frozenset(found) for found in row["ranking"]]
    return {
        "R@1": metrics.any_at(ranking, k=1),
        "R@5": metrics.any_at(ranking, k=5),
        "MRR@10": metrics.reciprocal_rank_at(ranking, k=DEPTH),
        "nDCG@10": metrics.ndcg_at(ranking, relevant=row["relevant"], k=DEPTH),
    }


def _said(row: Mapping[str, Any]) -> str:
    if "ranking" not in row:
        return str(row["answer"])
    return f"first evidence at rank {next((i for i, found in enumerate(row['ranking'], 1) if found), 'none')}"


def compare_rows(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Comparison:
    """Compare two runs of one kind; questions are matched by id, those of one run only are left out."""
    old = {row["id"]: row for row in before}
    pairs = [(old[row["id"]], row) for row in after if row["id"] in old]
    scored = [(_values(one), _values(other)) for one, other in pairs]
    names = list(scored[0][0]) if scored else []
    headline = names[0] if names else ""
    differences = {
        name: paired_difference([a[name] for a, _ in scored], [b[name] for _, b in scored]) for name in names
    }
    changes = tuple(
        Change(row["id"], row["question"], _said(one), _said(row), b[headline] > a[headline])
        for (one, row), (a, b) in zip(pairs, scored, strict=True)
        if a[headline] != b[headline]
    )
    return Comparison(differences, changes, len(pairs))
