"""Follow-ups: a question that leans on earlier turns is completed from them.

Each earlier question is understood in its own turn first, so that a chain of follow-ups keeps what it changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.asking import joining, rewriting
from rag.asking.knowledge import Knowledge
from rag.asking.pronouns import resolve_pronouns
from rag.asking.question import Kind, Question, Slot
from rag.asking.reader import Reader
from rag.asking.words import word_lists
from rag.types import Reading, Turn

MAX_TURNS = 8
MAX_CHARS = 300
OPENING = re.compile(
    r"^(那么|那(?!年|一年|个|些|里|边)|还有|另外|再问(一下)?|请问|好的?|嗯"
    r"|and|but|ok(ay)?|so|then|now|what about|how about)[，,、\s]*",
    re.IGNORECASE,
)
TAIL = re.compile(r"(的)?(情况|数字|数据|数)?(呢|怎么样|如何|又如何|又怎样|怎样)?[？?。.！!\s]*$")
ELLIPSIS = re.compile(r"(呢|怎么样|如何|又如何|的?是多少)[？?。\s]*$")
INTERROGATIVE = re.compile(
    r"多少|几|哪|谁|什么|何时|何|怎|吗|是否|有没有|没有|为啥"
    r"|\b(what|which|who|when|where|how|why|did|does|do|is|are|was|were|has|have)\b",
    re.IGNORECASE,
)
MANNER = re.compile(r"怎|什么|为何|为啥|\b(why|how)\b", re.IGNORECASE)
ASPECT = re.compile(r"了(?=几|多少|哪)")
SELF_CONTAINED_CHARS = 9
FEW_CHARS = 2
UNCHANGED_KINDS = (Kind.COLLECTION, Kind.COUNT_REPORTS)
TIMELESS_KINDS = (Kind.PERSON, Kind.DATE, Kind.DEFINITION)


def make_standalone(question: str, history: Sequence[Turn], knowledge: Knowledge) -> Question:
    """Understand ``question`` after the earlier turns, oldest first.

    Only the last eight turns count, each with its first 300 characters; a question longer than that stands alone.
    """
    reader = Reader(knowledge)
    chain: list[Question] = []
    answer = ""
    for turn in history[-MAX_TURNS:] if len(question) <= MAX_CHARS else ():
        asked = turn.question[:MAX_CHARS]
        followed = _follow(asked, chain, answer, reader)
        chain.append(_with_core(followed, reader.read(asked), chain))
        answer = turn.answer
    return _follow(question, chain, answer, reader)


def _with_core(followed: Question, alone: Question, chain: Sequence[Question]) -> Question:
    """Let ``topic`` hold only what the turn itself is about, so that themes do not pile up over the turns."""
    attributes = word_lists().attributes
    own = [term for term in alone.terms if term not in attributes]
    if not chain or followed.standalone == alone.standalone or "，" not in followed.standalone:
        return followed
    return replace(followed, topic="".join(own) if own else chain[-1].topic)


def _follow(text: str, chain: Sequence[Question], answer: str, reader: Reader) -> Question:
    alone = reader.read(text)
    if not chain or not text.strip() or alone.kind in UNCHANGED_KINDS:
        return alone
    stripped = _name_following_years(OPENING.sub("", alone.original).strip() or alone.original, chain[-1])
    current = reader.read(stripped)
    if joined := joining.join_cells(current, chain, reader):
        return replace(joined, original=alone.original)
    standalone = _complete(stripped, alone, chain[-1], answer, reader)
    if standalone == alone.original:
        return alone
    completed = replace(reader.read(standalone), original=alone.original)
    return _inherit_kind(completed, current, chain[-1])


def _inherit_kind(question: Question, current: Question, previous: Question) -> Question:
    """Let a follow-up that does not say what it wants ("and for 2020?") want what the earlier question wanted."""
    told = current.terms or current.kind is not Kind.FACT or MANNER.search(current.standalone)
    if question.kind is not Kind.FACT or told or previous.kind not in (Kind.FIGURE, Kind.LIST):
        return question
    return replace(question, kind=previous.kind, units=question.units or previous.units)


def _complete(text: str, alone: Question, previous: Question, answer: str, reader: Reader) -> str:
    resolved, pointed = resolve_pronouns(text, previous, answer, reader.knowledge)
    current = reader.read(resolved)
    if _is_elliptical(resolved, current):
        if resolved != text:
            return rewriting.setting_words(previous, reader.knowledge) + ELLIPSIS.sub("是什么？", resolved)
        return _fill_ellipsis(current, previous, reader)
    named = resolved != text and bool(current.terms)
    return _carry(current, previous, pointed=pointed, named=named, reader=reader)


def _name_following_years(text: str, previous: Question) -> str:
    """Replace 第二年, "the following year" by the year it means after the previous question's year."""
    years = previous.years or previous.report_years
    if not years:
        return text
    words = word_lists()

    def name(match: re.Match[str]) -> str:
        if match.start() and text[match.start() - 1] in "比较":
            return match[0]
        year = years[-1] + words.following_years[match["words"].lower()]
        return str(year) if match[0].isascii() else f"{year}年"

    return words.following_pattern.sub(name, text)


