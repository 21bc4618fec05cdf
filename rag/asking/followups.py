"""Follow-ups: a question that leans on earlier turns is completed from them.

Each earlier question is understood in its own turn first, so that a chain of follow-ups keeps what it changed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.asking import rewriting
from rag.asking.areas import QUOTED
from rag.asking.knowledge import Knowledge
from rag.asking.question import Kind, Question, Slot
from rag.asking.understanding import find_language, understand_alone
from rag.asking.words import word_lists
from rag.folding import fold
from rag.types import Reading, Turn

MAX_TURNS = 8
OPENING = re.compile(
    r"^(那么|那|还有|另外|再问(一下)?|请问|好的?|嗯|and|but|ok(ay)?|so|then|now|what about|how about)[，,、\s]*",
    re.IGNORECASE,
)
TAIL = re.compile(r"(的)?(情况|数字|数据|数)?(呢|怎么样|如何|又如何|又怎样|怎样)?[？?。.！!\s]*$")
ELLIPSIS = re.compile(r"(呢|怎么样|如何|又如何)[？?。\s]*$")
INTERROGATIVE = re.compile(
    r"多少|几|哪|谁|什么|何时|何|怎|吗|是否|有没有|没有|为啥|\b(what|which|who|when|where|how|why|did|does|do|is|are|was|were|has|have)\b",
    re.IGNORECASE,
)
ASPECT = re.compile(r"了(?=几|多少|哪)")
SELF_CONTAINED_CHARS = 9
FEW_CHARS = 2
UNCHANGED_KINDS = (Kind.COLLECTION, Kind.COUNT_REPORTS)
TIMELESS_KINDS = (Kind.PERSON, Kind.DATE, Kind.DEFINITION)


def make_standalone(question: str, history: Sequence[Turn], knowledge: Knowledge) -> Question:
    """Understand ``question`` after the earlier turns, oldest first; only the last eight turns count."""
    chain: list[Question] = []
    answer = ""
    for turn in history[-MAX_TURNS:]:
        chain.append(_follow(turn.question, chain, answer, knowledge))
        answer = turn.answer
    return _follow(question, chain, answer, knowledge)


def _follow(text: str, chain: Sequence[Question], answer: str, knowledge: Knowledge) -> Question:
    alone = understand_alone(text, knowledge)
    if not chain or not text.strip() or alone.kind in UNCHANGED_KINDS:
        return alone
    standalone = _complete(alone, chain, answer, knowledge)
    if standalone == text.strip():
        return alone
    return _inherit_kind(replace(understand_alone(standalone, knowledge), original=text.strip()), alone, chain[-1])


def _inherit_kind(question: Question, alone: Question, previous: Question) -> Question:
    """Let a follow-up that does not say what it wants ("and for 2020?") want what the earlier question wanted."""
    if question.kind is not Kind.FACT or alone.kind is not Kind.FACT or alone.terms:
        return question
    return replace(question, kind=previous.kind, units=question.units or previous.units)


def _complete(alone: Question, chain: Sequence[Question], answer: str, knowledge: Knowledge) -> str:
    previous = chain[-1]
    text = OPENING.sub("", alone.original).strip() or alone.original
    text = _name_following_years(text, previous)
    current = understand_alone(text, knowledge)
    if joined := _join_cells(current, chain, knowledge):
        return joined
    resolved, pointed = _resolve_pronouns(text, previous, answer, knowledge)
    current = understand_alone(resolved, knowledge)
    if _is_elliptical(resolved, current, alone.original):
        if resolved != text:
            return rewriting.setting_words(previous, knowledge) + ELLIPSIS.sub("是什么？", resolved)
        return _fill_ellipsis(current, previous, knowledge)
    named = resolved != text and bool(current.terms)
    return _carry(current, previous, pointed=pointed, named=named, knowledge=knowledge)


def _name_following_years(text: str, previous: Question) -> str:
    """Replace 第二年, "the following year" by the year it means after the previous question's year."""
    years = previous.years or previous.report_years
    if not years:
        return text
    for words, offset in sorted(word_lists().following_years.items(), key=lambda item: -len(item[0])):
        year = str(years[-1] + offset)
        pattern = rf"\b{re.escape(words)}\b" if words.isascii() else re.escape(words)
        text = re.sub(pattern, year if words.isascii() else f"{year}年", text, flags=re.IGNORECASE)
    return text


