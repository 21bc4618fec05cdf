"""Leads that only announce: what a question about them wants stands behind them."""

from __future__ import annotations

from rag.answering.choosing import Case, Choice, Chooser
from rag.answering.defining import bare
from rag.answering.draft import Statement
from rag.answering.needs import NUMERIC
from rag.answering.slogans import slogans
from rag.answering.unfolding import CLOSING
from rag.answering.wording import tidy
from rag.asking.question import Kind
from rag.sentences import Span

LEAD_CHARS = 30
BEHIND_CHARS = 150
MIN_PRECISION = 0.6


def state_announced(case: Case, chooser: Chooser, choice: Choice) -> Statement:
    """Word a choice; where it only announces what is asked about, word it with the sentence behind it."""
    sentences = case.corpus.sentences(choice.report.report_id)
    behind = [row for row in sentences[choice.scored.sentence.ordinal + 1 :][:1] if len(row.text) <= BEHIND_CHARS]
    if not behind or not _only_announces(case, choice):
        return chooser.state(case, choice)
    words = f"{tidy(choice.scored.sentence.text)}：{tidy(behind[0].text)}"
    return chooser.state(case, choice, words=words, span=Span(choice.scored.sentence.start, behind[0].end))


def _only_announces(case: Case, choice: Choice) -> bool:
    """Say whether a short sentence ends with the slogan to be explained, or is a heading of the question's words."""
    question, sentence = case.question, choice.scored.sentence
    text = bare(sentence.text).rstrip(CLOSING)
    if question.kind in NUMERIC or len(text) > LEAD_CHARS:
        return False
    named = question.kind is Kind.DEFINITION and any(text.endswith(bare(name)) for name in slogans(question))
    return named or (sentence.is_heading and choice.matcher.precision(text) >= MIN_PRECISION)
