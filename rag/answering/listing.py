"""Lists and definitions: where a report unfolds what it names, whole and no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.answering.choosing import Case, Choice, Chooser, make_choice
from rag.answering.defining import defines, terms_to_define
from rag.answering.draft import Draft, Proof, Statement
from rag.answering.enumeration import lead_of, most_items, ordinals_in, paragraphs_after, series_in, suffixed
from rag.answering.wording import tidy
from rag.asking.question import Kind, Question
from rag.folding import fold
from rag.scoring import Scored
from rag.sentences import Span, split_clauses

MAX_SENTENCES_AFTER = 3
LIST_CHARS = 150
SEEDS = 6
MAX_HEADING_CHARS = 40
MIN_STEM_CHARS = 2
SENTENCES_AN_ITEM = 10
LEAD_CHARS = 40
SLOGAN = re.compile(r"[一二两三四五六七八九十\d]+(?:个|大|项|种|条|类|位|座|家|所)?(?P<stem>[一-鿿]+)")


@dataclass(frozen=True, slots=True)
class Unfolding:
    """Where a list stands: the spans that hold its items, how many there are, and which span to quote."""

    spans: tuple[Span, ...]
    num_items: int


def draft_list(case: Case, chooser: Chooser) -> Draft | None:
    """Draft a list from the best sentences that unfold as many items as asked; None where none does.

    Ways to unfold are tried in order of certainty, each on all sentences: a series in the sentence, lines that share a
    quoted word, a series in the next sentences, the leads of the paragraphs below.
    """
    question = case.question
    if question.kind is Kind.FACT and not question.expected_count:
        return None
    found = chooser.find(case)
    count = question.expected_count or 2
    choices = [make_choice(scored, found, case.corpus) for scored in _seeds(question, found.scored)]
    for unfold in WAYS if question.expected_count else WAYS[:1]:
        for choice in choices:
            for unfolding in unfold(case, choice, count):
                return Draft((_statement(case, chooser, choice, unfolding),))
    return None


def _seeds(question: Question, scored: Sequence[Scored]) -> list[Scored]:
    """Where a term is quoted or counted only sentences that hold it may unfold it; else the best few."""
    names = [fold(name) for name in question.quoted if len(name) > 1] if question.kind is Kind.DEFINITION else []
    holding = [row for row in scored if any(name in fold(row.sentence.text) for name in names)]
    if holding:
        return holding[: 2 * SEEDS] + [row for row in scored[:SEEDS] if row not in holding and _rhymes(question, row)]
    return [] if names else [row for row in scored[:SEEDS] if row.in_context >= 0.3]


def _rhymes(question: Question, row: Scored) -> bool:
    """Say whether a sentence is a series of as many items as asked that all end with the slogan's stem."""
    text = row.sentence.text
    return any(len(suffixed(text, 0, len(text), stem)) == question.expected_count for stem in _stems(question))


