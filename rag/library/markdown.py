"""Answers as text: the words with their markers, the table as Markdown, the sources.

``write`` makes what is shown of each piece of words: ``str`` leaves it, a front end may escape it and link its markers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rag.types import Answer, Citation

Write = Callable[[str], str]


def as_markdown(answer: Answer, write: Write = str) -> str:
    """Write a whole answer: words, table, sources; parts that it lacks are left out."""
    sources = "\n".join(source_lines(answer.citations, write))
    return "\n\n".join(filter(None, [write(prose(answer)), table_markdown(answer, write), sources]))


def prose(answer: Answer) -> str:
    """Return an answer's words without the lines that its table shows anyway."""
    if answer.table is None:
        return answer.text
    rows = {" ".join(row.cells) + signs(row.markers) for row in answer.table.rows}
    return "\n".join(line for line in answer.text.split("\n") if line not in rows and line.strip("[]0123456789 "))


def table_markdown(answer: Answer, write: Write = str) -> str:
    """Write an answer's table, a row's markers in its last cell; "" where it has none."""
    if answer.table is None:
        return ""
    rows = [(*row.cells, signs(row.markers)) for row in answer.table.rows]
    width = max(map(len, rows))
    head = [*answer.table.columns, *[""] * width][:width]
    written = [[write(_one_line(cell)).replace("|", "\\|") for cell in row] for row in [head, *rows]]
    lines = [written[0], ["---"] * width, *written[1:]]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def source_lines(citations: Sequence[Citation], write: Write = str) -> list[str]:
    """Return a line a citation: marker, report, section, page and the quoted words."""
    return [write(f"[{each.marker}] {source(each)}: “{_one_line(each.quote)}”") for each in citations]


def source(citation: Citation) -> str:
    """Say where a citation stands: title, sections and page."""
    page = f"p. {citation.page}" if citation.page else ""
    return " · ".join(filter(None, [citation.title or citation.source, " › ".join(citation.section), page]))


def signs(markers: Iterable[int]) -> str:
    """Write markers as they stand in an answer: [1][2]."""
    return "".join(f"[{marker}]" for marker in markers)


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))
