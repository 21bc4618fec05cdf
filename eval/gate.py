"""The gate: figures of a run held against recorded ones.

A figure falls through when it is worse than the recorded one by more than the recorded interval reaches.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.intervals import Estimate, as_values, from_values
from rag.errors import BadInputError

LOWER_IS_BETTER = frozenset({"unsupported", "wrong_place", "wrong_year", "wrong_report_first", "came_out"})
HEADLINES = {
    "answers": ("right", "answer_accuracy", "refusal_recall", "refusal_precision", "citation_valid",
                "citation_precision", "citation_recall", "unsupported"),
    "dialogues": ("right", "answer_accuracy", "citation_valid", "unsupported"),
    "perfect": ("right", "refusal_recall", "citation_valid", "unsupported"),
    "lying": ("came_out",),
    "retrieval": ("R@1", "R@5", "R@10", "all@5", "MRR@10", "nDCG@10"),
}  # fmt: skip

Figures = Mapping[str, Mapping[str, Estimate]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One headline against its record; ``held`` is false when it fell through."""

    kind: str
    figure: str
    recorded: Estimate
    measured: Estimate
    held: bool


def _held(figure: str, recorded: Estimate, measured: Estimate) -> bool:
    if math.isnan(recorded.value):
        return True
    if math.isnan(measured.value):
        return False
    slack = 1e-9
    if figure in LOWER_IS_BETTER:
        return measured.value <= recorded.high + slack
    return measured.value >= recorded.low - slack


def judge(recorded: Figures, measured: Figures) -> tuple[Verdict, ...]:
    """Judge every headline that is recorded; one that was not measured falls through."""
    nothing = Estimate(math.nan, math.nan, math.nan, 0)
    return tuple(
        Verdict(kind, name, old, new, _held(name, old, new))
        for kind, names in HEADLINES.items()
        for name in names
        if (old := recorded.get(kind, {}).get(name)) is not None
        for new in [measured.get(kind, {}).get(name, nothing)]
    )


def write_record(figures: Figures, path: Path) -> None:
    """Record the headlines of a run as those that later runs are held against."""
    kept = {
        kind: {name: _rounded(figures[kind][name]) for name in names if name in figures[kind]}
        for kind, names in HEADLINES.items()
        if kind in figures
    }
    path.write_text(json.dumps(kept, indent=1) + "\n", "utf-8")


def _rounded(figure: Estimate) -> dict[str, float | int | None]:
    return {key: value if value is None else round(value, 4) for key, value in as_values(figure).items()}


def read_record(path: Path) -> dict[str, dict[str, Estimate]]:
    """Read the recorded headlines; empty when there is no record yet.

    Raises:
        BadInputError: the file is there but is not a record.
    """
    if not path.exists():
        return {}
    try:
        kinds = json.loads(path.read_text("utf-8"))
        return {kind: {name: from_values(part) for name, part in names.items()} for kind, names in kinds.items()}
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise BadInputError(f"{path} is not a record of the gate: {error}; make one with --record") from error
