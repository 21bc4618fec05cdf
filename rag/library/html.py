"""Answers and tables as HTML for notebooks: everything escaped, no script, the notebook's own colours."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from rag.answering.citing import signs
from rag.library.markdown import prose, source
from rag.types import Answer, Citation, PileTable

FRAME = '<div class="report-qa" style="max-width:52em;line-height:1.6">{}</div>'
FAINT = '<div style="opacity:.7;font-size:90%">{}</div>'


def answer_html(answer: Answer) -> str:
    """Show an answer: its words with markers, its table, and the quotes with report, section and page."""
    words = _marked(prose(answer), answer).replace("\n", "<br>")
    table, quotes = "", "".join(_quote(each, answer) for each in answer.citations)
    if answer.table is not None:
        rows = ([*map(escape, row.cells), _marked(signs(row.markers), answer)] for row in answer.table.rows)
        table = _grid([*map(escape, answer.table.columns), ""], rows)
    who = "the evidence reader" if answer.answered_by == "evidence" else answer.answered_by
    notes = FAINT.format(escape(" · ".join([*answer.notes, f"answered by {who}"])))
    return FRAME.format(f"<p>{words}</p>{table}<ol>{quotes}</ol>{notes}")


def table_html(table: PileTable) -> str:
    """Show a table of many reports: a row for every place and year, those without a figure too."""
    rows = ([row.place, str(row.year or ""), row.words or "—", row.reading if row.words else ""] for row in table.rows)
    return FRAME.format(_grid(["place", "year", escape(table.subject), "reading"], (map(escape, row) for row in rows)))


def _marked(text: str, answer: Answer) -> str:
    written = escape(text)
    for each in answer.citations:
        title = escape(each.quote).replace("[", "&#91;")  # markers inside a quote are no markers
        sign = f'<a href="#{_anchor(each, answer)}" title="{title}">[{each.marker}]</a>'
        written = written.replace(f"[{each.marker}]", f"<sup>{sign}</sup>")
    return written


def _quote(citation: Citation, answer: Answer) -> str:
    head = f'<li id="{_anchor(citation, answer)}" value="{citation.marker}">'
    return f"{head}<q>{escape(citation.quote)}</q>{FAINT.format(escape(source(citation)))}</li>"


def _anchor(citation: Citation, answer: Answer) -> str:
    return f"report-qa-{escape(answer.answer_id)}-{citation.marker}"


def _grid(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Put cells that are HTML already into a table."""
    columns = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{columns}</tr></thead><tbody>{body}</tbody></table>"
