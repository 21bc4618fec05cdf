"""From the words of a standalone question to a :class:`Question`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.asking import kinds, periods, slots, topics
from rag.asking.areas import Area, speech_spans
from rag.asking.asides import plain_question
from rag.asking.knowledge import Knowledge
from rag.asking.question import Kind, Period, Question, Slot
from rag.asking.setting import Setting, find_setting, name_relative_years
from rag.asking.topics import Words
from rag.asking.words import word_lists
from rag.folding import fold
from rag.glossary import COMMON, FREQUENT_KINDS
from rag.types import Reading, ReportKind

HAN = re.compile(r"[一-鿿]")
HAN_RUN = re.compile(r"[一-鿿]{2,}")
LATIN_WORD = re.compile(r"[A-Za-z]{2,}")
EACH = re.compile(r"各|分别|都是|依次")
GOALS = re.compile(r"目标(是|为|有)?(什么|哪|怎)")
NAMES = re.compile(r"叫|名|\b(name|named|called)\b")
AIM = re.compile("(主要)?(预期|发展|工作)?目标")
WHAT_IS = re.compile(r"^what('s| is| was| were| are| will)\b", re.IGNORECASE)
SHARED_SUFFIX = re.compile(r"委|长(?![江三沙春城安征虹假期短途寿效远治])")
REPORT_WORDS = re.compile(r"\b(government )?work reports?\b")
PART_OF_NAME = re.compile(
    r"级(?!别)|湖(?!泊)|港(?![口澳区])|河(?![道湖豚长流])|江(?![苏西])|山(?![区水林])|路(?![灯网况])|街(?!道)|大道|大桥|站|机场|大学|湾|岛|寺"
)
WEIGHING = (Kind.DIFFERENCE, Kind.COMPARISON, Kind.RANKING)
WANTS_YEAR = re.compile(r"哪(一)?年|哪个年份|何年|什么年份|\b(which|what) year", re.IGNORECASE)


def find_language(text: str) -> str:
    """Return "zh" if the text holds Chinese beside names, else "en"."""
    han, latin = len(HAN.findall(text)), len(LATIN_WORD.findall(text))
    return "zh" if han and han >= 2 * latin else "en" if latin else "zh"


def understand_alone(question: str, knowledge: Knowledge) -> Question:
    """Understand a question that needs no earlier turn; relative years are replaced by the years they mean."""
    original = question.strip()
    text = name_relative_years(plain_question(original), knowledge)
    setting = find_setting(text, knowledge)
    return _assemble(original, text, setting, knowledge)


def _assemble(original: str, text: str, setting: Setting, knowledge: Knowledge) -> Question:
    folded = fold(text)
    cells = slots.with_readings(slots.pair_slots(setting.areas, setting.periods, folded), folded, setting.periods)
    scope = tuple(dict.fromkeys(area.name for area in setting.areas if area.scope))
    language = find_language(text)
    words = _find_words(text, folded, setting, language, knowledge)
    kind = kinds.find_kind(folded, cells=len(cells), scoped=bool(scope), parts=len(words.parts))
    words = topics.with_shared_head(topics.without_degrees(words) if kind in WEIGHING else words)
    asks = kinds.make_asks(folded, cells=len(cells), scoped=bool(scope))
    if len(asks) > 1 and kind not in (Kind.SUM, Kind.DIFFERENCE, Kind.COMPARISON, Kind.RANKING, Kind.COLLECTION):
        kind = asks[0].kind
    reading, certain = _reading(folded, setting.periods)
    units = kinds.find_units(folded)
    return Question(
        original=original,
        standalone=text,
        language=language,
        places=scope,
        mentions=tuple(dict.fromkeys(a.name for a in setting.areas if not a.scope and a.name not in scope)),
        years=tuple(sorted({year for period in setting.periods if period.hard for year in period.years})),
        report_years=tuple(sorted({year for period in setting.periods if period.report for year in period.years})),
        report_ids=setting.report_ids,
        speakers=tuple(text[slice(*span)] for span in speech_spans(text, knowledge)),
        covering=_covering(setting.areas, knowledge),
        periods=setting.periods,
        reading=reading,
        certain=certain,
        kind=_figure_if_indicator(kind, folded, words, units),
        asks=asks,
        units=units,
        expected_count=kinds.find_count(folded),
        reports_kind=_reports_kind(folded),
        wants_year=WANTS_YEAR.search(folded) is not None,
        subperiods=periods.find_subperiods(folded),
        slots=_with_topics(cells, words, kind, folded),
        terms=words.terms,
        topic=words.topic,
        focus=words.focus,
        quoted=topics.find_quoted(text),
        parts=words.parts,
        indicators=words.indicators,
        query=words.query,
        expansions=tuple(knowledge.glossary.expand(text, language)),
    )


def _figure_if_indicator(kind: Kind, folded: str, words: Words, units: tuple[str, ...]) -> Kind:
    """Read "What was its growth?" and a bare "2023年GDP增速" as questions for a figure, 主要目标是什么 for a list."""
    if kind is Kind.FIGURE and GOALS.search(folded) and not (words.indicators or units):
        return Kind.LIST
    measured = words.indicators or (units and WHAT_IS.search(folded))
    if kind is not Kind.FACT or not measured or NAMES.search(folded):
        return kind
    return Kind.FIGURE if units or WHAT_IS.search(folded) or not kinds.interrogates(folded) else kind


def _find_words(text: str, folded: str, setting: Setting, language: str, knowledge: Knowledge) -> Words:
    starts = {area.start for area in setting.areas if area.scope}
    spans = [_name_span(folded, area) for area in setting.areas if area.scope or area.end in starts]
    spans += speech_spans(text, knowledge)
    spans += [(p.start, p.end) for p in setting.periods if p.hard or p.report or p.reading is not Reading.UNKNOWN]
    masked = topics.mask(folded, spans)
    if language == "en":
        return _english_words(setting, masked, knowledge)
    matches = knowledge.glossary.find(masked)
    ends = {match.end for match in matches if match.entry.kind == "indicator"}
    wishes = [row for row in matches if row.start in ends and AIM.fullmatch(masked[row.start : row.end])]
    named = [row for row in matches if not row.everyday and row.entry.kind != COMMON and row not in wishes]
    tokens = topics.tokenize(masked, [(match.start, match.end) for match in named])
    terms = topics.find_terms(tokens)
    indicators = tuple(dict.fromkeys(match.entry.term for match in matches if match.entry.kind == "indicator"))
    return Words(
        terms,
        "".join(terms),
        topics.find_focus(masked, tokens),
        topics.find_parts(tokens),
        indicators,
        " ".join(terms) or folded,
    )


def _name_span(folded: str, area: Area) -> tuple[int, int]:
    """Return where the place stands, without the 县 of 县委 and the 市 of 市长; nowhere in 某某湖 or 某某市级."""
    if PART_OF_NAME.match(folded, area.end):
        return area.start, area.start
    shared = SHARED_SUFFIX.match(folded, area.end) and area.end - area.start > 2
    return area.start, area.end - 1 if shared else area.end


def _english_words(setting: Setting, masked: str, knowledge: Knowledge) -> Words:
    terms = topics.english_terms(REPORT_WORDS.sub("", masked), skip=word_lists().english_stop)
    matches = knowledge.glossary.find_english(masked)
    rare = tuple(dict.fromkeys(match.entry.term for match in matches if match.entry.kind not in FREQUENT_KINDS))
    names = rare or tuple(dict.fromkeys(match.entry.term for match in matches))
    indicators = tuple(dict.fromkeys(match.entry.term for match in matches if match.entry.kind == "indicator"))
    figures = re.findall(r"\d[\d.,]*[a-z]?\b", masked)
    others = [knowledge.gazetteer.short_name(area.name) for area in setting.areas if not area.scope]
    query = " ".join([*names, *figures, *others, *HAN_RUN.findall(masked)])
    return Words(terms, " ".join(terms), indicators[0] if indicators else "", (), indicators, query)


def _reading(folded: str, found: Sequence[Period]) -> tuple[Reading, bool]:
    told = {period.reading for period in found} - {Reading.UNKNOWN}
    reading, certain = kinds.find_reading(folded)
    if Reading.PLAN in told:
        return Reading.PLAN, True
    if Reading.RESULT in told and reading is not Reading.TARGET:
        return Reading.RESULT, True
    return reading, certain


def _covering(areas: Sequence[Area], knowledge: Knowledge) -> tuple[str, ...]:
    names = [name for area in areas if area.scope and not area.held for name in knowledge.covering(area.path)]
    return tuple(dict.fromkeys(names))


def _reports_kind(folded: str) -> ReportKind | None:
    return next((kind for word, kind in word_lists().report_words if word in folded), None)


def _with_topics(cells: Sequence[Slot], words: Words, kind: Kind, folded: str) -> tuple[Slot, ...]:
    """Cross the cells with the coordinated topics where each topic needs evidence of its own."""
    several = kind in (Kind.SUM, *WEIGHING) or (kind is Kind.FIGURE and EACH.search(folded))
    if not several or not words.parts:
        return tuple(cells)
    crossed = [replace(cell, topic=part) for cell in (cells or (Slot(),)) for part in words.parts]
    return tuple(crossed[: slots.MAX_SLOTS])