def _is_elliptical(text: str, current: Question) -> bool:
    """Tell whether the question names only what changes: "固定资产投资呢？", "灌云2025年的是多少？"."""
    bare = ELLIPSIS.sub("", text)
    if INTERROGATIVE.search(bare):
        return False
    return bare == text or not text.rstrip("？?。 ").endswith("是多少") or not current.terms


def _fill_ellipsis(current: Question, previous: Question, reader: Reader) -> str:
    english = current.language == "en"
    text = _previous_text(previous, english=english, reader=reader)
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
    if topic := _new_topic(current):
        return _with_topic(text, topic, previous, reader, english=english)
    same = previous.certain and current.reading is previous.reading
    turned = current.certain and not same and current.reading is not Reading.PLAN
    if turned:
        previous = replace(reader.read(text), reading=previous.reading, topic=previous.topic)
    return text if changed and not turned else _with_reading(current, previous, reader)


def _previous_text(previous: Question, *, english: bool, reader: Reader) -> str:
    if english == (previous.language == "en"):
        return previous.standalone
    return f"{rewriting.setting_words(previous, reader.knowledge)}{previous.topic}是多少？"


def _new_topic(current: Question) -> str:
    """Return what the ellipsis names beside place and year: "整改提升的" of "整改提升的呢？"."""
    if not current.terms or current.language == "en":
        return " ".join(current.terms)
    text = current.standalone
    for period in current.periods:
        text = text.replace(period.text, "")
    bare = re.sub(r"(的)?(情况|数字|数据|数)$", "", ELLIPSIS.sub("", text).strip("，, ？?。"))
    start = bare.lower().find(current.terms[0])
    return bare[start:] if start >= 0 else "".join(current.terms)


def _with_topic(text: str, topic: str, previous: Question, reader: Reader, *, english: bool) -> str:
    setting = rewriting.setting_words(reader.read(text), reader.knowledge)
    if english:
        return f"{setting}: what is the {topic}{rewriting.reading_words(previous)}?"
    if len(topic) >= SELF_CONTAINED_CHARS or "的" in topic.rstrip("的"):
        return f"{setting}{topic}是多少？"
    return rewriting.replace_topic(text, topic, previous, reader.knowledge)


def _with_reading(current: Question, previous: Question, reader: Reader) -> str:
    """Complete "那实际呢？", "And the target?", or put the earlier topic before a question with none."""
    setting, topic = rewriting.setting_words(previous, reader.knowledge), rewriting.topic_words(previous)
    words = TAIL.sub("", current.standalone).strip()
    if current.language == "en":
        return f"{setting}: {topic}, {words}?"
    if current.reading in (Reading.TARGET, Reading.RESULT) and not INTERROGATIVE.search(words):
        return f"{setting}{topic}{words}是多少？"
    return f"{setting}{topic}，{current.standalone}"


def _carry(current: Question, previous: Question, *, pointed: bool, named: bool, reader: Reader) -> str:
    """Give a whole question the place, year and, where it has none, the topic of the earlier one."""
    source = _carried(current, previous, pointed=pointed)
    thin = sum(len(term) for term in current.terms) <= FEW_CHARS or (pointed and not named)
    text = current.standalone.removeprefix("其中")
    english = current.language == "en"
    setting = rewriting.setting_words(source, reader.knowledge)
    topic = rewriting.topic_words(previous)
    if thin and topic and not _shares_topic(current, previous):
        setting = setting or rewriting.setting_words(current, reader.knowledge)
        return f"{setting} {topic}: {text}" if english else f"{setting}{topic}，{text}"
    report = rewriting.report_words(source)
    return rewriting.lead(text, setting + report) if setting else text


def _carried(current: Question, previous: Question, *, pointed: bool) -> Question:
    """Return the earlier question reduced to the place and years that the current one takes over."""
    slot = _carried_slot(current, previous, pointed=pointed)
    told = current.years or current.report_years or set(current.places) - set(previous.places)
    return replace(
        previous,
        places=(slot.place,) if slot.place else (),
        years=(slot.year,) if slot.year else (),
        report_years=() if told else previous.report_years,
        periods=(),
        language=current.language,
    )


def _carried_slot(current: Question, previous: Question, *, pointed: bool) -> Slot:
    asks_place = current.kind in (Kind.PLACE, Kind.RANKING)
    place = previous.places[0] if len(previous.places) == 1 and not current.places and not asks_place else None
    timed = current.years or current.report_years or any(p.reading is not Reading.UNKNOWN for p in current.periods)
    keeps = (pointed or current.kind not in TIMELESS_KINDS) and not current.places
    year = previous.years[0] if len(previous.years) == 1 and not timed and keeps else None
    return Slot(place, year)


def _shares_topic(current: Question, previous: Question) -> bool:
    return any(term in current.topic for term in previous.terms if len(term) > 1)
