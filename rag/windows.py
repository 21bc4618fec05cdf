"""Windows: the clauses of a sentence that answer, and no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from rag.matching import Matcher
from rag.sentences import Span, split_clauses, split_items
from rag.wanted import Wanted, bears_unit

Split = Callable[[str, int, int], list[Span]]
WINDOW_MAX_CHARS = 110
LENGTH_COST = 0.0008
FIGURE_LENGTH_COST = 0.002


def best_window(
    text: str,
    span: Span,
    matcher: Matcher,
    wanted: Wanted,
    *,
    max_chars: int = WINDOW_MAX_CHARS,
    holding: Span | None = None,
) -> Span:
    """Return the run of whole clauses within ``span`` that bears most of the question in at most ``max_chars``.

    A sentence that fits is returned whole unless a figure is asked for; a longer single clause is returned as it is.
    With ``holding`` only runs around that span count.
    """
    if span.end - span.start <= max_chars and (wanted.several or not wanted.asks_figure):
        return span
    narrow = wanted.asks_figure and not wanted.several
    clauses = (split_items if narrow else split_clauses)(text, span.start, span.end)
    windows = list(_windows(clauses, max_chars))
    if holding:
        windows = [window for window in windows if window.start <= holding.start and holding.end <= window.end]
    return max(windows or [span], key=lambda window: (_window_score(text, window, matcher, wanted), -window.start))


def _windows(clauses: Sequence[Span], max_chars: int) -> Iterable[Span]:
    for first, clause in enumerate(clauses):
        yield clause
        for last in clauses[first + 1 :]:
            if last.end - clause.start > max_chars:
                break
            yield Span(clause.start, last.end)


def _window_score(text: str, window: Span, matcher: Matcher, wanted: Wanted) -> float:
    words = text[window.start : window.end]
    cost = FIGURE_LENGTH_COST if wanted.asks_figure and not wanted.several else LENGTH_COST
    typed = 0.3 if bears_unit(words, wanted) else 0.0
    return matcher.coverage((matcher.borne(words), 1.0)) + typed - cost * len(words)


def part_around(text: str, sentence: Span, position: int, split: Split) -> Span:
    """Return the part of ``sentence``, as ``split`` cuts it, in which ``position`` lies."""
    parts = split(text, sentence.start, sentence.end)
    return next((part for part in parts if part.start <= position < part.end), sentence)
