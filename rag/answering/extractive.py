"""The extractive reader: takes the model's place where none is set, or where it fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.answering.asked import Asked
from rag.answering.items import Item, NotFound
from rag.finding.evidence import Evidence
from rag.finding.scope import QuestionScope, named_years
from rag.language.sentences import split_sentences
from rag.language.terms import content_terms, terms
from rag.types import Claim, EvidenceSpan

EVIDENCE_CHARS = 5_000


class ExtractiveAnswerer:
    """Answers with the reports' own sentences."""

    name = "evidence"
    evidence_chars = EVIDENCE_CHARS

    def close(self) -> None:
        """Hold nothing."""

    def answer(self, asked: Asked, evidence: Evidence, problems: Sequence[str] = ()) -> Iterator[Item]:
        """Yield the sentence that bears most of the question's words, its span's label included.

        Only sentences of the places and years that the question names count; without one it is a refusal.
        """
        wanted = set(content_terms(" ".join(asked.searches)))
        best = max(
            (
                (_num_borne(wanted, span.text[place.start : place.end], span.label), -span.number, span, place)
                for span in evidence.spans
                if _is_asked_about(span, asked.scope)
                for place in split_sentences(span.text)
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


def _num_borne(wanted: set[str], sentence: str, label: str) -> int:
    """Return how many of the words wanted a sentence and its label bear; 0 where the sentence adds none."""
    own, named = wanted & set(terms(sentence)), wanted & set(terms(label))
    return len(own | named) if own - named else 0


def _is_asked_about(span: EvidenceSpan, scope: QuestionScope) -> bool:
    """Tell whether a span is of a report and a year that the question names, where it names any."""
    years = set(scope.years)
    of_year = not years or years & {*span.years, *named_years(span.text)}
    of_place = span.report_id in scope.report_ids if scope.groups else not scope.missing
    return bool(of_year and of_place)
