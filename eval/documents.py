"""Write the documents that nobody writes by hand: ``python -m eval.documents``.

``docs/files.md`` is the file tree with the first line of each docstring, ``docs/figures.md`` the published results.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from eval.gate import LOWER_IS_BETTER
from eval.results import Result, read_result

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PUBLISHED = ROOT / "eval" / "results" / "published"
LOOKED_UP_MS = 0.02
ABOUT_FIGURES = "Measured by `make figures`; [eval/README.md](../eval/README.md) says what each means, and of whom."
PACKAGES = ("rag", "api", "eval")
ANSWER_FIGURES = ("right", "answer_accuracy", "refusal_recall", "citation_valid", "citation_precision", "unsupported")
SEARCH_FIGURES = ("R@1", "R@5", "all@5", "MRR@10", "nDCG@10", "wrong_report_first", "R@1 en")


def first_line(path: Path) -> str:
    """First sentence of a module's docstring, without its full stop; empty without one."""
    docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    return docstring.split("\n")[0].rstrip(".")


def tree() -> str:
    """Every module of the packages with what it is for, folder by folder."""
    lines = []
    for package in PACKAGES:
        paths = (ROOT / package).rglob("*.py")
        for path in sorted(paths, key=lambda path: (path.parent, path.stem != "__init__", path.name)):
            depth = len(path.relative_to(ROOT).parts) - 1 - (path.name == "__init__.py")
            name = f"{path.parent.name}/" if path.name == "__init__.py" else path.name
            lines.append(f"{'  ' * depth}{name:<{28 - 2 * depth}}{first_line(path)}".rstrip())
    return "\n".join(["```", *lines, "```"])


def _milliseconds(value: float) -> str:
    """A median; a dash for a ranking that was only looked up."""
    return f"{value:.1f}" if value >= LOOKED_UP_MS else "–"


def _cell(result: Result, name: str, best: float) -> str:
    figure = result.figures.get(name)
    if figure is None or math.isnan(figure.value):
        return "–"
    value = f"{figure.value:.3f}"
    return f"{f'**{value}**' if figure.value == best else value} ±{figure.half_width:.2f}"


def _best(results: Sequence[Result], name: str) -> float:
    """The best value of a column; NaN, which equals nothing, where there is nothing to compare."""
    values = [row.figures[name].value for row in results if name in row.figures]
    if len(values) < 2 or len({row.dataset for row in results}) > 1:
        return math.nan
    return min(values) if name in LOWER_IS_BETTER else max(values)


def _table(results: Sequence[Result], names: Iterable[str], key: Callable[[Result], str]) -> str:
    columns = {name: _best(results, name) for name in names if any(name in row.figures for row in results)}
    head = f"| | n | {' | '.join(columns)} | p50 ms |\n|---|---|{'---|' * (len(columns) + 1)}"
    rows = [
        f"| {key(row)} | {row.n} | {' | '.join(_cell(row, name, best) for name, best in columns.items())} "
        f"| {_milliseconds(row.latency_ms['p50'])} |"
        for row in results
    ]
    return "\n".join([head, *rows])


def _measured(results: Sequence[Result]) -> str:
    """At which commit each subject was measured: report-qa, and what it is held against, may be of different runs."""
    ours = ", ".join(sorted({row.commit for row in results if row.subject == "report-qa"}))
    others = ", ".join(sorted({row.commit for row in results if row.subject != "report-qa"}))
    return f"Measured at commit {ours}" + (f"; the others at {others}." if others not in ("", ours) else ".")


def figures(results: Sequence[Result]) -> str:
    """Tables of answers and dialogues, and of retrieval for each set, with the commits they were measured at."""
    said = sorted((result for result in results if result.kind != "retrieval"), key=lambda row: (row.kind, row.dataset))
    answers = _table(said, ANSWER_FIGURES, lambda row: f"{row.kind}: {row.dataset}")
    parts = [f"{answers}\n\n{_measured(said)}"] if said else []
    for name in sorted({result.dataset for result in results if result.kind == "retrieval"}):
        searched = [result for result in results if result.kind == "retrieval" and result.dataset == name]
        searched.sort(key=lambda row: (row.subject != "report-qa", row.subject))
        table = _table(searched, SEARCH_FIGURES, lambda row: row.subject)
        parts.append(f"Retrieval, {name}:\n\n{table}\n\n{_measured(searched)}")
    return "\n\n".join([*parts, "± is the wider half of the 95% bootstrap interval, bold the best."])


def main() -> None:
    """Write both."""
    results = [read_result(file) for file in sorted(PUBLISHED.glob("*.json"))]
    (DOCS / "files.md").write_text(f"# A line a file\n\n{tree()}\n", "utf-8")
    (DOCS / "figures.md").write_text(f"# Figures\n\n{ABOUT_FIGURES}\n\n{figures(results)}\n", "utf-8")


if __name__ == "__main__":
    main()
