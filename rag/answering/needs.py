"""What a question needs found: its content as phrases, synonyms, units, period, for the reports in scope."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from rag.answering.finding import Need
from rag.asking.names import SUFFIX
from rag.asking.question import Kind, Question, Slot
from rag.asking.zones import find_zone
from rag.folding import fold
from rag.glossary import Glossary, Match
from rag.matching import Synonym
from rag.places import Gazetteer
from rag.sorts import sort_asked
from rag.types import Reading
from rag.wanted import Wanted, ranks_in

NUMERIC = frozenset({Kind.FIGURE, Kind.SUM, Kind.DIFFERENCE})
SYNONYM_WEIGHTS = {"indicator": 0.9, "term": 0.75, "action": 0.75}
EVERYDAY_WEIGHT, TRANSLATION_WEIGHT, PART_WEIGHT = 0.75, 0.9, 0.45
SEVERAL = re.compile(r"各(?=[是有为定占达约]?[多几什哪])|分别|依次|\brespectively\b|\beach\b")
REASON = re.compile(r"为什么|为何|为啥|什么原因|何故|怎么会|凭什么|\bwhy\b|\breason", re.IGNORECASE)
GROWTH = re.compile(r"(实际)?(增长率?|增速|增幅)$")
MIN_STEM_CHARS = 3
SPREAD_ASKED = re.compile(
    r"年均|累计|总共|一共|合计|平均每年|[一二三四五六七八九十]年(?:来|间|里|内|中)|\b(?:average|annual|total|cumulative)",
    re.IGNORECASE,
)
AVERAGE_ASKED = re.compile(r"年均(?!气温|降)|平均每年|每年平均|\baverage annual|\bannual average|\ba year on average")
PART_ASKED = re.compile(r"占比|比重|占[^，。？]{0,12}(?:比例|几成|多少)|\b(?:share|proportion) of")
SHARE_ASKED = re.compile(r"占|比重|比例|份额|\b(?:share|proportion|percentage of|account)", re.IGNORECASE)
BARE_GROWTH = re.compile(r"(?:最后|实际|最终|到底|总体|整体)?(?:增长|增速|增幅)(?:率|速度)?|grow(?:th|n)?|grew")
LEVEL = re.compile(r"谁大|多大|更大|最大|总量|规模|体量|\b(?:how (?:large|big)|larger|bigger|size)\b")
WEIGHED = re.compile(r"(?:最|更|谁|哪[^，。？]{0,12})[高低多少大小]")
AMOUNTS = re.compile(r"生产总值|GDP|总额|总量|产值|产量|增加值|收入|支出|面积|人口", re.IGNORECASE)
CHANGING = re.compile(
    r"[增涨长降减]|[快慢]|速|幅|率|占|比重|目标|预期|任务|差距|\bgr[eo]w|\bfaster|\brate|\btarget", re.IGNORECASE
)
POINTS = {"个百分点": "%", "百分点": "%", "成": "%"}


def make_need(
    question: Question, report_ids: Sequence[str], glossary: Glossary, gazetteer: Gazetteer, *, slot: Slot | None = None
) -> Need:
    """Describe what to find in ``report_ids`` for one slot of ``question``, or for the whole of it."""
    question = with_default_indicator(question)
    topic = slot.topic if slot else ""
    shared = tuple(term for term in question.terms if not topic or term not in question.parts)
    years = slot_years(question, slot)
    narrowed = replace(question, standalone=" ".join((topic, *shared)), terms=(topic, *shared)) if topic else question
    synonyms = synonyms_of(question.standalone, question.language, glossary)
    return Need(
        text="".join((topic, *shared)) if topic else bare_text(question, gazetteer),
        phrases=(topic, *shared) if topic else question.terms or (question.standalone,),
        report_ids=tuple(report_ids),
        wanted=Wanted(
            units=tuple(POINTS.get(unit, unit) for unit in question.units),
            years=years,
            span=spanned_years(question),
            reading=_reading(question, slot),
            number=question.kind in NUMERIC,
            several=bool(SEVERAL.search(question.standalone)) and len(question.slots) < 2,
            reason=bool(REASON.search(question.standalone)),
            indicators=named_indicators(narrowed, glossary),
            spread=bool(SPREAD_ASKED.search(question.standalone)),
            part=bool(PART_ASKED.search(question.standalone)) and "%" in question.units,
            average=bool(AVERAGE_ASKED.search(question.standalone)),
            level=asks_level(question),
            ranks=ranks_in(question.standalone),
            share=bool(SHARE_ASKED.search(question.standalone)),
            sort=None if question.kind in NUMERIC else sort_asked(question.standalone),
            time=question.kind is Kind.DATE and not question.units,
        ),
        synonyms=synonyms,
        indicators=indicator_wordings(narrowed, glossary),
        foreign=foreign_indicators(narrowed, glossary) - {fold(synonym.phrase) for synonym in synonyms},
        topic=topic,
        subperiods=question.subperiods,
        zone=fold(find_zone(question, topic)),
        english=question.language == "en",
    )


def _reading(question: Question, slot: Slot | None) -> Reading:
    if slot and slot.reading is not Reading.UNKNOWN:
        return slot.reading
    if not question.certain:
        return Reading.UNKNOWN
    return Reading.PLAN if question.reading is Reading.TARGET and spanned_years(question) else question.reading


def with_default_indicator(question: Question) -> Question:
    """Take a question about growth that names no indicator as one about the economy's growth, as people mean it."""
    asked = "".join(question.terms)
    if question.indicators or not BARE_GROWTH.fullmatch(asked) or question.parts:
        return question
    word = "economic growth" if question.language == "en" else "经济增长"
    return replace(question, terms=(word,), standalone=f"{question.standalone} {word}")


