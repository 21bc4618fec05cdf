"""Questions over the cells of earlier turns: "which of the two is higher?", "how much together?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.asking import rewriting
from rag.asking.ellipses import ELLIPSIS
from rag.asking.knowledge import Knowledge
from rag.asking.question import Kind, Question, Slot
from rag.asking.reader import Reader
from rag.asking.words import word_lists
from rag.folding import fold
from rag.places import NATION

JOINING_KINDS = (Kind.COMPARISON, Kind.RANKING, Kind.DIFFERENCE, Kind.SUM)
THREE = re.compile(r"三|three")
SUMMING = re.compile(r"一共|总共|合计|加起来|合起来|共计|\b(total|together|combined|altogether)\b", re.IGNORECASE)
GROUPING = re.compile(r"[两三四几](个|家|省|市|县|地|者|年|项|处)|\b(two|both|three|them)\b", re.IGNORECASE)
MAX_OWN_CHARS = 4
SUBJECT = r"(?:[这那该]个?|它|目标|实际|计划|数字?|增速|的|[要是])*"
BASE = re.compile(
    rf"^{SUBJECT}(?:[比较](?:其|它的?)?(?=[^，。？]{{2}})"
    r"|[和与跟同](?:它的?|其)?(?P<base>[^，。？]{2,16}?)相?比(?:较|起来)?[，,]?)"
)
THAN = re.compile(r"\b(?:compared? (?:with|to)|than)\b", re.IGNORECASE)
CHANGE = re.compile("(?:有|有没有)?(?:增加|增长|提高|上升|下降|减少|降低|变化)(?:了)?")
GAP = re.compile(
    r"^(?:又|具体|到底|总共|一共)?(?:(?:[多少高低大小快慢长短]|增加|增长|提高|减少|下降|上升|降低)(?:了|出|出了|出来)?"
    r"|差了?|差距(?:是|有)?)(?:多少|几|多大)[一-鿿]{0,4}[？?。]*$"
    r"|^(?:by )?how (?:much|many) (?:more|less|higher|lower|larger|smaller|faster|fewer)"
    r"(?: (?:is|was) (?:it|that|this))?\W*$"
    r"|^what(?:'s| is| was) the (?:difference|gap)\W*$",
    re.IGNORECASE,
)


def join_cells(current: Question, chain: Sequence[Question], reader: Reader) -> Question | None:
    """Put a question that compares or adds up over the places, years or topics of the turns before it.

    Returns None when the question is not of this kind, or when the turns do not yield two cells.
    """
    kind = _joining_kind(current)
    own = sum(len(term) for term in current.terms)
    if kind is None or current.places or current.years or (own > MAX_OWN_CHARS and current.language == "zh"):
        return None
    cells = _cells(chain, limit=3 if THREE.search(current.standalone) else 2)
    if len(cells) < 2:
        return None
    text = _compose(cells, chain[-1], current, reader.knowledge)
    topics = {topic for _, topic in cells}
    slots = tuple(Slot(slot.place, slot.year, topic if len(topics) > 1 else "") for slot, topic in cells)
    joined = reader.read(text)
    return replace(joined, kind=kind, slots=slots, reading=chain[-1].reading, certain=chain[-1].certain)


def measure_against(current: Question, previous: Question, knowledge: Knowledge) -> str:
    """Put what was asked before in front of a question that names only what to compare it with: "比上年多多少？".

    Returns "" when the question is not of this kind.
    """
    own = [term for term in current.terms if not (term in word_lists().attributes or CHANGE.fullmatch(term))]
    first = next(iter(previous.slots), Slot())
    if own or first.topic:
        return ""
    if len(previous.slots) > 1:
        places, years = (first.place,) if first.place else (), (first.year,) if first.year else ()
        previous = replace(previous, places=places, years=years, slots=(first,))
    if current.language == "en":
        return _measure_in_english(current, previous, knowledge) if THAN.search(current.original) else ""
    if not (base := BASE.match(current.original)):
        return ""
    topic = rewriting.topic_words(previous, knowledge, current.language) + rewriting.reading_words(previous)
    than, asked = base["base"] or "", current.original[base.end() :]
    asked = f"和{than}相比{asked}" if than and ELLIPSIS.fullmatch(asked) else f"比{than}{asked}"
    setting = rewriting.setting_words(previous, knowledge)
    if NATION in current.places:
        return f"{setting}和{NATION}相比的{topic}，{current.original[base.end() :] or '如何'}"
    return setting + topic + asked


def _measure_in_english(current: Question, previous: Question, knowledge: Knowledge) -> str:
    """Ask which is higher of what was asked before and the place or year that a question sets against it."""
    if not (current.places or current.years):
        return ""
    places = tuple(dict.fromkeys((*previous.places, *current.places)))
    years = tuple(sorted({*previous.years, *current.years})) if current.years else previous.years
    setting = rewriting.setting_words(replace(previous, places=places, years=years, language="en"), knowledge)
    topic = rewriting.topic_words(previous, knowledge, "en") + rewriting.reading_words(replace(previous, language="en"))
    return f"{setting}, {topic}: which is higher, and by how much?"


def _joining_kind(current: Question) -> Kind | None:
    folded = fold(current.standalone)
    if SUMMING.search(folded) and (GROUPING.search(folded) or not current.terms):
        return Kind.SUM
    both = word_lists().patterns["both"].search(folded)
    compared = word_lists().patterns["comparison"].search(folded)
    if current.kind in JOINING_KINDS and (both or (current.kind is Kind.DIFFERENCE and not current.terms)):
        return current.kind
    if GAP.match(current.standalone) and not current.terms:
        return Kind.DIFFERENCE
    return Kind.COMPARISON if both and compared and not current.terms else None


def _cells(chain: Sequence[Question], *, limit: int) -> list[tuple[Slot, str]]:
    """Return the cells of the last turns, the earlier first: of one question that spans several, else one each."""
    last = chain[-1]
    if len(last.slots) > 1:
        return [(slot, slot.topic or last.topic) for slot in last.slots]
    found: dict[tuple[Slot, str], None] = {}
    for question in reversed(chain):
        slots = question.slots or (Slot(),)
        if len(found) < limit:
            found |= {(slot, slot.topic or question.topic): None for slot in slots}
    return list(reversed(found))


def _compose(cells: Sequence[tuple[Slot, str]], last: Question, current: Question, knowledge: Knowledge) -> str:
    english = current.language == "en"
    settings = dict.fromkeys(_setting(slot, knowledge, english=english) for slot, _ in cells)
    topics = dict.fromkeys(topic for _, topic in cells)
    reading = rewriting.reading_words(last)
    if english:
        return f"{' and '.join(settings)}, {' and '.join(topics)}{reading}: {current.standalone}"
    return f"{'和'.join(settings)}的{'与'.join(topics)}{reading}，{current.standalone}"


def _setting(slot: Slot, knowledge: Knowledge, *, english: bool) -> str:
    if english:
        name = knowledge.gazetteer.romanise(slot.place) if slot.place else ""
        return f"{name} {slot.year or ''}".strip()
    return (slot.place or "") + (f"{slot.year}年" if slot.year else "")
