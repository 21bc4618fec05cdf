"""reports, figures."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence

from rag.cli.asking import as_typed
from rag.cli.output import opened_service, say_json, say_table
from rag.contract import report_body
from rag.types import Figure, Reading, Refusal, ReportSummary

FIGURE_COLUMNS = (
    "indicator", "value", "unit", "text", "qualifier", "direction", "place", "years", "reading", "start", "end"
)  # fmt: skip
TABLE_COLUMNS = ("place", "year", "words", "low", "high", "unit", "reading", "report_id", "start", "end", "source")


def reports(options: argparse.Namespace) -> int:
    """List the reports, or the files that were refused."""
    with opened_service() as service:
        summaries, refusals = service.reports(), service.refusals()
    if options.refused:
        _tell_refusals(refusals, as_json=options.json)
    else:
        _tell_reports(summaries, as_json=options.json)
    return 0


def figures(options: argparse.Namespace) -> int:
    """List a report's key figures in text order, or one indicator or term over all reports."""
    if options.id is None:
        return _table(options)
    with opened_service() as service:
        found = service.report(options.id).figures
    if options.json:
        say_json({"figures": found})
    elif options.csv:
        writer = csv.writer(sys.stdout)
        writer.writerows([FIGURE_COLUMNS, *map(_row, found)])
    else:
        say_table(FIGURE_COLUMNS[:9], (_row(each)[:9] for each in found))
    return 0


def _table(options: argparse.Namespace) -> int:
    with opened_service() as service:
        table = service.table(
            indicator=as_typed(options.indicator),
            mentions=as_typed(options.mentions),
            places=[as_typed(place) for place in options.place],
            years=options.year,
            reading=Reading(options.reading) if options.reading else None,
        )
        sources = {row.report_id: row.source for row in service.reports()}
    rows = [[*(getattr(row, name) for name in TABLE_COLUMNS[:-1]), sources[row.report_id]] for row in table.rows]
    if options.json:
        say_json(table)
    elif options.csv:
        csv.writer(sys.stdout).writerows([TABLE_COLUMNS, *rows])
    else:
        say_table(TABLE_COLUMNS, rows)
    return 0


def _tell_reports(summaries: Sequence[ReportSummary], *, as_json: bool) -> None:
    if as_json:
        say_json({"reports": [report_body(each) for each in summaries]})
        return
    rows = ((s.report_id, s.profile.place, _years(s.profile.years), s.profile.title, s.source) for s in summaries)
    say_table(("id", "place", "years", "title", "source"), rows)


def _tell_refusals(refusals: Sequence[Refusal], *, as_json: bool) -> None:
    if as_json:
        say_json({"refusals": refusals})
        return
    say_table(("file", "reason", "time"), ((each.path, each.reason, each.time) for each in refusals))


def _row(figure: Figure) -> list[object]:
    values = {name: getattr(figure, name) for name in FIGURE_COLUMNS}
    return [*(values | {"years": _years(figure.years), "value": f"{figure.value:g}"}).values()]


def _years(years: Sequence[int]) -> str:
    return " ".join(map(str, years))
