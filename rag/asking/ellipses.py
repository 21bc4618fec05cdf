"""Ellipses: a follow-up that names only what changes, filled from the question before it."""

from __future__ import annotations

import re
from dataclasses import replace

from rag.asking import rewriting
from rag.asking.areas import author_spans, find_areas
from rag.asking.question import Kind, Question
from rag.asking.reader import Reader
from rag.types import Reading

TAIL = re.compile(r"(的)?(情况|数字|数据|数)?(呢|怎么样|如何|又如何|又怎样|怎样)?[？?。.！!\s]*$")
ELLIPSIS = re.compile(r"(呢|怎么样|如何|又如何|的?是多少)[？?。\s]*$")
INTERROGATIVE = re.compile(
    r"多少|几|哪|谁|什么|何时|何|怎|吗|是否|有没有|没有|为啥"
    r"|\b(what|which|who|when|where|how|why|did|does|do|is|are|was|were|has|have)\b",
    re.IGNORECASE,
)
ASPECT = re.compile(r"了(?=几|多少|哪)")
THEME = re.compile(r"(方面|领域|这一?块|上)的?$")
PART = re.compile(r"[那这]部分|\b(the|its) (part|share|portion|rest|remainder)\b", re.IGNORECASE)
SELF_CONTAINED_CHARS = 9


def is_elliptical(text: str, current: Question) -> bool:
    """Tell whether the question names only what changes: "固定资产投资呢？", "灌云2025年的是多少？"."""
    bare = ELLIPSIS.sub("", text)
    if INTERROGATIVE.search(bare):
        return False
    return bare == text or not text.rstrip("？?。 ").endswith("是多少") or not current.terms


def fill_ellipsis(current: Question, previous: Question, reader: Reader) -> str:
    """Say the earlier question again with what ``current`` names put in its place: place, year, topic or reading."""
    english = current.language == "en"
    text = _previous_text(previous, english=english, reader=reader)
    if by_another := _by_another_author(text, current, reader):
        return by_another
    changed = False
    if current.places:
        names = [reader.knowledge.gazetteer.romanise(place) if english else place for place in current.places]
        text, changed = (
            rewriting.replace_place(text, (" and " if english else "和").join(names), reader.knowledge),
            True,
        )
    years = current.years or current.report_years
    spans = [period.text for period in current.periods if period.reading is not Reading.UNKNOWN]
    if years or spans:
        words = " and ".join(map(str, years)) if english else "和".join(f"{year}年" for year in years)
        text, changed = ASPECT.sub("", rewriting.replace_year(text, words or spans[0], reader.knowledge)), True
    if (topic := _new_topic(current)) and THEME.search(topic) and not english:
        return _with_theme(text, THEME.sub("", topic), previous, reader)
    if topic and PART.search(current.standalone):
        return _with_reading(current, previous, reader)
    if topic:
        if current.indicators and current.certain and not english:
            return f"{rewriting.setting_words(reader.read(text), reader.knowledge)}{topic}是多少？"
        return _with_topic(text, topic, previous, reader, english=english)
    same = previous.certain and current.reading is previous.reading
    turned = current.certain and not same and current.reading is not Reading.PLAN
    if turned:
        previous = replace(reader.read(text), reading=previous.reading, topic=previous.topic)
    return text if changed and not turned else _with_reading(current, previous, reader)


def _by_another_author(text: str, current: Question, reader: Reader) -> str:
    """Put the author ``current`` names where ``text`` names one; "" where either names none."""
    named = author_spans(current.standalone, reader.knowledge)
    spans = author_spans(text, reader.knowledge)
    if not (named and spans) or current.years:
        return ""
    return rewriting.substitute(text, [(*spans[0], current.standalone[slice(*named[0])])])


def _previous_text(previous: Question, *, english: bool, reader: Reader) -> str:
    if english == (previous.language == "en"):
        return previous.standalone
    language = "en" if english else "zh"
    told = replace(previous, language=language)
    setting = rewriting.setting_words(told, reader.knowledge)
    topic = rewriting.topic_words(previous, reader.knowledge, language) + rewriting.reading_words(told)
    return f"{setting}: what is the {topic}?" if english else f"{setting}{topic}是多少？"


def _new_topic(current: Question) -> str:
    """Return what the ellipsis names beside place and year: "整改提升的" of "整改提升的呢？"."""
    if not current.terms or current.language == "en":
        return " ".join(current.terms)
    text = _without_periods(current)
    bare = re.sub(r"(的)?(情况|数字|数据|数)$", "", ELLIPSIS.sub("", text).strip("，, ？?。"))
    start = bare.lower().find(current.terms[0])
    return bare[start:] if start >= 0 else "".join(current.terms)


def _without_periods(current: Question) -> str:
    text = current.standalone
    for period in current.periods:
        text = text.replace(period.text, "")
    return text


def _with_theme(text: str, theme: str, previous: Question, reader: Reader) -> str:
    """Ask of another theme ("教育方面呢？") what was asked of one before, else what is said of it."""
    if old := rewriting.find_theme(text, reader.knowledge):
        return rewriting.substitute(text, [(*old, theme)])
    wish = "有什么目标" if previous.reading is Reading.TARGET else "情况如何"
    return f"{rewriting.setting_words(reader.read(text), reader.knowledge)}{theme}方面{wish}？"


def _with_topic(text: str, topic: str, previous: Question, reader: Reader, *, english: bool) -> str:
    setting = rewriting.setting_words(reader.read(text), reader.knowledge)
    if english:
        asked = "how much is" if previous.kind is Kind.FIGURE else "what is"
        return f"{setting}: {asked} the {topic}{rewriting.reading_words(previous)}?"
    whole = len(topic) >= SELF_CONTAINED_CHARS or "的" in topic.rstrip("的") or "，" in text
    if whole or (_counts(previous) and rewriting.attribute_of(topic)):
        reading = "" if rewriting.reading_words(previous) in topic else rewriting.reading_words(previous)
        return f"{setting}{topic.removesuffix('的')}{reading}是多少？"
    return rewriting.replace_topic(text, topic, previous, reader.knowledge)


def _counts(question: Question) -> bool:
    """Say whether a question asks for a number of things; an amount (产量, 面积) is not counted in their measure."""
    return bool(question.units) and not any(unit == "%" or unit.endswith("元") for unit in question.units)


def _with_reading(current: Question, previous: Question, reader: Reader) -> str:
    """Complete "那实际呢？", "And the target?", or put the earlier topic before a question with none."""
    setting, topic = (
        rewriting.setting_words(previous, reader.knowledge),
        rewriting.topic_words(previous, reader.knowledge, current.language),
    )
    spans = [
        (area.start, area.end, "") for area in find_areas(_without_periods(current), reader.knowledge) if area.scope
    ]
    bare = rewriting.substitute(_without_periods(current), spans)
    words = TAIL.sub("", bare).strip().removeprefix("的")
    if current.language == "en":
        return f"{setting}: {topic}, {words}?"
    if current.reading in (Reading.TARGET, Reading.RESULT) and not INTERROGATIVE.search(words):
        return f"{setting}{topic}{words}是多少？"
    return f"{setting}{topic}，{current.standalone}"
