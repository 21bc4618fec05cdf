"""Lists and definitions: where a report unfolds what it names, whole and no more."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.choosing import Case, Choice, Chooser, make_choice
from rag.answering.draft import Draft, Proof, Statement
from rag.answering.enumeration import suffixed
from rag.answering.slogans import counted, endings, slogans, stems
from rag.answering.unfolding import ANNOUNCED, WAYS, Unfolding, in_sentence
from rag.answering.wording import tidy
from rag.asking.question import Kind, Question
from rag.folding import fold
from rag.scoring import Scored
from rag.sentences import Span

SEEDS = 6
MIN_CONTEXT, FIRST_CONTEXT = 0.3, 0.2


def draft_list(case: Case, chooser: Chooser) -> Draft | None:
    """Draft a list from the best sentences that unfold as many items as asked; None where none does.

    Ways to unfold are tried in order of certainty, each on all sentences: a series in the sentence, lines that share a
    quoted word, a series in the next sentences, the leads of the paragraphs below.
    """
    question = case.question
    if question.kind is Kind.FACT and not question.expected_count:
        return None
    found = chooser.find(case)
    known = question.expected_count or counted(question)
    count = known or 2
    choices = [make_choice(scored, found, case.corpus) for scored in _seeds(question, found.scored)]
    for unfold in WAYS if question.expected_count else ANNOUNCED if known else (in_sentence,):
        for choice in choices:
            for unfolding in unfold(case, choice, count):
                return Draft((_statement(case, chooser, choice, unfolding),))
    return None


def _seeds(question: Question, scored: Sequence[Scored]) -> list[Scored]:
    """Where a term is quoted or counted only sentences that hold it may unfold it; else they and the best few."""
    names = [name for name in slogans(question) if len(name) > 1]
    holding = [row for row in scored if any(name in fold(row.sentence.text) for name in names)][: 2 * SEEDS]
    first = [row for row in scored[:SEEDS] if row not in holding]
    if question.kind is Kind.DEFINITION and names:
        return holding + [row for row in first if holding and _rhymes(question, row)]
    if endings(question):
        return holding + first
    return holding + [row for row in first if row.in_context >= (FIRST_CONTEXT if row is scored[0] else MIN_CONTEXT)]


def _rhymes(question: Question, row: Scored) -> bool:
    """Say whether a sentence is a series of as many items as asked that all end with the slogan's stem."""
    text = row.sentence.text
    return any(len(suffixed(text, 0, len(text), stem)) == question.expected_count for stem in stems(question))


def _statement(case: Case, chooser: Chooser, choice: Choice, unfolding: Unfolding) -> Statement:
    text = choice.report.text
    if len(unfolding.spans) == 1:
        span = unfolding.spans[0]
        return chooser.state(case, choice, words=text[span.start : span.end], span=_quotable(choice, span))
    words = "；".join(tidy(text[span.start : span.end]) for span in unfolding.spans)
    stated = chooser.state(case, choice, words=words)
    proofs = tuple(Proof(choice.report.report_id, span.start, span.end, choice.years) for span in unfolding.spans)
    return Statement(stated.text, tuple(dict.fromkeys((*stated.proofs, *proofs))))


def _quotable(choice: Choice, span: Span) -> Span:
    """Quote the whole sentence where the list lies in it, else the list itself."""
    sentence = choice.scored.sentence.span
    return sentence if sentence.start <= span.start and span.end <= sentence.end else span
