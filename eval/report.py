"""One self-contained page about a set of runs: tables, plots and every wrong answer with its evidence."""

from __future__ import annotations

import html
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eval.intervals import Estimate
from eval.plots import bar_chart, histogram, line_chart
from eval.results import Result
from eval.run_retrieval import CURVE

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.2rem .7rem;border-bottom:1px solid #ccc;
text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}
svg{max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif}figure{margin:1rem 0;break-inside:avoid}
figcaption{font-weight:600}article{border-left:3px solid #c2571a;padding-left:.8rem;margin:1rem 0;break-inside:avoid}
.muted{color:#555}q{quotes:"“" "”"}@media print{body{max-width:none;margin:0;font-size:11px}}
"""

Rows = Sequence[Mapping[str, Any]]


def _cell(figure: Estimate | None) -> str:
    if figure is None or math.isnan(figure.value):
        return '<td class="n">–</td>'
    return f'<td class="n">{figure.value:.3f} <span class="muted">[{figure.low:.3f}, {figure.high:.3f}]</span></td>'


def figures_table(results: Sequence[Result]) -> str:
    """A row a figure, a column a run, with intervals."""
    names = list(dict.fromkeys(name for result in results for name in result.figures))
    head = "".join(f"<th>{html.escape(result.subject)} (n={result.n})</th>" for result in results)
    body = "".join(
        f"<tr><td>{html.escape(name)}</td>{''.join(_cell(result.figures.get(name)) for result in results)}</tr>"
        for name in names
    )
    return f"<table><tr><th></th>{head}</tr>{body}</table>"


def _facts(result: Result) -> str:
    facts = {
        "commit": f"{result.commit} {result.commit_time}",
        "questions": f"{result.dataset} ({result.dataset_hash}), {result.n}",
        "reports": f"{result.corpus} ({result.corpus_hash})",
        "models": ", ".join(f"{name}: {model}" for name, model in result.models.items()),
        "prompts": ", ".join(f"{name} {digest}" for name, digest in result.prompt_hashes.items()) or "none",
        "latency": ", ".join(f"{name} {value:.1f} ms" for name, value in result.latency_ms.items()),
        "settings": ", ".join(f"{key}={value}" for key, value in result.settings.items()),
    }
    rows = "".join(f"<tr><th>{key}</th><td>{html.escape(value)}</td></tr>" for key, value in facts.items())
    return f"<table>{rows}</table>"


def _quotes(name: str, quotes: Iterable[str]) -> str:
    shown = " ".join(f"<q>{html.escape(quote)}</q>" for quote in quotes)
    return f'<div class="muted">{name}: {shown or "nothing"}</div>'


def wrong_answers(rows: Rows) -> str:
    """Every wrong row: question, what was said and cited, what should have been said, and the evidence for it."""
    articles = [
        f"<article><b>{html.escape(row['id'])} · {html.escape(row['type'])}</b> {html.escape(row['question'])}"
        f"<div>Said ({html.escape(row['status'])}): {html.escape(row['answer'])}</div>"
        f"<div>Expected: {html.escape(row['expected'])}</div>"
        f"{_quotes('Cited', row['quotes'])}{_quotes('Evidence', row['gold_quotes'])}</article>"
        for row in rows
        if "right" in row and not row["right"]
    ]
    return f"<h3>Wrong answers: {len(articles)} of {len(rows)}</h3>{''.join(articles)}"


def recall_curve(results: Sequence[Result]) -> str:
    """Share of questions with evidence in the first k hits, a line a subject."""
    series = {
        result.subject: [(float(k), result.figures[f"R@{k}"].value) for k in CURVE if f"R@{k}" in result.figures]
        for result in results
    }
    return line_chart("Evidence among the first k hits", series, x_label="k")


def history(results: Sequence[Result], figure: str) -> str:
    """A figure over commits, oldest first, a line a question set; nothing for a single commit."""
    ordered = sorted(results, key=lambda result: result.commit_time)
    series: dict[str, list[tuple[float, float]]] = {}
    for result in ordered:
        line = series.setdefault(result.dataset, [])
        line.append((float(len(line) + 1), result.figures[figure].value))
    several = {name: points for name, points in series.items() if len(points) > 1}
    return line_chart(f"{figure} over commits", several, x_label="run, oldest first", low=None)


def _answers(result: Result, rows: Rows) -> str:
    charts = "".join(bar_chart(f"Right by {name}", groups) for name, groups in result.by.items())
    latency = histogram("Latency of an answer", [1000 * float(row["seconds"]) for row in rows], unit="ms")
    title = html.escape(f"{result.kind}: {result.dataset}, {result.subject}")
    return f"<h2>{title}</h2>{_facts(result)}{figures_table([result])}{charts}{latency}{wrong_answers(rows)}"


def _retrieval(results: Sequence[Result]) -> str:
    ablation = bar_chart("R@5 by what searches", {result.subject: result.figures["R@5"] for result in results})
    title = html.escape(f"retrieval: {results[0].dataset}")
    return f"<h2>{title}</h2>{_facts(results[0])}{figures_table(results)}{ablation}{recall_curve(results)}"


def report_page(runs: Sequence[tuple[Result, Rows]]) -> str:
    """The whole page; of every kind, set and subject the newest run is shown, the others make the history."""
    newest = {(result.kind, result.dataset, result.subject): (result, rows) for result, rows in sorted(runs, key=_time)}
    searches: dict[str, list[Result]] = {}
    parts = []
    for result, rows in newest.values():
        if result.kind == "retrieval":
            searches.setdefault(result.dataset, []).append(result)
        else:
            parts.append(_answers(result, rows))
    parts += [_retrieval(results) for results in searches.values()]
    parts.append(history([result for result, _ in runs if result.kind == "answers"], "right"))
    body = "".join(parts)
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>report-qa evaluation</title>'
        f"<style>{STYLE}</style></head><body><h1>report-qa evaluation</h1>"
        f"<p>Figures carry 95% bootstrap intervals; right means accurate, cited, nothing unsupported.</p>"
        f"{body}</body></html>"
    )


def _time(run: tuple[Result, Rows]) -> str:
    return run[0].commit_time
