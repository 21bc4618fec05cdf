"""Ways to unfold a list: where in a report the items stand that a sentence names or counts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rag.answering.choosing import Case, Choice
from rag.answering.defining import defines, terms_to_define
from rag.answering.enumeration import (
    QUOTED,
    lead_of,
    most_items,
    numbered,
    paragraphs_after,
    series_in,
    suffixed,
)
from rag.answering.slogans import bare_stems, endings, is_counted, long_stems, repeated_in_items, slogans, stems
from rag.asking.question import Kind, Question
from rag.folding import fold
from rag.sentences import Span, split_clauses, split_sentences
from rag.windows import NEARLY_ALL, filled

MAX_SENTENCES_AFTER = 3
LIST_CHARS = 150
FILLED_CHARS = 90
MAX_HEADING_CHARS = 40
SENTENCES_AN_ITEM = 10
LEAD_CHARS = 40
MIN_BORNE = 0.5
MAX_GAP_CHARS = 200
CLOSING = "，。；：、,;:.！!”’）) "
ITEM_CHARS = 10


@dataclass(frozen=True, slots=True)
class Unfolding:
    """Where a list stands: the spans that hold its items, how many there are, and which span to quote."""

    spans: tuple[Span, ...]
    num_items: int


def in_sentence(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """A series in the clauses that bear the question; where a definition is asked for, they must define its term."""
    text, span = choice.report.text, choice.scored.sentence.span
    window = _list_window(choice, span, count)
    names = slogans(case.question)
    if window is None or (names and not any(name in fold(text[slice(*window)]) for name in names)):
        return
    if case.question.kind is Kind.DEFINITION or not _bears_all(choice, window):
        window = filled(text, split_clauses(text, *span), window, FILLED_CHARS)
    asks_meaning = case.question.kind is Kind.DEFINITION and not case.question.expected_count
    terms = terms_to_define(case.question) if asks_meaning else []
    if not terms or any(defines(text[slice(*window)], term) for term in terms):
        yield Unfolding((window,), most_items(series_in(text, *window)))


def _bears_all(choice: Choice, window: Span) -> bool:
    """Say whether a window bears nearly all that its sentence bears of the question: what stands beside is other."""
    text, matcher = choice.report.text, choice.matcher
    whole, part = (
        matcher.coverage((matcher.borne(text[slice(*span)]), 1.0)) for span in (choice.scored.sentence.span, window)
    )
    return part >= NEARLY_ALL * whole >= NEARLY_ALL * MIN_BORNE


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
    for stem in stems(case.question):
        items = suffixed(text, span.start, span.end, stem)
        if len(items) == count:
            yield Unfolding((Span(items[0].start, items[-1].end),), count)


def _echoed(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """The clauses behind a slogan that each repeat what it counts: 落户约1亿…, 改造约1亿… for “三个1亿…”."""
    text, span = choice.report.text, choice.scored.sentence.span
    for name in slogans(case.question):
        words, before = repeated_in_items(name), fold(text[slice(*span)]).find(name)
        if not words or before < 0:
            continue
        behind = split_clauses(text, span.start + before + len(name), span.end)
        echoing = [row for row in behind if words in fold(text[slice(*row)])]
        if len(echoing) == count:
            yield Unfolding((Span(echoing[0].start, echoing[-1].end),), count)


def _named_in_following(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """The clauses of the next sentence that each quote a name of their own, for a slogan that ends a sentence."""
    text, span = choice.report.text, choice.scored.sentence.span
    if not any(fold(text[slice(*span)]).rstrip(CLOSING).endswith(name) for name in slogans(case.question)):
        return
    following = case.corpus.sentences(choice.report.report_id)[choice.scored.sentence.ordinal + 1 :][:1]
    for sentence in following:
        clauses = split_clauses(text, *sentence.span)
        naming = [row for row in clauses if any(not is_counted(name) for name in QUOTED.findall(text[slice(*row)]))]
        if len(naming) == count:
            yield Unfolding((Span(naming[0].start, naming[-1].end),), count)


def _siblings(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """Lines whose leads share the slogan's words (五个“显著提升”, “五个更加注重”): each line's lead is an item."""
    text = choice.report.text
    for name in [name for name in (*slogans(case.question), *long_stems(case.question)) if len(name) > 1]:
        leads = [
            lead
            for paragraph in paragraphs_after(text, 0, len(text))
            if (lead := lead_of(text, paragraph)) and name in fold(text[slice(*lead)])
        ]
        if len(leads) == count:
            yield Unfolding(tuple(leads), len(leads))


def _below(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """The leads of the ``count`` paragraphs below a short line that announces them, or the clauses of 一是…二是…."""
    text, span = choice.report.text, choice.scored.sentence.span
    folded = fold(text[slice(*span)])
    named = max(
        [span.start + folded.find(name) + len(name) for name in slogans(case.question) if name in folded] or [0]
    )
    ordinals = numbered(text, max(named, span.start), count)
    line = Span(text.rfind("\n", 0, span.start) + 1, (text + "\n").find("\n", span.end))
    heads = text[line.end - 1] in ":：" or (line.start == span.start and text[span.end - 1] not in "。！？")
    gap_end = span.end + MAX_GAP_CHARS if heads else line.end
    if len(ordinals) == count and ordinals[0].start < gap_end:
        yield Unfolding(tuple(ordinals), count)
    if span.end - span.start > MAX_HEADING_CHARS or not heads:
        return
    end = min(len(text), span.end + 3_000)
    leads = [lead_of(text, paragraph) for paragraph in paragraphs_after(text, span.end, end)][:count]
    if len(leads) == count and all(leads):
        yield Unfolding(tuple(lead for lead in leads if lead), count)


def _parallel(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """Clauses of one section built alike in the question's words: 打好…战 three times for “哪三场战”.

    They share their first two characters and an ending that the question holds; a short ending only where the question
    holds the beginning, too.
    """
    text, asked = choice.report.text, fold(case.question.standalone)
    section = choice.report.sections[choice.scored.sentence.section_index]
    alike: dict[tuple[str, str], dict[str, Span]] = defaultdict(dict)
    for clause in split_clauses(text, section.start, section.end):
        words = fold(text[slice(*clause)]).rstrip(CLOSING)
        ending = next((words[-size:] for size in (4, 3, 2, 1) if len(words) > size + 2 and words[-size:] in asked), "")
        if len(words) <= LEAD_CHARS and (len(ending) > 2 or (ending and words[:2] in asked)):
            alike[words[:2], ending].setdefault(words, clause)
    for group in alike.values():
        if len(group) == count:
            yield Unfolding(tuple(group.values()), count)


def _alike(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """The first clauses of the next sentences of the paragraph that begin alike: 加快发展甲…。加快发展乙…."""
    text, end = choice.report.text, choice.scored.sentence.end
    behind = split_sentences(text, end, max(end, text.find("\n", end)))
    leads = [split_clauses(text, *span)[0] for span in behind]
    alike = [lead for lead in leads if text[lead.start : lead.start + 2] == text[leads[0].start : leads[0].start + 2]]
    if len(alike) == count:
        yield Unfolding(tuple(alike), count)


def _by_endings(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """A series whose items end as the question names them by one character each: 石头城、花园岛 for 城、岛."""
    ends = endings(case.question)
    if len(ends) == count and (match := _ending_with(ends).search(choice.report.text)):
        yield Unfolding((Span(*match.span()),), count)


def _ending_with(ends: Sequence[str]) -> re.Pattern[str]:
    return re.compile(
        "(?:、|和|以及|与)".join(rf"[^，。；：、,;:！？!?\n]{{1,{ITEM_CHARS}}}?{re.escape(end)}" for end in ends)
    )


def _in_following(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """A series, or quoted words with the slogan's stem (“老黄牛型”), in the next sentences of the paragraph."""
    sentences = case.corpus.sentences(choice.report.report_id)
    first = choice.scored.sentence.ordinal
    near = sentences[first : first + MAX_SENTENCES_AFTER + 1]
    for sentence in near:
        for stem in stems(case.question):
            items = suffixed(choice.report.text, sentence.start, sentence.end, stem)
            if len(items) == count:
                end = items[-1].end
                yield Unfolding((Span(max(items[0].start - 1, sentence.start), min(end + 1, sentence.end)),), count)
    for sentence in near:
        window = _list_window(choice, sentence.span, count)
        if window is None or not _bears_stem(choice.report.text[slice(*window)], case.question, count):
            continue
        if most_items(series_in(choice.report.text, *window)) == count:
            yield Unfolding((window,), count)


