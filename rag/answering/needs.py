"""What a question needs found: its content as phrases, synonyms, units, period, for the reports in scope."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.finding import Need
from rag.asking.question import Ask, Kind, Question, Slot
from rag.evidence import Wanted
from rag.glossary import Glossary
from rag.matching import Synonym
from rag.places import Gazetteer
from rag.types import Reading

NUMERIC = frozenset({Kind.FIGURE, Kind.SUM, Kind.DIFFERENCE})
OWN_WORDING, EVERYDAY_WORDING = 0.9, 0.75


def make_need(
    question: Question,
    report_ids: Sequence[str],
    glossary: Glossary,
    gazetteer: Gazetteer,
    *,
    slot: Slot | None = None,
    ask: Ask | None = None,
    topic: str = "",
) -> Need:
    """Describe what to find in ``report_ids`` for one slot, one clause or one topic of ``question``."""
    text = topic or (slot.topic if slot else "") or bare_text(question, gazetteer)
    phrases = (topic,) if topic else (slot.topic,) if slot and slot.topic else question.terms or (question.standalone,)
    years = (slot.year,) if slot and slot.year else question.years
    kind = ask.kind if ask else question.kind
    units = ask.units if ask and ask.units else question.units
    return Need(
        text=text,
        phrases=phrases,
        report_ids=tuple(report_ids),
        wanted=Wanted(
            units=units if kind in NUMERIC or units else (),
            years=tuple(year for year in years if year),
            reading=question.reading if question.certain else Reading.UNKNOWN,
            number=kind in NUMERIC,
        ),
        synonyms=synonyms_of(question.standalone, question.language, glossary),
        focus=question.focus,
    )


def bare_text(question: Question, gazetteer: Gazetteer) -> str:
    """Return the question without the place and the years that its scope holds already: what it asks, in its words."""
    if question.language == "en":
        return question.standalone
    text = question.standalone
    spans = [(row.start, row.end) for row in gazetteer.find_places(text) if row.name in question.places]
    spans += [(period.start, period.end) for period in question.periods if period.hard]
    for start, end in sorted(spans, reverse=True):
        text = text[:start] + text[end:]
    return text if len(text) > 1 else question.standalone


def synonyms_of(text: str, language: str, glossary: Glossary) -> tuple[Synonym, ...]:
    """Return other wordings of what ``text`` names, from the glossary."""
    matches = glossary.find_english(text) if language == "en" else glossary.find(text)
    return tuple(
        Synonym(phrase, text[match.start : match.end], EVERYDAY_WORDING if match.everyday else OWN_WORDING)
        for match in matches
        for phrase in (match.entry.term, *match.entry.synonyms)
    )
