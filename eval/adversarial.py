"""True answers made from reports, and false ones made from them by one change of sense each.

A true answer quotes clauses behind a frame of place, period and reading, as the evidence reader words it, or restates
one figure in a short sentence. Each alteration changes one thing: figure, unit, year, place, direction, result and
target, or negation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

from rag.old.answering.sense_words import find_words, has_word
from rag.old.answering.wording import tidy
from rag.language.folding import fold
from rag.language.numerals import QUANTITY, YEAR, Number, find_numbers
from rag.language.places import Gazetteer
from rag.language.sentences import split_clauses, split_sentences
from rag.types import Citation, Figure, Reading, Report, Section

MIN_CHARS, MAX_CHARS = 12, 150
UNIT_SWAPS = {
    "亿": "万",
    "万": "亿",
    "公顷": "亩",
    "亩": "公顷",
    "个百分点": "%",
    "%": "个百分点",
    "家": "个",
    "个": "家",
}
UNIT_SWAPS |= {"公里": "米", "吨": "公斤", "户": "人", "人": "户", "项": "件", "件": "项", "座": "处", "元": "万元"}
DIRECTION_SWAPS = {"增长": "下降", "增加": "减少", "提高": "降低", "提升": "下降", "上升": "下降", "下降": "增长"}
DIRECTION_SWAPS |= {"减少": "增加", "降低": "提高", "扩大": "缩小", "压减": "增加", "回落": "上升"}
READING_SWAPS = {"力争": "已", "确保": "已", "争取": "已经", "预计": "", "目标": "实绩", "计划": "已"}
RESULT_SWAPS = {"完成": "力争完成", "实现": "力争实现", "建成": "计划建成", "达到": "力争达到", "新增": "计划新增"}
DENIALS = frozenset({"未", "没有", "尚未", "不得", "未能", "不准", "严禁", "禁止"})
BOUND_DENIALS = ("不低于", "不少于", "不超过", "不高于")
VERBS = (
    "完成",
    "实现",
    "达到",
    "建成",
    "通过",
    "增长",
    "超过",
    "突破",
    "获批",
    "落地",
    "开工",
    "推进",
    "新增",
    "引进",
    "投产",
)


@dataclass(frozen=True, slots=True)
class Case:
    """An answer with its citation; ``alteration`` is "" for a true one."""

    answer: str
    citations: tuple[Citation, ...]
    alteration: str = ""


def _citation(report: Report, section: Section, start: int, end: int, *, marker: int = 1) -> Citation:
    profile = report.profile
    years = section.years or ((profile.year,) if profile.year else ())
    return Citation(
        marker, report.report_id, profile.title, report.source, profile.place, years, section.path,
        report.text[start:end], start, end, reading=section.reading,
    )  # fmt: skip


def _frame(report: Report, citation: Citation) -> str:
    years = citation.years
    when = f"{years[0]}年" if len(years) == 1 else f"{min(years)}—{max(years)}年" if years else ""
    kind = "目标" if citation.reading == Reading.TARGET else ""
    return f"{report.profile.place or ''}{when}{kind}"


def _english_frame(report: Report, citation: Citation, gazetteer: Gazetteer) -> str:
    place, years = report.profile.place, citation.years
    when = f"{min(years)}–{max(years)}" if len(years) > 1 else "".join(map(str, years))
    kind = " target" if citation.reading == Reading.TARGET else ""
    return ", ".join(part for part in (gazetteer.romanise(place) if place else "", when + kind) if part)


def quoting_answers(report: Report, gazetteer: Gazetteer | None = None) -> Iterator[Case]:
    """Give one answer for each sentence of a fit length that states something: the frame, then one or more clauses.

    With a gazetteer each is given in an English frame too.
    """
    for section in report.sections:
        for span in split_sentences(report.text, section.heading_end, section.end):
            if not MIN_CHARS <= span.end - span.start <= MAX_CHARS or "|" in report.text[span.start : span.end]:
                continue
            citation = _citation(report, section, span.start, span.end)
            clauses = split_clauses(report.text, span.start, span.end)
            words = report.text[clauses[0].start : clauses[min(2, len(clauses) - 1)].end]
            yield Case(f"{_frame(report, citation)}：{tidy(words)}[1]。", (citation,))
            if gazetteer is not None:
                yield Case(f"{_english_frame(report, citation, gazetteer)}: “{tidy(words)}”[1].", (citation,))


def restating_answers(report: Report, figures: tuple[Figure, ...]) -> Iterator[Case]:
    """Give one short sentence for each figure with a plain indicator: place, year, indicator, direction, figure."""
    for figure in figures:
        section = report.sections[figure.section_index]
        spans = split_sentences(report.text, section.heading_end, section.end)
        span = next((row for row in spans if row.start <= figure.start < row.end), None)
        if span is None or not 3 <= len(figure.indicator) <= 18 or span.end - span.start > 2 * MAX_CHARS:
            continue
        citation = _citation(report, section, span.start, span.end)
        citation = replace(citation, years=figure.years or citation.years, reading=figure.reading)
        if has_word("target", fold(citation.quote), without="not_target") and figure.reading != Reading.TARGET:
            continue
        yield Case(f"{_restated(report, figure)}[1]。", (citation,))


def _restated(report: Report, figure: Figure) -> str:
    when = f"{figure.years[0]}年" if len(figure.years) == 1 else ""
    verb = {"up": "增长", "down": "下降"}.get(figure.direction, "为")
    before = [
        word for word in figure.qualifier.split() if word in ("力争", "预计", "确保", "争取", "超过", "突破", "约")
    ]
    after = next((word for word in figure.qualifier.split() if word in ("以上", "以下", "以内", "左右")), "")
    aim = "目标" if figure.reading == Reading.TARGET and not before else ""
    return f"{report.profile.place or ''}{when}{figure.indicator}{aim}{''.join(before[:1])}{verb}{figure.text}{after}"


def alter(case: Case, random: Random, *, places: tuple[str, ...]) -> Iterator[Case]:
    """Give every alteration that applies to a true answer, one change each."""
    for name, change in CHANGES.items():
        altered = change(case, random, places)
        if altered is not None and altered != case.answer:
            yield Case(altered, case.citations, name)


def _pick(case: Case, random: Random, kind: str) -> Number | None:
    numbers = [number for number in find_numbers(case.answer) if number.kind == kind and "[" not in number.text]
    numbers = [number for number in numbers if case.answer[number.start - 1 : number.start] != "["]
    return random.choice(numbers) if numbers else None


def _replace(text: str, number: Number, words: str) -> str:
    return text[: number.start] + words + text[number.end :]


def _figure(case: Case, random: Random, places: tuple[str, ...]) -> str | None:
    number = _pick(case, random, QUANTITY)
    digits = list(re.finditer(r"[1-9一二三四五六七八九两]", number.text)) if number else []
    if number is None or not digits:
        return None
    match = random.choice(digits)
    choices = "123456789" if match.group().isascii() else "一二三四五六七八九"
    other = random.choice([digit for digit in choices if digit not in (match.group(), "二")])
    words = number.text[: match.start()] + other + number.text[match.end() :]
    quoted = case.citations[0].quote
    return None if words in quoted else _replace(case.answer, number, words)


def _unit(case: Case, random: Random, places: tuple[str, ...]) -> str | None:
    number = _pick(case, random, QUANTITY)
    for unit, other in UNIT_SWAPS.items() if number else ():
        if number is not None and unit in number.text:
            words = number.text.replace(unit, other, 1)
            return None if words in case.citations[0].quote else _replace(case.answer, number, words)
    return None


def _year(case: Case, random: Random, places: tuple[str, ...]) -> str | None:
    number = _pick(case, random, YEAR)
    if number is None or not number.text[:4].isdigit():
        return None
    other = int(number.value) + random.choice((-3, -2, -1, 1, 2, 3))
    known = str(other) in case.citations[0].quote or other in case.citations[0].years
    return None if known else _replace(case.answer, number, number.text.replace(number.text[:4], str(other), 1))


def _place(case: Case, random: Random, places: tuple[str, ...]) -> str | None:
    place = case.citations[0].place
    others = [name for name in places if name != place and name not in case.citations[0].quote]
    if not place or place not in case.answer or not others:
        return None
    return case.answer.replace(place, random.choice(others), 1)


def _swap(case: Case, random: Random, swaps: dict[str, str]) -> str | None:
    found = [word for word in swaps if word in case.answer]
    if not found:
        return None
    word = random.choice(found)
    altered = case.answer.replace(word, swaps[word], 1)
    return None if altered in case.citations[0].quote else altered


def _direction(case: Case, random: Random, places: tuple[str, ...]) -> str | None:
    numbers = [number for number in find_numbers(case.answer) if number.kind == QUANTITY]
    fitting = [
        (number, word)
        for number in numbers
        for word in DIRECTION_SWAPS
        if case.answer[: number.start].endswith((word, word + "了", word + "到", word + "至"))
    ]
    if not fitting:
        return None
    number, word = random.choice(fitting)
    position = case.answer.rindex(word, 0, number.start)
    return case.answer[:position] + DIRECTION_SWAPS[word] + case.answer[position + len(word) :]


def _reading(case: Case, random: Random, places: tuple[str, ...]) -> str | None:
    reading = case.citations[0].reading
    if reading == Reading.RESULT and not re.search("|".join(READING_SWAPS), case.citations[0].quote):
        return _swap(case, random, RESULT_SWAPS)
    if reading == Reading.TARGET:
        return _swap(case, random, READING_SWAPS)
    return None


def _negation(case: Case, random: Random, places: tuple[str, ...]) -> str | None:
    answer = case.answer
    denied = [row for row in find_words("negation", fold(answer), without="not_negation") if row["word"] in DENIALS]
    for word in BOUND_DENIALS:
        if word in answer:
            return answer.replace(word, word[1:], 1)
    if denied:
        row = random.choice(denied)
        return answer[: row.start()] + answer[row.end() :]
    found = [verb for verb in VERBS if verb in case.answer]
    if not found:
        return None
    verb = random.choice(found)
    return case.answer.replace(verb, random.choice(("未", "没有")) + verb, 1)


CHANGES: dict[str, Callable[[Case, Random, tuple[str, ...]], str | None]] = {
    "figure": _figure,
    "unit": _unit,
    "year": _year,
    "place": _place,
    "direction": _direction,
    "reading": _reading,
    "negation": _negation,
}
