"""What 他, 它, "it" in a follow-up stand for."""

from __future__ import annotations

import re

from rag.asking import rewriting
from rag.asking.areas import QUOTED
from rag.asking.knowledge import Knowledge
from rag.asking.question import Kind, Question
from rag.asking.understanding import find_language
from rag.asking.words import word_lists

REPORT = re.compile(r"[^，。？]{0,20}?(?:文章|报告|讲话|材料)")
ORDINAL = re.compile(r"第([二三四五六七八九十])(?:个|项|条|类|种|点)(?=呢|的|是|指|怎|如何|具体|要|有|又|[，,])")
SERIES = re.compile(r"[^，。；：、,;:]+(?:、[^，。；：、,;:]+)+")
PLACE = re.compile(r"那里|那边|这里|当地")


def resolve_pronouns(text: str, previous: Question, answer: str, knowledge: Knowledge) -> tuple[str, bool]:
    """Replace a pronoun by the author, place or thing it stands for; tell whether there was one."""
    patterns = word_lists().patterns
    if (item := _item(text, previous, answer)) is not None:
        return item, True
    quotes = [match.span() for match in QUOTED.finditer(text)]
    found = [m for m in patterns["pronouns"].finditer(text) if not any(a <= m.start() < b for a, b in quotes)]
    if not found:
        return text, False
    first = found[0]
    if PLACE.fullmatch(first[0]) and len(previous.places) == 1 and find_language(text) == "zh":
        return rewriting.substitute(text, [(first.start(), first.end(), previous.places[0])]), True
    if patterns["person_pronouns"].match(first[0]):
        person = _person(previous, answer, knowledge) or first[0]
        return rewriting.substitute(text, [(first.start(), first.end(), person)]), True
    if (
        re.fullmatch(r"它们?|it", first[0])
        and (previous.terms or previous.report_ids)
        and previous.language == find_language(text) == "zh"
    ):
        return rewriting.substitute(text, [(first.start(), first.end(), _thing(previous))]), True
    return text, True


def _item(text: str, previous: Question, answer: str) -> str | None:
    """Put for 第二个 the item of that number in the answer's first series; None where there is no such item."""
    match = ORDINAL.match(text)
    if match is None or previous.kind not in (Kind.LIST, Kind.DEFINITION, Kind.FACT):
        return None
    found = [words.split("、") for words in SERIES.findall(re.sub(r"\[\d+\]", "", answer))]
    series = next((items for items in found if len(items) == previous.expected_count), found[0] if found else [])
    number = word_lists().counts[match[1]]
    return series[number - 1] + text[match.end() :] if 1 < number <= len(series) else None


def _person(previous: Question, answer: str, knowledge: Knowledge) -> str:
    """Name whom 他 means: an author named in the last turn, or the short answer to a question for a person."""
    said = re.sub(r"\s", "", answer + previous.standalone)
    author = next((name for name in knowledge.authors if name in said), "")
    if author or previous.kind is not Kind.PERSON:
        return author
    words = re.sub(r"\[\d+\]|[。.！!？?]+", "", answer).strip()
    return words if re.fullmatch(r"[一-鿿·]{2,12}", words) else ""


def _thing(previous: Question) -> str:
    """Return what an earlier question asked about: a thing without the attribute asked, else the report as named."""
    things = [term for term in previous.terms if term not in word_lists().attributes]
    report = REPORT.match(previous.standalone)
    if report and previous.report_ids and not things:
        return report[0]
    phrase = max(things, key=len, default=previous.focus)
    return phrase.removesuffix(rewriting.attribute_of(phrase))
