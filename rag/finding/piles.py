"""Questions over many reports: what they are about, what is wanted of it, and which reports have to be looked at."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

from rag.finding.corpus import Corpus
from rag.finding.indicators import Indicator, find_indicators, named
from rag.finding.scope import QuestionScope, named_years, speaks_of
from rag.language.folding import fold
from rag.language.glossary import load_glossary
from rag.language.numerals import QUANTITY, Number, find_numbers
from rag.language.periods import read_numeral, resolve_years
from rag.language.places import NATION, NATION_NAMES, Gazetteer, Level
from rag.language.units import measure, unit_pattern
from rag.types import Reading, ReportSummary

LEVELS = {"nation": Level.NATION, "province": Level.PROVINCE, "prefecture": Level.PREFECTURE, "county": Level.COUNTY}
SUFFIXES = {Level.NATION: "国", Level.PROVINCE: "省 自治区", Level.PREFECTURE: "市 州 盟", Level.COUNTY: "县 区 市 旗"}
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
OF_REPORTS = re.compile(r"[^,。;?(]{0,20}报告|(?: \w+){0,3} reports?\b")
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
class Unit:
    """What gets one row: a place (else a title) in a year (None: unknown), with the reports that may tell of it."""

    place: str
    year: int | None
    reports: tuple[ReportSummary, ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What a table is about: an indicator, or (``term``) words that reports may hold, in each of ``units``.

    ``dimension`` is that of the unit asked for, "" where the question leaves it open, as ``reading`` is UNKNOWN then.
    """

    indicator: Indicator | None = None
    term: str = ""
    dimension: str = ""
    reading: Reading = Reading.UNKNOWN
    units: tuple[Unit, ...] = ()

    @property
    def name(self) -> str:
        """The indicator's or the term's words."""
        return self.indicator.name if self.indicator else self.term


@dataclass(frozen=True, slots=True)
class PileQuestion:
    """A question over many reports; ``wants`` names what is to be made of the rows (see ``table_words.toml``)."""

    text: str
    subjects: tuple[Subject, ...]
    wants: frozenset[str] = frozenset()
    conditions: tuple[Condition, ...] = ()
    top: int = 1


@cache
def words(table: str) -> dict[str, re.Pattern[str]]:
    """Return the patterns of one table of ``table_words.toml`` by name."""
    tables = tomllib.loads(files("rag").joinpath("data", "table_words.toml").read_text("utf-8"))
    return {name: re.compile(pattern, re.IGNORECASE) for name, pattern in tables[table].items()}


def spoken(table: str, text: str) -> frozenset[str]:
    """Return the names of the patterns of ``table`` that ``text`` matches."""
    return frozenset(name for name, pattern in words(table).items() if pattern.search(fold(text)))


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


def find_units(
    text: str, subject: Subject, scope: QuestionScope, corpus: Corpus, gazetteer: Gazetteer
) -> tuple[Unit, ...]:
    """Return what gets a row: each place and year in scope, by place and year; near-duplicates share one.

    A report of a year sets that year's targets and tells the results of the year before; 今年 and 去年 are counted from
    the newest report of each place.
    """
    pool = [row for row in corpus.summaries.values() if scope.allowed is None or row.report_id in scope.allowed]
    pool = _of_places(pool, text, scope, gazetteer)
    years = _years(text, subject, scope, [row.profile.year for row in pool if row.profile.year])
    of_reports = _report_years(text)
    if set(scope.years) - of_reports and (told_by := [row for row in pool if row.profile.year in of_reports]):
        pool, years = told_by, years - of_reports
    relative = {row.first for row in resolve_years(text, 0) if row.first == row.last and row.first in (-1, 0)}
    keys = {row.report_id: _key(row, gazetteer) for row in pool}
    newest = {keys[row.report_id]: row.profile.year for row in sorted(pool, key=lambda row: row.profile.year or 0)}
    is_dated = bool(years) or (len(newest) == 1 < len(pool))
    units: dict[tuple[tuple[str, ...], int | None], list[ReportSummary]] = {}
    for row in pool:
        own, place, key = row.profile.year, row.profile.place, keys[row.report_id]
        told = _told_years(row, subject, is_dated=is_dated)
        if not years and relative and own:
            meant = {own + each for each in relative if own == newest[key]}
            told = told & meant or _told_years(row, subject, is_dated=True) & meant
        wanted = _own_years(text, place, gazetteer) if len(scope.names) > 1 else set()
        for year in told & (wanted or years) if years else told:
            units.setdefault((key, year), []).append(row)
    return tuple(
        Unit(rows[-1].profile.place or _title(rows[-1]), year, tuple(rows))
        for (_, year), rows in sorted(units.items(), key=lambda item: (item[0][0], item[0][1] or 0))
    )


