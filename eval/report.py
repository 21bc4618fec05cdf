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

OURS = "report-qa"
HEADLINE = {"answers": "right", "dialogues": "right", "perfect": "right", "retrieval": "R@1"}
SEARCH_FIGURES = ("R@1", "R@5", "R@10", "all@5", "MRR@10", "nDCG@10", "wrong_report_first", "R@1 en")

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#111}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}td,th{padding:.2rem .7rem;border-bottom:1px solid #ccc;
text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}
svg{max-width:100%;height:auto}svg text{font:12px system-ui,sans-serif}figure{margin:1rem 0;break-inside:avoid}
figcaption,h2,h3{font-weight:600;break-after:avoid}tr{break-inside:avoid}
article{border-left:3px solid #c2571a;padding-left:.8rem;margin:1rem 0;break-inside:avoid}
.muted{color:#555}q{quotes:"“" "”"}@media print{body{max-width:none;margin:0;font-size:11px}}
"""

Rows = Sequence[Mapping[str, Any]]


def _cell(figure: Estimate | None) -> str:
    if figure is None or math.isnan(figure.value):
        return '<td class="n">–</td>'
    return f'<td class="n">{figure.value:.3f} <span class="muted">[{figure.low:.3f}, {figure.high:.3f}]</span></td>'


def _short(figure: Estimate | None) -> str:
    if figure is None or math.isnan(figure.value):
        return '<td class="n">–</td>'
    return f'<td class="n">{figure.value:.3f} <span class="muted">±{figure.half_width:.2f}</span></td>'


def _table(head: Iterable[str], rows: Iterable[str]) -> str:
    return f"<table><tr>{''.join(f'<th>{html.escape(name)}</th>' for name in head)}</tr>{''.join(rows)}</table>"


def figures_table(result: Result) -> str:
    """A row a figure, with its interval."""
    rows = (f"<tr><td>{html.escape(name)}</td>{_cell(figure)}</tr>" for name, figure in result.figures.items())
    return _table(("", f"n = {result.n}"), rows)


def search_table(results: Sequence[Result]) -> str:
    """A row a search, a column a figure."""
    names = [name for name in SEARCH_FIGURES if any(name in result.figures for result in results)]
    rows = (
        f"<tr><td>{html.escape(result.subject)}</td>{''.join(_short(result.figures.get(name)) for name in names)}</tr>"
        for result in results
    )
    return _table(("", *names), rows)


def overview(results: Sequence[Result]) -> str:
    """A row a run of this project: what was asked, its headline, its time, its commit."""
    rows = (
        f"<tr><td>{html.escape(f'{result.kind}: {result.dataset}')}</td><td class='n'>{result.n}</td>"
        f"<td>{HEADLINE[result.kind]}</td>{_cell(result.figures.get(HEADLINE[result.kind]))}"
        f"<td class='n'>{result.latency_ms.get('p50', math.nan):.1f}</td><td>{html.escape(result.commit)}</td></tr>"
        for result in results
        if result.subject == OURS
    )
    return _table(("", "n", "headline", "", "p50 ms", "commit"), rows)


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


def history(results: Sequence[Result], kind: str) -> str:
    """A kind's headline over commits, oldest first, a line a question set; nothing for a single commit."""
    ours = sorted((row for row in results if (row.kind, row.subject) == (kind, OURS)), key=lambda row: row.commit_time)
    commits = list(dict.fromkeys(result.commit for result in ours))
    series: dict[str, dict[float, float]] = {}
    for result in ours:
        place = float(commits.index(result.commit) + 1)
        series.setdefault(result.dataset, {})[place] = result.figures[HEADLINE[kind]].value
    several = {name: list(points.items()) for name, points in series.items() if len(points) > 1}
    title = f"{kind}: {HEADLINE[kind]} over commits"
    names = {float(number): commit for number, commit in enumerate(commits, 1)}
    return line_chart(title, several, x_label="commit, oldest first", low=None, x_names=names)


def _answers(result: Result, rows: Rows) -> str:
    charts = "".join(bar_chart(f"Right by {name}", groups) for name, groups in result.by.items())
    times = [1000 * float(row["seconds"]) for row in rows]
    latency = histogram("Latency of an answer", times, unit="ms", marks=result.latency_ms)
    title = html.escape(f"{result.kind}: {result.dataset}")
    return f"<h2>{title}</h2>{figures_table(result)}{charts}{latency}{wrong_answers(rows)}{_facts(result)}"


def _retrieval(results: Sequence[Result]) -> str:
    ordered = sorted(results, key=lambda result: (result.subject != OURS, result.subject))
    charts = bar_chart("R@1 by what searches", {result.subject: result.figures["R@1"] for result in ordered})
    charts += recall_curve(ordered)
    title = html.escape(f"retrieval: {results[0].dataset}")
    return f"<h2>{title}</h2>{search_table(ordered)}{charts}{_facts(ordered[0])}"


def report_page(runs: Sequence[tuple[Result, Rows]]) -> str:
    """The whole page; of every kind, set and subject the newest run is shown, the others make the history."""
    newest = {(result.kind, result.dataset, result.subject): (result, rows) for result, rows in sorted(runs, key=_time)}
    searches: dict[str, list[Result]] = {}
    parts = [overview([result for result, _ in newest.values()])]
    parts += [history([result for result, _ in runs], kind) for kind in HEADLINE]
    for result, rows in newest.values():
        if result.kind == "retrieval":
            searches.setdefault(result.dataset, []).append(result)
        else:
            parts.append(_answers(result, rows))
    parts += [_retrieval(results) for results in searches.values()]
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>report-qa evaluation</title>'
        f"<style>{STYLE}</style></head><body><h1>report-qa evaluation</h1>"
        "<p>Figures carry 95% bootstrap intervals; right means accurate, cited, nothing unsupported.</p>"
        f"{''.join(parts)}</body></html>"
    )


def _time(run: tuple[Result, Rows]) -> str:
    return run[0].commit_time
