"""Rewrite an earlier question around what a follow-up changes: its place, its year or its topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from rag.asking import topics
from rag.asking.areas import author_spans, find_areas, speech_spans
from rag.asking.kinds import amount_pattern
from rag.asking.knowledge import Knowledge
from rag.asking.periods import find_periods
from rag.asking.question import Question
from rag.asking.words import word_lists
from rag.folding import fold
from rag.types import Reading

NAME_CHARS = 3


def substitute(text: str, edits: Sequence[tuple[int, int, str]]) -> str:
    """Replace ``[start, end)`` spans, none overlapping another, by new words."""
    for start, end, words in sorted(edits, reverse=True):
        text = text[:start] + words + text[end:]
    return text


def replace_place(text: str, place: str, knowledge: Knowledge) -> str:
    """Put ``place`` where ``text`` names the place it asks about; a named author goes; without a place it leads."""
    spans = [(area.start, area.end) for area in find_areas(text, knowledge) if area.scope]
    authors = speech_spans(text, knowledge)
    if not spans:
        return lead(substitute(text, [(start, end, "") for start, end in authors]), place)
    edits = [(*spans[-1], place), *((start, end, "") for start, end in spans[:-1] if len(spans) == 1)]
    return substitute(text, [*edits, *((start, end, "") for start, end in authors)])


def lead(text: str, words: str) -> str:
    """Put words before a question: "灌云县2025年" directly, English ones with a colon."""
    return f"{words}: {text}" if words.isascii() else words + text


def replace_year(text: str, years: str, knowledge: Knowledge) -> str:
    """Put ``years`` ("2025年", "2025") where ``text`` names its period; without one it follows the place."""
    folded = fold(text)
    found = [
        period
        for period in find_periods(folded)
        if period.hard or period.report or period.reading is not Reading.UNKNOWN
    ]
    if found:
        first = found[0]
        rest = [(period.start, period.end, "") for period in found[1:]]
        return substitute(text, [(first.start, first.end, years), *rest])
    spans = [(area.start, area.end) for area in find_areas(text, knowledge) if area.scope]
    if spans and not years.isascii():
        return text[: spans[0][1]] + years + text[spans[0][1] :]
    if years.isascii():
        return f"{text.rstrip('?. ')} in {years}?"
    return years + text


def replace_topic(text: str, topic: str, previous: Question, knowledge: Knowledge) -> str:
    """Put ``topic`` where ``text`` names what it asks about, keeping the attribute asked for (投资, 增长, 面积).

    An indicator takes an indicator's place; a modifier ending in 的 the verb's; anything else the thing's.
    """
    folded = fold(text)
    tokens = [token for token in topics.tokenize(_masked(text, knowledge)) if token.content]
    if edit := _indicator_edit(folded, topic, tokens, knowledge):
        return substitute(text, [edit])
    bare = topic.removesuffix("的")
    modifies = bare != topic
    if edit := _similar_edit(tokens, bare):
        return substitute(text, [edit])
    token = _token_to_replace(tokens, folded, previous, modifies=modifies)
    if token is None:
        return setting_words(previous, knowledge) + bare + "是多少？"
    end = token.end if modifies else token.end - len(attribute_of(token.text))
    return _loosen_measure(substitute(text, [(token.start, end, bare)]), previous.focus, modifies=modifies)


def _similar_edit(tokens: Sequence[topics.Token], topic: str) -> tuple[int, int, str] | None:
    """Find the stretch of a phrase that the topic varies: "过亿元" of 过亿元项目 for "过10亿元", or one of its sort."""
    best: tuple[int, int, int] | None = None
    for token in tokens:
        blocks = SequenceMatcher(None, token.text, topic, autojunk=False).get_matching_blocks()[:-1]
        size = sum(block.size for block in blocks)
        if size >= max(2, len(topic) / 2) and (best is None or size > best[0]):
            start = blocks[0].a - min(blocks[0].a, blocks[0].b)
            best = size, token.start + start, token.start + blocks[-1].a + blocks[-1].size
    alike = [
        token for token in tokens if min(len(token.text), len(topic)) >= NAME_CHARS and token.text[-1] == topic[-1]
    ]
    if best is None and alike:
        return alike[0].start, alike[0].end, topic
    return (best[1], best[2], topic) if best else None


def find_theme(text: str, knowledge: Knowledge) -> tuple[int, int] | None:
    """Return where ``text`` names a theme: 农业 of 农业方面; None where it names none."""
    tokens = [token for token in topics.tokenize(_masked(text, knowledge)) if token.content]
    return next(((row.start, row.end) for row in tokens if text.startswith(("方面", "领域"), row.end)), None)


def _masked(text: str, knowledge: Knowledge) -> str:
    folded = fold(text)
    spans = [(area.start, area.end) for area in find_areas(text, knowledge) if area.scope]
    spans += [(period.start, period.end) for period in find_periods(folded)]
    return topics.mask(folded, [*spans, *author_spans(text, knowledge)])


def _indicator_edit(
    folded: str, topic: str, tokens: Sequence[topics.Token], knowledge: Knowledge
) -> tuple[int, int, str] | None:
    """Find the indicator that another takes the place of, with what belongs to it alone (强度 of 研发投入强度)."""
    old = [match for match in knowledge.glossary.find(folded) if match.entry.kind == "indicator"]
    new = [match for match in knowledge.glossary.find(topic) if match.entry.kind == "indicator"]
    if len({match.start for match in old}) != 1 or not new:
        return None
    end = next((token.end for token in tokens if token.start <= old[0].start and old[0].end < token.end), old[0].end)
    shared = attribute_of(folded[old[0].start : end])
    return old[0].start, max(old[0].end, end - len(shared)), topic


def _token_to_replace(
    tokens: Sequence[topics.Token], folded: str, previous: Question, *, modifies: bool
) -> topics.Token | None:
    things = [token for token in tokens if token.text not in word_lists().attributes]
    if not things:
        return None
    focus = next((token for token in things if token.text == previous.focus), things[-1])
    asked = amount_pattern(word_lists()).search(folded)
    if modifies and asked and (before := [token for token in things if token.end <= asked.start() + 1]):
        return before[-1]
    return focus


def attribute_of(phrase: str) -> str:
    """Return the attribute a phrase ends in ("投资" of 主题园投资), empty without one."""
    fitting = [word for word in word_lists().attributes if phrase.endswith(word) and len(phrase) > len(word) + 1]
    return max(fitting, key=len, default="")


def _loosen_measure(text: str, focus: str, *, modifies: bool) -> str:
    """Drop the measure word after 多少 when the thing counted has changed."""
    if modifies:
        return text
    return re.sub(rf"(多少|几)(?:{word_lists().measures})(?![，。？?]|$)", "多少", text) if focus not in text else text


def setting_words(question: Question, knowledge: Knowledge) -> str:
    """Name the place and year of an earlier question: "灌云县2025年", "Guanyun 2025 "."""
    if question.language == "en":
        names = [knowledge.gazetteer.romanise(place) for place in question.places]
        return " ".join([*names, *map(str, question.years or question.report_years)])
    years = "和".join(f"{year}年" for year in question.years or question.report_years)
    spans = [period.text for period in question.periods if period.reading is not Reading.UNKNOWN]
    return "和".join(question.places) + (years or "".join(spans[:1])) + _author_words(question, knowledge)


def _author_words(question: Question, knowledge: Knowledge) -> str:
    """Name the author whose report an earlier question keeps to; empty where it keeps to none."""
    spans = author_spans(question.standalone, knowledge) if question.report_ids else []
    return "".join(f"{question.standalone[slice(*span)]}的文章里" for span in spans[:1])


def topic_words(question: Question, knowledge: Knowledge, language: str) -> str:
    """Name what an earlier question was about; its indicator alone where the language changes."""
    if language != question.language and question.indicators:
        indicator = question.indicators[0]
        return (knowledge.glossary.translate(indicator) or indicator) if language == "en" else indicator
    topic = question.topic.replace("政府工作报告", "") if question.report_years else question.topic
    return (report_words(question) + (" " if question.language == "en" else "") + topic).strip()


def report_words(question: Question) -> str:
    """Name the report an earlier question was about; empty if it named none by its year."""
    if not question.report_years:
        return ""
    return " government work report" if question.language == "en" else "政府工作报告"


def reading_words(question: Question) -> str:
    """Return "目标" or " target" for a question that certainly asks for a target."""
    if question.reading is not Reading.TARGET or not question.certain:
        return ""
    return " target" if question.language == "en" else "目标"
