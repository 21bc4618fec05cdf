"""Verification: hold the final text of an answer to the spans it cites.

Every figure with its unit, every year, place, direction, negation and result or target reading of a stretch must stand
in the quotes cited right after it. What a model writes and what the rules write pass the same checks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.answering.claims import Segment, split_answer, without_titles
from rag.answering.comparison_checks import check_comparisons, check_verdict, check_yes_or_no
from rag.answering.figure_checks import check_figures
from rag.answering.relation_checks import check_relations
from rag.answering.sense_checks import check_negation, check_opposites, check_reading, check_wording
from rag.answering.sense_words import absence_pattern
from rag.answering.support import Problem, Support, make_support
from rag.answering.thresholds import VERDICT
from rag.answering.time_place_checks import check_places, check_years
from rag.folding import fold
from rag.numerals import QUANTITY, find_numbers
from rag.places import Gazetteer
from rag.types import Citation

MARKUP = re.compile(r"https?://|javascript:|data:text|!\[|\]\(|<\s*/?\s*[a-z|!][^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``ok`` when nothing was found; ``problems`` in the order of the answer."""

    ok: bool
    problems: tuple[Problem, ...] = ()


def verify(
    answer_text: str,
    citations: Sequence[Citation],
    *,
    question: str,
    language: str,
    gazetteer: Gazetteer,
    computed: Sequence[float] = (),
) -> Verdict:
    """Check an answer against its citations; an empty answer has no problems.

    ``computed`` lists the values that were calculated; each must be the sum or difference of figures the answer states
    and cites, and the words that weigh figures (多, 最高, 达到目标) must fit them. ``language`` is "zh" or "en". An
    uncited sentence may only say that something is absent. Links and markup are problems wherever they stand.
    """
    problems = [Problem("markup", match.group(), "is a link or markup") for match in MARKUP.finditer(answer_text)]
    segments = split_answer(answer_text, citations)
    stated = [segment for segment in segments if segment.cited]
    everything = make_support(tuple(citations))
    for segment in segments:
        if not segment.cited:
            problems += _check_uncited(segment)
            continue
        if not segment.citations:
            problems.append(Problem("citation", segment.text, "its marker belongs to no citation"))
            continue
        support = make_support(segment.citations)
        problems += check_figures(segment, support, everything, computed=computed, answer=stated)
        problems += check_comparisons(segment.text) + check_verdict(segment.text, stated)
        problems += check_yes_or_no(segment.text, question)
        problems += _check_sense(segment, support, question=question, language=language, gazetteer=gazetteer)
    return Verdict(not problems, tuple(problems))


def _check_sense(
    segment: Segment, support: Support, *, question: str, language: str, gazetteer: Gazetteer
) -> list[Problem]:
    text = VERDICT.sub("", without_titles(segment.text))
    return [
        *check_years(text, support),
        *check_places(text, support, gazetteer),
        *check_reading(text, support),
        *check_opposites(text, support),
        *check_negation(text, support),
        *check_relations(text, support),
        *(check_wording(text, support, question=question) if language == "zh" else []),
    ]


def _check_uncited(segment: Segment) -> list[Problem]:
    """An uncited stretch may say that something is absent, and must state no figure."""
    folded = fold(segment.text)
    amounts = [number for number in find_numbers(segment.text) if number.kind == QUANTITY]
    if absence_pattern().search(folded) and not amounts:
        return []
    return [Problem("uncited", segment.text, "states something without a citation")] if re.search(r"\w", folded) else []


__all__ = ["Problem", "Verdict", "verify"]
