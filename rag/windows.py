"""Windows: the clauses of a sentence that answer, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from rag.matching import Matcher
from rag.sentences import Span, split_clauses, split_items
from rag.sorts import Sort
from rag.wanted import TIME, Wanted, bears_unit, ranks_in

ITEM_STOP = re.compile(r"[；;]")
GROUP_STOP = re.compile(r"[；;：:](?!\d)")
Split = Callable[[str, int, int], list[Span]]
WINDOW_MAX_CHARS = 110
LENGTH_COST = 0.0008
FIGURE_LENGTH_COST = 0.002
NEAREST_BONUS = 0.2
NEARLY_ALL = 0.97


def best_window(
    text: str,
    span: Span,
    matcher: Matcher,
    wanted: Wanted,
    *,
    max_chars: int = WINDOW_MAX_CHARS,
    holding: Span | None = None,
    nearest: Span | None = None,
) -> Span:
    """Return the run of whole clauses within ``span`` that bears most of the question in at most ``max_chars``.

    A sentence that fits is returned whole unless a figure or a time is asked for or one clause names the thing asked
    for; of a longer one what stands beside the best clauses is taken in, too; a longer single clause is returned as it
    is. With ``holding`` only runs around that span count; those around ``nearest``, the part nearest in meaning, are
    preferred.
    """
    if wanted.sort and (clause := naming_clause(text, span, matcher, wanted.sort, nearest)) is not None:
        return clause
    narrow = (wanted.asks_figure or wanted.time) and not wanted.several
    if span.end - span.start <= max_chars and not narrow:
        return span
    clauses = (split_items if narrow and not wanted.time else split_clauses)(text, span.start, span.end)
    windows = list(_windows(clauses, max_chars))
    if holding:
        windows = [window for window in windows if window.start <= holding.start and holding.end <= window.end]

    def worth(window: Span) -> tuple[float, int]:
        holds = nearest is not None and window.start <= nearest.start and nearest.end <= window.end
        return _window_score(text, window, matcher, wanted) + NEAREST_BONUS * holds, -window.start

    best = max(windows or [span], key=worth)
    return best if narrow or wanted.asks_figure or wanted.indicators else filled(text, clauses, best, max_chars)


def naming_clause(text: str, span: Span, matcher: Matcher, sort: Sort, nearest: Span | None = None) -> Span | None:
    """Return the clause that names what is asked for beside the other words of the question that ``span`` bears.

    Of several the one that holds ``nearest``. None where no clause does, its subject or its outcome standing in
    another, or where another names more of them.
    """
    matcher = matcher.without(sort.noun)

    def borne(words: str) -> float:
        return matcher.coverage((matcher.borne(words), 1.0))

    clauses = [(row, text[row.start : row.end]) for row in split_clauses(text, span.start, span.end)]
    naming = [(row, words) for row, words in clauses if sort.named_in(words)]
    asked = borne(text[span.start : span.end])
    if not asked or (sort.several and len(naming) > 1):
        return None
    telling = [row for row, words in naming if borne(words) >= NEARLY_ALL * asked]
    if len(telling) > 1:
        telling = [row for row in telling if nearest and nearest.start < row.end and row.start < nearest.end]
    return telling[0] if len(telling) == 1 else None


def filled(text: str, clauses: Sequence[Span], window: Span, max_chars: int) -> Span:
    """Take in the ``clauses`` beside a window, up to a semicolon, while all fit: what follows before what precedes.

    A clause is short of its subject or its outcome as often as not; an item of a list is not.
    """
    start, end = window
    after = [clause for clause in clauses if clause.start >= end]
    before = [clause for clause in clauses if clause.end <= start]
    while after and after[0].end - start <= max_chars and not ITEM_STOP.search(text[end - 1 : end]):
        end = after.pop(0).end
    while before and end - before[-1].start <= max_chars and not ITEM_STOP.search(text[before[-1].start : start]):
        start = before.pop().start
    return Span(start, end)


def _windows(clauses: Sequence[Span], max_chars: int) -> Iterable[Span]:
    for first, clause in enumerate(clauses):
        yield clause
        for last in clauses[first + 1 :]:
            if last.end - clause.start > max_chars:
                break
            yield Span(clause.start, last.end)


def _window_score(text: str, window: Span, matcher: Matcher, wanted: Wanted) -> float:
    words = text[window.start : window.end]
    narrow = (wanted.asks_figure or wanted.time) and not wanted.several
    cost = FIGURE_LENGTH_COST if narrow else LENGTH_COST
    typed = 0.3 if bears_unit(words, wanted) and (not wanted.time or TIME.search(words)) else 0.0
    return matcher.coverage((matcher.borne(words), 1.0)) + typed - cost * len(words)


def rank_group(text: str, span: Span, position: int, ranks: frozenset[str]) -> Span:
    """Return the part of ``span`` around ``position`` that speaks of ``ranks`` alone where others speak of other ranks.

    Parts end at semicolons and colons (其中：市级项目30个；县级项目40个); without such a part it is ``span`` itself.
    """
    start = max((match.end() for match in GROUP_STOP.finditer(text, span.start, position)), default=span.start)
    stop = GROUP_STOP.search(text, position, span.end)
    group = Span(start, stop.end() if stop else span.end)
    told = ranks_in(text[slice(*group)])
    return group if told and told <= ranks and ranks_in(text[slice(*span)]) - ranks else span


def part_around(text: str, sentence: Span, position: int, split: Split) -> Span:
    """Return the part of ``sentence``, as ``split`` cuts it, in which ``position`` lies."""
    parts = split(text, sentence.start, sentence.end)
    return next((part for part in parts if part.start <= position < part.end), sentence)
