"""What a question needs found: its content as phrases, synonyms, units, period, for the reports in scope."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answering.finding import Need
from rag.asking.question import Ask, Kind, Question, Slot
from rag.evidence import Wanted
from rag.glossary import Glossary
from rag.matching import Synonym
from rag.types import Reading

NUMERIC = frozenset({Kind.FIGURE, Kind.SUM, Kind.DIFFERENCE})
OWN_WORDING, EVERYDAY_WORDING = 0.9, 0.75


def make_need(
    question: Question,
    report_ids: Sequence[str],
    glossary: Glossary,
    *,
    slot: Slot | None = None,
    ask: Ask | None = None,
    topic: str = "",
) -> Need:
    """Describe what to find in ``report_ids`` for one slot, one clause or one topic of ``question``."""
    text = topic or (slot.topic if slot else "") or question.topic or question.standalone
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
        synonyms=synonyms_of(text, question.language, glossary),
        focus=question.focus,
    )


def synonyms_of(text: str, language: str, glossary: Glossary) -> tuple[Synonym, ...]:
    """Return other wordings of what ``text`` names, from the glossary."""
    matches = glossary.find_english(text) if language == "en" else glossary.find(text)
    return tuple(
        Synonym(phrase, text[match.start : match.end], EVERYDAY_WORDING if match.everyday else OWN_WORDING)
        for match in matches
        for phrase in (match.entry.term, *match.entry.synonyms)
    )
