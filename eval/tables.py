"""Console tables of results, comparisons and verdicts."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.table import Table

from eval.compare import Comparison
from eval.gate import Verdict
from eval.intervals import Estimate
from eval.results import Result


def shown(figure: Estimate | None) -> str:
    """A figure with its interval, or a dash when there is nothing to measure."""
    if figure is None or math.isnan(figure.value):
        return "–"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def results_table(results: Sequence[Result]) -> Table:
    """A row a figure, a column a subject."""
    table = Table(title=f"{results[0].kind} · {results[0].dataset} · commit {results[0].commit}")
    table.add_column("")
    for result in results:
        table.add_column(f"{result.subject} (n={result.n})")
    for name in dict.fromkeys(name for result in results for name in result.figures):
        table.add_row(name, *(shown(result.figures.get(name)) for result in results))
    for name in results[0].latency_ms:
        table.add_row(f"{name} ms", *(f"{result.latency_ms[name]:.1f}" for result in results))
    return table


def groups_table(result: Result, grouping: str) -> Table:
    """Share of right answers by the groups of one grouping."""
    table = Table("", "right", "n", title=f"right by {grouping}")
    for name, figure in result.by[grouping].items():
        table.add_row(name, shown(figure), str(figure.n))
    return table


def comparison_table(comparison: Comparison) -> Table:
    """Paired differences; one whose interval leaves out 0 is marked."""
    table = Table("", "difference", "", title=f"{comparison.shared} questions in both runs")
    for name, figure in comparison.differences.items():
        table.add_row(name, shown(figure), "" if figure.low <= 0 <= figure.high else "clear")
    return table


def verdicts_table(verdicts: Sequence[Verdict]) -> Table:
    """Recorded and measured headlines."""
    table = Table("", "recorded", "measured", "")
    for verdict in verdicts:
        state = "held" if verdict.held else "FELL"
        table.add_row(f"{verdict.kind} {verdict.figure}", shown(verdict.recorded), shown(verdict.measured), state)
    return table