def _bears_stem(words: str, question: Question, count: int) -> bool:
    """Say whether a list may be that of a slogan of bare characters (三屏两带): each item bears one of them."""
    characters = bare_stems(question)
    return not characters or any(words.count(character) >= count for character in characters)


def _repeated(case: Case, choice: Choice, count: int) -> Iterator[Unfolding]:
    """The first clauses of the following sentences that name the thing counted: 打造…产业集群 for “六大产业集群”."""
    sentences = case.corpus.sentences(choice.report.report_id)
    first = choice.scored.sentence.ordinal + 1
    near = sentences[first : first + count * SENTENCES_AN_ITEM]
    for stem in long_stems(case.question):
        leads = [
            split_clauses(choice.report.text, *row.span)[0]
            for row in near
            if _names_item(fold(row.text), stem, slogans(case.question))
        ]
        if len(leads) >= count:
            yield Unfolding(tuple(leads[:count]), count)


def _names_item(text: str, stem: str, names: list[str]) -> bool:
    """Say whether a sentence begins with one of the things counted, not with all of them by their common name."""
    return stem in text[:LEAD_CHARS] and not any(name in text for name in names)


ANNOUNCED: tuple[Callable[[Case, Choice, int], Iterator[Unfolding]], ...] = (
    _by_endings,
    in_sentence,
    _below,
    _alike,
)
WAYS: tuple[Callable[[Case, Choice, int], Iterator[Unfolding]], ...] = (
    _by_endings,
    _parallel,
    in_sentence,
    _by_stem,
    _echoed,
    _named_in_following,
    _siblings,
    _below,
    _repeated,
    _alike,
    _in_following,
)
