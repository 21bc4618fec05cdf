"""What the library gives: the project's own values, which also know how to show themselves."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from rag.library.html import answer_html, table_html
from rag.library.markdown import as_text
from rag.types import Answer, PileTable


@dataclass(frozen=True, slots=True)
class ReportAnswer(Answer):
    """An answer with its citations: a notebook shows it with the quoted words, ``str`` writes it as plain text."""

    def __str__(self) -> str:
        return as_text(self)

    def _repr_html_(self) -> str:
        return answer_html(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # IPython in a terminal
        printer.text(str(self))


@dataclass(frozen=True, slots=True)
class ReportTable(PileTable):
    """A row for every place and year in scope; a notebook shows it as a table."""

    def _repr_html_(self) -> str:
        return table_html(self)


def shown(answer: Answer) -> ReportAnswer:
    """Return an answer as one that shows itself."""
    return ReportAnswer(**{each.name: getattr(answer, each.name) for each in fields(answer)})
