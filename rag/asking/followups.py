"""Follow-ups: a question that leans on earlier turns is completed from them.

Each earlier question is understood in its own turn first, so that a chain of follow-ups keeps what it changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.asking import joining, rewriting
from rag.asking.areas import author_spans
from rag.asking.ellipses import ELLIPSIS, INTERROGATIVE, fill_ellipsis, is_elliptical
from rag.asking.following_years import name_following_years
from rag.asking.knowledge import Knowledge
from rag.asking.pronouns import PLACE, resolve_pronouns
from rag.asking.question import Kind, Question, Slot
from rag.asking.reader import Reader
from rag.asking.words import word_lists
from rag.asking.zones import kept_zone
from rag.types import Reading, Turn

MAX_TURNS = 8
MAX_CHARS = 300
OPENING = re.compile(
    r"^(那么|那(?![年个些里边座家条项几两三种次位名篇份段批所时天块处栋样]|一年)|还有|另外|再问(一下)?|请问|好的?|嗯"
    r"|and|but|ok(ay)?|so|then|now|what about|how about)[，,、\s]*",
    re.IGNORECASE,
)
MANNER = re.compile(r"怎|什么|为何|为啥|\b(why|how)\b", re.IGNORECASE)
THEME = re.compile(r"(?<![这那哪该])(方面|领域|这一?块)")
CONTRAST = re.compile(r"[^，,。？?]{1,10}呢[，,？?]")
FEW_CHARS = 2
MAX_HEAD_CHARS = 40
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
        answer = turn.answer
        chain.append(_placed(_with_core(followed, reader.read(asked), chain), answer, reader))
    return _follow(question, chain, answer, reader)


def _with_core(followed: Question, alone: Question, chain: Sequence[Question]) -> Question:
    """Let ``topic`` hold only what the turn itself is about, so that themes do not pile up over the turns."""
    attributes = word_lists().attributes
    own = [term for term in alone.terms if term not in attributes]
    if not chain or followed.standalone == alone.standalone or "，" not in followed.standalone:
        return followed
    return replace(followed, topic="".join(own) if own else chain[-1].topic)


def _placed(question: Question, answer: str, reader: Reader) -> Question:
    """Give a question that names no place the one place its answer is about."""
    heads = [re.split(r"[：:]", piece)[0] for piece in re.split(r"[；;]", answer)]
    named = {place for head in heads if len(head) <= MAX_HEAD_CHARS for place in reader.read(head).places}
    return replace(question, places=tuple(named)) if not question.places and len(named) == 1 else question


def _follow(text: str, chain: Sequence[Question], answer: str, reader: Reader) -> Question:
    alone = reader.read(text)
    if not chain or not text.strip() or alone.kind in UNCHANGED_KINDS:
        return alone
    stripped = name_following_years(OPENING.sub("", alone.original).strip() or alone.original, chain[-1])
    current = reader.read(stripped)
    if joined := joining.join_cells(current, chain, reader):
        return replace(joined, original=alone.original)
    previous = _leant_on(current, chain)
    standalone = _complete(stripped, alone, previous, answer, reader)
    if standalone == alone.original:
        return alone
    completed = replace(reader.read(standalone), original=alone.original)
    return _inherit_kind(_of_any_unit(completed, current), current, previous)


def _of_any_unit(question: Question, current: Question) -> Question:
    """Let an indicator named in place of another have an amount too: "外资呢？" after the growth of exports."""
    if not current.indicators or INTERROGATIVE.search(current.standalone) or question.units != ("%",):
        return question
    return replace(question, units=())


def _leant_on(current: Question, chain: Sequence[Question]) -> Question:
    """Return the turn a question leans on: the last one, but for a target the last one about a target of the place."""
    last = chain[-1]
    if (
        current.reading is not Reading.TARGET
        or not current.certain
        or current.years
        or not (current.terms or current.places)
    ):
        return last
    aims = (row for row in reversed(chain) if row.places == last.places and row.reading is Reading.TARGET)
    return next(aims, last)


def _inherit_kind(question: Question, current: Question, previous: Question) -> Question:
    """Let a follow-up that does not say what it wants ("and for 2020?") want what the earlier question wanted."""
    told = current.terms or current.kind is not Kind.FACT or MANNER.search(current.standalone)
    if question.kind is not Kind.FACT or told or previous.kind not in (Kind.FIGURE, Kind.LIST):
        return question
    return replace(question, kind=previous.kind, units=question.units or previous.units)


def _complete(text: str, alone: Question, previous: Question, answer: str, reader: Reader) -> str:
    if measured := joining.measure_against(reader.read(text), previous, reader.knowledge):
        return measured
    resolved, pointed = resolve_pronouns(text, previous, answer, reader.knowledge)
    current = _in_language(reader.read(resolved), alone, previous)
    if is_elliptical(resolved, current):
        if resolved != text and not PLACE.search(text):
            return rewriting.setting_words(previous, reader.knowledge) + ELLIPSIS.sub("是什么？", resolved)
        return fill_ellipsis(current, previous, reader)
    named = resolved != text and bool(current.terms)
    whole = named and PLACE.search(text) is not None
    return _carry(current, previous, pointed=pointed, named=named, whole=whole, reader=reader)


def _in_language(current: Question, alone: Question, previous: Question) -> Question:
    """Give what holds no letters ("2030?") the language of the whole follow-up, else that of the question before."""
    if any(character.isalpha() for character in current.standalone):
        return current
    lettered = any(character.isalpha() for character in alone.original)
    return replace(current, language=alone.language if lettered else previous.language)


def _carry(current: Question, previous: Question, *, pointed: bool, named: bool, whole: bool, reader: Reader) -> str:
    """Give a whole question the place, year and, where it has none, the topic of the earlier one."""
    source = _carried(current, previous, reader.knowledge, pointed=pointed)
    thin = sum(len(term) for term in current.terms) <= FEW_CHARS or (pointed and not named)
    thin = thin and not (author_spans(current.standalone, reader.knowledge) or THEME.search(current.standalone))
    asks_office = current.kind is Kind.PERSON and any(word in current.standalone for word in word_lists().offices)
    thin = thin and not (asks_office or whole)
    text = current.standalone.removeprefix("其中")
    english = current.language == "en"
    topic = rewriting.topic_words(previous, reader.knowledge, current.language)
    setting = rewriting.setting_words(source, reader.knowledge)
    if thin and topic and not _shares_topic(current, previous):
        setting = setting or rewriting.setting_words(current, reader.knowledge)
        return f"{setting} {topic}: {text}" if english else f"{setting}{topic}，{text}"
    setting += rewriting.report_words(source) + kept_zone(previous, current)
    return rewriting.lead(text, setting) if setting else text


def _carried(current: Question, previous: Question, knowledge: Knowledge, *, pointed: bool) -> Question:
    """Return the earlier question reduced to the place, years and report that the current one takes over."""
    slot = _carried_slot(current, previous, pointed=pointed)
    told = current.years or current.report_years or set(current.places) - set(previous.places)
    return replace(
        previous,
        places=(slot.place,) if slot.place else (),
        years=(slot.year,) if slot.year else (),
        report_years=() if told else previous.report_years,
        report_ids=() if told or author_spans(current.standalone, knowledge) else previous.report_ids,
        periods=(),
        language=current.language,
    )


def _carried_slot(current: Question, previous: Question, *, pointed: bool) -> Slot:
    asks_place = current.kind in (Kind.PLACE, Kind.RANKING)
    place = previous.places[0] if len(previous.places) == 1 and not current.places and not asks_place else None
    timed = current.years or current.report_years or any(p.reading is not Reading.UNKNOWN for p in current.periods)
    stays = not current.places or (pointed and current.places == previous.places) or CONTRAST.match(current.original)
    keeps = (pointed or current.kind not in TIMELESS_KINDS) and stays
    year = previous.years[0] if len(previous.years) == 1 and not timed and keeps else None
    return Slot(place, year)


def _shares_topic(current: Question, previous: Question) -> bool:
    return any(term in current.topic for term in previous.terms if len(term) > 1)
