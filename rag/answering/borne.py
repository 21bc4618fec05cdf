"""What quotes bear: the figures, years and places a claim may state."""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from rag.finding.scope import named_years
from rag.language.folding import fold
from rag.language.numerals import (
    ARTICLE,
    ORDINAL,
    QUANTITY,
    YEAR,
    Number,
    base_value,
    find_numbers,
    same_quantity,
    spelled_values,
)
from rag.language.periods import resolve_years, without_periods
from rag.language.places import NATION, Gazetteer, Level, PlaceMention
from rag.language.romanisation import is_spelled
from rag.language.sentences import PART_END, POINT
from rag.language.sums import is_term_of_sum, is_written_sum
from rag.language.units import COUNT_DIMENSIONS, SCALES
from rag.types import Figure, Quote

DIGITS = re.compile(r"\d+(?:,\d+)*(?:\.\d+)?")
MIN_NAME_CHARS = 3
ROUNDING = 0.006
# Measure words that count the same things: 30个项目, 项目30项.
COUNTERS = COUNT_DIMENSIONS - {"people", "户", "人次", "次", "户次", "人家", "户人家", "人份"}
COUNTABLE = COUNT_DIMENSIONS | {""}
MONTHS = tuple(name.lower() for name in month_name[1:])
ENGLISH_DATE = re.compile(
    rf"(?P<month>{'|'.join(MONTHS)})\s+(?P<day>\d{{1,2}})\b|(?P<day_first>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+"
    rf"(?P<month_last>{'|'.join(MONTHS)})\b",
    re.IGNORECASE,
)
ABOUT = re.compile(r"约|\babout\b")
ABOUT_REACH = 7


