"""Markers of an answer: numbered by first use, one a span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rag.answering.draft import Statement, make_citation
from rag.corpus import Corpus
from rag.types import Citation
from rag.writing.grounding import Part


class Marks:
    """The spans an answer has cited so far."""

    def __init__(self) -> None:
        self._cited: dict[tuple[str, int, int], Citation] = {}

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The spans cited so far, by marker from 1."""
        return tuple(self._cited.values())

    def put(self, words: str, citations: Sequence[Citation]) -> str:
        """Return ``words`` with the markers of the spans that bear them."""
        markers = []
        for row in citations:
            kept = self._cited.setdefault(
                (row.report_id, row.start, row.end), replace(row, marker=len(self._cited) + 1)
            )
            markers.append(kept.marker)
        return words + "".join(f"[{marker}]" for marker in dict.fromkeys(markers))

    def sentence(self, parts: Sequence[Part]) -> str:
        """Write the parts of a sentence with their markers, without a closing mark."""
        return "".join(self.put(part.words, part.citations) + part.joint for part in parts)

    def statement(self, statement: Statement, corpus: Corpus) -> str:
        """Write a statement of the evidence reader with its markers, without a closing mark."""
        proofs = dict.fromkeys(statement.proofs)
        return self.put(statement.text, [make_citation(0, row, corpus.report(row.report_id)) for row in proofs])
