"""Answers with fewer citations: later statements go, so that no marker stands without its citation."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.language.scripts import wordings
from rag.types import Answer

MARKED = re.compile(r".*?((?:\[\d+\])+)", re.DOTALL)
MARKER = re.compile(r"\[(\d+)\]")


def shorten(answer: Answer, limit: int) -> Answer:
    """Return ``answer`` up to the last statement whose citations are among the first ``limit``.

    The first statement stays whole, with all that proves it, even where that is more than ``limit``. An answer with few
    enough citations comes back as it is.
    """
    if len(answer.citations) <= limit:
        return answer
    end, highest = 0, 0
    for piece in MARKED.finditer(answer.text):
        reached = max(highest, *map(int, MARKER.findall(piece[1])))
        if reached > limit and end:
            break
        end, highest = piece.end(), reached
    stop = wordings(answer.understood.language)["stop"]
    kept = tuple(row for row in answer.citations if row.marker <= highest)
    if (table := answer.table) is not None:
        rows = [replace(row, markers=tuple(each for each in row.markers if each <= highest)) for row in table.rows]
        table = replace(table, rows=tuple(rows))
    return replace(answer, text=answer.text[:end] + stop, citations=kept, table=table)