@dataclass(frozen=True, slots=True)
class Borne:
    """What a claim may rest on: its quotes, and what is known of their reports.

    ``current_years`` are what 今年 means in each quote's report; ``report_years`` the years the reports tell of;
    ``names`` their places, titles and authors; ``question`` the user's words. ``figures`` are those of quoted rows of
    tables, whose units and years stand in the head; ``counts`` how many rows of tables over reports have what was
    looked for, how many have not, and how many there are.
    """

    quotes: tuple[Quote, ...]
    current_years: tuple[int | None, ...]
    report_years: frozenset[int]
    names: tuple[str, ...]
    question: str
    figures: tuple[Figure, ...] = ()
    counts: frozenset[int] = frozenset()

    @property
    def texts(self) -> tuple[str, ...]:
        """The words of the quotes."""
        return tuple(quote.text for quote in self.quotes)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the quoted spans, and the names of their reports."""
        return (*(quote.span.label for quote in self.quotes), *self.names)


def figure_fault(text: str, borne: Borne) -> str:
    """Return a figure of the claim that nothing bears; "" where there is none.

    A figure may also be a count, or a sum, difference, ratio or average of borne figures that the claim states too.
    """
    if mark := _other_mark(text, borne):
        return mark
    text = POINT.sub("", ENGLISH_DATE.sub(_as_date, text))
    told = numbers_of(borne)
    spelled = {value for each in borne.texts for value in spelled_values(each)}
    known = told + [number for each in (*borne.labels, borne.question) for number in find_numbers(each)]
    numbers = find_numbers(text)
    computed: list[Number] = []
    for number in numbers:
        if number.kind in (YEAR, ARTICLE) or any(is_same(number, other) for other in known):
            continue
        if is_term_of_sum(number, text, [*known, *numbers]) or _is_rounded(number, text, known):
            continue
        if _shares_unit(number, numbers, known) or _is_place_in_list(number, text, borne):
            continue
        may_be_spelled = number.kind == QUANTITY or number.text.endswith(("st", "nd", "rd", "th"))
        if may_be_spelled and {number.value, base_value(number)[0]} & spelled:
            continue
        if number.kind == QUANTITY and (_is_count(number, text, borne) or _is_rate(number, told)):
            continue
        if number.kind == QUANTITY and (
            is_written_sum(number, text, numbers)
            or is_computed(number, [*told, *computed], numbers, text, borne, computed)
        ):
            computed.append(number)
            continue
        if number.kind != QUANTITY and any(fold(number.text.rstrip(".")) in fold(each) for each in _sources(borne)):
            continue
        return number.text
    return loose_digits(text, numbers, _sources(borne))


def _other_mark(text: str, borne: Borne) -> str:
    """Return the number of a point where the quotes number theirs otherwise: 8、 for the words of 1、."""
    mark, *own = (found["number"] if (found := POINT.match(each)) else None for each in (text, *borne.texts))
    return mark if mark and any(own) and mark not in own else ""


def _as_date(match: re.Match[str]) -> str:
    month = (match["month"] or match["month_last"]).lower()
    return f"{MONTHS.index(month) + 1}月{match['day'] or match['day_first']}日 "


def _is_rounded(number: Number, text: str, known: Sequence[Number]) -> bool:
    """Tell whether a number said to be 约 or about is one that is borne, maybe in another unit."""
    if not ABOUT.search(text[max(0, number.start - ABOUT_REACH) : number.start]):
        return False
    value, kind = base_value(number)
    return any(base_value(each)[1] == kind and _near(value, base_value(each)[0]) for each in known if kind)


def _shares_unit(number: Number, stated: Sequence[Number], known: Sequence[Number]) -> bool:
    """Tell whether a bare number is one that is borne in a unit the claim gives another: 湖南8667、青海5465公里."""
    units = {each.unit for each in known if each.unit and any(other.unit and is_same(each, other) for other in stated)}
    return not number.unit and any(each.value == number.value and each.unit in units for each in known)


def _is_place_in_list(number: Number, text: str, borne: Borne) -> bool:
    """Tell whether 第二 only numbers the place that follows, one of as many that are quoted."""
    names = {quote.span.place[:2] for quote in borne.quotes if quote.span.place}
    after = text[number.end :].lstrip("是为：:，, ")
    return number.kind == ORDINAL and number.value <= len(names) and after.startswith(tuple(names))


def _repeats(number: Number, told: Number) -> bool:
    return is_same(told, number) or (not number.unit and number.value == told.value)


def loose_digits(text: str, numbers: Sequence[Number], sources: Iterable[str]) -> str:
    """Return digits that belong to no number (names, codes, ordinals) and stand in no source."""
    inside = [(number.start, number.end) for number in numbers]
    known = {each.replace(",", "") for source in sources for each in DIGITS.findall(fold(source))}
    folded = fold(text)
    for match in DIGITS.finditer(folded):
        if any(start <= match.start() and match.end() <= end for start, end in inside):
            continue
        if match.group().replace(",", "") not in known:
            return match.group()
    return ""


def _sources(borne: Borne) -> Iterable[str]:
    return (*borne.texts, *borne.labels, borne.question)


def numbers_of(borne: Borne) -> list[Number]:
    """Return the numbers of the quotes."""
    return [number for each in borne.texts for number in find_numbers(each)] + cells_of(borne)


def cells_of(borne: Borne) -> list[Number]:
    """Return the figures of quoted rows with the units their heads give, a falling rate with and without its sign."""
    rows = [(row, value) for row in borne.figures if row.unit for value in {row.value, abs(row.value)}]
    return [Number(row.start, row.end, value, row.unit, row.text) for row, value in rows]


def _is_rate(number: Number, told: Sequence[Number]) -> bool:
    """Tell whether a rate is told as an amount: 20万元/亩 where the words are 亩均20万元."""
    amount, _, each = number.unit.partition("/")
    return bool(each) and any(same_quantity(replace(number, unit=amount), other) for other in told)


def is_same(one: Number, other: Number) -> bool:
    """Tell whether two numbers state the same amount; measure words that count the same things are one."""
    if ORDINAL in (one.kind, other.kind):  # 第369位 is 369位, 46th is 第四十六届
        is_written_so = fold(one.text).removeprefix("第") == fold(other.text).removeprefix("第")
        units = {one.unit, other.unit} - ({""} if one.kind == other.kind else set())
        return is_written_so or (len(units) < 2 and one.value == other.value > 0)
    if same_quantity(one, other):
        return True
    (value, kind), (other_value, other_kind) = base_value(one), base_value(other)
    if YEAR in (one.kind, other.kind):
        return False
    if one.unit in SCALES or other.unit in SCALES:  # 164 billion without a word for what: of 1640亿斤
        return _near(_magnitude(one), _magnitude(other), 0)
    same_kind = {kind, other_kind} <= COUNTERS or (one.kind, other.kind) != (QUANTITY, QUANTITY)
    return same_kind and _near(value, other_value, 0) and one.unit[:1] not in "亿万" and other.unit[:1] not in "亿万"


def _magnitude(number: Number) -> float:
    scale = next((each for each in sorted(SCALES, key=len, reverse=True) if number.unit.startswith(each)), "")
    return number.value * SCALES.get(scale, 1.0)


def _near(one: float, other: float, rounding: float = ROUNDING) -> bool:
    return abs(one - other) <= max(rounding * abs(other), 1e-9 * max(abs(one), abs(other)))


def is_computed(
    number: Number,
    told: Sequence[Number],
    stated: Sequence[Number],
    text: str,
    borne: Borne,
    computed: Sequence[Number] = (),
) -> bool:
    """Tell whether a number is a sum, difference, ratio or average of others that are told and the claim states.

    ``computed`` are earlier ones of the claim that are so themselves.
    """
    value, kind = base_value(number)
    told = [*told, *find_numbers(borne.question)]
    amounts = {base_value(each) for each in told if each.kind == QUANTITY}
    others = [each for each in stated if base_value(each) != (value, kind)]
    amounts &= {base_value(each) for each in told if any(_repeats(other, each) for other in others)}
    if kind == "points":
        values = [100 * each if other == "ratio" else each for each, other in amounts if other in ("ratio", "points")]
        return any(_near(abs(a - b), value) or _near(a + b, value) for a, b in combinations(values, 2))
    if kind in ("ratio", "倍"):
        pairs = [(a, b) for a, ka in amounts for b, kb in amounts if ka == kb and a != b and b]
        decimals = len(number.text.partition(".")[2].rstrip("%倍 "))
        ratios = [each for a, b in pairs for each in (a / b, abs(a - b) / b)]
        if any(_near(each, value, 0.01) or (kind == "倍" and round(each, decimals) == value) for each in ratios):
            return True
    each_quoted = [each for words in (*borne.texts, borne.question) for each in {*map(base_value, find_numbers(words))}]
    written = {(row[0], each) for row in each_quoted for each in (row[1], *(COUNTABLE if not row[1] else ()))}
    each_quoted += {base_value(row) for row in cells_of(borne)} - written  # a bare cell is no second term
    each_quoted += map(base_value, computed)
    values = [row[0] for row in each_quoted if row in amounts and (row[1] == kind or {kind, row[1]} <= COUNTABLE)]
    sums = {abs(a - b) for a, b in combinations(values, 2)} | {a + b for a, b in combinations(values, 2)}
    if len(values) > 2:
        sums |= {sum(values), sum(values) / len(values)} | {a + b + c for a, b, c in combinations(values, 3)}
    return any(_near(each, value, ROUNDING if number.more or ABOUT.search(text) else 1e-6) for each in sums)


def _is_count(number: Number, text: str, borne: Borne) -> bool:
    """Tell whether a small number counts what is listed: items of the claim or its quotes, quotes, or quoted places."""
    count, (_, kind) = number.value, base_value(number)
    if number.unit == "年":  # so many years are named
        return count in (1, len(named_years(without_periods(text))))
    if not (kind in COUNTERS or (not kind and text.isascii())):
        return False
    if count in borne.counts or count in [part.count("、") + 1 for part in PART_END.split(text)]:
        return True
    if count not in range(2, 21):
        return False
    stops = (r"[、；;]|以及|和|与|\band\b|,", r"[、；;，,]")
    listed = [len(re.findall(stop, each)) + 1 for stop in stops for each in (text, *borne.texts)]
    places = len({quote.span.place for quote in borne.quotes})
    return count in (len(borne.quotes), places, *listed)


def year_fault(text: str, borne: Borne) -> str:
    """Return a year of the claim that neither quotes nor labels bear, nor the question of a report that tells of it."""
    known: set[int] = set()
    for quote, current in zip(borne.quotes, borne.current_years, strict=True):
        known |= set(quote.span.years)
        for source in (quote.text, quote.span.text, quote.span.label):
            known |= set(named_years(source))
            for mention in resolve_years(source, current):
                known |= set(range(mention.first, mention.last + 1))
    known |= {year for row in borne.figures for year in row.years}
    known |= {year for name in borne.names for year in named_years(name)}
    known |= set(named_years(borne.question)) & borne.report_years
    asked = {row.years for row in resolve_years(borne.question, None)}  # a period of the question may be repeated
    mentions = resolve_years(text, None)
    stated = [year for row in mentions if row.years not in asked or row.first == row.last for year in row.years]
    stated = stated if mentions else list(named_years(text))
    return next((str(year) for year in stated if year not in known), "")


def place_fault(text: str, borne: Borne, gazetteer: Gazetteer) -> str:
    """Return a place the claim names that quotes, labels and question do not."""
    known = fold(" ".join((*_sources(borne), *(quote.span.text for quote in borne.quotes))))
    for mention in gazetteer.find_places(text):
        if mention.name != NATION and not _is_known(mention, known) and not is_spelled(mention.text, known):
            return mention.text
    return ""


def _is_known(mention: PlaceMention, known: str) -> bool:
    if fold(mention.text) in known:
        return True
    names = [name for place in mention.candidates for name in (place.name, place.short)]
    if any(fold(name) in known for name in names):
        return True
    if not mention.place.listed:  # words before an unlisted name are read as part of it: 说明燧河县
        return any(fold(mention.text[at:]) in known for at in range(1, len(mention.text) - MIN_NAME_CHARS + 1))
    return mention.place.level > Level.COUNTY