def _join_cells(current: Question, chain: Sequence[Question], knowledge: Knowledge) -> str | None:
    """Ask "which of the two is higher", "how much together" over the cells of the earlier turns."""
    both = word_lists().patterns["both"].search(fold(current.standalone))
    computed = current.kind in (Kind.COMPARISON, Kind.RANKING, Kind.DIFFERENCE, Kind.SUM)
    if not both or not computed or current.places or len(current.years) > 0:
        return None
    limit = 3 if re.search(r"三|three", current.standalone) else 2
    cells: dict[tuple[str, str, str], Question] = {}
    for question in reversed(chain):
        place = question.places[0] if question.places else ""
        cells.setdefault((place, str(question.years), question.topic), question)
    chosen = list(reversed(list(cells.values())[:limit]))
    if len(chosen) < 2:
        return None
    english = current.language == "en"
    topics = list(dict.fromkeys(rewriting.topic_words(question) for question in chosen))
    settings = list(dict.fromkeys(rewriting.setting_words(question, knowledge) for question in chosen))
    reading = _reading_words(chosen[-1])
    if english:
        return f"{' and '.join(settings)}, {' and '.join(topics)}{reading}: {current.standalone}"
    return f"{'和'.join(settings)}的{'与'.join(topics)}{reading}，{current.standalone}"


def _reading_words(question: Question) -> str:
    if question.reading is Reading.TARGET:
        return " target" if question.language == "en" else "目标"
    return ""


def _resolve_pronouns(text: str, previous: Question, answer: str, knowledge: Knowledge) -> tuple[str, bool]:
    """Replace a pronoun by the author or thing it stands for; tell whether there was one."""
    patterns = word_lists().patterns
    quotes = [match.span() for match in QUOTED.finditer(text)]
    found = [m for m in patterns["pronouns"].finditer(text) if not any(a <= m.start() < b for a, b in quotes)]
    if not found:
        return text, False
    first = found[0]
    if patterns["person_pronouns"].match(first[0]):
        author = next(
            (name for name in knowledge.authors if name in re.sub(r"\s", "", answer + previous.standalone)), ""
        )
        person = author or ("" if previous.kind is not Kind.PERSON else _short_answer(answer))
        return rewriting.substitute(text, [(first.start(), first.end(), person or first[0])]), True
    if re.fullmatch(r"它们?|it", first[0]) and previous.focus and previous.language == find_language(text):
        return rewriting.substitute(text, [(first.start(), first.end(), _thing(previous))]), True
    return text, True


def _short_answer(answer: str) -> str:
    words = re.sub(r"\[\d+\]|[。.！!？?]+$", "", answer.strip())
    return words if 0 < len(words) <= 12 and "，" not in words else ""


def _thing(previous: Question) -> str:
    """Return the thing an earlier question asked about, without the attribute it asked for."""
    things = [term for term in previous.terms if term not in word_lists().attributes]
    phrase = max(things, key=len, default=previous.focus)
    return phrase.removesuffix(rewriting.attribute_of(phrase))


def _is_elliptical(text: str, current: Question, original: str) -> bool:
    if not INTERROGATIVE.search(ELLIPSIS.sub("", text)):
        return True
    return not current.terms and OPENING.match(original) is not None and len(text) < 12


def _fill_ellipsis(current: Question, previous: Question, knowledge: Knowledge) -> str:
    english = current.language == "en"
    text = _previous_text(previous, english=english, knowledge=knowledge)
    changed = False
    if current.places:
        place = knowledge.gazetteer.romanise(current.places[0]) if english else "和".join(current.places)
        text, changed = rewriting.replace_place(text, place, knowledge), True
    years = current.years or current.report_years
    spans = [period.text for period in current.periods if period.reading is not Reading.UNKNOWN]
    if years or spans:
        words = " and ".join(map(str, years)) if english else "和".join(f"{year}年" for year in years)
        text, changed = rewriting.replace_year(text, words or spans[0], knowledge), True
        text = ASPECT.sub("", text)
    topic = _new_topic(current)
    if topic:
        return _with_topic(text, topic, previous, knowledge, english=english)
    turned = current.certain and current.reading is not previous.reading and current.reading is not Reading.PLAN
    if turned:
        previous = replace(understand_alone(text, knowledge), reading=previous.reading)
    return text if changed and not turned else _with_reading(text, current, previous, knowledge)


