"""Questions that only certain words can answer: contact details, an office's holder, a rank, a wider place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from rag.answering.defining import bare
from rag.answering.slogans import slogans
from rag.asking.areas import FACILITY, LINKED
from rag.asking.question import Kind, Question
from rag.asking.words import word_lists
from rag.folding import fold
from rag.places import Gazetteer
from rag.reading.profile import SURNAMES
from rag.types import ReportSummary

MIN_NAME_CHARS = 3
HAN = "[一-鿿]"
HOLDER = rf"[\s：:、]*(?:同志)?[{SURNAMES}]\s?{HAN}(?:\s?{HAN})?(?=$|[\s，。,、；;：:（(）)同作在主说与和])"
COUNTS = re.compile(r"[一二两三四五六七八九十\d]")
NUMBERED = re.compile(r"\d+号(?:线|楼|院|机组|井|桥)|[二三四五]期(?=工程|项目|建设|什么|何时|总|的)")
OFFICE_ASKED = re.compile(r"什么(?:职务|职位|官职|头衔)|任(?:的是)?什么职?")

RANK_ASKED = re.compile(r"第几|(?<![安编])排(?:名|在|到)?(?:多少|几)|\b(?:rank|ranked|ranking)\b")
RANK = re.compile(
    r"第\s?[\d一二三四五六七八九十]+(?!\s?(?:产业|季度|届|次|年|批|轮|期|代|方|医))|[首前]位|榜首|前[列茅\d一二三四五六七八九十百]"
    r"|位[居列次]|名列|列全|居全|跻身|领跑|[十百千]强(?!企)|之首"
)


def demanded_words(question: Question) -> tuple[re.Pattern[str], ...]:
    """Return what a sentence must hold to tell a telephone number, a builder, an office or its holder, or a rank."""
    words = word_lists()
    asked = fold(question.standalone)
    named = asked + "".join(chinese for name, chinese in words.demands_english.items() if name in asked)
    literal = [re.compile(word) for word in words.literal if word in named]
    literal += [re.compile(rf"(?<!\d){number}") for number in NUMBERED.findall(asked)]
    if OFFICE_ASKED.search(asked):
        literal.append(re.compile("|".join(words.offices)))
    if RANK_ASKED.search(asked) and len(question.asks) < 2 and question.kind is not Kind.RANKING:
        literal.append(RANK)
    if question.kind is not Kind.PERSON:
        return tuple(literal)
    offices = [word for word in words.offices if word in named]
    return (*literal, *(re.compile(rf"(?<!总){office}{HOLDER}") for office in offices))


def wider_places(
    question: Question, reports: Sequence[ReportSummary], gazetteer: Gazetteer
) -> tuple[re.Pattern[str], ...]:
    """Return what a sentence must hold for a figure of a place that only places within it have reports of: its name."""
    figures = question.kind in (Kind.FIGURE, Kind.SUM, Kind.DIFFERENCE)
    held = {row.profile.place for row in reports}
    if not figures or not held or None in held or held & set(question.places):
        return ()
    return tuple(re.compile(re.escape(gazetteer.short_name(place))) for place in question.places[:1])


def facility_named(question: Question, gazetteer: Gazetteer) -> tuple[re.Pattern[str], ...]:
    """Return what a sentence must hold for a port or line named by places run together: those places' names, so."""
    text, found = question.standalone, gazetteer.find_places(question.standalone)
    names = [
        gazetteer.short_name(first.place.name) + gazetteer.short_name(second.place.name)
        for first, second in pairwise(found)
        if {first.place.name, second.place.name}.isdisjoint(question.places)
        and LINKED.fullmatch(text[first.end : second.start])
        and FACILITY.match(fold(text[second.end :]))
    ]
    return tuple(re.compile(re.escape(name)) for name in names)


def speaks_of_none(question: Question, texts: Iterable[str]) -> bool:
    """Say whether a Chinese question quotes names and none of ``texts`` (folded) holds any of them.

    Slogans that count (“三线一单”) may be short for what a text spells out.
    """
    quoted = map(bare, slogans(question))
    names = [name for name in quoted if len(name) >= MIN_NAME_CHARS and not COUNTS.search(name)]
    return question.language == "zh" and bool(names) and not any(name in bare(text) for text in texts for name in names)
