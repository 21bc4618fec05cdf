"""Questions over many reports: what they are about, and what is wanted of it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from rag.finding.corpus import Corpus
from rag.finding.indicators import Indicator, find_indicators, named
from rag.finding.scope import QuestionScope, named_years
from rag.finding.table_units import Subject, find_units
from rag.finding.table_words import spoken, words
from rag.language.folding import fold
from rag.language.glossary import load_glossary
from rag.language.numerals import QUANTITY, Number, find_numbers
from rag.language.periods import read_numeral, resolve_years
from rag.language.places import NATION_NAMES, Gazetteer
from rag.language.units import measure, unit_pattern
from rag.types import Reading

QUOTED = re.compile(r"[“\"「『]([^”\"」』]{1,30})[”\"」』]")
AFTER_MENTION = re.compile(r"[了过到]*(?![在于])([^,，。？?！!的了吗呢]{2,20})")
BEFORE_MENTION = re.compile(
    r"^(?:请问)?([^,，。？?！!]{2,20}?)(?:一词|这个词)?(?:最早|最先|首次|第一次|是?在|是?从|出现)"
)
# A number that counts places, years or reports bounds no figure.
COUNTED = re.compile(r"[份个]?(?:省|市|县|区|地|年|月|报告|place|province|report|count)")
TOP = re.compile(
    r"(?:最.(?:的)?(?:前)?|前|top |first )"
    r"([一二两三四五六七八九十]+|\d+|two|three|four|five|ten)(?=[个名位省市县地家]| |$)"
)
ALTERNATIVES = str.maketrans(";或", ",,")
GROWTH = "经济增长"
ENGLISH = {"two": 2, "three": 3, "four": 4, "five": 5, "ten": 10}
# Without a bound these count what is asked for (哪三个, 哪一年) and are no figure of it.
COUNTING = frozenset(["", "个", "份", "篇", "年", "名", "位", "届"])
SHARES = ("率", "比重", "比例", "占比")
REACH_CHARS = 6
RATE_REACH_CHARS = 8


@dataclass(frozen=True, slots=True)
class Condition:
    """A bound on a figure: ``relation`` is "above", "below", "at_least", "at_most" or "equal"."""

    relation: str
    number: Number
    is_around: bool = False


@dataclass(frozen=True, slots=True)
class PileQuestion:
    """A question over many reports; ``wants`` names what is to be made of the rows (see ``table_words.toml``)."""

    text: str
    subjects: tuple[Subject, ...]
    wants: frozenset[str] = frozenset()
    conditions: tuple[Condition, ...] = ()
    top: int = 1


def read_pile(
    text: str, language: str, scope: QuestionScope, corpus: Corpus, gazetteer: Gazetteer
) -> PileQuestion | None:
    """Read a question over many reports; None where one report answers it, or it asks for no indicator and no term."""
    wants = spoken("wants", text) | _turns(text)
    if not _is_listing(wants, scope) or not (subjects := _subjects(text, language, wants, corpus.indicators)):
        return None
    subjects = _over_reports(subjects, _readings(text), text, scope, corpus, gazetteer)
    units = [unit for subject in subjects for unit in subject.units]
    if len({row.report_id for unit in units for row in unit.reports}) < 2 or len(units) < 2:
        return None
    top = TOP.search(fold(text))
    count = ENGLISH.get(top[1]) or read_numeral(top[1]) if top else 1
    return PileQuestion(text, subjects, wants, _conditions(text), count)


def _is_listing(wants: frozenset[str], scope: QuestionScope) -> bool:
    """Tell whether many rows are asked for: by several names, by any such word, of one place only over the years."""
    if len(scope.years) > 1 or len(scope.names) > 1:
        return True
    listing = wants & {*words("wants"), "not"} if "which" in wants else wants & words("wants").keys()
    return bool(
        listing - {"which", "each"} if len(scope.names) == 1 and scope.names[0] not in NATION_NAMES else listing
    )


def _turns(text: str) -> frozenset[str]:
    """Return the turns of a question; 不算区间 excludes ranges, it denies nothing."""
    excluding = words("turns")["no_range"]
    rest = spoken("turns", excluding.sub("", fold(text)))
    return rest | {"no_range"} if excluding.search(fold(text)) else rest


def _readings(text: str) -> tuple[Reading, ...]:
    """Tell whether words ask for results, for targets, or for both; UNKNOWN where they say neither."""
    told = spoken("turns", words("turns")["no_target"].sub("", fold(text))) & {"result", "target"}
    return tuple(map(Reading, sorted(told))) or (Reading.UNKNOWN,)


def _over_reports(
    subjects: Sequence[Subject],
    readings: Sequence[Reading],
    text: str,
    scope: QuestionScope,
    corpus: Corpus,
    gazetteer: Gazetteer,
) -> tuple[Subject, ...]:
    """Give subjects the reports to look at; a figure asked for as result and as target is a subject of each."""
    asked = [replace(row, reading=each) for row in subjects for each in ([row.reading] if row.term else readings)]
    return tuple(replace(row, units=find_units(text, row, scope, corpus, gazetteer)) for row in asked)


def _subjects(text: str, language: str, wants: frozenset[str], known: Collection[str]) -> tuple[Subject, ...]:
    quoted = [each for each in QUOTED.findall(text) if not any(map(str.isdigit, each))]
    indicators = find_indicators(QUOTED.sub(lambda match: " " * len(match.group()), text), language, known)
    if not indicators and {"rate", "target"} <= wants:  # growth of nothing else is the economy's
        indicators = [named(GROWTH, known)]
    if wants & {"mention", "first", "last"} and not (indicators and "target" in wants):
        terms = quoted or _unquoted_terms(text, language)
        if terms:
            return tuple(Subject(term=term) for term in dict.fromkeys(terms))
    indicators = indicators or find_indicators(text, language, known)
    asked = re.search(rf"(?:多少|几)[百千万亿]*({unit_pattern()})", fold(text))
    units = [row.number.unit for row in _conditions(text)] + ([asked[1]] if asked and asked[1] not in COUNTING else [])
    dimension = measure(units[0])[0] if units else ""
    return tuple(_as_subject(row, text, dimension, alone=len(indicators) == 1) for row in indicators)


def _as_subject(row: Indicator, text: str, dimension: str, *, alone: bool) -> Subject:
    near = text if alone else text[row.start : row.end + RATE_REACH_CHARS]
    is_rate = row.is_rate or words("turns")["rate"].search(fold(near).replace("新增", "")) is not None
    if dimension == "points" or (not dimension and (is_rate or row.name.endswith(SHARES))):
        dimension = "ratio"
    return Subject(row, dimension=dimension if alone or is_rate else "")


def _unquoted_terms(text: str, language: str) -> list[str]:
    mention = words("turns")["mention"].search(fold(text))
    if mention is None:
        return []
    if language == "en":
        found = [entry.term for _, _, entry in load_glossary().find(text[mention.end() :], language)]
        return found[:1]
    after = AFTER_MENTION.match(text, mention.end())
    before = BEFORE_MENTION.match(text)
    found = [match[1] for match in (after, before) if match and not spoken("wants", match[1])]
    return [term for term in found[:1] if not resolve_years(term, None)]


def _conditions(text: str) -> tuple[Condition, ...]:
    found = []
    for number in find_numbers(text):
        if number.kind != QUANTITY or not measure(number.unit)[0] or COUNTED.match(fold(text[number.end :])):
            continue
        before = fold(text[max(0, number.start - REACH_CHARS) : number.start])
        after = fold(text[number.end : number.end + REACH_CHARS])
        near = before.translate(ALTERNATIVES).rpartition(",")[2]
        far = after.translate(ALTERNATIVES).partition(",")[0]
        if (text[max(0, number.start - 24) : number.start]).isascii():
            near = fold(text[max(0, number.start - 16) : number.start])
        patterns = words("bounds")
        relation = next((name for name in ("at_least", "at_most", "above", "below") if patterns[name].search(near)), "")
        after_relation = next((name for name in ("at_least", "at_most") if patterns[f"{name}_after"].match(far)), "")
        around = patterns["around"].match(far) or patterns["around"].search(near)
        if not relation and not after_relation and number.unit in COUNTING:
            continue
        found.append(Condition(relation or after_relation or "equal", number, around is not None))
    return tuple(found)


def asked_table(
    value: str,
    *,
    is_term: bool,
    text: str,
    scope: QuestionScope,
    corpus: Corpus,
    gazetteer: Gazetteer,
    reading: Reading | None = None,
) -> PileQuestion:
    """Return the question a program or a model asks outright: the table of one indicator or one term.

    ``text`` tells what else is meant: kinds of places, growth, and where ``value`` and ``reading`` do not, years and
    whether results or targets.
    """
    scope = replace(scope, years=named_years(value) or scope.years)
    indicator = None if is_term else named(value, corpus.indicators)
    is_rate = indicator is not None and (indicator.is_rate or "rate" in _turns(text))
    subject = Subject(indicator, "" if indicator else value, "ratio" if is_rate else "")
    told = _readings(value if spoken("turns", value) & {"result", "target"} else text)
    readings = (reading,) if reading else told
    subjects = _over_reports((subject,), readings, text, scope, corpus, gazetteer)
    return PileQuestion(text, subjects, spoken("wants", text) | _turns(text))
