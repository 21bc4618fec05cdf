"""Answers as text: the words with their markers, the table as Markdown, the sources."""

from __future__ import annotations

from collections.abc import Callable

from rag.answering.citing import signs
from rag.types import Answer, Citation


def as_text(answer: Answer) -> str:
    """Write a whole answer: words, table, sources; parts that it lacks are left out."""
    sources = [f"[{each.marker}] {source(each)}: “{one_line(each.quote)}”" for each in answer.citations]
    return "\n\n".join(filter(None, [prose(answer), table_markdown(answer), "\n".join(sources)]))


def prose(answer: Answer) -> str:
    """Return an answer's words without the lines that its table shows anyway."""
    if answer.table is None:
        return answer.text
    rows = {" ".join(row.cells) + signs(row.markers) for row in answer.table.rows}
    return "\n".join(line for line in answer.text.split("\n") if line not in rows and line.strip("[]0123456789 "))


def table_markdown(answer: Answer, write: Callable[[str], str] = str) -> str:
    """Write an answer's table, a row's markers in its last cell, each cell by ``write``; "" where it has none."""
    if answer.table is None:
        return ""
    rows = [(*row.cells, signs(row.markers)) for row in answer.table.rows]
    width = max(map(len, rows))
    head = [*answer.table.columns, *[""] * width][:width]
    written = [[write(one_line(cell)).replace("|", "\\|") for cell in row] for row in [head, *rows]]
    lines = [written[0], ["---"] * width, *written[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def source(citation: Citation) -> str:
    """Say where a citation stands: title, sections and page."""
    page = f"p. {citation.page}" if citation.page else ""
    return " · ".join(filter(None, [citation.title or citation.source, " › ".join(citation.section), page]))


def one_line(text: str) -> str:
    """Put words that may have line breaks on one line."""
    return " ".join(text.split("\n"))
