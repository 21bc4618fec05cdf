"""Scoring one answer against its gold question. Pure: everything needed is handed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any

from eval.dataset import Evidence, GoldQuestion
from eval.text_matching import overlaps, states, unsupported_figures
from rag.types import Answer, Citation

LONGEST_QUOTE = 300
CONCISE_FACTOR = 5
CONCISE_FLOOR = {"en": 300}
CONCISE_FLOOR_DEFAULT = 120


@dataclass(frozen=True, slots=True)
class Row:
    """What one question gave. The counts of citations are 0 for unanswerable questions; ``seconds`` is wall time.

    ``right`` is the headline: an answerable question answered accurately, with a valid covering citation and no
    unsupported figure; an unanswerable one refused.
    """

    id: str
    question: str
    type: str
    lang: str
    difficulty: str
    places: tuple[str, ...]
    answerable: bool
    expected: str
    status: str
    answer: str
    right: bool
    accurate: bool = False
    facts: bool = False
    confused: bool = False
    concise: bool = True
    citations: int = 0
    valid: int = 0
    covering: int = 0
    evidence: int = 0
    found: int = 0
    unsupported: tuple[str, ...] = ()
    wrong_place: bool = False
    wrong_year: bool = False
    seconds: float = 0.0
    quotes: tuple[str, ...] = ()
    gold_quotes: tuple[str, ...] = ()
    prompt_hashes: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The row as plain values."""
        return asdict(self)


def document_of(source: str) -> str:
    """The document a source file is: its name without the ending."""
    return PurePath(source).stem


def is_valid(citation: Citation, text: str, answer: str) -> bool:
    """Whether the quote stands in the report's ``text`` where it says, is short enough, and is marked in the answer."""
    within = 0 <= citation.start < citation.end <= citation.start + LONGEST_QUOTE
    exact = within and text[citation.start : citation.end] == citation.quote
    return exact and f"[{citation.marker}]" in answer


def without_markers(answer: Answer) -> str:
    """The answer's text without the markers of its own citations."""
    text = answer.text
    for citation in answer.citations:
        text = text.replace(f"[{citation.marker}]", "")
    return text


def is_concise(bare: str, item: GoldQuestion) -> bool:
    """Whether an answer without markers is at most five times the reference, or the floor of its language."""
    floor = CONCISE_FLOOR.get(item.lang, CONCISE_FLOOR_DEFAULT)
    return len(bare) <= max(floor, CONCISE_FACTOR * len(item.answer))


def _covers(citation: Citation, span: Evidence) -> bool:
    return document_of(citation.source) == span.doc and overlaps(span.quote, citation.quote)


def is_covering(citation: Citation, item: GoldQuestion) -> bool:
    """Whether a citation covers gold evidence, or holds a required fact in a report that gold evidence is from."""
    if any(_covers(citation, span) for span in item.evidence):
        return True
    in_document = document_of(citation.source) in {span.doc for span in item.evidence}
    return in_document and any(states(citation.quote, group) for group in item.must_include)


def _bearers(item: GoldQuestion, valid: Sequence[Citation]) -> list[str]:
    required = [alternative for group in item.must_include for alternative in group]
    cited = [part for c in valid for part in (c.quote, c.title, *map(str, c.years))]
    return [item.question, item.answer, *required, *cited]


def _common(item: GoldQuestion, answer: Answer, seconds: float) -> dict[str, Any]:
    return {
        "id": item.id,
        "question": item.question,
        "type": item.type,
        "lang": item.lang,
        "difficulty": item.difficulty,
        "places": item.places or tuple(sorted({span.doc for span in item.evidence})),
        "answerable": item.answerable,
        "expected": item.answer,
        "status": answer.status,
        "answer": answer.text,
        "seconds": seconds,
        "quotes": tuple(citation.quote for citation in answer.citations),
        "gold_quotes": tuple(span.quote for span in item.evidence),
        "prompt_hashes": tuple(sorted(answer.prompt_hashes.items())),
    }


def score(item: GoldQuestion, answer: Answer, texts: Mapping[str, str], *, seconds: float = 0.0) -> Row:
    """Score an answer; ``texts`` holds the stored text of every report it cites, by report id."""
    refused = answer.status == "not_found"
    common = _common(item, answer, seconds)
    if not item.answerable:
        return Row(**common, right=refused)
    bare = without_markers(answer)
    valid = [c for c in answer.citations if is_valid(c, texts.get(c.report_id, ""), answer.text)]
    covering = [c for c in valid if is_covering(c, item)]
    unsupported = () if refused else unsupported_figures(bare, _bearers(item, valid))
    facts = all(states(bare, group) for group in item.must_include)
    confused = any(states(bare, [wrong]) for wrong in item.must_not_include)
    concise = is_concise(bare, item)
    accurate = not refused and facts and not confused and concise
    return Row(
        **common,
        right=accurate and bool(covering) and not unsupported,
        accurate=accurate,
        facts=facts,
        confused=confused,
        concise=concise,
        citations=len(answer.citations),
        valid=len(valid),
        covering=len(covering),
        evidence=len(item.evidence),
        found=sum(any(_covers(c, span) for c in valid) for span in item.evidence),
        unsupported=unsupported,
        wrong_place=any(c.place not in item.places for c in answer.citations if c.place) if item.places else False,
        wrong_year=any(not set(c.years) & set(item.years) for c in answer.citations if c.years)
        if item.years
        else False,
    )
