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
ORDINAL = re.compile(
    r"第([二三四五六七八九十])(?:个|项|条|类|种|点)(?=[呢的是指怎要有又什何投总建开完在叫由计预多几共现，,]|如何|具体)"
)
AFTER_HEAD = (
    "(?=[的是在用花投建开竣完占有要能会将还又已共总带吸由归什怎何哪几多属叫位计预到从给为一，,呢]|目前|目标|现在)"
)
HERE = ("那里", "那边", "这里", "这边", "当地")
SERIES = re.compile(r"[^，。；：、,;:]+(?:、[^，。；：、,;:]+)+")
PLACE = re.compile(r"[那这][里边]|当地|(?:[那这]个?|该|此)(?:省|市|县|区|地方|城市)(?![场域长级])")


def resolve_pronouns(text: str, previous: Question, answer: str, knowledge: Knowledge) -> tuple[str, bool]:
    """Replace a pronoun by the author, place or thing it stands for; tell whether there was one."""
    patterns = word_lists().patterns
    if (item := _item(text, previous, answer)) is not None:
        return item, True
    if (there := PLACE.search(text)) and len(previous.places) == 1:
        return rewriting.substitute(text, [(*there.span(), previous.places[0])]), there[0] in HERE
    if named := _named_again(text, previous):
        return named, True
    quotes = [match.span() for match in QUOTED.finditer(text)]
    found = [m for m in patterns["pronouns"].finditer(text) if not any(a <= m.start() < b for a, b in quotes)]
    if not found:
        return text, False
    first = found[0]
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


def _named_again(text: str, previous: Question) -> str:
    """Name a thing in full that a follow-up begins with by its last word alone: 项目, 这个项目, 该公司; "" else."""
    words = word_lists()
    match = re.match(rf"(?:[这那该此]一?(?:{words.measures})?)?({'|'.join(words.heads)}){AFTER_HEAD}", text)
    things = [term.removesuffix(rewriting.attribute_of(term)) for term in previous.terms]
    full = [thing for thing in things if match and thing.endswith(match[1]) and len(thing) > len(match[1])]
    return max(full, key=len) + text[match.end() :] if match and full else ""


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