def slot_years(question: Question, slot: Slot | None) -> tuple[int, ...]:
    """Return the years a slot is about: its own; all of the question's when it has none."""
    return (slot.year,) if slot and slot.year else question.years


def asks_level(question: Question) -> bool:
    """Say whether an amount is asked for and not its growth: by 规模, 多大, or where an amount is to be weighed."""
    text = question.standalone
    weighed = bool(WEIGHED.search(text) and AMOUNTS.search(text)) and not CHANGING.search(text)
    return (bool(LEVEL.search(text)) or weighed) and "%" not in question.units


def spanned_years(question: Question) -> tuple[int, ...]:
    """Return the first and last year of a period of several years where it is the only time a question names."""
    dated = [row.years for row in question.periods if row.years and not row.report]
    return (dated[0][0], dated[0][-1]) if len(dated) == 1 and len(dated[0]) > 2 else ()


def bare_text(question: Question, gazetteer: Gazetteer) -> str:
    """Return the question without the place, the years and the author its scope holds: what it asks, in its words."""
    if question.language == "en":
        return question.standalone
    text = question.standalone
    names = {name for place in question.places for name in (place, gazetteer.short_name(place), SUFFIX.sub("", place))}
    names.update(question.speakers)
    spans = [match.span() for name in names if len(name) > 1 for match in re.finditer(re.escape(name), text)]
    spans += [(period.start, period.end) for period in question.periods if period.hard]
    kept = "".join(
        character for position, character in enumerate(text) if not any(start <= position < end for start, end in spans)
    )
    return kept if len(kept) > 1 else question.standalone


def named_indicators(question: Question, glossary: Glossary) -> frozenset[str]:
    """Return the folded wordings of the indicators a question names, also without their 增长 or 增速."""
    entries = [match.entry for match in _indicator_matches(question, glossary)]
    names = {fold(name) for entry in entries for name in (entry.term, *entry.synonyms)}
    return frozenset(names | {stem for name in names if len(stem := GROWTH.sub("", name)) >= MIN_STEM_CHARS})


def indicator_wordings(question: Question, glossary: Glossary) -> tuple[str, ...]:
    """Return every wording of the indicators a question names, () when they are less than half of what it asks."""
    named = [match for match in _indicator_matches(question, glossary) if not match.everyday]
    if 2 * sum(match.end - match.start for match in named) < len("".join(question.terms)):
        return ()
    return tuple(sorted(named_indicators(question, glossary)))


def foreign_indicators(question: Question, glossary: Glossary) -> frozenset[str]:
    """Return the folded names of the indicators a question does not ask for, none that is part of one it does."""
    asked, text = named_indicators(question, glossary), fold(question.standalone)
    others = (name for name in _indicator_names(glossary) if name not in text)
    return frozenset(name for name in others if not any(name in one or one in name for one in asked))


@cache
def _indicator_names(glossary: Glossary) -> frozenset[str]:
    entries = (entry for entry in glossary.entries if entry.kind == "indicator")
    return frozenset(fold(name) for entry in entries for name in (entry.term, *entry.synonyms))


def _indicator_matches(question: Question, glossary: Glossary) -> list[Match]:
    text = question.standalone
    matches = glossary.find_english(text) if question.language == "en" else glossary.find(text)
    return [match for match in matches if match.entry.kind == "indicator"]


def synonyms_of(text: str, language: str, glossary: Glossary) -> tuple[Synonym, ...]:
    """Return other wordings of what ``text`` names, from the glossary."""
    if language == "en":
        matches = [(match, TRANSLATION_WEIGHT) for match in glossary.find_english(text)]
        matches += [(inner, PART_WEIGHT) for match, _ in matches for inner in glossary.find_within(text, match)]
    else:
        found = (match for match in glossary.find(text) if match.everyday or match.entry.kind in SYNONYM_WEIGHTS)
        matches = [(row, EVERYDAY_WEIGHT if row.everyday else SYNONYM_WEIGHTS[row.entry.kind]) for row in found]
    return tuple(
        Synonym(phrase, text[match.start : match.end].replace("-", " "), weight)
        for match, weight in matches
        for phrase in (match.entry.term, *match.entry.synonyms)
    )
