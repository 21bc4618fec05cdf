"""Light reranking: how well a passage fits what the question wants beyond its words' overlap and its meaning."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rag.asking.question import Question
from rag.folding import fold
from rag.fusion import best_first
from rag.types import Hit, Passage, Reading

RERANKED = 50
LONGEST_RUN = 6
MIN_WORDING = 3
FIGURE = "[0-9〇一二三四五六七八九十百千万亿两几余多]"
WEIGHTS = {
    "phrases": 0.45,
    "wording": 0.3,
    "focus": 0.225,
    "heading": 0.225,
    "unit": 0.3,
    "reading": -0.3,
    "years": -0.3,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a question wants of a passage, folded; empty fields ask nothing.

    Content ``phrases``, the ``focus`` beside the question word, the ``topic``, ``units`` a figure may have, other
    ``wordings`` of its terms with their weights, the ``years`` and the ``reading`` asked about.
    """

    phrases: tuple[str, ...] = ()
    focus: str = ""
    topic: str = ""
    units: tuple[str, ...] = ()
    wordings: tuple[tuple[str, float], ...] = ()
    years: tuple[int, ...] = ()
    reading: Reading = Reading.UNKNOWN


def wish_of(question: Question) -> Wish:
    """Take from a question what passages are compared with; of an English one not its words, but their translations."""
    own = question.language != "en"
    return Wish(
        phrases=tuple(fold(term) for term in question.terms if len(term) > 1) if own else (),
        focus=fold(question.focus) if own and len(question.focus) > 1 else "",
        topic=fold(question.topic or question.standalone) if own else "",
        units=tuple(fold(unit) for unit in question.units),
        wordings=tuple((fold(row.term), row.weight) for row in question.expansions if len(row.term) >= MIN_WORDING),
        years=question.years,
        reading=question.reading,
    )


def rerank(
    hits: Sequence[Hit], wish: Wish, folded: Mapping[str, str], *, weights: Mapping[str, float] | None = None
) -> list[Hit]:
    """Add to the score of the first 50 hits what fits ``wish``; best first, ties by id; ``folded`` texts by id.

    The features, in [0, 1], join ``Hit.signals``; the ``weights`` are added to scores of about [0, 2].
    """
    figure = _figure_pattern(wish.units)
    used = WEIGHTS if weights is None else weights
    reranked = []
    for hit in hits[:RERANKED]:
        text = folded.get(hit.passage.passage_id, "")
        found = {name: value for name, value in features(hit.passage, text, wish, figure).items() if value}
        score = hit.score + sum(used.get(name, 0.0) * value for name, value in found.items())
        reranked.append(Hit(hit.passage, score, hit.rank, hit.signals | found))
    return best_first(reranked) + list(hits[RERANKED:])


def features(passage: Passage, text: str, wish: Wish, figure: re.Pattern[str] | None) -> dict[str, float]:
    """Compare a passage, its ``text`` folded, with a wish.

    "phrases": share of the phrases it bears; "wording": the weight of the best other wording in it; "focus", "unit" (a
    figure with a unit asked for): 1 if it does; "heading":
    how long a run of the topic stands in its own heading, 1 from six characters; "reading", "years": 1 if it is known
    to speak of others than asked about.
    """
    heading = _heading(passage.header)
    known = Reading.UNKNOWN not in (wish.reading, passage.reading)
    return {
        "phrases": sum(phrase in text for phrase in wish.phrases) / max(1, len(wish.phrases)),
        "wording": max((weight for word, weight in wish.wordings if word in text), default=0.0),
        "focus": float(bool(wish.focus) and wish.focus in text),
        "heading": _run_length(wish.topic, heading) / LONGEST_RUN,
        "unit": float(figure is not None and bool(figure.search(text))),
        "reading": float(known and wish.reading is not passage.reading),
        "years": float(bool(wish.years and passage.years) and not set(wish.years) & set(passage.years)),
    }


@lru_cache(maxsize=10_000)
def _heading(header: str) -> str:
    return fold(header.rpartition(" · ")[2])


def _figure_pattern(units: Sequence[str]) -> re.Pattern[str] | None:
    if not units:
        return None
    wanted = "|".join(map(re.escape, units))
    percent = "|百分之" if "%" in units else ""
    return re.compile(rf"{FIGURE}\s?个?(?:{wanted}){percent}")


def _run_length(topic: str, heading: str) -> int:
    longest = 0
    for size in range(2, min(LONGEST_RUN, len(topic), len(heading)) + 1):
        if not any(topic[start : start + size] in heading for start in range(len(topic) - size + 1)):
            break
        longest = size
    return longest
