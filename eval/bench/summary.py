"""What the bench found: ratios first, then the figures, as Markdown and as a picture."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from eval.bench.growth import fitted_exponent
from eval.plots import log_chart

MEASURES = {
    "ingest_characters_per_second": ("ingest, characters a second", True),
    "query_embedding_ms": ("embedding a query, ms", False),
    "search_ms": ("a search, ms", False),
    "ask_ms": ("an answer, ms", False),
    "peak_memory_mb": ("peak memory, MB", False),
}
GROWTHS = {
    "search_ms": "search",
    "scoped_search_ms": "search in scope",
    "ask_ms": "answer",
    "pile_ms": "answer over all reports",
}
IDLE = 0.5


def _central(value: float | Mapping[str, float]) -> float:
    return value["p50"] if isinstance(value, Mapping) else value


def ratio(ours: float | Mapping[str, float], theirs: float | Mapping[str, float], *, more_is_better: bool) -> float:
    """How many times better ours is, at the median; below 1 it is worse. NaN where either is nothing."""
    one, other = _central(ours), _central(theirs)
    if not one or not other:
        return math.nan
    return one / other if more_is_better else other / one


def quickest(rounds: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of several rounds of one subject the best of each measure, by its median; of memory the most."""
    best: dict[str, Any] = {}
    for name, (_, more_is_better) in MEASURES.items():
        found = sorted((row[name] for row in rounds if name in row), key=_central)
        if found:
            best[name] = found[-1 if more_is_better or name == "peak_memory_mb" else 0]
    return best


def with_ratios(measured: dict[str, Any]) -> dict[str, Any]:
    """The measurements with ratios to the recipe and the exponents of growth put first."""
    ours, theirs = measured["subjects"]["report-qa"], measured["subjects"]["recipe"]
    ratios = {
        name: round(ratio(ours[name], theirs[name], more_is_better=more), 2)
        for name, (_, more) in MEASURES.items()
        if name in theirs
    }
    growth = measured["growth"]
    sizes = [row["passages"] for row in growth]
    exponents = {name: round(fitted_exponent(sizes, [row[name]["p50"] for row in growth]), 2) for name in GROWTHS}
    return {"ratios_to_the_recipe": ratios, "growth_exponents": exponents, **measured}


def _shown(value: float | Mapping[str, float] | None) -> str:
    if value is None:
        return "–"
    if isinstance(value, Mapping):
        return " / ".join(f"{value[name]:.1f}" for name in ("p50", "p95", "p99"))
    return f"{value:,.0f}"


def _rows(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    return "\n".join(
        ["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(r) + " |" for r in body)]
    )


def _side_by_side(measured: Mapping[str, Any]) -> str:
    ours, theirs = measured["subjects"]["report-qa"], measured["subjects"]["recipe"]
    ratios = measured["ratios_to_the_recipe"]
    rows = [["", "times better", "report-qa", "plain recipe"]]
    for name, (words, _) in MEASURES.items():
        times = f"**{ratios[name]:.1f} ×**" if name in ratios else "–"
        rows.append([words, times, _shown(ours.get(name)), _shown(theirs.get(name))])
    return _rows(rows)


def _growth(measured: Mapping[str, Any]) -> str:
    rows = [["passages", *(f"{words}, ms" for words in GROWTHS.values()), "peak memory, MB"]]
    for row in measured["growth"]:
        timed = [_shown(row[name]) for name in GROWTHS]
        rows.append([f"{row['passages']:,}", *timed, _shown(row["peak_memory_mb"])])
    exponents = measured["growth_exponents"]
    rows.append(["fitted exponent", *(f"{exponents[name]:.2f}" for name in GROWTHS), ""])
    return _rows(rows)


def _load(measured: Mapping[str, Any]) -> str:
    rows = [["clients", "answers a second", "errors", "ms"]]
    for row in measured["load"]:
        rows.append([str(row["clients"]), f"{row['answers_per_second']:.1f}", str(row["errors"]), _shown(row)])
    return _rows(rows)


def bench_markdown(measured: Mapping[str, Any]) -> str:
    """The document: side by side, growth, load; milliseconds are p50 / p95 / p99."""
    where = f"{measured['machine']}, commit {measured['commit']}; {measured['reports']} made-up reports"
    busy = measured["load_average_before"]
    return "\n\n".join(
        [
            "# Speed",
            f"Measured by `make bench` beside the plain recipe ({where}, {measured['characters']:,} characters; both "
            f"in turn, the quicker of their rounds; ms are p50 / p95 / p99). Load average before: {busy:.1f}"
            + ("." if busy < IDLE else ", a busy machine: only the ratios mean anything."),
            _side_by_side(measured),
            "Growth (made-up vectors, as varied as those of real passages, so that no model is timed):",
            _growth(measured),
            "A real server under clients that ask one question after another:",
            _load(measured),
            "![Median time over the number of passages](bench.svg)",
        ]
    )


def bench_picture(measured: Mapping[str, Any]) -> str:
    """Median times over the number of passages, both logarithmic, with the fitted exponents, as an SVG file."""
    exponents = measured["growth_exponents"]
    series = {
        f"{words}: n^{exponents[name]:.2f}": [(row["passages"], row[name]["p50"]) for row in measured["growth"]]
        for name, words in GROWTHS.items()
    }
    chart = log_chart("median milliseconds over passages", series, x_label="passages; both axes logarithmic, y in ms")
    drawn = re.search(r"<svg.*</svg>", chart, re.DOTALL)
    picture = drawn.group() if drawn else "<svg/>"
    style = "<style>text{font:12px sans-serif}</style><rect width='100%' height='100%' fill='#fff'/>"
    return picture.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(">", f">{style}", 1) + "\n"