def _in_sentence(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """A series in the clauses that bear the question; where a definition is asked for, they must define its term."""
    text, span = choice.report.text, choice.scored.sentence.span
    window = _list_window(choice, span, count)
    names = [fold(name) for name in case.question.quoted]
    if window is None or (names and not any(name in fold(text[slice(*window)]) for name in names)):
        return
    wanted = (
        terms_to_define(case.question)
        if case.question.kind is Kind.DEFINITION and not case.question.expected_count
        else []
    )
    if not wanted or any(defines(text[slice(*window)], term) for term in wanted):
        yield Unfolding((window,), most_items(series_in(text, *window)))


def _list_window(choice: Choice, span: Span, count: int) -> Span | None:
    """The shortest run of clauses that holds a long enough series and bears most of the question."""
    text, matcher = choice.report.text, choice.matcher
    clauses = split_clauses(text, *span)
    best: tuple[float, Span] | None = None
    for first in range(len(clauses)):
        for last in range(first, len(clauses)):
            window = Span(clauses[first].start, clauses[last].end)
            if window.end - window.start > LIST_CHARS and last > first:
                break
            if most_items(series_in(text, *window)) < count:
                continue
            words = text[window.start : window.end]
            score = matcher.coverage((matcher.borne(words), 1.0)) - 0.001 * len(words)
            if best is None or score > best[0]:
                best = (score, window)
    return best[1] if best else None


def _by_stem(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """A series in the sentence itself whose items all end with the slogan's stem: 供应链、资金链、服务链 for 三链."""
    text, span = choice.report.text, choice.scored.sentence.span
    for stem in _stems(case.question):
        items = suffixed(text, span.start, span.end, stem)
        if len(items) == count:
            yield Unfolding((Span(items[0].start, items[-1].end),), count)


def _siblings(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """Lines that share the quoted word (五个“显著提升”): each line's lead is an item."""
    for name in case.question.quoted:
        leads = [
            lead
            for paragraph in paragraphs_after(choice.report.text, 0, len(choice.report.text))
            if (lead := lead_of(choice.report.text, paragraph)) and name in choice.report.text[lead.start : lead.end]
        ]
        if len(leads) == count:
            yield Unfolding(tuple(leads), len(leads))


def _below(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """The leads of the ``count`` paragraphs below a short line that announces them, or the clauses of 一是…二是…."""
    text, span = choice.report.text, choice.scored.sentence.span
    end = min(len(text), span.end + 3_000)
    named = max(
        [text.find(name, *span) + len(name) for name in case.question.quoted if name in text[slice(*span)]] or [0]
    )
    ordinals = ordinals_in(text, max(named, span.start), end)[:count]
    if len(ordinals) == count and ordinals[0].start - span.start < 200:
        yield Unfolding(tuple(ordinals), count)
    if span.end - span.start > MAX_HEADING_CHARS or text[span.end : span.end + 1] not in ("\n", ""):
        return
    leads = [lead_of(text, paragraph) for paragraph in paragraphs_after(text, span.end, end)][:count]
    if len(leads) == count and all(leads):
        yield Unfolding(tuple(lead for lead in leads if lead), count)


def _in_following(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """A series, or quoted words with the slogan's stem (“老黄牛型”), in the next sentences of the paragraph."""
    sentences = case.corpus.sentences(choice.report.report_id)
    first = choice.scored.sentence.ordinal
    near = sentences[first : first + MAX_SENTENCES_AFTER + 1]
    for sentence in near:
        for stem in _stems(case.question):
            items = suffixed(choice.report.text, sentence.start, sentence.end, stem)
            if len(items) == count:
                end = items[-1].end
                yield Unfolding((Span(max(items[0].start - 1, sentence.start), min(end + 1, sentence.end)),), count)
    for sentence in near:
        window = _list_window(choice, sentence.span, count)
        if window is not None and most_items(series_in(choice.report.text, *window)) == count:
            yield Unfolding((window,), count)


def _repeated(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """The first clauses of the following sentences that name the thing counted: 打造…产业集群 for “六大产业集群”."""
    sentences = case.corpus.sentences(choice.report.report_id)
    first = choice.scored.sentence.ordinal + 1
    for name in case.question.quoted:
        match = SLOGAN.match(fold(name))
        stem = match["stem"] if match else ""
        if len(stem) < MIN_STEM_CHARS:
            continue
        near = sentences[first : first + count * SENTENCES_AN_ITEM]
        leads = [
            split_clauses(choice.report.text, *row.span)[0]
            for row in near
            if _names_item(fold(row.text), stem, fold(name))
        ]
        if len(leads) >= count:
            yield Unfolding(tuple(leads[:count]), count)


def _names_item(text: str, stem: str, name: str) -> bool:
    """Say whether a sentence begins with one of the things counted, not with all of them by their common name."""
    return stem in text[:LEAD_CHARS] and name not in text


def _stems(question: Question) -> list[str]:
    """What each item of a slogan ends with: 型 for 三型干部, 量 for “三量”."""
    found = [match["stem"][0] for name in question.quoted if (match := SLOGAN.match(fold(name)))]
    return list(dict.fromkeys(found))


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


WAYS: tuple[Callable[[Case, Choice, int], Iterator[Unfolding]], ...] = (
    _in_sentence,
    _by_stem,
    _siblings,
    _repeated,
    _below,
    _in_following,
)
