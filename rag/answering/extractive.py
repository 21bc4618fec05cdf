"""The extractive reader: takes the model's place where none is set, or where it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering.asked import Asked
from rag.answering.items import Item, NotFound
from rag.finding.evidence import Evidence
from rag.language.sentences import split_sentences
from rag.language.terms import content_terms, terms
from rag.types import Claim

EVIDENCE_CHARS = 5_000


class ExtractiveAnswerer:
    """Answers with the reports' own sentences."""

    name = "evidence"
    evidence_chars = EVIDENCE_CHARS

    def close(self) -> None:
        """Hold nothing."""

    def answer(self, asked: Asked, evidence: Evidence, problems: Sequence[str] = ()) -> Iterator[Item]:
        """Yield the sentence of the evidence that bears most of the question's words."""
        wanted = set(content_terms(asked.standalone or asked.question))
        best = max(
            (
                (len(wanted & set(terms(span.text[each.start : each.end]))), -span.number, span, each)
                for span in evidence.spans
                for each in split_sentences(span.text)
            ),
            key=lambda row: row[:2],
            default=None,
        )
        if best is None or not best[0]:
            yield NotFound("")
            return
        _, _, span, place = best
        words = span.text[place.start : place.end]
        yield Claim(words, ((span.number, words),))