def _years(text: str, subject: Subject, scope: QuestionScope, own: Collection[int]) -> set[int]:
    """Return the years named, with those after where it says since when, those before where words are looked for."""
    years, turns = set(scope.years), spoken("turns", text)
    if len(years) == 1 and own and subject.term and "until" in turns:
        return set(range(min(own), max(years) + 1))
    if years and own and "since" in turns:
        return set(range(min(years), max(own) + 1)) or years
    return years


def _report_years(text: str) -> set[int]:
    """Return the years that say which reports are meant (2026年各省报告写的2025年…), not what they tell of."""
    mentions = [row for row in resolve_years(text, None) if OF_REPORTS.match(fold(text[row.end :]))]
    return {year for row in mentions for year in range(row.first, row.last + 1)}


def _told_years(row: ReportSummary, subject: Subject, *, is_dated: bool) -> set[int | None]:
    """Return the years a report may tell of a subject for; where no year is asked about, the likeliest alone."""
    own = row.profile.year
    if not own or subject.term or subject.reading is Reading.TARGET:
        return {own}
    if is_dated:
        return {own, own - 1}
    return {own - 1 if subject.reading is Reading.RESULT and own - 1 in row.profile.years else own}


def _key(row: ReportSummary, gazetteer: Gazetteer) -> tuple[str, ...]:
    place = row.profile.place
    return (*row.profile.place_path[:-1], gazetteer.short_name(place)) if place else (row.report_id,)


def _own_years(text: str, place: str | None, gazetteer: Gazetteer) -> set[int]:
    """Return the years a question names with this place alone (灌云2025年和扬中2022年)."""
    names = "|".join(re.escape(name) for name in (place, gazetteer.short_name(place)) if name) if place else "$^"
    return {int(year) for year in re.findall(rf"(?:{names})(?:在|的)?((?:19|20)\d\d)年(?!至|到|[-—])", fold(text))}


def _of_places(
    pool: Sequence[ReportSummary], text: str, scope: QuestionScope, gazetteer: Gazetteer
) -> list[ReportSummary]:
    """Keep the reports of the places named, else of the author or title named, else of the kind of place, else all."""
    levels = {LEVELS[name] for name in spoken("places", text)}
    owners = _owners(pool, scope, gazetteer)
    if levels and Level.NATION not in levels and "全国" in scope.names:  # 全国哪几个省: only where they lie
        owners = {place: own for place, own in owners.items() if place != NATION}
    if levels == {Level.NATION} and NATION not in owners:  # State Council reports on the Guangdong … Bay Area
        owners = {}
    if not owners:
        named = () if scope.years else scope.report_ids
        pool = [row for row in pool if row.report_id in named] or pool
        return [row for row in pool if not levels or _is_of_level(row, levels, gazetteer)]
    rows: dict[str, ReportSummary] = {}
    for place, own in owners.items():
        within = () if own else [row for row in pool if speaks_of(row, place, gazetteer)]
        if rows and any(row.report_id in rows for row in within):  # it only says where a smaller one lies
            continue
        found = own or [row for row in within if _is_of_level(row, levels, gazetteer)] or within
        rows |= {row.report_id: row for row in found}
    return list(rows.values())


def _owners(
    pool: Sequence[ReportSummary], scope: QuestionScope, gazetteer: Gazetteer
) -> dict[str, list[ReportSummary]]:
    """Return the places named that have reports, those with reports of their own first, each with these."""
    own = {
        place: [row for row in pool if row.profile.place and gazetteer.are_one(row.profile.place, place)]
        for place in scope.places
        if place not in scope.missing
    }
    return dict(sorted(own.items(), key=lambda item: not item[1]))


def _is_of_level(row: ReportSummary, levels: Collection[Level], gazetteer: Gazetteer) -> bool:
    """Tell whether a report is of such a place; where none is known, by how the places in its title end."""
    if not row.profile.place:
        return any(each in _title(row) for level in levels for each in SUFFIXES[level].split())
    return any(place.level in levels for place in gazetteer.resolve(row.profile.place)[:1])


def _title(row: ReportSummary) -> str:
    return row.profile.title or row.source


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