def _previous_text(previous: Question, *, english: bool, knowledge: Knowledge) -> str:
    if english == (previous.language == "en"):
        return previous.standalone
    return f"{rewriting.setting_words(previous, knowledge)}{previous.topic}是多少？"


def _new_topic(current: Question) -> str:
    """Return what the ellipsis names beside place and year: "整改提升的" of "整改提升的呢？"."""
    if not current.terms:
        return ""
    if current.language == "en":
        return " ".join(current.terms)
    text = current.standalone
    for name in current.periods:
        text = text.replace(name.text, "")
    bare = ELLIPSIS.sub("", text).strip("，, ")
    stripped = re.sub(r"(的)?(情况|数字|数据|数)$", "", bare)
    first, last = text.find(current.terms[0]), stripped
    return last[max(0, last.find(current.terms[0])) :] if first >= 0 else "".join(current.terms)


def _with_topic(text: str, topic: str, previous: Question, knowledge: Knowledge, *, english: bool) -> str:
    whole = rewriting.setting_words(previous, knowledge)
    if english:
        setting = understand_alone(text, knowledge)
        return f"{rewriting.setting_words(setting, knowledge)}: what is the {topic}{_reading_words(previous)}?"
    if len(topic) >= SELF_CONTAINED_CHARS or topic.rstrip("的") != topic.rstrip("的").split("的")[0]:
        setting = understand_alone(text, knowledge)
        return (rewriting.setting_words(setting, knowledge) or whole) + topic + "是多少？"
    return rewriting.replace_topic(text, topic, previous, knowledge)


def _with_reading(text: str, current: Question, previous: Question, knowledge: Knowledge) -> str:
    """Complete "那实际呢？", "And the target?", or put the earlier topic before a question with none."""
    setting, topic = rewriting.setting_words(previous, knowledge), rewriting.topic_words(previous)
    words = TAIL.sub("", current.standalone).strip()
    if current.language == "en":
        return f"{setting}: {topic}, {words}?"
    if current.reading in (Reading.TARGET, Reading.RESULT):
        return f"{setting}{topic}{words}是多少？"
    return f"{setting}{topic}，{current.standalone}"


def _carry(current: Question, previous: Question, *, pointed: bool, named: bool, knowledge: Knowledge) -> str:
    """Give a whole question the place, year and, where it has none, the topic of the earlier one."""
    carried = _carried_slot(current, previous, pointed=pointed)
    thin = sum(len(term) for term in current.terms) <= FEW_CHARS or (pointed and not named)
    text = current.standalone
    english = current.language == "en"
    source = replace(previous, places=(carried.place,) if carried.place else (), language=current.language)
    source = replace(source, years=(carried.year,) if carried.year else (), report_years=(), periods=())
    setting = rewriting.setting_words(source, knowledge)
    if thin and rewriting.topic_words(previous) and not _shares_topic(current, previous):
        own = rewriting.setting_words(current, knowledge)
        topic = rewriting.topic_words(previous)
        return f"{setting or own}: {topic}, {text}" if english else f"{setting or own}{topic}，{text}"
    return rewriting.lead(text, setting) if setting else text


def _carried_slot(current: Question, previous: Question, *, pointed: bool) -> Slot:
    asks_place = current.kind in (Kind.PLACE, Kind.RANKING)
    place = previous.places[0] if len(previous.places) == 1 and not current.places and not asks_place else None
    timed = current.years or current.report_years or any(p.reading is not Reading.UNKNOWN for p in current.periods)
    keeps = (pointed or current.kind not in TIMELESS_KINDS) and not current.places
    year = previous.years[0] if len(previous.years) == 1 and not timed and keeps else None
    return Slot(place, year)


def _shares_topic(current: Question, previous: Question) -> bool:
    return any(term in current.topic for term in previous.terms if len(term) > 1)
